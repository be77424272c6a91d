"""What was posted follows the library: texts are corrected in place, further cards join; nothing is posted twice."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, replace
from datetime import date

import pytest
from sqlalchemy import text

from bot.corpus.model import Corpus, Issue, Summary
from bot.outbox.delivery import Message
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.playground.slack import Channel, LocalSlack
from bot.publishing.content import of_titles
from bot.server.features import Features
from bot.server.messages import render
from bot.store.database import Database
from tests.crash.posting_worker import shipped
from tests.support.features import features_over, ledger_of, month_of
from tests.support.idle import PATIENCE
from tests.support.publishing import plan_new, shift_times

UPDATE, POST = "chat.update", "chat.postMessage"
MONTH = "2023-11"
"""A month with two summaries."""
TODAY = date(2023, 12, 3)
NOW = Timing(lease=0.0, settle=0.0, give_up_looking=0.0, look_again=0.0, retry_refused=0.0, retry_blocked=0.0, pace=0.0)
FIRST, SECOND = next(issue for issue in shipped().issues if issue.month == MONTH).summaries


def holding(*summaries: Summary) -> Corpus:
    """A library whose only month holds these summaries."""
    issue = Issue(MONTH, complete=False, subjects=(), summaries=summaries)
    return replace(shipped(), issues=(issue,), fingerprint=str(hash(summaries)))


CHANGED = replace(FIRST, implications=(*FIRST.implications, "What it says now."))
"""Another card; the month's message is the same."""
NOTED = f"Corrected on 3 Dec: practice implications of “{FIRST.title}”. The card above has the new text."
RENAMED = replace(SECOND, id="another-id")


@dataclass
class Desk:
    """A channel in which a month stands, and publishers beside each other."""

    slack: LocalSlack
    channel: Channel
    database: Database
    team: str

    @property
    def ledger(self) -> Ledger:
        """Return the ledger that the replicas share."""
        return ledger_of(self.database, NOW)

    def replica(self) -> Features:
        """One more process, as far as it matters here."""
        return features_over(self.database, self.slack, NOW)

    async def post(self, corpus: Corpus) -> None:
        """Post the month as a library holds it."""
        replica = self.replica()
        await replica.publisher.subscriptions.ensure(self.team, self.channel.id, "2023-01")
        assert await plan_new(replica.publisher, corpus, self.team, self.channel.id) == [MONTH]
        await self.work(replica)

    async def look(self, corpus: Corpus, *, replica: Features | None = None, may_add: bool = True) -> None:
        """A look of the clock with this library, and all that follows from it."""
        replica = replica or self.replica()
        await plan_new(replica.publisher, corpus, self.team, self.channel.id)
        await replica.publisher.corrections.sync(corpus, self.team, TODAY, may_add=may_add)
        await self.work(replica)
        await replica.publisher.corrections.sync(corpus, self.team, TODAY, may_add=may_add)

    async def work(self, replica: Features) -> None:
        """Work until nothing is due."""
        while await replica.worker.work():
            pass

    def shown(self) -> list[str]:
        """What the channel shows, oldest first."""
        return [message.visible_text for message in self.slack.posted(self.channel)]

    def as_posted(self, corpus: Corpus) -> list[str]:
        """The texts that the month would be posted with."""
        return [str(message.payload["text"]) for message in render(corpus.issues[0])]

    def texts(self) -> list[str]:
        """The texts of the month's messages."""
        return [message.text for message in self.slack.posted(self.channel) if not is_note(message.text)]

    def notes(self) -> list[str]:
        """The replies about corrections."""
        return [message.text for message in self.slack.posted(self.channel) if is_note(message.text)]

    def posts(self) -> int:
        """How often something else than a reply about a correction was posted."""
        return sum(not is_note(str(call.args["text"])) for call in self.slack.calls_of(POST))


def is_note(text: str) -> bool:
    """Whether a message is a reply about a correction."""
    return text.startswith("Corrected on ")


@pytest.fixture
async def desk(slack: LocalSlack, database: Database) -> Desk:
    """The channel, for whom every wait but the hour is over at once."""
    return Desk(slack, slack.add_channel("team"), database, slack.team_id)


async def test_a_changed_text_is_edited_in_place_once_and_nothing_is_posted_again(desk: Desk) -> None:
    await desk.post(holding(FIRST, SECOND))
    marks = [message.metadata for message in desk.slack.posted(desk.channel)]
    for _ in range(3):
        await desk.look(holding(CHANGED, SECOND))
    assert desk.texts() == desk.as_posted(holding(CHANGED, SECOND))
    assert desk.posts() == 3
    assert len(desk.slack.calls_of(UPDATE)) == 1
    parent, *replies = desk.slack.posted(desk.channel)
    assert [message.metadata for message in (parent, *replies[:2])] == marks
    assert desk.notes() == [NOTED]
    assert replies[-1].thread_ts == parent.ts


async def test_a_correction_is_noted_only_where_readers_see_it_and_the_channel_is_subscribed(desk: Desk) -> None:
    await desk.post(holding(FIRST, SECOND))
    await desk.look(holding(replace(FIRST, topics=("cbt",), asks=("a question",)), replace(SECOND, note="Figures differ.")))
    assert desk.notes() == []
    both = replace(SECOND, bottom_line="Another finding.", caution="Groups were selected.", title="Its new title")
    await desk.look(holding(CHANGED, both))
    also = f"Corrected on 3 Dec: title, bottom line and caution of “{both.title}”. The card above has the new text."
    assert desk.notes() == [NOTED, also]
    await desk.look(holding(replace(CHANGED, implications=("Another.",)), both))
    assert desk.notes() == [NOTED, also], "the same was said today"
    assert await desk.replica().publisher.subscriptions.stop(desk.team, desk.channel.id, None)
    last = holding(replace(CHANGED, implications=("A third.",)), replace(both, caution=None))
    await desk.look(last)
    assert desk.texts()[1:] == desk.as_posted(last)[1:]
    assert desk.notes() == [NOTED, also]


async def test_a_new_version_of_the_bot_does_not_edit_old_posts(desk: Desk, database: Database) -> None:
    corpus = holding(FIRST, SECOND)
    await desk.post(corpus)
    async with database.begin() as connection:  # as if it had been laid out in another way
        await connection.execute(text("UPDATE delivery SET payload = '{\"text\": \"old\"}', payload_sha256 = 'old'"))
    await desk.look(corpus)
    assert desk.slack.calls_of(UPDATE) == []


async def test_the_months_message_follows_what_it_says_of_each_summary(desk: Desk) -> None:
    await desk.post(holding(FIRST, SECOND))
    now = holding(replace(FIRST, bottom_line="What was found now."), SECOND)
    await desk.look(now)
    assert desk.texts() == desk.as_posted(now)
    assert "What was found now." in desk.shown()[0]
    assert len(desk.slack.calls_of(UPDATE)) == 2, "the month's message, and the card"


async def test_a_months_message_that_an_earlier_version_posted_is_edited_only_when_its_own_content_changes(
    desk: Desk, database: Database
) -> None:
    corpus = holding(FIRST, SECOND)
    await desk.post(corpus)
    as_it_was = {"old": '{"text": "Only titles"}', "titles": of_titles(corpus.issues[0])}
    query = "UPDATE delivery SET payload = :old, payload_sha256 = 'old', source_sha256 = :titles WHERE part = 0"
    async with database.begin() as connection:
        await connection.execute(text(query), as_it_was)
    await desk.look(corpus)
    assert desk.slack.calls_of(UPDATE) == []
    await desk.look(holding(replace(FIRST, bottom_line="Its message does not say this."), SECOND))
    assert len(desk.slack.calls_of(UPDATE)) == 1, "the card"
    now = holding(replace(FIRST, title="Its message says this"), SECOND)
    await desk.look(now)
    assert desk.texts() == desk.as_posted(now)


async def test_an_edit_that_slack_rate_limits_waits_in_its_row_and_holds_up_nothing(
    desk: Desk, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.post(holding(FIRST, SECOND))
    desk.slack.faults.rate_limited(UPDATE, 3000)
    async with asyncio.timeout(PATIENCE):
        await desk.look(holding(CHANGED, SECOND))
        await desk.look(holding(CHANGED, SECOND))
    assert len(desk.slack.calls_of(UPDATE)) == 1, "the wait is Slack's to say"
    assert "is not corrected yet (ratelimited)" in caplog.text
    await shift_times(database, -3001.0)
    await desk.look(holding(CHANGED, SECOND))
    assert desk.texts() == desk.as_posted(holding(CHANGED, SECOND))


async def test_a_change_that_no_reader_sees_edits_nothing(desk: Desk) -> None:
    await desk.post(holding(FIRST, SECOND))
    await desk.look(holding(replace(FIRST, asks=("another question",)), replace(SECOND, topics=("cbt",))))
    assert desk.slack.calls_of(UPDATE) == []


async def test_a_post_of_the_first_version_is_taken_as_it_stands_and_corrected_from_then_on(
    desk: Desk, database: Database
) -> None:
    await desk.post(holding(FIRST, SECOND))
    async with database.begin() as connection:
        await connection.execute(text("UPDATE delivery SET source_sha256 = NULL"))
    await desk.look(holding(CHANGED, SECOND))
    assert desk.slack.calls_of(UPDATE) == []
    await desk.look(holding(FIRST, SECOND))
    assert len(desk.slack.calls_of(UPDATE)) <= 1
    assert desk.posts() == 3


async def test_replicas_with_different_libraries_do_not_edit_back_and_forth(desk: Desk, database: Database) -> None:
    before, after = holding(FIRST, SECOND), holding(CHANGED, SECOND)
    await desk.post(before)
    for _ in range(3):
        await desk.look(after)
        await desk.look(before)
    assert len(desk.slack.calls_of(UPDATE)) == 1
    assert desk.texts() == desk.as_posted(after)
    async with database.begin() as connection:
        await connection.execute(text("UPDATE edition SET applied_at = applied_at - 3601"))
    await desk.look(before)
    assert desk.texts() == desk.as_posted(before), "after an hour it is meant"
    assert desk.notes() == [NOTED], "that it goes back is not said again and again"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "http"])
async def test_an_edit_whose_answer_is_lost_is_made_again(desk: Desk, fault: str) -> None:
    await desk.post(holding(FIRST, SECOND))
    getattr(desk.slack.faults, fault)(UPDATE, times=9)
    replica = desk.replica()
    await desk.look(holding(CHANGED, SECOND), replica=replica)
    desk.slack.faults.clear()
    await desk.look(holding(CHANGED, SECOND), replica=replica)
    assert desk.texts() == desk.as_posted(holding(CHANGED, SECOND))
    assert desk.notes() == [NOTED]
    assert desk.posts() == 3


@pytest.mark.parametrize("killed", [False, True])
async def test_an_edit_that_may_have_been_made_is_undone_when_the_library_goes_back(desk: Desk, killed: bool) -> None:
    before, after = holding(FIRST, SECOND), holding(CHANGED, SECOND)
    await desk.post(before)

    def step(name: str) -> None:
        if killed and name == "after edit":
            raise KilledError

    if not killed:
        desk.slack.faults.drop_after(UPDATE, times=9)
    replica = features_over(desk.database, desk.slack, NOW, step)
    with contextlib.suppress(KilledError):
        await desk.look(after, replica=replica)
    assert desk.texts() == desk.as_posted(after)
    desk.slack.faults.clear()
    await desk.look(before)
    await desk.look(before)
    assert desk.texts() == desk.as_posted(before), "nobody knew that the other text stood there"
    assert desk.notes() == []
    assert desk.posts() == 3


class KilledError(Exception):
    """Stands for a process that ends there."""


async def test_a_summary_that_joins_a_month_gets_its_card_in_the_thread_and_its_line_in_the_parent(desk: Desk) -> None:
    await desk.post(holding(FIRST))
    assert len(desk.texts()) == 2
    await desk.look(holding(FIRST, SECOND), may_add=False)
    assert len(desk.texts()) == 2, "not at night"
    for _ in range(3):
        await desk.look(holding(FIRST, SECOND))
    parent, *cards = desk.slack.posted(desk.channel)
    assert desk.texts() == desk.as_posted(holding(FIRST, SECOND))
    assert [card.thread_ts for card in cards] == [parent.ts] * 2
    assert desk.posts() == 3


async def test_a_renamed_summary_is_not_posted_again_and_it_is_said_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.post(holding(FIRST, SECOND))
    before = desk.texts()
    replica = desk.replica()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await desk.look(holding(CHANGED, RENAMED), replica=replica)
    assert caplog.text.count("summaries were renamed or replaced: left as posted") == 1
    assert desk.posts() == 3
    assert desk.texts()[::2] == before[::2], "the parent and the card of the renamed one"
    assert desk.texts()[1] == desk.as_posted(holding(CHANGED, SECOND))[1]


async def test_a_summary_that_vanishes_changes_nothing(desk: Desk) -> None:
    await desk.post(holding(FIRST, SECOND))
    before = desk.texts()
    await desk.look(holding(FIRST))
    await desk.look(replace(holding(FIRST), issues=(), fingerprint="empty"))
    assert desk.texts() == before
    assert desk.slack.calls_of(UPDATE) == []


@pytest.mark.parametrize("loss", ["uninvited", "archived", "deleted"])
async def test_what_can_no_longer_be_edited_is_left_and_said_once(
    desk: Desk, caplog: pytest.LogCaptureFixture, loss: str
) -> None:
    await desk.post(holding(FIRST, SECOND))
    card = desk.slack.posted(desk.channel)[1]
    if loss == "uninvited":
        desk.channel.members.clear()
        desk.channel.private = True
    elif loss == "archived":
        desk.channel.archived = True
    else:
        desk.slack.remove(card)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await desk.look(holding(CHANGED, SECOND))
    assert caplog.text.count("is left as posted: Slack says") == 1
    assert len(desk.slack.calls_of(UPDATE)) == 1
    assert desk.posts() == 3


async def test_a_channel_that_unsubscribed_gets_no_further_card(desk: Desk) -> None:
    await desk.post(holding(FIRST))
    assert await desk.replica().publisher.subscriptions.stop(desk.team, desk.channel.id, None)
    await desk.look(holding(FIRST, SECOND))
    assert desk.posts() == 2


async def test_an_edit_that_somebody_else_makes_is_left_to_them(desk: Desk, database: Database) -> None:
    await desk.post(holding(FIRST, SECOND))
    async with database.begin() as connection:
        await connection.execute(text(f"UPDATE delivery SET lease_until = {time.time() + 600}"))
    replica = desk.replica()
    await desk.look(holding(CHANGED, SECOND), replica=replica)
    assert desk.slack.calls_of(UPDATE) == []
    assert not replica.publisher.corrections.is_settled
    async with database.begin() as connection:
        await connection.execute(text("UPDATE delivery SET lease_until = 0"))
    await desk.look(holding(CHANGED, SECOND), replica=replica)
    assert len(desk.slack.calls_of(UPDATE)) == 1
    assert await desk.ledger.plan(month_of(MONTH, desk.team, desk.channel.id), [Message({"text": "again"})]) is False
