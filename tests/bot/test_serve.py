"""`pprnet serve` as an operator runs it: a process that starts, says what is wrong, is probed, and is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from bot.listeners import guard
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.server import health as health_page
from bot.slack.startup import SlackRefusesError
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.idle import PATIENCE, eventually
from tests.support.process import free_port, serving
from tests.support.requests import health, sender_for
from tests.support.small_corpus import small_corpus


@pytest.mark.slow
async def test_health_tells_how_the_bot_is(slack: LocalSlack, tmp_path: Path) -> None:
    async with serving(slack, tmp_path) as process:
        url = await process.ready()
        status, state = await health(url)
        assert status == 200
        assert (
            state.items()
            >= {
                "status": "ok",
                "troubles": [],
                "summaries": 5,
                "months": 3,
                "library_on_disk_faulty": False,
                "deliveries_waiting_for_a_person": [],
            }.items()
        )
        ana = slack.add_user("ana")
        answer = await sender_for(slack, url).command("alliance rupture in one session", user=ana)
        assert "Practice implications" in answer.message.visible_text
        process.process.send_signal(signal.SIGINT)
        assert await process.over() == 0


async def test_probes_write_once_in_a_while_and_never_each(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        await bot.idle()
        with monkeypatch.context() as patched:
            patched.setattr(health_page, "WRITE_EVERY", 0.0)
            changed = await changes(bot, tmp_path, probes=1)
        assert changed, "a probe does try to write"
        monkeypatch.setattr(health_page, "WRITE_EVERY", 3600.0)
        assert not await changes(bot, tmp_path, probes=20)


async def changes(bot: Bot, folder: Path, *, probes: int) -> bool:
    """Whether anybody wrote into the database while /health was asked so often."""
    with contextlib.closing(sqlite3.connect(folder / "pprnet.db", isolation_level=None)) as connection:
        [before] = connection.execute("PRAGMA data_version").fetchone()
        for _ in range(probes):
            assert (await health(bot.url))[0] == 200
        [after] = connection.execute("PRAGMA data_version").fetchone()
    return bool(after != before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.slow
async def test_on_a_signal_all_requests_in_progress_are_finished(
    slack: LocalSlack, tmp_path: Path, number: signal.Signals
) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with serving(slack, tmp_path, real=True) as process:
        url = await process.ready()
        say = sender_for(slack, url)
        release = asyncio.Event()
        slack.faults.delay_before("chat.postMessage", release, times=20)
        tasks = [
            asyncio.create_task(say.mention("alliance rupture in one session", channel=team, user=ana)) for _ in range(20)
        ]
        await eventually(lambda: len(slack.calls_of("chat.postMessage")) == 20)
        process.process.send_signal(number)
        await process.says("stopping: finishing what is in progress")
        assert slack.posted() == []
        release.set()
        answers = await asyncio.gather(*tasks)
        assert [answer.status for answer in answers] == [200] * 20
        assert await process.over() == 0
        assert len({reply.thread_ts for reply in slack.posted(team)}) == len(slack.posted(team)) == 20
        assert "Traceback" not in process.log


@pytest.mark.slow
async def test_sighup_takes_changed_files_into_use_and_ends_nothing(slack: LocalSlack, tmp_path: Path) -> None:
    async with serving(slack, tmp_path, PPRNET_LOOK_SECONDS="300") as process:
        url = await process.ready()
        shutil.copy(default_root() / "issues" / "2023-12.yaml", tmp_path / "small" / "issues" / "2023-12.yaml")
        process.process.send_signal(signal.SIGHUP)
        await process.says("the library changed: .* 4 months are in use")
        assert (await health(url))[1]["months"] == 4
        process.process.terminate()
        assert await process.over() == 0


@pytest.mark.slow
async def test_after_sigterm_nothing_new_is_taken(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with serving(slack, tmp_path) as process:
        say = sender_for(slack, await process.ready())
        release = asyncio.Event()
        slack.faults.delay_after("chat.postMessage", release)
        task = asyncio.create_task(say.mention("alliance rupture in one session", channel=team, user=ana))
        await slack.until(slack.posted)
        process.process.terminate()
        await process.says("stopping")

        async def refused() -> None:
            while (await say.command("help", user=ana)).status == 200:
                pass

        await asyncio.wait_for(refused(), PATIENCE)
        release.set()
        assert (await task).status == 200
        assert await process.over() == 0


@pytest.mark.slow
async def test_a_bot_killed_while_answering_does_not_answer_again_after_its_restart(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "WAIT", 0.3)
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    release = asyncio.Event()
    async with serving(slack, tmp_path) as process:
        say = sender_for(slack, await process.ready())
        slack.faults.delay_after("chat.postMessage", release)
        task = asyncio.create_task(say.mention("alliance rupture in one session", channel=team, user=ana))
        await slack.until(slack.posted)
        process.process.kill()
        lost = await task
        assert lost.status == 0
    release.set()
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        assert (await bot.say.redeliver(lost, retry=1)).status == 503
        await sql(tmp_path, "UPDATE claim SET lease_until = 1")
        assert (await bot.say.redeliver(lost, retry=2)).status == 200
    assert len(slack.posted()) == 1


@pytest.mark.slow
async def test_sigterm_while_the_socket_cannot_be_opened_ends_the_wait(slack: LocalSlack, tmp_path: Path) -> None:
    slack.faults.error("apps.connections.open", "internal_error", times=1000)
    async with serving(slack, tmp_path, SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN=slack.app_token) as process:
        await process.says("the socket to Slack is not connected: internal_error")
        process.process.terminate()
        assert await process.over() == 0
    assert "Traceback" not in process.log


@pytest.mark.slow
async def test_sigterm_while_slack_cannot_be_reached_ends_the_wait(slack: LocalSlack, tmp_path: Path) -> None:
    async with serving(slack, tmp_path, SLACK_API_URL=f"http://127.0.0.1:{free_port()}/api/") as process:
        await process.says("Slack cannot be reached")
        process.process.terminate()
        assert await process.over() == 0
        assert "Traceback" not in process.log
        assert "ready" not in process.log


@pytest.mark.slow
async def test_a_bot_started_before_slack_can_be_reached_starts_when_it_can(tmp_path: Path) -> None:
    slack = LocalSlack(port=free_port())
    environ = {"SLACK_API_URL": f"http://127.0.0.1:{slack._port}/api/"}
    async with serving(slack, tmp_path, **environ) as process:
        await process.says("Slack cannot be reached")
        async with slack:
            url = await process.ready()
            assert (await health(url))[0] == 200
            process.process.terminate()
            assert await process.over() == 0


@pytest.mark.slow
async def test_a_port_that_is_taken_ends_the_start_with_a_sentence(slack: LocalSlack, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        async with serving(slack, tmp_path, port=port) as process:
            assert await process.over() == 2
    assert f"cannot listen on 127.0.0.1, port {port}" in process.log
    assert "change --port" in process.log
    assert "Traceback" not in process.log


@pytest.mark.slow
async def test_a_token_that_slack_refuses_ends_the_start_with_a_sentence(slack: LocalSlack, tmp_path: Path) -> None:
    token = "xoxb-1000-2000-wrongtokenwrongtoken"
    async with serving(slack, tmp_path, SLACK_BOT_TOKEN=token) as process:
        assert await process.over() == 2
    assert "pprnet: Slack refuses SLACK_BOT_TOKEN (invalid_auth)" in process.log
    assert "Traceback" not in process.log
    assert token not in process.log


@pytest.mark.parametrize(("state", "code"), [("revoked", "token_revoked"), ("inactive", "account_inactive")])
async def test_a_dead_token_ends_the_start_as_well(slack: LocalSlack, tmp_path: Path, state: str, code: str) -> None:
    slack.token_state = state  # type: ignore[assignment]
    with pytest.raises(SlackRefusesError, match=rf"SLACK_BOT_TOKEN \({code}\)"):
        async with running(slack, tmp_path, **small_corpus(tmp_path)):
            pass


@pytest.mark.slow
async def test_an_app_token_that_slack_refuses_ends_the_start_with_a_sentence(slack: LocalSlack, tmp_path: Path) -> None:
    token = "xapp-1-A0LOCAL0001-3000-wrongtokenwrongtoken"
    async with serving(slack, tmp_path, SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN=token) as process:
        assert await process.over() == 2
    assert "SLACK_APP_TOKEN" in process.log
    assert "Traceback" not in process.log
    assert token not in process.log


@pytest.mark.slow
async def test_missing_settings_are_all_named_at_once(slack: LocalSlack, tmp_path: Path) -> None:
    environ = {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": "", "PPRNET_CHANNEL": "#general"}
    async with serving(slack, tmp_path, **environ) as process:
        assert await process.over() == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "PPRNET_CHANNEL"):
        assert name in process.log
    assert "Traceback" not in process.log


@pytest.mark.slow
async def test_a_faulty_corpus_ends_the_start_with_its_faults(slack: LocalSlack, tmp_path: Path) -> None:
    environ = small_corpus(tmp_path)
    with (tmp_path / "small" / "issues" / "2022-09.yaml").open("a") as file:
        file.write("unknown_key: 1\n")
    async with serving(slack, tmp_path, **environ) as process:
        assert await process.over() == 2
    assert "unknown_key" in process.log
    assert "2022-09.yaml" in process.log
    assert "Traceback" not in process.log


@pytest.mark.slow
async def test_a_database_that_cannot_be_opened_ends_the_start_with_a_sentence(slack: LocalSlack, tmp_path: Path) -> None:
    (tmp_path / "pprnet.db").write_bytes(b"this is no database at all" * 100)
    async with serving(slack, tmp_path) as process:
        assert await process.over() == 2
    assert "pprnet: the database" in process.log
    assert "Traceback" not in process.log


async def test_a_database_that_fails_turns_health_to_trouble(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        await sql(tmp_path, "ALTER TABLE claim RENAME TO hidden")
        status, state = await health(bot.url)
        assert status == 503
        assert state["status"] == "trouble"
        assert state["troubles"] == ["the database: it cannot be written: it failed (no such table: claim)"]
        await sql(tmp_path, "ALTER TABLE hidden RENAME TO claim")
        async with asyncio.timeout(PATIENCE):  # an answer is shown again for a moment
            while (await health(bot.url))[0] != 200:
                pass


@pytest.mark.slow
async def test_a_database_file_that_is_deleted_ends_the_bot_with_a_sentence(slack: LocalSlack, tmp_path: Path) -> None:
    async with serving(slack, tmp_path) as process:
        await process.ready()
        (tmp_path / "pprnet.db").unlink()
        assert await process.over() == 2
    assert "pprnet: the database file was deleted or replaced while the bot ran" in process.log
    async with serving(slack, tmp_path) as process:  # as a service manager starts it again
        assert await process.over() == 2
    assert "pprnet.db is gone: restore a backup" in process.log
    assert not (tmp_path / "pprnet.db").exists()


REMOVED = {
    "app_uninstalled": ({"type": "app_uninstalled"}, "the app was removed from the workspace"),
    "tokens_revoked": (
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0LOCALBOT1"]}},
        "the bot token was revoked",
    ),
}


@pytest.mark.parametrize(("event", "trouble"), REMOVED.values(), ids=REMOVED)
async def test_a_removed_app_reports_trouble_and_posts_no_month(
    slack: LocalSlack, tmp_path: Path, event: dict[str, object], trouble: str
) -> None:
    team = slack.add_channel("team", [slack.add_user("ana")])
    environ = {"PPRNET_CHANNEL": team.id, "PPRNET_POST_HOUR": "0", **small_corpus(tmp_path)}
    async with running(slack, tmp_path, **environ) as before:
        await before.idle()  # from here on the channel gets each new month
        assert (await health(before.url))[0] == 200
    shutil.copy(default_root() / "issues" / "2023-12.yaml", tmp_path / "small" / "issues" / "2023-12.yaml")
    release = asyncio.Event()
    slack.faults.delay_after("chat.postMessage", release)
    async with running(slack, tmp_path, **environ) as after:
        await slack.until(slack.posted)  # the month's first message; the cards of its thread would follow
        assert (await after.say.event(event)).status == 200
        status, state = await health(after.url)
        assert (status, state["troubles"]) == (503, [trouble])
        release.set()
    assert len(slack.calls_of("chat.postMessage")) == 1


async def test_the_month_whose_posting_the_last_test_stops_is_otherwise_posted_whole(
    slack: LocalSlack, tmp_path: Path
) -> None:
    team = slack.add_channel("team", [slack.add_user("ana")])
    environ = {"PPRNET_CHANNEL": team.id, "PPRNET_POST_HOUR": "0", **small_corpus(tmp_path)}
    async with running(slack, tmp_path, **environ) as before:
        await before.idle()
    assert slack.posted() == []
    shutil.copy(default_root() / "issues" / "2023-12.yaml", tmp_path / "small" / "issues" / "2023-12.yaml")
    async with running(slack, tmp_path, **environ):
        await slack.until(lambda: len(slack.posted(team)) == 2)
    parent, card = slack.posted(team)
    assert card.thread_ts == parent.ts


async def test_a_revoked_user_token_is_no_trouble(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        for tokens in ({"oauth": ["U1"], "bot": []}, {"oauth": ["U1"]}, None):
            assert (await bot.say.event({"type": "tokens_revoked", "tokens": tokens})).status == 200
        assert (await health(bot.url))[0] == 200


@pytest.mark.slow
async def test_the_log_says_that_an_answer_to_a_click_was_lost(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    async with serving(slack, tmp_path) as process:
        say = sender_for(slack, await process.ready())
        answer = await say.command("alliance rupture in one session", user=ana)
        for fault, said in (("refused", r"refused \(404\)"), ("lost", r"lost \(\w+\)")):
            if fault == "lost":
                slack.faults.drop_before("response_url")
            else:
                slack.faults.http("response_url", 404)
            assert (await say.press(answer.message, "Similar")).ok
            await process.says(f"an answer by response_url was {said}")
        process.process.terminate()
        await process.over()
    assert "hooks.slack.com" not in process.log
    assert slack.base_url not in process.log
