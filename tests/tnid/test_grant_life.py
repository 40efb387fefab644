"""The life of grants over our own services, on SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text

from oidc.clients.registration import new_client
from oidc.models import AuthorizationRequest, EndUser
from oidc.provider import Provider
from tests.grant_life import CLIENT_NAMES, DERANDOMIZED, GrantLife, House, ready_made_keys, redirect_uri
from tests.oidc.world import NOW
from tnid import settings as settings_module
from tnid.accounts.service import Account, NewAccount
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine
from tnid.invariants import find_broken
from tnid.services import Services
from tnid.signin.assurance import PASSWORD
from tnid.signin.sessions import Place, end_user_of

__all__ = ["ready_made_keys"]

pytestmark = pytest.mark.timeout(900)  # a failure is made as short as it can be before it is told

PLACE = Place("192.0.2.1", "Firefox")
COUNT = text("SELECT COUNT(*) AS n FROM grants")


class SqlHouse:
    """A database of its own in a temporary folder; what an operator or a page does goes by the services."""

    disabling_ends_grants = True

    def __init__(self, template: Path) -> None:
        self.now = NOW
        self._folder = TemporaryDirectory(prefix="tnid-life-")
        instance = Path(self._folder.name) / "instance"
        instance.mkdir(mode=0o700)
        shutil.copy(template, instance / "tnid.db")
        self._settings = settings_module.load({"TNID_INSTANCE_DIR": str(instance)})
        engine = create_engine(self._settings.database_url, **engine_options(self._settings.database_url))
        prepare_engine(engine)
        self._engine = engine
        self._database = Database(engine)
        self.restart()
        with self.unit():
            self._services.keyring.ensure(self.now)
            self._people = {name: self._new_person(name) for name in ("an.tran", "binh.le")}
            self._clients = {name: self._new_client(name) for name in CLIENT_NAMES}
        self._cookies: dict[str, tuple[str, str]] = {}

    def _new_person(self, username: str) -> str:
        new = NewAccount(username=username, password="mật khẩu dài và lạ", claims={"name": "An"})
        made = self._services.accounts.create(new, self.now)
        assert isinstance(made, Account), made
        return made.id

    def _new_client(self, name: str) -> tuple[str, str]:
        document = {
            "redirect_uris": [redirect_uri(name)],
            "grant_types": ["authorization_code", "refresh_token"],
        }
        client, secret = new_client(document, self.now)
        self._services.clients.add(client)
        return client.client_id, secret or ""

    def _account(self, person: str) -> str:
        return self._people[{"an": "an.tran", "binh": "binh.le"}[person]]

    @property
    def provider(self) -> Provider:
        return self._services.provider

    def unit(self) -> AbstractContextManager[Any]:
        return self._database.unit()

    def client(self, name: str) -> tuple[str, str]:
        return self._clients[name]

    def end_user(self, person: str) -> EndUser:
        value, _sid = self._cookies.get(person, ("", ""))
        with self.unit():
            sessions = self._services.sessions
            found = sessions.look_up(value, self.now)
            if found is None:
                self._cookies[person] = sessions.begin(self._account(person), PASSWORD, PLACE, self.now)
                found = sessions.look_up(self._cookies[person][0], self.now)
        return end_user_of(found)

    def agree(self, person: str, client: str) -> None:
        client_id, _secret = self.client(client)
        asked = AuthorizationRequest(client_id, redirect_uri(client), "query", ("openid", "offline_access"))
        with self.unit():
            consents, found = self._services.consents, self._services.clients.find_now(client_id)
            assert found is not None
            question = consents.ask(self._account(person), asked, found, self.now)
            assert consents.give(self._account(person), question, (), self.now)

    def withdraw(self, person: str, client: str) -> None:
        with self.unit():
            self._services.consents.withdraw(self._account(person), self.client(client)[0], self.now)

    def sign_out(self, person: str) -> str | None:
        _value, sid = self._cookies.pop(person, ("", ""))
        with self.unit():
            if not sid or not self._services.sessions.end(sid, self.now):
                return None
            self._services.grants.revoke_by_session(sid, self.now)
        return sid

    def set_active(self, person: str, active: bool) -> None:
        accounts = self._services.accounts
        with self.unit():
            if active:
                assert accounts.enable(self._account(person), self.now) is None
            else:
                assert accounts.disable(self._account(person), self.now)

    def set_enabled(self, client: str, enabled: bool) -> None:
        clients = self._services.clients
        with self.unit():
            assert (clients.enable if enabled else clients.disable)(self.client(client)[0], self.now)

    def rotate_keys(self) -> None:
        with self.unit():
            self._services.keyring.rotate(self.now, immediately=True)

    def restart(self) -> None:
        self._services: Services = Services(self._settings, self._database)

    def grant_rows(self) -> int:
        return int(self._database.fetch_one(COUNT).n)

    def broken(self) -> list[str]:
        return find_broken(self._database, self.now)

    def close(self) -> None:
        self._engine.dispose()
        self._folder.cleanup()


class LifeOnSqlite(GrantLife):
    template: ClassVar[Path]

    def new_house(self) -> House:
        return SqlHouse(self.template)


@pytest.fixture(scope="module", autouse=True)
def template(sqlite_template: Path) -> Iterator[None]:
    LifeOnSqlite.template = sqlite_template
    yield


TestLifeOnSqlite = LifeOnSqlite.TestCase
TestLifeOnSqlite.settings = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    derandomize=DERANDOMIZED,
    suppress_health_check=[HealthCheck.too_slow],
)
