"""*Edit*: a curator changes a summary in Slack, and the library's file is as if someone had done it by hand, once."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.approval import revising
from bot.approval.typed_fields import EFFECT_LINE, SAMPLE_LINE
from bot.blocks import edit, ids, notes
from bot.corpus.edit import with_key
from bot.corpus.layout import render
from bot.corpus.load import load
from bot.playground.slack import Answer, LocalSlack, User, View, payloads
from bot.store.database import Database
from bot.store.drafts import Drafts
from bot.store.revisions import Revisions
from bot.store.tables import revisions
from tests.support.bot import Bot, running
from tests.support.databases import Databases
from tests.support.people import RUPTURE, labels, modal, private_card, rows, study
from tests.support.requests import health, post_interaction
from tests.support.small_corpus import small_corpus

MONTH = "2022-09"
EFFECT = "r = .30, 95% CI [.10, .50]: tie and outcome"
LINE = "Clients who felt a rupture had more symptoms at the next session."


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on a few summaries, with two curators."""
    cora, cem, ana = (slack.add_user(name) for name in ("cora", "cem", "ana"))
    slack.add_channel("team", [cora, cem, ana])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=f"{cora.id},{cem.id}") as started:
        yield started


def person(bot: Bot, name: str) -> User:
    return next(user for user in bot.slack.users.values() if user.name == name)


def file_of(bot: Bot, month: str = MONTH) -> Path:
    return bot.settings.knowledge / f"issues/{month}.yaml"


async def window(bot: Bot, name: str) -> View:
    """The study's window."""
    user = person(bot, name)
    return await study(bot, user, await private_card(bot, user, bot.slack.channel_named("team")))


async def form(bot: Bot, name: str) -> View:
    """The form, opened from the study's window."""
    assert (await bot.say.press(await window(bot, name), "Edit", user=person(bot, name))).ok
    view = modal(bot, person(bot, name))
    assert view.visible_text.startswith("Edit summary")
    return view


async def send(bot: Bot, view: View, **fields: Any) -> Answer:
    """Submit the form with other values in these fields."""
    turn = next(int(block["block_id"].split(":")[2]) for block in view.blocks if block["type"] == "input")
    filled = {}
    for name, value in fields.items():
        field, _, number = name.partition(":")
        filled[edit.block_id(field, turn, int(number or 0))] = {edit.action_id(field, int(number or 0)): value}
    return await bot.say.submit(view, filled)


def at(field: str, turn: int = 0) -> str:
    return edit.block_id(field, turn)


def shown(view: View) -> dict[str, Any]:
    """The values in the form's fields, by field, and with ":1" its continuation."""
    found: dict[str, Any] = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            initial = element.get("initial_value") or element.get("initial_option") or element.get("initial_options")
            found[":".join(block["block_id"].split(":")[1::2]).removesuffix(":0")] = initial
    return found


@pytest.mark.slow
async def test_what_is_saved_is_in_the_file_as_if_by_hand_and_posted_cards_are_corrected(bot: Bot) -> None:
    team = bot.slack.channel_named("team")
    await bot.say.command("subscribe", user=person(bot, "ana"), channel=team)
    path = file_of(bot, "2023-11")
    hand = path.read_text("utf-8").replace("    bottom_line: ", "    # said Sam\n    bottom_line: ", 1)
    path.write_text(hand, "utf-8")
    await bot.idle()
    newest = bot.knowledge.corpus.issues[0]
    first = newest.summaries[0]
    posted = await bot.say.press(bot.slack.posted(team)[0], "Post the latest now", user=person(bot, "ana"))
    assert posted.ok
    await bot.idle()
    value = f"{newest.month} {first.id}"
    action = {"type": "button", "action_id": f"{ids.EDIT}:{first.id}", "block_id": "b", "value": value}
    cora = person(bot, "cora")
    await post_interaction(bot, payloads.message_actions(bot.slack, bot.slack.posted(team)[0], action, cora))
    view = modal(bot, cora)
    assert shown(view)["bottom_line"] == first.bottom_line
    assert shown(view)["implications"] == "\n".join(first.implications)
    assert shown(view)["design"]["value"] == first.study.design
    assert [option["value"] for option in shown(view)["topics"]] != []
    part = [*shown(view)["asks"].split("\n")[1:], "something new"]
    asks = [*part, *shown(view)["asks:1"].split("\n")]
    new = {"bottom_line": f"  {LINE}\n", "asks": "\n".join(["", *part]), "effects": f"{EFFECT}\n"}
    await send(bot, view, **new, topics=["outcomes"], design="survey")
    assert edit.SAVED in modal(bot, cora).visible_text
    await bot.idle()
    after = path.read_text("utf-8")
    assert "    # said Sam\n" in after
    entry, before = (yaml.safe_load(text)["summaries"][0] for text in (after, hand))
    assert entry == before | {
        "bottom_line": LINE, "asks": asks, "topics": ["outcomes"], "study": before["study"] | {
            "design": "survey", "effects": [{"what": "tie and outcome", "measure": "r", "value": 0.3, "ci": [0.1, 0.5]}]
        },
    }  # fmt: skip
    assert load(bot.settings.knowledge).fingerprint == bot.knowledge.corpus.fingerprint
    assert [message.visible_text for message in bot.slack.posted(team) if LINE in message.visible_text]
    [row] = await rows(bot, revisions)
    assert (row["summary_id"], row["number"], row["revised_by"]) == (first.id, 1, cora.id)
    assert cora.id not in after


@pytest.mark.slow
async def test_a_month_edited_in_slack_and_one_edited_by_hand_are_the_same_file(bot: Bot) -> None:
    cora, path = person(bot, "cora"), file_of(bot)
    values = yaml.safe_load(path.read_bytes())
    path.write_bytes(render(values))  # as the importer writes it
    await bot.reloaded()
    view = await form(bot, "cora")
    fields: dict[str, Any] = {
        "bottom_line": LINE,
        "implications": "Ask about it.\nRepair it: soon.",
        "caution": "",
        "design": "survey",
        "sample": "patients: 1,056\ntherapists: about 60",
        "effects": EFFECT,
        "asks": "we fell out\n#1 rupture",
    }
    more = [field for field in shown(view) if field.startswith("asks:")]
    await send(bot, view, **fields, **dict.fromkeys(more, ""), topics=["outcomes"])
    assert edit.SAVED in modal(bot, cora).visible_text
    await bot.idle()
    entry = next(each for each in values["summaries"] if each["id"] == RUPTURE)
    entry |= {
        "bottom_line": LINE,
        "implications": ["Ask about it.", "Repair it: soon."],
        "topics": ["outcomes"],
        "asks": ["we fell out", "#1 rupture"],
    }
    entry.pop("caution", None)
    entry["study"] |= {
        "design": "survey",
        "sample": {"patients": 1056, "therapists": "about 60"},
        "effects": [{"what": "tie and outcome", "measure": "r", "value": 0.3, "ci": [0.1, 0.5]}],
    }
    assert path.read_text("utf-8") == render(values).decode()


async def test_only_curators_get_to_it_whatever_is_forged(bot: Bot) -> None:
    ana, cora = person(bot, "ana"), person(bot, "cora")
    before = file_of(bot).read_bytes()
    assert "Edit" not in labels(bot, await window(bot, "ana"))
    theirs = await form(bot, "cora")
    for name, value in ((f"{ids.EDIT}:{RUPTURE}", f"{MONTH} {RUPTURE}"), (ids.EDIT_MONTH, MONTH)):
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        await post_interaction(bot, payloads.view_actions(bot.slack, modal(bot, ana), action, ana))
        assert edit.CURATORS_ONLY in modal(bot, ana).visible_text
    payload = payloads.view_submission(bot.slack, theirs, cora)
    payload["user"]["id"] = ana.id
    answer = await post_interaction(bot, payload)
    assert answer.json["errors"] == {at("bottom_line"): edit.CURATORS_ONLY}
    for value in ("../../etc/passwd x", f"2022-10 {RUPTURE}", f"{MONTH} no-such", "", " "):
        action = {"type": "button", "action_id": ids.EDIT, "block_id": "b", "value": value}
        await post_interaction(bot, payloads.view_actions(bot.slack, theirs, action, cora))
        assert "no longer in the library" in modal(bot, cora).visible_text
    assert (await rows(bot, revisions), file_of(bot).read_bytes()) == ([], before)


@pytest.mark.slow
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(bot: Bot) -> None:
    before = file_of(bot).read_bytes()
    view = await form(bot, "cora")
    good = {field: shown(view)[field] for field in ("bottom_line", "caution", "asks", "sample")} | {"effects": ""}
    for wrong, field, sentence in (
        ({"bottom_line": "a word " * 23}, "bottom_line", "The bottom line has 46 words: shorten it to at most 45."),
        ({"caution": "word " * 31}, "caution", "The caution has 31 words: shorten it to at most 30."),
        (
            {"asks": "the same\nThe Same"},
            "asks",
            'In line 2 of the search words, "The Same" appears twice in the list: remove one.',
        ),
        ({"asks": "a word " * 50}, "asks", "Line 1 of the search words has 349 characters: shorten it to at most 300."),
        ({"asks": "Maria Schmidt, 34, left again"}, "asks", notes.LEAVE_DETAILS_OUT),
        ({"sample": "56 patients"}, "sample", SAMPLE_LINE),
        ({"sample": "patients: 5 or 6"}, "sample", SAMPLE_LINE),
        ({"effects": "r .30: tie"}, "effects", EFFECT_LINE),
        (
            {"effects": "r = 30: tie"},
            "effects",
            "In line 1 of the effect sizes, 30 cannot be an r, which is between -1 and 1",
        ),
    ):
        answer = await send(bot, view, **(good | wrong))
        assert list(answer.errors) == [at(field)], wrong
        assert sentence in answer.errors[at(field)]
        assert re.fullmatch(r"[A-Z].*\.", answer.errors[at(field)])
    await send(
        bot,
        view,
        **good
        | {
            "caution": "",
            "bottom_line": "It helped 77 of 99 clients.",
            "asks": "",
            "asks:1": "",
            "sample": "patients: 1,056",
            "effects": "r = .60, 95% CI [.20, .40]: tie",
        },
    )
    warned = modal(bot, person(bot, "cora"))
    assert "Bottom line: 77 and 99 are neither in the summary nor in its study" in warned.visible_text
    assert "Effect sizes: 0.6 is outside its interval [0.2, 0.4]" in warned.visible_text
    assert "Search words: there are none, so fewer questions find it" in warned.visible_text
    assert warned.spec["submit"]["text"] == "Save anyway"
    assert shown(warned)["bottom_line"] == "It helped 77 of 99 clients."
    assert await rows(bot, revisions) == []
    assert file_of(bot).read_bytes() == before
    await send(bot, warned)
    await bot.idle()
    found = load(bot.settings.knowledge).get(RUPTURE)
    assert found
    assert (found.bottom_line, found.asks, dict(found.study.sample)) == (
        "It helped 77 of 99 clients.",
        (),
        {"patients": 1056},
    )


@pytest.mark.slow
async def test_of_two_curators_the_second_sees_what_changed_and_nothing_is_overwritten_silently(
    both_databases: Bot,
) -> None:
    bot = both_databases
    first, second = await form(bot, "cora"), await form(bot, "cem")
    answer = await send(bot, first, bottom_line=LINE, caution="Careful.")
    again = await bot.say.redeliver(answer)
    assert edit.SAVED in str(again.json)
    await send(bot, second, bottom_line="Mine.", sample="patients: 57")  # before or after the file is written
    view = modal(bot, person(bot, "cem"))
    assert f"<@{person(bot, 'cora').id}> has changed this summary while you had it open" in view.visible_text
    assert f"Bottom line, as it is now (your words are below)\n{LINE}" in view.visible_text
    assert "Caution, as it is now\nCareful." in view.visible_text
    values = shown(view)
    assert (values["bottom_line"], values["caution"], values["sample"]) == ("Mine.", "Careful.", "patients: 57")
    await bot.idle()
    assert load(bot.settings.knowledge).get(RUPTURE).bottom_line == LINE  # type: ignore[union-attr]
    await send(bot, view)
    assert edit.SAVED in modal(bot, person(bot, "cem")).visible_text
    await bot.idle()
    found = load(bot.settings.knowledge).get(RUPTURE)
    assert found
    assert (found.bottom_line, found.caution) == ("Mine.", "Careful.")
    assert [(row["number"], row["revised_by"]) for row in await rows(bot, revisions)] == [
        (1, person(bot, "cora").id),
        (2, person(bot, "cem").id),
    ]


async def test_what_is_written_into_the_file_while_a_form_is_read_is_in_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    each = revising.Revising(root, Revisions(database), Drafts(database))
    found = await each.find(MONTH, RUPTURE)
    assert found
    assert await each.save(found, {"bottom_line": LINE}, "U1")
    stored, marks = await Revisions(database).all(), revising.marks_in

    def written_meanwhile(path: Path) -> frozenset[str]:
        monkeypatch.setattr(revising, "marks_in", marks)
        assert each._apply(stored) == (True, [])  # as the job does in its thread
        return marks(path)

    monkeypatch.setattr(revising, "marks_in", written_meanwhile)
    again = await each.find(MONTH, RUPTURE)
    assert again
    assert again.values["bottom_line"] == LINE


@pytest.fixture
async def both_databases(databases: Databases, slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on each of the two databases, with two curators."""
    cora, cem = (slack.add_user(name) for name in ("cora", "cem"))
    slack.add_channel("team", [cora, cem])
    settings = small_corpus(tmp_path) | {"PPRNET_DATABASE_URL": await databases.new()}
    async with running(slack, tmp_path, **settings, PPRNET_CURATORS=f"{cora.id},{cem.id}") as started:
        yield started


@pytest.mark.slow
async def test_every_replica_gets_it_and_a_file_that_was_changed_by_hand_keeps_its_words(
    slack: LocalSlack, databases: Databases, tmp_path: Path
) -> None:
    cora = slack.add_user("cora")
    slack.add_channel("team", [cora])
    database = await databases.new()
    homes = [tmp_path / name for name in ("one", "two", "three", "four")]
    settings = [small_corpus(home) | {"PPRNET_DATABASE_URL": database, "PPRNET_CURATORS": cora.id} for home in homes]
    third = Path(settings[2]["PPRNET_KNOWLEDGE"]) / f"issues/{MONTH}.yaml"
    async with running(slack, homes[0], **settings[0]) as bot, running(slack, homes[1], **settings[1]) as other:
        await send(bot, await form(bot, "cora"), bottom_line=LINE, caution="Careful.")
        await bot.passes.after("library")
        await other.passes.after("library")
        assert file_of(bot).read_bytes() == file_of(other).read_bytes()
        assert other.knowledge.corpus.get(RUPTURE).bottom_line == LINE  # type: ignore[union-attr]
        third.write_bytes(with_key(MONTH, third.read_bytes(), RUPTURE, "bottom_line", "By hand."))
    assert load(third.parent.parent).get(RUPTURE).bottom_line == "By hand."  # type: ignore[union-attr]
    odd = Path(settings[3]["PPRNET_KNOWLEDGE"]) / f"issues/{MONTH}.yaml"
    odd.write_text(json.dumps(yaml.safe_load(odd.read_text("utf-8"))), "utf-8")  # JSON is YAML in another layout
    async with running(slack, homes[3], **settings[3]) as fourth:
        await fourth.passes.after("library")
        status, state = await health(fourth.url)
        assert status == 503
        assert "changes made in Slack to 2022-09 could not be written" in state["troubles"][0]
    async with running(slack, homes[2], **settings[2]) as late:
        await late.idle()
        found = late.knowledge.corpus.get(RUPTURE)
        assert found
        assert (found.bottom_line, found.caution) == ("By hand.", "Careful.")
        [notice] = [each.visible_text for each in slack.open_dm(cora).messages if "by hand" in each.visible_text]
        assert "the same part (bottom line)" in notice
        # From here on the file is someone's own again: nothing is done a second time, not after a restart either.
        third.write_text(third.read_text("utf-8").replace("Careful.", "Very careful."), "utf-8")
    async with running(slack, homes[2], **settings[2]) as late:
        await late.idle()
        assert late.knowledge.corpus.get(RUPTURE).caution == "Very careful."  # type: ignore[union-attr]
        assert len([each for each in slack.open_dm(cora).messages if "by hand" in each.visible_text]) == 1


async def test_a_file_that_cannot_be_changed_is_said_in_the_form(bot: Bot) -> None:
    view = await form(bot, "cora")
    path = file_of(bot)
    good = path.read_text("utf-8")
    path.write_text(json.dumps(yaml.safe_load(good)), "utf-8")  # JSON is YAML in another layout
    assert (await send(bot, view, caution="Careful.")).errors == {at("caution"): edit.BY_HAND}
    path.write_text(good.replace("text: digest", "text: copied"), "utf-8")
    assert (await send(bot, view)).errors == {at("bottom_line"): edit.FAULTY}
    await bot.say.press(await window(bot, "cora"), "Edit", user=person(bot, "cora"))
    assert edit.FAULTY in modal(bot, person(bot, "cora")).visible_text


async def test_the_library_that_came_with_the_bot_is_not_changed(slack: LocalSlack, tmp_path: Path) -> None:
    cora = slack.add_user("cora")
    slack.add_channel("team", [cora])
    async with running(slack, tmp_path, PPRNET_CURATORS=cora.id) as bot:
        view = await window(bot, "cora")
        assert "Edit" not in labels(bot, view)
        action = {"type": "button", "action_id": ids.EDIT, "block_id": "b", "value": f"{MONTH} {RUPTURE}"}
        await post_interaction(bot, payloads.view_actions(slack, view, action, cora))
        assert edit.SHIPPED in modal(bot, cora).visible_text
        assert (await health(bot.url))[0] == 200
