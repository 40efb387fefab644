"""Answers that reach their client by the person's own hand alone: RFC 9700 §4.11.2, no open redirector.

Whoever makes a client names its redirect URI. Nobody has looked at that of a sandbox's client, or of one
that registered itself where registration is open: a link to our own address must lead nobody there unasked.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from oidc.authorization.response import AuthorizationResponses, Carried, ReplyTo
from oidc.clients.redirect_uris import is_loopback
from oidc.errors import (
    AccountSelectionRequired,
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    OAuthError,
)
from oidc.http import Response
from oidc.interfaces import Consents
from oidc.models import Client, EndUser
from oidc.parts import Parts
from oidc.refusal import record_refusal

OWED_IN_SILENCE = (LoginRequired, AccountSelectionRequired, ConsentRequired, InteractionRequired)


class Onward(NamedTuple):
    """An error that goes on to the client once the person has seen where that leads."""

    client: Client
    error: OAuthError
    carried: Carried


def is_trusted(client: Client, address: str, issuer: str) -> bool:
    """Say whether a browser may be sent there unasked: somebody looked at it, or it is no stranger's.

    A loopback address is the very machine that the browser runs on.
    """
    if not (client.is_sandbox or client.registered_openly):
        return True
    parts, own = urlsplit(address), urlsplit(issuer)
    is_ours = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    return is_ours or (parts.scheme in ("http", "https") and is_loopback(parts.hostname))


def knows(end_user: EndUser | None, client: Client, consents: Consents) -> bool:
    """Say whether whoever is signed in uses the application: it is a sandbox's, or they agreed to share."""
    if end_user is None or client.is_sandbox:
        return end_user is not None
    return consents.find_agreed(end_user.account_id, client.client_id) is not None


class Errors:
    """Tells clients of errors: by the browser at once, or by the person where the address isn't trusted."""

    def __init__(self, parts: Parts, responses: AuthorizationResponses) -> None:
        self._responses = responses
        self._consents = parts.stores.consents
        self._events = parts.events
        self._issuer = parts.config.issuer

    def send(
        self,
        client: Client,
        reply_to: ReplyTo,
        error: OAuthError,
        end_user: EndUser | None,
        now: int,
        *,
        was_shown: bool = False,
    ) -> Response | Onward:
        """Record the error and answer; `was_shown` says that the person saw a page of ours on the way."""
        if end_user is not None and error.account_id is None:
            error.account_id = end_user.account_id
        record_refusal(self._events, "authorization.refused", error, now, client.client_id)
        carried = self._responses.failure(client, reply_to, error, now)
        if is_trusted(client, reply_to.redirect_uri, self._issuer):
            return carried.send()
        is_known = was_shown or knows(end_user, client, self._consents) or _is_owed(error, client)
        return carried.send() if is_known else Onward(client, error, carried)


def _is_owed(error: OAuthError, client: Client) -> bool:
    """Core §3.1.2.6 owes prompt=none its answer, and §4.11.2 leaves silent authentication out."""
    return isinstance(error, OWED_IN_SILENCE) and not client.is_sandbox
