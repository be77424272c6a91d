"""A message that must exist, and its row in the ledger."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MONTH, FOLLOW, NOTICE, DRAFT, CLUB = "month", "follow", "notice", "draft", "club"
"""Kinds of deliveries: a month in a channel, a followed topic's direct message, a word about a subscription or the watched
page, a draft shown to a curator (`summary_id` then names the conversation in which it stands: `Delivery.place`), a journal
club in a channel (whose id then stands in place of the month: `bot.clubs.rules`)."""
KINDS = (MONTH, FOLLOW, NOTICE, DRAFT, CLUB)
"""What this version sends and looks for. What a newer one that runs beside it plans of another kind is left to that one: how
such a message is to be sent nobody can know here.
"""
DIRECT = "direct"
"""The `error` of a message to a person of which it is not known whether it arrived: nobody may look there."""
THREADED = (MONTH, CLUB)
"""Kinds whose first part is a message in a channel and whose others stand in its thread, sent in order."""
FIRST_OF_CLUB = 2
"""The last of the parts of a club that stand from its beginning and keep their worth: opening, card, questions."""
OVER = ("sent", "failed", "cancelled")
"""States in which nothing more happens by itself."""
_NAMESPACE = uuid.UUID("6f6c1d1e-7a0b-4d0a-9c5e-70726e657462")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to deliver: its payload (text and blocks), the summary it shows (None for the parent message), and a hash of
    the content it was made from (`bot.publishing.content`).
    """

    payload: Mapping[str, Any]
    summary_id: str | None = None
    source_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger, as claimed."""

    id: str
    month: str
    team: str
    channel: str
    part: int
    payload: Mapping[str, Any]
    state: str
    attempts: int
    fence: int
    first_try_at: float | None
    settle_at: float | None
    ts: str | None
    error: str | None
    parent_ts: str | None = None
    kind: str = MONTH
    summary_id: str | None = None
    unverified: bool = False
    source_sha256: str | None = None

    @property
    def place(self) -> str | None:
        """The conversation in which a draft stands, once Slack has told it: a message to a person is edited there."""
        return self.summary_id if self.kind == DRAFT else None

    @property
    def name(self) -> str:
        """What it is called in a log."""
        if self.kind in THREADED:
            return f"{self.kind}={self.month} part={self.part}"
        return f"{self.kind} month={self.month or '-'}"

    @property
    def keeps_its_worth(self) -> bool:
        """Whether it is worth a person's look to learn if it was posted: a month, and what a club begins with."""
        return self.kind == MONTH or (self.kind == CLUB and self.part <= FIRST_OF_CLUB)

    @property
    def is_direct(self) -> bool:
        """Whether it goes to a person: such a message cannot be looked for, so it is sent at most once."""
        return self.channel[:1] in ("U", "W")


def new_row(month: str, team: str, channel: str, part: int, message: Message, now: float, kind: str) -> dict[str, Any]:
    """The row of a message that is due from now on."""
    return {
        # The same for the same message in any copy of the database: a look-up finds what an earlier copy posted.
        "id": uuid.uuid5(_NAMESPACE, f"{kind}:{month}:{team}:{channel}:{part}").hex,
        "month": month,
        "team": team,
        "channel": channel,
        "part": part,
        "kind": kind,
        "summary_id": message.summary_id,
        **columns_of(message),
        "state": "planned",
        "attempts": 0,
        "fence": 0,
        "next_at": now,
        "lease_until": 0.0,
        "created_at": now,
        "changed_at": now,
    }


def columns_of(message: Message, *, keep_source: bool = False) -> dict[str, Any]:
    """The columns of a delivery that hold what the message says."""
    payload = json.dumps(message.payload, ensure_ascii=False, sort_keys=True)
    columns = {"payload": payload, "payload_sha256": hashlib.sha256(payload.encode()).hexdigest()}
    return columns if keep_source else {**columns, "source_sha256": message.source_sha256}


def delivery_of(
    row: Any,
    *,
    fence: int | None = None,
    attempts: int | None = None,
    parent_ts: str | None = None,
    unverified: bool = False,
) -> Delivery:
    """A row as a delivery; what a claim has just changed of it is given."""
    return Delivery(
        id=row.id,
        month=row.month,
        team=row.team,
        channel=row.channel,
        part=row.part,
        payload=json.loads(row.payload),
        state=row.state,
        attempts=row.attempts if attempts is None else attempts,
        fence=row.fence if fence is None else fence,
        first_try_at=row.first_try_at,
        settle_at=row.settle_at,
        ts=row.ts,
        error=row.error,
        parent_ts=parent_ts,
        kind=row.kind,
        summary_id=row.summary_id,
        unverified=unverified,
        source_sha256=row.source_sha256,
    )
