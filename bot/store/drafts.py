"""Drafts: months that came from the blog. new | held -> approved, once; what was approved stays so.

A draft is decided as it was seen: the decision names its `version`, and if it has changed since (it grew, someone else
decided, the note is another) nothing happens. So of two decisions pressed at once only one counts.

What the blog adds to a month that is in the library already is a draft of its own: its key is the month with a letter in
place of the hyphen (2023a12, and once that is approved 2023b12). So is what the team wrote itself in a month and wants
posted, with a capital letter (2023A12): its summaries are in the library before anyone decides. In a workspace that joined,
a month of the library that it shares has an underscore there (2023_12): what is decided is only whether it is posted.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import drafts

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NEW, ON_HOLD, APPROVED = "new", "held", "approved"
_OWN_APPROVED = "own"
"""Stored instead of APPROVED for the team's own: a replica of the version before would write it into the blog's month."""
MOST = 26
"""Additions to a month, and drafts of the team's own in a month."""
ITSELF = "auto"
"""Stored instead of a person's id where nobody has to decide."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A month as it came. `reasons` are sentences that say why it waits for a curator, of an addition the titles that are
    new; `decided_by` and `note_by` are people's ids.
    """

    key: str
    state: str
    content: str
    reasons: tuple[str, ...] = ()
    note: str | None = None
    decided_by: str | None = None
    decided_at: float | None = None
    note_by: str | None = None

    @property
    def month(self) -> str:
        """The month that it is of."""
        return month_of(self.key)

    @property
    def is_addition(self) -> bool:
        """Whether it adds to a month that was in the library before it came."""
        return self.key != self.month and not self.is_own and not self.is_shared

    @property
    def is_own(self) -> bool:
        """Whether the team wrote it itself."""
        return is_own(self.key)

    @property
    def is_shared(self) -> bool:
        """Whether it is a month of a library that another workspace looks after: it is there whatever is decided here."""
        return self.key == shared_key(self.month)

    @property
    def version(self) -> str:
        """What a person sees of it, in twelve characters."""
        seen = json.dumps([self.key, self.state, self.content, self.reasons, self.note, self.decided_by])
        return hashlib.sha256(seen.encode()).hexdigest()[:12]

    @property
    def values(self) -> dict[str, Any]:
        """The month's file as plain values. It was written by `bot.corpus.write`."""
        loaded: dict[str, Any] = yaml.load(self.content, _LOADER)  # noqa: S506  (a safe one)
        return loaded


def sha256_of(content: str) -> str:
    """Return what tells two contents apart."""
    return hashlib.sha256(content.encode()).hexdigest()


def month_of(key: str) -> str:
    """Return the month that a draft with this key is of."""
    return f"{key[:4]}-{key[5:]}"


def addition_key(month: str, number: int) -> str:
    """Return the key of a further draft about a month, from number 0 to 25."""
    return f"{month[:4]}{chr(ord('a') + number)}{month[5:]}"


def own_key(month: str, number: int) -> str:
    """Return the key of a draft of what the team wrote itself in a month, from number 0 to 25."""
    return f"{month[:4]}{chr(ord('A') + number)}{month[5:]}"


def shared_key(month: str) -> str:
    """Return the key of the draft of a month of a shared library."""
    return f"{month[:4]}_{month[5:]}"


def is_own(key: str) -> bool:
    """Return whether a draft with this key is of the team's own."""
    return "A" <= key[4:5] <= "Z"


class Drafts:
    """The drafts of one database. `changed` is set when one of them changes in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.changed = asyncio.Event()

    async def all(self) -> list[Draft]:
        """Every draft, oldest month first."""
        async with self._database.begin() as connection:
            return [_draft(row) for row in await connection.execute(select(drafts).order_by(drafts.c.month))]

    async def get(self, key: str) -> Draft | None:
        """The draft with this key."""
        async with self._database.begin() as connection:
            row = (await connection.execute(select(drafts).where(drafts.c.month == key))).first()
            return _draft(row) if row else None

    async def offer(self, key: str, content: str, reasons: Sequence[str]) -> bool:
        """A month as the page shows it now; whether that is news. What was approved stays; so does a person's hold."""
        wanted = {
            "content": content,
            "content_sha256": sha256_of(content),
            "reasons": json.dumps(list(reasons)),
        }
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            row = (await connection.execute(select(drafts).where(drafts.c.month == key).with_for_update())).first()
            state = ON_HOLD if reasons or (row is not None and row.decided_by) else NEW
            if row is None:
                values = {"month": key, "state": state, "created_at": now, "changed_at": now, **wanted}
                await connection.execute(self._database.insert(drafts).values(values).on_conflict_do_nothing())
            elif row.state == APPROVED or (row.content_sha256 == wanted["content_sha256"]):
                return False
            else:
                values = {"state": state, "changed_at": now, **wanted}
                await connection.execute(update(drafts).where(drafts.c.month == key).values(values))
        self.changed.set()
        return True

    async def approve(self, key: str, by: str, version: str) -> tuple[Draft | None, bool]:
        """Let a month out; the draft as it is now, and whether that was this call's doing."""
        return await self._decide(key, version, state=APPROVED, decided_by=by)

    async def hold(self, key: str, by: str, version: str) -> tuple[Draft | None, bool]:
        """Put a month on hold until someone approves it; as `approve`."""
        return await self._decide(key, version, state=ON_HOLD, decided_by=by)

    async def annotate(self, key: str, note: str | None, by: str) -> bool:
        """Set a curator's word to the team; False where the month is out already, or gone."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            open_ = (drafts.c.month == key, drafts.c.state.not_in((APPROVED, _OWN_APPROVED)))
            values = {"note": note, "note_by": by if note else None, "changed_at": now}
            done = await connection.execute(update(drafts).where(*open_).values(values))
        self.changed.set()
        return bool(done.rowcount)

    async def _decide(self, key: str, version: str, *, state: str, decided_by: str) -> tuple[Draft | None, bool]:
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = drafts.c.month == key
            row = (await connection.execute(select(drafts).where(mine).with_for_update())).first()
            found = _draft(row) if row else None
            if found is None or found.state == APPROVED or found.version != version:
                return found, False
            stored = _OWN_APPROVED if found.is_own and state == APPROVED else state
            values = {"state": stored, "decided_by": decided_by, "decided_at": now, "changed_at": now}
            await connection.execute(update(drafts).where(mine).values(values))
            row = (await connection.execute(select(drafts).where(mine))).one()
        self.changed.set()
        return _draft(row), True


async def author_of(connection: AsyncConnection, key: str, note: str | None) -> str | None:
    """Return who wrote this note on a month (or the draft with this key); None where that is not known, as of one that a
    person wrote into the file.
    """
    mine = (drafts.c.month == key, drafts.c.note == note)
    return (await connection.execute(select(drafts.c.note_by).where(*mine))).scalar() if note else None


async def join_own(connection: AsyncConnection, insert: Any, month: str, entry: dict[str, Any], now: float) -> None:
    """Add a summary of the team's own to the draft of this month that waits, or to a new one. Raises ValueError where a
    month has too many.
    """
    for number in range(MOST):
        key = own_key(month, number)
        empty = json.dumps({"issue": month, "complete": False, "subjects": [], "summaries": []})
        values = {"month": key, "state": ON_HOLD, "reasons": "[]", "created_at": now, "changed_at": now}
        new = values | {"content": empty, "content_sha256": sha256_of(empty)}
        await connection.execute(insert(drafts).values(new).on_conflict_do_nothing())
        mine = drafts.c.month == key
        row = (await connection.execute(select(drafts).where(mine).with_for_update())).one()
        if row.state == _OWN_APPROVED:
            continue
        content = json.loads(row.content)
        content["summaries"].append(entry)
        after = json.dumps(content, ensure_ascii=False)
        changed = {"content": after, "content_sha256": sha256_of(after), "changed_at": now}
        await connection.execute(update(drafts).where(mine).values(changed))
        return
    raise ValueError(f"{month} has {MOST} posts of the team's own")


# What each pass of the posting job asks is built once, which takes as long as to ask it.
_APPROVED_OWN = select(drafts).where(drafts.c.state == _OWN_APPROVED).order_by(drafts.c.decided_at, drafts.c.month)


async def approved_own(connection: AsyncConnection) -> list[Draft]:
    """Return the approved drafts of the team's own, the one that was decided first first."""
    return [_draft(row) for row in await connection.execute(_APPROVED_OWN)]


def _draft(row: Any) -> Draft:
    return Draft(
        key=row.month,
        state=APPROVED if row.state == _OWN_APPROVED else row.state,
        content=row.content,
        reasons=tuple(json.loads(row.reasons)),
        note=row.note,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note_by=row.note_by,
    )
