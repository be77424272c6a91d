"""YAML that the strict reader has taken, or that the bot wrote, as plain values and as nodes that know their places.

libyaml's parser does it where PyYAML was built with it, ten times faster; it knows no limit of depth, so nothing else may be
given to it.
"""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def values_of(text: str | bytes) -> Any:
    """Return a document as plain values. Raises yaml.YAMLError."""
    return yaml.load(text, _LOADER)  # noqa: S506  (either loader is a safe one)


def nodes_of(text: str) -> Any:
    """Return a document's node. Raises yaml.YAMLError."""
    return yaml.compose(text, _LOADER)
