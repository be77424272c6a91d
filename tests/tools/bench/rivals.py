"""Libraries that find texts, each behind the same two calls: `build` once, then `ask` for the five best.

Each is used as its own documentation shows, on the same texts. The rivals get the questions without stop words, which is
in their favour; none of them repairs spelling (rapidfuzz compares the question with titles as it stands), knows synonyms or
says whether what it found is an answer.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

from bot.corpus.model import Corpus
from bot.search.words import STOP_WORDS
from tests.tools.bench.library import plain_text

BEST = 5
_WORDS = re.compile(r"[^\W_]+")


class Rival(Protocol):
    """A search to be measured."""

    def build(self, corpus: Corpus) -> None:
        """Make the index."""

    def ask(self, question: str) -> Sequence[Any]:
        """The five best."""


class Ours:
    """PPRNet bot's search: fields, spelling repair, concepts, passages, confidence."""

    def build(self, corpus: Corpus) -> None:
        """Make the engine."""
        from bot.search.engine import Engine

        self._engine = Engine(corpus)

    def ask(self, question: str) -> Sequence[Any]:
        """Search as a listener does."""
        return self._engine.search(question).hits


class Bm25s:
    """bm25s with its English stop words and the Snowball stemmer."""

    def build(self, corpus: Corpus) -> None:
        """Tokenize and index."""
        import bm25s
        import Stemmer

        self._module, self._stemmer = bm25s, Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(self._tokens([plain_text(summary) for summary in corpus]), show_progress=False)

    def ask(self, question: str) -> Sequence[Any]:
        """Tokenize and retrieve."""
        return self._index.retrieve(self._tokens([question]), k=BEST, show_progress=False)[0][0]

    def _tokens(self, texts: list[str]) -> Any:
        return self._module.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)


class Tantivy:
    """tantivy, in memory, with its English stemmer."""

    def build(self, corpus: Corpus) -> None:
        """Add every text, commit once."""
        import tantivy

        schema = tantivy.SchemaBuilder().add_text_field("body", tokenizer_name="en_stem").build()
        self._index = tantivy.Index(schema)
        writer = self._index.writer(num_threads=1)
        for summary in corpus:
            writer.add_document(tantivy.Document(body=plain_text(summary)))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: str) -> Sequence[Any]:
        """Any of the words."""
        words = content(question)
        return self._searcher.search(self._index.parse_query(" ".join(words), ["body"]), BEST).hits if words else ()


class Fts5:
    """SQLite FTS5, in memory, without a copy of the texts, with its Porter stemmer."""

    def build(self, corpus: Corpus) -> None:
        """Insert every text, then optimize."""
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE texts USING fts5(body, content='', tokenize='porter unicode61')")
        rows = ((number, plain_text(summary)) for number, summary in enumerate(corpus))
        self._database.executemany("INSERT INTO texts(rowid, body) VALUES (?, ?)", rows)
        self._database.execute("INSERT INTO texts(texts) VALUES ('optimize')")

    def ask(self, question: str) -> Sequence[Any]:
        """Any of the words, ranked by bm25()."""
        wanted = " OR ".join(f'"{word}"' for word in content(question))
        query = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
        return self._database.execute(query, (wanted, BEST)).fetchall() if wanted else ()


class RankBm25:
    """rank-bm25 on plain lower-case words."""

    def build(self, corpus: Corpus) -> None:
        """Split and count."""
        from rank_bm25 import BM25Okapi

        self._index = BM25Okapi([content(plain_text(summary)) for summary in corpus])
        self._numbers = list(range(len(corpus.summaries)))

    def ask(self, question: str) -> Sequence[Any]:
        """Its own choice of the best."""
        return self._index.get_top_n(content(question), self._numbers, n=BEST)


class Rapidfuzz:
    """rapidfuzz.process.extract over the titles, with its default scorer."""

    def build(self, corpus: Corpus) -> None:
        """Only a list of titles."""
        from rapidfuzz import process

        self._extract = process.extract
        self._titles = [summary.title for summary in corpus]

    def ask(self, question: str) -> Sequence[Any]:
        """The titles most like the question."""
        return self._extract(question, self._titles, limit=BEST)


RIVALS: dict[str, type[Rival]] = {
    "PPRNet bot": Ours,
    "bm25s": Bm25s,
    "tantivy": Tantivy,
    "SQLite FTS5": Fts5,
    "rank-bm25": RankBm25,
    "rapidfuzz (titles)": Rapidfuzz,
}


def content(text: str) -> list[str]:
    """The words of a text in lower case, without stop words."""
    return [word for word in _WORDS.findall(text.lower()) if word not in STOP_WORDS]
