"""Every store in memory: first-class, held to the same contracts as the database's, for tests and trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from oidc.agreed import Agreed
from oidc.attested import NOTHING, Vouched
from oidc.interfaces import Events
from oidc.mandates import Mandate
from oidc.models import Client, Grant, Interaction, PushedRequest, Resource
from oidc.token.redemption import Redemption


class MemoryClients:
    def __init__(self) -> None:
        self.rows: dict[str, Client] = {}

    def add(self, client: Client) -> None:
        self.rows[client.client_id] = client

    def find(self, client_id: str) -> Client | None:
        return self.rows.get(client_id)

    find_now = find

    def set_metadata(self, client_id: str, metadata: dict[str, Any], now: int) -> bool:
        if client_id not in self.rows:
            return False
        self.rows[client_id] = replace(self.rows[client_id], metadata=metadata)
        return True

    def delete(self, client_id: str) -> bool:
        return self.rows.pop(client_id, None) is not None


class MemoryResources:
    def __init__(self) -> None:
        self.rows: dict[str, Resource] = {}

    def add(self, resource: Resource) -> None:
        self.rows[resource.identifier] = resource

    def find(self, identifier: str) -> Resource | None:
        return self.rows.get(identifier)


class MemorySubjects:
    """People as plain mappings of claims; a disabled one is in `disabled`."""

    def __init__(self, grants: MemoryGrants) -> None:
        self.people: dict[str, Mapping[str, Any]] = {}
        self.verified: dict[str, list[Mapping[str, Any]]] = {}
        self.answered: dict[str, dict[str, bool]] = {}
        self.working: dict[str, Vouched] = {}
        self.disabled: set[str] = set()
        self.made_up = grants.made_up
        self._grants = grants
        grants.is_active = lambda account_id: account_id in self.people and account_id not in self.disabled

    def claims(self, account_id: str) -> Mapping[str, Any] | None:
        return None if account_id in self.disabled else self.people.get(account_id)

    def find_by_login_hint(self, hint: str, now: int, *, is_sandbox: bool = False) -> str | None:
        """The account's own key is its name here."""
        is_found = self.claims(hint) is not None and (hint in self.made_up) == is_sandbox
        return hint if is_found else None

    def claims_of_grant(self, grant_id: str, now: int) -> tuple[Grant, Mapping[str, Any]] | None:
        grant = self._grants.find_live(grant_id, now)
        claims = self.claims(grant.account_id) if grant else None
        return (grant, claims) if grant and claims is not None else None

    def vouched(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched:
        known = NOTHING if account_id in self.disabled else self.working.get(account_id, NOTHING)
        return known.within(names)

    def answers(
        self, account_id: str, client_id: str, names: Sequence[str], vouched: Vouched, now: int
    ) -> Mapping[str, bool]:
        known = {**self.answered.get(account_id, {}), **vouched.answers}
        return {name: known[name] for name in names if name in known}

    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]:
        return [] if account_id in self.disabled else self.verified.get(account_id, [])


class MemoryGrants:
    def __init__(self, events: Events) -> None:
        self.rows: dict[str, Grant] = {}
        self.made_up: set[str] = set()
        self.is_active: Callable[[str], bool] = lambda _account_id: True
        self.is_agreed: Callable[[Grant], bool] = lambda _grant: True
        self.is_mandated: Callable[[Grant], bool] = lambda _grant: False
        self._events = events

    def add(self, grant: Grant, *, is_sandbox: bool = False) -> bool:
        if (grant.account_id in self.made_up) != is_sandbox:
            return False
        if not self.is_agreed(grant) or (grant.mandate_id is not None and not self.is_mandated(grant)):
            return False
        self.rows[grant.id] = grant
        return True

    def redeem(self, redemption: Redemption, now: int) -> Grant | None:
        grant = self.find_by_code(redemption.code_hash)
        if grant is None or grant.code_redeemed_at is not None or (grant.code_expires_at or 0) <= now:
            return None
        if not _is_redeemed_as_asked(grant, redemption) or not self._is_alive(grant, now):
            return None
        self._record("token.issued", grant, now)
        return self._change(grant, code_redeemed_at=now)

    def rotate(self, grant_id: str, generation: int, client_id: str, now: int) -> Grant | None:
        grant = self.find_live(grant_id, now)
        if grant is None or (grant.generation, grant.client_id) != (generation, client_id):
            return None
        self._record("token.refreshed", grant, now)
        return self._change(grant, generation=generation + 1, rotated_at=now)

    def _record(self, event: str, grant: Grant, now: int) -> None:
        self._events.record(event, now=now, account_id=grant.account_id, client_id=grant.client_id)

    def find(self, grant_id: str) -> Grant | None:
        return self.rows.get(grant_id)

    def find_by_code(self, code_hash: bytes) -> Grant | None:
        return next((grant for grant in self.rows.values() if grant.code_hash == code_hash), None)

    def find_live(self, grant_id: str, now: int) -> Grant | None:
        grant = self.rows.get(grant_id)
        if grant is None or grant.code_redeemed_at is None or not self._is_alive(grant, now):
            return None
        return grant

    def revoke(self, grant_id: str, now: int) -> bool:
        return self._revoke_where(lambda grant: grant.id == grant_id, now) == 1

    def revoke_by_session(self, sid: str, now: int) -> int:
        return self._revoke_where(lambda grant: grant.sid == sid and not grant.offline, now)

    def revoke_by_mandate(self, mandate_id: str, now: int) -> int:
        return self._revoke_where(lambda grant: grant.mandate_id == mandate_id, now)

    def set_withheld(self, account_id: str, client_id: str, withheld: str | None) -> int:
        meant = [
            grant
            for grant in self.rows.values()
            if (grant.account_id, grant.client_id, grant.revoked_at) == (account_id, client_id, None)
            and not grant.mandate_id
        ]
        for grant in meant:
            self._change(grant, withheld=withheld)
        return len(meant)

    def list_parties(self, sid: str) -> list[tuple[str, str]]:
        return sorted(
            {(grant.client_id, grant.account_id) for grant in self.rows.values() if grant.sid == sid}
        )

    def _revoke_where(self, is_meant: Callable[[Grant], bool], now: int) -> int:
        meant = [grant for grant in self.rows.values() if is_meant(grant) and grant.revoked_at is None]
        for grant in meant:
            self._change(grant, revoked_at=now)
        return len(meant)

    def _is_alive(self, grant: Grant, now: int) -> bool:
        return grant.revoked_at is None and grant.expires_at > now and self.is_active(grant.account_id)

    def _change(self, grant: Grant, **changes: Any) -> Grant:
        self.rows[grant.id] = changed = replace(grant, **changes)
        return changed


def _is_redeemed_as_asked(grant: Grant, redemption: Redemption) -> bool:
    asked = (grant.client_id, grant.redirect_uri, grant.code_challenge)
    presented = (redemption.client_id, redemption.redirect_uri, redemption.code_challenge)
    return asked == presented and grant.dpop_jkt in (None, redemption.dpop_jkt)


class MemoryInteractions:
    def __init__(self) -> None:
        self.rows: dict[str, Interaction] = {}

    def add(self, interaction: Interaction) -> None:
        self.rows[interaction.uid] = interaction

    def find(self, uid: str) -> Interaction | None:
        return self.rows.get(uid)

    def update(self, uid: str, **changes: Any) -> bool:
        interaction = self.rows.get(uid)
        if interaction is None or interaction.completed_at is not None:
            return False
        self.rows[uid] = replace(interaction, **changes)
        return True

    def complete(self, uid: str, now: int) -> bool:
        return self.update(uid, completed_at=now)


class MemoryPushedRequests:
    def __init__(self) -> None:
        self.rows: dict[str, PushedRequest] = {}

    def add(self, pushed: PushedRequest) -> None:
        self.rows[pushed.uri_hash] = pushed

    def find(self, uri_hash: str) -> PushedRequest | None:
        return self.rows.get(uri_hash)

    def consume(self, uri_hash: str, now: int) -> bool:
        pushed = self.rows.get(uri_hash)
        if pushed is None or pushed.consumed_at is not None:
            return False
        self.rows[uri_hash] = replace(pushed, consumed_at=now)
        return True


class MemoryReplays:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], int] = {}

    def consume(self, purpose: str, identifier: str, expires_at: int) -> bool:
        is_first = not self.is_consumed(purpose, identifier)
        self.rows[purpose, identifier] = expires_at
        return is_first

    def is_consumed(self, purpose: str, identifier: str) -> bool:
        return (purpose, identifier) in self.rows


class MemoryConsents:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Agreed] = {}

    def find_agreed(self, account_id: str, client_id: str) -> Agreed | None:
        return self.rows.get((account_id, client_id))


class MemoryMandates:
    """Mandates in force; to end one is to take it out of `rows`, and its grants with it."""

    def __init__(self, grants: MemoryGrants, events: Events) -> None:
        self.rows: dict[str, Mandate] = {}
        self._grants = grants
        self._events = events
        grants.is_mandated = self._covers

    def list_held(self, helper_id: str, client_id: str, now: int) -> list[Mandate]:
        held = (m for m in self.rows.values() if (m.helper_id, m.client_id) == (helper_id, client_id))
        return [m for m in held if m.expires_at > now and self._grants.is_active(m.principal_id)]

    def note_use(self, mandate: Mandate, now: int) -> None:
        for account_id in (mandate.principal_id, mandate.helper_id):
            self._events.record("mandate.use", now=now, account_id=account_id, client_id=mandate.client_id)

    def end(self, mandate_id: str, now: int) -> None:
        self.rows.pop(mandate_id, None)
        self._grants.revoke_by_mandate(mandate_id, now)

    def _covers(self, grant: Grant) -> bool:
        found = self.rows.get(grant.mandate_id or "")
        if found is None or found.expires_at <= grant.created_at:
            return False
        people, named = (found.principal_id, found.helper_id), (grant.account_id, grant.actor_id)
        return people == named and found.client_id == grant.client_id


class MemoryEvents:
    """Audit rows as dictionaries, in order."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def record(self, event: str, **members: Any) -> None:
        self.rows.append({"event": event, **members})
