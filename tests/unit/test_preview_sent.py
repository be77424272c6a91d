"""What a curator hears when a preview cannot be made now."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from bot.blocks import notes
from bot.listeners.preview import send_preview
from bot.listeners.services import Services
from bot.store.errors import OutOfReachError


async def test_a_database_out_of_reach_is_no_bug() -> None:
    said: list[str] = []

    async def of(_draft: object) -> None:
        raise OutOfReachError("it is busy")

    async def say(_user: str, payload: dict[str, Any]) -> None:
        said.append(payload["text"])

    services = SimpleNamespace(approval=SimpleNamespace(previews=SimpleNamespace(of=of)), slack=SimpleNamespace(say=say))
    await send_preview(cast("Services", services), "U1", cast("Any", None))
    assert said == [notes.note(notes.NOT_NOW).text]
