"""A large library is searched by arrays instead of dictionaries, and must find the same."""

from __future__ import annotations

import gzip
import json
import random
from importlib.resources import files

import pytest

from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.paths import default_root
from bot.search.engine import Engine
from bot.search.result import Result
from bot.search.spelling import Speller, english
from tests.tools.bench.library import Writer, asked, misspelt

REAL = load(default_root())
ASKED = asked(REAL)


@pytest.fixture(scope="module", params=["shipped", "made up"])
def twins(request: pytest.FixtureRequest) -> tuple[Engine, Engine]:
    """An engine of dictionaries and one of arrays over the same corpus."""
    corpus = REAL if request.param == "shipped" else Writer(REAL).write(250)
    return Engine(corpus, large=10**9), Engine(corpus, large=0)


def gist(result: Result) -> tuple[object, ...]:
    return result.outcome, result.corrected, result.month


def leads(result: Result) -> bool:
    """Whether the first hit is clearly ahead of the second."""
    first, second = [*(hit.score for hit in result.hits), -1.0, -1.0][:2]
    return first - second > 0.03


def test_dictionaries_and_arrays_find_the_same(twins: tuple[Engine, Engine]) -> None:
    """Arrays hold half the digits, impacts in steps, and how much a passage's word says in 255ths: only what is level may
    change places, or have another sentence of the question fit it best.
    """
    small, large = twins
    chance = random.Random(7)
    hits = 0
    swapped = []
    for question in (*ASKED, *(misspelt(question, chance) for question in ASKED)):
        one, other = small.search(question), large.search(question)
        assert gist(one) == gist(other), question
        assert not leads(one) or one.hits[0].summary is other.hits[0].summary, question
        assert [hit.score for hit in one.hits] == pytest.approx([hit.score for hit in other.hits], abs=0.1)
        hits += len(one.hits)
        for first, second in zip(one.hits, other.hits, strict=True):
            if first.summary is second.summary:
                assert first.confidence == pytest.approx(second.confidence, abs=0.01)
            if first.summary is not second.summary or abs(first.score - second.score) > 0.01:
                swapped.append(question)
    assert len(swapped) <= hits / 100, swapped


def test_dictionaries_and_arrays_have_the_same_neighbours(twins: tuple[Engine, Engine]) -> None:
    small, large = twins
    for summary in REAL:
        assert [hit.summary.id for hit in small.more_like(summary.id)] == [
            hit.summary.id for hit in large.more_like(summary.id)
        ]


def test_dictionaries_and_arrays_give_the_same_reasons(twins: tuple[Engine, Engine]) -> None:
    for question in ASKED[::5]:
        for engine in twins:
            result = engine.search(question)
            for hit in result.hits:
                why = engine.why(result, hit)
                assert why == twins[0].why(result, hit), question
                assert why.terms or why.concepts or not hit.score, question


def test_an_empty_library_of_arrays_finds_nothing() -> None:
    assert Engine(Corpus((), REAL.topics, REAL.lexicon), large=0).search("alliance").hits == ()


def test_words_chosen_by_their_letters_repair_alike() -> None:
    """The letters only rule out what is too far away anyway."""
    chance = random.Random(3)
    vocabulary = {
        "".join(chance.choice("aeilnorst") for _ in range(chance.randint(4, 12))): chance.randint(1, 9) for _ in range(3000)
    }
    one, other = Speller(vocabulary, vocabulary, many=10**9), Speller(vocabulary, vocabulary, many=0)
    for word in vocabulary:
        typed = misspelt(word, chance) + chance.choice(["", "s"])
        assert one.repair(typed) == other.repair(typed)
        assert one.author_like(typed) == other.author_like(typed)


def test_every_word_of_the_english_list_is_known_and_no_other() -> None:
    words = json.loads(gzip.decompress((files("spellchecker") / "resources" / "en.json.gz").read_bytes()))
    listed = english()
    assert all(listed.count(word) == count for word, count in words.items())
    near = {word[:-1] + letter for word in list(words)[::50] for letter in "aez'"} - words.keys()
    assert not [word for word in near if word in listed]


@pytest.mark.parametrize("typed", ["", '"', "\\", "\0", "\ud800", "{", "}", "~" * 50, "\U0010ffff", 'the": 1', "the\n", ":"])
def test_no_character_breaks_the_english_list(typed: str) -> None:
    assert typed not in english()
