"""Drafts and the watch in the database, on SQLite and PostgreSQL: one decision, one look, one alarm, whoever else tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.approval.blog_check import BlogCheck
from bot.approval.drafts import ApprovalSettings, CuratorMessages, DraftWorker
from bot.approval.kind import DRAFT
from bot.blocks.draft import draft_message, note_view, preview_after
from bot.blocks.validation import problems
from bot.blog.fetch import Fetched, FetchError
from bot.corpus.layout import render
from bot.corpus.write import CorpusFolder
from bot.outbox.delivery import Message, Series
from bot.outbox.timing import Timing
from bot.playground.slack import LocalSlack, User
from bot.server.features import Features
from bot.slack.client import SlackApi
from bot.store.database import Database
from bot.store.drafts import APPROVED, NEW, ON_HOLD, Draft, Drafts, author_of
from bot.store.sources import Sources
from tests.support.blog_pages import GARDENS, SILENCE, WINDOWS, text_page
from tests.support.databases import Databases, opened
from tests.support.features import features_over
from tests.support.small_corpus import small_corpus

PATIENCE = 60
"""Seconds that a busy machine gets."""
PAGE = text_page((("December 2023", (GARDENS, WINDOWS, SILENCE)),)).encode()


@pytest.fixture
async def replicas(databases: Databases) -> AsyncIterator[list[Database]]:
    """One database as three replicas have it open."""
    address = await databases.new()
    async with opened(address) as first, opened(address) as second, opened(address) as third:
        yield [first, second, third]


class Blog:
    """What the fetch gives: pages in turn, the last one for ever; an exception is raised."""

    def __init__(self, *answers: Fetched | FetchError) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str | None, str | None]] = []

    async def __call__(self, etag: str | None, last_modified: str | None) -> Fetched:
        self.asked.append((etag, last_modified))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(0.05)
        if isinstance(answer, FetchError):
            raise answer
        return answer


def watch(database: Database, blog: Blog, *, every: float = 86400.0, least: float = 3600.0) -> BlogCheck:
    """A replica's watch, without jitter."""
    return BlogCheck(
        Sources(database, "https://blog.example/"),
        Drafts(database),
        blog,
        every=every,
        least=least,
        this_month=lambda: "2024-01",
        chance=lambda low, _high: low,
    )


async def due(database: Database) -> None:
    """Let the time of the next look come."""
    async with database.begin() as connection:
        await connection.execute(text("UPDATE source SET next_at = 0"))


async def wait_of(database: Database) -> float:
    """Seconds from the last look to the next."""
    async with database.begin() as connection:
        return float((await connection.execute(text("SELECT next_at - checked_at FROM source"))).scalar_one())


async def test_of_many_who_decide_at_once_one_decides(replicas: list[Database]) -> None:
    await Drafts(replicas[0]).offer("2023-12", "issue: x", [])
    (draft,) = await Drafts(replicas[1]).all()
    presses = []
    for place in range(12):
        drafts = Drafts(replicas[place % 3])
        press = drafts.approve if place % 2 else drafts.hold
        presses.append(press("2023-12", f"U{place}", draft.version))
    results = await asyncio.gather(*presses)
    (winner,) = [place for place, (_, ours) in enumerate(results) if ours]
    found = await Drafts(replicas[2]).get("2023-12")
    assert found
    assert (found.state, found.decided_by) == (APPROVED if winner % 2 else ON_HOLD, f"U{winner}")


async def test_a_decision_is_about_what_was_seen(replicas: list[Database]) -> None:
    drafts = Drafts(replicas[0])
    await drafts.offer("2023-12", "one", [])
    (seen,) = await drafts.all()
    await drafts.offer("2023-12", "one and two", ["The blog announces 3 subjects but shows 2 summaries."])
    assert (await drafts.approve("2023-12", "U1", seen.version))[1] is False
    (now,) = await drafts.all()
    assert (now.state, now.reasons) == (ON_HOLD, ("The blog announces 3 subjects but shows 2 summaries.",))
    assert await drafts.offer("2023-12", "one and two", []) is False  # the same content again is no news
    await drafts.annotate("2023-12", "A word.", "U1")
    assert (await drafts.approve("2023-12", "U1", now.version))[1] is False
    (now,) = await drafts.all()
    assert (await drafts.approve("2023-12", "U2", now.version))[1] is True
    async with replicas[1].begin() as connection:
        assert await author_of(connection, "2023-12", "A word.") == "U1"
        assert await author_of(connection, "2023-12", "Another word, in the file.") is None
        assert await author_of(connection, "2023-12", None) is None
    assert await drafts.annotate("2023-12", "Too late.", "U1") is False
    assert await drafts.offer("2023-12", "another", []) is False
    assert (await drafts.get("2023-12")).content == "one and two"  # type: ignore[union-attr]
    assert await drafts.approve("2020-01", "U1", "x") == (None, False)


async def test_one_replica_looks_and_not_again_before_its_time(replicas: list[Database], tmp_path: Path) -> None:
    small_corpus(tmp_path)
    blog = Blog(
        Fetched(PAGE, "https://blog.example/", etag='"a"', last_modified="Mon"), Fetched(None, "https://blog.example/")
    )
    watches = [watch(database, blog) for database in replicas]

    def shelf() -> CorpusFolder:
        return CorpusFolder(tmp_path / "small")

    await asyncio.gather(*(each.poll(shelf) for each in watches for _ in range(4)))
    assert blog.asked == [(None, None)]
    (draft,) = await Drafts(replicas[0]).all()
    assert (draft.month, draft.state) == ("2023-12", NEW)
    assert await wait_of(replicas[0]) == pytest.approx(0.9 * 86400, abs=10)
    await due(replicas[0])
    (reader,) = [each for each in watches if each.checks]
    await reader.poll(shelf)
    assert blog.asked[1:] == [('"a"', "Mon")]
    assert (await watches[0].sources.status()).etag == '"a"'
    blog.answers = [Fetched(PAGE, "https://blog.example/", etag='"a"')]
    await due(replicas[0])
    await next(each for each in watches if each is not reader).poll(shelf)
    assert blog.asked[2:] == [(None, None)]  # it has not read the page itself


@pytest.mark.parametrize("etag", [None, '"a"'])
async def test_a_page_that_has_never_been_read_has_not_changed_is_no_success(
    replicas: list[Database], tmp_path: Path, etag: str | None
) -> None:
    small_corpus(tmp_path)
    if etag:  # an earlier version has read it, whatever it made of it
        first = watch(replicas[0], Blog(Fetched(PAGE, "https://blog.example/", etag=etag)))
        await first.poll(lambda: CorpusFolder(tmp_path / "small"))
        await due(replicas[0])
    before = await Sources(replicas[0], "https://blog.example/").status()
    blog = Blog(Fetched(None, "https://blog.example/"))
    told = []
    for _ in range(3):
        each = watch(replicas[1], blog)
        told.append(await each.poll(lambda: CorpusFolder(tmp_path / "small")))
        await due(replicas[1])
    assert blog.asked == [(None, None)] * 3
    status = await each.sources.status()
    assert (status.failures, status.succeeded_at) == (3, before.succeeded_at)
    assert "has not changed (304), though" in str(told[-1])


async def test_a_look_whose_process_died_is_due_again_but_not_within_the_hour(replicas: list[Database]) -> None:
    class Dead(Blog):
        async def __call__(self, etag: str | None, last_modified: str | None) -> Fetched:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await watch(replicas[0], Dead(FetchError("x"))).poll(lambda: CorpusFolder(Path("/none")))
    blog = Blog(FetchError("down"))
    await watch(replicas[1], blog).poll(lambda: CorpusFolder(Path("/none")))
    assert blog.asked == []
    assert await wait_of(replicas[1]) == pytest.approx(3600, abs=10)


async def test_trouble_backs_off_and_is_told_once_until_it_is_over(replicas: list[Database], tmp_path: Path) -> None:
    small_corpus(tmp_path)
    blog = Blog(FetchError("down"))
    told, waits = [], []
    for place in range(8):
        each = watch(replicas[place % 3], blog)
        told.append(await each.poll(lambda: CorpusFolder(tmp_path / "small")))
        waits.append(round(await wait_of(replicas[0]) / 3600))
        await due(replicas[0])
    assert told == [None, None, "down", None, None, None, None, None]
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]
    assert (await watch(replicas[0], blog).sources.status()).failures == 8
    blog.answers = [FetchError("busy", wait=100_000.0)]
    await watch(replicas[0], blog).poll(lambda: CorpusFolder(tmp_path / "small"))
    assert await wait_of(replicas[0]) >= 100_000
    blog.answers = [Fetched(PAGE, "https://blog.example/")]
    await due(replicas[0])
    await watch(replicas[1], blog).poll(lambda: CorpusFolder(tmp_path / "small"))
    status = await watch(replicas[2], blog).sources.status()
    assert (status.failures, status.trouble) == (0, None)
    blog.answers = [FetchError("down again")]
    for place in range(3):
        await due(replicas[0])
        told.append(await watch(replicas[place], blog).poll(lambda: CorpusFolder(tmp_path / "small")))
    assert told[-1] == "down again"


async def test_a_faulty_library_is_not_blamed_on_the_page(replicas: list[Database], tmp_path: Path) -> None:
    small_corpus(tmp_path)
    (tmp_path / "small" / "issues" / "2020-12.yaml").write_text("issue: [")
    blog = Blog(Fetched(PAGE, "https://blog.example/"))
    each = watch(replicas[0], blog)
    await each.poll(lambda: CorpusFolder(tmp_path / "small"))
    assert "the library's own files have faults" in str((await each.sources.status()).trouble)
    assert await Drafts(replicas[0]).all() == []


AT_ONCE = Timing(lease=0.0, settle=0.0, give_up_looking=0.0, look_again=0.0, retry_refused=0.0, pace=0.0)


def draft_worker(database: Database, features: Features, slack: LocalSlack, curator: User, root: Path) -> DraftWorker:
    """What shows drafts to one curator."""

    async def nothing() -> None:
        pass

    return DraftWorker(
        Drafts(database),
        features.ledger,
        SlackApi(slack.token, slack.url),
        ApprovalSettings(slack.team_id, (curator.id,), True, root),
        CuratorMessages(
            lambda draft: Message(draft_message(draft).payload(), None, draft.version),
            lambda draft: Message(preview_after(draft).payload()),
            lambda trouble: Message({"text": trouble}),
        ),
        nothing,
    )


@pytest.mark.parametrize(("days", "edits"), [(0, 1), (8, 0)])
async def test_a_new_version_does_not_edit_the_messages_of_what_was_decided_long_ago(
    replicas: list[Database], slack: LocalSlack, tmp_path: Path, days: int, edits: int
) -> None:
    curator, database = slack.add_user("ana"), replicas[0]
    features = features_over(database, slack, AT_ONCE)
    small_corpus(tmp_path)
    root = tmp_path / "small"
    await watch(database, Blog(Fetched(PAGE, "https://blog.example/"))).poll(lambda: CorpusFolder(root))
    await draft_worker(database, features, slack, curator, root).process_drafts()
    while await features.worker.work():
        pass
    (draft,) = await Drafts(database).all()
    assert (await Drafts(database).approve(draft.key, "U1", draft.version))[1]
    await draft_worker(database, features, slack, curator, root).process_drafts()
    assert len(slack.calls_of("chat.update")) == 1
    async with database.begin() as connection:
        await connection.execute(text('UPDATE delivery SET payload = \'{"text": "as it was laid out then"}\''))
        await connection.execute(text("UPDATE draft SET decided_at = decided_at - :ago"), {"ago": days * 86400.0})
    await draft_worker(database, features, slack, curator, root).process_drafts()
    assert len(slack.calls_of("chat.update")) == 1 + edits


@pytest.mark.parametrize("answers_lost", [1, 9])
async def test_a_draft_of_which_it_is_not_known_whether_a_curator_got_it_is_shown_again_three_times_at_most(
    replicas: list[Database], slack: LocalSlack, tmp_path: Path, answers_lost: int
) -> None:
    curator = slack.add_user("ana")
    features = features_over(replicas[0], slack, AT_ONCE)
    desk = draft_worker(replicas[0], features, slack, curator, tmp_path)
    slack.faults.drop_after("chat.postMessage", times=answers_lost)
    small_corpus(tmp_path)
    await watch(replicas[0], Blog(Fetched(PAGE, "https://blog.example/"))).poll(lambda: CorpusFolder(tmp_path / "small"))

    async def states() -> list[str]:
        await desk.process_drafts()
        while await features.worker.work():
            pass
        return [row.state for row in await features.ledger.series(Series(DRAFT, "2023-12", slack.team_id, curator.id))]

    expected = ["cancelled", "sent"] if answers_lost == 1 else ["cancelled"] * 3
    async with asyncio.timeout(PATIENCE):
        while await states() != expected:
            pass
    assert [await states() for _ in range(10)] == [expected] * 10  # every wait is over at once: nothing more comes of it
    shown = [message for message in slack.open_dm(curator).messages if message.bot_id]
    assert len(shown) == min(answers_lost + 1, 3)


# -- what a curator sees --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("text_", ["Gardens", "<!channel> & <@U1> *x* `y` " * 10, "é\u202e " * 100])
@pytest.mark.parametrize("state", [NEW, ON_HOLD, APPROVED])
def test_whatever_a_page_says_the_message_is_one_that_slack_takes_and_pings_nobody(
    count: int, text_: str, state: str
) -> None:
    study = {"authors": [text_[:80], "B"], "year": 2020, "citation": text_, "doi": None}
    one = {"id": "a", "title": text_[:300], "text": "original", "summary": "S", "implications": ["I"], "study": study}
    values = {"issue": "2023-12", "complete": False, "subjects": [text_[:300]] * 3, "summaries": [one] * count}
    draft = Draft("2023-12", state, render(values).decode(), (text_[:200],) * 3, text_[:300], None if state == NEW else "U2")
    more = Draft("2023a12", state, draft.content, (text_[:300],) * count, None, draft.decided_by)
    for each in (draft, Draft("2023-12", ON_HOLD, draft.content, draft.reasons), more):
        message = draft_message(each)
        assert problems(message.blocks) == []
        assert problems(note_view(each)["blocks"], surface="modal") == []
        markup = [message.text, *(block["text"]["text"] for block in message.blocks if block["type"] == "section")]
        for said in markup:
            assert "<!channel>" not in said
            assert "<@U1>" not in said
