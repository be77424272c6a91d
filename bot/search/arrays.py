"""The index of `bot.search.index` for large libraries, made of numpy arrays: a hundredth of the memory, and flat in time.

Only imported from `LARGE` summaries on (see `bot.search.ranking`). Documents that hold a term stand in one run of an array,
with what it adds to their scores; a term that every fourth document holds has a place for every document instead. Passages
are runs of terms, so those of the candidates are compared in one sweep.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bot.search.index import K1, LEAST_HOLDERS, Clause, Field, Row, Vector

Floats = NDArray[np.float32]
Numbers = NDArray[Any]
"""Document or term numbers, in as few bytes as they need."""

CHUNK = 4_096
"""Documents whose terms are counted in one sweep: bounds the memory that building takes."""
DENSE = 4
"""A term that more than one in so many documents holds gets a place for every document."""
STEPS = 65_535
"""Impacts are kept as so many steps of the highest: half the memory, and finer than passages are kept."""
BLOCKS = 512
"""Groups of documents of which only the best counts when the score to beat is looked for."""


class ArrayIndex:
    """Scores documents, numbered from 0 as they are added, by the terms of their fields; and their passages by cosine."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.size = 0
        self.top_idf = 0.0
        self._fields = fields
        self._ids: defaultdict[str, int] = defaultdict()
        self._ids.default_factory = self._ids.__len__  # a new term gets the next number
        self._terms = {name: array("i") for name in fields}  # of all documents, one after the other
        self._lengths = {name: array("i") for name in fields}
        self._passages = _Passages()
        self._idf: Floats = np.zeros(0, np.float32)
        self._starts: NDArray[np.int64] = np.zeros(1, np.int64)
        self._numbers: Numbers = np.zeros(0, np.uint16)
        self._impacts: NDArray[np.uint16] = np.zeros(0, np.uint16)
        self._step = 0.0
        self._dense: dict[int, Floats] = {}

    def add(self, fields: Mapping[str, list[str]], passages: Sequence[tuple[Vector, float]]) -> None:
        """A document: its terms by field, and its passages, each with how much its terms say (0 to 1) and its worth."""
        ids = self._ids
        for name in self._fields:
            terms = fields.get(name, ())
            self._lengths[name].append(len(terms))
            self._terms[name].extend([ids[term] for term in terms])
        self._passages.add(passages, ids)
        self.size += 1

    def close(self) -> None:
        """Work out all weights, once everything has been added."""
        chunks = [self._counted(start, min(start + CHUNK, self.size)) for start in range(0, self.size, CHUNK)]
        self._terms, self._lengths = {}, {}
        self._ids.default_factory = None
        holders = np.zeros(len(self._ids), np.int64)
        about = np.zeros(len(self._ids))
        for terms, _, _, shares in chunks:
            holders += np.bincount(terms, minlength=len(holders))
            about += np.bincount(terms, shares, minlength=len(holders))
        about = np.maximum(about, LEAST_HOLDERS)
        self._idf = np.log1p((self.size - about + 0.5) / (about + 0.5)).astype(np.float32)
        self.top_idf = float(np.log1p((self.size + 0.5) / 0.5))
        everywhere = holders > self.size / DENSE
        self._starts = np.concatenate(([0], np.cumsum(np.where(everywhere, 0, holders))))
        self._numbers = np.empty(self._starts[-1], np.uint16 if self.size <= 65_536 else np.uint32)
        self._impacts = np.empty(self._starts[-1], np.uint16)
        highest = max((float((impacts * self._idf[terms]).max(initial=0.0)) for terms, _, impacts, _ in chunks), default=0.0)
        self._step = highest / STEPS or 1.0  # no term at all: any step will do
        self._dense = {int(term): np.zeros(self.size, np.float32) for term in np.flatnonzero(everywhere)}
        free = self._starts[:-1].copy()
        while chunks:
            terms, numbers, impacts, _ = chunks.pop(0)
            self._put(terms, numbers, impacts, everywhere, free)
        self._passages.close(self._idf)

    def _counted(self, start: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats, Floats]:
        """The terms of a chunk of documents, sorted, with the documents' numbers, their impacts but for the idf, and how far
        the document is about the term.
        """
        keys, counts, abouts = [], [], []
        for name, field in self._fields.items():
            all_lengths = np.asarray(self._lengths[name])
            lengths = all_lengths[start:end]
            begin = int(all_lengths[:start].sum())
            terms = np.asarray(self._terms[name])[begin : begin + int(lengths.sum())].astype(np.int64)
            norms = field.weight / (1 - field.b + field.b * lengths / (all_lengths.mean() or 1.0))
            keys.append(terms << 32 | np.repeat(np.arange(start, end), lengths))
            counts.append(np.repeat(norms, lengths))
            abouts.append(np.full(len(terms), field.about, np.float32))
        key, count = np.concatenate(keys), np.concatenate(counts)
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        if not len(first):
            nothing = np.zeros(0, np.int32)
            return nothing, nothing, np.zeros(0, np.float32), np.zeros(0, np.float32)
        tf = np.add.reduceat(count[order], first)
        about = np.maximum.reduceat(np.concatenate(abouts)[order], first)
        key = key[first]
        impacts = (tf * (K1 + 1) / (tf + K1)).astype(np.float32)
        return (key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32), impacts, about

    def _put(
        self,
        terms: NDArray[np.int32],
        numbers: NDArray[np.int32],
        impacts: Floats,
        everywhere: NDArray[np.bool_],
        free: NDArray[np.int64],
    ) -> None:
        """Put a chunk's impacts in their places; `free` is the next free place of each term."""
        impacts *= self._idf[terms]
        first = np.flatnonzero(np.diff(terms, prepend=-1))
        runs = np.diff(first, append=len(terms))
        within = np.arange(len(terms)) - np.repeat(first, runs)
        places = free[terms] + within
        sparse = ~everywhere[terms]
        self._numbers[places[sparse]] = numbers[sparse]
        self._impacts[places[sparse]] = np.rint(impacts[sparse] / np.float32(self._step))
        for begin, run in zip(first.tolist(), runs.tolist(), strict=True):
            if everywhere[terms[begin]]:
                self._dense[int(terms[begin])][numbers[begin : begin + run]] = impacts[begin : begin + run]
        free[terms[first]] += runs

    def __contains__(self, term: str) -> bool:
        return term in self._ids

    def idf(self, term: str) -> float:
        """The weight of a term: the rarer, the more."""
        number = self._ids.get(term)
        return self.top_idf if number is None else float(self._idf[number])

    def among(self, clauses: Sequence[Clause], keep: int) -> list[int]:
        """Those `keep` documents (or fewer) that score most for all clauses together."""
        total = np.zeros(self.size, np.float32)
        own, scaled = np.empty_like(total), np.empty_like(total)  # made once: a large array costs more to get than to fill
        for clause in clauses:
            stand_ins = [(number, worth) for term, worth in clause.stand_ins if (number := self._ids.get(term)) is not None]
            terms = [number for term in clause.terms if (number := self._ids.get(term)) is not None]
            if not stand_ins:
                for number in terms:
                    self._add(number, clause.say, total, scaled)
                continue
            own.fill(0.0)
            for number in terms:
                self._add(number, 1.0, own, scaled)
            for number, worth in stand_ins:
                self._raise(number, worth, own, scaled)
            total += np.multiply(own, np.float32(clause.say), out=own)
        return cast("list[int]", _best(total, keep).tolist())

    def row(self, term: str, numbers: Sequence[int]) -> Row:
        """What a term adds to the scores of these documents. Empty for an unknown term."""
        number = self._ids.get(term)
        if number is None:
            return []
        if (dense := self._dense.get(number)) is not None:
            return cast("Row", dense[[*numbers]].tolist())
        held, impacts = self._run(number)
        wanted = np.array(numbers, held.dtype)
        places = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
        scores = impacts[places] * np.float32(self._step)
        return cast("Row", np.where(held[places] == wanted, scores, np.float32(0)).tolist())

    def _run(self, number: int) -> tuple[Numbers, NDArray[np.uint16]]:
        """The documents that hold a term, and its impacts in steps."""
        begin, end = self._starts[number], self._starts[number + 1]
        return self._numbers[begin:end], self._impacts[begin:end]

    def _add(self, number: int, say: float, target: Floats, scaled: Floats) -> None:
        """Add a term's impacts to the scores; `scaled` is room to work in."""
        if (dense := self._dense.get(number)) is not None:
            target += dense if say == 1.0 else np.multiply(dense, np.float32(say), out=scaled)
        else:
            numbers, impacts = self._run(number)
            target[numbers] += impacts * np.float32(say * self._step)

    def _raise(self, number: int, worth: float, target: Floats, scaled: Floats) -> None:
        """Raise the scores to a term's impacts, where they are lower."""
        if (dense := self._dense.get(number)) is not None:
            np.maximum(target, dense if worth == 1.0 else np.multiply(dense, np.float32(worth), out=scaled), out=target)
        else:
            numbers, impacts = self._run(number)
            target[numbers] = np.maximum(target[numbers], impacts * np.float32(worth * self._step))

    def fits(self, vectors: Sequence[tuple[Vector, float]], numbers: Sequence[int], most: int) -> list[list[Row]]:
        """For each vector, for each of these documents: the highest cosines with its passages, times their worth."""
        known = [
            {number: weight / length for term, weight in vector.items() if (number := self._ids.get(term)) is not None}
            for vector, length in vectors
        ]
        return self._passages.fits(known, numbers, most)


class _NewPassages:
    """Passages while they are collected."""

    def __init__(self) -> None:
        self.terms = array("i")
        self.says = array("B")
        self.worths = array("f")
        self.begins = array("i", [0])  # of each passage, in entries
        self.firsts = array("i", [0])  # of each document, in passages


class _Passages:
    """The passages of all documents. An entry of a passage is a term and how much it says, in 255ths."""

    def __init__(self) -> None:
        self._new = _NewPassages()

    def add(self, passages: Sequence[tuple[Vector, float]], ids: Mapping[str, int]) -> None:
        """The passages of the next document; each has a term at least."""
        new = self._new
        for says, worth in passages:
            new.terms.extend([ids[term] for term in says])
            new.says.extend([round(say * 255) for say in says.values()])
            new.begins.append(len(new.terms))
            new.worths.append(worth)
        new.firsts.append(len(new.worths))

    def close(self, idf: Floats) -> None:
        """Work out the passages' lengths."""
        # Copies: an array that has grown holds an eighth more than it needs.
        self._terms = np.array(self._new.terms, np.int32)
        self._says = np.array(self._new.says, np.uint8)
        self._begins = np.array(self._new.begins, np.int32)
        self._firsts = np.array(self._new.firsts, np.int32)
        self._shares = np.array(self._new.worths, np.float32)
        self._new = _NewPassages()
        self._idf = idf
        step = CHUNK * 16
        for start in range(0, len(self._shares), step):
            begins = self._begins[start : start + step + 1]
            weights = self._weights(slice(begins[0], begins[-1]))[1]
            lengths = np.sqrt(np.add.reduceat(weights * weights, begins[:-1] - begins[0]))
            self._shares[start : start + step] /= np.where(lengths > 0, lengths, 1.0)

    def _weights(self, entries: slice | NDArray[np.int32]) -> tuple[NDArray[np.int32], Floats]:
        """The terms of these entries, and their weights in 255ths."""
        terms = self._terms[entries]
        return terms, self._idf[terms] * self._says[entries]

    def fits(self, vectors: Sequence[Mapping[int, float]], numbers: Sequence[int], most: int) -> list[list[Row]]:
        """See `ArrayIndex.fits`; the vectors' terms are numbers, their lengths 1."""
        first, last = self._firsts[[*numbers]], self._firsts[[number + 1 for number in numbers]]
        passages, runs = _ranges(first, last)
        if not len(passages):
            return [[[] for _ in numbers] for _ in vectors]
        stretches = list(zip(self._begins[first].tolist(), self._begins[last].tolist(), strict=True))
        terms = np.concatenate([self._terms[begin:end] for begin, end in stretches])
        wanted = np.zeros(len(self._idf), np.bool_)
        for vector in vectors:
            wanted[[*vector]] = True
        entries = np.flatnonzero(wanted[terms])  # most terms of a passage are not asked for
        terms = terms[entries]
        says = np.concatenate([self._says[begin:end] for begin, end in stretches])[entries]
        owners = np.searchsorted(np.cumsum(self._begins[passages + 1] - self._begins[passages]), entries, side="right")
        shares = self._shares[passages]
        # A row for each document, as long as the longest needs it.
        rows = np.zeros((len(numbers), max(int(runs.max()), most)))
        places = np.arange(rows.shape[1]) < runs[:, None]
        found = []
        table = np.zeros(len(self._idf))
        for vector in vectors:
            asked = [*vector]
            table[asked] = [*vector.values()]
            table[asked] *= self._idf[asked]
            rows[places] = np.bincount(owners, table[terms] * says, len(passages)) * shares
            found.append(np.sort(rows, axis=1)[:, : -most - 1 : -1].tolist())
            table[asked] = 0.0
        return found


def _ranges(begins: NDArray[np.int32], ends: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The numbers from each begin to before its end, one run after the other, and the runs' lengths."""
    runs = ends - begins
    return np.arange(runs.sum(), dtype=np.int32) + np.repeat(begins - (np.cumsum(runs, dtype=np.int32) - runs), runs), runs


def _best(scores: Floats, keep: int) -> NDArray[np.int64]:
    """The `keep` documents with the highest scores above 0, in rising order of their numbers; of equals the lower ones.

    The `keep`-th best of the groups' best scores is a bound from below: what reaches it is all that needs sorting.
    """
    rows = len(scores) // BLOCKS
    least = np.float32(0)
    if rows > 1 and keep <= BLOCKS:
        highest = scores[: rows * BLOCKS].reshape(rows, BLOCKS).max(axis=0)
        least = np.partition(highest, BLOCKS - keep)[BLOCKS - keep]
    chosen = np.flatnonzero(scores >= least if least > 0 else scores > 0)
    if len(chosen) > keep:
        chosen = chosen[np.argsort(-scores[chosen], kind="stable")[:keep]]
        chosen.sort()
    return chosen
