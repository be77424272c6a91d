"""What Prometheus reads at /metrics, and whether the alerts of deploy/ ask for what is there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.playground.slack import LocalSlack
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE
from tests.support.small_corpus import small_corpus

RULES = Path(__file__).parents[2] / "deploy" / "prometheus-rules.yml"
OPERATOR = Path(__file__).parents[2] / "docs" / "operator.md"
LABELS = {
    "kind": {"command", "event"},
    "state": {"planned", "sending", "uncertain", "sent", "manual", "failed", "cancelled"},
    "what": {"database", "slack_web_api", "slack_socket", "slack_requests", "library_files", "channel", "blog"},
    "job_name": {"posting", "library", "own_summaries", "drafts", "clean_up", "slack"},
    "door": {"slack"},
    "reason": {"bad_signature"},
}
"""Every label of ours, and each value that it may have in this test: no id, no text, no name."""


async def scrape(bot: Bot) -> tuple[str, dict[tuple[str, ...], float]]:
    """The page, and its numbers by name and label values."""
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        page = await response.text()
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return page, {(each.name, *each.labels.values()): each.value for each in samples}


async def test_metrics_say_in_numbers_how_the_bot_is_and_nothing_of_anyone(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with running(slack, tmp_path, PPRNET_CHANNEL=team.id, **small_corpus(tmp_path)) as bot:
        await bot.idle()
        await bot.say.command("zebulonius and the alliance", user=ana, channel=team)
        await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
        stranger = {**bot.say.sign(b"x"), "X-Slack-Signature": "v0=" + 64 * "0"}  # type: ignore[union-attr]
        assert (await bot.say.post(b"x", stranger)).status == 401  # type: ignore[union-attr]
        page, found = await scrape(bot)
        assert found["pprnet_summaries",] == 5
        assert found["pprnet_months",] == 3
        assert found["pprnet_troubles",] == found["pprnet_library_faults",] == 0
        assert found["pprnet_started",] == found["pprnet_outside_ok", "slack_web_api"] == 1
        assert found["pprnet_request_duration_seconds_count", "command"] == 1
        assert found["pprnet_request_duration_seconds_count", "event"] >= 1
        assert found["pprnet_deliveries", "failed"] == 0
        assert found["pprnet_job_lateness_seconds", "clean_up"] == 0
        assert found["pprnet_requests_refused_total", "slack", "bad_signature"] == 1
        (tmp_path / "small" / "issues" / "2024-01.yaml").write_text("a: [", "utf-8")
        await bot.reloaded()
        async with asyncio.timeout(PATIENCE):
            while (await scrape(bot))[1]["pprnet_library_faults",] != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    for family in text_string_to_metric_families(page):
        assert family.documentation, family.name
        for sample in family.samples:
            ours = sample.labels.keys() - {"le", "version", "python"}
            assert all(sample.labels[label] in LABELS[label] for label in ours), sample
    for never in ("zebulonius", ana.id, team.id, slack.token, slack.team_id, "ana"):
        assert never not in re.sub(r"# HELP.*|python|cleans?_up", "", page).replace("manual", ""), never
    documented = set(re.findall(r"`(pprnet_\w+)`", OPERATOR.read_text("utf-8")))
    named = {re.sub(r"_(bucket|count|sum)$", "", name) for name, *_ in found if name.startswith("pprnet_")}
    assert named <= documented


async def test_the_alerts_ask_for_what_is_there_and_for_labels_that_it_has(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        await bot.say.command("help", user=slack.add_user("ana"))
        page, _ = await scrape(bot)
    [group] = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    names = set(re.findall(r"^(pprnet_\w+)", page, flags=re.MULTILINE))
    for rule in group["rules"]:
        asked = set(re.findall(r"pprnet_\w+", rule["expr"])) - {"pprnet_blog_check_last_success_timestamp_seconds"}
        assert asked <= names, rule["alert"]
        assert set(rule) >= {"alert", "expr", "labels", "annotations"}
        for label in re.findall(r"\$labels\.(\w+)", str(rule["annotations"])):
            assert label == "instance" or any(f"{label}=" in line for line in page.splitlines()), rule["alert"]
