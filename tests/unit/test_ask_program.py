"""The command ask as a program among others: many questions from standard input, other folders, closed streams."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from bot.cli.main import SUBCOMMANDS
from tests.unit.test_ask import PPRNET, batch, environ, pprnet


@pytest.fixture
def batch_process() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """A running `--batch`: where questions go in, and where answers come out."""
    process = subprocess.Popen(
        [PPRNET, "ask", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ()
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    try:
        yield process.stdin, process.stdout
        process.stdin.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


# -- --batch ------------------------------------------------------------------------------------------------------


def test_batch_answers_every_line_in_order_as_json_does() -> None:
    questions = ["alliance rupture", "crying", "aliance", "carburettor", "help", "september 2022"]
    found = batch(*(question.encode() for question in questions))
    assert [each["query"] for each in found] == questions
    assert found[2] == json.loads(pprnet("ask", "--json", "aliance").stdout)


@pytest.mark.slow
def test_batch_answers_a_line_before_the_next_one_is_written(batch_process: tuple[IO[bytes], IO[bytes]]) -> None:
    questions, answers = batch_process
    for question in (b"crying", b"", b"alliance rupture"):
        questions.write(question + b"\n")
        questions.flush()
        assert json.loads(answers.readline())["query"] == question.decode()


def test_a_blank_line_is_a_question_too_and_the_last_line_needs_no_end() -> None:
    found = batch(b"", b"  ", b"\r", b"crying", end=b"")
    assert [each["outcome"] for each in found] == ["help", "help", "help", "answer"]
    assert [each["query"] for each in found] == ["", "  ", "", "crying"]


def test_no_input_is_no_question() -> None:
    done = pprnet("ask", "--batch")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_batch_takes_any_bytes_and_still_writes_one_object_a_line() -> None:
    odd = [
        b"\xff\xfe crying",
        b"crying\0\0",
        b"\x1b[31mcrying\x07",
        "cry\u200bing \u200d\u2060".encode(),
        "\u202ecrying\u2066".encode(),
        "بكاء المريض في العلاج النفسي".encode(),
        "לבכות בטיפול".encode(),
        "😭 crying 😭".encode(),
        "crying\u2028in\u2029therapy\x85now\x0b\x0c".encode(),
        b'{"query": "crying"}',
        b"<!channel> crying <https://x.example|y>",
        b"crying " * 1500,
        b"c" * 10_000,
        "\ufdfa".encode() * 10_000,
        "e\u0301".encode() * 10_000,
        b"1" * 10_000,
        b"a.b;c!" * 2_000,
        b"crying",
    ]
    found = batch(*odd)
    assert len(found) == len(odd)
    assert [each["query"] for each in found] == [line.decode("utf-8", "replace") for line in odd]
    assert {each["outcome"] for each in found} <= {"answer", "related", "nothing", "help"}
    assert found[-1]["outcome"] == "answer"


def test_a_line_of_ten_megabytes_is_answered_and_so_is_the_next() -> None:
    found = batch(b"crying in therapy " * 600_000, b"crying")
    assert [each["outcome"] for each in found] == ["answer", "answer"]


def test_batch_takes_no_words() -> None:
    done = pprnet("ask", "--batch", "crying")
    assert done.returncode == 2
    assert b"--batch reads its questions from standard input: give no words" in done.stderr


# -- as a program among others ------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["ask", "crying"], ["ask", "--json", "crying"], ["ask", "--batch"], ["check"]])
@pytest.mark.slow
def test_a_reader_that_went_away_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [str(PPRNET), *arguments],
            input=b"crying\n" * 50,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            env=environ(),
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
def test_it_works_from_any_folder_and_as_a_module(tmp_path: Path) -> None:
    here = pprnet("ask", "crying")
    assert here.returncode == 0
    assert pprnet("ask", "crying", cwd=tmp_path).stdout == here.stdout
    module = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "crying"],
        capture_output=True,
        timeout=60,
        cwd=tmp_path,
        env=environ(),
        check=False,
    )
    assert (module.returncode, module.stdout, module.stderr) == (0, here.stdout, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_faulty_corpus_is_said_and_not_searched(corpus_copy: Path) -> None:
    (corpus_copy / "issues/2022-09.yaml").write_text("issue: 2022-09\n", "utf-8")
    done = pprnet("ask", "crying", PPRNET_KNOWLEDGE=str(corpus_copy))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"the library has 3 faults, so there is nothing to search" in done.stderr
    assert b"issues/2022-09.yaml:1: issue: quote it" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_unknown_command_or_flag_is_refused_with_the_usage() -> None:
    for arguments in (["answer"], ["ask", "--loud"], ["--loud"]):
        done = pprnet(*arguments)
        assert done.returncode == 2
        assert done.stderr.startswith(b"usage: pprnet")


def test_a_misspelt_command_is_told_which_one_is_near() -> None:
    assert b"there is no command 'aks'. Did you mean 'ask'?" in pprnet("aks", "crying").stderr
    assert b"there is no command 'xyzzy'. See pprnet --help." in pprnet("xyzzy").stderr


def test_without_a_command_help_is_printed_with_every_command_and_examples() -> None:
    for arguments in ([], ["help"], ["--help"]):
        done = pprnet(*arguments)
        assert (done.returncode, done.stderr) == (0, b"")
        assert all(f"\n  {name} ".encode() in done.stdout for name in SUBCOMMANDS)
    assert pprnet("--version").stdout.startswith(b"pprnet 0.")
    assert (pprnet("help", "ask").stdout, pprnet("help", "aks").returncode) == (pprnet("ask", "--help").stdout, 2)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_help_of_every_command_says_what_it_does_and_shows_examples_of_it(name: str) -> None:
    done = pprnet(name, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert said.startswith(f"usage: pprnet {name} ")
    assert SUBCOMMANDS[name][1][1:] in " ".join(said.split())
    examples = said.partition("examples:\n")[2].splitlines()
    assert examples
    assert all(f"pprnet {name}" in example for example in examples)


def test_a_question_may_come_from_standard_input() -> None:
    given = pprnet("ask", "crying")
    for arguments in (["ask"], ["ask", "-"]):
        assert pprnet(*arguments, stdin=b"crying\n").stdout == given.stdout
    assert json.loads(pprnet("ask", "--json", stdin=b"crying\n").stdout)["query"] == "crying"


@pytest.mark.slow
def test_a_full_disk_is_said_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [str(PPRNET), "ask", "crying"], stdout=full, stderr=subprocess.PIPE, timeout=60, env=environ(), check=False
        )
    assert (done.returncode, done.stderr) == (2, b"pprnet: the output cannot be written (No space left on device)\n")


@pytest.mark.parametrize("closed", ["ask --batch <&-", "ask crying >&- <&-"])
def test_a_stream_that_the_shell_closed_is_empty_or_nowhere(closed: str) -> None:
    command = f"{shlex.quote(str(PPRNET))} {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, env=environ(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("words", ["aliance rupture", "compare video therapy", "stroke rehabilitation"])
@pytest.mark.slow
def test_the_terminal_waits_for_no_library_that_it_does_not_use(words: str) -> None:
    """Importing Slack's alone takes as long as everything that a question needs."""
    ask = f"import sys; from bot.cli.main import main; main(['ask', {words!r}]); print('\\n', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, env=environ(), check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "bot.cli.text" in loaded
    assert not loaded & {"slack_sdk", "slack_bolt", "aiohttp", "asyncio", "sqlalchemy", "numpy", "matplotlib"}
