"""Alembic's way in: runs the steps on the connection that `bot.store.migrate` hands over, in the transaction it has open."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
