"""A month of the team's own: it waits for a curator's *Post*, is posted once, and is none of the blog's months."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.approval.own_summaries import OwnWorker
from bot.blocks import ids
from bot.blocks import own_summaries as own
from bot.blog.fetch import Fetched
from bot.corpus.load import OWN, load
from bot.corpus.write import CorpusFolder
from bot.playground.slack import LocalSlack, Message, User
from bot.publishing.subscriptions import Subscription
from bot.store.drafts import ON_HOLD, Drafts, own_key
from bot.store.own_summaries import OwnSummaries
from bot.store.tables import deliveries
from tests.bot.test_drafts import PAGE, Blog, watch
from tests.bot.test_edit import send
from tests.bot.test_own_summaries import ENTRY, TITLE, filled, form
from tests.bot.test_watch_previews import parts
from tests.support.bot import running
from tests.support.databases import Databases, opened
from tests.support.features import features_over
from tests.support.idle import eventually
from tests.support.people import modal, rows, typed
from tests.support.small_corpus import small_corpus

YES = {own.block_of(own.POST): {own.POST: "yes"}}


def sent_to(slack: LocalSlack, person: User) -> list[Message]:
    """The bot's direct messages to someone."""
    return [message for message in slack.open_dm(person).messages if message.bot_id]


@pytest.mark.slow
async def test_it_is_posted_once_a_curator_says_so_beside_the_blogs_months(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = people = [slack.add_user(name) for name in ("ana", "cora")]
    team, later = slack.add_channel("team", people), slack.add_channel("later", people)
    settings = {"PPRNET_CURATORS": cora.id, "PPRNET_CHANNEL": team.id, "PPRNET_POST_HOUR": "0", "PPRNET_APPROVAL": "off"}
    async with running(slack, tmp_path, **small_corpus(tmp_path), **settings) as bot:
        await bot.idle()
        before = len(team.messages)
        view = await form(bot, cora)
        assert (await bot.say.submit(view, filled() | YES)).ok
        assert own.ADDED_WAITS in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora), cleared=True)
        view = await form(bot, cora)
        assert (await bot.say.submit(view, filled(title="Rain Was Followed by Naps") | YES)).ok
        await bot.say.close(modal(bot, cora), cleared=True)
        await bot.idle()
        assert len(team.messages) == before  # PPRNET_APPROVAL=off is about the blog's months
        [draft] = [message for message in sent_to(slack, cora) if "Our own summaries, " in message.visible_text]
        assert "2 summaries to post" in draft.visible_text
        assert "Written by your team" in draft.visible_text

        # It is edited where it is, in the team's own file, and previewed as it will be posted.
        assert (await bot.say.press(draft, "Edit", user=cora)).ok
        assert (await bot.say.press(modal(bot, cora), "Edit", user=cora, nth=0)).ok
        await send(bot, modal(bot, cora), bottom_line="Gardens may help with sleep.")
        await bot.say.close(modal(bot, cora), cleared=True)
        await bot.idle()
        assert "Gardens may help with sleep." in (bot.settings.knowledge / OWN).read_text("utf-8")
        assert (await bot.say.press(draft, "Add a note", user=cora)).ok
        await bot.say.submit(modal(bot, cora), {ids.DRAFT_NOTE_BLOCK: {ids.DRAFT_NOTE_TEXT: "For our Friday round."}})
        await bot.idle()
        [draft] = [message for message in sent_to(slack, cora) if "to post" in message.visible_text]
        seen = len(sent_to(slack, cora))
        assert (await bot.say.press(draft, "Preview", user=cora)).ok
        await eventually(lambda: len(sent_to(slack, cora)) == seen + 4)
        preview = sent_to(slack, cora)[seen + 1 :]
        assert (await bot.say.press(draft, "Post", user=cora)).ok
        await bot.idle()
        posted = team.messages[before:]
        assert parts(posted) == parts(preview)
        parent, first, second = posted
        assert parent.text.startswith("Our own summaries, ")
        assert "For our Friday round." in parent.visible_text
        assert "Gardens may help with sleep." in parent.visible_text
        assert "Written by your team, not by the PPRNet blog." in parent.visible_text
        assert "One message a month" not in parent.visible_text
        assert {first.thread_ts, second.thread_ts} == {parent.ts}
        assert all("Our own summary" in message.visible_text for message in (first, second))
        [draft] = [message for message in sent_to(slack, cora) if "to post" in message.visible_text]
        assert "posted it" in draft.visible_text

        # What is edited afterwards is corrected, and a channel that is subscribed afterwards gets none of it.
        await typed(bot, "subscribe", ana, later)
        await bot.say.press(await typed(bot, TITLE, cora, team), "read_study", user=cora)
        await bot.say.press(modal(bot, cora), "Edit", user=cora)
        await send(bot, modal(bot, cora), bottom_line="Gardens help.")
        await bot.idle()
        assert "Gardens help." in team.messages[before].visible_text
        assert "Already posted" in (await typed(bot, TITLE, cora, team)).visible_text
        assert not [message for message in later.messages if TITLE in message.visible_text]

        # The next one waits again, as another.
        view = await form(bot, cora)
        assert (await bot.say.submit(view, filled(title="Snow Was Followed by Soup") | YES)).ok
        await bot.idle()
        ours = [row["summary_id"] for row in await rows(bot, deliveries) if row["kind"] == "own"]
        assert len(ours) == 4  # the message, two cards, and the reply about the correction
        assert any("1 summary to post" in message.visible_text for message in sent_to(slack, cora))


async def test_several_replicas_plan_it_once_and_the_blog_check_takes_it_for_no_month(
    databases: Databases, slack: LocalSlack, tmp_path: Path
) -> None:
    folders = [Path(small_corpus(tmp_path / name)["PPRNET_KNOWLEDGE"]) for name in ("one", "two")]
    team = slack.add_channel("team", [])
    async with opened(await databases.new()) as database:
        drafts, store = Drafts(database), OwnSummaries(database)
        workers = [OwnWorker(store, root) for root in folders]
        entries = [ENTRY | {"id": f"ours-{at}", "title": f"Ours {at}", "added": "2023-12"} for at in range(4)]
        await asyncio.gather(*(workers[at % 2].add(entry, post=True) for at, entry in enumerate(entries)))
        [draft] = await drafts.all()
        assert (draft.key, draft.month, draft.state) == (own_key("2023-12", 0), "2023-12", ON_HOLD)
        assert draft.is_own
        assert not draft.is_addition
        assert sorted(each["id"] for each in draft.values["summaries"]) == [each["id"] for each in entries]

        features = [features_over(database, slack) for _ in folders]
        await features[0].publisher.subscriptions.ensure(slack.team_id, team.id, "2023-11")
        assert (await drafts.approve(draft.key, "U1", draft.version))[1]
        assert not (await drafts.approve(draft.key, "U1", draft.version))[1]
        assert not await drafts.annotate(draft.key, "Too late.", "U1")

        async def planned(at: int) -> list[tuple[str, str]]:
            channels = await features[at].publisher.subscriptions.recipients(slack.team_id, team.id)
            return await features[at].publisher.own.plan(load(folders[at]), slack.team_id, channels)

        kept = (folders[1] / OWN).read_bytes()
        (folders[1] / OWN).unlink()  # as before that replica has written them
        assert await planned(1) == []
        (folders[1] / OWN).write_bytes(kept)
        assert (folders[0] / OWN).exists()
        for worker in workers:
            await worker.write()
        found = await asyncio.gather(planned(0), planned(1))
        assert [each for each in found if each] == [[(draft.key, team.id)]]
        others = [Subscription(slack.team_id, "C1", "2023-11", since=(draft.decided_at or 0.0) + 10**12)]
        assert await features[0].publisher.own.plan(load(folders[0]), slack.team_id, others) == []

        # The blog's December is as new as it would be without: whole, with no gap, and none of ours in it.
        await watch(database, Blog(Fetched(PAGE, "https://blog.example/"))).poll(lambda: CorpusFolder(folders[0]))
        [own_draft, month] = sorted(await drafts.all(), key=lambda each: each.is_own, reverse=True)
        assert (month.key, month.is_own) == ("2023-12", False)
        assert "Ours" not in json.dumps(month.values)
        assert not any("Our" in reason or "months after" in reason for reason in month.reasons)
        await workers[0].add(ENTRY | {"id": "ours-9", "title": "Ours 9", "added": "2023-12"}, post=True)
        assert {each.key for each in await drafts.all()} == {own_draft.key, month.key, own_key("2023-12", 1)}
