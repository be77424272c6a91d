"""One bot for many workspaces: joining by invitation, and what of one workspace another gets to see (nothing)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.blocks import own_settings, wrong
from bot.cli.main import main
from bot.playground.slack import LocalSlack
from bot.store.database import Database
from bot.store.workspaces import Workspaces
from tests.support.many import HOME, OTHER, PUBLIC, ManyBot, running_many
from tests.support.small_corpus import small_corpus


@pytest.fixture
async def many(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[ManyBot]:
    """A bot for many workspaces, in its operator's own so far."""
    async with running_many(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started


async def test_a_workspace_joins_by_invitation_both_are_served_and_nothing_crosses(many: ManyBot, tmp_path: Path) -> None:
    ana, team = many.home.add_user("ana"), many.home.add_channel("team")
    ben, clinic = many.other.add_user("ben"), many.other.add_channel("clinic")
    assert (ana.id, team.id) == (ben.id, clinic.id)
    assert (await many.say.command("alliance rupture", user=ben, channel=clinic)).status == 403

    link = await many.link("Riverside")
    status, page = await many.join(link)
    assert (status, "in your workspace" in page) == (200, True), page
    await many.served()
    for say, person, channel in ((many.bot.say, ana, team), (many.say, ben, clinic)):
        answer = await say.command("alliance rupture", user=person, channel=channel)
        assert "Practice implications" in answer.message.visible_text
    answer = await many.say.mention("alliance rupture", user=ben, channel=clinic)
    assert answer.ok
    assert len(many.other.posted(clinic)) == 1
    assert many.home.posted() == []

    assert (await many.join(link))[0] == 404  # good once
    assert many.slacks.revoked == []
    async with aiohttp.ClientSession() as session, session.get(f"{many.bot.url}/health") as health:
        assert OTHER not in await health.text()

    answer = await many.say.command("alliance rupture in one session", user=ben, channel=clinic)
    await many.say.press(answer.message, "Save", user=ben)
    saved = [
        (await say.command("saved", user=person, channel=channel)).message.visible_text
        for say, person, channel in ((many.bot.say, ana, team), (many.say, ben, clinic))
    ]
    assert "An Alliance Rupture" not in saved[0]
    assert "An Alliance Rupture" in saved[1]

    # An event with the id of another workspace's is answered, too; and once.
    for slack, say, person in ((many.home, many.bot.say, ana), (many.other, many.say, ben)):
        channel = slack.add_channel("events", [person])
        ts, event = "1700000000.000100", "Ev0000000001"
        assert (await say.mention("alliance rupture", user=person, channel=channel, ts=ts, event_id=event)).ok
        assert (await say.mention("alliance rupture", user=person, channel=channel, ts=ts, event_id=event)).ok
        assert len(slack.posted(channel)) == 1

    # Tokens are in the database sealed alone.
    files = [path for path in tmp_path.rglob("*") if path.is_file()]  # noqa: ASYNC240  (a test)
    assert any(path.name == f"{OTHER.lower()}.db" for path in files)
    assert not [path for path in files if many.other.token.encode() in path.read_bytes()]


async def test_nobody_joins_without_a_good_invitation(many: ManyBot) -> None:
    link = await many.link()
    status, page = await many.join(f"{link}x")
    assert (status, "by invitation" in page) == (404, True)
    status, page = await many.join(link.partition("?")[0])
    assert (status, "by invitation" in page) == (400, True)
    assert many.slacks.revoked == [many.other.token]
    many.other.token_state = "active"
    assert (await many.join(link, many.home))[0] == 400  # the operator's own: its token is not revoked
    assert many.slacks.revoked == [many.other.token]
    assert (await many.join(link))[0] == 200  # what led to nothing did not use it up


async def test_an_installation_belongs_to_one_browser(many: ManyBot) -> None:
    link = await many.link()
    many.slacks.codes["code"] = many.other
    async with aiohttp.ClientSession() as one, one.get(link, allow_redirects=False) as answer:
        state = answer.headers["Location"].partition("state=")[2].partition("&")[0]
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    for given in (state, "x", ""):
        address = f"{many.bot.url}/slack/oauth_redirect?code=code&state={given}"
        async with aiohttp.ClientSession() as another, another.get(address) as answer:
            assert answer.status == 400
    assert many.slacks.codes  # Slack was not asked for a token
    async with aiohttp.ClientSession(headers={"Cookie": cookie.partition(";")[0]}) as same:
        address = f"{many.bot.url}/slack/oauth_redirect?error=access_denied&state={state}"
        async with same.get(address) as answer:
            assert (answer.status, "cancelled" in await answer.text()) == (200, True)


async def test_one_that_removes_the_app_loses_its_token_at_once_and_finds_its_data_when_it_comes_back(
    many: ManyBot, slack: LocalSlack
) -> None:
    await many.join(await many.link())
    await many.served()
    ben, clinic = many.other.add_user("ben"), many.other.add_channel("clinic")
    answer = await many.say.command("alliance rupture in one session", user=ben, channel=clinic)
    await many.say.press(answer.message, "Save", user=ben)
    assert (await many.say.event({"type": "app_uninstalled"})).ok
    database = await Database.open(many.bot.settings.database_url)
    [row] = await Workspaces(database).all()
    assert (row.id, row.token, row.state) == (OTHER, None, "left")
    await database.close()
    await many.served()
    assert (await many.say.command("saved", user=ben, channel=clinic)).status == 403
    ana = slack.add_user("ana")
    assert (await many.bot.say.command("alliance rupture", user=ana)).ok  # the other goes on

    status, _ = await many.join(f"{many.bot.url}/slack/install")  # known: it needs no invitation
    assert status == 200
    await many.served()
    found = await many.say.command("saved", user=ben, channel=clinic)
    assert "An Alliance Rupture" in found.message.visible_text
    assert HOME != OTHER


async def test_an_operator_invites_lists_forgets_and_removes(
    many: ManyBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def pprnet(*words: str) -> str:
        assert await asyncio.to_thread(main, words) == 0
        return capsys.readouterr().out.strip()

    for name, value in many.environ.items():
        monkeypatch.setenv(name, value)
    assert "Invite one" in await pprnet("workspaces")
    link = (await pprnet("invite", "--for", "Riverside Clinic")).splitlines()[0]
    assert link.startswith(f"{PUBLIC}/slack/install?invitation=")
    assert (await many.join(link.replace(PUBLIC, many.bot.url)))[0] == 200
    await many.served()
    assert f"{OTHER}  Riverside Clinic: joined" in await pprnet("workspaces")

    ben = many.other.add_user("ben")
    assert (await many.say.command("follow alliance", user=ben)).ok
    assert "Stored about" in await pprnet("forget", ben.id, "--dry-run")
    await pprnet("forget", ben.id)
    assert "Nothing is stored" in await pprnet("forget", ben.id)
    assert "0 curators" in await pprnet("workspaces")  # ben had installed it
    [row] = json.loads(await pprnet("workspaces", "--json"))["workspaces"]
    assert (row["id"], row["name"], row["state"], row["curators"]) == (OTHER, "Riverside Clinic", "active", 0)
    assert json.loads(await pprnet("invite", "--for", "Hilltop", "--json"))["for"] == "Hilltop"

    assert "Nothing was deleted" in await pprnet("workspaces", "remove", OTHER, "--dry-run")
    assert f"Deleted: the token of {OTHER}" in await pprnet("workspaces", "remove", OTHER)
    await many.served()
    assert (await many.say.command("saved", user=ben)).status == 403
    assert "Invite one" in await pprnet("workspaces")
    assert await asyncio.to_thread(main, ["workspaces", "remove", OTHER]) == 2


async def test_curators_set_their_workspace_up_from_home(many: ManyBot) -> None:
    ana, ben, eve = many.home.add_user("ana"), many.other.add_user("ben"), many.other.add_user("eve")
    assert ana.id == ben.id == many.slacks.installer
    await many.join(await many.link())
    await many.served()
    clinic = many.other.add_channel("clinic", [ben])
    assert (await many.say.home_opened(eve)).ok
    assert "Your workspace" not in many.other.home(eve).visible_text
    assert (await many.bot.say.home_opened(ana)).ok
    assert "Your workspace" not in many.home.home(ana).visible_text

    assert (await many.say.home_opened(ben)).ok
    home = many.other.home(ben)
    assert "No channel gets the new months yet" in home.visible_text
    forged = replace(home, user=eve.id)
    assert (await many.say.press(forged, "Change settings", user=eve)).ok
    assert "Only curators" in many.other.modal(eve).visible_text
    await many.say.press(home, "Change settings", user=ben)
    form = many.other.modal(ben)
    fields = {
        "channel": clinic.id,
        "curators": {"selected_users": [ben.id, eve.id]},
        "zone": "Europe/Nowhere",
        "hour": "0",
        "crisis_line": "Call the ward: 555",
    }
    given = {f"own_settings:{name}": {name: value} for name, value in fields.items()}
    answer = await many.say.submit(form, given, user=ben)
    assert answer.body["errors"] == {"own_settings:zone": own_settings.NO_ZONE}
    forged = replace(form, user=eve.id, state={**form.state, "own_settings:zone": {"zone": {"value": "UTC"}}})
    answer = await many.say.submit(forged, user=eve)
    assert answer.body["errors"] == {"own_settings:curators": own_settings.CURATORS_ONLY}
    await many.say.submit(form, {"own_settings:zone": {"zone": "Europe/Vienna"}}, user=ben)
    assert "Saved" in many.other.modal(ben).visible_text
    await many.served()
    found = await many.say.command("my client is suicidal", user=eve, channel=clinic)
    assert "Call the ward: 555" in found.message.visible_text
    assert (await many.say.home_opened(eve)).ok
    assert f"New months go to <#{clinic.id}>" in many.other.home(eve).visible_text
    here = await many.bot.say.command("my client is suicidal", user=ana)
    assert "555" not in here.message.visible_text


async def test_a_report_goes_to_the_workspaces_own_curators_who_may_say_that_it_is_corrected(many: ManyBot) -> None:
    ben, eve = many.other.add_user("ben"), many.other.add_user("eve")
    await many.join(await many.link())
    await many.served()
    assert ben.id == many.slacks.installer
    answer = await many.say.command("alliance rupture in one session", user=eve)
    await many.say.press(answer.message, "Details", user=eve)
    await many.say.press(many.other.modal(eve), "something_wrong", user=eve)
    given = {"what_is_wrong": {"wrong_kind": "figure"}, "tell_when_corrected": {"wrong_tell": "yes"}}
    await many.say.submit(many.other.modal(eve), given, user=eve)
    [report] = [each for each in many.other.posted(many.other.open_dm(ben)) if "A figure is wrong" in each.visible_text]
    assert "Edit" not in report.visible_text, "the library is the home workspace's"
    await many.say.press(report, "Corrected", user=ben)
    assert many.other.posted(many.other.open_dm(ben))[-1].visible_text == wrong.UNCHANGED
    assert many.home.posted() == []
