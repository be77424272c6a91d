"""What deploy/ has for operators, tried as far as it can be without a service manager and a container builder."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.cli.main import main
from bot.playground.slack import LocalSlack
from tests.support.idle import eventually
from tests.support.process import free_port, serving

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("pprnet.service", "pprnet-backup.service", "pprnet-backup.timer")


async def listen(manager: socket.socket, heard: list[str]) -> None:
    """Note every message to the service manager; few of them are kept for one who does not listen."""
    while True:
        heard.append((await asyncio.get_running_loop().sock_recv(manager, 4096)).decode())


async def health(port: int, *options: str) -> tuple[int, str]:
    """`pprnet health` as a process of its own: the exit status, and what it prints."""
    words = [sys.executable, "-m", "bot", "health", "--port", str(port), *options]
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, env={}, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


@pytest.mark.slow
async def test_the_service_manager_and_pprnet_health_hear_how_the_bot_is(slack: LocalSlack, tmp_path: Path) -> None:
    port = free_port()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        heard: list[str] = []
        listening = asyncio.create_task(listen(manager, heard))
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"}
        slack.faults.error("auth.test", "internal_error", times=1)
        async with serving(slack, tmp_path, port=port, **environ) as process:
            await eventually(lambda: "STATUS=running; pprnet health says how it is" in heard)
            assert heard[0] == "READY=1", "the process works, whatever it waits for"
            assert "STATUS=starting: Slack cannot be reached (internal_error)" in heard
            before = heard.count("WATCHDOG=1")
            await eventually(lambda: heard.count("WATCHDOG=1") > before)
            assert await health(port) == (0, "all is well\n")
            (tmp_path / "small" / "issues" / "2024-01.yaml").write_text("a: [", "utf-8")
            process.process.send_signal(1)
            await process.says("the library changed and has faults")
            status, printed = await health(port)
            assert status == 1
            assert "2024-01.yaml" in printed
            assert await health(port, "--ready") == (0, "all is well\n")
            process.process.terminate()
            assert await process.over() == 0
            await eventually(lambda: heard[-1] == "STOPPING=1")
        listening.cancel()


def test_health_says_that_no_bot_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--port", str(free_port()), "--live"]) == 1
    assert "nothing answers at http://127.0.0.1:" in capsys.readouterr().out


@pytest.mark.systemd
@pytest.mark.skipif(
    not shutil.which("systemd-analyze") and "CI" not in os.environ, reason="systemd-analyze is in Debian's package systemd"
)
def test_systemd_takes_the_units_and_finds_them_hardened(tmp_path: Path) -> None:
    for name in UNITS:
        (tmp_path / name).write_text((DEPLOY / name).read_text().replace("/opt/pprnet/.venv/bin/pprnet", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / name for name in UNITS)], capture_output=True, text=True
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    for name in UNITS[:2]:
        command = ["systemd-analyze", "security", "--offline=true", tmp_path / name]
        found = subprocess.run(command, capture_output=True, text=True)
        level = re.search(rf"exposure level for {name}: ([\d.]+)", found.stdout)
        assert level, found.stdout
        assert float(level[1]) < 2


def test_bot_backup_and_commands_run_as_one_user_with_one_file_of_settings_and_need_no_package() -> None:
    """A unit that names a user without a home did not start on an empty Debian, and /bin/kill is not there."""
    command = (DEPLOY / "pprnet.sh").read_text().replace("'", "")
    for unit in ((DEPLOY / name).read_text() for name in UNITS[:2]):
        for setting in (
            "User=pprnet",
            "Group=pprnet",
            "StateDirectory=pprnet pprnet/backups",
            "EnvironmentFile=/etc/pprnet.env",
        ):
            assert f"\n{setting}\n" in unit
            assert f"--property={setting}" in command
        assert "DynamicUser" not in unit
        assert "/bin/kill" not in unit


def test_the_command_says_what_is_wrong_before_systemd_says_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "pprnet.env"
    command = tmp_path / "pprnet.sh"
    command.write_text((DEPLOY / "pprnet.sh").read_text().replace("/etc/pprnet.env", str(settings)))
    for name, does in {"id": "echo ${UID_HERE:-0}", "systemd-run": 'echo "$@"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)

    def run(*words: str, **environ: str) -> tuple[int, str, str]:
        environ["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run(["sh", command, *words], env=environ, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    status, out, said = run("doctor", UID_HERE="1000")
    assert (status, out) == (2, "")
    assert said.startswith("pprnet: run it as root")
    status, out, said = run("doctor")
    assert (status, out) == (2, "")
    assert f"there is no {settings}" in said
    settings.write_text("# a note\n\nSLACK_BOT_TOKEN=xoxb-1\nexport PPRNET_CHANNEL=C0SECRET\n; a note\nlost\n")
    status, out, said = run("ask", "drop out")
    assert said == f"pprnet: {settings}: what is neither NAME=value nor a comment counts for nothing, in line 4 6\n"
    assert out.endswith("/opt/pprnet/.venv/bin/pprnet ask drop out\n")
    assert "ProtectSystem" not in out
    settings.write_text("SLACK_BOT_TOKEN=xoxb-1\n")
    status, out, said = run("doctor")
    assert (status, said) == (0, "")
    assert {f"--property={line}" for line in ("ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes")} <= set(
        out.split()
    )


def test_the_image_runs_as_no_root_and_from_files_that_are_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    last = max(i for i, (name, _) in enumerate(steps) if name == "FROM")
    assert "USER" in [name for name, _ in steps[last:]], "the image that runs, not the one that builds"
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {word for name, rest in steps if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]}
    assert {word.removeprefix("./") for word in copied} == taken
    assert all((ROOT / name).exists() for name in taken)


def test_compose_keeps_the_bot_read_only_and_its_state_in_volumes() -> None:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    bot = found["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    used = {line.split(":")[0] for each in found["services"].values() for line in each["volumes"]}
    assert used == set(found["volumes"])
    assert all(port.startswith("127.0.0.1:") for port in bot["ports"])


def test_the_image_can_back_up_the_server_that_compose_starts() -> None:
    """An older pg_dump refuses a newer server, and an older server does not take what a newer pg_restore says."""
    [client] = re.findall(r"postgresql-client-(\d+)", (DEPLOY / "Dockerfile").read_text())
    image = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["database"]["image"]
    assert image.startswith(f"postgres:{client}-")
