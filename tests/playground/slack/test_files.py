"""Files: an upload address, the bytes, then the file in a channel."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    Channel,
    LocalSlack,
    User,
)

PNG = b"\x89PNG and the rest"


async def put(address: str, content: bytes = PNG) -> int:
    """Bring bytes to an upload address; the status."""
    async with aiohttp.ClientSession() as session, session.post(address, data=content) as response:
        return response.status


async def test_a_file_is_announced_brought_and_shown(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    asked = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG), alt_txt="A curve")
    assert await put(asked["upload_url"]) == 200
    assert await put(asked["upload_url"]) == 400
    assert slack.posted() == []
    parent = await client.chat_postMessage(channel=team.id, text="x")
    done = await client.files_completeUploadExternal(
        files=[{"id": asked["file_id"], "title": "Curve"}],
        channel_id=team.id,
        initial_comment="Look",
        thread_ts=parent["ts"],
    )
    assert done["files"][0]["title"] == "Curve"
    message = slack.posted(team)[-1]
    assert (message.text, message.thread_ts, message.bot_id) == ("Look", parent["ts"], slack.bot_id)
    assert (message.files[0].content, message.files[0].mimetype, message.files[0].alt_txt) == (PNG, "image/png", "A curve")
    history = await client.conversations_replies(channel=team.id, ts=parent["ts"])
    assert history["messages"][-1]["files"][0]["id"] == asked["file_id"]


async def test_the_sdks_own_upload_works(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    await client.files_upload_v2(channel=team.id, filename="a.png", content=PNG, title="Curve")
    assert slack.posted(team)[-1].files[0].content == PNG


async def test_what_an_upload_may_not_be(slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User) -> None:
    for arguments, error in (
        ({"filename": "a.png", "length": 0}, "missing_argument"),
        ({"filename": "", "length": 1}, "invalid_arguments"),
        ({"filename": "a.png", "length": 1, "alt_txt": "x" * 1_001}, "alt_txt_too_large"),
        ({"filename": "a.png", "length": 2 * 1024**3}, "file_upload_size_restricted"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.files_getUploadURLExternal(**arguments)
        assert refused.value.response["error"] == error
    asked = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG) + 1)
    assert await put(asked["upload_url"]) == 400
    assert await put(f"{slack.base_url}/upload/v1/nobody") == 400
    whole = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    await put(whole["upload_url"])
    private = slack.add_channel("hidden", [ana], private=True, with_bot=False)
    far = slack.add_channel("far", [ana], with_bot=False)
    for file, place, error in (
        (asked["file_id"], team.id, "file_not_found"),
        ("F0NOBODY", team.id, "file_not_found"),
        (whole["file_id"], far.id, "not_in_channel"),
        (whole["file_id"], private.id, "channel_not_found"),
        (whole["file_id"], ana.id, "channel_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.files_completeUploadExternal(files=[{"id": file, "title": None}], channel_id=place)
        assert refused.value.response["error"] == error
    slack.scopes.discard("files:write")
    with pytest.raises(SlackApiError) as refused:
        await client.files_getUploadURLExternal(filename="a.png", length=1)
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "files:write")
    assert slack.posted() == []
