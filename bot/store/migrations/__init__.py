"""The steps from each schema to the next, for Alembic; `bot.store.migrate` runs them. What has landed is never changed."""
