"""Facts of an original that were read from its text by rule, each beside its sentence (`read_from`), and their check."""

from __future__ import annotations

from collections.abc import Iterator

from bot.corpus.fields import Fields, join, short
from bot.corpus.figures import figures
from bot.corpus.model import READABLE, Effect, Summary
from bot.corpus.strict_yaml import Node

ReadFrom = tuple[tuple[str, tuple[str, ...]], ...]
ADVICE = "correct it, or delete this part of read_from if you checked it yourself"
_NONE = frozenset[float]()


def read_from(node: Node, path: str, fields: Fields, summary: Summary) -> ReadFrom:
    """Return the sentences from which each field of a summary was read. Faults: a digest, an unknown field, one that is
    empty, a sentence that is not in the text, a figure or name that is in none of its sentences.
    """
    if node.is_null:
        return ()
    if summary.text != "original":
        fields.fault(node, path, "only the facts of an original are read from its text: delete it")
    keys = fields.mapping(node, path, optional=READABLE)
    printed = "\n".join((summary.study.citation or "", summary.summary, *summary.implications))
    found = []
    for name in filter(keys.__contains__, READABLE):
        member, where = keys[name], join(path, name)
        sentences = fields.texts(member, where, least=1, most=40, length=3000)
        for sentence in sentences:
            if sentence not in printed:
                fields.fault(member, where, f"“{short(sentence)}” is not in the text: {ADVICE}")
        if not sentences:
            continue
        values = tuple(_values(name, summary))
        if not values:
            fields.fault(member, where, "there is no such fact: delete this part of read_from")
        numbers = _NONE.union(*map(figures, sentences))
        for value, needed, words in values:
            if not (needed <= numbers and any(words in sentence for sentence in sentences)):
                fields.fault(member, where, f"{short(value)} is in none of these sentences: {ADVICE}")
        found.append((name, sentences))
    return tuple(found)


def _values(name: str, summary: Summary) -> Iterator[tuple[str, frozenset[float], str]]:
    """Yield each value of a field in words, with the figures and the words that its sentences must print. A design
    may be named in other words.
    """
    study = summary.study
    match name:
        case "authors":
            yield from ((author, _NONE, author) for author in study.authors)
        case "design":
            yield from [(study.design, _NONE, "")] if study.design != "not stated" else []
        case "sample":
            yield from ((f"{count} {who}", figures(str(count)), "") for who, count in study.sample)
        case "effects":
            yield from ((f"{effect.measure} = {effect.value}", _numbers(effect), "") for effect in study.effects)


def _numbers(effect: Effect) -> frozenset[float]:
    numbers = (effect.value, effect.to, effect.k, *(effect.ci or ()))
    return frozenset(float(each) for each in numbers if each is not None) | figures(effect.p or "")
