"""`pprnet serve`: the bot."""

from __future__ import annotations

import argparse
import asyncio
import os

from bot import logs
from bot.cli.arguments import port
from bot.cli.database import make_folder
from bot.corpus.faults import CorpusError
from bot.errors import CommandError
from bot.server.run import serve
from bot.settings import Settings
from bot.settings.values import LOG_FORMATS
from bot.slack.startup import SlackRefusesError
from bot.store.errors import StoreError

EXAMPLES = """\
  SLACK_BOT_TOKEN=xoxb-... SLACK_APP_TOKEN=xapp-... PPRNET_CHANNEL=C0123456789 pprnet serve
  SLACK_BOT_TOKEN=xoxb-... SLACK_SIGNING_SECRET=... pprnet serve --port 3000"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet serve`."""
    parser.add_argument("--port", type=port, default=3000, help="port for Slack's requests and /health (default: 3000)")
    parser.add_argument(
        "--log-format", choices=LOG_FORMATS, help="form of the log's lines (default: PPRNET_LOG_FORMAT, or text)"
    )


def run(options: argparse.Namespace) -> int:
    """Run the bot until it is stopped; the exit status is 0. Raises CommandError."""
    settings = Settings.from_env(os.environ, needs=("slack", "door"))
    logs.configure(settings.log_level, options.log_format or settings.log_format)
    make_folder(settings)
    try:
        asyncio.run(serve(settings, options.port))
    except CorpusError as error:
        faults = "".join(f"\n  {fault}" for fault in error.faults)
        raise CommandError(f"{error}: the bot does not start on it.{faults}") from None
    except (StoreError, SlackRefusesError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        place = f"{settings.host}, port {options.port}"
        raise CommandError(f"cannot listen on {place} ({error.strerror}): change --port or PPRNET_HOST") from None
    return 0
