"""For which of many workspaces a payload is: by what says where the app is installed, never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.slack.identity import Identity
from bot.slack.routing import Joined, ManyWorkspaces, NotYetError, OneWorkspace

APP = "A1"
NO_APP: AsyncApp = object()  # type: ignore[assignment]  (nothing is answered here)


def joined(name: str, organisation: str | None = None, shared: Sequence[str] = ()) -> Joined:
    """A workspace that joined."""
    return Joined(name, NO_APP, Identity(name, "U1", f"B{name}", organisation, APP), shared)


HOME = OneWorkspace(NO_APP, Identity("T000", "U1", "B0", "E001", APP), ["C0"])
SERVED = {each.id: each for each in (joined("T001"), joined("T002", shared=["C2"]), joined("E002", "E002"))}


async def found(body: dict[str, Any], *, not_yet: Sequence[str] = ("T003",)) -> object:
    """The id of the workspace that a payload goes to; None where it is refused, "again" where Slack should come again."""

    async def is_expected(names: Sequence[str]) -> bool:
        return any(name in not_yet for name in names)

    try:
        tenant = await ManyWorkspaces(HOME, SERVED, is_expected).find({"api_app_id": APP, **body})
    except NotYetError:
        return "again"
    return "T000" if tenant is HOME else tenant.id if isinstance(tenant, Joined) else None


def event(team: str | None, enterprise: str | None = None, *, whole: bool = False, **body: object) -> dict[str, Any]:
    """An event, as Slack names the installation that it is for."""
    return {"authorizations": [{"team_id": team, "enterprise_id": enterprise, "is_enterprise_install": whole}], **body}


@pytest.mark.parametrize(
    ("body", "goes_to"),
    [
        ({"team_id": "T000"}, "T000"),
        ({"team_id": "T001"}, "T001"),
        ({"team": {"id": "T001"}}, "T001"),
        ({"team_id": "T009"}, None),
        ({"team_id": "T003"}, "again"),
        (event("T001", team_id="T002"), "T001"),  # sent from the one, to the installation in the other
        (event("T009", team_id="T001"), None),
        ({"team": {"id": "T009"}, "view": {"app_installed_team_id": "T001"}}, "T001"),
        ({"team": {"id": "T001"}, "view": {"app_installed_team_id": "T000"}}, "T000"),
        (
            {"team": {"id": "T009"}, "message": {"bot_id": "BT001"}},
            "T001",
        ),  # pressed by someone of another organisation
        ({"team": {"id": "T001"}, "message": {"bot_id": "B0"}}, "T000"),
        ({"team": {"id": "T009"}, "channel": {"id": "C2"}, "container": {"is_ephemeral": True}}, "T002"),
        ({"team": {"id": "T009"}, "channel": {"id": "C0"}, "container": {"is_ephemeral": True}}, "T000"),
        ({"team": {"id": "T009"}, "channel": {"id": "C9"}, "container": {"is_ephemeral": True}}, None),
        # Installed for a whole organisation: whichever of its workspaces someone is in.
        (event("T008", "E002", whole=True), "E002"),
        ({"team_id": "T008", "enterprise_id": "E002", "is_enterprise_install": "true"}, "E002"),
        ({"team": {"id": "T008"}, "enterprise": {"id": "E002"}, "is_enterprise_install": True}, "E002"),
        ({"team": None, "enterprise": {"id": "E002"}, "is_enterprise_install": True}, "E002"),
        # The home workspace is in an organisation, too: another workspace of that one is not it, once it joined.
        (event("T000", "E001"), "T000"),
        (event("T003", "E001"), "again"),
        ({"team_id": "T003", "enterprise_id": "E001"}, "again"),
        (event("T001", "E001"), "T001"),
        ({"type": "url_verification"}, "T000"),
    ],
)
async def test_a_payload_goes_where_the_app_is_installed(body: dict[str, Any], goes_to: str | None) -> None:
    assert await found(body) == goes_to


async def test_what_is_of_another_app_goes_nowhere() -> None:
    for team in ("T000", "T001", "E002"):
        assert await found({"team_id": team, "api_app_id": "A9"}) is None
