"""The authentication request: CIBA Core 1.0 §7.1 and §7.2, one check a parameter, in the order of §7.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from oidc.authorization.request import read_scope
from oidc.claims import SCOPE_CLAIMS
from oidc.clients.ciba_metadata import MODE, PING
from oidc.decoupled.binding_message import check_binding_message
from oidc.errors import InvalidRequest
from oidc.models import ACR_VALUES, Client

HINTS = ("login_hint", "login_hint_token", "id_token_hint")
MOST_HINT = 256
MOST_TOKEN = 1024
BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750 §2.1
SECONDS = re.compile(r"[0-9]{1,9}")


class AuthenticationRequest(NamedTuple):
    """A checked request; `hint` is the name of the one hint and its value."""

    scope: tuple[str, ...]
    notification_token: str
    least_acr: str
    hint: tuple[str, str]
    binding_message: str
    expires_in: int


def read_request(parameters: Mapping[str, str], client: Client, most_seconds: int) -> AuthenticationRequest:
    """Return the checked request; raise the OAuthError that says what to change."""
    asked = read_scope(parameters.get("scope") or "", client)
    message = parameters.get("binding_message")
    return AuthenticationRequest(
        scope=tuple(name for name in asked if name in SCOPE_CLAIMS),
        notification_token=read_notification_token(parameters.get("client_notification_token"), client),
        least_acr=read_acr(parameters.get("acr_values") or ""),
        hint=read_hint(parameters),
        binding_message="" if message is None else check_binding_message(message),
        expires_in=read_expiry(parameters.get("requested_expiry"), most_seconds),
    )


def read_notification_token(token: str | None, client: Client) -> str:
    """Required in ping mode, and of no use in poll mode."""
    if client.metadata.get(MODE) != PING:
        return ""
    if token is None:
        raise InvalidRequest("client_notification_token is required of a client in ping mode.")
    if len(token) > MOST_TOKEN or not BEARER.fullmatch(token):
        raise InvalidRequest(
            f"client_notification_token takes up to {MOST_TOKEN} characters of a bearer token."
        )
    return token


def read_acr(wished: str) -> str:
    """Any of the values will do, so the weakest of ours is needed; others are ignored."""
    return next((acr for acr in ACR_VALUES if acr in wished.split()), "")


def read_hint(parameters: Mapping[str, str]) -> tuple[str, str]:
    """§7.1: one and only one of the hints."""
    given = [name for name in HINTS if name in parameters]
    if len(given) != 1:
        raise InvalidRequest(f"Exactly one of {', '.join(HINTS)} is required.")
    name = given[0]
    if name == "login_hint_token":
        raise InvalidRequest("login_hint_token is not supported; send login_hint with a username.")
    if name == "login_hint" and len(parameters[name]) > MOST_HINT:
        raise InvalidRequest(f"login_hint is longer than {MOST_HINT} characters.")
    return name, parameters[name]


def read_expiry(text: str | None, most_seconds: int) -> int:
    """§7.1: a positive integer, which the provider may cut."""
    if text is None:
        return most_seconds
    if not SECONDS.fullmatch(text) or int(text) == 0:
        raise InvalidRequest("requested_expiry is a positive number of seconds.")
    return min(int(text), most_seconds)
