"""What hangs on a client beside its own row: whose it is, what was agreed, when its secrets were made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select

from tnid.db import Database
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.agreements import agreements
from tnid.stores.applications import applications
from tnid.stores.client_rows import clients
from tnid.stores.client_secrets import client_secrets
from tnid.stores.reviews import reviews
from tnid.stores.teams import IN_FORCE, OWNER, members, teams

_APPLICATION = (
    select(
        applications.c.id,
        applications.c.preset,
        applications.c.created_at,
        applications.c.archived_at,
        teams.c.name.label("team_name"),
        teams.c.organisation,
    )
    .join(teams, teams.c.id == applications.c.team_id)
    .where(
        or_(
            applications.c.sandbox_client_id == bindparam("of_client"),
            applications.c.live_client_id == bindparam("of_client"),
        )
    )
)
_AGREEMENTS = (
    select(agreements.c.number, agreements.c.issued_at, agreements.c.ended_at)
    .where(agreements.c.application_id == bindparam("of_application"))
    .order_by(agreements.c.issued_at.desc())
)
_SECRETS = (
    select(client_secrets.c.created_at, client_secrets.c.last_used_at, client_secrets.c.ends_at)
    .where(client_secrets.c.client_id == bindparam("of_client"))
    .order_by(client_secrets.c.created_at.desc())
)
# Live, and nobody may act for it: its owners are gone, shut or leaving, or it lies in the archive
_IS_LOOKED_AFTER = exists().where(
    members.c.team_id == applications.c.team_id,
    members.c.role == OWNER,
    *IN_FORCE,
    accounts.c.id == members.c.account_id,
    *IS_OPEN,
)
_ABANDONED = (
    select(applications.c.live_client_id)
    .join(clients, clients.c.client_id == applications.c.live_client_id)
    .join(teams, teams.c.id == applications.c.team_id)
    .where(
        clients.c.disabled_at.is_(None),
        or_(~_IS_LOOKED_AFTER, teams.c.archived_at.is_not(None), applications.c.archived_at.is_not(None)),
    )
)
_COUNT_REVIEWS = select(func.count().label("number")).where(reviews.c.state == "submitted")


class ClientOverviewStore:
    """Reads what operators see of a client."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_application(self, client_id: str) -> Any:
        """Return the application that it is the sandbox or live client of, with its team's name; or None."""
        return self._database.fetch_one(_APPLICATION, of_client=client_id)

    def list_agreements(self, application_id: str) -> list[Any]:
        return self._database.fetch_all(_AGREEMENTS, of_application=application_id)

    def list_secrets(self, client_id: str) -> list[Any]:
        """Return when each secret was made, last used and ends; of the secrets themselves nothing."""
        return self._database.fetch_all(_SECRETS, of_client=client_id)

    def list_abandoned(self) -> frozenset[str]:
        """Return the live clients of applications that nobody can act for."""
        return frozenset(row.live_client_id for row in self._database.fetch_all(_ABANDONED))

    def count_reviews(self) -> int:
        """Return how many applications wait for a reviewer."""
        return int(self._database.fetch_one(_COUNT_REVIEWS).number)
