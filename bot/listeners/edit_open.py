"""Opening the form behind *Edit*: from a summary, from the list of a month, and after the one before was saved."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.approval.revising import Editable
from bot.blocks import edit, ids, notes
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.model import OURS, Summary, Topic
from bot.listeners.buttons import may_curate, open_view, respond
from bot.listeners.services import Services
from bot.store.drafts import is_own


async def open_form(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if not await may_edit(services, body):
        return
    place, _, summary_id = str(action.get("value")).rpartition(" ")
    known = services.engine.corpus.get(summary_id)
    listed = (body.get("view") or {}).get("callback_id") == ids.EDIT_MONTH_VIEW
    await _open(services, body, place or (known.place if known else ""), summary_id, listed=listed)


async def open_month(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if not await may_edit(services, body):
        return
    place = str(action.get("value")).partition(":")[0]
    found = await listed_at(services, place)
    if found is None:
        await respond(services, body, notes.note(edit.GONE_OUT))
    elif len(found[2]) == 1:
        await _open(services, body, found[0], found[2][0].id)
    else:
        await open_view(services, body, edit.month_view(*found))


async def _open(services: Services, body: Mapping[str, Any], place: str, summary_id: str, *, listed: bool = False) -> None:
    """Show the form of a summary, or say why there is none."""
    try:
        found = await services.approval.revising.find(place, summary_id)
    except CorpusError:
        await respond(services, body, notes.note(edit.FAULTY))
    except WriteError:
        await respond(services, body, notes.note(edit.BY_HAND))
    else:
        if found is None:
            await respond(services, body, notes.note(notes.GONE))
        else:
            reported = await reported_by(services, found)
            form = edit.Form(place, found, found.values, reported=reported, listed=listed)
            await open_view(services, body, edit.edit_view(form, topics_of(services)))


async def listed_at(services: Services, place: str, changed: str | None = None) -> tuple[str, str, Sequence[Summary]] | None:
    """Return where the summaries of a waiting draft or of a month are, the month, and the summaries; the one that was just
    `changed` may not be in the library yet as it is now.
    """
    revising = services.approval.revising
    if waiting := await revising.listed(place):
        return OURS if is_own(place) else place, *waiting
    issue = services.engine.corpus.issue(place)
    if issue is None:
        return None
    found = await revising.find(place, changed) if changed else None
    return place, issue.month, [found.summary if found and each.id == changed else each for each in issue.summaries]


async def following_form(
    services: Services, listed: Sequence[Summary], about: Mapping[str, Any], said: str
) -> dict[str, Any] | None:
    """Return the form of the first summary below the one that was edited that has no bottom line; None where none is."""
    place, ids_ = str(about.get("place")), [each.id for each in listed]
    after = listed[ids_.index(str(about.get("summary"))) + 1 :] if about.get("summary") in ids_ else ()
    thin = next((each for each in after if not each.bottom_line), None)
    found = None
    if thin:
        with contextlib.suppress(CorpusError, WriteError):  # the one before is saved, and the list says so
            found = await services.approval.revising.find(place, thin.id)
    if found is None:
        return None
    turn, reported = int(about.get("turn") or 0) + 1, await reported_by(services, found)
    form = edit.Form(place, found, found.values, turn, reported=reported, listed=True, said=said)
    return edit.edit_view(form, topics_of(services))


async def reported_by(services: Services, found: Editable) -> int:
    """Return how many readers want to know when a summary is corrected."""
    return 0 if found.draft else await services.posts.reports.waiting(services.team, found.summary.id)


def topics_of(services: Services) -> Sequence[Topic]:
    return services.engine.corpus.topics


async def may_edit(services: Services, body: Mapping[str, Any]) -> bool:
    """Return whether this person may edit; where not, say so."""
    if not await may_curate(services, body, edit.CURATORS_ONLY):
        return False
    if services.approval.revising.is_shipped:
        await respond(services, body, notes.note(edit.SHIPPED))
        return False
    return True
