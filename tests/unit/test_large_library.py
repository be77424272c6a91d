"""A library larger than the shipped one is searched the same way; and the English word list."""

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
from bot.search.english import english
from bot.search.index import PRUNED_FROM, Clause, Field, Index
from tests.support.examples import examples
from tests.tools.bench.library import Writer, asked, misspelt

REAL = load(default_root())
ASKED = asked(REAL)


@pytest.fixture(scope="module")
def large() -> Engine:
    return Engine(Writer(REAL).write(250))


@pytest.mark.slow
def test_every_hit_has_its_reasons(large: Engine) -> None:
    chance = random.Random(7)
    some = ASKED[:: 2000 // examples(400)]
    for question in (*some, *(misspelt(question, chance) for question in some)):
        result = large.search(question)
        for hit in result.hits:
            why = large.why(result, hit)
            assert why.terms or why.concepts or not hit.score, question


def test_the_candidates_of_a_large_library_are_the_best_scored() -> None:
    """Only so many summaries have their passages compared: those that score highest for all clauses together."""
    chance = random.Random(3)
    index = Index({"title": Field(1.0, 0.5), "summary": Field(2.0, 0.3)})
    words = [f"w{number}" for number in range(60)]
    for _ in range(300):
        index.add({"title": chance.choices(words, k=4), "summary": chance.choices(words, k=30)}, [])
    index.close()
    clauses = [
        Clause(("w1", "w2"), (("w3", 0.8),)),
        Clause((), (("w4", 1.0), ("w5", 0.5)), 0.4),
        Clause(("w6", "unknown"), (), 0.7),
    ]
    scores = []
    for number in range(index.size):
        score = 0.0
        for clause in clauses:
            own = sum(sum(index.row(term, (number,))) for term in clause.terms)
            stand_ins = [sum(index.row(term, (number,))) * worth for term, worth in clause.stand_ins]
            score += clause.weight * max([own, *stand_ins])
        scores.append(score)
    best = sorted(range(index.size), key=lambda number: (-round(scores[number], 9), number))
    assert index.among(clauses, 20) == sorted(best[:20])
    assert index.among([Clause(("unknown",))], 20) == []


def test_leaving_out_what_cannot_be_among_the_best_changes_nothing_of_who_is() -> None:
    chance = random.Random(8)
    words = [f"word{number}" for number in range(60)]
    index = Index({"text": Field(1.0, 0.5), "title": Field(2.0, 0.2)})
    for _ in range(400):
        texts = {
            name: [word for word in words if chance.random() < 1 / (2 + words.index(word))] for name in ("text", "title")
        }
        index.add(texts, [])
    index.close()
    for _ in range(60):
        clauses = [
            Clause(
                tuple(chance.sample(words, chance.choice([0, 1, 1, 1, 2]))),
                tuple((word, 0.8) for word in chance.sample(words, chance.choice([0, 0, 1, 2]))),
                chance.choice([0.3, 0.5, 1.0]),
            )
            for _ in range(chance.randint(1, 9))
        ]
        rows = {term: index.row(term, range(400)) or [0.0] * 400 for each in clauses for term in each.all_terms()}
        scores = [
            sum(
                each.weight
                * max(
                    [
                        sum(rows[term][number] for term in each.terms),
                        *(rows[term][number] * by for term, by in each.stand_ins),
                    ]
                )
                for each in clauses
            )
            for number in range(400)
        ]
        best = sorted((number for number in range(400) if scores[number]), key=lambda number: (-scores[number], number))[:16]
        assert index.size >= PRUNED_FROM * 16
        found = index.among(clauses, 16)
        assert sorted(scores[number] for number in found) == pytest.approx(sorted(scores[number] for number in best))


def test_an_empty_library_finds_nothing() -> None:
    assert Engine(Corpus((), REAL.topics, REAL.lexicon)).search("alliance").hits == ()


def test_every_word_of_the_english_list_is_known_and_no_other() -> None:
    words = json.loads(gzip.decompress((files("spellchecker") / "resources" / "en.json.gz").read_bytes()))
    listed = english()
    assert all(listed.count(word) == count for word, count in words.items())
    near = {word[:-1] + letter for word in list(words)[::50] for letter in "aez'"} - words.keys()
    assert not [word for word in near if word in listed]


@pytest.mark.parametrize("typed", ["", '"', "\\", "\0", "\ud800", "{", "}", "~" * 50, "\U0010ffff", 'the": 1', "the\n", ":"])
def test_no_character_breaks_the_english_list(typed: str) -> None:
    assert typed not in english()
