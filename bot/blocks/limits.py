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
PLAIN_TEXT = 3_000
"""Of a message that Slack takes without its layout, so the gist is in the first of them."""
RICH_TEXT = 3_000
"""No limit of its own is documented for one rich text block; we hold it to a section's."""
TABLE_ROWS = 100
"""With the row that names the columns."""
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
"""In all cells of a message."""
TABLES = 1
"""In a message; a modal takes none."""
