"""The SDK's blocks as JSON, with all of the SDK's own checks, at a fraction of its cost.

`to_dict` of the SDK looks through every object for its checks and its attributes, which took more than half of the time of
a whole request. They are the same for all objects of a class, so here they are looked up once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from slack_sdk.models.basic_objects import EMPTY_ALLOWED_TYPE_AND_PROPERTY_LIST, JsonObject
from slack_sdk.models.blocks import Block

_MAY_BE_EMPTY = frozenset((item["type"], item["property"]) for item in EMPTY_ALLOWED_TYPE_AND_PROPERTY_LIST)
_OWN_WAYS = ("to_dict", "validate_json", "get_non_null_attributes", "get_object_attribute")


class Ready(Block):
    """A block that is JSON already: made once and shown again and again, or too simple to need checks. Nobody may change
    what is in it: what does change in a message (the *Save* button) is a copy.
    """

    def __init__(self, made: dict[str, Any]) -> None:
        self.made = made
        self.type = made["type"]

    def to_dict(self) -> dict[str, Any]:
        """The JSON itself."""
        return self.made


def as_json(value: Any) -> Any:
    """What `to_dict` gives for an object of the SDK, and lists of them; anything else as it is. Raises
    SlackObjectFormationError as that does.
    """
    if isinstance(value, Ready):
        return value.made
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    plan = _plan(type(value))  # type: ignore[arg-type]
    if plan is None:
        return {key: as_json(item) for key, item in value.to_dict().items()} if hasattr(value, "to_dict") else value
    checks, make_keys = plan
    for check in checks:
        check(value)
    found = {}
    kind = getattr(value, "type", None)
    for key in make_keys(value):
        item = getattr(value, key, None)
        if item is None:
            continue
        if hasattr(item, "__len__") and not len(item) and (kind, key) not in _MAY_BE_EMPTY:
            continue
        found[key] = as_json(item)
    return found


@cache
def _plan(kind: type) -> tuple[tuple[Callable[[Any], None], ...], Callable[[Any], tuple[str, ...]]] | None:
    """The checks of a class and what tells its keys; None for a class that has its own way to become JSON, or none."""
    if not issubclass(kind, JsonObject) or any(getattr(kind, way) is not getattr(JsonObject, way) for way in _OWN_WAYS):
        return None
    members = [getattr(kind, name, None) for name in dir(kind) if not name.startswith("__")]
    keys: list[tuple[str, ...]] = []

    def make_keys(value: Any) -> tuple[str, ...]:
        if not keys:
            keys.append(tuple(sorted(value.attributes)))
        return keys[0]

    return tuple(member for member in members if callable(member) and hasattr(member, "validator")), make_keys
