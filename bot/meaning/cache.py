"""The vectors of the library's texts on disk, by the hash of each text: after a restart only new texts are embedded."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Stored = NDArray[np.float16]
"""A vector as it is stored: half precision changes no order."""

MAGIC = b"pprnet vectors 1\n"
KEY = 16
"""Bytes of a text's hash."""
MOST_BYTES = 512 * 1024 * 1024


def key_of(text: str) -> bytes:
    """Return the key of a text: its hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY]


def read(path: Path, model: str) -> dict[bytes, Stored]:
    """Return the vectors of a file; none where there is no file, or it is damaged, another program's or another model's."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        data = path.read_bytes()
    except OSError:
        return {}
    digest, body = data[len(MAGIC) : len(MAGIC) + 32], data[len(MAGIC) + 32 :]
    if not data.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        return {}
    head, _, rest = body.partition(b"\n")
    try:
        said = json.loads(head)
        size = int(said["size"])
        if said["model"] != model or size < 1:
            return {}
        rows = np.frombuffer(rest, np.dtype([("key", f"V{KEY}"), ("vector", np.float16, (size,))]))
    except (ValueError, KeyError, TypeError):
        return {}
    return {bytes(row["key"]): row["vector"] for row in rows}


def write(path: Path, model: str, vectors: Mapping[bytes, Stored]) -> None:
    """Write vectors in one step: a reader finds the old file or the new one. Raises OSError."""
    if not vectors:
        return
    size = len(next(iter(vectors.values())))
    rows = b"".join(key + vector.astype(np.float16).tobytes() for key, vector in vectors.items())
    body = json.dumps({"model": model, "size": size}).encode() + b"\n" + rows
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(MAGIC + hashlib.sha256(body).digest() + body)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
