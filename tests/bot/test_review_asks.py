"""Suggested and drafted asks: curators are notified once a day, and accept, change or refuse them in Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import update

from bot.approval import revising
from bot.approval.asks import AskWriter
from bot.approval.suggestions import AGAIN, notify_of_suggestions
from bot.asks.review import GONE_AFTER, AskReview, Waiting
from bot.asks.writing import Change
from bot.blocks import ids, notes
from bot.blocks import review_asks as words
from bot.corpus.load import load
from bot.corpus.model import Summary
from bot.outbox.delivery import Message
from bot.playground.slack import LocalSlack, User, View, payloads
from bot.publishing.notices import SUGGESTIONS
from bot.store.database import Database
from bot.store.drafts import Drafts
from bot.store.personal_data import PersonalData
from bot.store.revisions import Revisions
from bot.store.suggestions import Suggestion, Suggestions
from bot.store.tables import deliveries, suggestions
from tests.support.bot import Bot, running
from tests.support.databases import Databases, opened
from tests.support.features import ledger_of
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, rows, team_of, typed
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

WORDS = "zebulonius quarrel"
DRAFT = "quibblesome hour"
ACCEPTED = "zebulonius quarrels"
MONTH = "2022-09"


def library(folder: Path, *drafts: str) -> dict[str, str]:
    """The small library, with drafts of asks and a comment in the file of the rupture."""
    environ = small_corpus(folder)
    path = Path(environ["PPRNET_KNOWLEDGE"]) / "issues" / f"{MONTH}.yaml"
    text = path.read_text("utf-8")
    drafted = f"    draft_asks: [{', '.join(drafts)}]  # by hand\n" if drafts else ""
    lines = text.splitlines(keepends=True)
    at = next(place for place, line in enumerate(lines) if line.startswith(f"  - id: {RUPTURE}")) + 1
    path.write_text("# ours\n" + "".join([*lines[:at], drafted, *lines[at:]]), "utf-8")
    return environ


def file_of(bot: Bot) -> Path:
    return bot.settings.knowledge / "issues" / f"{MONTH}.yaml"


async def asks(bot: Bot) -> tuple[list[str], list[str]]:
    """The asks and drafts of the rupture, in its file, once what was decided is there."""
    await bot.passes.after("library")
    values = next(each for each in yaml.safe_load(file_of(bot).read_text("utf-8"))["summaries"] if each["id"] == RUPTURE)
    return values["asks"], values.get("draft_asks", [])


async def suggest(bot: Bot, user: User, text: str = WORDS) -> None:
    """Suggest words for the rupture, as a reader does."""
    await bot.say.press(await typed(bot, "nonsense quixotic", user), "Not what you were looking for?")
    fields = {"which_summary": {"suggest_summary": RUPTURE}, "which_words": {"suggest_words": text}}
    assert (await bot.say.submit(modal(bot, user), fields)).ok


def field(view: View) -> str:
    """The block of the words."""
    return next(block["block_id"] for block in view.blocks if block["type"] == "input")


async def submit(bot: Bot, user: User, text: str | None = None) -> dict[str, str]:
    """Accept what the form shows, perhaps with other words; the faults at its fields."""
    view = modal(bot, user)
    found = await bot.say.submit(view, {field(view): {ids.REVIEW_WORDS: text}} if text is not None else None)
    assert found.ok
    return dict(found.errors or {})


async def from_home(bot: Bot, user: User) -> View:
    """Open the form from Home."""
    assert (await bot.say.home_opened(user)).ok
    home = bot.slack.home(user)
    assert home
    await bot.say.press(home, "Go through them")
    return modal(bot, user)


@pytest.mark.slow
async def test_a_curator_goes_through_them_from_one_message_without_their_words(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    async with running(slack, tmp_path, **library(tmp_path, DRAFT), PPRNET_CURATORS=cora.id, PPRNET_POST_HOUR="0") as bot:
        await bot.idle()
        [message] = slack.open_dm(cora).messages  # of the draft in the file
        assert "1 suggestion is waiting for a curator" in message.visible_text
        await suggest(bot, ana)
        await bot.idle()
        assert slack.open_dm(cora).messages == [message]  # one a day
        assert WORDS not in str(message) + message.visible_text
        await bot.say.press(message, "Go through them", user=cora)
        view = modal(bot, cora)
        assert TITLE in view.visible_text
        assert "Suggested by a reader · 2 suggestions are waiting" in view.visible_text
        assert "For now, these words get no answer." in view.visible_text
        before = await asks(bot)
        assert await submit(bot, cora, ACCEPTED) == {}
        assert await asks(bot) == ([*before[0], ACCEPTED], [DRAFT])
        assert await rows(bot, suggestions) == []
        assert "Drafted for this summary · 1 suggestion is waiting" in modal(bot, cora).visible_text
        await bot.say.press(modal(bot, cora), "Decide later")
        assert words.NO_OTHER in modal(bot, cora).visible_text
        await bot.say.press(modal(bot, cora), "Reject")
        assert words.NONE_LEFT in modal(bot, cora).visible_text
        assert await asks(bot) == ([*before[0], ACCEPTED], [])
        await bot.passes.after("suggestions")
        [message] = slack.open_dm(cora).messages
        assert message.visible_text.startswith("These suggestions have all been decided, the last one by <@")
        assert f"the last one by <@{cora.id}>, <!date^" in message.visible_text
        assert labels(bot, message) == []
        text = file_of(bot).read_text("utf-8")
        assert text.startswith("# ours\n")
        await bot.passes.after("library")
        assert TITLE in (await typed(bot, ACCEPTED, ana)).visible_text
        assert (await bot.say.home_opened(cora)).ok
        assert "Go through them" not in labels(bot, slack.home(cora) or modal(bot, cora))


@pytest.mark.slow
async def test_from_home_and_only_for_curators(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora, cyd = people = [slack.add_user(name) for name in ("ana", "cora", "cyd")]
    team = slack.add_channel("team", people)
    curators = f"{cora.id},{cyd.id}"
    async with running(slack, tmp_path, **library(tmp_path, DRAFT), PPRNET_CURATORS=curators) as bot:
        await suggest(bot, ana)
        view = await from_home(bot, cora)
        assert (await bot.say.home_opened(ana)).ok
        seen = slack.home(ana)
        assert seen
        assert "Go through them" not in labels(bot, seen)
        before = await asks(bot)

        key = field(view).partition(":")[2]
        carrier = await typed(bot, "help", ana, team)
        for action in (ids.REVIEW_ASKS, ids.REVIEW_SKIP, ids.REVIEW_REFUSE):
            button = {"type": "button", "action_id": action, "block_id": "b", "value": key}
            assert (await post_interaction(bot, payloads.message_actions(slack, carrier, button, ana))).ok
            assert words.CURATORS_ONLY in shown_to(slack, ana.id)[-1].visible_text
        forged = payloads.view_submission(slack, view, ana)
        answer = await post_interaction(bot, forged)
        assert words.CURATORS_ONLY in str(answer.json)
        assert await asks(bot) == before
        assert len(await rows(bot, suggestions)) == 1

        other = await from_home(bot, cyd)
        assert field(other) == field(view)
        assert await submit(bot, cora, "ana, 34, and Maria Schmidt") == {field(view): notes.LEAVE_DETAILS_OUT}
        await bot.say.press(other, "Reject")
        assert DRAFT in str(modal(bot, cyd).blocks)
        assert await submit(bot, cora, WORDS) == {}  # someone else was faster
        assert words.DECIDED in modal(bot, cora).visible_text
        assert await asks(bot) == before
        assert await rows(bot, suggestions) == []

        # The same draft: accepted by one while the other still has it open.
        assert await submit(bot, cora) == {}
        assert await asks(bot) == ([*before[0], DRAFT], [])
        await bot.say.press(modal(bot, cyd), "Reject")
        assert words.NONE_LEFT in modal(bot, cyd).visible_text
        assert await asks(bot) == ([*before[0], DRAFT], [])


async def test_a_file_that_cannot_be_changed_keeps_the_words_in_the_form(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    environ = small_corpus(tmp_path)
    async with running(slack, tmp_path, **environ, PPRNET_CURATORS=cora.id, tick=3600) as bot:
        await suggest(bot, ana)
        content = file_of(bot).read_bytes()
        file_of(bot).write_text("summaries: [", "utf-8")  # while the last good library stays in use
        view = await from_home(bot, cora)
        errors = await submit(bot, cora, ACCEPTED)
        assert "I left the library as it is" in errors[field(view)]
        assert len(await rows(bot, suggestions)) == 1
        file_of(bot).write_bytes(content)
        assert await submit(bot, cora) == {}
        assert (await asks(bot))[0][-1] == ACCEPTED
        assert load(bot.settings.knowledge).get(RUPTURE)


async def test_the_library_that_comes_with_the_bot_is_left_alone(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    environ = small_corpus(tmp_path)
    monkeypatch.setattr(revising, "default_root", lambda: Path(environ["PPRNET_KNOWLEDGE"]))
    async with running(slack, tmp_path, **environ, PPRNET_CURATORS=cora.id) as bot:
        await suggest(bot, ana)
        view = await from_home(bot, cora)
        assert "came with PPRNet" in (await submit(bot, cora))[field(view)]
        await bot.say.press(modal(bot, cora), "Reject")  # which changes no file
        assert words.NONE_LEFT in modal(bot, cora).visible_text


async def test_an_accepted_ask_reaches_the_folder_of_every_replica(databases: Databases, tmp_path: Path) -> None:
    roots = [Path(library(tmp_path / name, DRAFT)["PPRNET_KNOWLEDGE"]) for name in ("one", "two")]
    corpus = load(roots[0])
    summary = corpus.get(RUPTURE)
    assert summary
    async with opened(await databases.new()) as database:
        replicas = [revising.Revising(root, Revisions(database), Drafts(database)) for root in roots]
        reviews = [
            AskReview(Suggestions(database), "T1", AskWriter(each), lambda: corpus)
            for each, root in zip(replicas, roots, strict=True)
        ]
        await Suggestions(database).add(Suggestion("T1", RUPTURE, WORDS))
        [suggested, drafted] = await reviews[0].waiting()
        await asyncio.gather(reviews[0].accept(suggested, ACCEPTED, "U1"), reviews[1].refuse(drafted, "U2"))
        for each in replicas:
            assert (await each.apply())[0]
    for root in roots:
        found = load(root).get(RUPTURE)
        assert found
        assert (found.asks, found.draft_asks) == ((*summary.asks, ACCEPTED), ())
        assert (root / "issues" / f"{MONTH}.yaml").read_text("utf-8").startswith("# ours\n")


@pytest.mark.slow
async def test_what_was_decided_does_not_wait_again_while_the_library_follows_one_decision_after_the_other(
    database: Database, tmp_path: Path
) -> None:
    root = Path(library(tmp_path, "one", "two", "three")["PPRNET_KNOWLEDGE"])
    corpus = load(root)
    each = revising.Revising(root, Revisions(database), Drafts(database))
    review = AskReview(Suggestions(database), "T1", AskWriter(each), lambda: corpus)

    def waiting_words(found: Sequence[Waiting]) -> list[str]:
        return [item.words for item in found]

    one, two, three = await review.waiting()
    await review.refuse(one, "U1")
    assert (await each.apply())[0]
    after_one = load(root)
    await review.accept(two, "two", "U1")
    corpus = after_one  # which the library's job reads only now
    assert waiting_words(await review.waiting()) == ["three"]
    assert (await each.apply())[0]
    corpus = load(root)
    assert waiting_words(await review.waiting()) == ["three"]
    await review.refuse(three, "U1")
    assert (await each.apply())[0]
    corpus = load(root)
    assert await review.waiting() == ()
    await Suggestions(database).add(Suggestion("T1", RUPTURE, "three"))
    assert waiting_words(await review.waiting()) == ["three"]  # a reader says it after all


@pytest.fixture
async def replicas(databases: Databases) -> list[str]:
    """The address of one database."""
    return [await databases.new()]


async def test_one_message_a_day_however_many_replicas_notice(replicas: list[str]) -> None:
    [address] = replicas
    day, message = date(2026, 11, 27), Message({"text": "2 suggestions are waiting", "blocks": []})

    async def notify(database: Database, today: date, newest: float | None) -> bool:
        return await notify_of_suggestions(ledger_of(database), "T1", ("U1", "U2"), message, today, newest)

    async with opened(address) as one, opened(address) as two:
        done = await asyncio.gather(*(notify(database, day, 1.0) for database in (one, two) * 3))
        assert sum(done) == 1
        async with one.begin() as connection:
            found = (await connection.execute(deliveries.select())).all()
        assert sorted((each.recipient, each.key, each.state) for each in found) == [
            ("U1", SUGGESTIONS, "planned"),
            ("U2", SUGGESTIONS, "planned"),
        ]
        later = date(2026, 11, 28)
        assert not await notify(one, later, 1.0)  # nothing new
        assert not await notify(one, day, 9e9)  # one today already
        assert await notify(two, later, 9e9)
        assert not await notify(one, later, 9e9)
        async with one.begin() as connection:
            await connection.execute(deliveries.update().values(created_at=deliveries.c.created_at - AGAIN))
        assert await notify(one, date(2026, 12, 6), None)  # still waiting a week later


async def test_nobody_is_notified_where_nothing_waits(slack: LocalSlack, tmp_path: Path) -> None:
    cora = slack.add_user("cora")
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id, PPRNET_POST_HOUR="0") as bot:
        await bot.idle()
        assert slack.open_dm(cora).messages == []
        _, [ana] = team_of(bot, "ana")
        await suggest(bot, ana)
        await bot.idle()
        [message] = slack.open_dm(cora).messages
        assert "1 suggestion is waiting" in message.visible_text


async def test_each_curators_message_says_who_decided_last_where_someone_did_since_it_was_sent(
    slack: LocalSlack, databases: Databases, tmp_path: Path
) -> None:
    cora, cyd = people = [slack.add_user(name) for name in ("cora", "cyd")]
    slack.add_channel("team", people)
    environ = library(tmp_path, DRAFT) | {"PPRNET_DATABASE_URL": await databases.new()}
    async with running(slack, tmp_path, **environ, PPRNET_CURATORS=f"{cora.id},{cyd.id}", PPRNET_POST_HOUR="0") as bot:
        await bot.idle()
        await from_home(bot, cyd)
        await bot.say.press(modal(bot, cyd), "Reject")
        await bot.passes.after("suggestions")
        for message in (slack.open_dm(person).messages[0] for person in people):
            assert f"the last one by <@{cyd.id}>, <!date^" in message.visible_text
        async with database_of(bot) as database:
            assert (await PersonalData(database).erase(None, cyd.id)).decisions == 1
            last = await Suggestions(database).last_decision(slack.team_id)
            assert last
            assert last.by is None
    assert "the last one by a colleague, " in words.decided_message(last).text
    assert "last" not in words.decided_message(None).text


async def test_suggestions_of_summaries_that_are_gone_are_cleared_after_a_day(database: Database, tmp_path: Path) -> None:
    corpus = load(Path(library(tmp_path)["PPRNET_KNOWLEDGE"]))
    store = Suggestions(database)
    review = AskReview(store, "T1", _never, lambda: corpus)
    for team, summary_id in (("T1", RUPTURE), ("T1", "long-gone"), ("T2", "of-another-team")):
        await store.add(Suggestion(team, summary_id, WORDS))
    await review.clear_gone()
    assert len(await store.all()) == 3  # it may be new, and in another replica's folder only
    async with database.begin() as connection:
        await connection.execute(update(suggestions).values(suggested_at=suggestions.c.suggested_at - GONE_AFTER - 60))
    await review.clear_gone()
    assert {each.summary_id for each in await store.all()} == {RUPTURE, "of-another-team"}


async def _never(_summary: Summary, _change: Change, _by: str) -> None:
    raise AssertionError
