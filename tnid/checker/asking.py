"""Checks that ask the application's own registered addresses, and nothing but them.

Nothing is written before the last answer is in: the application may ask our endpoints meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

from oidc.clients.outbound import OutboundRefused, Parcel, Probed
from oidc.interfaces import Signer
from oidc.logout import backchannel
from oidc.models import Client
from oidc.sandbox_faults import WRONG_SIGNATURE, spoil_signature
from oidc.security_events.tokens import ACCEPTED, CONTENT_TYPE, TYP, event_uri
from tnid.checker.checks import (
    CALLBACK_CODE,
    CALLBACK_ERROR,
    EVENTS_BAD,
    EVENTS_GOOD,
    FAILED,
    FRONT_CHANNEL,
    LOGOUT_BAD,
    LOGOUT_GOOD,
    NOT_TRIED,
    PASSED,
    UNTOLD,
    Finding,
)

SERVER_ERROR = 500
BAD_REQUEST, NOT_FOUND = 400, 404
TAKEN = (200, 204)
# A name of no kind of event that we ever send: a receiver takes what it doesn't know (RFC 8935 §2.2)
TRIAL_EVENT = "checker"


class Prober(Protocol):
    """What is needed of oidc.clients.outbound."""

    def probe(self, parcel: Parcel, *, method: str = "POST") -> Probed: ...


class Impatient:
    """Asks no address again that didn't answer, whatever there is yet to be asked of it."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._silent: dict[str, OutboundRefused] = {}

    def probe(self, parcel: Parcel, *, method: str = "POST") -> Probed:
        address = urlsplit(parcel.url)._replace(query="").geturl()
        if address in self._silent:
            raise self._silent[address]
        try:
            return self._prober.probe(parcel, method=method)
        except OutboundRefused as error:
            self._silent[address] = error
            raise


class Refusals(Protocol):
    """What is needed of tnid.stores.client_checks."""

    def last_event(self) -> int: ...

    def has_refused_since(self, event_id: int, client_id: str) -> bool: ...


class Asker:
    """Asks, and judges the answers."""

    def __init__(self, outbound: Prober, signer: Signer, issuer: str, refusals: Refusals) -> None:
        self._outbound = outbound
        self._signer = signer
        self._issuer = issuer
        self._refusals = refusals

    def ask(self, client: Client, now: int) -> list[Finding]:
        """Ask every address of this client that there is a check of; takes some seconds."""
        asker = Asker(Impatient(self._outbound), self._signer, self._issuer, self._refusals)
        return [*asker._callback(client), *asker._logout(client, now), *asker._front(client),
                *asker._events(client, now)]  # fmt: skip

    # Where a sign-in comes back to

    def _callback(self, client: Client) -> Iterator[Finding]:
        uri = next((one for one in client.redirect_uris if one.startswith("http")), None)
        if uri is None:
            yield from (Finding(name, NOT_TRIED, "no_server") for name in (CALLBACK_ERROR, CALLBACK_CODE))
            return
        state = secrets.token_urlsafe(24)
        told = {"error": "access_denied", "state": state, "iss": self._issuer}
        answer = self._get(uri, told)
        yield _judge_page(CALLBACK_ERROR, answer)
        if isinstance(answer, OutboundRefused):
            yield _unreached(CALLBACK_CODE, answer)
            return
        code = {"code": secrets.token_urlsafe(32), "state": state, "iss": self._issuer}
        before = self._refusals.last_event()
        answer = self._get(uri, code)
        if self._refusals.has_refused_since(before, client.client_id):
            yield Finding(CALLBACK_CODE, FAILED, "code_sent_on")
        else:
            yield _judge_page(CALLBACK_CODE, answer)

    def _get(self, uri: str, parameters: Mapping[str, str]) -> Probed | OutboundRefused:
        return self._probe(Parcel(with_query(uri, parameters), b"", accept="text/html"), "GET")

    def _probe(self, parcel: Parcel, method: str = "POST") -> Probed | OutboundRefused:
        try:
            return self._outbound.probe(parcel, method=method)
        except OutboundRefused as error:
            return error

    # Signing out

    def _logout(self, client: Client, now: int) -> Iterator[Finding]:
        uri = client.backchannel_logout_uri
        if uri is None:
            yield from (Finding(name, NOT_TRIED, "not_registered") for name in (*LOGOUT_BAD, LOGOUT_GOOD))
            return
        for name, token in self._logout_tokens(client, now).items():
            answer = self._probe(Parcel(uri, urlencode({"logout_token": token}).encode()))
            yield _judge(name, answer, TAKEN if name == LOGOUT_GOOD else (BAD_REQUEST,))

    def _logout_tokens(self, client: Client, now: int) -> dict[str, str]:
        """Return a token for each check; all are about somebody who was made up for it."""
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": f"checker-{secrets.token_urlsafe(16)}",
            "aud": client.client_id,
            "iat": now,
            "exp": now + backchannel.LIFETIME_SECONDS,
            "events": {backchannel.EVENT: {}},
            "sid": f"checker-{secrets.token_urlsafe(16)}",
        }
        without_events = {name: value for name, value in claims.items() if name != "events"}
        signature, audience, nonce, events = LOGOUT_BAD
        return {
            signature: spoil_signature(self._sign(client, claims, backchannel.TYPE, now), WRONG_SIGNATURE),
            audience: self._sign(client, {**claims, "aud": "another-client"}, backchannel.TYPE, now),
            nonce: self._sign(client, {**claims, "nonce": secrets.token_urlsafe(8)}, backchannel.TYPE, now),
            events: self._sign(client, without_events, backchannel.TYPE, now),
            LOGOUT_GOOD: self._sign(client, claims, backchannel.TYPE, now),
        }

    def _sign(self, client: Client, claims: Mapping[str, Any], typ: str, now: int) -> str:
        """Sign under an identifier of its own: what was taken once may be refused as a repetition."""
        named = {**claims, "jti": secrets.token_urlsafe(16)}
        return self._signer.sign(named, alg=client.id_token_alg, typ=typ, now=now)

    def _front(self, client: Client) -> Iterator[Finding]:
        uri = client.frontchannel_logout_uri
        if uri is None:
            yield Finding(FRONT_CHANNEL, NOT_TRIED, "not_registered")
            return
        sid = f"checker-{secrets.token_urlsafe(16)}"
        answer = self._get(uri, {"iss": self._issuer, "sid": sid})
        if isinstance(answer, Probed) and is_kept_from_frames(answer, self._issuer):
            yield Finding(FRONT_CHANNEL, FAILED, "no_frame")
        else:
            yield _judge_page(FRONT_CHANNEL, answer, worst=BAD_REQUEST)

    # Security events

    def _events(self, client: Client, now: int) -> Iterator[Finding]:
        uri = client.security_events_uri
        if uri is None:
            yield from (Finding(name, NOT_TRIED, "not_registered") for name in (EVENTS_BAD, EVENTS_GOOD))
            return
        sub = f"checker-{secrets.token_urlsafe(16)}"
        claims = {
            "iss": self._issuer,
            "aud": client.client_id,
            "iat": now,
            "toe": now,
            "sub_id": {"format": "iss_sub", "iss": self._issuer, "sub": sub},
            "events": {event_uri(self._issuer, TRIAL_EVENT): {}},
        }
        token = self._sign(client, claims, TYP, now)
        tokens = {EVENTS_BAD: spoil_signature(token, WRONG_SIGNATURE), EVENTS_GOOD: token}
        for name, sent in tokens.items():
            answer = self._probe(Parcel(uri, sent.encode(), CONTENT_TYPE, accept="application/json"))
            yield _judge(name, answer, (ACCEPTED,) if name == EVENTS_GOOD else (BAD_REQUEST,))


def with_query(uri: str, parameters: Mapping[str, str]) -> str:
    """Return the address with these beside what is in its query already."""
    parts, added = urlsplit(uri), urlencode(parameters)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def is_kept_from_frames(answer: Probed, issuer: str) -> bool:
    """Say whether browsers show it in no frame of ours: then a front-channel logout never arrives."""
    directives = [one.split() for one in answer.security_policy.split(";")]
    allowed = next((one[1:] for one in directives if one and one[0].lower() == "frame-ancestors"), None)
    if allowed is not None:
        return issuer not in allowed and not {"*", "https:"} & set(allowed)
    return answer.frame_options.strip().lower() in ("deny", "sameorigin")


def _judge(name: str, answer: Probed | OutboundRefused, wanted: tuple[int, ...]) -> Finding:
    if isinstance(answer, OutboundRefused):
        return _unreached(name, answer)
    is_right = answer.status in wanted
    values = {"status": answer.status, "wanted": " / ".join(map(str, wanted))}
    return Finding(name, PASSED if is_right else FAILED, "answered" if is_right else "answered_wrong", values)


def _judge_page(name: str, answer: Probed | OutboundRefused, *, worst: int = SERVER_ERROR) -> Finding:
    """A page of the application's own, whatever it says: it hasn't come apart."""
    if isinstance(answer, OutboundRefused):
        return _unreached(name, answer)
    values = {"status": answer.status}
    if answer.status == NOT_FOUND:
        return Finding(name, FAILED, "not_found", values)
    is_right = answer.status < worst
    return Finding(name, PASSED if is_right else FAILED, "answered" if is_right else "came_apart", values)


def _unreached(name: str, error: OutboundRefused) -> Finding:
    """A developer's own machine can't be reached from a server; an answer too late is the application's."""
    if error.reason == "too_slow":
        return Finding(name, FAILED, "too_slow")
    word = error.reason if error.reason in ("private", "unresolved", "not_https") else "unreachable"
    return Finding(name, UNTOLD, word)
