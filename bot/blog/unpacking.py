"""Unpacks a page's body piece by piece, never beyond a limit: a few kilobytes can become gigabytes. Pure."""

from __future__ import annotations

import zlib
from typing import Protocol

_GZIP = 31
_ZLIB = 15
_RAW = -15
"""What zlib must know of what it unpacks. A member of gzip, a zlib stream, or deflate with nothing around it."""


class Unpacker(Protocol):
    """Takes the pieces of a body in order."""

    def feed(self, piece: bytes, most: int) -> bytes:
        """Return what a piece unpacks to, at most `most` bytes of it. Raises zlib.error."""

    @property
    def whole(self) -> bool:
        """Return whether the body may end here."""


def unpacker(encoding: str) -> Unpacker | None:
    """Return the unpacker of a Content-Encoding, or None for one that browsers do not read either."""
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
    return None


class _Plain:
    whole = True

    def feed(self, piece: bytes, most: int) -> bytes:
        return piece[:most]


class _Gzip:
    """One member after the other: a server may send any number of them. What follows the last and is none is passed over."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._rest = b""

    def feed(self, piece: bytes, most: int) -> bytes:
        unpacked = bytearray()
        rest = self._rest + piece
        self._rest = b""
        while rest and len(unpacked) < most:
            if self._member.eof:
                if len(rest) < 2:
                    self._rest = rest
                    break
                if not rest.startswith(b"\x1f\x8b"):
                    break
                self._member = zlib.decompressobj(_GZIP)
            unpacked += self._member.decompress(rest, most - len(unpacked))
            rest = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        return bytes(unpacked)

    @property
    def whole(self) -> bool:
        return self._member.eof


class _Deflate:
    """What the standard calls deflate has a zlib header; some servers leave it out, and browsers read both."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    def feed(self, piece: bytes, most: int) -> bytes:
        if self._stream is None:
            self._head += piece
            if len(self._head) < 2:
                return b""
            first, second = self._head[:2]
            has_header = first & 0x0F == 8 and (first * 256 + second) % 31 == 0
            self._stream = zlib.decompressobj(_ZLIB if has_header else _RAW)
            piece = self._head
        return self._stream.decompress(piece, most)

    @property
    def whole(self) -> bool:
        return self._stream is not None and self._stream.eof
