"""Which addresses may be fetched: those of the public internet, and of it only names and figures that mean one thing."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 addresses that carry an IPv4 one inside."""


def address_problem(address: str, *, allow_private: bool = False) -> str | None:
    """Why an address is not fetched, as a sentence's end; None where it may be."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "the address is malformed"
    if parts.scheme not in ("http", "https"):
        return f"the address begins with {parts.scheme[:20] or 'nothing'}:, not with https:// or http://"
    if not host or port == 0 or any(char.isspace() or not char.isprintable() for char in address):
        return "the address is malformed"
    if parts.username is not None or parts.password is not None:
        return "the address contains a user name or password: leave it out"
    if allow_private:
        return None
    bare = host.rstrip(".").lower()
    try:
        public = is_public(bare)
    except ValueError:
        if bare.rpartition(".")[2][:1].isdigit():  # 127.1, 2130706433, 0x7f000001: figures in another form
            return f"the host {host[:60]} is not a name"
        public = bare != "localhost" and not bare.endswith((".localhost", ".local", ".internal"))
    return None if public else f"the host {host[:60]} is not public"


def is_public(ip: str) -> bool:
    """Return whether an address is one of the public internet's. Raises ValueError for what is no address."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
