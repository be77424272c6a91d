"""`/pprnet`: what a clinician types and sees."""

from __future__ import annotations

from conftest import Bot


async def test_a_question_is_answered_in_the_acknowledgement_for_the_asker_alone(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    answer = await bot.say.command("alliance rupture", user=ana, channel=team)
    assert answer.ok
    assert answer.body["response_type"] == "ephemeral"
    assert "Practice implications" in answer.message.visible_text
    assert "An Alliance Rupture in One Session" in answer.message.visible_text
    assert [button for button in ("Read the study", "More like this", "Share") if button in answer.message.visible_text]
    assert bot.slack.posted(team) == []
