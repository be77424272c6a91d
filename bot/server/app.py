"""The composition root: the Bolt app with every listener, on services that were made elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners import (
    approval,
    buttons,
    club,
    command,
    edit,
    following,
    forget,
    guard,
    home,
    lifecycle,
    mention,
    outsiders,
    own_settings,
    own_summaries,
    review_asks,
    saved,
    share,
    shortcuts,
    study,
    subscribing,
    subscribing_from_home,
    suggest,
    usage,
    wrong,
)
from bot.listeners.services import Services
from bot.slack.client import TIMEOUT

BOT_NAME = "PPRNet"


def build_app(services: Services) -> AsyncApp:
    """The app. Requests have been verified before they reach it (`bot.slack.http`, or Slack's own socket).

    Everything is passed explicitly, since Bolt would otherwise read tokens and OAuth settings from the environment by
    itself. `process_before_response`: what was acknowledged is done.
    """
    identity = services.workspace.identity

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            bot_id=identity.bot_id,
            bot_user_id=identity.user_id,
            bot_token=services.slack.once.token,
        )

    app = AsyncApp(
        name=BOT_NAME,
        logger=_bolt_logger(),
        signing_secret="",
        client=AsyncWebClient(base_url=services.slack.once.base_url, timeout=TIMEOUT, retry_handlers=[]),
        authorize=authorize,
        process_before_response=True,
        raise_error_for_unhandled_request=True,  # else 404, which counts against the app; `bot.listeners.guard` answers it
        request_verification_enabled=False,
        # Our own metadata events are receipts; the listeners ignore our own messages themselves.
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    @app.middleware
    async def provide(context: AsyncBoltContext, next: Callable[[], Awaitable[Any]]) -> None:
        context["services"] = services  # Bolt gives it to every listener that has an argument of this name
        await next()

    guard.register(app, services)
    outsiders.register(app, services)
    # Bolt asks its listeners one after the other, which takes longer than the search does: what is asked most comes first.
    command.register(app, services)
    mention.register(app, services)
    for module in (
        buttons,
        share,
        home,
        shortcuts,
        following,
        subscribing,
        subscribing_from_home,
        approval,
        edit,
        study,
        suggest,
        review_asks,
        own_summaries,
        wrong,
        forget,
        usage,
        saved,
        club,
    ):
        module.register(app)
    if services.own_settings:
        own_settings.register(app)
    lifecycle.register(app, services)
    lifecycle.register_rest(app)
    lifecycle.register_old_buttons(app, services)
    return app


def _bolt_logger() -> logging.Logger:
    """Bolt logs request bodies below WARNING, and some at WARNING when nobody handles a request (we handle all)."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger
