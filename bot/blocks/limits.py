"""Slack's size limits, as far as this bot meets them (docs.slack.dev, reference/block-kit; "Composition objects")."""

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
HEADER = 150
SECTION = 3_000
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
CONFIRM = 300
OPTION_TEXT = 75
OPTIONS = 100
"""Options in one group of a menu, which may have as many groups."""
ID = 255
VIEW_TITLE = 24
MESSAGE_TEXT = 4_000
"""Advised by Slack for the top-level text; it cuts at 40,000."""
RICH_TEXT = 3_000
"""No limit of its own is documented for one rich text block; we hold it to a section's."""
