"""What this process does with drafts: has the page looked at, tells the curators, and puts approved months into its corpus.

Every replica runs it. The database says who looks and who tells; each writes into a folder of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.approval.watch import Watch
from bot.corpus.faults import CorpusError
from bot.corpus.write import Shelf, Sighting, WriteError, carry_out, plan
from bot.outbox.delivery import DIRECT, DRAFT, Delivery, Message
from bot.outbox.ledger import Ledger
from bot.outbox.transport import Messenger, Refused, Sent
from bot.publishing.scheduler import OnPass, ignore_pass
from bot.store.drafts import APPROVED, ITSELF, NEW, Draft, Drafts

log = logging.getLogger(__name__)

TELL_AT_MOST = 3
"""Messages to one curator about one content of a draft, where it is not known of the earlier ones whether they arrived."""


class Desk:
    """Works on drafts until it is stopped. `render` makes the message that shows one; `alarm` the one about the page."""

    def __init__(
        self,
        drafts: Drafts,
        ledger: Ledger,
        messenger: Messenger,
        *,
        team: str,
        curators: Sequence[str],
        approval: bool,
        root: Path,
        watch: Watch | None,
        render: Callable[[Draft], Message],
        alarm: Callable[[str], Message],
        written: Callable[[], Awaitable[None]],
        standing: Callable[[], bool] = lambda: True,
        on_pass: OnPass = ignore_pass,
    ) -> None:
        self._drafts = drafts
        self._ledger = ledger
        self._messenger = messenger
        self._team = team
        self._curators = curators
        self._approval = approval
        self._root = root
        self._watch = watch
        self._render = render
        self._alarm = alarm
        self._written = written
        self._standing = standing
        self._on_pass = on_pass
        self._over = asyncio.Event()
        self._done: set[tuple[str, float]] = set()
        self._shown: dict[tuple[str, str], str] = {}
        self.unwritten: str | None = None

    async def run(self, tick: float) -> None:
        """Look at the page and at the drafts every `tick` seconds, at the drafts also when one changes; until `stop`. They
        do not wait for each other: a slow page keeps no decision waiting.
        """
        await asyncio.gather(
            self._repeat("page", self.look_at_page, tick, self._over),
            self._repeat("drafts", self.look, tick, self._drafts.changed),
        )

    def stop(self) -> None:
        """End `run` after the steps in hand."""
        self._over.set()
        self._drafts.changed.set()

    async def _repeat(self, job: str, step: Callable[[], Awaitable[bool]], tick: float, woken: asyncio.Event) -> None:
        while not self._over.is_set():
            if woken is not self._over:
                woken.clear()
            busy = False
            try:
                busy = self._standing() and await step()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.error("the look at the page or the drafts failed (%s); it goes on", type(error).__name__)
            self._on_pass(job, busy)
            if not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), timeout=tick)

    async def look_at_page(self) -> bool:
        """Have the page looked at if it is time, and tell the curators, once, when it has been in trouble for long. Returns
        whether it was time.
        """
        if self._watch is None:
            return False
        before = self._watch.looks
        if trouble := await self._watch.look(lambda: Shelf(self._root)):
            for person in self._curators:
                await self._ledger.inform(self._team, person, self._alarm(trouble))
        return self._watch.looks > before

    async def look(self) -> bool:
        """Do once whatever there is to do with drafts; whether there was something."""
        busy = False
        found = await self._drafts.all()
        if not self._approval:
            for draft in found:
                if draft.state == NEW:
                    busy = True
                    await self._drafts.approve(draft.month, ITSELF, draft.version)
                    log.info("month=%s goes out by itself: it is whole, and PPRNET_APPROVAL is off", draft.month)
            found = await self._drafts.all()
        busy = await self._write([draft for draft in found if draft.state == APPROVED]) or busy
        for draft in found:
            for person in self._curators:
                busy = await self._show(draft, person) or busy
        return busy

    # -- into the corpus ----------------------------------------------------------------------------------------------

    async def _write(self, approved: Sequence[Draft]) -> bool:
        """Put approved months into this replica's folder; whether a file changed. What stands in a file there stays: it may
        be a person's.
        """
        wrote = False
        self.unwritten = None
        for draft in approved:
            key = (draft.month, draft.decided_at or 0.0)
            if key in self._done:
                continue
            try:
                wrote |= await asyncio.to_thread(_put, self._root, draft)
                self._done.add(key)
            except (WriteError, CorpusError, OSError) as error:
                self.unwritten = f"the approved month {draft.month} could not be written: {error}"
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
        key = (draft.month, person)
        if self._shown.get(key) == draft.version:
            return False
        message = self._render(draft)
        rows = await self._ledger.month(draft.month, self._team, person, DRAFT)
        last = rows[-1] if rows else None
        if draft.state == APPROVED and (last is None or last.state != "sent"):
            if last is not None and last.state == "planned":
                await self._ledger.withdraw(last.id)
            if last is None or last.state not in ("sending", "uncertain"):
                self._shown[key] = draft.version
                return True
        elif last is None or (last.state in ("cancelled", "failed") and _may_show_again(rows, message)):
            await self._ledger.plan_direct(draft.month, self._team, person, message, part=len(rows))
            return True
        elif last.state == "planned":
            await self._ledger.reword(last.id, message, state="planned")
        elif last.state == "sent" and await self._edited(last, message):
            self._shown[key] = draft.version
            return True
        return False

    async def _edited(self, last: Delivery, message: Message) -> bool:
        """Whether a message that stands shows what it should, or never will."""
        if json.loads(json.dumps(message.payload)) == last.payload:
            return True
        if last.place is None:
            return True  # it is known to stand, but not in which conversation
        match await self._messenger.edit(last.place, last.ts or "", message.payload):
            case Sent():
                await self._ledger.reword(last.id, message, state="sent")
                return True
            case Refused(code, permanent):
                log.warning("the draft of month=%s could not be brought up to date (%s)", last.month, code)
                return permanent
            case _:
                return False


def _may_show_again(rows: Sequence[Delivery], message: Message) -> bool:
    """Whether a message that did not arrive, or may not have, is to have a successor."""
    same = [row for row in rows if row.source_sha256 == message.source_sha256]
    return rows[-1] not in same or (rows[-1].error == DIRECT and len(same) < TELL_AT_MOST)


def _put(root: Path, draft: Draft) -> bool:
    """Merge a draft into a corpus; whether a file changed. A file that is newer than the decision is a person's."""
    path = root / "issues" / f"{draft.month}.yaml"
    if path.exists() and path.stat().st_mtime >= (draft.decided_at or 0.0):
        return False
    values = draft.values
    shelf = Shelf(root)
    seen = Sighting(
        draft.month, tuple(values["summaries"]), bool(values["complete"]), tuple(values.get("subjects") or ()), draft.note
    )
    planned = plan(shelf, [seen])
    if planned.refused:
        raise WriteError(planned.refused[0])
    carry_out(shelf, planned)
    return bool(planned.files)
