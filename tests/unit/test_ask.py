"""`pprnet ask`: the card in the terminal, and the JSON interface for other programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from bot.search.confidence import Features
from tests.support.terminal import run_here

PPRNET = Path(sys.executable).with_name("pprnet")
KEYS = ["query", "outcome", "corrected", "hits", "details_left_out"]
HIT_KEYS = ["id", "title", "issue", "score", "confidence", "why"]


def environ(**more: str) -> dict[str, str]:
    """This process's environment without the bot's own variables; output is buffered as it is for users."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_", "PYTHON"))}
    return {**kept, **more}


def pprnet(
    *arguments: str | bytes, stdin: bytes = b"", cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[bytes]:
    return run_here(main, arguments, environ=environ(**more), stdin=stdin, cwd=cwd)


def pprnet_process(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """The same as a process of its own."""
    return subprocess.run([PPRNET, *arguments], capture_output=True, timeout=60, env=environ(**more), check=False)


def text(*words: str) -> str:
    """What `pprnet ask WORDS` prints, with its line breaks made spaces."""
    done = pprnet("ask", *words)
    assert (done.returncode, done.stderr) == (0, b"")
    return " ".join(done.stdout.decode().split())


def batch(*lines: bytes, end: bytes = b"\n") -> list[dict[str, Any]]:
    """The objects that `--batch` writes for these lines."""
    done = pprnet("ask", "--batch", stdin=b"\n".join(lines) + end)
    assert (done.returncode, done.stderr) == (0, b"")
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert all(list(each) == KEYS for each in found)
    return found


# -- in words -----------------------------------------------------------------------------------------------------


def test_a_question_gets_the_card_with_everything_a_clinician_needs() -> None:
    card = text("alliance", "rupture", "next", "session")
    assert card.startswith(
        "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session "
        "Babl and colleagues · year not stated · process study · 56 patients Bottom line"
    )
    positions = [
        card.index(label) for label in ("Bottom line", "Practice implications •", "Note", "Condensed from", "weigh it")
    ]
    assert positions == sorted(positions)
    assert "https://socialsciences.uottawa.ca/pprnet/blog" in card
    assert "Showing results for" not in card


def test_a_corrected_spelling_is_said_first() -> None:
    said = text("aliance", "rupturre")
    assert said.startswith("Showing results for: alliance rupture 3 summaries are about “alliance rupture”: •")


def test_nothing_found_says_what_is_covered_and_that_this_proves_nothing() -> None:
    said = text("how", "to", "fix", "a", "carburettor")
    assert said.startswith(
        "I found nothing in the library on this. The library has 28 summaries, from September 2017 to December 2023."
    )
    assert "This does not mean that there is no research." in said
    assert "Practice implications" not in said


def test_something_loosely_related_is_never_dressed_as_the_answer() -> None:
    related = [
        question
        for question, found in zip(LOOSE, batch(*(question.encode() for question in LOOSE)), strict=True)
        if found["outcome"] == "related"
    ]
    assert related, "none of these questions is merely related any more: choose others"
    said = text(related[0])
    assert "Nothing in the library answers this directly. Loosely related: • " in said
    assert "Practice implications" not in said


LOOSE = [
    "does cultural humility protect therapists from burning out at work",
    "numbness in depression of older men",
    "do therapists who exercise sleep better after a rupture",
]


def test_a_subject_that_is_only_mentioned_is_said_to_be_so() -> None:
    said = text("personality", "disorder")
    assert said.startswith("No summary is about “personality disorder”. 1 mentions it: • How Reliable is the Association")
    assert "borderline personality disorder" in said
    assert "Practice implications" not in said
    found = batch(b"personality disorder")[0]
    assert (found["outcome"], [hit["id"] for hit in found["hits"]]) == ("related", ["alliance-outcome-reliability"])


def test_no_words_greetings_and_help_get_help() -> None:
    assert text().startswith("Ask about psychotherapy research in your own words, for example:")
    found = batch(*(words.encode() for words in ("   ", "help", "hello!", "🙂", "?!", "HELP me")))
    assert {each["outcome"] for each in found} == {"help"}


def test_a_month_lists_what_is_held_of_it_and_does_not_call_it_the_issue() -> None:
    said = text("september 2022")
    assert said.startswith("PPRNet, September 2022: 2 research summaries in the library")
    assert said.count("•") == 2
    assert text("march 2021").startswith("The library has nothing from March 2021.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("topics", "Topics in the library: Adherence: 0"),
        ("topic training", "Training: 4 summaries, newest first"),
        ("latest", "PPRNet, December 2023"),
        ("help", "Ask about psychotherapy research in your own words"),
        ("help more", "Find pprnet ask latest"),
        ("privacy", "What I do with what you write"),
        ("evidence empathy", "Effect sizes as printed: Empathy"),
        ("compare", "Compare what? Type a question after it, for example pprnet ask compare video therapy."),
        ("subscribe", "subscribe works in Slack only: type /pprnet subscribe in a channel there."),
        ("saved", "saved works in Slack only: type /pprnet saved there."),
        ("more", "more works in Slack only"),
        ("journal-club alliance on 3/12", "journal-club works in Slack only"),
        ("subscrptions", "Did you mean the command: subscriptions?"),
        ("suicide", "This bot cannot help in an emergency."),
    ],
)
def test_the_words_of_slack_work_in_the_terminal_or_say_where_they_do(words: str, said: str) -> None:
    assert text(*words.split()).startswith(said)
    assert text(words).startswith(said)


def test_the_clinics_own_line_comes_first_in_the_terminal_too() -> None:
    done = pprnet("ask", "a client who wants to die", PPRNET_CRISIS_LINE="Call 555-0100.")
    assert done.stdout == b"Call 555-0100.\n"  # alone: nothing answers this
    copied = pprnet("ask", "a client is sui\xadcidal", PPRNET_CRISIS_LINE="Call 555-0100.")
    assert copied.stdout == b"Call 555-0100.\n"
    question = "does an alliance rupture lead to greater symptoms in the next session? the client is in danger"
    answered = pprnet("ask", question, PPRNET_CRISIS_LINE="Call 555-0100.")
    assert answered.stdout.startswith(b"Call 555-0100.\n\n")
    assert b"Practice implications" in answered.stdout


def test_no_line_is_wider_than_a_hundred_columns_or_holds_a_control_character() -> None:
    for columns in ("20", "500"):
        lines = pprnet("ask", "crying", COLUMNS=columns).stdout.decode().split("\n")
        assert max(map(len, lines)) <= 100
        assert all(line.isprintable() for line in lines)


# -- --json -------------------------------------------------------------------------------------------------------


def test_json_is_one_line_with_exactly_the_documented_keys() -> None:
    done = pprnet("ask", "--json", "alliance", "rupture", "next", "session")
    assert done.stdout.count(b"\n") == 1
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["query"], found["outcome"], found["corrected"]) == ("alliance rupture next session", "answer", None)
    assert 1 <= len(found["hits"]) <= 5
    assert all(list(hit) == HIT_KEYS for hit in found["hits"])
    best = found["hits"][0]
    assert (best["id"], best["issue"]) == ("alliance-rupture-next-session", "2022-09")
    assert best["title"] == "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session"
    assert [hit["score"] for hit in found["hits"]] == sorted((hit["score"] for hit in found["hits"]), reverse=True)
    assert all(0 <= hit["confidence"] <= 1 for hit in found["hits"])


def test_json_says_the_correction_and_help_has_no_hits() -> None:
    found = batch(b"aliance rupturre", b"")
    assert found[0]["corrected"] == "alliance rupture"
    assert found[1] == {"query": "", "outcome": "help", "corrected": None, "hits": [], "details_left_out": False}


def test_json_says_why_a_summary_was_found_and_why_another_was_not() -> None:
    [found] = batch(b"my clients drop out after a rupture with their plumber")
    best = found["hits"][0]["why"]
    assert list(best) == ["terms", "concepts", "missed", "features"]
    assert "plumber" in best["missed"]
    assert "drop out" in best["concepts"]
    assert tuple(best["features"]) == Features._fields
    for hit in found["hits"]:
        assert not set(hit["why"]["terms"]) & set(hit["why"]["missed"])
    assert batch(b"September 2022")[0]["hits"][0]["why"] == {"terms": [], "concepts": [], "missed": [], "features": None}


def test_client_details_are_left_out_of_the_search_and_that_is_said() -> None:
    plain, [laden] = batch(b"keeps cancelling after a rupture"), batch(b"Sarah, 34, keeps cancelling after a rupture")
    assert laden["details_left_out"]
    assert laden["query"].startswith("Sarah")
    assert laden["hits"] == plain[0]["hits"]
    said = text("Sarah,", "34,", "has", "an", "alliance", "rupture")
    assert said.startswith("Parts that look like client details were left out of the search.")
    assert "Sarah" not in said


def test_words_that_are_not_utf8_are_answered_all_the_same() -> None:
    done = pprnet("ask", "--json", b"crying \xff\xfe", LC_ALL="C.UTF-8", PYTHONIOENCODING="utf-8:strict")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["query"] == "crying \ufffd\ufffd"


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
@pytest.mark.slow
def test_a_terminal_of_another_encoding_gets_an_answer_and_programs_the_same_json(encoding: str) -> None:
    done = pprnet_process("ask", "crying", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Practice implications" in done.stdout.decode(encoding)
    found = json.loads(pprnet_process("ask", "--json", "Flückiger", PYTHONIOENCODING=encoding).stdout.decode(encoding))
    assert found["query"] == "Flückiger"
