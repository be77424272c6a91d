"""The process of the sentence model: `python -m bot.meaning.child MODULE CACHE` reads requests from standard input, one JSON
object a line, and answers each with one.

It stores and prints no question, and nothing of it is left where the process dies: it has no standard error, and no core is
dumped. It ends when its standard input does.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from bot.meaning import cache
from bot.meaning.model import ModelError, SentenceModel, Vectors

Json = dict[str, Any]

NEAREST = 3
"""A summary is as near as its so many nearest texts are on average: one alone may be near by chance."""
MOMENT = 0.02
"""Seconds of work between two questions, at least one text."""
SAVE_EVERY = 200
"""Texts after which vectors are saved while more are computed."""
TRUE_PAIR = ("How can a rupture of the alliance be repaired?", "Comment réparer une rupture de l'alliance ?")
OTHER = "The train to the coast leaves at noon."


class Library:
    """The texts of the summaries as vectors: those in use, and those that are being computed."""

    def __init__(self, model: SentenceModel, path: Path) -> None:
        self._model = model
        self._path = path
        self._vectors = cache.read(path, model.name)
        self._wanted: dict[str, list[bytes]] = {}
        self._missing: dict[bytes, str] = {}
        self._unsaved = 0
        self._ids: list[str] = []
        self._starts: list[int] = []
        self._rows: Vectors = np.zeros((0, 0), np.float32)
        self.trouble: str | None = None
        """Why vectors cannot be saved."""

    @property
    def left(self) -> int:
        """Return the number of texts that have no vector yet."""
        return len(self._missing)

    def want(self, summaries: Mapping[str, Sequence[str]]) -> None:
        """Take a library's texts, by the ids of its summaries. It is in use once each text has a vector."""
        self._wanted = {name: [cache.key_of(text) for text in texts] for name, texts in summaries.items() if texts}
        texts = {cache.key_of(text): text for found in summaries.values() for text in found}
        self._missing = {key: text for key, text in texts.items() if key not in self._vectors}
        if not self._missing:
            self._use()

    def work(self) -> None:
        """Compute some vectors, for a moment: a question may be waiting."""
        if not self._missing:
            return
        until = time.monotonic() + MOMENT
        while self._missing and time.monotonic() < until:
            key, text = next(iter(self._missing.items()))
            self._vectors[key] = self._model.passages([text])[0].astype(np.float16)
            del self._missing[key]
            self._unsaved += 1
        if not self._missing:
            self._use()
        if not self._missing or self._unsaved >= SAVE_EVERY:
            self._save()

    def nearness(self, text: str) -> dict[str, float]:
        """Return how near each summary is to a question."""
        if not self._ids:
            return {}
        cosines = self._rows @ self._model.question(text)[0]
        found = {}
        for name, start, end in zip(self._ids, self._starts, [*self._starts[1:], len(cosines)], strict=True):
            part = cosines[start:end]
            best = np.partition(part, -NEAREST)[-NEAREST:] if len(part) > NEAREST else part
            found[name] = round(float(best.mean()), 4)
        return found

    def _use(self) -> None:
        """Compare questions with the wanted library from now on, and forget the vectors of others."""
        keys = [key for found in self._wanted.values() for key in found]
        self._vectors = {key: self._vectors[key] for key in keys}
        self._ids = list(self._wanted)
        self._starts = [0, *np.cumsum([len(found) for found in self._wanted.values()])][:-1]
        self._rows = np.stack([self._vectors[key] for key in keys]).astype(np.float32) if keys else self._rows[:0]

    def _save(self) -> None:
        self._unsaved = 0
        try:
            cache.write(self._path, self._model.name, self._vectors)
            self.trouble = None
        except OSError as error:
            self.trouble = f"the vectors cannot be saved ({error.strerror}), and are computed again after each start"


def loaded(module: str) -> SentenceModel:
    """Return the model of a module, tried once. Raises ModelError."""
    model: SentenceModel = importlib.import_module(module).load()
    question = model.question(TRUE_PAIR[0])[0]
    pair = model.passages([TRUE_PAIR[1], OTHER])
    if not np.isfinite(pair).all() or not np.allclose(np.linalg.norm(pair, axis=1), 1.0, atol=0.01):
        raise ModelError("the model gives no unit vectors")
    if not pair[0] @ question > pair[1] @ question:
        raise ModelError("the model does not tell what is near")
    return model


def serve(library: Library, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until there are no more."""
    for line in requests:
        request = json.loads(line)
        reply: Json = {"id": request["id"]}
        match request["do"]:
            case "library":
                library.want(request["summaries"])
            case "work":
                library.work()
            case "ask":
                reply["nearness"] = library.nearness(request["text"])
        reply |= {"left": library.left, "trouble": library.trouble, "memory_mb": memory()}
        say(replies, reply)


def say(replies: BinaryIO, reply: Json) -> None:
    """Send one reply."""
    replies.write(json.dumps(reply).encode() + b"\n")
    replies.flush()


def memory() -> int:
    """Return the most memory that the process has had, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024))


def main(argv: Sequence[str]) -> None:
    """Load the model and serve. What cannot be done is said as the last reply, by its kind alone: never with a text."""
    module, path = argv
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a library prints is not to come among the replies.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    try:
        model = loaded(module)
        say(replies, {"id": 0, "model": model.name, "near_from": model.near_from, "answer_from": model.answer_from})
        serve(Library(model, Path(path)), sys.stdin.buffer, replies)
    except BrokenPipeError:
        pass  # the bot is gone
    except ModelError as error:
        say(replies, {"id": 0, "error": str(error)})
    except Exception as error:
        say(replies, {"id": 0, "error": f"the process failed ({type(error).__name__})"})


if __name__ == "__main__":
    main(sys.argv[1:])
