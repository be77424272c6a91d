"""The job that processes drafts: shows them to the curators, and writes approved months into this process's corpus.

Every replica runs it. The database says which one sends; each writes into a folder of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.approval.kind import DRAFT, PREVIEW
from bot.approval.writing import put
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.outbox.delivery import DIRECT, Delivery, Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.transport import PERMANENT, Messenger, Refused, Sent
from bot.publishing.notices import BLOG_TROUBLE, plan_notice
from bot.store.drafts import APPROVED, ITSELF, NEW, Draft, Drafts

log = logging.getLogger(__name__)

TELL_AT_MOST = 3
"""Messages to one curator about one content of a draft, where it is not known of the earlier ones whether they arrived."""

LONG_DECIDED = 7 * 86400.0
"""Seconds after a decision from which on its messages are left alone."""


@dataclass(frozen=True)
class ApprovalSettings:
    """Who approves new months and into which folder they are written (None: the library is another workspace's).
    `required` is False where complete ones need no approval.
    """

    team: str
    curators: tuple[str, ...]
    required: bool
    root: Path | None


@dataclass(frozen=True)
class CuratorMessages:
    """What curators get: `draft` shows one, `preview` takes the place of the line above a preview of what has changed since,
    `alarm` says that the blog could not be read for long.
    """

    draft: Callable[[Draft], Message]
    preview: Callable[[Draft], Message]
    alarm: Callable[[str], Message]


class DraftWorker:
    """Shows drafts to curators and writes approved ones into the corpus; then it calls `written`."""

    def __init__(
        self,
        drafts: Drafts,
        ledger: Ledger,
        messenger: Messenger,
        settings: ApprovalSettings,
        messages: CuratorMessages,
        written: Callable[[], Awaitable[None]],
    ) -> None:
        self._drafts = drafts
        self._ledger = ledger
        self._messenger = messenger
        self._settings = settings
        self._messages = messages
        self._written = written
        self._done: set[tuple[str, float]] = set()
        self._shown: dict[tuple[str, str], str] = {}
        self.unwritten: str | None = None

    async def alert(self, trouble: str) -> None:
        """Notify the curators that the blog could not be read for long."""
        message = self._messages.alarm(trouble)
        async with self._ledger.begin() as (connection, now):
            for person in self._settings.curators:
                await plan_notice(connection, self._settings.team, person, BLOG_TROUBLE, message, now)

    async def process_drafts(self) -> bool:
        """Do what is due with drafts; return whether there was anything."""
        busy = False
        found = await self._drafts.all()
        if not found:
            return False
        if not self._settings.required:
            for draft in found:
                if draft.state == NEW:
                    busy = True
                    await self._drafts.approve(draft.key, ITSELF, draft.version)
                    log.info("month=%s is approved automatically: it is complete, and approval is off", draft.month)
            found = await self._drafts.all()
        if self._settings.root:
            approved = [draft for draft in found if draft.state == APPROVED and not draft.is_own]
            busy = await self._write(self._settings.root, approved) or busy
        for draft in found:
            for person in self._settings.curators:
                busy = await self._show(draft, person) or busy
        return await self._update_previews(found) or busy

    # -- into the corpus ----------------------------------------------------------------------------------------------

    async def _write(self, root: Path, approved: Sequence[Draft]) -> bool:
        """Write approved months into this replica's folder; return whether a file changed. What is in a file there stays: it
        may be a person's.
        """
        wrote = False
        self.unwritten = None
        months: dict[str, list[Draft]] = {}
        for draft in approved:
            months.setdefault(draft.month, []).append(draft)
        for month, drafts in months.items():
            decided = frozenset((draft.key, draft.decided_at or 0.0) for draft in drafts)
            if decided <= self._done:
                continue
            try:
                wrote |= await asyncio.to_thread(put, root, month, drafts)
                self._done |= decided
            except (WriteError, CorpusError, OSError) as error:
                self.unwritten = f"the approved month {month} could not be written: {error}"
                log.error("%s", self.unwritten)
        if wrote:
            await self._written()
        return wrote

    # -- to the curators ----------------------------------------------------------------------------------------------

    async def _show(self, draft: Draft, person: str) -> bool:
        """See to it that a curator's message shows a draft as it is: one message for each draft, edited when it changes.

        A new one is sent where the last one was not, and the content is new since; and where nobody knows whether the last
        one arrived: two of the same are a nuisance (only the first decision counts), none leaves the month lying unseen.
        Returns whether there was something to do.
        """
        key = (draft.key, person)
        if self._shown.get(key) == draft.version:
            return False
        message = self._messages.draft(draft)
        series = Series(DRAFT, draft.key, self._settings.team, person)
        rows = await self._ledger.series(series)
        last = rows[-1] if rows else None
        if draft.state == APPROVED and last is not None and last.state == "sent" and await self._is_long_decided(draft):
            self._shown[key] = draft.version
            return False
        if draft.state == APPROVED and (last is None or last.state != "sent"):
            if last is not None and last.state == "planned":
                await self._ledger.withdraw(last.id)
            if last is None or last.state not in ("sending", "uncertain"):
                self._shown[key] = draft.version
                return True
        elif last is None or (last.state in ("cancelled", "failed") and _may_show_again(rows, message)):
            await self._ledger.plan_one(series, len(rows), message)
            return True
        elif last.state == "planned":
            await self._ledger.update_payload(last.id, message, state="planned")
        elif last.state == "sent" and await self._edited(last, message):
            self._shown[key] = draft.version
            return True
        return False

    async def _update_previews(self, found: Sequence[Draft]) -> bool:
        """Edit the line above each preview whose draft is no longer as it was then; return whether one was edited."""
        drafts = {draft.key: draft for draft in found}
        async with self._ledger.begin() as (connection, _):
            sent = await self._ledger.of_kind(connection, PREVIEW, self._settings.team)
        edited = False
        for line in sent:
            draft = drafts.get(line.subject)
            if draft is None or draft.version in (line.key, line.source_sha256, self._shown.get((line.id, ""))):
                continue
            message = replace(self._messages.preview(draft), key=line.key, source_sha256=draft.version)
            if await self._edited(line, message):
                self._shown[line.id, ""] = draft.version
                edited = True
        return edited

    async def _is_long_decided(self, draft: Draft) -> bool:
        """Return whether curators' messages about a draft were brought up to date long ago, perhaps by an earlier version
        that laid them out in another way: then they stay as they are.
        """
        async with self._ledger.begin() as (_, now):
            return now - (draft.decided_at or 0.0) > LONG_DECIDED

    async def _edited(self, last: Delivery, message: Message) -> bool:
        """Return whether a sent message shows what it should, or never will."""
        if json.loads(json.dumps(message.payload)) == last.payload:
            return True
        if last.place is None:
            return True  # it was sent, but it is not known in which conversation
        match await self._messenger.edit(last.place, last.ts or "", message.payload):
            case Sent():
                await self._ledger.update_payload(last.id, message, state="sent")
                return True
            case Refused(code, cause):
                log.warning("the draft of month=%s could not be brought up to date (%s)", last.subject, code)
                return cause in PERMANENT
            case _:
                return False


def _may_show_again(rows: Sequence[Delivery], message: Message) -> bool:
    """Whether a message that did not arrive, or may not have, is to have a successor."""
    same = [row for row in rows if row.source_sha256 == message.source_sha256]
    return rows[-1] not in same or (rows[-1].error == DIRECT and len(same) < TELL_AT_MOST)
