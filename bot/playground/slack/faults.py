"""Faults for tests: queued for a method, each played by the server a number of times."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

Wait = float | asyncio.Event

ANY_METHOD = "*"


@dataclass
class Fault:
    """What goes wrong.

    `wait_before` (seconds, or an event to wait for) is before the method is carried out, `wait_after` between that and the
    answer. With `store=False` the method is not carried out. `drop` closes the connection without an answer; `status` (with
    `body` and `headers`) or `error` replaces the answer.
    """

    name: str
    store: bool = False
    drop: bool = False
    status: int | None = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    wait_before: Wait | None = None
    wait_after: Wait | None = None
    times: int = 1
    channel: str | None = None


class Faults:
    """The queue of faults for each method: "*" for all, "response_url" for response_urls."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Fault]] = {}
        self.played: list[tuple[str, Fault]] = []

    def add(self, method: str, fault: Fault) -> Fault:
        """Queue a fault."""
        self.waiting.setdefault(method, []).append(fault)
        return fault

    def http(
        self, method: str, status: int = 500, *, store: bool = False, times: int = 1, channel: str | None = None
    ) -> Fault:
        """Answer with an HTTP status and an HTML page; with `store` the method takes effect nevertheless."""
        page = f"<!doctype html><html><body><h1>{status}</h1>Server Error</body></html>"
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return self.add(
            method,
            Fault(f"http_{status}", store=store, status=status, body=page, headers=headers, times=times, channel=channel),
        )

    def rate_limited(
        self, method: str, retry_after: int | str | None = 1, *, times: int = 1, channel: str | None = None
    ) -> Fault:
        """Answer 429, with the Retry-After header unless `retry_after` is None."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        body = '{"ok":false,"error":"ratelimited"}'
        return self.add(method, Fault("ratelimited", status=429, body=body, headers=headers, times=times, channel=channel))

    def error(
        self,
        method: str,
        error: str,
        *,
        store: bool = False,
        times: int = 1,
        channel: str | None = None,
        **extra: Any,
    ) -> Fault:
        """Answer {"ok": false, "error": ...} with the extra fields."""
        body = {"ok": False, "error": error, **extra}
        return self.add(method, Fault(error, store=store, error=body, times=times, channel=channel))

    def drop_before(self, method: str, *, times: int = 1, channel: str | None = None) -> Fault:
        """Close the connection; the method takes no effect."""
        return self.add(method, Fault("drop_before", drop=True, times=times, channel=channel))

    def drop_after(self, method: str, *, times: int = 1, channel: str | None = None) -> Fault:
        """Carry out the method, then close the connection without an answer."""
        return self.add(method, Fault("drop_after", store=True, drop=True, times=times, channel=channel))

    def delay_before(self, method: str, wait: Wait, *, times: int = 1, channel: str | None = None) -> Fault:
        """Carry out the method only after `wait`, even if the caller is gone by then."""
        return self.add(method, Fault("delay_before", store=True, wait_before=wait, times=times, channel=channel))

    def delay_after(self, method: str, wait: Wait, *, times: int = 1, channel: str | None = None) -> Fault:
        """Carry out the method at once, answer only after `wait`."""
        return self.add(method, Fault("delay_after", store=True, wait_after=wait, times=times, channel=channel))

    def clear(self) -> None:
        """Remove all faults."""
        self.waiting.clear()

    def take(self, method: str, channel: str | None) -> Fault | None:
        """Return the next fault for this call, and count it as played once."""
        for key in (method, ANY_METHOD):
            queue = self.waiting.get(key, [])
            for fault in queue:
                if fault.channel is not None and fault.channel != channel:
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    queue.remove(fault)
                self.played.append((method, fault))
                return fault
        return None
