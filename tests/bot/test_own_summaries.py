"""`/pprnet add`: a summary of the team's own, found like any other, marked, in every replica's folder, and never posted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.approval.own_summaries import LEAD, RECEIVED, SOURCE_LINE, OwnWorker, put_own
from bot.approval.typed_fields import EFFECT_LINE, SAMPLE_LINE
from bot.asks import writing
from bot.asks.review import NOT_OURS
from bot.asks.writing import change_asks
from bot.blocks import edit, ids
from bot.blocks import own_summaries as words
from bot.cli.main import main
from bot.corpus.candidates import CANDIDATES, Candidate, add_candidates, read_candidates
from bot.corpus.faults import CorpusError
from bot.corpus.fields import short
from bot.corpus.load import OWN, load
from bot.corpus.write import CorpusFolder
from bot.playground.slack import LocalSlack, User, View, payloads
from bot.publishing import content
from bot.store.own_summaries import OwnSummaries, OwnSummary
from bot.store.tables import deliveries, own_summaries, rejected_candidates
from tests.bot.test_edit import send
from tests.support.bot import Bot, running
from tests.support.databases import Databases, opened
from tests.support.people import RUPTURE, modal, rows, study, typed
from tests.support.people import TITLE as RUPTURE_TITLE
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus
from tests.support.terminal import as_text, run_here

TITLE = "Zebulonius Gardening Was Followed by Better Sleep"
FORM = {
    "title": TITLE,
    "citation": "Roe, A., & Lund, C. (2024). Gardens and sleep. Journal of Gardens, 3, 1-9.",
    "source": "https://doi.org/10.1037/pst0000999",
    "summary": "141 clients kept a diary.\n\nMore gardening was followed by better sleep (r = .21).\nNobody was randomised.",
    "bottom_line": "Clients who gardened more slept better in the following week.",
    "implications": "- Ask about gardens.\n• Do not promise sleep.",
    "topics": ["outcomes", "alliance"],
    "asks": "do gardens help with sleep\nzebulonius gardening",
    "design": "survey",
    "sample": "clients: 141\ngardens: over 30",
    "effects": "r = .21, 95% CI [−.02, .40], p < .05, 3 studies: gardening and sleep\nd = 0.30 to 0.50: gardens and mood",
    "caution": "Nobody was randomised.",
}
ENTRY = {"added": "2024-01", "title": "A", "text": "digest", "summary": "A.", "implications": ["B"]}
ID = "zebulonius-gardening-was-followed-by-better-sleep"


def filled(**changed: Any) -> dict[str, dict[str, Any]]:
    """The form's fields."""
    return {words.block_of(name): {name: value} for name, value in (FORM | changed).items()}


async def form(bot: Bot, user: User) -> View:
    """The form, opened by the command."""
    await bot.say.press(await typed(bot, "add", user), "Write a summary")
    return modal(bot, user)


async def test_a_curator_adds_one_which_is_found_marked_and_not_posted(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = people = [slack.add_user(name) for name in ("ana", "cora")]
    team = slack.add_channel("team", people)
    settings = {"PPRNET_CURATORS": cora.id, "PPRNET_CHANNEL": team.id, "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, **small_corpus(tmp_path), **settings) as bot:
        await bot.idle()
        before = len(await rows(bot, deliveries))
        posted = len(team.messages)
        fingerprints = {summary.id: content.of_summary(summary) for summary in bot.knowledge.corpus}
        view = await form(bot, cora)
        bot.say.fill(view, filled(source="a library", bottom_line="word " * 50))
        await bot.say.press(view, "Preview")
        assert "Source: Write a DOI" in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora))
        answer = await bot.say.submit(view, filled(source="a library"))
        assert answer.errors == {words.block_of("source"): SOURCE_LINE}
        answer = await bot.say.submit(view, filled(bottom_line="word " * 50))
        assert answer.errors == {words.block_of("bottom_line"): "The bottom line has 50 words: shorten it to at most 45."}
        answer = await bot.say.submit(view, filled(sample="141 clients"))
        assert answer.errors == {words.block_of("sample"): SAMPLE_LINE}
        answer = await bot.say.submit(view, filled(effects="r .21: gardening and sleep"))
        assert answer.errors == {words.block_of("effects"): EFFECT_LINE}
        answer = await bot.say.submit(view, filled(effects="r = 21: gardening and sleep"))
        assert "cannot be an r" in (answer.errors or {})[words.block_of("effects")]
        answer = await bot.say.submit(view, filled(title=RUPTURE_TITLE, source="a library", sample="141", effects="r"))
        assert set(answer.errors or ()) == {words.block_of(name) for name in ("title", "source", "sample", "effects")}
        assert not (bot.settings.knowledge / OWN).exists()
        assert view.state[words.block_of("title")]  # the words are still there
        assert (await bot.say.submit(view, filled())).ok
        assert words.ADDED in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora), cleared=True)

        await bot.passes.after("library")
        found = (await typed(bot, "do gardens help with sleep", ana, team)).visible_text
        assert TITLE in found
        assert "Our own summary, " in found
        assert "Dr. Tasca" not in found
        entry = yaml.safe_load((bot.settings.knowledge / OWN).read_text("utf-8"))["summaries"][0]
        assert entry["id"] == ID
        assert entry["text"] == "digest"
        assert entry["topics"] == ["outcomes", "alliance"]
        assert entry["implications"] == ["Ask about gardens.", "Do not promise sleep."]
        assert entry["study"]["authors"] == ["Roe", "Lund"]
        assert (entry["study"]["year"], entry["study"]["doi"]) == (2024, "10.1037/pst0000999")
        assert entry["caution"] == "Nobody was randomised."
        assert entry["study"]["sample"] == {"clients": 141, "gardens": "over 30"}
        assert entry["study"]["effects"] == [
            {"what": "gardening and sleep", "measure": "r", "value": 0.21, "ci": [-0.02, 0.4], "p": "< .05", "k": 3},
            {"what": "gardens and mood", "measure": "d", "value": 0.3, "to": 0.5},
        ]
        [row] = await rows(bot, own_summaries)
        assert cora.id not in str(row)

        # Nothing is posted, not in the newest month either, and what was posted stays as it is.
        await bot.idle()
        assert (len(await rows(bot, deliveries)), len(team.messages)) == (before, posted)
        assert TITLE not in (await typed(bot, "latest", ana, team)).visible_text
        corpus = bot.knowledge.corpus
        assert ID not in {summary.id for issue in corpus.issues for summary in issue.summaries}
        assert {summary.id: content.of_summary(summary) for summary in corpus if not summary.is_own} == fingerprints

        # The same title again is refused; so are people who are no curators, whatever they send.
        view = await form(bot, cora)
        assert list((await bot.say.submit(view, filled())).errors or ()) == [words.block_of("title")]
        assert words.CURATORS_ONLY in (await typed(bot, "add", ana, team)).visible_text
        carrier = await typed(bot, "help", ana, team)
        for action in (ids.OWN_WRITE, ids.OWN_PREVIEW):
            button = {"type": "button", "action_id": action, "block_id": "b", "value": "open"}
            assert (await post_interaction(bot, payloads.message_actions(slack, carrier, button, ana))).ok
            assert words.CURATORS_ONLY in shown_to(slack, ana.id)[-1].visible_text
        bot.say.fill(view, filled(title="Forged"))
        answer = await post_interaction(bot, payloads.view_submission(slack, view, ana))
        assert words.CURATORS_ONLY in str(answer.json)
        forged = payloads.view_submission(slack, view, cora)
        forged["view"] = forged["view"] | {"state": {"values": {}}}
        assert (await post_interaction(bot, forged)).json["response_action"] == "errors"
        assert len(await rows(bot, own_summaries)) == 1

        done = as_text(
            await asyncio.to_thread(run_here, main, ["check", str(bot.settings.knowledge), "--card", ID], environ={})
        )
        assert "Our own summary" in done.stdout
        assert done.returncode == 0


async def test_the_preview_warns_of_all_that_pprnet_check_warns_of_in_plain_words(slack: LocalSlack, tmp_path: Path) -> None:
    cora = slack.add_user("cora")
    slack.add_channel("team", [cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        rupture = bot.knowledge.corpus.get(RUPTURE)
        assert rupture
        ask, *_ = rupture.asks
        view = await form(bot, cora)
        odd = filled(
            bottom_line="Of 77 clients, those who gardened slept better.",
            effects="r = .60, 95% CI [.20, .40]: gardening and sleep",
            asks=f"zebulonius gardening\n{ask}",
        )
        bot.say.fill(view, odd)
        await bot.say.press(view, "Preview")
        shown = modal(bot, cora).visible_text
        assert "Our own summary, " in shown
        for line in (
            words.CHECK,
            "Bottom line: 77 is neither in the summary nor in its study: check the text.",
            "Effect sizes: 0.6 is outside its interval [0.2, 0.4]: check the signs and decimal points.",
            f"Search words: “{short(ask)}” is also among those of “{rupture.title}”: keep it with the one that answers",
        ):
            assert line in shown
        await bot.say.close(modal(bot, cora))
        bot.say.fill(view, filled(effects="r = 30: gardening and sleep", title=""))
        await bot.say.press(view, "Preview")
        assert "• Title: Please fill this in." in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora))
        bot.say.fill(view, filled(effects="r = 30: gardening and sleep"))
        await bot.say.press(view, "Preview")
        assert "• In line 1 of the effect sizes, 30 cannot be an r, which is between" in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora))
        bot.say.fill(view, filled(asks=""))
        await bot.say.press(view, "Preview")
        assert "Search words: there are none, so fewer questions find it." in modal(bot, cora).visible_text
        assert "pprnet" not in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora))
        bot.say.fill(view, filled())
        await bot.say.press(view, "Preview")
        assert words.CHECK not in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora))
        assert (await bot.say.submit(view, odd)).ok  # a warning does not keep it out
        shown = modal(bot, cora).visible_text
        assert words.CHECK_LATER in shown
        assert "77 is neither" in shown


async def test_it_is_edited_in_slack_like_any_other(slack: LocalSlack, tmp_path: Path) -> None:
    cora = slack.add_user("cora")
    team = slack.add_channel("team", [cora])
    settings = small_corpus(tmp_path)
    put_own(Path(settings["PPRNET_KNOWLEDGE"]), [OwnSummary(ID, json.dumps(ENTRY | {"id": ID, "title": TITLE}))])
    file = Path(settings["PPRNET_KNOWLEDGE"]) / OWN
    file.write_text(file.read_text("utf-8").replace("    summary:", "    # said Sam\n    summary:"), "utf-8")
    async with running(slack, tmp_path, **settings, PPRNET_CURATORS=cora.id) as bot:
        window = await study(bot, cora, await typed(bot, TITLE, cora, team))
        assert (await bot.say.press(window, "Edit")).ok
        effects = "r = .21, 95% CI [.02, .40]: gardening and sleep\nd = −.10: gardens and mood"
        await send(
            bot, modal(bot, cora), bottom_line="Gardens may help.", asks="do gardens help with sleep", effects=effects
        )
        assert edit.SAVED in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora), cleared=True)
        await bot.idle()
        assert "Gardens may help." in (await typed(bot, "do gardens help with sleep", cora, team)).visible_text
        entry = yaml.safe_load(file.read_text("utf-8"))["summaries"][0]
        assert (entry["bottom_line"], entry["asks"]) == ("Gardens may help.", ["do gardens help with sleep"])
        assert entry["study"]["effects"] == [
            {"what": "gardening and sleep", "measure": "r", "value": 0.21, "ci": [0.02, 0.4]},
            {"what": "gardens and mood", "measure": "d", "value": -0.1},
        ]
        assert "    # said Sam\n" in file.read_text("utf-8")


async def test_the_library_that_comes_with_the_bot_gets_none(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = slack.add_user("cora")
    environ = small_corpus(tmp_path)
    monkeypatch.setattr(writing, "default_root", lambda: Path(environ["PPRNET_KNOWLEDGE"]))
    async with running(slack, tmp_path, **environ, PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, cora)
        assert (await bot.say.submit(view, filled())).errors == {words.block_of("title"): NOT_OURS}
        assert await rows(bot, own_summaries) == []


def own_of(root: Path) -> list[str]:
    return [summary.id for summary in load(root).own]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])


async def test_every_folder_gets_each_once_and_what_a_person_did_there_stays(databases: Databases, tmp_path: Path) -> None:
    folders = [Path(small_corpus(tmp_path / name)["PPRNET_KNOWLEDGE"]) for name in ("one", "two")]
    address = await databases.new()
    async with opened(address) as database:
        store = OwnSummaries(database)
        workers = [OwnWorker(store, root) for root in folders]
        assert [await worker.write() for worker in workers] == [False, False]
        first = {
            "id": "first",
            "added": "2024-01",
            "title": "First",
            "text": "digest",
            "summary": "A.",
            "implications": ["B"],
        }
        await workers[0].add(first)
        assert [await worker.write() for worker in workers] == [False, True]
        assert [own_of(root) for root in folders] == [["first"], ["first"]]
        path = folders[0] / OWN
        path.write_text(path.read_text("utf-8").replace("B", "By hand  # a remark"), "utf-8")
        (folders[1] / OWN).write_text(f"{LEAD}summaries: []\n", "utf-8")  # deleted by hand
        await workers[1].add(first | {"id": "second", "title": "Second"})
        assert [await worker.write() for worker in workers] == [True, False]
        assert [own_of(root) for root in folders] == [["first", "second"], ["second"]]
        assert "By hand  # a remark" in path.read_text("utf-8")
        restarted = OwnWorker(store, folders[1])
        assert not await restarted.write()
        assert own_of(folders[1]) == ["second"]


def test_a_file_with_a_fault_is_left_alone_and_gets_it_later(library: Path) -> None:
    added = [OwnSummary("first", json.dumps(ENTRY | {"id": "first"}))]
    path = library / OWN
    path.write_text("summaries:\n  - {id: mine}\n", "utf-8")
    with pytest.raises(CorpusError):
        put_own(library, added)
    assert path.read_text("utf-8") == "summaries:\n  - {id: mine}\n"
    path.unlink()
    assert put_own(library, added)
    assert (library / RECEIVED).read_text("ascii").split() == ["first"]
    assert path.read_text("utf-8").startswith(LEAD)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("summaries:\n  - {id: mine, title: A, text: digest, summary: A, implications: [B]}\n", "must be the month"),
        ("summaries:\n  - {id: mine, added: '2099-01', title: A, text: digest, summary: A, implications: [B]}\n", "2099"),
        ("summaries:\n  - {id: alliance-rupture-next-session, added: '2024-01', title: A, text: digest, summary: A, "
         "implications: [B]}\n", "is taken by"),
        ("entries: []\n", "unknown key"),
    ],
)  # fmt: skip
def test_its_file_is_read_as_strictly_as_a_months(library: Path, text: str, fault: str) -> None:
    (library / OWN).write_text(text, "utf-8")
    with pytest.raises(CorpusError) as raised:
        load(library)
    assert any(fault in str(each) or fault in text for each in raised.value.faults)
    assert all(each.file == OWN for each in raised.value.faults)


def test_its_asks_can_be_changed_and_the_blogs_summary_of_the_same_paper_still_comes_in(library: Path) -> None:
    (library / OWN).write_text(
        "summaries:\n  - id: mine\n    added: '2024-01'\n    title: A Title\n    text: digest\n    summary: A\n"
        "    implications: [B]\n    study: {doi: 10.1037/x1}\n",
        "utf-8",
    )
    corpus = load(library)
    mine = corpus.get("mine")
    assert mine
    assert change_asks(library, corpus, mine, lambda _: {"asks": ["what is mine"]})
    [changed] = load(library).own
    assert changed.asks == ("what is mine",)
    folder = CorpusFolder(library)
    assert "mine" in folder.ids
    assert not any("10.1037/x1" in doi for doi in folder.dois)


async def test_what_feeds_brought_is_written_up_or_refused_by_curators_and_does_not_come_back(
    slack: LocalSlack, tmp_path: Path
) -> None:
    ana, cora = (slack.add_user(name) for name in ("ana", "cora"))
    team = slack.add_channel("team", [ana, cora])
    found = [
        Candidate(TITLE, "https://gardens.example/sleep", "2026-03-09", "Journal of Gardens", "141 clients & a diary."),
        Candidate("Rain <!channel> *and* talk", None, None, "Journal of Gardens", "It rained."),
    ]
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        await bot.idle()
        root = bot.settings.knowledge
        add_candidates(root, found)
        answer = await typed(bot, "add", cora, team)
        assert "From your feeds: 2 studies to decide on." in answer.visible_text.replace("*", "")
        assert "gardens.example" in answer.visible_text
        carrier = await typed(bot, "help", ana, team)
        for action in (f"{ids.CANDIDATE_WRITE}:0", f"{ids.CANDIDATE_REJECT}:1"):  # forged
            button = {"type": "button", "action_id": action, "block_id": "b", "value": found[1].mark}
            assert (await post_interaction(bot, payloads.message_actions(slack, carrier, button, ana))).ok
            assert words.CURATORS_ONLY in shown_to(slack, ana.id)[-1].visible_text
        assert await rows(bot, rejected_candidates) == []

        await bot.say.press(answer, f"{ids.CANDIDATE_REJECT}:1")
        answer = await typed(bot, "add", cora, team)
        assert "1 study to decide on" in answer.visible_text
        assert "Rain" not in answer.visible_text
        assert [each.decided for each in read_candidates(root)] == [None, "rejected"]
        [row] = await rows(bot, rejected_candidates)
        assert row["mark"] == found[1].mark
        (root / CANDIDATES).unlink()
        add_candidates(root, found)  # another replica's folder
        assert "1 study to decide on" in (await typed(bot, "add", cora, team)).visible_text

        await bot.say.press(answer, f"{ids.CANDIDATE_WRITE}:0")
        view = modal(bot, cora)
        assert words.OWN_WORDS in view.visible_text
        elements = [each["element"] for each in view.blocks if each["type"] == "input"]
        filled_in = {each["action_id"]: each["initial_value"] for each in elements if "initial_value" in each}
        assert filled_in == {"title": TITLE, "source": found[0].link, "summary": found[0].excerpt}
        assert (await bot.say.submit(view, filled(source=str(found[0].link)))).ok
        await bot.passes.after("library")
        await bot.say.close(modal(bot, cora), cleared=True)
        await bot.say.press(answer, f"{ids.CANDIDATE_WRITE}:0")
        assert words.DECIDED in shown_to(slack, cora.id)[-1].visible_text
        assert "to decide on" not in (await typed(bot, "add", cora, team)).visible_text
