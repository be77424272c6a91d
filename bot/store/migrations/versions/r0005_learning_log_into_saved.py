"""The learning log becomes part of what is saved: each saved summary can have a note."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# A row that was only opened is moved too: its owner had turned the log on to keep it. A summary that is saved as well keeps
# its date. A note that is there already is newer.
MOVE = """
    INSERT INTO saved (team, "user", summary_id, saved_at, note)
    SELECT team, "user", summary_id, coalesce(saved_at, opened_at, changed_at), reflection FROM learned WHERE true
    ON CONFLICT (team, "user", summary_id) DO UPDATE SET note = coalesce(saved.note, excluded.note)
"""


def upgrade() -> None:
    """Add the column, move the rows.

    The two tables of the log stay, empty: a replica of the version before, still running, can go on reading them.
    """
    op.add_column("saved", sa.Column("note", sa.String(300)))
    op.execute(MOVE)
    op.execute("DELETE FROM learned")
    op.execute("DELETE FROM learner")
