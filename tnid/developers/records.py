"""What the portal's pages work with: a team, a member of it, an application, and all three as one stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from tnid.developers.roles import Permission, may

SANDBOX, LIVE = "sandbox", "live"
ENVIRONMENTS = (SANDBOX, LIVE)


class Team(NamedTuple):
    """A team; `organisation` is who is behind it, "" for a single developer."""

    id: str
    name: str
    organisation: str
    created_at: int
    archived_at: int | None


class Member(NamedTuple):
    """Somebody's part in a team."""

    id: str
    account_id: str
    role: str


class Application(NamedTuple):
    """An application. `texts` is as tnid.developers.texts keeps it, `disclosure` as the reviews' pages do."""

    id: str
    team_id: str
    preset: str
    texts: Mapping[str, Any]
    disclosure: Mapping[str, Any]
    sandbox_client_id: str
    live_client_id: str | None
    created_at: int
    updated_at: int
    archived_at: int | None
    suspended_at: int | None = None
    suspended_reason: str = ""
    ended_at: int | None = None

    @property
    def name(self) -> str:
        """Its name as its own developers read it."""
        return str(self.texts.get("name", {}).get("vi", ""))

    def client_id_of(self, env: str) -> str | None:
        """Return the client of an environment, None where there is none (yet)."""
        return {SANDBOX: self.sandbox_client_id, LIVE: self.live_client_id}.get(env)


class TeamStanding(NamedTuple):
    """In which role somebody stands before a team."""

    team: Team
    member: Member

    def may(self, permission: Permission) -> bool:
        """Say whether the role allows it here and now: of an archived team nothing but LOOK."""
        is_open = self.team.archived_at is None
        return may(self.member.role, permission) and (is_open or permission is Permission.LOOK)


class Standing(NamedTuple):
    """In which role somebody stands before an application of a team."""

    team: Team
    member: Member
    application: Application

    def may(self, permission: Permission) -> bool:
        """Say whether the role allows it here and now: of what is archived nothing but LOOK."""
        is_open = self.team.archived_at is None and self.application.archived_at is None
        return may(self.member.role, permission) and (is_open or permission is Permission.LOOK)


def team_of(row: Any) -> Team:
    """Return the team of a row of `teams`."""
    return Team(row.id, row.name, row.organisation, row.created_at, row.archived_at)


def application_of(row: Any) -> Application:
    """Return the application of a row of `applications`."""
    return Application(
        row.id, row.team_id, row.preset, orjson.loads(row.texts), orjson.loads(row.disclosure),
        row.sandbox_client_id, row.live_client_id, row.created_at, row.updated_at, row.archived_at,
        row.suspended_at, row.suspended_reason, row.ended_at,
    )  # fmt: skip


def team_standing_of(row: Any) -> TeamStanding:
    """Return where somebody stands, of `TeamStore.find_standing`."""
    return TeamStanding(team_of(row), Member(row.member_id, row.account_id, row.role))


def standing_of(row: Any) -> Standing:
    """Return where somebody stands, of `ApplicationStore.find_standing`."""
    team = Team(row.team_id, row.team_name, row.team_organisation, row.team_created_at, row.team_archived_at)
    return Standing(team, Member(row.member_id, row.account_id, row.role), application_of(row))
