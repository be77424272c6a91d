"""Seals tokens for the database: AES-256-GCM, with a key that is not in the database.

What is sealed is bound to what it is for, so that a sealed token in another workspace's row opens nothing. With two keys,
the first seals and both open: that is how a key is replaced.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.access import access_problem, ours
from bot.errors import ExpectedError, how_to_install

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # an extra comes with it

VERSION = "1"
"""How what is sealed begins: another way to seal would have another one."""
NONCE = 12
"""Bytes, as AES-GCM wants them."""
KEYS = re.compile(r"[0-9a-fA-F]{64}(?:,[0-9a-fA-F]{64})?")
"""One key or two, of 32 bytes each."""


class SealError(ExpectedError):
    """Something cannot be sealed or opened; the message says what to do, without any secret."""


class Keys:
    """Seals with the first key, opens with each."""

    def __init__(self, text: str) -> None:
        """`text`: a key of 64 hexadecimal digits; or two, the new one first. Raises SealError."""
        if not KEYS.fullmatch(text):
            raise SealError("the secret key is malformed: it must be 64 hexadecimal digits (openssl rand -hex 32 makes one)")
        self._keys = {_id_of(each): _cipher(each) for each in map(bytes.fromhex, text.split(","))}
        self._newest = next(iter(self._keys))

    def seal(self, plain: str, purpose: str) -> str:
        """Return a text sealed for one purpose."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._keys[self._newest].encrypt(nonce, plain.encode(), _bound(purpose))
        return f"{VERSION}.{self._newest}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, purpose: str) -> str:
        """Return what was sealed for this purpose. Raises SealError."""
        from cryptography.exceptions import InvalidTag

        version, _, rest = sealed.partition(".")
        key, _, content = rest.partition(".")
        cipher = self._keys.get(key)
        if version != VERSION or cipher is None:
            raise SealError("a token was sealed with another secret key: give that one too, after the new one and a comma")
        try:
            raw = base64.b64decode(content, altchars=b"-_", validate=True)
            return cipher.decrypt(raw[:NONCE], raw[NONCE:], _bound(purpose)).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise SealError("a sealed token was changed, or belongs to another workspace: install the app again") from None

    def is_newest(self, sealed: str) -> bool:
        """Return whether something is sealed with the first key."""
        return sealed.startswith(f"{VERSION}.{self._newest}.")


def key_in(path: Path) -> str:
    """Return the key that is in a file. Raises SealError where it cannot be read, or others than its owner may."""
    if problem := access_problem(path):
        raise SealError(f"the secret key cannot be read: {problem}")
    try:
        found = path.stat()
        if found.st_mode & 0o077:
            # Its owner first: with the mode alone the bot could not read it any more.
            give = "" if found.st_uid == os.geteuid() else f"chown {ours()} {path} && "
            raise SealError(f"others may read the secret key: {give}chmod 600 {path}")
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SealError(f"the secret key in {path} cannot be read ({why})") from None


def _id_of(key: bytes) -> str:
    """Return what tells a key from another, and nothing of it."""
    return hashlib.sha256(b"pprnet key " + key).hexdigest()[:8]


def _cipher(key: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ModuleNotFoundError:
        raise SealError(f"many workspaces need a package more: {how_to_install('workspaces')}") from None
    return AESGCM(key)


def _bound(purpose: str) -> bytes:
    return f"pprnet {purpose}".encode()
