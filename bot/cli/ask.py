"""`pprnet ask`: a question answered in the terminal, or as JSON for other programs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from bot.cli.arguments import add_json, joined, print_json
from bot.cli.loading import load_engine
from bot.cli.text import text_of
from bot.commands import conversation
from bot.commands.chat import small_talk
from bot.commands.parse import parse
from bot.commands.table import Place
from bot.errors import CommandError
from bot.meaning.place import vectors_file
from bot.safety.client_details import without_details
from bot.search.compare import words_to_compare
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.search.question import clip
from bot.search.result import Hit, Outcome, Result
from bot.settings import Settings

Near = Callable[[str], Nearness | None]

EXAMPLES = """\
  pprnet ask alliance rupture
  pprnet ask why do clients drop out early
  pprnet ask topic training
  echo "does video therapy work" | pprnet ask
  pprnet ask --json alliance rupture
  pprnet ask --batch < questions.txt > answers.jsonl"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet ask`."""
    parser.add_argument("words", nargs="*", help="the question, or a command such as topics (default: read standard input)")
    how = parser.add_mutually_exclusive_group()
    add_json(how)
    how.add_argument("--batch", action="store_true", help="read one question a line, write one JSON object a line")


def run(options: argparse.Namespace) -> int:
    """Answer; the exit status is 0. Raises CommandError."""
    settings = Settings.from_env(os.environ)
    if options.batch:
        if options.words:
            raise CommandError("--batch reads its questions from standard input: give no words")
        engine = load_engine(settings)
        with _nearness(engine, settings) as near:
            for line in sys.stdin.buffer:
                print_json(as_json(line.decode("utf-8", "replace").rstrip("\r\n"), engine, near))
        return 0
    question = joined(options.words) if options.words not in ([], ["-"]) else _standard_input()
    engine = load_engine(settings)
    parsed = parse(question, Place.TERMINAL, engine.knows, datetime.now(settings.timezone).date())
    with _nearness(engine, settings) if parsed.is_question else nullcontext(_unknown) as near:
        if options.json:
            print_json(as_json(question, engine, near))
        else:
            nearness = near(parsed.text) if parsed.is_question else None
            print(text_of(conversation.reply(parsed, engine, nearness=nearness), settings.crisis_line))
    return 0


def _nearness(engine: Engine, settings: Settings) -> AbstractContextManager[Near]:
    """Return what tells nearness in meaning, as in Slack, where the running bot has computed vectors."""
    if not vectors_file(settings.database_file).exists():
        return nullcontext(_unknown)
    from bot.meaning import terminal  # takes long to import

    return terminal.nearness_in(
        engine.corpus, settings.database_file, lambda sentence: print(f"pprnet: {sentence}", file=sys.stderr)
    )


def _unknown(_text: str) -> None:
    """Tell no nearness."""


def _standard_input() -> str:
    """The question that was piped in; "" at a terminal, where nobody would know that the command waits."""
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    return sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")


def as_json(question: str, engine: Engine, near: Near = _unknown) -> dict[str, Any]:
    """Return an answer as the documented object, whose keys other programs rely on."""
    searched, details = without_details(clip(question), engine.knows)
    asked = words_to_compare(searched)
    if small_talk(searched):
        result = Result(Outcome.HELP)
    elif asked is None:
        result = engine.search(searched, nearness=near(searched))
    else:
        result = engine.search(asked)
    return {
        "query": question,
        "outcome": result.outcome.value,
        "corrected": result.corrected,
        "hits": [
            {
                "id": hit.summary.id,
                "title": hit.summary.title,
                "issue": hit.summary.issue,
                "score": hit.score,
                "confidence": hit.confidence,
                "why": _why(result, hit, engine),
            }
            for hit in result.hits
        ],
        "details_left_out": details,
    }


def _why(result: Result, hit: Hit, engine: Engine) -> dict[str, Any]:
    why = engine.why(result, hit)
    features = {name: round(value, 4) for name, value in hit.features._asdict().items()} if hit.features else None
    return {"terms": why.terms, "concepts": why.concepts, "missed": why.missed, "features": features}
