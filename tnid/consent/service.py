"""Consents: asked for once a client, remembered, and taken back with everything that hung on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import orjson

from oidc.models import Agreed, AuthorizationRequest
from tnid.stores.consents import ConsentStore


class Grants(Protocol):
    def revoke_by_account_and_client(self, account_id: str, client_id: str, now: int) -> int: ...


class Events(Protocol):
    def record(
        self,
        event: str,
        *,
        now: int,
        account_id: str | None = None,
        client_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None: ...


class Consent(NamedTuple):
    """One consent in force."""

    client_id: str
    agreed: Agreed
    granted_at: int


class Consents:
    """Each method runs in the caller's unit of work."""

    def __init__(self, store: ConsentStore, grants: Grants, events: Events) -> None:
        self._store = store
        self._grants = grants
        self._events = events

    def find_agreed(self, account_id: str, client_id: str) -> Agreed | None:
        """Return what the person agreed to and hasn't withdrawn."""
        row = self._store.find_row(account_id, client_id)
        return None if row is None else _agreed(row)

    def list_by_account(self, account_id: str) -> list[Consent]:
        """Return the consents in force, the latest first."""
        rows = self._store.list_rows(account_id)
        return [Consent(row.client_id, _agreed(row), row.granted_at) for row in rows]

    def give(self, account_id: str, request: AuthorizationRequest, now: int) -> None:
        """Record that the person agreed to all that the request asks for, beside what was agreed before."""
        before = self.find_agreed(account_id, request.client_id) or Agreed(frozenset(), frozenset())
        scope = sorted(before.scope | set(request.scope))
        claims = sorted(before.claims | request.asked_claims)
        self._store.record(
            account_id,
            request.client_id,
            scope=" ".join(scope),
            claims=orjson.dumps(claims).decode(),
            now=now,
        )
        self._events.record(
            "consent.give",
            account_id=account_id,
            client_id=request.client_id,
            now=now,
            details={"scope": scope, "claims": claims},
        )

    def withdraw(self, account_id: str, client_id: str, now: int) -> bool:
        """Take a consent back: every grant of the client for this person ends with it."""
        is_withdrawn = self._store.withdraw(account_id, client_id, now)
        if is_withdrawn:
            self._grants.revoke_by_account_and_client(account_id, client_id, now)
            self._events.record("consent.withdraw", account_id=account_id, client_id=client_id, now=now)
        return is_withdrawn


def find_agreed_in(row: Any) -> Agreed | None:
    """Return the consent of a row that was joined with it, or None where there is none in force."""
    return None if row.scope is None else _agreed(row)


def _agreed(row: Any) -> Agreed:
    return Agreed(frozenset(row.scope.split()), frozenset(orjson.loads(row.claims)))
