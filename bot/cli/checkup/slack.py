"""Slack, as `pprnet doctor` sees it: the tokens, what they may do, the clock, the channel."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.cli.checkup.finding import Finding, error, ok, warning
from bot.outbox.transport import Sent
from bot.playground import manifest
from bot.settings import Settings
from bot.slack.client import SlackApi
from bot.slack.errors import ADVICE, TOKEN_REFUSED, error_code
from bot.slack.identity import app_id_of

SKEW = 300.0
"""Seconds by which a request's time may be off before it counts as forged; a warning from a fifth of it on."""
LOOKING = ("channels:history", "groups:history")
ADMINS = ("users:read",)
_OUTSIDE = {
    "not_in_channel": "Type /invite @PPRNet in that channel.",
    "channel_not_found": "Check PPRNET_CHANNEL; a private channel exists for the bot once it is invited there.",
    "is_archived": "Unarchive the channel, or name another in PPRNET_CHANNEL.",
}
_BOTH = re.compile("[,\\s]+")


async def check_slack(settings: Settings, *, channel: bool = True) -> list[Finding]:
    """Return what Slack says of the tokens and, if asked, the channel. Nobody sees a message of it."""
    if not settings.bot_token:
        return []  # the settings say so
    slack = SlackApi(settings.bot_token, settings.api_url)
    findings = [*_apps(settings)]
    try:
        answer = await slack.again.auth_test()
    except SlackApiError as failed:
        code = error_code(failed)
        if code in TOKEN_REFUSED:
            return [*findings, error("token", f"Slack refuses SLACK_BOT_TOKEN ({code})", _sentence("SLACK_BOT_TOKEN"))]
        return [*findings, error("Slack", f"Slack does not answer as it should ({code})", "Try again later.")]
    except (aiohttp.ClientError, TimeoutError, OSError) as failed:
        reached = f"{settings.api_url} cannot be reached ({error_code(failed)})"
        return [*findings, error("Slack", reached, "Check the network, the proxy settings and SLACK_API_URL.")]
    findings.append(ok("token", f"accepted in workspace {answer['team_id']} as {answer['user_id']}"))
    headers = {name.lower(): value for name, value in answer.headers.items()}
    findings += [*_scopes(headers), *_clock(headers)]
    if settings.app_token:
        findings.append(await _socket(slack, settings.app_token))
    if channel:
        findings.append(await _channel(slack, settings.channel, str(answer["user_id"])))
    return findings


def _apps(settings: Settings) -> Iterator[Finding]:
    inside = app_id_of(settings.app_token)
    if settings.app_id and inside and settings.app_id != inside:
        said = f"SLACK_APP_TOKEN is of app {inside}, PPRNET_APP_ID is {settings.app_id}: every request would be refused"
        yield error("app", said, "Copy both from the same app, or leave PPRNET_APP_ID unset with Socket Mode.")


def _scopes(headers: Mapping[str, str]) -> Iterator[Finding]:
    granted = {each for each in _BOTH.split(headers.get("x-oauth-scopes", "")) if each}
    if not granted:
        yield warning("scopes", "Slack did not say what the token may do")
        return
    wanted, declinable = manifest.read().scopes, manifest.read().optional_scopes
    missing = [scope for scope in wanted if scope not in granted]
    needed = [scope for scope in missing if scope not in declinable]
    if needed:
        yield error("scopes", f"the token lacks {', '.join(needed)}", "Add them in the app's settings and install it again.")
    if left_out := [scope for scope in missing if scope in declinable]:
        yield warning("scopes", f"{', '.join(left_out)} was declined: what it is for is left out")
    if more := sorted(granted - {*wanted, *LOOKING, *ADMINS, "mcp:connect"}):
        yield warning("scopes", f"the bot has no use for {', '.join(more)}", "Remove them in the app's settings.")
    if not missing and not more:
        looks = "may look up uncertain messages" if granted & {*LOOKING} else "may not look up uncertain messages (optional)"
        yield ok("scopes", f"those of app.yaml; the bot {looks}")


def _clock(headers: Mapping[str, str]) -> Iterator[Finding]:
    try:
        off = abs(parsedate_to_datetime(headers["date"]).timestamp() - time.time())
    except (KeyError, ValueError):
        yield warning("clock", "Slack did not say what time it is")
        return
    said = f"this host's clock is off by {off:.0f} seconds"
    if off > SKEW:
        yield error("clock", f"{said}, so that Slack's requests count as forged", "Set the clock: turn on NTP.")
    elif off > SKEW / 5:
        yield warning("clock", said, "Set the clock: turn on NTP.")
    else:
        yield ok("clock", "agrees with Slack's")


async def _socket(slack: SlackApi, token: str) -> Finding:
    try:
        await slack.again.apps_connections_open(app_token=token)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as failed:
        said = f"Slack opens no socket for SLACK_APP_TOKEN ({error_code(failed)})"
        return error("app token", said, _sentence("SLACK_APP_TOKEN"))
    return ok("app token", "Slack opens a socket for it")


async def _channel(slack: SlackApi, channel: str | None, own: str) -> Finding:
    """Ask by a message to the bot itself: it needs no further scope, and nobody sees it."""
    if channel is None:
        return warning("channel", "PPRNET_CHANNEL is not set: no monthly post", "Set it, or let channels subscribe on Home.")
    outcome = await slack.whisper(channel, own, {"text": "pprnet doctor"})
    code = "" if isinstance(outcome, Sent) else outcome.code
    if code in _OUTSIDE:
        return error("channel", f"the bot cannot post to {channel} ({code})", _OUTSIDE[code])
    if code and code != "user_not_in_channel":
        return warning("channel", f"Slack did not say whether the bot is in {channel} ({code})", "Try again later.")
    return ok("channel", f"the bot is in {channel}")


def _sentence(variable: str) -> str:
    advice = ADVICE[variable]
    return f"{advice[0].upper()}{advice[1:]}."
