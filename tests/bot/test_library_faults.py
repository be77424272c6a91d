"""Faults in the library's files reach the curators: once for each change of the faults, and once when they are mended."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.blocks.library import faults_message
from bot.blocks.validation import problems
from bot.corpus.faults import Fault
from bot.outbox.delivery import Message
from bot.outbox.timing import Timing
from bot.playground.slack import LocalSlack, User
from bot.publishing.library_faults import LibraryFaults
from bot.store.database import Database
from tests.support.bot import running
from tests.support.databases import Databases, opened
from tests.support.features import features_over
from tests.support.idle import PATIENCE
from tests.support.small_corpus import small_corpus

MONTH = """issue: "2024-03"
complete: false
summaries:
  - id: zebrafish-companions
    title: Zebrafish Companions in the Waiting Room
    text: digest
    summary: A study of zebrafish companions in waiting rooms.
    implications: [Consider a zebrafish for the waiting room.]
"""
COPIED = MONTH.replace("text: digest", "text: copied")


def said(slack: LocalSlack, person: User) -> list[str]:
    """What the bot has written to somebody directly."""
    return [message.visible_text for message in slack.open_dm(person).messages if message.bot_id]


@pytest.mark.slow
async def test_curators_get_file_line_and_advice_once_and_hear_when_it_is_mended(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora, cem = (slack.add_user(name) for name in ("ana", "cora", "cem"))
    settings = {**small_corpus(tmp_path), "PPRNET_CURATORS": f"{cora.id},{cem.id}"}
    file = Path(settings["PPRNET_KNOWLEDGE"]) / "issues/2024-03.yaml"

    async with running(slack, tmp_path, **settings) as bot:
        file.write_text(COPIED, "utf-8")
        await bot.idle()
        for curator in (cora, cem):
            [message] = said(slack, curator)
            assert message.startswith("*The library's files have 1 fault.* I keep answering from the last version")
            assert (
                'issues/2024-03.yaml, line 6: zebrafish-companions: text: "copied" is not one of: digest, original'
                in message
            )
        file.write_text("# A comment moves every line.\n" + COPIED, "utf-8")
        await bot.idle()
        assert len(said(slack, cora)) == 1
        file.write_text(COPIED.replace("issue:", "isue:"), "utf-8")
        await bot.idle()
        assert len(said(slack, cora)) == 2
        assert "have 3 faults" in said(slack, cora)[1]
    file.unlink()  # the bot does not start on it
    async with running(slack, tmp_path, **settings) as bot:
        await bot.idle()
        mended = "The library's files have no more faults, so I am using them as they are now."
        assert [each[2:] for each in (said(slack, cora), said(slack, cem))] == [[mended], [mended]]
        file.write_text(MONTH, "utf-8")
        await bot.idle()
        assert bot.knowledge.corpus.get("zebrafish-companions")
    assert len(said(slack, cora)) == 3
    assert said(slack, ana) == []


def notices(database: Database, slack: LocalSlack, root: Path, *curators: User) -> LibraryFaults:
    """What one replica does about faults in its folder."""
    ledger = features_over(database, slack, Timing(pace=0.0)).ledger
    people = [curator.id for curator in curators]
    return LibraryFaults(ledger, slack.team_id, people, lambda faults: Message(faults_message(faults).payload()), root)


async def seen(replica: LibraryFaults, *faults: Fault) -> None:
    """A replica finds these faults pass after pass."""
    async with asyncio.timeout(PATIENCE):
        while await replica.sync(faults):
            pass


async def test_three_replicas_at_once_and_a_restart_tell_it_once(
    databases: Databases, slack: LocalSlack, tmp_path: Path
) -> None:
    cora, cem = slack.add_user("cora"), slack.add_user("cem")
    address = await databases.new()
    one, other = (Fault("issues/2024-03.yaml", 6, "", problem) for problem in ("is odd", "is even"))
    async with opened(address) as first, opened(address) as second, opened(address) as third:
        features = features_over(first, slack, Timing(pace=0.0))

        async def sent() -> list[list[str]]:
            while await features.worker.work():
                pass
            return [said(slack, cora), said(slack, cem)]

        replicas = [notices(database, slack, tmp_path, cora, cem) for database in (first, second, third)]
        await asyncio.gather(*(seen(replica, one) for replica in replicas))
        assert [len(each) for each in await sent()] == [1, 1]
        restarted = notices(second, slack, tmp_path, cora, cem)
        await seen(restarted, one)
        assert [len(each) for each in await sent()] == [1, 1]
        await asyncio.gather(*(seen(replica) for replica in replicas))
        assert [each[1:] for each in await sent()] == [[faults_message(()).text]] * 2

        # What nobody has read yet is not said once it is different: nothing, where all is as it was.
        await seen(replicas[0], one)
        await seen(replicas[0], other)
        await seen(replicas[0])
        assert [len(each) for each in await sent()] == [2, 2]
        await seen(replicas[0], one)
        await seen(replicas[1], one)
        assert [len(each) for each in await sent()] == [3, 3]


async def test_only_where_the_fault_was_it_is_said_to_be_fixed(
    database: Database, slack: LocalSlack, tmp_path: Path
) -> None:
    cora = slack.add_user("cora")
    faulty, clean = tmp_path / "faulty", tmp_path / "clean"
    worker = features_over(database, slack, Timing(pace=0.0)).worker
    for root in (faulty, clean):
        root.mkdir()

    async def told() -> int:
        while await worker.work():
            pass
        return len(said(slack, cora))

    await seen(notices(database, slack, faulty, cora), Fault("issues/2024-03.yaml", 6, "", "is odd"))
    assert await told() == 1
    await seen(notices(database, slack, clean, cora))  # another folder, whose replica has just started
    assert await told() == 1
    await seen(notices(database, slack, faulty, cora))  # mended while it was stopped
    await seen(notices(database, slack, faulty, cora))
    assert await told() == 2
    assert said(slack, cora)[1] == faults_message(()).text


async def test_a_fault_seen_once_is_of_a_file_that_is_being_written(
    database: Database, slack: LocalSlack, tmp_path: Path
) -> None:
    cora = slack.add_user("cora")
    replica = notices(database, slack, tmp_path, cora)
    await seen(replica)
    assert await replica.sync((Fault("issues/2024-03.yaml", 6, "", "is cut off"),))
    await seen(replica)
    assert not await features_over(database, slack, Timing(pace=0.0)).worker.work()


@pytest.mark.parametrize("count", [1, 10, 11, 3000])
def test_any_number_of_faults_of_any_length_fit_into_the_message(count: int) -> None:
    faults = [Fault("issues/2024-03.yaml", n, "a" * 300, "<!channel> & *b* " * 100) for n in range(count)]
    message = faults_message(faults)
    assert problems(message.blocks) == []
    assert len(message.text) <= 4000
    assert "<!channel>" not in message.text
    assert ("more: pprnet check lists them all" in message.text) == (count > 10)
