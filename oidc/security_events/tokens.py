"""Security event tokens (RFC 8417), as they are pushed to an application (RFC 8935)."""

from __future__ import annotations

from typing import Any

from oidc.clients.outbound import Parcel
from oidc.models import WITHHELD_SCOPE, Client
from oidc.parts import Parts
from oidc.security_events.models import ACCOUNT_DELETED, SecurityEvent

TYP = "secevent+jwt"  # RFC 8417 §2.3
CONTENT_TYPE = "application/secevent+jwt"
ACCEPTED = 202  # RFC 8935 §2.2
# OpenID RISC Profile 1.0 §2.2
ACCOUNT_PURGED = "https://schemas.openid.net/secevent/risc/event-type/account-purged"


def event_uri(issuer: str, kind: str) -> str:
    """Return the name of an event: the Foundation's where it has one, else one under our own address."""
    return ACCOUNT_PURGED if kind == ACCOUNT_DELETED else f"{issuer}/events/{kind}"


def payload_of(event: SecurityEvent) -> dict[str, Any]:
    """Return which claims and which scopes of protected resources it is about; nothing for all of them."""
    scopes = [name.removeprefix(WITHHELD_SCOPE) for name in event.claims if name.startswith(WITHHELD_SCOPE)]
    claims = [name for name in event.claims if not name.startswith(WITHHELD_SCOPE)]
    return {name: found for name, found in (("claims", claims), ("scopes", scopes)) if found}


class SecurityEvents:
    """Composes what an application is told."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._clients = parts.stores.clients
        self._events = parts.stores.security_events
        self._signer = parts.signer
        self._identifiers = parts.identifiers

    def compose(self, event_id: str, account_id: str, now: int) -> Parcel | None:
        """Return the request of RFC 8935 §2.1; None where there is nobody to be told any more.

        The token of an event keeps its `jti` however often it is sent, so that its receiver knows it again.
        """
        event = self._events.find(event_id)
        client = self._clients.find_now(event.client_id) if event is not None else None
        if event is None or client is None or client.security_events_uri is None:
            return None
        token = self.issue(client, event, account_id, now)
        return Parcel(
            client.security_events_uri,
            token.encode(),
            CONTENT_TYPE,
            accept="application/json",
            taken_by=(ACCEPTED,),
        )

    def issue(self, client: Client, event: SecurityEvent, account_id: str, now: int) -> str:
        """Return the signed token: RFC 8417 §2.2. It has no `exp` and no top-level `sub`, so that it never
        passes for an ID token (§4.5, §4.6); whom it is about stands in `sub_id` (RFC 9493 §3.2.3)."""
        subject = self._identifiers.subject(client, account_id)
        claims = {
            "iss": self._issuer,
            "aud": client.client_id,
            "iat": now,
            "jti": event.id,
            "toe": event.created_at,
            "sub_id": {"format": "iss_sub", "iss": self._issuer, "sub": subject},
            "events": {event_uri(self._issuer, event.kind): payload_of(event)},
        }
        return self._signer.sign(claims, alg=client.id_token_alg, typ=TYP, now=now)
