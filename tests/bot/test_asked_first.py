"""A workspace that joined and wants to be asked: a new month of the library is posted there when a curator says so."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.blocks import draft as words
from bot.playground.slack import Channel, LocalSlack, Message, User, View, payloads
from bot.playground.slack.controls import find_control
from tests.bot.test_two_workspaces import rows
from tests.bot.test_workspaces_trouble import counted
from tests.support.databases import Databases
from tests.support.many import OTHER, ManyBot, running_many
from tests.support.month_posting import add_month, until
from tests.support.people import labels
from tests.support.requests import post_interaction

NOON = datetime(2024, 3, 6, 12, 0, tzinfo=UTC)
ASK, AUTOMATIC = "on", "off"


class Clinic:
    """Two curators, someone else and a channel in a workspace that joined; beside it the home workspace with its channel."""

    def __init__(self, many: ManyBot, url: str, knowledge: Path, home_channel: Channel) -> None:
        self.many, self.slack, self.url, self.knowledge, self.home_channel = many, many.other, url, knowledge, home_channel
        self.ben, self.eve, self.dora = (self.slack.add_user(name) for name in ("ben", "eve", "dora"))
        self.channel = self.slack.add_channel("clinic", [self.ben, self.eve, self.dora])

    def shown(self, person: User) -> list[Message]:
        """What the bot has sent someone directly, previews' cards too."""
        return [message for message in self.slack.open_dm(person).messages if message.bot_id]

    async def asked(self, person: User, text: str) -> Message:
        """The message to someone that says this, once it does."""

        def found() -> list[Message]:
            return [message for message in self.shown(person) if text in message.visible_text]

        return (await self.slack.until(found))[0]

    def posted(self, channel: Channel | None = None) -> list[str]:
        """What was posted in a channel, by the beginnings of its messages."""
        return [message.text[:40] for message in self.slack.posted(channel or self.channel)]

    async def until_posted(self, count: int, channel: Channel | None = None) -> None:
        """Wait until a channel has so many messages."""
        await self.slack.until(lambda: len(self.posted(channel)) >= count)

    async def home_of(self, person: User) -> View:
        """Someone's Home as it is now."""
        assert (await self.many.say.home_opened(person)).ok
        found = self.slack.home(person)
        assert found
        return found

    async def form(self, person: User | None = None) -> View:
        """The form with the workspace's settings."""
        who = person or self.ben
        await self.many.say.press(await self.home_of(who), "Change settings", user=who)
        found = self.slack.modal(who)
        assert found
        return found

    async def choose(self, approval: str, *, channel: Channel | None = None) -> View:
        """Have Ben choose how new months are posted (or where, too), and return what he is shown then."""
        form = await self.form()
        fields = {
            "channel": (channel or self.channel).id,
            "curators": {"selected_users": [self.ben.id, self.eve.id]},
            "zone": "UTC",
            "hour": "0",
            "approval": approval,
        }
        given = {f"own_settings:{name}": {name: value} for name, value in fields.items()}
        assert (await self.many.say.submit(form, given, user=self.ben)).ok
        shown = self.slack.modal(self.ben)
        assert shown
        self.slack.clear_views(self.ben.id)
        await self.many.served()
        where = (channel or self.channel).id
        await until(lambda: self._is_subscribed(where))
        return shown

    async def _is_subscribed(self, channel: str) -> bool:
        return any(channel in row for row in (await self.stored())["subscription"])

    async def stored(self) -> dict[str, list[str]]:
        """What is in the workspace's own part of the database."""
        return await rows(self.url, OTHER.lower())

    async def new_month(self, month: str) -> None:
        """A month joins the library, and is posted in the home workspace."""
        add_month(self.knowledge, month)
        await self.many.bot.reloaded()
        await self.many.home.until(lambda: self._at_home(month))

    def _at_home(self, month: str) -> Sequence[Message]:
        name = words.month_name(month)
        return [each for each in self.many.home.posted(self.home_channel) if name in each.visible_text]


@contextlib.asynccontextmanager
async def clinic_of(slack: LocalSlack, folder: Path, newest: Path, url: str) -> AsyncIterator[Clinic]:
    """Start a bot for many workspaces, and let one join."""
    knowledge = Path(shutil.copytree(newest, folder / "knowledge"))
    home_channel = slack.add_channel("team", [slack.add_user("ana")])
    environ = {"PPRNET_KNOWLEDGE": str(knowledge), "PPRNET_CHANNEL": home_channel.id, "PPRNET_DATABASE_URL": url}
    async with running_many(slack, folder, now=lambda: NOON, **environ) as many:
        assert (await many.join(await many.link()))[0] == 200
        await many.served()
        yield Clinic(many, url, knowledge, home_channel)


@pytest.fixture
async def clinic(slack: LocalSlack, tmp_path: Path, newest: Path) -> AsyncIterator[Clinic]:
    """The clinic, over SQLite."""
    async with clinic_of(slack, tmp_path, newest, f"sqlite:///{tmp_path}/pprnet.db") as found:
        yield found


@pytest.mark.slow
async def test_a_new_month_waits_for_one_of_the_workspaces_curators_and_nobody_else_has_a_say(
    slack: LocalSlack, tmp_path: Path, newest: Path, databases: Databases
) -> None:
    async with clinic_of(slack, tmp_path, newest, await databases.new()) as clinic:
        await check_a_month_that_waits(clinic)


async def check_a_month_that_waits(clinic: Clinic) -> None:
    """A month comes, is previewed, put on hold, and posted later by the other curator."""
    say, ben, eve = clinic.many.say, clinic.ben, clinic.eve
    assert "You are asked before a new month is posted" in (await clinic.choose(ASK)).visible_text
    await clinic.new_month("2024-01")
    seen = await clinic.asked(ben, "New in the library: January 2024, 1 summary")
    await clinic.asked(eve, "New in the library: January 2024, 1 summary")
    assert "It goes to your channels only when a curator presses Post" in seen.visible_text.replace("*", "")
    assert labels(clinic.many.elsewhere, seen) == ["Preview", "Post", "Hold"]  # the library is the home workspace's
    assert clinic.shown(clinic.dora) == clinic.posted() == []

    for button in ("Preview", "Post", "Hold"):
        await say.press(seen, button, user=clinic.dora)
    assert [message.text for message in clinic.shown(ben)[1:]] == [words.CURATORS_ONLY] * 3
    assert "Waiting for your decision" not in (await clinic.home_of(clinic.dora)).visible_text

    await say.press(clinic.shown(eve)[0], "Preview", user=eve)
    await clinic.slack.until(lambda: len(clinic.shown(eve)) == 4)
    _, lead, parent, card = clinic.shown(eve)
    assert f"Preview of January 2024 in <#{clinic.channel.id}>" in lead.text
    assert labels(clinic.many.elsewhere, lead) == ["Post"]
    old_post = find_control(lead.blocks, "Post").action

    await say.press(seen, "Hold", user=ben)
    await clinic.asked(eve, f"Put on hold by <@{ben.id}>")
    forged = payloads.message_actions(clinic.slack, lead, old_post, eve)  # a press that was on its way
    assert (await post_interaction(clinic.many.elsewhere, forged)).ok
    home = await clinic.home_of(eve)
    assert f"January 2024: 1 summary. Put on hold by <@{ben.id}>." in home.visible_text
    assert clinic.posted() == []

    await say.press(home, "Review", user=eve)
    window = clinic.slack.modal(eve)
    assert window
    await say.press(window, "Post", user=eve)
    await clinic.until_posted(2)
    assert clinic.posted() == [parent.text[:40], card.text[:40]]
    await clinic.asked(ben, f"<@{eve.id}> posted it")
    assert "Waiting for your decision" not in (await clinic.home_of(ben)).visible_text
    late = clinic.shown(ben)[0]
    assert labels(clinic.many.elsewhere, late) == []

    [decided] = (await clinic.stored())["draft"]
    assert "'2024_01', 'approved'" in decided
    assert eve.id in decided
    assert (await rows(clinic.url))["draft"] == []
    for person in (ben, eve):
        assert sum("New in the library" in message.visible_text for message in clinic.shown(person)) == 1
    assert len(clinic.many.home.posted(clinic.home_channel)) == 2


@pytest.mark.slow
async def test_only_what_is_new_after_the_change_is_asked_and_back_to_automatic_posts_what_waits(clinic: Clinic) -> None:
    await clinic.choose(AUTOMATIC)
    await clinic.new_month("2024-01")
    await clinic.until_posted(2)
    await clinic.choose(ASK)
    await clinic.new_month("2024-02")
    await clinic.new_month("2024-03")
    await clinic.asked(clinic.eve, "February 2024")
    held = await clinic.asked(clinic.eve, "March 2024")
    assert len(clinic.shown(clinic.eve)) == 2
    await clinic.many.say.press(held, "Hold", user=clinic.eve)
    await clinic.asked(clinic.eve, "Put on hold by")
    assert len(clinic.posted()) == 2

    await counted(clinic.many, "months_waiting", 2)
    said = "If you go back to automatic, February 2024 is posted and March 2024 stays on hold."
    assert said in (await clinic.form()).visible_text
    clinic.slack.clear_views(clinic.ben.id)
    await clinic.choose(AUTOMATIC)
    await clinic.until_posted(4)
    await clinic.asked(clinic.eve, words.AUTOMATIC)
    assert "March 2024: 1 summary. Put on hold by" in (await clinic.home_of(clinic.ben)).visible_text

    # A correction of a month that was never posted here does nothing; it is in the card that is posted later.
    file = clinic.knowledge / "issues" / "2024-03.yaml"
    file.write_text(file.read_text("utf-8").replace("Is empathic accuracy enough?", "Is accuracy enough?"), "utf-8")
    await clinic.many.bot.reloaded()
    await clinic.many.bot.idle()
    await clinic.asked(clinic.eve, "Is accuracy enough?")
    assert len(clinic.posted()) == 4
    await clinic.new_month("2024-04")
    await clinic.until_posted(6)
    await clinic.many.say.press(await clinic.asked(clinic.ben, "March 2024"), "Post", user=clinic.ben)
    await clinic.until_posted(8)
    assert len(clinic.shown(clinic.eve)) == 2
    assert "Is accuracy enough?" in clinic.slack.posted(clinic.channel)[-1].visible_text


@pytest.mark.slow
async def test_what_begins_while_a_month_waits_gets_it_too_once_it_is_let_out(clinic: Clinic) -> None:
    say = clinic.many.say
    await clinic.choose(ASK)
    await clinic.new_month("2024-01")
    seen = await clinic.asked(clinic.ben, "January 2024")
    topic = clinic.many.bot.knowledge.corpus.issues[0].summaries[0].topics[0]
    assert (await say.command(f"follow {topic}", user=clinic.dora)).ok
    other = clinic.slack.add_channel("other", [clinic.dora])
    assert (await say.command("subscribe", user=clinic.dora, channel=other)).ok
    await clinic.until_posted(1, other)
    await say.press(clinic.slack.posted(other)[0], "Post the latest now", user=clinic.dora)
    await clinic.until_posted(3, other)
    assert all("January 2024" not in message.visible_text for message in clinic.slack.posted(other))
    moved = clinic.slack.add_channel("moved", [clinic.ben])
    await clinic.choose(ASK, channel=moved)
    assert clinic.posted(moved) == []
    assert not [message for message in clinic.shown(clinic.dora) if "January 2024" in message.visible_text]

    await say.press(seen, "Post", user=clinic.ben)
    await clinic.until_posted(2, moved)
    await clinic.until_posted(5, other)
    await clinic.asked(clinic.dora, "New on topics you follow")
    assert clinic.posted() == []
