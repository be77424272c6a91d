"""What only a person can see: `pprnet settle`, and the messages that wait for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.outbox.delivery import Message as Planned
from bot.outbox.ledger import Ledger
from bot.playground.slack import Channel, LocalSlack
from tests.support.bot import running
from tests.support.features import month_of
from tests.support.month_posting import (
    MONTH,
    POST,
    Pprnet,
    in_doubt,
    mark_of,
    state,
    unknown_to_us,
    until_in_state,
)
from tests.support.requests import health


async def test_a_message_in_doubt_is_put_to_the_operator_and_slacks_own_event_settles_it(
    slack: LocalSlack, channel: Channel, tmp_path: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    async with running(slack, tmp_path) as bot:
        await slack.until(lambda: slack.calls_of("conversations.history"))
        await until_in_state(ledger, "manual")
        assert (await health(bot.url))[1]["deliveries_waiting_for_a_person"] == [delivery.id]
        assert f"`pprnet settle {delivery.id} --there LINK`" in caplog.text
        assert f"`pprnet settle {delivery.id} --missing`" in caplog.text
        assert slack.calls_of(POST) == []
        ours = slack.store(channel, text="the month", metadata=mark_of(delivery))
        foreign = slack.store(channel, text="the month", metadata=mark_of(delivery), user="U0OTHERBOT1")
        foreign.bot_id, foreign.app_id = "B0OTHER0001", "A0OTHER0001"
        elsewhere = slack.store(slack.add_channel("other"), text="the month", metadata=mark_of(delivery))
        for wrong in (foreign, elsewhere, unknown_to_us(slack, channel)):
            assert (await bot.say.metadata_posted(wrong)).ok
            assert await state(ledger, slack, channel) == ["manual"]
        assert (await bot.say.metadata_posted(ours)).ok
        assert (await bot.say.metadata_posted(ours)).ok
        assert await state(ledger, slack, channel) == ["sent"]
        assert (await health(bot.url))[1]["deliveries_waiting_for_a_person"] == []


async def test_with_the_history_scope_serve_finds_the_message_by_itself(
    slack: LocalSlack, channel: Channel, tmp_path: Path, ledger: Ledger
) -> None:
    slack.scopes.add("channels:history")
    delivery = await in_doubt(slack, channel, ledger)
    slack.store(channel, text="the month", metadata=mark_of(delivery))
    async with running(slack, tmp_path):
        await until_in_state(ledger, "sent")
    assert slack.calls_of(POST) == []


async def test_a_failed_message_is_listed_for_the_operator(
    slack: LocalSlack, channel: Channel, tmp_path: Path, ledger: Ledger
) -> None:
    await ledger.plan(month_of(MONTH, slack.team_id, channel.id), [Planned({"text": "the month"})])
    delivery = await ledger.claim()
    assert delivery
    await ledger.refused(delivery, "msg_too_long", permanent=True, wait=0.0)
    async with running(slack, tmp_path) as bot:
        assert (await health(bot.url))[1]["deliveries_failed"] == [delivery.id]


async def test_settle_there_by_link_ends_the_matter(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger, tmp_path: Path
) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    link = f"https://clinic.slack.com/archives/{channel.id}/p1700000000123456?thread_ts=1700000000.000001&cid=C1"
    ended = await pprnet("settle", delivery.id, "--there", link)
    assert (ended.status, ended.out) == (
        0,
        "Noted: the message was posted. `pprnet serve` or `pprnet post` will do the rest.",
    )
    row = (await ledger.series(month_of(MONTH, slack.team_id, channel.id)))[0]
    assert (row.state, row.ts) == ("sent", "1700000000.123456")
    again = await pprnet("settle", delivery.id, "--missing")
    assert (again.status, again.out) == (1, f"{delivery.id} is not waiting for a decision in {tmp_path}/pprnet.db.")
    posted = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert "is already in" in posted.out
    assert slack.calls_of(POST) == []


async def test_settle_missing_posts_it_once(slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    first = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert first.status == 1
    assert f"`pprnet settle {delivery.id} --missing`" in first.out
    ended = await pprnet("settle", delivery.id, "--missing")
    assert (ended.status, ended.out) == (
        0,
        "Noted: the message will be posted. `pprnet serve` or `pprnet post` will do the rest.",
    )
    posted = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert posted.status == 0
    assert [message.text for message in slack.posted(channel)] == ["the month"]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("yes", "give the message's link"),
        ("https://clinic.slack.com/archives/C0OTHER0001/p1700000000123456", "leads to channel C0OTHER0001, but"),
        ("1700000000", "give the message's link"),
    ],
)
async def test_a_wrong_link_changes_nothing(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger, link: str, sentence: str
) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    ended = await pprnet("settle", delivery.id, "--there", link)
    assert ended.status == 2
    assert sentence in ended.err
    assert await state(ledger, slack, channel) == ["uncertain"]


async def test_an_id_that_is_not_ours_is_told(pprnet: Pprnet, ledger: Ledger, tmp_path: Path) -> None:
    for answer in (("--missing",), ("--there", "1700000000.123456")):
        ended = await pprnet("settle", "no-such-id", *answer)
        assert (ended.status, ended.out) == (1, f"no-such-id is not waiting for a decision in {tmp_path}/pprnet.db.")
