"""Retractions and corrections of the library's papers: asked politely, marked only for sure, told once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.blog import fetch as fetching
from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.outbox.delivery import Message as Stored
from bot.papers.asking import ask
from bot.papers.check import AGAIN, ALARM_AFTER, EVERY, PaperCheck, PaperMessages
from bot.paths import default_root
from bot.playground.slack import LocalSlack, User
from bot.store.database import Database
from bot.store.papers import Papers
from bot.store.sources import Sources
from tests.support.bot import running
from tests.support.database_file import sql
from tests.support.databases import Databases, opened
from tests.support.features import ledger_of
from tests.support.month_posting import Pprnet
from tests.support.paper_source import PaperSource, paper_source, update
from tests.support.people import modal, study, typed
from tests.support.requests import health
from tests.support.small_corpus import small_corpus

DOI = "10.1037/pst0000503"
"""Of a paper in the newest month, which has another paper with a DOI; a month before has a third."""
OTHERS = ("10.1037/ccp0000853", "10.3389/fpsyg.2019.00347")
QUALITIES = "therapist-qualities-failure"
NOTICE = "10.1037/pst0000599"
MARK = f"*Retracted* (<https://doi.org/{NOTICE}|notice of 3 May 2024>)"
A_WEEK_AGO = "UPDATE paper SET tried_at = tried_at - 700000, checked_at = checked_at - 700000"


@pytest.fixture
async def source() -> AsyncIterator[PaperSource]:
    """The source."""
    async with paper_source() as found:
        yield found


def said(slack: LocalSlack, person: User) -> list[str]:
    """What the bot has written to somebody directly."""
    return [message.visible_text for message in slack.open_dm(person).messages if message.bot_id]


@pytest.mark.slow
async def test_a_retraction_reaches_cards_posts_curators_and_the_terminal_once_and_goes_when_it_is_withdrawn(
    slack: LocalSlack, tmp_path: Path, source: PaperSource, pprnet: Pprnet
) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    settings = {
        **small_corpus(tmp_path),
        "PPRNET_CHANNEL": team.id,
        "PPRNET_CURATORS": cora.id,
        "PPRNET_POST_HOUR": "0",
        "PPRNET_RETRACTIONS_URL": source.url,
        "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
        "PPRNET_CONTACT": "mailto:library@clinic.example",
    }
    month = Path(settings["PPRNET_KNOWLEDGE"]) / "issues/2023-11.yaml"
    month.unlink()

    async with running(slack, tmp_path, **settings) as bot:
        await bot.idle()
        shutil.copy(default_root() / "issues/2023-11.yaml", month)
        await bot.idle()
        await bot.idle()  # the new month's papers have been asked about as well
        posted = list(team.messages)
        assert len(posted) == 3
        assert sorted(source.dois) == sorted([DOI, *OTHERS])
        for _doi, headers in source.asked:
            assert headers["User-Agent"] == "pprnet-bot (+mailto:library@clinic.example)"
            assert headers["Accept"] == "application/json"
        assert said(slack, cora) == []
        found = (await health(bot.url))[1]
        assert found["paper_check"] == {
            "papers": 3,
            "checked": 3,
            "unknown_to_the_source": 0,
            "with_notices": 0,
            "failures_in_a_row": 0,
            "trouble": None,
        }
        assert found["outside"]["paper_notices"]["state"] == "ok"
    words = [message.visible_text for message in posted]

    source.updates[DOI] = [update("retraction", NOTICE, 2024, 5, 3)]
    for _ in range(2):  # a week later, and one more: told once
        await sql(tmp_path, A_WEEK_AGO)
        async with running(slack, tmp_path, **settings) as bot:
            await bot.idle()
            await bot.idle()
            card = await typed(bot, "therapist qualities that lead to treatment failure", ana, team)
            assert MARK in card.visible_text
            assert MARK in (await study(bot, ana, card)).visible_text
            await bot.say.close(modal(bot, ana))
            assert (await health(bot.url))[1]["paper_check"]["with_notices"] == 1
        assert len(team.messages) == 4
        assert "notices on the paper of “Therapist Qualities That Lead" in team.messages[-1].visible_text
        changed = [message.visible_text for message in posted]
        assert [MARK in each for each in changed].count(True) == 1
        assert "Retracted. " in changed[0]
        assert sum(before != after for before, after in zip(words, changed, strict=True)) == 2
        [told] = said(slack, cora)
        assert f"There is a notice on a paper in the library: {MARK}." in told
        assert "Therapist Qualities That Lead to Treatment Failure" in told
    assert said(slack, ana) == []

    shown = await pprnet("ask", "therapist", "qualities", "treatment", "failure", **settings)
    assert "Retracted (notice of 3 May 2024): https://doi.org/10.1037/pst0000599" in " ".join(shown.out.split())
    for words in (("preview", "2023-11"), ("check", "--card", "therapist-qualities-failure")):
        shown = await pprnet(*words, **settings)
        assert "Retracted" in shown.out
        assert "Retracted" not in (await pprnet(*words, **{**settings, "PPRNET_RETRACTIONS_URL": None})).out
    plain = await pprnet("ask", "therapist qualities", **{**settings, "PPRNET_RETRACTIONS_URL": None})
    assert "etracted" not in plain.out
    gone = await pprnet("ask", "therapist qualities", **{**settings, "PPRNET_DATABASE_URL": f"sqlite:///{tmp_path}/no.db"})
    assert "retractions and corrections of papers are not shown: there is no database" in gone.err
    assert not (tmp_path / "no.db").exists()

    source.updates.clear()
    await sql(tmp_path, A_WEEK_AGO)
    async with running(slack, tmp_path, **settings) as bot:
        await bot.idle()
        await bot.idle()
        card = await typed(bot, "therapist qualities that lead to treatment failure", ana, team)
        assert "etracted" not in card.visible_text
    assert len(said(slack, cora)) == 2
    assert "No longer listed for a paper in the library" in said(slack, cora)[1]


async def test_it_is_off_by_default(slack: LocalSlack, tmp_path: Path, source: PaperSource) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        await bot.idle()
        state = (await health(bot.url))[1]
    assert state["paper_check"] is None
    assert "paper_notices" not in state["outside"]
    assert "papers" not in state["jobs"]


# One replica, in the database


class Clock:
    """Moves what the database knows of the check into the past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def passes(self, seconds: float) -> None:
        """As if so many seconds had passed."""
        async with self._database.begin() as connection:
            await connection.execute(text(f"UPDATE source SET next_at = next_at - {seconds}"))
            await connection.execute(
                text(f"UPDATE paper SET tried_at = tried_at - {seconds}, checked_at = checked_at - {seconds}")
            )


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A library with three papers that have a DOI."""
    return load(Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"]))


def replica(database: Database, source: PaperSource, *, pause: float = 0.0) -> PaperCheck:
    """What one process does."""
    return PaperCheck(
        Papers(database),
        Sources(database, source.url),
        ledger_of(database),
        ("T1", ("U1", "U2")),
        lambda doi: ask(source.url, doi, allow_private=True),
        PaperMessages(
            lambda papers, came, went: Stored({"text": f"{len(papers)} {len(came)} came {len(went)} went"}),
            lambda trouble: Stored({"text": f"alarm: {trouble}"}),
        ),
        pause,
    )


async def planned(database: Database) -> list[str]:
    """What the curators are to get, sorted."""
    found = await ledger_of(database).in_state("planned")
    return sorted(f"{each.recipient}: {each.payload['text']}" for each in found)


async def until_quiet(check: PaperCheck, corpus: Corpus) -> int:
    """Poll as long as something is due; how often it was."""
    times = 0
    while await check.poll(corpus):
        times += 1
    return times


FAULTS: dict[str, tuple[str | int | bytes, str, str]] = {
    "hangs": ("hang", "application/json", "no whole answer within"),
    "is cut off": ("cut", "application/json", "the connection failed"),
    "asks to wait": (429, "application/json", "status 429"),
    "is down": (503, "application/json", "status 503"),
    "moves away": (301, "application/json", "more than 5 redirects"),
    "shows a page": (b"<html>Sign in</html>", "text/html", "the answer is text/html, not application/json"),
    "sends half": (b'{"status": "ok", "message"', "application/json", "the answer is not JSON"),
    "is endless": (b" " * 2_200_000, "application/json", "larger than 2 MiB"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_while_the_source_fails_marks_stay_as_they_are_and_it_is_asked_less_and_less_often(
    database: Database, corpus: Corpus, source: PaperSource, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.3)
    clock, check = Clock(database), replica(database, source)
    source.updates[DOI] = [update("retraction", NOTICE, 2024, 5, 3)]
    assert await until_quiet(check, corpus) == 3
    marks = await check.notices()
    assert [*marks] == [DOI]
    await clock.passes(EVERY + 60)

    source.fault, source.media, says = FAULTS[fault]
    source.asked.clear()
    assert await until_quiet(check, corpus) == 1, "one failure is enough for now"
    status = await check.status(corpus)
    assert says in status["trouble"]
    assert check.state.reason
    assert says in check.state.reason
    assert check.state.trouble is None, "nothing else waits for it"
    await clock.passes(3700)
    assert await until_quiet(check, corpus) == (0 if fault == "asks to wait" else 1)
    for _ in range(ALARM_AFTER):
        await clock.passes(AGAIN)
        await until_quiet(check, corpus)
    assert len(await planned(database)) == 4
    assert [each[:10] for each in await planned(database) if "alarm" in each] == ["U1: alarm:", "U2: alarm:"]
    assert await check.notices() == marks

    source.fault, source.media = None, "application/json"
    await clock.passes(EVERY + 60)
    assert await until_quiet(check, corpus) == 3
    assert (await check.status(corpus))["failures_in_a_row"] == 0
    assert check.state.state()["state"] == "ok"
    assert len(await planned(database)) == 4, "what was told is not told again"


async def test_a_doi_that_the_source_does_not_know_changes_nothing_and_is_counted(
    database: Database, corpus: Corpus, source: PaperSource
) -> None:
    clock, check = Clock(database), replica(database, source)
    source.updates[DOI] = [update("expression_of_concern", NOTICE, 2024)]
    await until_quiet(check, corpus)
    await clock.passes(EVERY + 60)
    source.fault = 404
    assert await until_quiet(check, corpus) == 3
    status = await check.status(corpus)
    assert (status["unknown_to_the_source"], status["with_notices"], status["trouble"]) == (3, 1, None)
    assert len(await planned(database)) == 2


async def test_replicas_beside_each_other_ask_once_a_week_about_each_paper_and_tell_it_once(
    databases: Databases, corpus: Corpus, source: PaperSource
) -> None:
    address = await databases.new()
    async with opened(address) as first, opened(address) as second, opened(address) as third:
        source.updates = {doi: [update("correction", f"{doi}.c", 2024, 5)] for doi in (DOI, *OTHERS)}
        replicas = [replica(database, source) for database in (first, second, third)]
        for _ in range(4):
            await asyncio.gather(*(until_quiet(each, corpus) for each in replicas))
        assert sorted(set(source.dois)) == sorted([DOI, *OTHERS])
        # A replica may ask about a paper that another has asked about at the same moment; told is it once.
        expected = sorted(f"{person}: 1 1 came 0 went" for person in ("U1", "U2") for _ in range(3))
        assert await planned(first) == expected
        count = len(source.asked)
        assert await until_quiet(replica(second, source), corpus) == 0
        await Clock(first).passes(EVERY - 3600)
        assert await until_quiet(replicas[2], corpus) == 0
        assert len(source.asked) == count


async def test_a_public_source_gets_one_request_at_a_time_with_a_pause_between(
    database: Database, corpus: Corpus, source: PaperSource
) -> None:
    clock, check = Clock(database), replica(database, source, pause=2.0)
    assert await until_quiet(check, corpus) == 1
    assert await until_quiet(replica(database, source, pause=2.0), corpus) == 0
    await clock.passes(2.1)
    assert await until_quiet(check, corpus) == 1


async def test_a_paper_in_doubt_does_not_keep_the_others_waiting(
    database: Database, corpus: Corpus, source: PaperSource
) -> None:
    clock, check = Clock(database), replica(database, source)
    source.fault = b"{}"
    assert await until_quiet(check, corpus) == 1
    doubtful = source.dois[0]
    source.fault = None
    await clock.passes(3700)
    assert await until_quiet(check, corpus) == 2
    assert doubtful not in source.dois[1:]
    await clock.passes(AGAIN)
    assert await until_quiet(check, corpus) == 1
    assert source.dois[-1] == doubtful
