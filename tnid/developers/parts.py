"""The parts of the developers' portal, wired from the program's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oidc.models import Client
from tnid.developers.applications import Applications
from tnid.developers.changes import Changes
from tnid.developers.metadata import Settings
from tnid.developers.secrets import Secrets
from tnid.developers.teams import Teams
from tnid.provider import make_outbound, mtls_of
from tnid.stores.applications import ApplicationStore
from tnid.stores.client_secrets import ClientSecretStore
from tnid.stores.client_versions import ClientVersionStore
from tnid.stores.replay import ReplayStore
from tnid.stores.teams import TeamStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Developers:
    """What the pages and commands of teams and applications work with."""

    teams: Teams
    applications: Applications
    settings: Settings
    secrets: Secrets
    changes: Changes

    def check_update(self, client: Client, metadata: Mapping[str, Any]) -> None:
        """Raise InvalidClientMetadata where a client may not change this about itself (RFC 7592)."""
        application = None if client.is_sandbox else self.applications.find_by_client(client.client_id)
        self.changes.check_update(client, application, metadata)


def build_developers(parts: Services) -> Developers:
    """Wire teams and their applications."""
    database, events = parts.database, parts.audit
    teams = Teams(TeamStore(database), events)
    store = ApplicationStore(database)
    applications = Applications(store, parts.clients, events, parts.sealer)
    changes = Changes(store, parts.clients, events)
    settings = Settings(
        parts.clients, ClientVersionStore(database), changes, make_outbound(parts.settings), parts.limits,
        events, mtls_of(parts.settings).auth_methods,
    )  # fmt: skip
    secrets = Secrets(
        parts.clients, ClientSecretStore(database), store, ReplayStore(database), parts.sealer, events,
        parts.messages,
    )  # fmt: skip
    return Developers(teams, applications, settings, secrets, changes)
