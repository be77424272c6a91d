"""What a person's Home shows beside the library: what is theirs and, for curators, what waits for them.

Each part is looked up apart from the others and waited for only a moment: where one is slow or fails, Home says so there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.asks.thin import Thin, thin
from bot.blocks.curating import Curating
from bot.blocks.home import CLUBS, SAVED, Home, home_view
from bot.blocks.subscribing import Line
from bot.blocks.usage import Quarter
from bot.corpus.model import Topic
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.search.browse import library
from bot.store.clubs import Club
from bot.store.drafts import APPROVED
from bot.store.places import Place
from bot.store.saves import SavedPage


async def home(services: Services, user: str, *, first: bool = False, notice: str | None = None) -> Mapping[str, Any]:
    """Return a person's Home, as things are now."""
    books = library(services.engine)
    is_curator = await services.workspace.curators.includes(user)
    changes_library = is_curator and services.owns_library
    posted, saved, following, lines, clubs, curating = await asyncio.gather(
        in_time(_posted(services, user)),
        in_time(_saved(services, user)),
        in_time(followed(services, user)),
        in_time(channels(services)),
        in_time(_clubs(services, user)),
        _for_curators(services) if is_curator else _nothing(),
    )
    found = Home(
        books,
        first=first,
        notice=notice,
        posted=posted or (),
        saved=saved,
        following=following,
        channels=None if lines is None else tuple(line for line in lines if is_curator or line[1] == user),
        clubs=clubs,
        is_curator=changes_library,
        curating=curating,
        own_settings=services.own_settings.values if services.own_settings and is_curator else None,
    )
    return home_view(found)


async def channels(services: Services) -> list[Line]:
    """Return the channels that get each new month."""
    found = await services.posts.subscriptions.recipients(services.team, services.workspace.channel)
    chosen = any(each.is_default for each in found)
    return [
        (each.channel, each.by, each.is_default or (not chosen and each.channel == services.workspace.channel), each.why)
        for each in found
    ]


async def _posted(services: Services, user: str) -> tuple[tuple[Place, str], ...]:
    """Return where the newest month was posted, with each message's address. Slack does not say who is in a channel, so
    people are shown only the channels that they set up, and curators all of them.
    """
    months = library(services.engine).shelves["month"]
    if not months:
        return ()
    team, everywhere = services.team, await services.workspace.curators.includes(user)
    found = await services.stores.places.month_places(team, months[0].key, user, everywhere=everywhere)
    addresses = await asyncio.gather(*(services.slack.address(place.channel, place.ts) for place in found))
    return tuple((place, link) for place, link in zip(found, addresses, strict=True) if link)


async def _saved(services: Services, user: str) -> SavedPage:
    return await services.stores.saves.page(services.team, user, 0, SAVED)


async def followed(services: Services, user: str) -> tuple[Topic, ...]:
    """Return the topics that someone follows, by name."""
    follows = await services.posts.follows.of(services.team, user)
    topics = (services.engine.corpus.topic(each.topic) for each in follows)
    return tuple(sorted((topic for topic in topics if topic), key=lambda topic: topic.name.casefold()))


async def _clubs(services: Services, user: str) -> tuple[tuple[Club, str | None], ...]:
    """Return the upcoming journal clubs that this person planned (for a curator: all), with the address of those shown."""
    by = None if await services.workspace.curators.includes(user) else user
    found = await services.posts.clubs.to_come(services.team, services.workspace.here().date(), by)
    shown = found[:CLUBS]
    addresses = await asyncio.gather(*(_address(services, club, ts) for club, ts in shown))
    rest = [(club, None) for club, _ in found[CLUBS:]]
    return (*((club, link) for (club, _), link in zip(shown, addresses, strict=True)), *rest)


async def _address(services: Services, club: Club, ts: str | None) -> str | None:
    return await services.slack.address(club.channel, ts) if ts else None


async def _for_curators(services: Services) -> Curating | None:
    """Look up what curators see: of months that wait alone, where the library is not theirs."""
    if not services.owns_library:
        return await in_time(_waiting(services))
    found, lacking = await asyncio.gather(in_time(_curating(services)), thin_summaries(services))
    return replace(found, thin=lacking) if found else None


async def _waiting(services: Services) -> Curating:
    """Return the months that wait for this workspace's curators."""
    return Curating(tuple(draft for draft in await services.approval.drafts.all() if draft.state != APPROVED))


async def _curating(services: Services) -> Curating:
    waiting = (await _waiting(services)).months
    status = await services.approval.source.status() if services.approval.source else None
    quarter = Quarter.at(time.time())
    return Curating(
        waiting,
        len(await services.asks.waiting()),
        quarter=quarter,
        useful=tuple(await services.stores.feedback.counts_between(services.team, *quarter.span)),
        approval=services.approval.required,
        check=status,
    )


async def thin_summaries(services: Services) -> Thin:
    """Return what is thin in the library; what is not found, as far as it is known in time."""
    engine = services.engine
    return thin(engine.corpus, await in_time(services.not_found.of(engine)))


async def _nothing() -> None:
    """Look up nothing."""
