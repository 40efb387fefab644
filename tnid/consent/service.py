"""Consents: decided item by item, remembered, changed, and taken back with everything that hung on them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

import orjson

from oidc.agreed import Agreed
from oidc.claims import SCOPE_CLAIMS
from oidc.consent import Item, decided, items_asked, key_of_item, missing_items, with_scopes, withhold
from oidc.interfaces import Events
from oidc.models import WITHHELD_SCOPE, AuthorizationRequest, Client
from oidc.security_events.models import (
    ACCOUNT_DELETED,
    ATTESTATION_ENDED,
    CONSENT_NARROWED,
    CONSENT_WITHDRAWN,
)
from oidc.verified_claims import MEMBER
from oidc.yes_no import base_of
from tnid.consent.ledger import CHANGED, GIVEN, WITHDRAWN, Ledger
from tnid.consent.notices import Notices
from tnid.stores.consents import ConsentStore

NOTHING = Agreed(frozenset(), frozenset())


class Grants(Protocol):
    def revoke_by_account_and_client(self, account_id: str, client_id: str, now: int) -> int: ...
    def set_withheld(self, account_id: str, client_id: str, withheld: str | None) -> int: ...


class Consent(NamedTuple):
    """One consent in force."""

    client_id: str
    agreed: Agreed
    granted_at: int
    revision: int


class Question(NamedTuple):
    """What a person is asked at one moment: `items` are to be decided, `settled` were and stay as they are.

    `revision` is that of the consent that was looked at, 0 where there never was one.
    """

    account_id: str
    request: AuthorizationRequest
    client: Client
    items: list[Item]
    settled: list[Item]
    agreed: Agreed
    revision: int

    @property
    def mark(self) -> str:
        """Return what tells this question from any other: a form brings it back, and answers no other."""
        asked = [(item.name, sorted(item.claims), item.required, item.version) for item in self.items]
        whole = orjson.dumps(
            [self.account_id, self.revision, self.request.client_id, sorted(self.request.scope), asked]
        )
        return hashlib.sha256(whole).hexdigest()[:32]

    @property
    def is_whole(self) -> bool:
        """Say whether it asks about everything that was ever agreed to."""
        shown = frozenset[str]().union(*(item.claims for item in self.items))
        return decided(self.agreed) <= shown


class Consents:
    """Each method runs in the caller's unit of work."""

    def __init__(
        self,
        store: ConsentStore,
        grants: Grants,
        events: Events,
        ledger: Ledger,
        notices: Notices,
        lifetime_seconds: int,
    ) -> None:
        self._store = store
        self._grants = grants
        self._events = events
        self.ledger = ledger
        self.notices = notices
        self._lifetime_seconds = lifetime_seconds

    # Looking

    def find_agreed(self, account_id: str, client_id: str) -> Agreed | None:
        """Return what the person decided and hasn't withdrawn; its time may be over."""
        row = self._store.find_row(account_id, client_id)
        return None if row is None or row.withdrawn_at is not None else _agreed(row)

    def find(self, account_id: str, client_id: str, now: int) -> Consent | None:
        """Return the consent in force."""
        row = self._store.find_row(account_id, client_id)
        return _in_force(row, now) if row is not None else None

    def list_by_account(self, account_id: str, now: int) -> list[Consent]:
        """Return the consents in force, the latest first."""
        rows = self._store.list_rows(account_id)
        return [found for row in rows if (found := _in_force(row, now)) is not None]

    def ask(
        self, account_id: str, request: AuthorizationRequest, client: Client, now: int, *, anew: bool = False
    ) -> Question:
        """Return what the person has to decide for this request; `anew` asks about all of it again."""
        row = self._store.find_row(account_id, client.client_id)
        consent = _in_force(row, now) if row is not None else None
        agreed = consent.agreed if consent else None
        asked = items_asked(request, client)
        items = asked if anew else missing_items(request, client, agreed)
        settled = [item for item in asked if item not in items]
        revision = row.revision if row is not None else 0
        return Question(account_id, request, client, items, settled, agreed or NOTHING, revision)

    # Deciding

    def give(
        self, account_id: str, question: Question, chosen: Iterable[str], now: int, locale: str = "vi"
    ) -> bool:
        """Record that the person agreed to what is required of the question, and to the items they chose.

        `locale` is the language that it was put in. False, with nothing recorded, where the consent was
        changed or withdrawn since then.
        """
        before, request = question.agreed, question.request
        scope = before.scope | set(request.scope)
        withheld = with_scopes(withhold(before.withheld, question.items, chosen), scope)
        is_renewed = question.is_whole or before.expires_at is None
        after = Agreed(
            scope,
            before.claims | request.asked_claims,
            withheld,
            {**before.versions, **{item.name: item.version for item in question.items if item.version}},
            now + self._lifetime_seconds if is_renewed else before.expires_at,
        )
        client = question.client
        if not self._write(account_id, client.client_id, before, after, question.revision, now):
            return False
        terms = terms_of([*question.items, *question.settled], client, after, locale)
        self._record("consent.give", GIVEN, account_id, client.client_id, after, terms, now)
        return True

    def change(
        self,
        account_id: str,
        client: Client,
        consent: Consent,
        chosen: Iterable[str],
        now: int,
        locale: str = "vi",
    ) -> bool:
        """Record which voluntary items the person shares from now on; False where it changed meanwhile."""
        before = consent.agreed
        items = items_agreed(before, client)
        withheld = with_scopes(withhold(before.withheld, items, chosen), before.scope)
        if withheld == before.withheld:
            return True
        after = Agreed(before.scope, before.claims, withheld, before.versions, before.expires_at)
        if not self._write(account_id, client.client_id, before, after, consent.revision, now):
            return False
        terms = terms_of(items, client, after, locale)
        self._record("consent.change", CHANGED, account_id, client.client_id, after, terms, now)
        return True

    def _write(
        self, account_id: str, client_id: str, before: Agreed, after: Agreed, seen: int, now: int
    ) -> bool:
        is_written = self._store.record(
            account_id,
            client_id,
            seen=seen,
            now=now,
            scope=" ".join(sorted(after.scope)),
            claims=orjson.dumps(sorted(after.claims)).decode(),
            withheld=after.withheld_text,
            versions=_versions_text(after.versions),
            expires_at=after.expires_at,
        )
        if is_written and before.withheld != after.withheld:
            self._grants.set_withheld(account_id, client_id, after.withheld_text)
            # What is decided leaves out the scopes of which nothing is left: their claims say it
            if narrowed := (after.withheld - before.withheld) & _items_decided(before):
                self.notices.queue(CONSENT_NARROWED, account_id, client_id, narrowed, now)
        return is_written

    def _record(
        self,
        event: str,
        action: str,
        account_id: str,
        client_id: str,
        agreed: Agreed,
        terms: Mapping[str, Any],
        now: int,
    ) -> None:
        entry = self.ledger.append(account_id, client_id, action, terms, now)
        details: dict[str, Any] = {"scope": sorted(agreed.scope), "claims": sorted(agreed.claims)}
        if agreed.withheld:
            details["withheld"] = sorted(agreed.withheld)
        details["ledger"] = entry.hash.hex()
        self._events.record(event, account_id=account_id, client_id=client_id, now=now, details=details)

    def withdraw(self, account_id: str, client_id: str, now: int) -> bool:
        """Take a consent back: every grant of the client for this person ends with it."""
        is_withdrawn = self._store.withdraw(account_id, client_id, now)
        if is_withdrawn:
            self._grants.revoke_by_account_and_client(account_id, client_id, now)
            self.notices.queue(CONSENT_WITHDRAWN, account_id, client_id, (), now)
            entry = self.ledger.append(account_id, client_id, WITHDRAWN, {}, now)
            details = {"ledger": entry.hash.hex()}
            self._events.record(
                "consent.withdraw", account_id=account_id, client_id=client_id, now=now, details=details
            )
        return is_withdrawn

    def tell_deleted(self, account_id: str, now: int) -> None:
        """Have the applications that the person ever shared something with be told that the account is gone.

        Called in the unit of work that deletes it, before it is gone.
        """
        for row in self._store.list_rows(account_id):
            self.notices.queue(ACCOUNT_DELETED, account_id, row.client_id, (), now)

    def tell_attested_ended(
        self,
        account_id: str,
        claims: Iterable[str],
        now: int,
        *,
        tax_code: str = "",
        registered: frozenset[str] = frozenset(),
    ) -> None:
        """Have the applications that were shown these claims be told that nobody vouches for them any more.

        `claims` are names of `oidc.attested` without values (`tnid.employment.claims.claims_of`), `tax_code`
        is whose word they were: an application of another employer never had them. Where `registered` are
        scopes, only applications that registered one of them are told. Called once, in the unit of work that
        ends them. What the person decided about them stays decided.
        """
        ended = frozenset(claims)
        for row in self._store.list_rows(account_id):
            if row.withdrawn_at is None and (told := _shared(_agreed(row), ended)):
                self.notices.queue(
                    ATTESTATION_ENDED, account_id, row.client_id, told, now,
                    of=tax_code, registered=registered,
                )  # fmt: skip


def items_agreed(agreed: Agreed, client: Client) -> list[Item]:
    """Return what was decided, as items of today's rules."""
    verified = tuple(sorted(name for name in agreed.claims if name.startswith(f"{MEMBER}/")))
    plain = tuple(sorted(agreed.claims.difference(verified)))
    scope = tuple(sorted(agreed.scope))
    request = AuthorizationRequest(
        client.client_id, "", "", scope, userinfo_claims=plain, verified_names=verified
    )
    return items_asked(request, client)


def terms_of(items: Iterable[Item], client: Client, agreed: Agreed, locale: str) -> dict[str, Any]:
    """Return what the ledger keeps of a decision: the words as they were shown, and what was chosen."""
    return {
        "locale": locale,
        "client_name": client.text("client_name", locale),
        "organisation": client.organisation,
        "policy_uri": client.policy_uri,
        "scope": sorted(agreed.scope),
        "until": agreed.expires_at,
        "items": [_term(item, client, agreed, locale) for item in items],
    }


def _term(item: Item, client: Client, agreed: Agreed, locale: str) -> dict[str, Any]:
    declared = client.consent_items.get(key_of_item(item.name), {})
    words = {name: in_locale(declared[name], locale) for name in ("purpose", "kept") if name in declared}
    return {
        "name": item.name,
        "required": item.required,
        "shared": not item.claims & agreed.withheld,
        "version": item.version,
        **words,
    }


def in_locale(texts: Mapping[str, str], locale: str) -> str:
    """Return an operator's words in this language, else in Vietnamese."""
    return texts.get(locale) or texts.get("vi") or ""


def _shared(agreed: Agreed, claims: frozenset[str]) -> frozenset[str]:
    """Return those of the claims that are shared, verified and by value too, as they were agreed to."""
    shared = decided(agreed) - agreed.withheld
    return frozenset(name for name in shared if base_of(name.removeprefix(f"{MEMBER}/")) in claims)


def _items_decided(agreed: Agreed) -> frozenset[str]:
    ours = frozenset(WITHHELD_SCOPE + scope for scope in SCOPE_CLAIMS)
    return decided(agreed) - ours


def find_agreed_in(row: Any) -> Agreed | None:
    """Return the consent of a row that was joined with it, or None where there is none in force."""
    return None if row.scope is None else _agreed(row)


def _in_force(row: Any, now: int) -> Consent | None:
    if row.withdrawn_at is not None:
        return None
    agreed = _agreed(row)
    return None if agreed.is_over(now) else Consent(row.client_id, agreed, row.granted_at, row.revision)


def _agreed(row: Any) -> Agreed:
    return Agreed(
        frozenset(row.scope.split()),
        frozenset(orjson.loads(row.claims)),
        frozenset(row.withheld.split()) if row.withheld else frozenset(),
        orjson.loads(row.versions) if row.versions else {},
        row.expires_at,
    )


def _versions_text(versions: Mapping[str, str]) -> str | None:
    return orjson.dumps(versions, option=orjson.OPT_SORT_KEYS).decode() if versions else None
