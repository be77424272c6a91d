"""`/metrics` for Prometheus: how the bot is, in numbers. No id, no text and no name is a label, and questions are not
counted: of requests there is how long they took, by their kind.
"""

from __future__ import annotations

import functools
import logging
import platform
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Histogram, Info, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.server.background import Background
from bot.server.health import Health

SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Seconds; Slack waits for three."""
KINDS = {
    "block_actions": "action",
    "block_suggestion": "options",
    "event_callback": "event",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_closed": "view",
    "view_submission": "view",
}
"""Slack's types of requests, and the label of each."""
STATES = ("planned", "sending", "uncertain", "sent", "manual", "failed", "cancelled")

log = logging.getLogger(__name__)

disable_created_metrics()  # type: ignore[no-untyped-call]


@functools.cache
def _this_build() -> dict[str, str]:
    return {"version": version("pprnet-bot"), "python": platform.python_version()}


class Metrics:
    """The numbers of one bot."""

    def __init__(self) -> None:
        self.state: tuple[Health, Background] | None = None
        """Where the numbers are read; None until the bot has started."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        build = Info("pprnet_build", "This version.", registry=self._registry)
        build.info(_this_build())
        self._durations = Histogram(
            "pprnet_request_duration_seconds",
            "Time that a request of Slack's took, from its check to the answer.",
            ["kind"],
            registry=self._registry,
            buckets=SLOW,
        )

    async def page(self, _request: web.Request) -> web.Response:
        """Answer a scrape."""
        report = await self.state[0].report() if self.state else None
        found = _Found([*_always(report), *(_of(report, self.state[1]) if report and self.state else ())])
        text = generate_latest(self._registry) + generate_latest(found)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def timed(self, app: AsyncApp) -> AsyncApp:
        """Measure how long the app takes for each request; return it."""
        dispatch: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]] = app.async_dispatch

        async def timed(request: AsyncBoltRequest) -> BoltResponse:
            began, kind, status = time.perf_counter(), _kind(request.body), 500
            try:
                response = await dispatch(request)
                status = response.status
            finally:
                took = time.perf_counter() - began
                self._durations.labels(kind).observe(took)
                log.debug("a request: kind=%s status=%d took %.0f ms", kind, status, took * 1000)
            return response

        app.async_dispatch = timed  # type: ignore[assignment, method-assign]
        return app


class _Found:
    """What one scrape found, as a registry."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


def _kind(body: Mapping[str, Any]) -> str:
    return "command" if "command" in body else KINDS.get(str(body.get("type")), "other")


def _always(report: Mapping[str, Any] | None) -> Iterator[Metric]:
    yield GaugeMetricFamily("pprnet_started", "1 when the start is over, else 0.", value=float(report is not None))
    troubles = len(report["troubles"]) if report else 1
    yield GaugeMetricFamily("pprnet_troubles", "Troubles that /health lists; 0 when all is well.", value=troubles)


def _of(report: Mapping[str, Any], background: Background) -> Iterator[Metric]:
    """Return the numbers of a bot that has started. What is not known, since the database does not answer, is left out."""
    yield GaugeMetricFamily("pprnet_summaries", "Summaries of the library in use.", value=report["summaries"])
    yield GaugeMetricFamily("pprnet_months", "Months of the library in use.", value=report["months"])
    faults = report["library_faults"]
    yield GaugeMetricFamily(
        "pprnet_library_faults", "Faults of the library on disk, which is not in use then.", value=faults
    )
    outside = GaugeMetricFamily(
        "pprnet_outside_ok", "1 for what is outside the bot and does what it should, 0 for what fails.", labels=["what"]
    )
    for what, state in report["outside"].items():
        if state["state"] != "unknown":
            outside.add_metric([what], float(state["state"] == "ok"))
    yield outside
    if report["deliveries"] is not None:
        deliveries = GaugeMetricFamily("pprnet_deliveries", "Messages that must exist, by state.", labels=["state"])
        for name in STATES:
            deliveries.add_metric([name], report["deliveries"].get(name, 0))
        yield deliveries
        yield GaugeMetricFamily(
            "pprnet_drafts_waiting", "Months that wait for a curator.", value=len(report["drafts_waiting"])
        )
    if report["blog_check"] and (last := report["blog_check"]["last_success"]):
        at = datetime.fromisoformat(last).timestamp()
        yield GaugeMetricFamily("pprnet_blog_check_last_success_timestamp_seconds", "The last good check of the blog.", at)
    yield from _jobs(background)
    if "workspaces" in report:
        yield from _workspaces(report["workspaces"])
    refused = CounterMetricFamily("pprnet_requests_refused", "Requests that were not let in.", labels=["door", "reason"])
    for door, key in (("slack", "requests_refused"), ("agents", "agents_refused")):
        for why, number in report.get(key, {}).items():
            refused.add_metric([door, why], number)
    yield refused


def _workspaces(counts: Mapping[str, Any]) -> Iterator[Metric]:
    """Return the numbers of the workspaces that joined. None of them is named."""
    joined = GaugeMetricFamily("pprnet_workspaces", "Workspaces that joined, by state.", labels=["state"])
    for state in ("served", "not_served", "removed_the_app"):
        joined.add_metric([state], counts[state])
    troubled = GaugeMetricFamily(
        "pprnet_workspaces_in_trouble", "Workspaces that are served, and in which something fails.", labels=["what"]
    )
    troubled.add_metric(["slack"], counts["slack_fails"])
    troubled.add_metric(["jobs"], counts["jobs_fail"])
    deliveries = GaugeMetricFamily(
        "pprnet_workspaces_deliveries", "Messages that must exist in workspaces that joined, by state.", labels=["state"]
    )
    for name in STATES:
        deliveries.add_metric([name], counts["deliveries"].get(name, 0))
    waiting = GaugeMetricFamily(
        "pprnet_workspaces_months_waiting",
        "Months that wait for the curators of a workspace that joined, counted in each of them.",
        value=counts["months_waiting"],
    )
    yield from (joined, troubled, deliveries, waiting)


def _jobs(background: Background) -> Iterator[Metric]:
    late = GaugeMetricFamily(
        "pprnet_job_lateness_seconds", "Time by which a background job is later than it should be.", labels=["job_name"]
    )
    last = GaugeMetricFamily(
        "pprnet_job_last_success_timestamp_seconds", "When a background job last finished well.", labels=["job_name"]
    )
    failures = GaugeMetricFamily(
        "pprnet_job_failures_in_a_row", "Failures of a background job in a row.", labels=["job_name"]
    )
    for job in background.scheduler.jobs:
        state = background.scheduler.states[job.name]
        name = [job.name.lower().replace(" ", "_").replace("-", "_")]
        late.add_metric(name, max(0.0, state.seconds_ago - job.every))
        failures.add_metric(name, state.failures)
        if state.has_succeeded:
            last.add_metric(name, time.time() - state.seconds_ago)
    yield from (late, last, failures)
