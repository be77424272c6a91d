"""Slack Connect: channels that another organisation reads, and its people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import Channel, LocalSlack, User, payloads
from bot.slack.identity import Identity, is_foreign
from bot.slack.slack_connect import REMEMBERED, SharedChannels, is_from_outside
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

QUESTION = "does an alliance rupture in one session lead to greater symptoms in the next?"
SHARED = "This channel is shared with another organisation"
OUTSIDER = "I answer only members of the organisation that installed me."


@pytest.fixture
async def closed(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot as it comes: shared channels are off."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        yield bot


@pytest.fixture
async def allowed(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot with PPRNET_SHARED_CHANNELS=on."""
    async with running(slack, tmp_path, PPRNET_SHARED_CHANNELS="on") as bot:
        yield bot


def partners(slack: LocalSlack) -> tuple[User, User, Channel]:
    """One of ours, one of theirs, and the channel they share."""
    ana, cleo = slack.add_user("ana"), slack.add_user("cleo", team_id="T0PARTNER01")
    return ana, cleo, slack.add_channel("partners", [ana, cleo], ext_shared=True)


async def test_a_mention_in_a_shared_channel_gets_a_private_note_once(closed: Bot) -> None:
    ana, _, shared = partners(closed.slack)
    first = await closed.say.mention(QUESTION, channel=shared, user=ana)
    await closed.say.redeliver(first)
    assert closed.slack.posted() == []
    [note] = shown_to(closed.slack, ana.id)
    assert SHARED in note.visible_text
    assert "/pprnet" in note.visible_text
    assert note.thread_ts is None  # an ephemeral message in a thread without replies would not be shown
    await closed.say.mention("my client wants to kill himself", channel=shared, user=ana)
    assert shown_to(closed.slack, ana.id)[-1].visible_text.startswith("This bot cannot help in an emergency.")
    parent = closed.slack.store(shared, text="x", user=ana.id)
    await closed.say.mention(QUESTION, channel=shared, user=ana, thread_ts=parent.ts)
    assert shown_to(closed.slack, ana.id)[-1].thread_ts == parent.ts


async def test_somebody_from_elsewhere_is_answered_nowhere(closed: Bot) -> None:
    _, cleo, shared = partners(closed.slack)
    await closed.say.mention(QUESTION, channel=shared, user=cleo)
    [note] = shown_to(closed.slack, cleo.id)
    assert OUTSIDER in note.visible_text
    await closed.say.direct_message(QUESTION, user=cleo)
    [answer] = closed.slack.posted()
    assert OUTSIDER in answer.visible_text
    assert "Practice implications" not in answer.visible_text


async def test_members_are_answered_as_ever_in_channels_of_their_own(closed: Bot) -> None:
    ana, _, shared = partners(closed.slack)
    own = closed.slack.add_channel("team", [ana])
    assert "Practice implications" in (await closed.say.command(QUESTION, user=ana, channel=shared)).message.visible_text
    await closed.say.mention(QUESTION, channel=own, user=ana)
    await closed.say.direct_message(QUESTION, user=ana)
    assert len(closed.slack.posted()) == 2


async def test_what_somebody_from_elsewhere_presses_is_answered_with_a_note(closed: Bot) -> None:
    ana, cleo, shared = partners(closed.slack)
    card = await card_in(closed, shared)
    for button in ("Details", "Similar", "Share"):
        answer = await closed.say.press(card, button, user=cleo)
        assert answer.status == 200
        assert OUTSIDER in shown_to(closed.slack, cleo.id)[-1].visible_text
    assert closed.slack.modal(cleo) is None
    assert len(shown_to(closed.slack, cleo.id)) == 3
    await closed.say.press(card, "Details", user=ana)
    assert closed.slack.modal(ana) is not None


async def card_in(bot: Bot, channel: Channel) -> Any:
    """A card that stands in the channel, as a monthly post puts it there."""
    from bot.blocks.card import card

    payload = card(bot.knowledge.corpus.summaries[0]).payload()
    return bot.slack.store(channel, text=payload["text"], blocks=payload["blocks"])


async def test_a_card_is_not_shared_into_a_channel_known_to_be_shared(closed: Bot) -> None:
    ana, _, shared = partners(closed.slack)
    await closed.say.mention(QUESTION, channel=shared, user=ana)  # so the bot has heard of the channel
    answer = await closed.say.command(QUESTION, user=ana, channel=shared)
    await closed.say.press(answer.message, "Share")
    view = closed.slack.modal(ana)
    [picker] = [block for block in view.blocks if block.get("block_id") == "share_in"]
    assert "initial_conversation" not in picker["element"]
    assert picker["element"]["filter"]["exclude_external_shared_channels"] is True
    refused = await closed.say.submit(view, {"share_in": {"share_channel": shared.id}})
    assert "shared with another organisation" in refused.errors["share_in"]
    assert closed.slack.posted() == []
    own = closed.slack.add_channel("team", [ana])
    await closed.say.submit(view, {"share_in": {"share_channel": own.id}})
    assert [message.channel for message in closed.slack.posted()] == [own.id]


async def test_where_it_is_allowed_members_are_answered_and_share(allowed: Bot) -> None:
    ana, _, shared = partners(allowed.slack)
    await allowed.say.mention(QUESTION, channel=shared, user=ana)
    [reply] = allowed.slack.posted(shared)
    assert "Practice implications" in reply.visible_text
    await allowed.say.press(reply, "Share", user=ana)
    view = allowed.slack.modal(ana)
    assert view.blocks[0]["element"]["filter"]["exclude_external_shared_channels"] is False
    await allowed.say.submit(view, {"share_in": {"share_channel": shared.id}})
    assert len(allowed.slack.posted(shared)) == 2


async def test_even_where_it_is_allowed_nobody_from_elsewhere_is_answered_in_public_or_shares(allowed: Bot) -> None:
    _, cleo, shared = partners(allowed.slack)
    await allowed.say.mention(QUESTION, channel=shared, user=cleo)
    await allowed.say.mention("evidence crying", channel=shared, user=cleo)
    assert allowed.slack.posted() == []
    first, second = shown_to(allowed.slack, cleo.id)
    assert "Practice implications" in first.visible_text
    assert "Effect sizes as printed" in second.visible_text
    assert allowed.slack.calls_of("files.getUploadURLExternal") == []
    card = await card_in(allowed, shared)
    await allowed.say.press(card, "Share", user=cleo)
    assert "Only members" in shown_to(allowed.slack, cleo.id)[-1].visible_text
    await allowed.say.press(card, "Details", user=cleo)
    assert allowed.slack.modal(cleo) is not None


async def test_a_note_that_slack_does_not_take_is_not_repeated_in_public(closed: Bot) -> None:
    ana, _, shared = partners(closed.slack)
    for code in ("user_not_in_channel", "channel_not_found", "internal_error"):
        closed.slack.faults.error("chat.postEphemeral", code)
        assert (await closed.say.mention(QUESTION, channel=shared, user=ana)).status == 200
    assert closed.slack.posted() == []
    assert len(closed.slack.calls_of("chat.postEphemeral")) == 3
    closed.slack.faults.rate_limited("chat.postEphemeral", 30)
    later = await closed.say.mention(QUESTION, channel=shared, user=ana)
    assert later.status == 503
    await closed.say.redeliver(later)
    assert len(shown_to(closed.slack, ana.id)) == 1


async def test_nothing_of_it_is_stored(closed: Bot, tmp_path: Path) -> None:
    ana, cleo, shared = partners(closed.slack)
    await closed.say.mention(QUESTION, channel=shared, user=ana)
    await closed.say.mention(QUESTION, channel=shared, user=cleo)
    stored = database_bytes(tmp_path)
    for word in (shared.id, cleo.id, ana.id, "T0PARTNER01"):
        assert word.encode() not in stored


OWN = Identity(team_id="T0OWN", user_id="U0BOT", bot_id="B0BOT", enterprise_id="E0OWN")
PEOPLE: list[tuple[dict[str, Any], bool]] = [
    ({"is_ext_shared_channel": True, "event": {"user_team": "T0OTHER", "team": "T0OTHER"}}, True),
    ({"is_ext_shared_channel": True, "event": {"user_team": "E0OTHER", "team": "T0OTHER"}}, True),
    ({"is_ext_shared_channel": True, "event": {"team": "T0OTHER"}}, True),
    ({"is_ext_shared_channel": True, "event": {"team": "T0OWN"}}, False),
    ({"is_ext_shared_channel": True, "event": {"user_team": "E0OWN", "team": "T0SISTER"}}, False),
    ({"is_ext_shared_channel": True, "event": {}}, False),
    ({"is_ext_shared_channel": False, "event": {"team": "T0SISTER"}}, False),
    ({"is_ext_shared_channel": False, "event": {"user_team": "T0SISTER"}}, False),
    ({"event": {"user_team": "T0OTHER"}}, True),
    ({"event": {"user_team": None}}, False),
    ({"event": "no event"}, False),
    ({"user": {"id": "U1", "team_id": "T0OTHER"}}, True),
    ({"user": {"id": "U1", "team_id": "T0OWN"}}, False),
    ({"user": {"id": "U1"}}, False),
    ({"user": "U1"}, False),
    ({"user": {"id": "U1", "team_id": "T0SISTER"}, "enterprise": {"id": "E0OWN"}}, False),
    ({"user": {"id": "U1", "team_id": "T0OTHER"}, "enterprise": {"id": "E0OTHER"}}, True),
    ({"command": "/pprnet", "team_id": "T0OWN", "user_id": "U1"}, False),
]


@pytest.mark.parametrize(("body", "outside"), PEOPLE)
def test_who_is_from_elsewhere(body: dict[str, Any], outside: bool) -> None:
    assert is_from_outside(body, OWN) is outside


def test_without_an_organisation_whoever_names_another_workspace_is_from_elsewhere() -> None:
    alone = Identity(team_id="T0OWN", user_id="U0BOT")
    assert is_from_outside({"is_ext_shared_channel": False, "event": {"user_team": "T0OTHER"}}, alone)
    assert not is_from_outside({"is_ext_shared_channel": False, "event": {"user_team": "T0OWN"}}, alone)


def test_a_channel_is_known_as_the_last_event_said_and_the_list_has_an_end() -> None:
    known = SharedChannels(allowed=False)
    event = {"event": {"channel": "C1"}}
    known.learn({**event, "is_ext_shared_channel": True})
    known.learn(event)
    assert known.is_closed("C1")
    known.learn({**event, "is_ext_shared_channel": False})
    assert not known.is_closed("C1")
    for number in range(REMEMBERED + 5):
        known.learn({"event": {"channel_id": f"C{number}"}, "is_ext_shared_channel": True})
    assert not known.is_closed("C1")
    assert known.is_closed(f"C{REMEMBERED + 4}")
    known.learn({"event": {"channel": {"id": "C9"}}, "is_ext_shared_channel": True})


async def test_the_local_slack_says_what_slack_says_of_shared_channels(slack: LocalSlack) -> None:
    ana, cleo, shared = partners(slack)
    for person, team in ((ana, slack.team_id), (cleo, "T0PARTNER01")):
        message = slack.store(shared, text="x", user=person.id)
        event = payloads.message_event(slack, message, "app_mention")
        envelope = payloads.event_envelope(slack, event)
        assert envelope["is_ext_shared_channel"] is True
        assert envelope["team_id"] == slack.team_id
        assert event["team"] == team
        assert event.get("user_team") == (team if person is cleo else None)


@pytest.mark.parametrize("socket", [False, True], ids=["HTTP", "Socket Mode"])
async def test_the_buttons_and_forms_of_a_private_card_work_for_people_from_elsewhere(
    slack: LocalSlack, tmp_path: Path, socket: bool
) -> None:
    ana, cleo, shared = partners(slack)
    environ = {"PPRNET_SHARED_CHANNELS": "on", "PPRNET_CURATORS": ana.id, **small_corpus(tmp_path)}
    async with running(slack, tmp_path, socket=socket, **environ) as bot:
        await bot.say.mention(QUESTION, channel=shared, user=cleo)
        [card] = shown_to(slack, cleo.id)
        assert card.ephemeral_to == cleo.id
        assert (await bot.say.press(card, "Similar")).ok
        assert "More like" in shown_to(slack, cleo.id)[-1].visible_text
        assert (await bot.say.press(card, "Details")).ok
        window = slack.modal(cleo)
        assert window
        assert (await bot.say.press(window, "Something wrong?")).ok
        form = slack.modal(cleo)
        assert form
        kinds = next(block["element"] for block in form.blocks if block.get("block_id") == "what_is_wrong")
        chosen = {"what_is_wrong": {"wrong_kind": kinds["options"][0]["value"]}}
        assert (await bot.say.submit(form, chosen)).ok
        assert len(slack.posted(slack.open_dm(ana))) == 1
        assert slack.posted(shared) == []


def envelope(**parts: Any) -> dict[str, Any]:
    """An event that names some installations."""
    return {"type": "event_callback", "team_id": "T0PARTNER", **parts}


def test_every_installation_that_an_event_names_is_looked_at() -> None:
    ours = Identity("T0OURS", "U1", "B1", enterprise_id="E0OURS")
    theirs = {"team_id": "T0PARTNER", "enterprise_id": None}
    for found, foreign in (
        ([theirs], True),
        ([theirs, {"team_id": "T0OURS", "enterprise_id": None}], False),
        ([theirs, {"team_id": None, "enterprise_id": "E0OURS"}], False),
        ([theirs, {"team_id": None, "enterprise_id": "E0OTHER"}], True),
        ([], True),
    ):
        assert is_foreign(envelope(authorizations=found), ours) is foreign, found
    view = {"view": {"app_installed_team_id": "T0OURS"}, "team": {"id": "T0PARTNER"}, "type": "view_submission"}
    assert not is_foreign(view, ours)
    press = {"container": {"is_ephemeral": True}, "channel": {"id": "C1"}, "team": {"id": "T0PARTNER"}}
    assert is_foreign(press, ours)
    assert not is_foreign(press, ours, {"C1"})
    assert is_foreign({**press, "container": {}}, ours, {"C1"})
