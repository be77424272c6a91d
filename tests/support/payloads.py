"""One payload of every kind that Slack sends to the bot, collected by using it; and such payloads with something odd."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.blocks import ids
from bot.playground.slack import Channel, LocalSlack, Message, User, View, payloads
from bot.playground.slack.controls import elements_in
from tests.support.bot import Bot

Json = dict[str, Any]
Request = tuple[str, Json]
"""The kind of a request ("events_api", "slash_commands", "interactive"), and its payload."""

COMMANDS = (
    "{q}",
    "",
    "more help",
    "topics",
    "latest",
    "compare alliance ; empathy",
    "evidence alliance",
    "saved",
    "follow",
    "following",
    "subscribe",
    "subscriptions",
    "journal-club {q}",
    "journal-club {q} on {day}",
    "journal-club",
    "feedback",
    "forget me",
    "privacy",
)
DEPTH = 2
"""How far buttons are followed: those of an answer, and those of what they show."""


async def collect(bot: Bot, person: User, team: Channel, question: str) -> list[Request]:
    """Use everything that can be used, and return one request for each kind, button and form."""
    for words in COMMANDS:
        day = (date.today() + timedelta(days=20)).isoformat()
        answer = await bot.say.command(words.format(q=question, day=day), user=person, channel=team)
        await _press_all(bot, person, answer.message, DEPTH)
    await bot.say.mention(question, channel=team, user=person)
    await bot.say.direct_message(question, user=person)
    for posted in bot.slack.posted():
        await _press_all(bot, person, posted, 1)
        await bot.say.metadata_posted(posted)
    await bot.say.home_opened(person)
    await _press_all(bot, person, bot.slack.homes.get(person.id), DEPTH)
    await bot.say.home_opened(person, "messages")
    said = bot.slack.store(team, text=question, user=person.id)
    for name in ("search_research", "find_related", "old"):
        await bot.say.shortcut(name, user=person)
        await bot.say.message_shortcut(name, said, user=person)
    sent = [(answer.kind or "", answer.payload) for answer in bot.say.answers]
    made = _never_seen(bot, person, bot.slack.posted(team)[0], next(iter(bot.slack.views.values())))
    found = {_name(kind, payload): (kind, payload) for kind, payload in [*made, *sent]}
    return list(found.values())


def _never_seen(bot: Bot, person: User, message: Message, view: View) -> Iterator[Request]:
    """Yield a press of each button and a submission of each form, with whatever is in them; and what Slack says
    of the app.
    """
    for event in (
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": [person.id]}},
        {"type": "other"},
    ):
        yield "events_api", payloads.event_envelope(bot.slack, event, None)
    yield "slash_commands", payloads.command_form(bot.slack, person, bot.slack.channels[message.channel], "/old", "x")
    yield "interactive", payloads.view_closed(bot.slack, view, person, cleared=False)
    for name in sorted({value for value in vars(ids).values() if isinstance(value, str) and value.isidentifier()}):
        for action_id in (name, f"{name}:x"):
            action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "2023-12:x"}
            yield "interactive", payloads.message_actions(bot.slack, message, action, person)
        form = payloads.view_submission(bot.slack, view, person)
        form["view"] |= {"callback_id": name, "private_metadata": '{"month": "2023-12", "channel": "C1", "club": "x"}'}
        yield "interactive", form


async def _press_all(bot: Bot, person: User, target: Message | View | None, depth: int) -> None:
    if target is None or depth == 0:
        return
    for control in bot.say.controls(target):
        bot.slack.clear_views(person.id)
        seen = len(bot.slack.channels[target.channel].seen_by(person.id)) if isinstance(target, Message) else 0
        with contextlib.suppress(AssertionError):
            await bot.say.press_control(target, control, user=person)
        if opened := bot.slack.modal(person):
            with contextlib.suppress(AssertionError):
                await bot.say.submit(opened, dict(_filled(bot, opened)), user=person)
            await _press_all(bot, person, opened, depth - 1)
        if isinstance(target, Message):
            for shown in bot.slack.channels[target.channel].seen_by(person.id)[seen : seen + 1]:
                await _press_all(bot, person, shown, depth - 1)


def _filled(bot: Bot, view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield something for each field of a form."""
    given = {
        "plain_text_input": "x",
        "conversations_select": next(iter(bot.slack.channels)),
        "datepicker": (date.today() + timedelta(days=30)).isoformat(),
    }
    for block, element in elements_in(view.blocks):
        if element["type"] == "radio_buttons":
            yield block["block_id"], {element["action_id"]: element["options"][0]["value"]}
        elif element["type"] in given:
            yield block["block_id"], {element["action_id"]: given[element["type"]]}


def _name(kind: str, payload: Json) -> tuple[str, ...]:
    actions = payload.get("actions") or [{}]
    view = payload.get("view") or {}
    event = payload.get("event") or {}
    return (
        kind,
        str(payload.get("type")),
        str(payload.get("callback_id")),
        "".join(str(actions[0].get("action_id")).partition(":")[:2]),
        str(view.get("callback_id")),
        str(event.get("type")),
        str(event.get("tab")),
        str(payload.get("command")),
        str(payload.get("text")).partition(" ")[0],
    )


# What may be odd

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", " ", "\0", "\ud800", "x" * 4000, "<!channel>", "1e9", "-1", "null", "'; DROP TABLE claim; --", "‮", "T0OTHER"]
    ),
    st.text(max_size=20),
    st.sampled_from([[], {}, [[]], [None], [{}], {"id": None}, {"id": []}, {"": ""}, [0] * 200]),
    st.recursive(
        st.none(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
)
CHANGE = st.tuples(st.integers(0, 10**6), st.sampled_from(["replace", "remove", "wrap", "double", "move"]), JUNK)
CHANGES = st.lists(CHANGE, min_size=1, max_size=3)


def changed(payload: Json, changes: Sequence[tuple[int, str, Any]]) -> Json:
    """Return a payload with some of its parts changed."""
    found: Json = deepcopy(payload)
    for number, how, junk in changes:
        places = list(_places(found))
        if not places:
            break
        owner, key = places[number % len(places)]
        match how:
            case "replace":
                owner[key] = deepcopy(junk)
            case "remove":
                del owner[key]
            case "wrap":
                owner[key] = [owner[key]]
            case "double" if isinstance(owner, list):
                owner.append(deepcopy(owner[key]))
            case _:
                owner[key], other = deepcopy(junk), owner[key]
                top, name = places[(number // 7) % len(places)]
                with contextlib.suppress(LookupError, TypeError):
                    top[name] = other if top is not owner else top[name]
    return found


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    parts = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in parts:
        yield value, key
        yield from _places(inner)


def paths_of(value: Any, word: str, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where in a payload a word is."""
    if isinstance(value, str) and word in value:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from paths_of(inner, word, (*path, key))


def of_stranger(slack: LocalSlack, payload: Mapping[str, Any], person: User, stranger: User, place: Channel) -> Json:
    """Return a payload of someone's as a stranger would send it from another place: Slack says who and where, the rest they
    can forge.
    """
    found: Json = json.loads(json.dumps(payload).replace(person.id, stranger.id))
    for key, value in (("trigger_id", slack.new_trigger(stranger.id)), ("channel_id", place.id)):
        if key in found:
            found[key] = value
    if "response_url" in found:
        found["response_url"] = slack.new_response_url(place.id, stranger.id, kind="actions")
    if isinstance(found.get("channel"), dict):
        found["channel"] = {"id": place.id, "name": place.name}
    if isinstance(found.get("container"), dict) and "channel_id" in found["container"]:
        found["container"]["channel_id"] = place.id
    return found


def in_another_workspace(payload: Mapping[str, Any]) -> Json:
    """Return the same payload, said to be of another workspace."""
    own = payload.get("team_id") or payload["team"]["id"]
    found: Json = json.loads(json.dumps(payload).replace(own, "T0OTHER"))
    found["team_id"] = "T0OTHER"
    if isinstance(found.get("message"), dict):  # a message of ours may have been pressed by someone from elsewhere
        found["message"]["bot_id"] = "B0OTHER"
    if "team" in found:
        found["team"] = {"id": "T0OTHER"}
    if "authorizations" in found:
        found["authorizations"] = [{"team_id": "T0OTHER"}]
    if isinstance(found.get("event"), dict):
        found["event"].pop("team_id", None)
        found["event"].pop("team", None)
    if isinstance(found.get("view"), dict):
        found["view"] |= {"team_id": "T0OTHER", "app_installed_team_id": "T0OTHER"}
    return found
