"""What Slack sends, read as the words a person typed."""

from __future__ import annotations

import pytest

from bot.listeners.incoming import is_from_person, typed
from bot.slack.identity import Identity


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("<@U0BOT> alliance &amp; rupture", "alliance & rupture"),
        ("<@U0BOT|pprnet> drop out", "drop out"),
        ("see <https://x.org/a|this page> on <#C1|team>", "see this page on team"),
        ("<!here> <!subteam^S1|@team> training", "training"),
        ("p &lt; .05", "p < .05"),
        ("a < b and <unclosed", "a < b and <unclosed"),
        (None, ""),
    ],
)
def test_slacks_markup_becomes_words(sent: str | None, words: str) -> None:
    assert " ".join(typed(sent).split()) == words


def test_our_own_user_is_no_person_where_slack_named_a_bot() -> None:
    bot = Identity("T1", "U0BOT", bot_id="B1")
    assert is_from_person({"user": "U1", "text": "hello"}, bot)
    assert not is_from_person({"user": "U0BOT", "text": "hello"}, bot)


def test_a_token_without_a_bot_names_a_person() -> None:
    assert is_from_person({"user": "U1", "text": "hello"}, Identity("T1", "U1"))


@pytest.mark.parametrize("event", [{}, {"user": "U1", "bot_id": "B2"}, {"user": "U1", "subtype": "message_changed"}])
def test_bots_edits_and_events_without_a_person_are_passed_over(event: dict[str, str]) -> None:
    assert not is_from_person(event, Identity("T1", "U0BOT", bot_id="B1"))
