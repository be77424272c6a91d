"""`pprnet forget`: the operator's way to erase what is kept on somebody, for one who has left."""

from __future__ import annotations

import re

from sqlalchemy.exc import SQLAlchemyError

from bot.blocks.forget import listed
from bot.errors import CommandError
from bot.settings import Settings
from bot.store.database import Database, StoreError, reason
from bot.store.personal_data import PersonalData

_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")


async def forget(settings: Settings, user: str, *, dry_run: bool) -> str:
    """Erase all that is kept on a person, or (`dry_run`) only say what it is. Raises CommandError."""
    if not _PERSON.fullmatch(user):
        raise CommandError("that is not a person's id: open the profile in Slack, choose Copy member ID (U...)")
    try:
        database = await Database.open(settings.database_url)
    except StoreError as error:
        raise CommandError(str(error)) from None
    try:
        stored = PersonalData(database)
        found = await (stored.count(None, user) if dry_run else stored.erase(None, user))
    except SQLAlchemyError as error:
        raise CommandError(f"the database cannot be used ({reason(error)}): nothing was erased") from None
    finally:
        await database.close()
    lines = listed(found)
    if not lines:
        return f"Nothing is kept on {user}."
    lead = f"Kept on {user}:" if dry_run else f"Erased, of {user}:"
    end = "Nothing was erased." if dry_run else "Messages in Slack stay where they are."
    return "\n".join([lead, *(f"  {line}" for line in lines), end])
