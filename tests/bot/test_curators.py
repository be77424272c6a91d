"""Who is a curator, in every place that asks: the people named by the operator, and workspace admins with `users:read`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.blocks import ids
from bot.playground.slack import Channel, LocalSlack, User, payloads
from bot.slack.curators import NO_SCOPE, REMEMBERED, Curators
from tests.support.bot import Bot, running
from tests.support.people import typed
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

Place = Callable[[Bot, User, Channel], Awaitable[bool]]
"""Whether a place takes someone for a curator."""


async def home(bot: Bot, user: User, _channel: Channel) -> bool:
    """Home has a part for curators."""
    assert (await bot.say.home_opened(user)).ok
    view = bot.slack.home(user)
    assert view
    return "For curators" in view.visible_text


async def approval(bot: Bot, user: User, channel: Channel) -> bool:
    """*Post* on a draft is refused to others, before it is looked up."""
    carrier = await typed(bot, "help", user, channel)
    button = {"type": "button", "action_id": ids.DRAFT_POST, "block_id": "b", "value": "2023-12:version"}
    assert (await post_interaction(bot, payloads.message_actions(bot.slack, carrier, button, user))).ok
    return "Only curators" not in shown_to(bot.slack, user.id)[-1].visible_text


async def feedback(bot: Bot, user: User, channel: Channel) -> bool:
    """The team's feedback is shown to curators only."""
    return "Only curators can see this" not in (await typed(bot, "feedback", user, channel)).visible_text


async def default(bot: Bot, user: User, channel: Channel) -> bool:
    """The default channel is a curator's choice."""
    return "only curators" not in (await typed(bot, "default", user, channel)).visible_text


async def subscriptions(bot: Bot, user: User, channel: Channel) -> bool:
    """Curators see every channel, others the one they are in."""
    return "default" in (await typed(bot, "subscriptions", user, channel)).visible_text


@pytest.mark.parametrize("place", [home, approval, feedback, default, subscriptions])
@pytest.mark.parametrize("granted", [False, True])
async def test_named_people_are_curators_and_admins_where_the_bot_may_know_it(
    slack: LocalSlack, tmp_path: Path, place: Place, granted: bool
) -> None:
    curator, admin, other = people = [slack.add_user(name) for name in ("curator", "admin", "other")]
    admin.is_admin = True
    elsewhere, channel = slack.add_channel("elsewhere"), slack.add_channel("here", people)
    if granted:
        slack.scopes.add("users:read")
    settings = {"PPRNET_CURATORS": curator.id, "PPRNET_CHANNEL": elsewhere.id}
    async with running(slack, tmp_path, **small_corpus(tmp_path), **settings) as bot:
        await bot.idle()
        assert await place(bot, curator, channel)
        assert await place(bot, admin, channel) is granted
        assert not await place(bot, other, channel)
    asked = slack.calls_of("users.info")
    assert len(asked) == (2 if granted else 1)  # about each person once; about nobody again where the scope is missing


class Clock:
    """A time that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_an_answer_is_used_again_for_a_minute_and_a_missing_scope_is_remembered_for_ten() -> None:
    clock, answers = Clock(), [True, False, None, True]
    asked: list[str] = []

    async def is_admin(user: str) -> bool | None:
        asked.append(user)
        return answers[len(asked) - 1]

    curators = Curators(("U1",), is_admin, clock)
    assert [await curators.includes(user) for user in ("U1", "U2", "U2")] == [True, True, True]
    clock.now += REMEMBERED
    assert not await curators.includes("U2")
    clock.now += REMEMBERED
    assert [await curators.includes(user) for user in ("U2", "U3", "U1")] == [False, False, True]
    assert asked == ["U2", "U2", "U2"]
    clock.now += NO_SCOPE
    assert await curators.includes("U3")
