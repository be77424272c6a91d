"""Engines and evaluations that tests share: the same corpus and the same questions give the same figures."""

from __future__ import annotations

from collections.abc import Iterable

from bot.corpus.model import Corpus
from bot.search.engine import Engine
from tests.tools.evaluation.figures import Evaluation, evaluate
from tests.tools.evaluation.sets import Judged

_engines: dict[tuple[str, bool], Engine] = {}
_evaluations: dict[tuple[str, bool, tuple[Judged, ...]], Evaluation] = {}


def engine_of(corpus: Corpus) -> Engine:
    """Return the engine over a corpus, made once."""
    key = _key(corpus)
    if key not in _engines:
        _engines[key] = Engine(corpus)
    return _engines[key]


def evaluate_once(engine: Engine, questions: Iterable[Judged]) -> Evaluation:
    """Ask every question, once for all tests of this process."""
    key = (*_key(engine.corpus), tuple(questions))
    if key not in _evaluations:
        _evaluations[key] = evaluate(engine, key[2])
    return _evaluations[key]


def _key(corpus: Corpus) -> tuple[str, bool]:
    """The same files are the same corpus, with their asks or without them."""
    return corpus.fingerprint, any(summary.asks for summary in corpus)
