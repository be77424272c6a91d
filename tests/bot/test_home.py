"""The Home tab and the modals behind it: every click has a visible result, and nothing that was typed stays anywhere."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import LocalSlack, ManualClock, User, View, payloads
from tests.bot.test_errors import CANARY, SENTENCE, break_engine
from tests.support.bot import Bot, running
from tests.support.idle import eventually
from tests.support.requests import post_interaction
from tests.support.seen import everything_of_the_bot
from tests.support.small_corpus import small_corpus
from tests.support.unhurried import LONG

RUPTURE = "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session"


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started


def many_months(folder: Path, months: int, each: int) -> dict[str, str]:
    """The setting for a corpus of `months` months with `each` summaries, on two topics, newest in December 2025."""
    small = Path(small_corpus(folder)["PPRNET_KNOWLEDGE"])
    for path in (small / "issues").iterdir():
        path.unlink()
    for number in range(months):
        year, month = divmod(2025 * 12 + 11 - number, 12)
        lines = [f'issue: "{year}-{month + 1:02}"', "complete: true", "summaries:"]
        for place in range(each):
            lines += [
                f"  - id: study-{number}-{place}",
                f"    title: Study {number}-{place} of therapists & their <patients> who talk in a room",
                "    text: original",
                f"    topics: [alliance, {'training' if number % 2 else 'empathy'}]",
                "    summary: A study of talking.",
                "    implications: [Consider talking.]",
                "    study: {design: survey}",
            ]
        (small / "issues" / f"{year}-{month + 1:02}.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return {"PPRNET_KNOWLEDGE": str(small)}


async def opened(bot: Bot) -> tuple[User, View]:
    """A person who has opened Home, and the Home."""
    ana = bot.slack.add_user("ana")
    assert (await bot.say.home_opened(ana)).status == 200
    home = bot.slack.home(ana)
    assert home
    return ana, home


async def pressed(bot: Bot, view: View, what: str, *, nth: int | None = None) -> View:
    """The modal that is on top after a press."""
    assert (await bot.say.press(view, what, nth=nth)).ok
    modal = bot.slack.modal(view.user)
    assert modal
    return modal


async def searched(bot: Bot, words: str) -> View:
    """The search modal after a question."""
    _, home = await opened(bot)
    modal = await pressed(bot, home, "Search")
    assert (await bot.say.submit(modal, {"search_for": {"question": words}})).ok
    return modal


def closes(view: View) -> str:
    """The label of the button that leaves a modal."""
    return str(view.spec["close"]["text"])


async def test_home_says_what_it_is_and_offers_search_questions_the_newest_month_and_ways_to_browse(bot: Bot) -> None:
    ana, home = await opened(bot)
    for part in (
        "what it means for practice",
        "Please keep client details out of Slack",
        "The newest month",
        "PPRNet, November 2023: 2 research summaries in the library",
        "The library has 5 summaries, from December 2020 to November 2023.",
        "I do not store your questions.",
        "I cannot help in an emergency.",
    ):
        assert part in home.visible_text, part
    labels = [control.label for control in bot.say.controls(home)]
    assert labels[0] == "Search"
    assert {"Topics · 11", "Months · 3", "How to ask", "Privacy"} <= set(labels)
    assert labels.count("Read") == 2
    questions = [label for label in labels if label.endswith("?")]
    assert 1 <= len(questions) <= 3
    assert "issue of" not in home.visible_text  # no month here is known to be whole
    assert bot.slack.modal(ana) is None


async def test_only_the_first_home_welcomes_and_later_ones_name_the_one_they_replace(bot: Bot) -> None:
    ana, home = await opened(bot)
    assert "Welcome." in home.visible_text
    version = home.hash
    assert (await bot.say.home_opened(ana)).status == 200
    assert "Welcome." not in bot.slack.home(ana).visible_text
    first, second = bot.slack.calls_of("views.publish")
    assert "hash" not in first.args
    assert second.args["hash"] == version


async def test_the_messages_tab_is_left_alone(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    assert (await bot.say.home_opened(ana, "messages")).status == 200
    assert bot.slack.home(ana) is None
    assert bot.slack.calls_of("views.publish") == []


async def test_an_older_update_is_dropped_when_a_newer_home_stands(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana, _ = await opened(bot)
    late = await bot.say.home_opened(ana)
    await bot.say.home_opened(ana)
    newest = bot.slack.home(ana).hash
    caplog.set_level(logging.INFO)
    assert (await bot.say.redeliver(late)).status == 200
    assert bot.slack.calls_of("views.publish")[-1].error == "hash_conflict"
    assert bot.slack.home(ana).hash == newest
    assert [record.levelname for record in caplog.records if record.name.startswith("bot.")] == ["INFO"]


async def test_a_home_tab_that_is_off_is_named_in_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.slack.home_tab_enabled = False
    assert (await bot.say.home_opened(bot.slack.add_user("ana"))).status == 200
    assert "the Home tab is off: turn it on at api.slack.com/apps" in caplog.text


@pytest.mark.parametrize("fault", ["http", "rate_limited", "drop_before", "error"])
async def test_a_home_that_slack_does_not_take_is_published_at_the_next_delivery(bot: Bot, fault: str) -> None:
    getattr(bot.slack.faults, fault)("views.publish", *(["internal_error"] if fault == "error" else []))
    ana = bot.slack.add_user("ana")
    answer = await bot.say.home_opened(ana)
    assert answer.status == 503
    assert bot.slack.home(ana) is None
    assert (await bot.say.redeliver(answer)).status == 200
    assert "Welcome." in bot.slack.home(ana).visible_text


@pytest.mark.parametrize(
    "code", ["user_not_found", "invalid_arguments", "missing_scope", "account_inactive", "view_too_large"]
)
async def test_a_home_that_slack_will_never_take_is_not_delivered_again(
    bot: Bot, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    bot.slack.faults.error("views.publish", code)
    assert (await bot.say.home_opened(bot.slack.add_user("ana"))).status == 200
    assert f"Home could not be put in place ({code})" in caplog.text


def listed_ids(bot: Bot, view: View) -> list[str]:
    """The summaries of a list, in order."""
    return [str(each.value) for each in bot.say.controls(view) if each.action_id.startswith("read_study:")]


async def test_the_buttons_of_an_answer_work_in_the_modal_and_a_full_stack_still_goes_on(bot: Bot) -> None:
    modal = await searched(bot, "an alliance rupture in one session")
    ana = bot.slack.users[modal.user]
    more = await pressed(bot, modal, "Similar")
    assert more.visible_text.startswith("Similar\n")
    card = await pressed(bot, more, "Show", nth=0)
    assert "Practice implications" in card.visible_text
    assert len(bot.slack.modals[ana.id]) == 3
    study = await pressed(bot, card, "Details")  # a fourth: in the place of the third
    assert study is card
    assert study.visible_text.startswith("Details\n")
    assert closes(study) == "Back"
    await bot.say.close(study)
    assert bot.slack.modal(ana) is more
    assert {call.method for call in bot.slack.calls if call.error} <= {"users.info"}  # the scope users:read is optional


async def test_a_study_read_from_home_can_be_shared_and_taken_back(bot: Bot) -> None:
    ana, home = await opened(bot)
    team = bot.slack.add_channel("team", [ana])
    study = await pressed(bot, home, "Read", nth=0)
    preview = await pressed(bot, study, "Share")
    assert preview is not study
    done = await bot.say.submit(preview, {"share_in": {"share_channel": team.id}})
    [card] = bot.slack.posted(team)
    assert card.text.startswith(f"<@{ana.id}> shares this summary")
    assert f"Shared in <#{team.id}>" in done.view.visible_text
    assert closes(done.view) == "Back"
    await bot.say.close(done.view)
    assert bot.slack.modal(ana) is study
    [told] = team.seen_by(ana.id)
    await bot.say.press(told, "Undo")
    assert bot.slack.posted(team) == []


async def test_help_and_privacy_are_a_click_away_and_their_buttons_work_there(bot: Bot) -> None:
    _, home = await opened(bot)
    kept = await pressed(bot, home, "Privacy")
    assert "Your question is used for the search and then dropped." in kept.visible_text
    await bot.say.close(kept)
    asking = await pressed(bot, home, "How to ask")
    assert asking.visible_text.startswith("How to ask\n")
    latest = await pressed(bot, asking, "Show the latest")
    assert "PPRNet, November 2023: 2 research" in latest.visible_text
    assert latest is not asking


async def test_a_topic_offered_where_nothing_was_found_opens_its_list(bot: Bot) -> None:
    modal = await searched(bot, "alliance for broken legs")
    assert "I found nothing in the library on this." in modal.visible_text
    topics = [each for each in bot.say.controls(modal) if each.action_id.startswith("topic:")]
    assert topics
    assert (await bot.say.press_control(modal, topics[0])).ok
    listed = bot.slack.modal(modal.user)
    assert listed.visible_text.startswith("Topic\n")
    assert f"*{topics[0].label}: " in listed.visible_text
    assert listed_ids(bot, listed)


async def test_a_changed_library_shows_at_the_next_opening_and_old_buttons_are_answered_kindly(
    bot: Bot, tmp_path: Path
) -> None:
    ana, home = await opened(bot)
    index = await pressed(bot, home, "Months · 3")
    november = next(each for each in bot.say.controls(index) if each.label == "November · 2")
    read = next(each for each in bot.say.controls(home) if each.label == "Read")
    question = next(each for each in bot.say.controls(home) if each.label.endswith("?"))
    for month in ("2023-11", "2022-09"):
        (tmp_path / "small" / "issues" / f"{month}.yaml").unlink()
    await bot.reloaded()
    for view, control, said in (
        (index, november, "That list is no longer in the library."),
        (home, read, "That summary is no longer in the library."),
        (home, question, "That summary is no longer in the library."),
    ):
        assert (await bot.say.press_control(view, control)).ok
        assert said in bot.slack.modal(ana).visible_text
    await bot.say.home_opened(ana)
    assert "PPRNet, December 2020: 1" in bot.slack.home(ana).visible_text
    assert "November 2023" not in bot.slack.home(ana).visible_text


async def test_forged_values_are_answered_like_what_is_gone(bot: Bot) -> None:
    ana, home = await opened(bot)
    for name in (
        "read_study:x",
        "suggested:x",
        "browse:x",
        "shelf:x",
        "page:x",
        "show:x",
        "topic:x",
        "save",
        "",
        "more_like_this",
    ):
        for value in (
            "topic:nothing:1",
            "month:2022-09:99999999999",
            "design:",
            "colour",
            "<!channel>",
            None,
            "x" * 2000,
        ):
            action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
            assert (await post_interaction(bot, payloads.view_actions(bot.slack, home, action, ana))).ok
            modal = bot.slack.modal(ana)
            assert modal, (name, value)
            assert "<!channel>" not in modal.visible_text
            bot.slack.clear_views(ana.id)


async def test_when_slacks_three_seconds_are_over_home_asks_for_another_press_which_works(tmp_path: Path) -> None:
    clock = ManualClock(time.time())
    async with LocalSlack(clock=clock) as slack, running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana, home = await opened(bot)
        await press_late(bot, clock, home, "Search", "views.open")
        assert slack.modal(ana) is None
        assert "Please press the button again." in slack.home(ana).visible_text
        modal = await pressed(bot, slack.home(ana), "Search")
        await bot.say.home_opened(ana)
        assert "Please press" not in slack.home(ana).visible_text
        # In a modal there is nothing to press again: what was wanted takes the modal's place, which needs no trigger.
        await bot.say.submit(modal, {"search_for": {"question": "an alliance rupture in one session"}})
        await press_late(bot, clock, modal, "Details", "views.push")
        assert slack.modals[ana.id] == [modal]
        assert modal.visible_text.startswith("Details\n")
        assert closes(modal) == "Close"


async def press_late(bot: Bot, clock: ManualClock, view: View, what: str, method: str) -> None:
    """Press a button whose answer reaches Slack after its three seconds."""
    release = asyncio.Event()
    bot.slack.faults.delay_before(method, release)
    press = asyncio.create_task(bot.say.press(view, what))
    await eventually(lambda: bot.slack.calls_of(method))
    clock.advance(LONG + 0.5)
    release.set()
    assert (await press).status == 200
    assert bot.slack.calls_of(method)[-1].error == "expired_trigger_id"


async def test_a_modal_closed_while_its_page_is_turned_is_no_failure(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **many_months(tmp_path, 1, 25)) as bot:
        ana, home = await opened(bot)
        listed = await pressed(bot, home, "Show all 25")
        turn = next(each for each in bot.say.controls(listed) if each.label == "Older summaries")
        payload = payloads.view_actions(slack, listed, turn.action, ana)
        await bot.say.close(listed)
        assert (await post_interaction(bot, payload)).ok
        assert slack.calls_of("views.update")[-1].error == "not_found"
        assert slack.calls_of("views.publish")[1:] == []


@pytest.mark.parametrize("where", ["home", "modal", "opening"])
async def test_a_bug_is_said_where_the_click_was_with_a_way_back(
    bot: Bot, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    ana, home = await opened(bot)
    modal = await pressed(bot, home, "Topics · 11")
    good = bot.knowledge.engine
    break_engine(bot)
    if where == "opening":
        assert (await bot.say.home_opened(ana)).status == 200
    else:
        view, button = (home, "Months · 3") if where == "home" else (modal, "shelf:topic:alliance")
        assert (await bot.say.press(view, button)).ok
    shown = modal if where == "modal" else bot.slack.home(ana)
    found = SENTENCE.search(shown.visible_text)
    assert found
    assert f"reference={found[1]} " in caplog.text
    assert CANARY not in caplog.text + everything_of_the_bot(bot.slack)
    bot.knowledge.engine = good
    if where != "modal":
        assert (await bot.say.press(shown, "Show Home again")).ok
        assert "The newest month" in bot.slack.home(ana).visible_text


async def test_home_over_the_socket(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        modal = await searched(bot, "an alliance rupture in one session")
        assert RUPTURE in modal.visible_text


async def test_each_person_has_a_home_and_modals_of_their_own(bot: Bot) -> None:
    ana, home = await opened(bot)
    ben = bot.slack.add_user("ben")
    await bot.say.home_opened(ben)
    await pressed(bot, home, "Search")
    assert bot.slack.modal(ben) is None
    assert bot.slack.home(ben) is not home
    forged: dict[str, Any] = {"type": "button", "action_id": "home", "block_id": "b", "value": "home"}
    await post_interaction(bot, payloads.view_actions(bot.slack, home, forged, ben))
    assert bot.slack.home(ana) is home
