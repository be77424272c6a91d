"""A message that must exist, and how it is written into its row and read from it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DIRECT = "direct"
"""The `error` of a message to a person of which it is not known whether it arrived: the bot may not look there."""
OVER = ("sent", "failed", "cancelled")
"""States that only a person or a change of what is wanted can end."""
_NAMESPACE = uuid.UUID("6f6c1d1e-7a0b-4d0a-9c5e-70726e657462")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to deliver: its payload (text and blocks), its `key` (which message of its series it is; None for the only
    or first one), and a hash of the content that it was made from. `earlier`: the hashes that versions before this one made
    of the same content, whose messages are up to date too.
    """

    payload: Mapping[str, Any]
    key: str | None = None
    source_sha256: str | None = None
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """The messages about one subject (a month, a club) for one recipient (a channel or a person)."""

    kind: str
    subject: str
    team: str
    recipient: str

    def id_of(self, part: int) -> str:
        """Return the id of the message at a place in the series. It is the same in any copy of the database, so that a
        look-up finds what an earlier copy posted.
        """
        return uuid.uuid5(_NAMESPACE, f"{self.kind}:{self.subject}:{self.team}:{self.recipient}:{part}").hex


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as its row has it. `part` is its place in its series; `place` the conversation in which it was posted, where
    that is stored; `parent_ts` the message in whose thread it belongs. `unverified`: it may have been posted already.
    """

    id: str
    kind: str
    subject: str
    team: str
    recipient: str
    part: int
    payload: Mapping[str, Any]
    payload_sha256: str
    state: str
    attempts: int
    fence: int
    changed_at: float
    first_try_at: float | None
    settle_at: float | None
    ts: str | None
    error: str | None
    key: str | None = None
    source_sha256: str | None = None
    place: str | None = None
    parent_ts: str | None = None
    unverified: bool = False

    @property
    def series(self) -> Series:
        """The series that it belongs to."""
        return Series(self.kind, self.subject, self.team, self.recipient)

    @property
    def name(self) -> str:
        """Its name in a log."""
        return f"{self.kind}={self.subject or '-'} part={self.part}"

    @property
    def is_direct(self) -> bool:
        """Whether it goes to a person: such a message cannot be looked up, so it is sent at most once."""
        return is_person(self.recipient)


def is_person(recipient: str) -> bool:
    """Return whether a recipient is a person, not a channel."""
    return recipient[:1] in ("U", "W")


def to_row(series: Series, part: int, message: Message, now: float) -> dict[str, Any]:
    """Return the row of a message that is due from now on."""
    return {
        "id": series.id_of(part),
        "kind": series.kind,
        "subject": series.subject,
        "team": series.team,
        "recipient": series.recipient,
        "part": part,
        "key": message.key,
        **payload_columns(message),
        "state": "planned",
        "attempts": 0,
        "fence": 0,
        "next_at": now,
        "lease_until": 0.0,
        "created_at": now,
        "changed_at": now,
    }


def payload_columns(message: Message, *, keep_source: bool = False) -> dict[str, Any]:
    """Return the columns that hold what a message says; without its source's hash to `keep_source`."""
    payload = json.dumps(message.payload, ensure_ascii=False, sort_keys=True)
    columns = {"payload": payload, "payload_sha256": hashlib.sha256(payload.encode()).hexdigest()}
    return columns if keep_source else {**columns, "source_sha256": message.source_sha256}


def from_row(row: Any) -> Delivery:
    """Return a row as a delivery."""
    return Delivery(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        team=row.team,
        recipient=row.recipient,
        part=row.part,
        payload=json.loads(row.payload),
        payload_sha256=row.payload_sha256,
        state=row.state,
        attempts=row.attempts,
        fence=row.fence,
        changed_at=row.changed_at,
        first_try_at=row.first_try_at,
        settle_at=row.settle_at,
        ts=row.ts,
        error=row.error,
        key=row.key,
        source_sha256=row.source_sha256,
        place=row.place,
    )
