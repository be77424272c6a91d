"""*Edit* on a summary, for curators: the form, and what becomes of it. Who may is checked at every press, here."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.approval.revising import Editable
from bot.approval.typed_fields import EFFECT_LINE, SAMPLE_LINE, effects_of, fault_sentence, sample_of
from bot.blocks import edit, ids, limits, notes
from bot.blocks.edit_text import with_sentence
from bot.blocks.modal import message_view, metadata_of
from bot.blocks.summary_fields import LABELS
from bot.corpus.effects import of_entry
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.model import Summary, Topic
from bot.corpus.revise import RevisionError, field_at, field_of, regrouped
from bot.corpus.warnings.rules import about
from bot.corpus.warnings.warning import LibraryWarning
from bot.listeners import views
from bot.listeners.edit_open import following_form, listed_at, may_edit, open_form, open_month, reported_by, topics_of
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.safety.client_details import without_details
from bot.text import clean


class _FieldError(Exception):
    """Something is wrong in fields of the form: a sentence for each."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__()
        self.sentences = sentences


def register(app: AsyncApp) -> None:
    """Listen for the buttons and the form."""
    app.action(re.compile(rf"^{ids.EDIT}(:|$)"))(open_form)
    app.action(re.compile(rf"^{ids.EDIT_MONTH}(:|$)"))(open_month)
    app.action(re.compile(rf"^{ids.EDIT_USE}:"))(use_sentence)
    app.view(ids.EDIT_VIEW)(save)


async def use_sentence(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if not await may_edit(services, body):
        return
    view = body.get("view") or {}
    field = edit.block_of(view, "bottom_line", int(metadata_of(view).get("turn") or 0))
    blocks = with_sentence(view.get("blocks") or (), field, str(action.get("value")))
    if blocks:
        await views.replace_blocks(services, view, blocks)


async def save(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    about = metadata_of(view)
    turn = int(about.get("turn") or 0)
    first = edit.block_of(view, "bottom_line", turn)
    user = str(body["user"]["id"])
    if not await services.library_curators.includes(user):
        await views.refuse(ack, first, edit.CURATORS_ONLY)
        return
    try:
        for _ in range(3):  # someone else may be faster, again and again
            answer = await _save(services, view, about, turn, user)
            if isinstance(answer, str):
                await _leave(services, ack, view, answer)
                return
            if answer is not None:
                await views.answer_form(ack, view, answer)
                return
        await views.refuse(ack, first, notes.PRESS_AGAIN)
    except _FieldError as error:
        errors = {edit.block_of(view, field, turn): sentence for field, sentence in error.sentences.items()}
        await ack(response_action="errors", errors=errors)


async def _save(
    services: Services, view: Mapping[str, Any], about: Mapping[str, Any], turn: int, user: str
) -> dict[str, Any] | str | None:
    """Return what was done, or the form that comes next; None where someone else was faster. Raises _FieldError."""
    revising = services.approval.revising
    place, base = str(about.get("place")), about.get("base")
    base = base if isinstance(base, Mapping) else {}
    listed = bool(about.get("listed"))
    try:
        found = await revising.find(place, str(about.get("summary")))
    except CorpusError:
        raise _FieldError({"bottom_line": edit.FAULTY}) from None
    except WriteError:
        raise _FieldError({"bottom_line": edit.BY_HAND}) from None
    if found is None or revising.is_shipped:
        raise _FieldError({"bottom_line": edit.SHIPPED if found else notes.GONE})
    reported = await reported_by(services, found)
    typed = _typed(view, turn, found, topics_of(services))
    changes = {field: value for field, value in typed.items() if edit.print_of(value) != base.get(field)}
    moved = [field for field in LABELS if edit.print_of(found.values[field]) != base.get(field)]
    if all(found.values[field] == value for field, value in changes.items()) and set(moved) <= set(changes):
        return await _done(services, view, place, found, user, edit.SAVED if changes else edit.UNCHANGED)
    if moved:
        by = found.by if found.number != about.get("number") else None
        mine = [field for field in changes if field in moved and found.values[field] != changes[field]]
        above = edit.meanwhile(found, by, moved, mine)
        form = edit.Form(place, found, {**found.values, **changes}, turn + 1, above=above, reported=reported, listed=listed)
        return edit.edit_view(form, topics_of(services))
    _check(services, found, changes)
    warnings = await asyncio.to_thread(_warnings, services, found.summary, typed, changes)
    warned = edit.print_of([each.problem for each in warnings])
    if warnings and about.get("warned") != warned:
        form = edit.Form(place, found, typed, turn + 1, warned, edit.warnings_above(warnings), reported, listed)
        return edit.edit_view(form, topics_of(services))
    try:
        done = await revising.save(found, changes, user)
    except CorpusError as error:
        faults = [(field_of(fault) or "bottom_line", fault) for fault in error.faults]
        raise _FieldError({field: fault_sentence(field, fault) for field, fault in faults}) from None
    except WriteError:
        raise _FieldError({next(iter(changes)): edit.BY_HAND}) from None
    if not done:
        return None
    return await _done(services, view, place, found, user, edit.SAVED_DRAFT if found.draft else edit.SAVED)


def _typed(view: Mapping[str, Any], turn: int, found: Editable, topics: Sequence[Topic]) -> dict[str, Any]:
    """Return the values in the fields; a field that the form does not have is as it was. Raises _FieldError."""
    offered = {topic.id for topic in topics[: limits.OPTIONS]}
    values = dict(found.values)
    del values["draft_asks"]
    for field in LABELS:
        given = entered(view, edit.block_of(view, field, turn), edit.action_id(field))
        if not given:
            continue
        if field == "topics":
            chosen = {str(option.get("value")) for option in given.get("selected_options") or ()}
            kept = [topic for topic in values[field] if topic in chosen or topic not in offered]
            values[field] = [*kept, *sorted(chosen - set(kept))]
        elif field == "design":
            values[field] = str((given.get("selected_option") or {}).get("value") or values[field])
        elif field == "sample":
            values[field] = _or_fault(field, sample_of(str(given.get("value") or "")), SAMPLE_LINE)
        elif field == "effects":
            effects = effects_of(_lines(view, turn, field), found.summary.study.effects)
            values[field] = _or_fault(field, effects, EFFECT_LINE)
        elif field in edit.LISTS:
            values[field] = _lines(view, turn, field)
        else:
            values[field] = clean(str(given.get("value") or ""))
    return values


def _warnings(
    services: Services, was: Summary, typed: Mapping[str, Any], changes: Mapping[str, Any]
) -> list[LibraryWarning]:
    """Return the warnings about what was changed in a summary."""
    effects = tuple(map(of_entry, typed["effects"]))
    study = replace(was.study, sample=tuple(typed["sample"].items()), effects=effects)
    implications, asks = tuple(typed["implications"]), tuple(typed["asks"])
    now = replace(was, bottom_line=typed["bottom_line"], implications=implications, asks=asks, study=study)
    return [each for each in about(now, services.engine.corpus) if field_at(each.path) in changes]


def _lines(view: Mapping[str, Any], turn: int, field: str) -> list[str]:
    texts = []
    number = 0
    while given := entered(view, edit.block_id(field, turn, number), edit.action_id(field, number)):
        texts.append(str(given.get("value") or ""))
        number += 1
    return [line for text in texts for line in map(clean, text.split("\n")) if line]


def _or_fault(field: str, value: Any, how: str) -> Any:
    """Return a value that could be read; where it could not, say how it is written. Raises _FieldError."""
    if value is None:
        raise _FieldError({field: how})
    return value


def _check(services: Services, found: Editable, changes: dict[str, Any]) -> None:
    """Check what only a person's form can have; an original's words are put back. Raises _FieldError."""
    if "implications" in changes and found.summary.text == "original":
        try:
            changes["implications"] = regrouped(found.summary.implications, changes["implications"])
        except RevisionError as error:
            raise _FieldError({"implications": str(error)}) from None
    new = [ask for ask in changes.get("asks", ()) if ask not in found.summary.asks]
    if any(without_details(ask, services.engine.knows)[1] for ask in new):
        raise _FieldError({"asks": notes.LEAVE_DETAILS_OUT})


async def _done(services: Services, view: Mapping[str, Any], place: str, was: Editable, user: str, said: str) -> str:
    """Return what was done. Readers who reported the summary are notified where the form says so."""
    chosen = entered(view, ids.EDIT_TELL, ids.EDIT_TELL).get("selected_option") or {}
    found = None
    if chosen.get("value") == "yes" and not was.draft:
        with contextlib.suppress(CorpusError, WriteError):  # it is saved; the button of the report is still there
            found = await services.approval.revising.find(place, was.summary.id)
    if found is not None:
        known = services.engine.corpus.get(found.summary.id)
        study = replace(found.summary.study, notices=known.study.notices if known else ())
        if await services.posts.reports.corrected_for_all(services.team, replace(found.summary, study=study), user):
            services.posts.woken.set()
            said = f"{said} {edit.NOTIFIED}"
    return said


async def _leave(services: Services, ack: AsyncAck, view: Mapping[str, Any], said: str) -> None:
    """Say what was done: above the list of the month that the form was opened from, and above the form of the next summary
    there that has no bottom line; else in the form's place.
    """
    about = metadata_of(view)
    place = str(about.get("place"))
    found = await listed_at(services, place, str(about.get("summary"))) if about.get("listed") else None
    if found is None or not view.get("previous_view_id"):
        await views.answer_form(ack, view, message_view(notes.note(said), edit.TITLE))
        return
    if following := await following_form(services, found[2], about, said):
        await views.answer_form(ack, view, following)
    else:
        await ack()
    await views.replace(services, views.below(view), edit.month_view(*found, said))
