"""Block Kit limits, the inner half: text objects, options, confirm dialogs and elements.

Every check adds sentences to a list of problems, each ending with the JSON pointer of its place, as Slack words them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

Problems = list[str]

TEXT_LIMIT = 3000
BUTTON_TEXT_LIMIT = 75
BUTTON_VALUE_LIMIT = 2000
ACCESSIBILITY_LABEL_LIMIT = 75
AGENT_PROMPT_LIMIT = 4000
URL_LIMIT = 3000
ALT_TEXT_LIMIT = 2000
ID_LIMIT = 255
PLACEHOLDER_LIMIT = 150
OPTION_TEXT_LIMIT = 75
OPTION_VALUE_LIMIT = 150
OPTION_DESCRIPTION_LIMIT = 75
SELECT_OPTIONS_LIMIT = 100
SHORT_OPTIONS_LIMIT = 10
OVERFLOW_OPTIONS_LIMIT = 5
CONFIRM_TITLE_LIMIT = 100
CONFIRM_TEXT_LIMIT = 300
CONFIRM_BUTTON_LIMIT = 30
INPUT_VALUE_LIMIT = 3000

STYLES = ("primary", "danger")
PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")

SELECTS = frozenset(
    f"{prefix}{kind}_select"
    for prefix in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
SINGLE_SELECTS = frozenset(kind for kind in SELECTS if not kind.startswith("multi_"))
PICKERS = frozenset({"datepicker", "timepicker"})
CHOICES = frozenset({"checkboxes", "radio_buttons"})
TEXT_INPUTS = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"}
)

IN_SECTION = SELECTS | PICKERS | CHOICES | {"button", "overflow", "image", "workflow_button"}
IN_ACTIONS = SINGLE_SELECTS | PICKERS | CHOICES | {"button", "overflow", "datetimepicker", "workflow_button"}
IN_INPUT = SELECTS | PICKERS | CHOICES | TEXT_INPUTS | {"datetimepicker"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
KNOWN_ELEMENTS = IN_SECTION | IN_ACTIONS | IN_INPUT | IN_CONTEXT_ACTIONS

_BUTTON_KEYS = frozenset(
    [
        "text",
        "url",
        "value",
        "style",
        "confirm",
        "accessibility_label",
        "agent_prompt",
        "agent_prompt_display",
        "visible_to_user_ids",
    ]
)
_ELEMENT_KEYS: dict[str, frozenset[str]] = {
    "button": _BUTTON_KEYS,
    "overflow": frozenset({"options", "confirm"}),
    "image": frozenset({"alt_text", "image_url", "slack_file"}),
    "plain_text_input": frozenset(
        [
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
            "placeholder",
            "focus_on_load",
        ]
    ),
    "static_select": frozenset(["options", "option_groups", "initial_option", "placeholder", "confirm", "focus_on_load"]),
    "radio_buttons": frozenset(["options", "initial_option", "confirm", "focus_on_load"]),
    "checkboxes": frozenset(["options", "initial_options", "confirm", "focus_on_load"]),
    "feedback_buttons": frozenset({"positive_button", "negative_button"}),
    "datepicker": frozenset(["initial_date", "placeholder", "confirm", "focus_on_load"]),
}


def check_text(
    text: Any, at: str, problems: Problems, *, limit: int, kinds: Collection[str] = ANY_TEXT, required: bool = True
) -> None:
    """A text object: its kind, its length, and nothing in it that does not belong."""
    if text is None:
        if required:
            problems.append(f"missing required field: {at.rsplit('/', 1)[-1]} [json-pointer:{at.rsplit('/', 1)[0]}]")
        return
    if not isinstance(text, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    kind = text.get("type")
    if kind not in kinds:
        problems.append(f"must provide one of {', '.join(kinds)}, not {kind!r} [json-pointer:{at}/type]")
        return
    check_keys(text, {"type", "text", "emoji"} if kind == "plain_text" else {"type", "text", "verbatim"}, at, problems)
    check_string(text.get("text"), f"{at}/text", problems, limit=limit)


def check_string(value: Any, at: str, problems: Problems, *, limit: int, required: bool = True, least: int = 1) -> None:
    """A string field and its length."""
    if value is None:
        if required:
            problems.append(f"missing required field: {at.rsplit('/', 1)[-1]} [json-pointer:{at.rsplit('/', 1)[0]}]")
    elif not isinstance(value, str):
        problems.append(f"must be a string [json-pointer:{at}]")
    elif len(value) < least:
        problems.append(f"must be more than {least - 1} characters [json-pointer:{at}]")
    elif len(value) > limit:
        problems.append(f"must be less than {limit + 1} characters [json-pointer:{at}]")


def check_keys(thing: dict[str, Any], allowed: Collection[str], at: str, problems: Problems) -> None:
    """Slack refuses properties it does not know."""
    problems.extend(f"invalid additional property: {key} [json-pointer:{at}]" for key in sorted(set(thing) - set(allowed)))


def check_url(value: Any, at: str, problems: Problems, *, required: bool = False, web_only: bool = False) -> None:
    """A link: with a scheme, and not too long."""
    before = len(problems)
    check_string(value, at, problems, limit=URL_LIMIT, required=required)
    if value is None or len(problems) > before:
        return
    schemes = ("http://", "https://") if web_only else ("http://", "https://", "mailto:", "slack://", "tel:")
    if not value.startswith(schemes) or " " in value:
        problems.append(f"must be a valid url [json-pointer:{at}]")


def check_array(value: Any, at: str, problems: Problems, *, most: int, least: int = 1, required: bool = True) -> list[Any]:
    """An array and how many items it may hold; gives the items, or none where it is not an array."""
    if value is None:
        if required:
            problems.append(f"missing required field: {at.rsplit('/', 1)[-1]} [json-pointer:{at.rsplit('/', 1)[0]}]")
        return []
    if not isinstance(value, list):
        problems.append(f"must be an array [json-pointer:{at}]")
        return []
    if len(value) < least:
        problems.append(f"no fewer than {least} items allowed [json-pointer:{at}]")
    if len(value) > most:
        problems.append(f"no more than {most} items allowed [json-pointer:{at}]")
    return value


def check_image(image: Any, at: str, problems: Problems) -> None:
    """An image's address and its text for those who cannot see it."""
    if not isinstance(image, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    check_string(image.get("alt_text"), f"{at}/alt_text", problems, limit=ALT_TEXT_LIMIT, least=0)
    if "slack_file" not in image:
        check_url(image.get("image_url"), f"{at}/image_url", problems, required=True, web_only=True)


def check_confirm(confirm: Any, at: str, problems: Problems) -> None:
    """A confirm dialog."""
    if not isinstance(confirm, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    check_keys(confirm, {"title", "text", "confirm", "deny", "style"}, at, problems)
    check_text(confirm.get("title"), f"{at}/title", problems, limit=CONFIRM_TITLE_LIMIT, kinds=PLAIN)
    check_text(confirm.get("text"), f"{at}/text", problems, limit=CONFIRM_TEXT_LIMIT)
    check_text(confirm.get("confirm"), f"{at}/confirm", problems, limit=CONFIRM_BUTTON_LIMIT, kinds=PLAIN)
    check_text(confirm.get("deny"), f"{at}/deny", problems, limit=CONFIRM_BUTTON_LIMIT, kinds=PLAIN)
    check_style(confirm, at, problems)


def check_style(thing: dict[str, Any], at: str, problems: Problems) -> None:
    """`style`, where it stands, is primary or danger."""
    if "style" in thing and thing["style"] not in STYLES:
        problems.append(f"must be one of {', '.join(STYLES)} [json-pointer:{at}/style]")


def check_option(option: Any, at: str, problems: Problems, *, in_overflow: bool, mrkdwn: bool) -> None:
    """One choice of a menu or a group of boxes."""
    if not isinstance(option, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    check_keys(option, {"text", "value", "description", *(("url",) if in_overflow else ())}, at, problems)
    kinds = ANY_TEXT if mrkdwn else PLAIN
    check_text(option.get("text"), f"{at}/text", problems, limit=OPTION_TEXT_LIMIT, kinds=kinds)
    check_string(option.get("value"), f"{at}/value", problems, limit=OPTION_VALUE_LIMIT)
    check_text(
        option.get("description"),
        f"{at}/description",
        problems,
        limit=OPTION_DESCRIPTION_LIMIT,
        kinds=kinds,
        required=False,
    )
    check_url(option.get("url"), f"{at}/url", problems)


def _check_options(element: dict[str, Any], at: str, problems: Problems) -> None:
    kind = element["type"]
    in_overflow, mrkdwn = kind == "overflow", kind in CHOICES
    most = OVERFLOW_OPTIONS_LIMIT if in_overflow else SHORT_OPTIONS_LIMIT if mrkdwn else SELECT_OPTIONS_LIMIT
    options: list[Any] = []
    if "option_groups" in element and not (in_overflow or mrkdwn):
        if "options" in element:
            problems.append(f"must provide options or option_groups, not both [json-pointer:{at}]")
        for number, group in enumerate(
            check_array(element["option_groups"], f"{at}/option_groups", problems, most=SELECT_OPTIONS_LIMIT)
        ):
            place = f"{at}/option_groups/{number}"
            if not isinstance(group, dict):
                problems.append(f"must provide an object [json-pointer:{place}]")
                continue
            check_text(group.get("label"), f"{place}/label", problems, limit=OPTION_TEXT_LIMIT, kinds=PLAIN)
            inside = check_array(group.get("options"), f"{place}/options", problems, most=SELECT_OPTIONS_LIMIT)
            for index, option in enumerate(inside):
                check_option(option, f"{place}/options/{index}", problems, in_overflow=False, mrkdwn=False)
            options.extend(inside)
    else:
        options = check_array(element.get("options"), f"{at}/options", problems, most=most)
        for index, option in enumerate(options):
            check_option(option, f"{at}/options/{index}", problems, in_overflow=in_overflow, mrkdwn=mrkdwn)
    initial = element.get("initial_options")
    chosen = initial if isinstance(initial, list) else []
    if element.get("initial_option") is not None:
        chosen = [*chosen, element["initial_option"]]
    if any(_bare(option) not in [_bare(each) for each in options] for option in chosen):
        problems.append(f"initial option must be one of the options [json-pointer:{at}]")


def _bare(option: Any) -> Any:
    if not isinstance(option, dict) or not isinstance(option.get("text"), dict):
        return option
    return option["text"].get("text"), option.get("value")


def _check_feedback(element: dict[str, Any], at: str, problems: Problems) -> None:
    for side in ("positive_button", "negative_button"):
        button = element.get(side)
        if not isinstance(button, dict):
            problems.append(f"missing required field: {side} [json-pointer:{at}]")
            continue
        check_keys(button, {"text", "value", "accessibility_label"}, f"{at}/{side}", problems)
        check_text(button.get("text"), f"{at}/{side}/text", problems, limit=BUTTON_TEXT_LIMIT, kinds=PLAIN)
        check_string(button.get("value"), f"{at}/{side}/value", problems, limit=BUTTON_VALUE_LIMIT)
        check_string(
            button.get("accessibility_label"),
            f"{at}/{side}/accessibility_label",
            problems,
            limit=ACCESSIBILITY_LABEL_LIMIT,
            required=False,
        )


def _check_button(element: dict[str, Any], at: str, problems: Problems) -> None:
    check_text(element.get("text"), f"{at}/text", problems, limit=BUTTON_TEXT_LIMIT, kinds=PLAIN)
    check_string(element.get("value"), f"{at}/value", problems, limit=BUTTON_VALUE_LIMIT, required=False, least=0)
    check_url(element.get("url"), f"{at}/url", problems)
    check_style(element, at, problems)
    for key, limit in (("accessibility_label", ACCESSIBILITY_LABEL_LIMIT), ("agent_prompt", AGENT_PROMPT_LIMIT)):
        check_string(element.get(key), f"{at}/{key}", problems, limit=limit, required=False)


def _check_plain_text_input(element: dict[str, Any], at: str, problems: Problems) -> None:
    check_string(
        element.get("initial_value"),
        f"{at}/initial_value",
        problems,
        limit=INPUT_VALUE_LIMIT,
        required=False,
        least=0,
    )
    for key, least in (("min_length", 0), ("max_length", 1)):
        number = element.get(key)
        if number is not None and not (isinstance(number, int) and least <= number <= INPUT_VALUE_LIMIT):
            problems.append(f"must be between {least} and {INPUT_VALUE_LIMIT} [json-pointer:{at}/{key}]")


def _check_datepicker(element: dict[str, Any], at: str, problems: Problems) -> None:
    """`initial_date` is written YYYY-MM-DD (DOC reference/block-kit/block-elements/date-picker-element)."""
    value = element.get("initial_date")
    if value is None:
        return
    try:
        fits = isinstance(value, str) and len(value) == len("YYYY-MM-DD") and bool(date.fromisoformat(value))
    except ValueError:
        fits = False
    if not fits:
        problems.append(f"must be a date in the format YYYY-MM-DD [json-pointer:{at}/initial_date]")


def check_element(element: Any, at: str, problems: Problems, *, allowed: Collection[str], surface: str) -> None:
    """One element: known, allowed in this block and on this surface, and within its limits."""
    if not isinstance(element, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    kind = element.get("type")
    if kind not in KNOWN_ELEMENTS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    if kind not in allowed or (kind == "file_input" and surface != "modal"):
        problems.append(f"unsupported type: {kind} is not allowed here [json-pointer:{at}/type]")
        return
    if kind in _ELEMENT_KEYS:
        own = _ELEMENT_KEYS[kind] | ({"type"} if kind == "image" else {"type", "action_id"})
        check_keys(element, own, at, problems)
    check_string(element.get("action_id"), f"{at}/action_id", problems, limit=ID_LIMIT, required=False)
    check_text(
        element.get("placeholder"),
        f"{at}/placeholder",
        problems,
        limit=PLACEHOLDER_LIMIT,
        kinds=PLAIN,
        required=False,
    )
    if "confirm" in element:
        check_confirm(element["confirm"], f"{at}/confirm", problems)
    if kind == "button":
        _check_button(element, at, problems)
    elif kind == "image":
        check_image(element, at, problems)
    elif kind == "plain_text_input":
        _check_plain_text_input(element, at, problems)
    elif kind == "feedback_buttons":
        _check_feedback(element, at, problems)
    elif kind == "datepicker":
        _check_datepicker(element, at, problems)
    elif kind in {"overflow", "static_select", "multi_static_select"} | CHOICES:
        _check_options(element, at, problems)
    elif kind == "icon_button":
        check_text(element.get("text"), f"{at}/text", problems, limit=BUTTON_TEXT_LIMIT, kinds=PLAIN)
        check_string(element.get("icon"), f"{at}/icon", problems, limit=ID_LIMIT)
