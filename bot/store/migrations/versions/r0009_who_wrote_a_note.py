"""A curator's note on a new month is signed with the curator's name."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.add_column("draft", sa.Column("note_by", sa.String(40)))
