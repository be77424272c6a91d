"""The `pprnet` command. Each subcommand imports what it needs itself, so that `ask` starts in a fraction of a second."""

from __future__ import annotations

import argparse
import errno
import gc
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import CommandError, ExpectedError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.corpus.model import Corpus
    from bot.search.engine import Engine


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit status is 0 for success, 1 for "no" (faults, not posted), 2 for a wrong call or setting."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no "•" shows "?" instead of a traceback
    options = _parser().parse_args(argv)
    try:
        status = int(options.run(options))
        sys.stdout.flush()  # here, where a reader that went away is no error yet
        return status
    except ExpectedError as error:
        for line in error.lines:
            print(f"pprnet: {line}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader went away (`pprnet ask --batch | head`): nothing is wrong, but Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pprnet", description="Practice-oriented psychotherapy research for clinical teams, in Slack."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    ask = commands.add_parser("ask", help="answer a question in the terminal")
    ask.add_argument("words", nargs="*", help="the question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--batch", action="store_true", help="read one question a line, write one JSON object a line")
    ask.set_defaults(run=_ask)

    evidence = commands.add_parser("evidence", help="the printed effect sizes on a topic, also as a picture")
    evidence.add_argument("words", nargs="+", help="a topic, or words to search")
    evidence.add_argument("-o", "--output", type=Path, metavar="FILE", help="draw them into this file (.png)")
    evidence.set_defaults(run=_evidence)

    check = commands.add_parser("check", help="check a corpus and print every fault")
    check.add_argument("folder", nargs="?", type=Path, help="the corpus (default: the one in use)")
    check.set_defaults(run=_check)

    bring = commands.add_parser("import", help="bring saved pages of the blog, or live ones, into a corpus")
    bring.add_argument("sources", nargs="+", metavar="SOURCE", help="a saved page (text or HTML), or its https:// address")
    bring.add_argument("--into", type=Path, metavar="DIR", help="the corpus (default: PPRNET_KNOWLEDGE); made if not there")
    bring.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
    bring.set_defaults(run=_import)

    serve = commands.add_parser("serve", help="run the bot: Socket Mode with SLACK_APP_TOKEN, else HTTP")
    serve.add_argument("--port", type=_port, default=3000, help="port for Slack's requests and /health (default: 3000)")
    serve.set_defaults(run=_serve)

    playground = commands.add_parser("playground", help="try the bot in your browser, without a Slack account")
    playground.add_argument("--port", type=_port, default=3100, help="port of the page on this machine (default: 3100)")
    playground.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    playground.set_defaults(run=_playground)

    post = commands.add_parser("post", help="post a month to a channel, once")
    post.add_argument("--month", help="YYYY-MM (default: the newest)")
    post.add_argument("--channel", help="a channel id (default: PPRNET_CHANNEL)")
    post.add_argument("--dry-run", action="store_true", help="print the messages, send nothing")
    post.set_defaults(run=_post)

    settle = commands.add_parser("settle", help="tell whether an uncertain message is in the channel")
    settle.add_argument("delivery", help="the delivery's id, from the log or /health")
    answer = settle.add_mutually_exclusive_group(required=True)
    answer.add_argument("--there", metavar="LINK", help="it is there: the message's link (or its ts)")
    answer.add_argument("--missing", action="store_true", help="it is not there: post it")
    settle.set_defaults(run=_settle)

    forget = commands.add_parser("forget", help="erase all that is kept on a person")
    forget.add_argument("user", metavar="USER", help="the person's id, U...")
    forget.add_argument("--dry-run", action="store_true", help="say what is kept, erase nothing")
    forget.set_defaults(run=_forget)
    return parser


def _port(value: str) -> int:
    if not value.isdigit() or not 0 <= int(value) <= 65535:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port (0 to 65535)")
    return int(value)


def _engine(settings: Settings) -> Engine:
    from bot.search.engine import Engine

    gc.disable()  # what is read now stays until the end: looking through it for garbage is for nothing
    engine = Engine(_corpus(settings))
    gc.freeze()
    gc.enable()
    return engine


def _corpus(settings: Settings) -> Corpus:
    from bot.corpus.faults import CorpusError
    from bot.corpus.load import load

    try:
        return load(settings.knowledge)
    except CorpusError as error:
        first = "".join(f"\n  {fault}" for fault in error.faults[:5])
        raise CommandError(f"{error}, so there is nothing to search (pprnet check lists them all):{first}") from None


def _ask(options: argparse.Namespace) -> int:
    from bot.cli.answers import as_json, card_text

    settings = Settings.from_env(os.environ)
    engine = _engine(settings)
    if options.batch:
        if options.words:
            raise CommandError("--batch reads its questions from standard input: give no words")
        for line in sys.stdin.buffer:
            question = line.decode("utf-8", "replace").rstrip("\r\n")
            print(json.dumps(as_json(question, engine)), flush=True)
        return 0
    question = os.fsencode(" ".join(options.words)).decode("utf-8", "replace")
    if options.json:
        print(json.dumps(as_json(question, engine)))
    else:
        print(card_text(question, engine))
    return 0


def _evidence(options: argparse.Namespace) -> int:
    from bot.evidence import words
    from bot.evidence.choose import choose
    from bot.evidence.pictures import drawable

    engine = _engine(Settings.from_env(os.environ))
    asked = os.fsencode(" ".join(options.words)).decode("utf-8", "replace")
    found = choose(asked, engine)
    if found is None or not found.count:
        reason = "fits" if found is None or not found.unstated else "that fits states an effect size"
        print(f"No summary in the library {reason}. pprnet ask searches everything in it.")
        return 1
    print(words.plain(found))
    if options.output is None:
        return 0
    if options.output.suffix.lower() != ".png":
        raise CommandError(f"{options.output} does not end in .png: the picture is a PNG file")
    if not drawable():
        raise CommandError("pictures need matplotlib: pip install 'pprnet-bot[pictures]', or '.[pictures]' in a checkout")
    from bot.evidence.drawing import png
    from bot.evidence.sheet import sheet

    try:
        options.output.write_bytes(png(sheet(found)))
    except OSError as error:
        raise CommandError(f"{options.output} cannot be written ({error.strerror})") from None
    print(f"\nDrawn: {options.output}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from bot.corpus.load import examine

    root = options.folder or Settings.from_env(os.environ).knowledge
    corpus, faults = examine(root)
    for fault in faults:
        print(fault)
    asks = sum(1 for summary in corpus.summaries if summary.asks)
    lexicon = corpus.lexicon
    print(
        f"{root}: {len(corpus.issues)} months, {len(corpus.summaries)} summaries ({asks} with asks), "
        f"{len(corpus.topics)} topics, {len(lexicon.abbreviations)} abbreviations, {len(lexicon.synonyms)} synonym groups, "
        f"{len(lexicon.elsewhere)} terms of other fields; "
        f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
    )
    return 1 if faults else 0


def _import(options: argparse.Namespace) -> int:
    import asyncio

    from bot.cli.importing import bring
    from bot.paths import default_root

    settings = Settings.from_env(os.environ)
    root = options.into or settings.knowledge
    if options.into is None and root.resolve() == default_root().resolve():
        raise CommandError(
            "the corpus that ships with the bot is not changed: name a folder of your own with --into DIR or "
            "PPRNET_KNOWLEDGE"
        )
    return asyncio.run(bring(options.sources, root, settings, dry_run=options.dry_run))


def _serve(options: argparse.Namespace) -> int:
    import asyncio

    settings = Settings.from_env(os.environ, needs=("slack", "door"))
    from bot import logs
    from bot.corpus.faults import CorpusError
    from bot.server.run import serve
    from bot.slack.startup import SlackRefusesError
    from bot.store.database import StoreError

    logs.configure(settings.log_level)
    try:
        asyncio.run(serve(settings, options.port))
    except CorpusError as error:
        faults = "".join(f"\n  {fault}" for fault in error.faults)
        raise CommandError(f"{error}: the bot does not start on it.{faults}") from None
    except (StoreError, SlackRefusesError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        place = f"{settings.host}, port {options.port}"
        raise CommandError(f"{place} cannot be listened on ({error.strerror}): change --port or PPRNET_HOST") from None
    return 0


def _playground(options: argparse.Namespace) -> int:
    import asyncio

    from bot import logs
    from bot.playground.desktop import has_desktop
    from bot.playground.run import play

    logs.configure("warning")
    open_browser = not options.no_browser and has_desktop(os.environ)
    ready = "The playground is at {} (open it in your browser; Ctrl-C ends it)"
    try:
        asyncio.run(play(options.port, lambda address: print(ready.format(address), flush=True), open_browser=open_browser))
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be listened on ({error.strerror})"
        raise CommandError(f"port {options.port} {reason}: choose another with --port") from None
    return 0


def _post(options: argparse.Namespace) -> int:
    import asyncio

    settings = Settings.from_env(os.environ, needs=() if options.dry_run else ("slack",))
    from bot import logs
    from bot.cli import posting

    logs.configure("warning")
    channel = options.channel or settings.channel
    if options.dry_run:
        print(posting.preview(settings, options.month))
        return 0
    if not channel:
        raise CommandError("which channel? Give --channel with its id (C...), or set PPRNET_CHANNEL")
    text, posted = asyncio.run(posting.post(settings, options.month, channel))
    print(text)
    return 0 if posted else 1


def _settle(options: argparse.Namespace) -> int:
    import asyncio

    settings = Settings.from_env(os.environ)
    from bot.cli import posting

    text, settled = asyncio.run(posting.settle(settings, options.delivery, None if options.missing else options.there))
    print(text)
    return 0 if settled else 1


def _forget(options: argparse.Namespace) -> int:
    import asyncio

    settings = Settings.from_env(os.environ)
    from bot.cli.forget import forget

    print(asyncio.run(forget(settings, options.user, dry_run=options.dry_run)))
    return 0
