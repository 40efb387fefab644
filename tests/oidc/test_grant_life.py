"""The life of grants over the stores in memory."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import RotationPolicy
from oidc.agreed import Agreed
from oidc.models import EndUser
from oidc.provider import Provider
from oidc.token.handles import new_identifier
from tests.grant_life import (
    CLIENT_NAMES,
    DERANDOMIZED,
    ONLINE_SECONDS,
    GrantLife,
    House,
    ready_made_keys,
    redirect_uri,
)
from tests.oidc.world import PERSON, World

__all__ = ["ready_made_keys"]

pytestmark = pytest.mark.timeout(900)  # a failure is made as short as it can be before it is told


class MemoryHouse:
    """A disabled account's grants stay, and are worth nothing until it is enabled again."""

    disabling_ends_grants = False

    def __init__(self) -> None:
        self._world = World()
        self._key_store = MemoryKeyStore()
        self._world.keyring = self._new_keyring()
        self._world.keyring.ensure(self.now)
        self._world.subjects.people["binh"] = PERSON
        self._clients = {
            name: self._world.add_client(redirect_uris=[redirect_uri(name)]) for name in CLIENT_NAMES
        }
        self._sessions: dict[str, EndUser] = {}
        self.restart()

    @property
    def now(self) -> int:
        return self._world.now

    @now.setter
    def now(self, now: int) -> None:
        self._world.now = now

    @property
    def provider(self) -> Provider:
        return self._world.provider

    def unit(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def client(self, name: str) -> tuple[str, str]:
        client, secret = self._clients[name]
        return client.client_id, secret

    def end_user(self, person: str) -> EndUser:
        before = self._sessions.get(person)
        if before is None or self.now >= before.auth_time + ONLINE_SECONDS:
            made = self._world.end_user(account_id=person, sid=new_identifier(), auth_time=self.now)
            self._sessions[person] = made
        return self._sessions[person]

    def agree(self, person: str, client: str) -> None:
        agreed = Agreed(frozenset({"openid", "offline_access"}), frozenset())
        self._world.consents.rows[person, self.client(client)[0]] = agreed

    def withdraw(self, person: str, client: str) -> None:
        client_id = self.client(client)[0]
        self._world.consents.rows.pop((person, client_id), None)
        for grant in list(self._world.grants.rows.values()):
            if (grant.account_id, grant.client_id) == (person, client_id):
                self._world.grants.revoke(grant.id, self.now)

    def sign_out(self, person: str) -> str | None:
        session = self._sessions.pop(person, None)
        if session is not None:
            self._world.grants.revoke_by_session(session.sid, self.now)
        return session.sid if session else None

    def set_active(self, person: str, active: bool) -> None:
        disabled = self._world.subjects.disabled
        disabled.discard(person) if active else disabled.add(person)

    def set_enabled(self, client: str, enabled: bool) -> None:
        rows, client_id = self._world.clients.rows, self.client(client)[0]
        rows[client_id] = replace(rows[client_id], disabled_at=None if enabled else self.now)

    def rotate_keys(self) -> None:
        self._world.keyring.rotate(self.now, immediately=True)

    def restart(self) -> None:
        self._world.keyring = self._new_keyring()
        self._world.provider = self._world.new_provider()

    def grant_rows(self) -> int:
        return len(self._world.grants.rows)

    def broken(self) -> list[str]:
        return []

    def close(self) -> None:
        """Nothing to close."""

    def _new_keyring(self) -> Keyring:
        return Keyring(self._key_store, b"k" * 32, RotationPolicy())


class LifeInMemory(GrantLife):
    def new_house(self) -> House:
        return MemoryHouse()


TestLifeInMemory = LifeInMemory.TestCase
TestLifeInMemory.settings = settings(
    max_examples=250,
    stateful_step_count=50,
    deadline=None,
    derandomize=DERANDOMIZED,
    suppress_health_check=[HealthCheck.too_slow],
)
