"""Will you use this? Answers, what a team sees of them, what curators see, and saying that something is wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.blocks.usage import Quarter
from bot.playground.slack import Channel, LocalSlack, User, View, payloads
from bot.store.tables import feedback
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, private_card, rows, study, team_of, typed
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

FOUR = ["I'll use it", "I already do", "Not for my clients", "Not convinced"]
CANARY = "zebulonius"
SHOWN = "colleagues here will use this."


async def answers(bot: Bot, user: User, channel: Channel, label: str) -> View:
    """Somebody reads the study and answers; the modal afterwards."""
    await bot.say.press(await study(bot, user, await private_card(bot, user, channel)), label)
    return modal(bot, user)


async def test_an_answer_is_shown_as_ones_own_changed_and_removed(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    card = await private_card(both, ana, team)
    view = await study(both, ana, card)
    assert "*Will you use this?*" in view.visible_text
    assert labels(both, view)[:4] == FOUR
    for label in (*FOUR, "I'll use it"):
        await both.say.press(modal(both, ana), label)
        now = modal(both, ana)
        assert f"*Your answer: {label}.* You can change or remove it." in now.visible_text
        [chosen] = [c.label for c in both.say.controls(now) if c.action.get("style") == "primary"]
        assert chosen == label
        assert len(await rows(both, feedback)) == 1
    [row] = await rows(both, feedback)
    assert row.pop("answered_at") > 1.7e9
    assert row == {"team": both.slack.team_id, "user": ana.id, "summary_id": RUPTURE, "answer": "will_use"}
    await both.say.close(modal(both, ana))
    again = await study(both, ana, card)
    assert "*Your answer: I'll use it.*" in again.visible_text
    await both.say.press(again, "Remove answer")
    assert "*Will you use this?*" in modal(both, ana).visible_text
    assert "Remove answer" not in labels(both, modal(both, ana))
    assert await rows(both, feedback) == []


async def test_counts_are_shown_from_five_answers_up_in_one_form_and_without_names(both: Bot) -> None:
    team, people = team_of(both, *(f"person{number}" for number in range(9)))
    given = [
        "I'll use it",
        "Not convinced",
        "I'll use it",
        "I already do",
        "I'll use it",
        "I'll use it",
        "I'll use it",
        "I'll use it",
    ]
    for number, (person, label) in enumerate(zip(people, given, strict=False), start=1):
        view = await answers(both, person, team, label)
        if number < 5:
            assert SHOWN not in view.visible_text, number
        else:
            use = given[:number].count("I'll use it")
            assert f"{use} of {number} {SHOWN}" in view.visible_text
        for other in people:
            assert other.id not in view.visible_text
            assert other.name not in view.visible_text
    reader = await study(both, people[-1], await private_card(both, people[-1], team))
    assert f"6 of 8 {SHOWN}" in reader.visible_text
    assert "convinced: " not in reader.visible_text.casefold()


async def test_with_four_left_the_counts_are_gone_again(small: Bot) -> None:
    team, people = team_of(small, *(f"person{number}" for number in range(5)))
    for person in people:
        view = await answers(small, person, team, "I'll use it")
    assert f"5 of 5 {SHOWN}" in view.visible_text
    await small.say.press(modal(small, people[0]), "Remove answer")
    assert SHOWN not in modal(small, people[0]).visible_text


async def test_answers_never_change_what_is_found(small: Bot) -> None:
    team, people = team_of(small, *(f"person{number}" for number in range(6)))
    asked = "what is the alliance"
    before = (await private_card(small, people[0], team, asked)).visible_text
    [*_, last] = small.knowledge.corpus.summaries
    shown = await private_card(small, people[0], team, last.title)
    for person in people:
        own = await private_card(small, person, team, last.title)
        await small.say.press(await study(small, person, own), "I'll use it")
    assert (await private_card(small, people[0], team, asked)).visible_text == before
    assert (await private_card(small, people[0], team, last.title)).visible_text == shown.visible_text


async def test_answers_at_once_end_with_what_is_stored_on_the_screen(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    view = await study(both, ana, await private_card(both, ana, team))
    presses = [payloads.view_actions(both.slack, view, c.action, ana) for c in both.say.controls(view) if c.label in FOUR]
    done = await asyncio.gather(*(post_interaction(both, press) for press in presses))
    assert all(answer.ok for answer in done)
    [row] = await rows(both, feedback)
    label = dict(zip(("will_use", "already", "does_not_fit", "not_convinced"), FOUR, strict=True))[row["answer"]]
    await both.say.close(modal(both, ana))
    assert f"*Your answer: {label}.*" in (await study(both, ana, await private_card(both, ana, team))).visible_text


async def test_a_click_on_a_modal_that_changed_meanwhile_shows_how_things_are_now(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    view = await study(small, ana, await private_card(small, ana, team))
    use, not_convinced = (
        payloads.view_actions(small.slack, view, next(c.action for c in small.say.controls(view) if c.label == label), ana)
        for label in ("I'll use it", "Not convinced")
    )
    await post_interaction(small, use)
    await post_interaction(small, not_convinced)  # made on the modal as it was before
    assert [call.error for call in small.slack.calls_of("views.update")] == [None, "hash_conflict", None]
    assert "*Your answer: Not convinced.*" in modal(small, ana).visible_text


async def test_forged_answers_are_not_taken(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    card = await private_card(small, ana, team)
    for name, value in (("use:best", RUPTURE), ("use:", RUPTURE), ("use:will_use", "no-such"), ("take_back", None)):
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        assert (await post_interaction(small, payloads.message_actions(small.slack, card, action, ana))).ok
        assert "no longer in the library" in shown_to(small.slack, ana.id)[-1].visible_text
    assert await rows(small, feedback) == []


async def test_a_study_can_be_read_while_the_store_is_broken(
    small: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    team, [ana] = team_of(small, "ana")
    card = await private_card(small, ana, team)
    await sql(tmp_path, "DROP TABLE feedback")
    view = await study(small, ana, card)
    assert TITLE in view.visible_text
    assert "Will you use this?" not in view.visible_text
    assert "I could not look up what you saved or answered just now. Open *Details* again in a moment." in view.visible_text
    assert caplog.text.count("failure reference=") == 1
    assert shown_to(small.slack, ana.id) == [card]
    await small.say.press(view, "Something wrong?")
    assert modal(small, ana).visible_text.startswith("Something wrong?")


# What curators see


async def test_curators_see_what_is_used_by_quarter_and_nobody_else_does(slack: LocalSlack, tmp_path: Path) -> None:
    people = [slack.add_user(f"person{number}") for number in range(7)]
    team = slack.add_channel("team", people)
    curator = people[0]
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=f"{curator.id},U0NOBODY") as bot:
        now = Quarter.at(bot.say.wall_clock())
        for person in people[:6]:
            await answers(bot, person, team, "I'll use it" if person is not people[1] else "I already do")
        for person in people[:4]:
            other = await private_card(bot, person, team, "2020-12")
            await bot.say.press(await study(bot, person, other), "I'll use it")
        told = await typed(bot, "feedback", people[1], team)
        assert (
            told.visible_text == "Only curators can see this. To become one, ask the person who set up PPRNet for your team."
        )
        seen = await typed(bot, "feedback", curator, team)
        assert f"Q{now.number} {now.year}" in seen.visible_text
        assert "An Alliance Rupture in One Session" in seen.visible_text
        assert ": 5 of 6 will use it, 1 already do" in seen.visible_text
        assert seen.visible_text.count(" will use it, ") == 1  # four answers are not shown
        assert labels(bot, seen) == ["Previous quarter"]
        async with database_of(bot) as database, database.begin() as connection:
            await connection.execute(update(feedback).values(answered_at=now.next(-1).span[1] - 1))
        assert "No summary has 5 answers in this quarter." in (await typed(bot, "feedback", curator, team)).visible_text
        await bot.say.press(seen, "Previous quarter")
        assert ": 5 of 6 will use it, 1 already do" in seen.visible_text
        await bot.say.press(seen, "Next quarter")
        assert "No summary has 5 answers" in seen.visible_text
        forged = {"type": "button", "action_id": "quarter:earlier", "block_id": "b", "value": str(now.next(-1))}
        payload = payloads.message_actions(slack, told, forged, people[1])
        assert (await post_interaction(bot, payload)).ok
        assert told.visible_text.startswith("Only curators can see this.")
        for value in ("2020-5", "99999-1", "", None, "２０２０-1", "1969-4"):
            odd = payloads.message_actions(slack, seen, forged | {"value": value}, curator)
            assert (await post_interaction(bot, odd)).ok
            assert f"Q{now.number} {now.year}" in seen.visible_text


def test_quarters_follow_each_other_over_the_years() -> None:
    quarter = Quarter(2023, 4)
    assert str(quarter.next()) == "2024-1"
    assert str(quarter.next(-4)) == "2022-4"
    start, end = quarter.span
    assert (Quarter.at(start), Quarter.at(end - 0.001), Quarter.at(end)) == (quarter, quarter, Quarter(2024, 1))
    assert [Quarter.at(Quarter(2024, number).span[0]).number for number in (1, 2, 3, 4)] == [1, 2, 3, 4]
