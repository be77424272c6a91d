"""What can be pressed and filled in: read from blocks as they are on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .block_kit_elements import FIELDS
from .model import Json

_STATE_KEYS = {
    "radio_buttons": "selected_option",
    "static_select": "selected_option",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
}
"""The name of a field's value in its state, where it is not `value`."""


@dataclass(frozen=True)
class Control:
    """A button."""

    label: str
    action_id: str
    block_id: str
    value: str | None
    action: Json

    def __str__(self) -> str:
        return f"[{self.label}] ({self.action_id})"


def controls_in(blocks: list[Json]) -> list[Control]:
    """Return everything that can be pressed, in reading order."""
    return [_control(block, element) for block, element in elements_in(blocks) if element["type"] == "button"]


def elements_in(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each element that has an action_id, with the block it is in."""
    for block in blocks:
        for element in [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def _control(block: Json, button: Json) -> Control:
    action: Json = {"type": "button", "action_id": button["action_id"], "block_id": block["block_id"]}
    action |= {key: deepcopy(button[key]) for key in ("text", "value", "style", "url") if key in button}
    return Control(button["text"]["text"], button["action_id"], block["block_id"], button.get("value"), action)


def find_control(blocks: list[Json], what: str, *, value: str | None = None, nth: int | None = None) -> Control:
    """Return the control with this label or action_id; `value` or `nth` (from 0) choose among several."""
    everything = controls_in(blocks)
    found = [each for each in everything if what in (each.label, each.action_id) and value in (None, each.value)]
    if nth is not None:
        found = found[nth : nth + 1]
    if len(found) != 1:
        there = ", ".join(str(each) for each in everything) or "nothing to press"
        raise AssertionError(f"{'no' if not found else len(found)} control(s) {what!r} among: {there}")
    return found[0]


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and the element with this action_id (in the block with this id, where one is given)."""
    for block, element in elements_in(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise AssertionError(f"no element {action_id!r} among: {', '.join(e['action_id'] for _, e in elements_in(blocks))}")


def initial_state(blocks: list[Json]) -> Json:
    """Return the state of all fields as first shown: block_id, then action_id, then value."""
    state: Json = {}
    for block, element in elements_in(blocks):
        kind = element["type"]
        if kind in FIELDS:
            key = _STATE_KEYS.get(kind, "value")
            initial = deepcopy(element.get(f"initial_{key.removeprefix('selected_')}"))
            if key in ("selected_options", "selected_users"):
                initial = initial or []
            state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": kind, key: initial}
    return state


def merged_state(blocks: list[Json], changed: Json) -> Json:
    """Return the initial state with what was changed since."""
    state = initial_state(blocks)
    for block_id, fields in changed.items():
        if block_id in state:
            state[block_id] |= deepcopy(fields)
    return state


def field_value(element: Json, given: Any) -> Json:
    """Return what someone enters in a field, as state. Options are named by label or value; a mapping is taken as it is."""
    kind = element["type"]
    if isinstance(given, Mapping):
        return {"type": kind, **given}
    key = _STATE_KEYS.get(kind, "value")
    value: Any = given
    if key == "selected_option" and given is not None:
        value = _option(element, given)
    elif key == "selected_options":
        value = [_option(element, each) for each in given or ()]
    elif key == "value" and given is not None:
        value = str(given)
    return {"type": kind, key: value}


def _option(element: Json, name: str) -> Json:
    options = element.get("options") or [each for group in element["option_groups"] for each in group["options"]]
    for option in options:
        if name in (option["value"], option["text"]["text"]):
            return dict(deepcopy(option))
    raise AssertionError(f"no option {name!r} among: {', '.join(option['text']['text'] for option in options)}")


def field_complaints(blocks: list[Json], state: Json) -> dict[str, str]:
    """Return why the form would not be sent: the error that Slack's client shows at each field, by block_id."""
    problems: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        fields = state.get(block["block_id"], {}).get(element["action_id"], {})
        values = [value for key, value in fields.items() if key != "type"]
        value = values[0] if values else None
        if not value:
            if not block.get("optional"):
                problems[block["block_id"]] = "please complete this required field"
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            problems[block["block_id"]] = f"at least {element['min_length']} characters"
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            problems[block["block_id"]] = f"at most {element.get('max_length', 3000)} characters"
    return problems


def missing_fields(blocks: list[Json], state: Json) -> list[str]:
    """Return the same errors, each after its field's label."""
    labels = {block["block_id"]: block["label"]["text"] for block in blocks if block.get("type") == "input"}
    return [f"{labels[block_id]}: {problem}" for block_id, problem in field_complaints(blocks, state).items()]
