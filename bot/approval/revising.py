"""Changes that curators make to summaries in Slack: stored once, and made in the folder of every replica.

A folder's file `.revised` has the marks of the changes that were made there. It is written after the month's file; where a
process dies in between, or the file is lost, the changes are found to have been made already.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError, add_marks, marks_in, one_at_a_time, sweep, write_atomically
from bot.corpus.load import file_of, own_in, read_issue, read_topics
from bot.corpus.model import Summary
from bot.corpus.revise import Values, brought_up_to_date, revised, summary_in, values_of
from bot.paths import default_root
from bot.store.drafts import APPROVED, Draft, Drafts
from bot.store.revisions import DraftChange, Revision, Revisions

log = logging.getLogger(__name__)

NOTES = ".revised"
SEEMS_OLDER = 1_000_000
"""Nanoseconds by which a changed file seems to be newer than before. It must not seem newer than an approval of what is
still to be written into it (`bot.approval.writing`).
"""


@dataclass(frozen=True, slots=True)
class Editable:
    """A summary with all changes that were made to it so far, `number` in all, the last of them `by` a curator, and the
    month's file that has it. `draft`: the key of the draft whose content that is.
    """

    month: str
    summary: Summary
    content: bytes
    number: int
    draft: str | None = None
    by: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the fields that can be changed."""
        return values_of(self.summary)


@dataclass(frozen=True, slots=True)
class Kept:
    """Fields of a summary that someone had changed in the file, so that a change made in Slack was not made there."""

    revision: Revision
    fields: tuple[str, ...]


class Revising:
    """Changes the summaries of one library, in the folder of this replica. Any number of replicas may."""

    def __init__(self, root: Path, revisions: Revisions, drafts: Drafts) -> None:
        self._root = root
        self._revisions = revisions
        self._drafts = drafts
        self._known: list[Revision] = []
        self._passed: dict[str, tuple[int | str, ...]] = {}
        self._troubles: dict[str, str] = {}
        self.is_shipped = root.resolve() == default_root().resolve()
        """Whether it is the library that comes with the bot, which is not changed."""

    @property
    def unwritten(self) -> str | None:
        """What is wrong where a change cannot be made in this folder."""
        return next(iter(self._troubles.values()), None)

    @property
    def changed(self) -> asyncio.Event:
        """What is set when there is something to write."""
        return self._revisions.changed

    # -- for a form -----------------------------------------------------------------------------------------------------

    async def find(self, place: str, summary_id: str) -> Editable | None:
        """Return a summary of a month, of a waiting draft (`place` is its key), or of the team's own (OURS). Raises
        CorpusError where the file has faults, and WriteError where earlier changes cannot be made in it.
        """
        draft = await self._drafts.get(place)
        stored = await self._revisions.all(summary_id)
        return await asyncio.to_thread(self._find, draft, place, summary_id, stored)

    async def listed(self, key: str) -> tuple[str, list[Summary]] | None:
        """Return the month of a waiting draft, and its summaries that are new; None where nothing waits."""
        draft = await self._drafts.get(key)
        if draft is None or draft.state == APPROVED:
            return None
        topics = await asyncio.to_thread(self._topics)
        if draft.is_own:
            ids = {each["id"] for each in draft.values["summaries"]}
            return draft.month, [each for each in own_in(self._root, topics) if each.id in ids]
        found = read_issue(draft.month, draft.content.encode(), topics).summaries
        return draft.month, [each for each in found if not draft.is_addition or each.title in draft.reasons]

    async def save(self, found: Editable, changes: Values, by: str) -> bool:
        """Store a change; return False where the summary is no longer as it was found. Raises CorpusError with what is
        wrong with it, or WriteError.
        """
        topics = await asyncio.to_thread(self._topics)
        content = await asyncio.to_thread(revised, found.month, found.content, found.summary, changes, topics)
        after = summary_in(found.month, content, found.summary.id, topics)
        if after is None:
            return False
        before, now = found.values, values_of(after)
        fields = [field for field in changes if before[field] != now[field]]
        if not fields:
            return True
        revision = Revision(
            found.summary.id,
            found.number + 1,
            found.month,
            {field: before[field] for field in fields},
            {field: now[field] for field in fields},
            by,
        )
        draft = DraftChange(found.draft, found.content.decode(), content.decode()) if found.draft else None
        done = await self._revisions.add(revision, draft)
        if done:
            log.info("summary=%s was changed in Slack: %s", revision.summary_id, ", ".join(fields))
        if draft:
            self._drafts.changed.set()
        return done

    def _find(self, draft: Draft | None, place: str, summary_id: str, stored: Sequence[Revision]) -> Editable | None:
        topics = self._topics()
        number, by = (stored[-1].number, stored[-1].by) if stored else (0, None)
        if draft is not None and draft.state != APPROVED:
            content = draft.content.encode()
            found = summary_in(draft.month, content, summary_id, topics)
            return Editable(draft.month, found, content, number, draft.key, by) if found else None
        month = draft.month if draft else place
        due = self._due(stored)  # before the file is read: what is written into it meanwhile is due here still, and in it
        try:
            before = (self._root / file_of(month)).read_bytes()
        except FileNotFoundError:
            return None
        content, _, _ = brought_up_to_date(month, before, _by_summary(due), topics)
        found = summary_in(month, content, summary_id, topics)
        return Editable(month, found, content, number, by=by) if found else None

    # -- for a draft ----------------------------------------------------------------------------------------------------

    async def with_changes(self, month: str, content: str) -> str:
        """Return the content of a draft, as the blog has it now, with what curators have changed in it."""
        stored = [each for each in await self._known_now() if each.month == month]
        if not stored:
            return content
        try:
            topics = await asyncio.to_thread(self._topics)
            after, _, _ = brought_up_to_date(month, content.encode(), _by_summary(stored), topics)
        except (CorpusError, WriteError) as error:
            log.warning("changes made in Slack to month=%s do not fit what the blog says now: %s", month, error)
            return content
        return after.decode()

    # -- into the folder ------------------------------------------------------------------------------------------------

    async def apply(self) -> tuple[bool, list[Kept]]:
        """Make in this folder what is due; return whether a file changed, and what stays as someone wrote it."""
        stored = await self._known_now()
        if not stored or self.is_shipped:
            return False, []
        try:
            return await asyncio.to_thread(self._apply, stored)
        except (CorpusError, OSError) as error:
            self._note_trouble("", f"changes made in Slack could not be written: {error}")
            return False, []

    async def _known_now(self) -> list[Revision]:
        if await self._revisions.count() != len(self._known):
            self._known = await self._revisions.all()
        return self._known

    def _apply(self, stored: Sequence[Revision]) -> tuple[bool, list[Kept]]:
        wrote = False
        kept: list[Kept] = []
        topics = None
        if not self._due(stored):
            return wrote, kept
        with one_at_a_time(self._root / "issues"):
            months: dict[str, list[Revision]] = {}
            for each in self._due(stored):
                months.setdefault(each.month, []).append(each)
            for month, due in months.items():
                path = self._root / file_of(month)
                if not path.exists() or self._passed.get(month) == _stamp(path, due):
                    continue
                topics = topics or self._topics()
                try:
                    changed, left = self._write(path, month, due, topics)
                except (CorpusError, WriteError) as error:
                    said = error.faults[0] if isinstance(error, CorpusError) else error
                    self._note_trouble(month, f"changes made in Slack to {month} could not be written: {said}")
                else:
                    self._troubles.pop(month, None)
                    wrote, kept = wrote or changed, kept + left
                self._passed[month] = _stamp(path, due)
        self._troubles.pop("", None)
        return wrote, kept

    def _write(self, path: Path, month: str, due: Sequence[Revision], topics: set[str]) -> tuple[bool, list[Kept]]:
        before, written = path.read_bytes(), path.stat().st_mtime_ns
        after, others, there = brought_up_to_date(month, before, _by_summary(due), topics)
        if path.read_bytes() != before:
            raise WriteError("the file is being changed")
        if after != before:
            sweep(path.parent)
            write_atomically(path, after, mtime_ns=written + SEEMS_OLDER)
        self._note_done([each for each in due if each.summary_id in there])
        last = {each.summary_id: each for each in due}
        kept = [Kept(last[summary_id], tuple(sorted(fields))) for summary_id, fields in others.items()]
        for each in kept:
            fields = ", ".join(each.fields)
            log.warning(
                "summary=%s: %s stays as it is in the file, and not as changed in Slack", each.revision.summary_id, fields
            )
        return after != before, kept

    def _topics(self) -> set[str]:
        return {topic.id for topic in read_topics(self._root)}

    def _due(self, stored: Sequence[Revision]) -> list[Revision]:
        """Return the changes that this folder does not say were made."""
        done = marks_in(self._root / NOTES)
        return [each for each in stored if each.mark not in done]

    def _note_done(self, made: Sequence[Revision]) -> None:
        if made:
            add_marks(self._root / NOTES, [each.mark for each in made])

    def _note_trouble(self, month: str, trouble: str) -> None:
        if self._troubles.get(month) != trouble:
            log.error("%s", trouble)
        self._troubles[month] = trouble


def _by_summary(stored: Sequence[Revision]) -> dict[str, list[tuple[Values, Values]]]:
    found: dict[str, list[tuple[Values, Values]]] = {}
    for each in stored:
        found.setdefault(each.summary_id, []).append((each.before, each.after))
    return found


def _stamp(path: Path, due: Sequence[Revision]) -> tuple[int | str, ...]:
    """Return what tells whether a month's file, or what is due in it, is another than it was."""
    status = path.stat()
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, *(each.mark for each in due))
