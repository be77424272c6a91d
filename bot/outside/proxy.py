"""The proxy through which an address is reached, by the usual variables: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_LIKE = {"wss": "https", "ws": "http"}


def proxy_for(address: str) -> str | None:
    """Return the proxy for an address, or None where it is reached directly."""
    target = urlsplit(address)
    found = getproxies()
    if not target.hostname or proxy_bypass(target.netloc.rpartition("@")[2]):
        return None
    scheme = _LIKE.get(target.scheme, target.scheme)
    # Slack's SDK takes HTTP_PROXY for https as well.
    return found.get(scheme) or found.get("all") or (found.get("http") if scheme == "https" else None)
