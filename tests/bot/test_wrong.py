"""*Something wrong?*: the report that curators get, and telling the reader once that the summary is corrected."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.blocks import edit, ids, wrong
from bot.blocks.validation import problems
from bot.corpus.load import load
from bot.outbox.delivery import Message as Stored
from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack, Message, User, View, payloads
from bot.publishing.reports import KEEP, Answer, Reports
from bot.store.database import Database
from bot.store.personal_data import PersonalData
from bot.store.tables import reports
from tests.bot.test_edit import send
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.databases import Databases, opened
from tests.support.features import ledger_of
from tests.support.people import RUPTURE, TITLE, labels, modal, private_card, rows, study, team_of, typed
from tests.support.requests import post_interaction
from tests.support.small_corpus import small_corpus

CANARY = "zebulonius"
YES = "Yes. My user id is stored until then, for 180 days at most"
TOLD = "A summary that you reported has been corrected. Thank you for saying so."


async def form(bot: Bot, user: User, channel: Channel) -> View:
    """The form, opened from the study."""
    await bot.say.press(await study(bot, user, await private_card(bot, user, channel)), "Something wrong?")
    return modal(bot, user)


def filled(
    kind: str = "A figure is wrong", line: str | None = None, *, where: str | None = None, tell: str | None = None
) -> dict[str, dict[str, str | None]]:
    """The form's fields; those that are not given stay as the form has them."""
    found: dict[str, dict[str, str | None]] = {"what_is_wrong": {"wrong_kind": kind}, "in_a_line": {"wrong_line": line}}
    found |= {"where_it_is": {"wrong_where": where}} if where else {}
    return found | ({"tell_when_corrected": {"wrong_tell": tell}} if tell else {})


def correct(file: Path) -> None:
    """A curator corrects the bottom line of the summary in its month's file."""
    before, identity, after = file.read_text("utf-8").partition(RUPTURE)
    file.write_text(
        before + identity + after.replace("bottom_line: >-\n      ", "bottom_line: >-\n      In sum, ", 1), "utf-8"
    )


def direct(slack: LocalSlack, user: User) -> list[Message]:
    """What the bot wrote to somebody directly."""
    return slack.posted(slack.open_dm(user))


def reports_of(database: Database) -> Reports:
    """The wishes in a database."""
    return Reports(
        ledger_of(database),
        lambda each: Stored(wrong.corrected(each).payload()),
        lambda *given: Stored(wrong.report_over(*given).payload()),
    )


@pytest.mark.parametrize("socket", [False, True], ids=["HTTP", "Socket Mode"])
async def test_a_report_reaches_every_curator_without_a_name_and_is_kept_nowhere(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture, socket: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    ana, cora, cem = (slack.add_user(name) for name in ("ana", "cora", "cem"))
    team = slack.add_channel("team", [ana, cora, cem])
    curators = {"PPRNET_CURATORS": f"{cora.id},{cem.id}"}
    async with running(slack, tmp_path, socket=socket, **small_corpus(tmp_path), **curators) as bot:
        view = await form(bot, ana, team)
        for part in ("without your name", "I do not keep it", "nothing about clients"):
            assert part in view.visible_text
        answer = await bot.say.submit(view, filled("It is misleading", f"the {CANARY} figure <!channel> *is* <@U1>"))
        assert answer.ok
        assert "Thank you. The team's curators got it" in modal(bot, ana).visible_text
        for curator in (cora, cem):
            [told] = direct(slack, curator)
            for part in ("It is misleading", TITLE, f"the {CANARY} figure <!channel> *is* <@U1>", "Sent anonymously"):
                assert part in told.visible_text, part
            assert told.pings == []
            assert ana.id not in told.visible_text + told.text
            assert (await bot.say.press(told, "Details", user=curator)).ok
            assert modal(bot, curator)
        assert direct(slack, ana) == []
        assert slack.posted(team) == []
        await bot.say.close(modal(bot, ana))
        assert TITLE in modal(bot, ana).visible_text  # back at the study
        assert CANARY not in database_bytes(tmp_path).decode("latin-1")
    assert CANARY not in caplog.text


async def test_a_report_sent_twice_arrives_once(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, ana, team)
        bot.say.fill(view, filled())
        payload = payloads.view_submission(slack, view, ana)
        done = await asyncio.gather(*(post_interaction(bot, payload | {"trigger_id": str(n)}) for n in range(3)))
        assert all(answer.ok for answer in done)
        assert len(direct(slack, cora)) == 1


async def test_a_report_that_slack_refuses_keeps_the_form_open_and_one_unconfirmed_says_so(
    slack: LocalSlack, tmp_path: Path
) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, ana, team)
        slack.faults.rate_limited("chat.postMessage")
        answer = await bot.say.submit(view, filled(line="x"))
        assert answer.errors == {
            "what_is_wrong": "Slack did not take the message just now. Please press Send again in a moment."
        }
        assert direct(slack, cora) == []
        await bot.say.submit(view, filled(line="x"))
        assert len(direct(slack, cora)) == 1
        await bot.say.close(modal(bot, ana), cleared=True)
        again = await form(bot, ana, team)
        slack.faults.drop_after("chat.postMessage")
        await bot.say.submit(again, filled())
        assert "Slack did not confirm that the message arrived." in modal(bot, ana).visible_text


async def test_without_curators_it_says_what_to_do_and_sends_nothing(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    view = await form(small, ana, team)
    assert "This library has no curator yet" in view.visible_text
    assert "Nothing was sent or stored." in view.visible_text
    assert not view.spec.get("submit")
    assert small.slack.posted() == []


async def test_a_forged_form_is_answered(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, ana, team)
        bot.say.fill(view, filled())
        for change in (
            {"private_metadata": "no-such-summary"},
            {"state": {"values": {}}},
            {"state": {"values": {"what_is_wrong": {"wrong_kind": {"selected_option": {"value": "everything"}}}}}},
        ):
            payload = payloads.view_submission(slack, view, ana)
            payload["view"] = payload["view"] | change
            answer = await post_interaction(bot, payload)
            assert answer.ok
            assert answer.json["response_action"] == "errors"
        malformed = payloads.view_submission(slack, view, ana)
        malformed["view"] |= {"state": {"values": {"what_is_wrong": {"wrong_kind": "x"}, "in_a_line": None}}}
        assert (await post_interaction(bot, malformed)).status == 400
        assert direct(slack, cora) == []


async def test_a_report_names_the_part_and_tells_its_reader_once_when_a_curator_has_corrected_it(
    slack: LocalSlack, tmp_path: Path
) -> None:
    ana, cora, cem = (slack.add_user(name) for name in ("ana", "cora", "cem"))
    team = slack.add_channel("team", [ana, cora, cem])
    settings = {**small_corpus(tmp_path), "PPRNET_CURATORS": f"{cora.id},{cem.id}"}
    file = Path(settings["PPRNET_KNOWLEDGE"]) / "issues/2022-09.yaml"
    async with running(slack, tmp_path, **settings) as bot:
        view = await form(bot, ana, team)
        await bot.say.submit(view, filled(where="Bottom line", tell=YES))
        assert "I'll write to you once the summary is corrected" in modal(bot, ana).visible_text
        [report], [other] = direct(slack, cora), direct(slack, cem)
        assert "*A figure is wrong* in “Bottom line”." in report.visible_text
        assert "saving *Edit* tells them, or press *Corrected* once it is" in report.visible_text
        assert ana.id not in report.visible_text + report.text
        assert labels(bot, report) == ["Details", "Edit", "Corrected"]
        [row] = await rows(bot, reports)
        assert (row["user"], row["summary_id"]) == (ana.id, RUPTURE)

        await bot.say.press(report, "Corrected", user=cora)
        assert direct(slack, cora)[-1].visible_text == wrong.UNCHANGED
        button = next(control.action for control in bot.say.controls(report) if control.label == "Corrected")
        assert (await post_interaction(bot, payloads.message_actions(slack, report, button, ana))).ok  # no curator
        await bot.idle()
        assert TOLD not in "".join(each.visible_text for each in direct(slack, ana))

        correct(file)
        await bot.reloaded()
        late = payloads.message_actions(
            slack, other, button, cem
        )  # pressed before that curator's message says that it is over
        await bot.say.press(report, "Corrected", user=cora)
        assert (await post_interaction(bot, late)).ok
        await bot.idle()
        assert direct(slack, cora)[-1].visible_text == wrong.NOTIFIED
        assert direct(slack, cem)[-1].visible_text == wrong.OVER
        for over in (report, other):
            assert f"<@{cora.id}> says that it is corrected, <!date^" in over.visible_text
            assert "What the colleague wrote was deleted" in over.visible_text
            assert TITLE in over.visible_text
            assert labels(bot, over) == ["Details"]
        [told] = [each for each in direct(slack, ana) if TOLD in each.visible_text]
        assert TITLE in told.visible_text
        assert cora.id not in told.visible_text
        assert await rows(bot, reports) == []
        assert (await bot.say.press(told, "Details", user=ana)).ok
        assert "In sum, " in modal(bot, ana).visible_text


async def test_saving_edit_tells_the_reader_once_where_the_curator_says_that_it_is_corrected(
    slack: LocalSlack, tmp_path: Path
) -> None:
    ana, ben, cora = (slack.add_user(name) for name in ("ana", "ben", "cora"))
    team = slack.add_channel("team", [ana, ben, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:

        async def edited(tell: str, **fields: str) -> str:
            """What the form says after *Save*."""
            await bot.say.press(report, "Edit", user=cora)
            view = modal(bot, cora)
            bot.say.fill(view, {ids.EDIT_TELL: {ids.EDIT_TELL: tell}})
            await send(bot, view, **fields)
            said = modal(bot, cora).visible_text
            await bot.say.close(modal(bot, cora), cleared=True)
            await bot.idle()
            return said

        def told(person: User) -> int:
            return sum(TOLD in each.visible_text for each in direct(slack, person))

        for reader in (ana, ben):
            await bot.say.submit(await form(bot, reader, team), filled(tell=YES), user=reader)
            await bot.say.close(modal(bot, reader), user=reader, cleared=True)
        report, other = direct(slack, cora)
        assert "saving *Edit* tells them" in report.visible_text
        await bot.say.press(report, "Edit", user=cora)
        assert "Let the 2 readers who reported a problem know?" in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora), cleared=True)

        # Nothing that they could have meant has changed yet, or the curator says that it is something else.
        assert edit.NOTIFIED not in await edited("yes", asks="rupture")
        assert edit.NOTIFIED not in await edited("no", bottom_line="A rupture was followed by more symptoms.")
        assert (told(ana), told(ben)) == (0, 0)
        button = next(control.action for control in bot.say.controls(other) if control.label == "Corrected")
        late = payloads.message_actions(slack, other, button, cora)
        assert edit.NOTIFIED in await edited("yes", bottom_line="A rupture was followed by symptoms.")
        assert (told(ana), told(ben)) == (1, 1)
        assert await rows(bot, reports) == []
        for over in (report, other):
            assert f"<@{cora.id}> says that it is corrected, <!date^" in over.visible_text
            assert labels(bot, over) == ["Details"]
        assert (await post_interaction(bot, late)).ok
        assert direct(slack, cora)[-1].visible_text == wrong.OVER
        await bot.say.press(report, "Details", user=cora)
        await bot.say.press(modal(bot, cora), "Edit", user=cora)
        assert "who reported a problem" not in modal(bot, cora).visible_text
        await bot.idle()
        assert (told(ana), told(ben)) == (1, 1)


async def test_without_the_wish_nothing_is_stored_and_nothing_can_be_pressed(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        await bot.say.submit(await form(bot, ana, team), filled(where="Practice implications"))
        [report] = direct(slack, cora)
        assert "in “Practice implications”." in report.visible_text
        assert labels(bot, report) == ["Details", "Edit"]
        assert await rows(bot, reports) == []
        await bot.say.close(modal(bot, ana), cleared=True)
        slack.faults.rate_limited("chat.postMessage")
        view = await form(bot, ana, team)
        assert (await bot.say.submit(view, filled(tell=YES))).errors
        assert await rows(bot, reports) == []  # nothing was sent, so nobody waits
        await bot.say.submit(view, filled(tell=YES))
        asked = await typed(bot, "forget me", ana)
        assert "1 request to know when a summary is corrected" in asked.visible_text
        await bot.say.press(asked, "Delete it all", user=ana)
        assert await rows(bot, reports) == []
        await bot.say.press(direct(slack, cora)[-1], "Corrected", user=cora)
        assert direct(slack, cora)[-1].visible_text == wrong.OVER


async def test_two_curators_at_once_and_a_crash_between_tell_the_reader_once(
    databases: Databases, corpus_copy: Path
) -> None:
    before = load(default_root())
    correct(corpus_copy / "issues/2022-09.yaml")
    after = load(corpus_copy)
    summary = before.get(RUPTURE)
    assert summary
    address = await databases.new()
    async with opened(address) as first, opened(address) as second:
        for _ in range(2):  # a form that is delivered twice
            await reports_of(first).add("r", "T1", "U1", summary)
        assert await reports_of(first).corrected("r", before, "U2") is Answer.UNCHANGED
        both = await asyncio.gather(*(reports_of(each).corrected("r", after, "U2") for each in (first, second)))
        assert sorted(each.value for each in both) == ["gone", "notified"]
        [planned] = await ledger_of(first).in_state("planned")
        assert (planned.recipient, planned.key) == ("U1", "corrected")
        assert TITLE in planned.payload["text"]


async def test_a_wish_is_forgotten_after_half_a_year_and_with_its_person(database: Database) -> None:
    [summary, *_] = load(default_root()).summaries
    found = reports_of(database)
    await found.add("old", "T1", "U1", summary)
    async with database.begin() as connection:
        await connection.execute(update(reports).values(reported_at=reports.c.reported_at - KEEP - 60.0))
    await found.add("new", "T1", "U1", summary)
    await found.add("other", "T1", "U2", summary)
    await found.prune()
    personal = PersonalData(database)
    assert (await personal.count("T1", "U1")).reports == 1
    assert (await personal.erase("T1", "U1")).reports == 1
    assert (await personal.count("T1", "U2")).reports == 1


def test_every_part_of_every_summary_fits_into_form_and_report() -> None:
    for summary in load(default_root()):
        view = wrong.wrong_view(summary, curators=True)
        assert problems(view["blocks"]) == []
        where = next(block for block in view["blocks"] if block.get("block_id") == "where_it_is")["element"]
        parts = [option["value"] for option in where["options"]]
        assert ("effects" in parts) == bool(summary.study.effects)
        for part in parts:
            assert problems(wrong.report(summary, "figure", part, "x" * 400, waiting="r").blocks) == []
    assert problems(wrong.corrected(summary).blocks) == []
