"""Inputs made to break or to stall the bot. Times are measured by `python -m tests.bench`; here the work and the memory are
bounded, and every input gets a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import notes
from bot.playground.slack import LocalSlack
from bot.search.concepts import Concepts
from bot.search.question import MAX_CHARACTERS, MAX_EXPANSION, MAX_WORDS, clip, read
from bot.search.result import Outcome
from bot.search.spelling import NO_SPELLER, Speller
from bot.text import fold
from tests.support.bot import Bot, running
from tests.support.examples import examples
from tests.support.once import shipped_engine
from tests.support.requests import FORM_TYPE, post_signed
from tests.support.small_corpus import small_corpus
from tests.tools.bench.worst import WORST

FAILED = notes.failure("").text[:30]
ENGINE = shipped_engine()
TRICKS = (
    "\ufdfa\u0301\ud800\udfff\0\uff41\u202e\u200d\u00df\u0130\u1e9e\uac01\U0001f642\U000e0041"
    "’‐−`.,;!?/-_<>&@#|:'\"\n\t 0123456789"
)
PIECES = st.sampled_from(["alliance", "rupture ", "therapist's ", "dont ", "CBT ", "2022-09 ", "<@U1>", "&amp;", "qqqqqq "])
ODD = st.text(st.characters(codec=None) | st.sampled_from(TRICKS), max_size=60) | PIECES
TYPED = st.builds(
    lambda parts, times: "".join(parts) * times, st.lists(ODD, max_size=12), st.sampled_from([1, 1, 1, 40, 400])
)


@pytest.mark.parametrize("text", WORST.values(), ids=WORST.keys())
def test_the_worst_inputs_have_an_outcome_and_bounded_words(text: str) -> None:
    result = ENGINE.search(text)
    assert result.outcome in Outcome
    assert len(result.hits) <= 5
    cut = clip(text)
    assert len(cut) <= MAX_CHARACTERS
    assert len(fold(cut)) <= MAX_EXPANSION * MAX_CHARACTERS
    assert len(read(cut, NO_SPELLER, Concepts(ENGINE.corpus.lexicon)).words) <= MAX_WORDS


@pytest.mark.parametrize("text", WORST.values(), ids=WORST.keys())
def test_a_longer_input_takes_no_more_memory(text: str) -> None:
    """At most 300 KB beside the input itself and one copy of its words' list, however long it is."""
    ENGINE.search(text)
    for longer in (text, text * 20):
        tracemalloc.start()
        ENGINE.search(longer)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 300_000


def test_few_unknown_words_of_one_question_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    repair = Speller.repair
    monkeypatch.setattr(Speller, "repair", lambda self, word: looked_up.append(word) or repair(self, word))
    ENGINE.search(WORST["5,000 unknown words"])
    assert 0 < len(looked_up) <= 12


@settings(max_examples=examples(300), deadline=None, derandomize=True)
@given(TYPED)
def test_whatever_is_typed_has_an_outcome(typed: str) -> None:
    result = ENGINE.search(typed)
    assert result.outcome in Outcome
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], dict[str, object]]]:
    """The bot's HTTP door for many requests from one test: what it answers to a typed command."""
    folder: Path = tmp_path_factory.mktemp("worst")
    with asyncio.Runner() as runner, contextlib.ExitStack() as stack:
        context = contextlib.AsyncExitStack()

        async def start() -> tuple[LocalSlack, Bot]:
            slack = await context.enter_async_context(LocalSlack())
            return slack, await context.enter_async_context(running(slack, folder, **small_corpus(folder)))

        slack, bot = runner.run(start())
        stack.callback(lambda: runner.run(context.aclose()))
        number = 0

        def typed(text: str) -> dict[str, object]:
            nonlocal number
            number += 1
            form = {
                "command": "/pprnet",
                "text": text,
                "team_id": slack.team_id,
                "api_app_id": slack.app_id,
                "user_id": "U0ODD00001",
                "channel_id": "C0ODD00001",
                "trigger_id": f"{number}.1",
            }
            answer = runner.run(post_signed(bot, urlencode(form, errors="surrogatepass").encode(), FORM_TYPE))
            assert answer.status == 200, text[:80]
            return dict(answer.json)

        yield typed


@pytest.mark.parametrize("text", [text for text in WORST.values() if len(text) < 40_000], ids=lambda text: ascii(text[:20]))
def test_the_worst_inputs_get_a_sentence_through_the_door(door: Callable[[str], dict[str, object]], text: str) -> None:
    answer = door(text)
    assert answer["text"]
    assert FAILED not in str(answer["text"])


@settings(max_examples=examples(80), deadline=None, derandomize=True)
@given(TYPED)
def test_whatever_is_typed_gets_a_sentence_through_the_door(door: Callable[[str], dict[str, object]], typed: str) -> None:
    answer = door(typed[:20_000])
    assert answer["text"]
    assert FAILED not in str(answer["text"])
