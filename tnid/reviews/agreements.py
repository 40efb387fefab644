"""Certificates of what was agreed: numbered, kept, ended when replaced, and signed whenever one is asked for.

The number is that of the year. What is kept was signed by the key of that day; whoever downloads one later
gets it signed anew, by a key that is published then, with how it stands at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from oidc.interfaces import Events
from oidc.models import Client
from oidc.token.handles import new_identifier
from tnid.accounts.ages import VIETNAM
from tnid.developers.disclosure import disclosure_grounds
from tnid.reviews.document import Document, disclosure_of, hosts_of, read, write
from tnid.stores.agreements import AgreementStore

ALG, TYP = "ES256", "agreement+jwt"


class Signer(Protocol):
    """What is needed of the keys."""

    def sign(self, claims: Mapping[str, Any], *, alg: str, typ: str, now: int) -> str: ...


class Agreement(NamedTuple):
    """One agreement. `document` is what was reviewed, `ended_at` None while it is in force."""

    id: str
    application_id: str
    number: str
    client_id: str
    document: Document
    signed: str
    issued_at: int
    ended_at: int | None


class Agreements:
    """Each method runs in the caller's unit of work."""

    def __init__(self, store: AgreementStore, signer: Signer, events: Events, issuer: str) -> None:
        self._store = store
        self._signer = signer
        self._events = events
        self._issuer = issuer

    def issue(
        self, application_id: str, review_id: str, client: Client, document: Document, now: int
    ) -> Agreement:
        """Put an agreement in force in place of the last. Raises Conflict where its number was just taken."""
        self.end(application_id, now)
        number = self._next_number(now)
        kept = {"client_id": client.client_id, **document}
        agreement = Agreement(new_identifier(), application_id, number, client.client_id, kept, "", now, None)
        signed = self.sign(agreement, now)
        self._store.add(
            id=agreement.id, application_id=application_id, review_id=review_id, number=number,
            document=write(kept), signed=signed, issued_at=now,
        )  # fmt: skip
        details = {"application": application_id, "number": number}
        self._events.record("agreement.issue", client_id=client.client_id, now=now, details=details)
        return agreement._replace(signed=signed)

    def end(self, application_id: str, now: int) -> bool:
        """End what is in force; False where nothing is."""
        return self._store.end(application_id, now) > 0

    def find_current(self, application_id: str) -> Agreement | None:
        row = self._store.find_current(application_id)
        return None if row is None else _agreement(row)

    def find_numbered(self, number: str) -> Agreement | None:
        row = self._store.find_numbered(number)
        return None if row is None else _agreement(row)

    def list_of_application(self, application_id: str) -> list[Agreement]:
        """Return every agreement, the latest first."""
        return [_agreement(row) for row in self._store.list_of_application(application_id)]

    def sign(self, agreement: Agreement, now: int) -> str:
        """Return the public part as a JWS (RFC 7515) that `/jwks` verifies, as it stands now."""
        state = {"issued_at": agreement.issued_at, "ended_at": agreement.ended_at}
        claims = {"iss": self._issuer, "iat": now, "jti": agreement.number, **state, **public_part(agreement)}
        return self._signer.sign(claims, alg=ALG, typ=TYP, now=now)

    def _next_number(self, now: int) -> str:
        year = datetime.fromtimestamp(now, VIETNAM).year
        last = self._store.find_last_number(year)
        return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:06d}"


def public_part(agreement: Agreement) -> dict[str, Any]:
    """Return what anybody may know: who, what for, on what ground, how long; no name of a person."""
    document, asked = agreement.document, disclosure_of(agreement.document)
    names = {n: v for n, v in document["metadata"].items() if n.partition("#")[0] == "client_name"}
    return {
        "number": agreement.number,
        "client_id": agreement.client_id,
        **names,
        "organisation": document["organisation"],
        "purpose": dict(document["texts"].get("purpose", {})),
        "hosts": hosts_of(document["metadata"]),
        "scope": document["metadata"].get("scope", ""),
        "items": disclosure_grounds(asked),
        "least_acr": document["least_acr"],
        "least_identity_level": document["least_identity_level"],
        "accepts_mandates": document["accepts_mandates"],
        "resources": document["resources"],
    }


def _agreement(row: Any) -> Agreement:
    document = read(row.document)
    return Agreement(
        row.id, row.application_id, row.number, document["client_id"], document, row.signed, row.issued_at,
        row.ended_at,
    )  # fmt: skip
