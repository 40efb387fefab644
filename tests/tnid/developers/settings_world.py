"""An application of Vinh's team with a client in the sandbox and a live one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, update

from oidc.clients.registration import new_client
from oidc.models import Client
from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tnid.developers.applications import NewApplication
from tnid.developers.records import Application
from tnid.services import Services
from tnid.stores.applications import applications

CALLBACK = "https://app.example/cb"
_SET_LIVE = (
    update(applications)
    .where(applications.c.id == bindparam("of_id"))
    .values(live_client_id=bindparam("live"))
)


@dataclass
class SettingsWorld:
    """The application as the tests need it."""

    services: Services
    clock: Clock
    owner: Someone
    application_id: str

    @property
    def application(self) -> Application:
        found = self.services.developers.applications.find(self.application_id)
        assert found is not None
        return found

    def client(self, env: str = "sandbox") -> Client:
        client_id = self.application.client_id_of(env)
        found = self.services.clients.find_now(client_id or "")
        assert found is not None
        return found

    def path(self, rest: str = "", env: str = "sandbox") -> str:
        return f"/developers/apps/{self.application_id}/{env}/settings{rest}"

    def save(self, env: str = "sandbox", *, by: str = "", **changes: Any) -> Any:
        client = self.client(env)
        document = {
            name: value for name, value in {**client.metadata, **changes}.items() if value is not None
        }
        with self.services.database.unit():
            return self.services.developers.settings.save(
                self.application_id, client, document, by or self.owner.id, self.clock.now(), source="form"
            )


def make_world(services: Services, clock: Clock, owner: Someone, *, is_live: bool = True) -> SettingsWorld:
    """Make the team, the application and its clients."""
    with services.database.unit():
        team_id = services.developers.teams.create("Nhóm Vinh", "", owner.id, clock.now())
        assert isinstance(team_id, str)
        made = services.developers.applications.create(
            NewApplication(team_id, "Sổ khám bệnh", "web", CALLBACK, f"attempt-{owner.username}"),
            owner.id,
            clock.now(),
        )
        assert not hasattr(made, "reason"), made
    world = SettingsWorld(services, clock, owner, made.application_id)  # type: ignore[union-attr]  # asserted above
    if is_live:
        document = {**world.client().metadata, "backchannel_logout_uri": "https://app.example/out"}
        live, _secret = new_client(document, clock.now(), by_operator=True)
        with services.database.unit():
            services.clients.add(replace(live, client_id=f"live-{owner.username}"))
            services.database.execute(_SET_LIVE, of_id=world.application_id, live=f"live-{owner.username}")
    return world
