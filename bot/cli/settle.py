"""`pprnet settle`: an operator says whether a message that Slack did not confirm was posted."""

from __future__ import annotations

import argparse
import asyncio
import os
import re

from bot.cli.arguments import add_json, print_json
from bot.cli.database import existing
from bot.cli.directory import parts
from bot.cli.wrapping import print_line
from bot.errors import CommandError
from bot.outbox.ledger import Ledger
from bot.server.features import kinds
from bot.settings import Settings
from bot.store.database import Database

EXAMPLES = """\
  pprnet settle 9f2c6e1ab04d --there https://clinic.slack.com/archives/C0123456789/p1700000000123456
  pprnet settle 9f2c6e1ab04d --missing"""

_LINK = re.compile(r"/([A-Z][A-Z0-9]{2,20})/p([0-9]{10})([0-9]{6})(?:\?|$)")
_TS = re.compile(r"\d{10}\.\d{6}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet settle`."""
    parser.add_argument("delivery", metavar="ID", help="the message's id, from the log or /health")
    answer = parser.add_mutually_exclusive_group(required=True)
    answer.add_argument("--there", metavar="LINK", help="it was posted: the message's link (or its ts)")
    answer.add_argument("--missing", action="store_true", help="it was not posted: post it")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Record the answer; the exit status is 1 where the message did not need one. Raises CommandError."""
    settings = Settings.from_env(os.environ)
    text, settled = asyncio.run(settle(settings, options.delivery, None if options.missing else options.there))
    if options.json:
        print_json({"delivery": options.delivery, "settled": settled, "there": not options.missing})
    else:
        print_line(text)
    return 0 if settled else 1


async def settle(settings: Settings, delivery_id: str, there: str | None) -> tuple[str, bool]:
    """Record what a person saw in the channel: the message's link or ts, or None when it is not there."""
    ts = channel = None
    if there:
        match = _LINK.search(there)
        channel, ts = (match[1], f"{match[2]}.{match[3]}") if match else (None, there)
        if not _TS.fullmatch(ts):
            raise CommandError('give the message\'s link (in Slack: "Copy link"), or its ts like 1700000000.123456')
    async with existing(settings) as database:
        settled = await _settled(database, delivery_id, channel, ts)
        async for _row, part in parts(settings, database):
            settled = settled or await _settled(part, delivery_id, channel, ts)
    if not settled:
        return f"{delivery_id} is not waiting for a decision in {database.place}.", False
    return (
        "Noted: the message was posted. " if ts else "Noted: the message will be posted. "
    ) + "`pprnet serve` or `pprnet post` will do the rest.", True


async def _settled(database: Database, delivery_id: str, channel: str | None, ts: str | None) -> bool:
    ledger = Ledger(database, kinds())
    delivery = await ledger.get(delivery_id)
    if delivery and channel and channel != delivery.recipient:
        raise CommandError(f"that link leads to channel {channel}, but the message belongs in {delivery.recipient}")
    return await ledger.resolve(delivery_id, ts)
