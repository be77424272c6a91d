"""Checks the interactive elements of Block Kit that the bot sends. Any other element counts as unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from .block_kit_checks import (
    ANY_TEXT,
    PLAIN,
    Problems,
    check_array,
    check_keys,
    check_string,
    check_style,
    check_text,
    check_url,
)

BUTTON_TEXT_LIMIT = 75
BUTTON_VALUE_LIMIT = 2000
ACCESSIBILITY_LABEL_LIMIT = 75
ID_LIMIT = 255
PLACEHOLDER_LIMIT = 150
OPTION_TEXT_LIMIT = 75
OPTION_VALUE_LIMIT = 150
OPTION_DESCRIPTION_LIMIT = 75
RADIO_OPTIONS_LIMIT = 10
SELECT_OPTIONS_LIMIT = 100
OPTION_GROUPS_LIMIT = 100
CONFIRM_TITLE_LIMIT = 100
CONFIRM_TEXT_LIMIT = 300
CONFIRM_BUTTON_LIMIT = 30
INPUT_VALUE_LIMIT = 3000

FIELDS = frozenset(
    {
        "conversations_select",
        "datepicker",
        "multi_static_select",
        "multi_users_select",
        "plain_text_input",
        "radio_buttons",
        "static_select",
    }
)
"""Elements that have a value."""
IN_SECTION = IN_ACTIONS = frozenset({"button", "conversations_select", "datepicker", "radio_buttons", "static_select"})
KNOWN_ELEMENTS = IN_SECTION | FIELDS

_KEYS: dict[str, frozenset[str]] = {
    "button": frozenset({"text", "url", "value", "style", "confirm", "accessibility_label"}),
    "plain_text_input": frozenset(
        {
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
            "placeholder",
            "focus_on_load",
        }
    ),
    "radio_buttons": frozenset({"options", "initial_option", "confirm", "focus_on_load"}),
    "static_select": frozenset({"options", "option_groups", "initial_option", "placeholder", "confirm", "focus_on_load"}),
    "multi_static_select": frozenset(
        {"options", "option_groups", "initial_options", "placeholder", "confirm", "max_selected_items", "focus_on_load"}
    ),
    "multi_users_select": frozenset({"initial_users", "placeholder", "confirm", "max_selected_items", "focus_on_load"}),
    "datepicker": frozenset({"initial_date", "placeholder", "confirm", "focus_on_load"}),
    "conversations_select": frozenset(
        {
            "initial_conversation",
            "default_to_current_conversation",
            "filter",
            "response_url_enabled",
            "placeholder",
            "confirm",
            "focus_on_load",
        }
    ),
}
_FILTER_KEYS = frozenset({"include", "exclude_external_shared_channels", "exclude_bot_users"})


def check_element(element: Any, at: str, problems: Problems, *, allowed: Collection[str]) -> None:
    """Check one element: known, allowed in its block, and within its limits."""
    if not isinstance(element, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    kind = element.get("type")
    if kind not in KNOWN_ELEMENTS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    if kind not in allowed:
        problems.append(f"unsupported type: {kind} is not allowed here [json-pointer:{at}/type]")
        return
    check_keys(element, _KEYS[kind] | {"type", "action_id"}, at, problems)
    check_string(element.get("action_id"), f"{at}/action_id", problems, limit=ID_LIMIT, required=False)
    placeholder = element.get("placeholder")
    check_text(placeholder, f"{at}/placeholder", problems, limit=PLACEHOLDER_LIMIT, kinds=PLAIN, required=False)
    if "confirm" in element:
        _check_confirm(element["confirm"], f"{at}/confirm", problems)
    _CHECKS[kind](element, at, problems)


def _check_button(element: dict[str, Any], at: str, problems: Problems) -> None:
    check_text(element.get("text"), f"{at}/text", problems, limit=BUTTON_TEXT_LIMIT, kinds=PLAIN)
    check_string(element.get("value"), f"{at}/value", problems, limit=BUTTON_VALUE_LIMIT, required=False, least=0)
    check_url(element.get("url"), f"{at}/url", problems)
    check_style(element, at, problems)
    label = element.get("accessibility_label")
    check_string(label, f"{at}/accessibility_label", problems, limit=ACCESSIBILITY_LABEL_LIMIT, required=False)


def _check_plain_text_input(element: dict[str, Any], at: str, problems: Problems) -> None:
    initial = element.get("initial_value")
    check_string(initial, f"{at}/initial_value", problems, limit=INPUT_VALUE_LIMIT, required=False, least=0)
    for key, least in (("min_length", 0), ("max_length", 1)):
        number = element.get(key)
        if number is not None and not (isinstance(number, int) and least <= number <= INPUT_VALUE_LIMIT):
            problems.append(f"must be between {least} and {INPUT_VALUE_LIMIT} [json-pointer:{at}/{key}]")


def _check_datepicker(element: dict[str, Any], at: str, problems: Problems) -> None:
    """Check `initial_date`, which is YYYY-MM-DD (DOC reference/block-kit/block-elements/date-picker-element)."""
    value = element.get("initial_date")
    if value is None:
        return
    try:
        fits = isinstance(value, str) and len(value) == len("YYYY-MM-DD") and bool(date.fromisoformat(value))
    except ValueError:
        fits = False
    if not fits:
        problems.append(f"must be a date in the format YYYY-MM-DD [json-pointer:{at}/initial_date]")


def _check_conversations_select(element: dict[str, Any], at: str, problems: Problems) -> None:
    """Check `initial_conversation` and `filter` (DOC reference/block-kit/composition-objects/conversation-filter-object)."""
    initial = element.get("initial_conversation")
    check_string(initial, f"{at}/initial_conversation", problems, limit=ID_LIMIT, required=False)
    chosen = element.get("filter")
    if chosen is None:
        return
    if not isinstance(chosen, dict) or not chosen:
        problems.append(f"must provide an object [json-pointer:{at}/filter]")
        return
    check_keys(chosen, _FILTER_KEYS, f"{at}/filter", problems)
    for kind in check_array(chosen.get("include"), f"{at}/filter/include", problems, most=4, required=False):
        if kind not in {"im", "mpim", "private", "public"}:
            problems.append(f"must be one of im, mpim, private, public [json-pointer:{at}/filter/include]")


def _check_multi_users_select(element: dict[str, Any], at: str, problems: Problems) -> None:
    """Check `initial_users` (DOC reference/block-kit/block-elements/multi-select-menu-element)."""
    if "initial_users" in element:
        for index, each in enumerate(check_array(element["initial_users"], f"{at}/initial_users", problems, most=1000)):
            check_string(each, f"{at}/initial_users/{index}", problems, limit=ID_LIMIT)


def _check_radio_buttons(element: dict[str, Any], at: str, problems: Problems) -> None:
    options = check_array(element.get("options"), f"{at}/options", problems, most=RADIO_OPTIONS_LIMIT)
    for index, option in enumerate(options):
        _check_option(option, f"{at}/options/{index}", problems)
    initial = element.get("initial_option")
    if initial is not None and _key(initial) not in [_key(each) for each in options]:
        problems.append(f"initial option must be one of the options [json-pointer:{at}]")


def _check_static_select(element: dict[str, Any], at: str, problems: Problems) -> None:
    """Check options or option groups, of which it has one (DOC reference/block-kit/block-elements/select-menu-element)."""
    if ("options" in element) == ("option_groups" in element):
        problems.append(f"must provide options or option_groups, not both [json-pointer:{at}]")
        return
    groups = [(element, at)]
    if "option_groups" in element:
        found = check_array(element["option_groups"], f"{at}/option_groups", problems, most=OPTION_GROUPS_LIMIT)
        groups = [(group, f"{at}/option_groups/{index}") for index, group in enumerate(found)]
    everything: list[Any] = []
    for group, where in groups:
        if not isinstance(group, dict):
            problems.append(f"must provide an object [json-pointer:{where}]")
            continue
        if group is not element:
            check_keys(group, {"label", "options"}, where, problems)
            check_text(group.get("label"), f"{where}/label", problems, limit=OPTION_TEXT_LIMIT, kinds=PLAIN)
        options = check_array(group.get("options"), f"{where}/options", problems, most=SELECT_OPTIONS_LIMIT)
        for index, option in enumerate(options):
            _check_option(option, f"{where}/options/{index}", problems)
        everything += options
    chosen = [element.get("initial_option")]
    if "initial_options" in element:  # of a menu in which several may be chosen
        chosen = check_array(element["initial_options"], f"{at}/initial_options", problems, most=SELECT_OPTIONS_LIMIT)
    if any(each is not None and _key(each) not in [_key(option) for option in everything] for each in chosen):
        problems.append(f"initial option must be one of the options [json-pointer:{at}]")


def _check_option(option: Any, at: str, problems: Problems) -> None:
    if not isinstance(option, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    check_keys(option, {"text", "value", "description"}, at, problems)
    check_text(option.get("text"), f"{at}/text", problems, limit=OPTION_TEXT_LIMIT, kinds=ANY_TEXT)
    check_string(option.get("value"), f"{at}/value", problems, limit=OPTION_VALUE_LIMIT)
    described = option.get("description")
    check_text(described, f"{at}/description", problems, limit=OPTION_DESCRIPTION_LIMIT, required=False)


def _key(option: Any) -> Any:
    """Return what makes two options the same."""
    if not isinstance(option, dict) or not isinstance(option.get("text"), dict):
        return option
    return option["text"].get("text"), option.get("value")


def _check_confirm(confirm: Any, at: str, problems: Problems) -> None:
    if not isinstance(confirm, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    check_keys(confirm, {"title", "text", "confirm", "deny", "style"}, at, problems)
    check_text(confirm.get("title"), f"{at}/title", problems, limit=CONFIRM_TITLE_LIMIT, kinds=PLAIN)
    check_text(confirm.get("text"), f"{at}/text", problems, limit=CONFIRM_TEXT_LIMIT)
    check_text(confirm.get("confirm"), f"{at}/confirm", problems, limit=CONFIRM_BUTTON_LIMIT, kinds=PLAIN)
    check_text(confirm.get("deny"), f"{at}/deny", problems, limit=CONFIRM_BUTTON_LIMIT, kinds=PLAIN)
    check_style(confirm, at, problems)


_CHECKS: dict[str, Callable[[dict[str, Any], str, Problems], None]] = {
    "button": _check_button,
    "plain_text_input": _check_plain_text_input,
    "datepicker": _check_datepicker,
    "conversations_select": _check_conversations_select,
    "radio_buttons": _check_radio_buttons,
    "static_select": _check_static_select,
    "multi_static_select": _check_static_select,
    "multi_users_select": _check_multi_users_select,
}
