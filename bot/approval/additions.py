"""What the blog adds to months that are in the library already: each becomes a draft that a curator decides about."""

from __future__ import annotations

from collections.abc import Iterable

from bot.approval.offer import Offer
from bot.blog.imported import imported_month
from bot.blog.page import Page
from bot.corpus.merging import Record
from bot.corpus.same import same_entry
from bot.corpus.write import CorpusFolder, month_yaml, records_of
from bot.store.drafts import APPROVED, MOST, Draft, addition_key


def additions(page: Page, shelf: CorpusFolder, drafts: Iterable[Draft]) -> list[Offer]:
    """Return what a page shows in months of the library that neither the library nor an approved draft has.

    While the draft of a month itself waits, nothing is an addition to it; nor where the page shows nothing of the month that
    the library has, since nothing shows whether the two are the same.
    """
    found = []
    known = list(drafts)
    for month in page.months:
        mine = [draft for draft in known if draft.month == month]
        if month not in shelf.files or any(not draft.is_addition and draft.state != APPROVED for draft in mine):
            continue
        present = records_of(shelf, month)
        present += [record for draft in mine if draft.state == APPROVED for record in draft.values["summaries"]]
        seen = imported_month(page, month, shelf.topics)
        there = [record for record in seen.records if any(same_entry(each, record) for each in present)]
        new = [record["title"] for record in seen.records if record not in there and not _is_elsewhere(record, month, shelf)]
        number = sum(draft.is_addition and draft.state == APPROVED for draft in mine)
        if there and new and number < MOST:
            content = month_yaml(seen, shelf)
            found.append(Offer(addition_key(month, number), content.decode(), tuple(new)))
    return found


def _is_elsewhere(record: Record, month: str, shelf: CorpusFolder) -> bool:
    """Return whether an entry's paper is in another month of the library."""
    doi = str((record.get("study") or {}).get("doi") or "").casefold()
    return bool(doi and shelf.dois.get(doi, (month, ""))[0] != month)
