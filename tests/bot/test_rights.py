"""No right is exceeded: all that can be pressed, sent and typed in Slack, tried by someone who is no curator, from a channel
of their own, with what is in the buttons and forms of others.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.commands.table import COMMANDS, Who
from bot.playground.slack import Channel, LocalSlack, User
from bot.playground.slack.requests import encoded
from tests.support.bot import Bot, running
from tests.support.payloads import collect, in_another_workspace, of_stranger
from tests.support.rights import Matcher, May, name_of, registered, row_of
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.small_corpus import small_corpus
from tests.support.waiting_draft import offer_month

RIGHTS: dict[str, May] = {
    "action more_like_this": May.ANYONE,
    "action show:": May.ANYONE,
    "action also": May.ANYONE,
    "action topic:": May.ANYONE,
    "action latest": May.ANYONE,
    "action share": May.ANYONE,
    "view share_card": May.ANYONE,
    "action undo_share": May.ANYONE,
    "action home": May.ANYONE,
    "action search": May.ANYONE,
    "action suggested:": May.ANYONE,
    "view search": May.ANYONE,
    "action help": May.ANYONE,
    "action help_more": May.ANYONE,
    "action privacy": May.ANYONE,
    "action browse:": May.ANYONE,
    "action shelf:": May.ANYONE,
    "action page:": May.ANYONE,
    "action thin": May.CURATORS,
    "shortcut search_research": May.ANYONE,
    "shortcut find_related": May.ANYONE,
    "action (?:follow|unfollow)": May.ANYONE,
    "action follow:": May.ANYONE,
    "action unfollow:": May.ANYONE,
    "action follow_another": May.ANYONE,
    "action post_latest": May.ANYONE,
    "action set_up": May.ANYONE,
    "view set_up": May.ANYONE,
    "action set_up_stop": May.ANYONE,
    "action draft_post(:|)": May.CURATORS,
    "action edit_use:": May.CURATORS,
    "action candidate_write:": May.CURATORS,
    "action candidate_reject:": May.CURATORS,
    "action draft_hold": May.CURATORS,
    "action draft:": May.CURATORS,
    "action draft_note": May.CURATORS,
    "action draft_preview": May.CURATORS,
    "action edit_month(:|)": May.CURATORS,
    "action edit_summary(:|)": May.CURATORS,
    "view edit_summary": May.CURATORS,
    "action own_write": May.CURATORS,
    "action own_preview": May.CURATORS,
    "view own": May.CURATORS,
    "view draft_note": May.CURATORS,
    "action read_study(:|)": May.ANYONE,
    "action use:": May.ANYONE,
    "action take_back": May.ANYONE,
    "action suggest_ask": May.ANYONE,
    "view suggest_ask": May.ANYONE_TELLS,
    "action review_asks": May.CURATORS,
    "action review_skip": May.CURATORS,
    "action review_refuse": May.CURATORS,
    "view review_asks": May.CURATORS,
    "action something_wrong": May.ANYONE,
    "view something_wrong": May.ANYONE_TELLS,
    "action wrong_corrected": May.CURATORS,
    "action quarter:": May.CURATORS,
    "action forget_me": May.ANYONE,
    "action forget_ask": May.ANYONE,
    "action keep_me": May.ANYONE,
    "action save": May.ANYONE,
    "action unsave": May.ANYONE,
    "action remove_saved": May.ANYONE,
    "action saved": May.ANYONE,
    "action unsave:": May.ANYONE,
    "action saved_page:": May.ANYONE,
    "action log_export": May.ANYONE,
    "action log_(on|off|page:.*)": May.ANYONE,
    "action reflect(:|)": May.ANYONE,
    "view reflect": May.ANYONE,
    "action club_plan:": May.ANYONE,
    "action club_choose:": May.ANYONE,
    "view club_plan": May.ANYONE,
    "action club_move:": May.ANYONE,
    "view club_move": May.ANYONE,
    "action club_cancel:": May.ANYONE,
    "view .*": May.ANYONE,
    "shortcut .*": May.ANYONE,
    "action .*": May.ANYONE,
}
"""Who may do what. What is missing here fails the first test, so that everyone who adds something declares it."""


def test_everything_that_can_be_done_has_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {name_of(kind, what) for kind, what in registered(monkeypatch) if kind in ("action", "view", "shortcut")}
    assert found == set(RIGHTS)


def test_a_workspace_that_joined_can_do_two_things_more(monkeypatch: pytest.MonkeyPatch) -> None:
    one, many = ({name_of(*each) for each in registered(monkeypatch, many=many)} for many in (False, True))
    # Both for its curators alone: tests/bot/test_many_workspaces.py tries them as someone else; and what its curators decide
    # about a month that waits there, tests/bot/test_asked_first.py.
    assert many - one == {"action own_settings", "view own_settings"}
    assert one <= many


@pytest.fixture
def listeners(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Matcher]]:
    """All that the app listens for."""
    with monkeypatch.context() as patched:
        return registered(patched)


class Tried:
    """What one request of a stranger's changed and showed."""

    def __init__(self, bot: Bot, file: Path, stranger: User, team: Channel, elsewhere: Channel) -> None:
        self.bot, self.stranger, self.team, self.elsewhere = bot, stranger, team, elsewhere
        self._file = file
        self._own = (stranger.id, elsewhere.id, bot.slack.open_dm(stranger).id)

    def rows(self) -> set[str]:
        """Return every row of every table but those of claims and receipts, which say nothing about anyone."""
        with contextlib.closing(sqlite3.connect(self._file, timeout=10)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            tables = [name for name in names if name not in ("claim", "receipt", "alembic_version")]
            return {f"{name} {row}" for name in tables for row in connection.execute(f'SELECT * FROM "{name}"')}

    def seen_in_team(self) -> str:
        """Return what the channel of others shows."""
        return json.dumps([vars(message) for message in self.team.messages], default=str)

    def shown(self) -> str:
        """Return all that the stranger has been shown: messages for them alone, Home, the window that is open."""
        messages = [message.visible_text for message in shown_to(self.bot.slack, self.stranger.id)]
        modal = self.bot.slack.modal(self.stranger)
        return "\n".join([*messages, modal.visible_text if modal else ""])

    def is_own(self, row: str) -> bool:
        """Return whether a row says whose it is, and it is the stranger's, or their channel's."""
        return any(own in row for own in self._own)


def requests_of(sent: list[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Yield the presses, forms and shortcuts among what was sent."""
    return (payload for kind, payload in sent if kind == "interactive")


@pytest.mark.slow
async def test_nobody_does_what_is_not_theirs_to_do(
    slack: LocalSlack, tmp_path: Path, listeners: list[tuple[str, Matcher]]
) -> None:
    ana, dora = slack.add_user("ana"), slack.add_user("dora")
    team = slack.add_channel("team", [ana], private=True)
    elsewhere = slack.add_channel("elsewhere", [dora])
    environ = {**small_corpus(tmp_path), "PPRNET_CURATORS": ana.id, "PPRNET_CHANNEL": team.id}
    await offer_month(tmp_path / "pprnet.db", Path(environ["PPRNET_KNOWLEDGE"]))
    async with running(slack, tmp_path, tick=60.0, **environ) as bot:
        sent = await collect(bot, ana, team, "alliance rupture in one session")
        before = everything_of_the_bot(slack), len(slack.calls)
        for kind, payload in sent:
            answer = await post(bot, kind, in_another_workspace(payload))
            assert (answer.status, answer.text) == (403, ""), payload.get("type")
        assert (everything_of_the_bot(slack), len(slack.calls)) == before
        tried = Tried(bot, tmp_path / "pprnet.db", dora, team, elsewhere)
        names = set()
        for payload in requests_of(sent):
            if payload["type"] == "view_closed":
                continue
            name = row_of(listeners, payload)
            names.add(name)
            await check(tried, RIGHTS[name], name, of_stranger(slack, payload, ana, dora, elsewhere))
        assert names == set(RIGHTS) - {"action log_(on|off|page:.*)"}, "that one only opens what Saved opens"
        await bot.idle()
        for command in COMMANDS:
            rows, seen = tried.rows(), tried.seen_in_team()
            answer = await bot.say.command(command.typed, user=dora, channel=elsewhere)
            assert_own(tried, str(command.name), rows, seen)
            if command.who is Who.CURATORS:
                assert "urators" in answer.message.visible_text, command.name
                assert tried.rows() == rows, command.name
        rows, seen = tried.rows(), tried.seen_in_team()
        await bot.idle()
        assert_own(tried, "what the jobs made of it", rows, seen)


async def post(bot: Bot, kind: str, payload: Any) -> Any:
    """Send a payload, signed."""
    content_type, body = encoded(kind, payload)  # type: ignore[arg-type]
    return await bot.say.post(body, {"Content-Type": content_type, **bot.say.sign(body)})


async def check(tried: Tried, right: May, name: str, payload: dict[str, Any]) -> None:
    """Have the stranger do something, and see what came of it."""
    if right is May.CURATORS:
        await tried.bot.idle()  # what the stranger did before is posted, so that nothing changes now
    tried.bot.slack.clear_views(tried.stranger.id)
    rows, seen, shown = tried.rows(), tried.seen_in_team(), tried.shown()
    answer = await post(tried.bot, "interactive", payload)
    assert answer.status in (200, 400), name
    assert_own(tried, name, rows, seen, tells=right is May.ANYONE_TELLS)
    if right is May.CURATORS:
        assert tried.rows() == rows, name
        said = tried.shown().removeprefix(shown.rstrip("\n")) + answer.text
        assert "urators" in said or "out of date" in said, (name, said)


def assert_own(tried: Tried, name: str, rows: set[str], seen: str, *, tells: bool = False) -> None:
    """What was changed is the stranger's own, and the channel of others is as it was."""
    now = tried.rows()
    added, removed = now - rows, rows - now
    assert not [row for row in removed if not tried.is_own(row)], name
    assert not [row for row in added if not tried.is_own(row) and not tells], name
    assert tried.seen_in_team() == seen, name
