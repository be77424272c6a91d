"""The playground through its HTTP door: what the page asks and gets, with the real bot behind it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.playground.run import playing
from tests.support import forked
from tests.support.idle import Passes, jobs
from tests.support.process import started

Json = dict[str, Any]

OWN = {"X-Playground": "1"}


@dataclass
class Visitor:
    """A person at the page."""

    http: aiohttp.ClientSession
    address: str
    id: str = ""
    places: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, status: int = 200) -> Json:
        async with self.http.get(f"{self.address}{path}", params={"as": self.id} if self.id else {}) as response:
            assert response.status == status, await response.text()
            return dict(await response.json())

    async def post(self, path: str, status: int = 200, *, refused: bool = False, **body: Any) -> Json:
        """`refused`: what a person may well try is answered with 200 and a sentence, so that no browser complains."""
        async with self.http.post(f"{self.address}{path}", json={"as": self.id, **body}, headers=OWN) as response:
            assert response.status == status, await response.text()
            found = dict(await response.json())
            assert ("error" in found) == (refused or status != 200), found
            return found

    async def say(self, place: str, text: str, thread_ts: str | None = None, *, refused: bool = False) -> Json:
        return await self.post("api/say", refused=refused, channel=self.places[place], text=text, thread_ts=thread_ts)

    async def messages(self, place: str) -> list[Json]:
        return list((await self.get(f"api/channel/{self.places[place]}"))["messages"])

    async def thread(self, place: str, ts: str) -> list[Json]:
        return list((await self.get(f"api/thread/{self.places[place]}/{ts}"))["messages"])

    async def modals(self) -> list[Json]:
        return list((await self.get("api/views"))["modals"])

    async def press(self, place: str, message: Json, action_id: str, status: int = 200) -> Json:
        block_id = next(
            block["block_id"]
            for block in message["blocks"]
            for element in [*block.get("elements", []), block.get("accessory") or {}]
            if element.get("action_id") == action_id
        )
        where = {"channel": self.places[place], "ts": message["ts"]}
        return await self.post(
            "api/press", status, message=where, view=None, block_id=block_id, action_id=action_id, value=None
        )

    async def share(self, view: Json, place: str) -> Json:
        values = {"share_in": {"share_channel": self.places[place]}}
        return dict((await self.post("api/submit", view=view["id"], values=values))["errors"])


async def soon(read: Callable[[], Any], good: Callable[[Any], bool], seconds: float = 60) -> Any:
    """Return what `read` gives once it is good."""
    for _ in range(int(seconds * 10)):
        if good(found := await read()):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"still {found}")


@pytest.fixture
def passes() -> Passes:
    return Passes(jobs(watching=True))


@pytest.fixture
async def address(passes: Passes) -> AsyncIterator[str]:
    async with playing(0, asyncio.Event(), on_pass=passes) as found:
        yield found


@pytest.fixture
async def people(address: str) -> AsyncIterator[tuple[Visitor, Visitor]]:
    """Ana and Ben, each at a page."""
    async with aiohttp.ClientSession() as http:
        nobody = Visitor(http, address)
        found = []
        for person in (await nobody.get("api/state"))["people"]:
            visitor = Visitor(http, address, person["id"])
            visitor.places = {each["name"]: each["id"] for each in (await visitor.get("api/state"))["channels"]}
            found.append(visitor)
        yield found[0], found[1]


@pytest.fixture
def ana(people: tuple[Visitor, Visitor]) -> Visitor:
    return people[0]


@pytest.fixture
def ben(people: tuple[Visitor, Visitor]) -> Visitor:
    return people[1]


async def test_the_first_visit(ana: Visitor, ben: Visitor) -> None:
    state = await ana.get("api/state")
    assert [person["name"] for person in state["people"]] == ["Ana Petrov", "Ben Okafor"]
    assert (state["team"], state["as"], state["bot"]["name"]) == ("Riverside Clinic", ana.id, "PPRNet")
    assert [(each["name"], each["kind"], each["unread"]) for each in state["channels"]] == [
        ("team-research", "channel", 0),
        ("random", "channel", 0),
        ("with-lakeside", "channel", 0),
        ("PPRNet", "dm", 0),
    ]
    assert ana.places["PPRNet"] != ben.places["PPRNet"]
    assert state["command"]["name"] == "/pprnet"
    assert "/pprnet latest" in [each["text"] for each in state["command"]["subcommands"]]
    assert len(state["suggestions"]) == 3
    assert {each["channel"] for each in state["suggestions"]} <= set(ana.places.values())
    clock = state["clock"]
    day = {"today": "2023-05-31", "next": "It is now 1 June 2023", "can_move": True, "why": ""}
    assert {name: clock[name] for name in day} == day
    assert clock["ahead"] < -86_400 * 365  # the database's clock is the real one
    assert state["home_enabled"] is True
    assert await ana.get("api/home") == {"view": None, "enabled": True}
    assert await ana.messages("team-research") == []


async def test_home_is_there_once_it_was_opened_and_its_buttons_open_modals_that_stack(ana: Visitor, ben: Visitor) -> None:
    await ana.post("api/home_opened")
    home = (await ana.get("api/home"))["view"]
    assert home["type"] == "home"
    assert (await ben.get("api/home"))["view"] is None
    for view, action_id in ((home, "browse:topic"), (None, "shelf:topic:alliance"), (None, "read_study:*")):
        view = view or (await ana.get("api/views"))["modals"][-1]
        [(block_id, pressed), *_] = [
            (block["block_id"], element["action_id"])
            for block in view["blocks"]
            for element in [*block.get("elements", []), block.get("accessory") or {}]
            if element.get("action_id", "").startswith(action_id.rstrip("*"))
        ]
        await ana.post("api/press", message=None, view=view["id"], block_id=block_id, action_id=pressed, value=None)
    titles = [view["title"]["text"] for view in (await ana.get("api/views"))["modals"]]
    assert titles == ["Topics", "Topic", "Details"]
    assert (await ben.get("api/views"))["modals"] == []
    await ana.post("api/close", view=(await ana.get("api/views"))["modals"][-1]["id"])
    assert len((await ana.get("api/views"))["modals"]) == 2


async def test_every_suggestion_is_answered(ana: Visitor) -> None:
    names = {place: name for name, place in ana.places.items()}
    for suggestion in (await ana.get("api/state"))["suggestions"]:
        await ana.say(names[suggestion["channel"]], suggestion["text"])
    traffic = (await ana.get("api/traffic"))["entries"]
    said = [json.dumps(entry) for entry in traffic]
    assert len([entry for entry in said if "Bottom line" in entry or "summaries are about" in entry]) >= 3


async def test_a_command_is_answered_to_its_asker_alone(ana: Visitor, ben: Visitor) -> None:
    await ana.say("team-research", "/pprnet alliance rupture in one session")
    (message,) = await ana.messages("team-research")
    assert message["from"] == {"id": "U0LOCALBOT1", "name": "PPRNet", "initials": "P", "color": "#2c5f5d", "bot": True}
    assert message["ephemeral"] is True
    assert message["blocks"][0]["type"] == "header"
    assert message["thread_ts"] is None
    assert message["time"] == int(float(message["ts"]))
    assert await ben.messages("team-research") == []
    block_id = message["blocks"][-1]["block_id"]
    where = {"channel": ben.places["team-research"], "ts": message["ts"]}
    await ben.post("api/press", refused=True, message=where, view=None, block_id=block_id, action_id="share", value=None)


async def test_a_mention_is_answered_in_its_thread(ana: Visitor, ben: Visitor) -> None:
    await ana.say("team-research", "@pprnet why do clients drop out? <b> & @Ben Okafor in #random")
    (parent,) = await ben.messages("team-research")
    assert parent["text"] == (
        f"<@U0LOCALBOT1> why do clients drop out? &lt;b&gt; &amp; <@{ben.id}> in <#{ana.places['random']}>"
    )
    assert parent["reply_count"] == 1
    assert parent["blocks"] is None
    thread = await ben.thread("team-research", parent["ts"])
    assert [message["from"]["bot"] for message in thread] == [False, True]
    assert thread[1]["thread_ts"] == parent["ts"]
    await ben.say("team-research", "@PPRNet more", parent["ts"])
    assert len(await ana.thread("team-research", parent["ts"])) == 4
    assert len(await ana.messages("team-research")) == 1
    await ana.press("team-research", thread[1], "more_like_this")
    assert [each["ephemeral"] for each in await ana.thread("team-research", parent["ts"])] == [False] * 4 + [True]
    assert len(await ben.thread("team-research", parent["ts"])) == 4
    refused = await ana.say("team-research", "/pprnet help", parent["ts"], refused=True)
    assert "threads" in refused["error"]


async def test_a_direct_message_is_answered_in_place(ana: Visitor, ben: Visitor) -> None:
    await ana.say("PPRNet", "does video therapy work?")
    asked, answered = await ana.messages("PPRNet")
    assert (asked["from"]["name"], answered["from"]["bot"], answered["ephemeral"]) == ("Ana Petrov", True, False)
    await ana.say("PPRNet", "/pprnet help")
    assert (await ana.messages("PPRNet"))[-1]["ephemeral"] is True
    await ben.get(f"api/channel/{ana.places['PPRNet']}", 404)
    await ben.post("api/say", 404, channel=ana.places["PPRNet"], text="hello", thread_ts=None)


async def test_what_people_say_to_each_other_stays_between_them(ana: Visitor, ben: Visitor) -> None:
    await ana.say("team-research", "good morning")
    assert [message["text"] for message in await ben.messages("team-research")] == ["good morning"]
    assert [e["what"] for e in (await ana.get("api/traffic"))["entries"] if e["direction"] == "to bot"] == []


async def test_unread_counts_what_others_wrote_until_it_is_looked_at(ana: Visitor, ben: Visitor) -> None:
    await ana.say("random", "one")
    await ana.say("random", "two")

    async def unread(who: Visitor) -> int:
        return int((await who.get("api/state"))["channels"][1]["unread"])

    assert (await unread(ana), await unread(ben)) == (0, 2)
    await ben.messages("random")
    assert await unread(ben) == 0


async def test_a_button_opens_a_modal_that_closes(ana: Visitor, ben: Visitor) -> None:
    await ana.say("team-research", "/pprnet alliance rupture in one session")
    (message,) = await ana.messages("team-research")
    await ana.press("team-research", message, "read_study")
    (view,) = await ana.modals()
    assert (view["title"]["text"], view["type"]) == ("Details", "modal")
    assert await ben.modals() == []
    await ben.post("api/close", refused=True, view=view["id"])
    await ana.post("api/close", view=view["id"])
    assert await ana.modals() == []
    await ana.post("api/close", refused=True, view=view["id"])


async def test_a_card_is_shared_and_taken_back(ana: Visitor, ben: Visitor) -> None:
    await ana.say("team-research", "/pprnet alliance rupture in one session")
    await ana.press("team-research", (await ana.messages("team-research"))[0], "share")
    (view,) = await ana.modals()
    assert view["blocks"][0]["element"]["initial_conversation"] == ana.places["team-research"]
    assert await ana.share(view, "team-research") == {}
    assert await ana.modals() == []
    (card,) = await ben.messages("team-research")
    assert card["blocks"][0]["elements"][0]["elements"][0] == {"type": "user", "user_id": ana.id}
    notice = (await ana.messages("team-research"))[-1]
    assert notice["ephemeral"] is True
    await ana.press("team-research", notice, "undo_share")
    assert await ben.messages("team-research") == []
    assert "Removed from the channel" in (await ana.messages("team-research"))[-1]["text"]


async def test_sharing_where_the_bot_is_not_waits_for_an_invitation(ana: Visitor, ben: Visitor) -> None:
    await ana.say("team-research", "/pprnet alliance rupture in one session")
    await ana.press("team-research", (await ana.messages("team-research"))[0], "share")
    (view,) = await ana.modals()
    assert "/invite @PPRNet" in (await ana.share(view, "random"))["share_in"]
    assert len(await ana.modals()) == 1
    assert await ana.post("api/submit", view=view["id"], values={"share_in": {"share_channel": None}}) == {
        "errors": {"share_in": "Please complete this required field."}
    }
    stranger = {"share_in": {"share_channel": "C0NOWHERE"}}
    assert (await ana.post("api/submit", view=view["id"], values=stranger))["errors"] == {
        "share_in": "Choose a channel that you are in."
    }
    await ana.say("random", "@PPRNet hello")
    assert (await ana.messages("random"))[-1]["from"]["name"] == "Slackbot"
    assert len(await ben.messages("random")) == 1

    await ana.say("random", "/invite @PPRNet")
    assert "was added" in (await ben.messages("random"))[-1]["text"]
    assert "already" in (await ana.say("random", "/invite @pprnet", refused=True))["error"]
    assert await ana.share(view, "random") == {}
    assert (await ben.messages("random"))[-1]["blocks"][1]["type"] == "header"


@contextlib.asynccontextmanager
async def command(
    folder: Path, port: str = "0", *, real: bool = False
) -> AsyncIterator[asyncio.subprocess.Process | forked.Program]:
    words = ("-m", "bot", "playground", "--no-browser", "--port", port)
    process = await started(*words, env={"PATH": os.environ["PATH"], "TMPDIR": str(folder)}, real=real)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_shortcuts_are_those_of_the_manifest_and_not_on_what_one_person_alone_sees(ana: Visitor, ben: Visitor) -> None:
    offered = {each["type"]: each["callback_id"] for each in (await ana.get("api/state"))["shortcuts"]}
    await ana.post("api/shortcut", callback_id=offered["global"], message=None)
    assert [view["title"]["text"] for view in await ana.modals()] == ["Search the library"]
    await ben.say("team-research", "an alliance rupture in one session")
    (message,) = await ana.messages("team-research")
    where = {"channel": ana.places["team-research"], "ts": message["ts"]}
    await ben.post("api/shortcut", callback_id=offered["message"], message=where)
    assert [view["title"]["text"] for view in await ben.modals()] == ["Related research"]
    entries = [each for each in (await ana.get("api/traffic"))["entries"] if each["direction"] == "to bot"]
    assert [each["what"] for each in entries] == ["shortcut search_research", "message_action find_related"]
    await ana.say("team-research", "/pprnet help")
    private = {**where, "ts": (await ana.messages("team-research"))[-1]["ts"]}
    await ana.post("api/shortcut", refused=True, callback_id=offered["message"], message=private)
    for callback_id, place in ((offered["message"], None), (offered["global"], where), ("nothing", None)):
        await ana.post("api/shortcut", 404, callback_id=callback_id, message=place)
    await ana.post("api/shortcut", refused=True, callback_id=offered["message"], message={**where, "ts": "1.000001"})


async def test_a_button_of_home_works_although_home_was_published_again_since_it_was_drawn(ana: Visitor) -> None:
    await ana.post("api/home_opened")
    drawn = (await ana.get("api/home"))["view"]
    block = next(each for each in drawn["blocks"] if each["type"] == "actions")
    await ana.post("api/home_opened")
    assert block["block_id"] not in str((await ana.get("api/home"))["view"])
    pressed = {"view": drawn["id"], "block_id": block["block_id"], "value": None}
    await ana.post("api/press", message=None, action_id=block["elements"][0]["action_id"], **pressed)
    assert len(await ana.modals()) == 1
    await ana.post("api/press", refused=True, message=None, action_id="nothing", **pressed)
