"""The conversation of a draft's message gets a column of its own.

A version before this one may run beside: it reads and writes the place in `summary_id`, which is still filled. What it posts
itself has no place here; such a message is not edited when the draft is decided, and its buttons say so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, and fill it for the drafts."""
    op.add_column("delivery", sa.Column("place", sa.String(40)))
    op.execute("UPDATE delivery SET place = substr(summary_id, 1, 40) WHERE kind = 'draft'")
