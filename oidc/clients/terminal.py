"""Terminals: shared screens that an operator registered, with their name, place and networks.

A terminal says of itself which one it is, by `authorization_details` of one type (RFC 9396). They grant
nothing: a person is shown them, and what a terminal sends must be what was registered.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from oidc.clients.consent_policy import is_localized
from oidc.errors import InvalidAuthorizationDetails, InvalidClientMetadata
from oidc.models import Client
from oidc.strict_json import BadJson, loads

TERMINAL_TYPE = "urn:thainguyen:terminal"
DETAILS_TYPES = (TERMINAL_TYPE,)
MEMBERS = {"name", "place", "networks", "allows_password"}
DETAILS_MEMBERS = {"type", "name", "place"}
MOST_NETWORKS = 50
MAX_PLACE = 200
MAX_BYTES = 4096
AUTH_METHOD = "private_key_jwt"


def is_terminal_policy(value: object) -> bool:
    """Say whether this names a terminal: `name` by locale, `place`, `networks` (CIDR) and `allows_password`.

    Name and place are never left out. Without networks nobody can tell from where it asks.
    """
    return (
        isinstance(value, dict)
        and value.keys() <= MEMBERS
        and is_localized(value.get("name"))
        and _is_place(value.get("place"))
        and _is_networks(value.get("networks", []))
        and isinstance(value.get("allows_password", False), bool)
    )


def _is_place(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_PLACE and value.isprintable()


def _is_networks(value: object) -> bool:
    if not isinstance(value, list) or len(value) > MOST_NETWORKS:
        return False
    return all(isinstance(one, str) and _is_network(one) for one in value)


def _is_network(text: str) -> bool:
    try:
        # The whole internet is no place
        return ipaddress.ip_network(text).prefixlen > 0
    except ValueError:
        return False


def check_terminal(metadata: Mapping[str, Any], terminal: Mapping[str, Any]) -> None:
    """Raise InvalidClientMetadata for a terminal whose requests anybody could make: it needs a key."""
    if terminal and metadata["token_endpoint_auth_method"] != AUTH_METHOD:
        text = f"A terminal needs token_endpoint_auth_method {AUTH_METHOD}."
        raise InvalidClientMetadata(text, member="token_endpoint_auth_method", reason="terminal")


def check_details(text: str | None, client: Client) -> None:
    """Raise InvalidAuthorizationDetails unless a terminal, and nobody else, says which terminal it is.

    RFC 9396 §5: unknown types are refused, and so are unknown members, missing ones and other values.
    """
    if text is None:
        if client.terminal:
            raise InvalidAuthorizationDetails("A terminal must say which it is, by authorization_details.")
        return
    details = _read(text)
    if details.get("type") not in DETAILS_TYPES:
        raise InvalidAuthorizationDetails("This type of authorization_details is not supported.")
    if not client.terminal:
        raise InvalidAuthorizationDetails("This client is not registered as a terminal.")
    names = client.terminal["name"].values()
    is_it = details.get("name") in names and details.get("place") == client.terminal["place"]
    if details.keys() != DETAILS_MEMBERS or not is_it:
        raise InvalidAuthorizationDetails("name and place must be the terminal's registered ones.")


def _read(text: str) -> dict[str, Any]:
    try:
        found = loads(text, max_bytes=MAX_BYTES)
    except BadJson as error:
        raise InvalidAuthorizationDetails(f"authorization_details: {error}.") from error
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        raise InvalidAuthorizationDetails("authorization_details must be an array of one object.")
    return found[0]


def details_of(client: Client) -> list[dict[str, str]]:
    """Return what a terminal's token response repeats: RFC 9396 §7."""
    name = str(client.terminal["name"]["vi"])
    return [{"type": TERMINAL_TYPE, "name": name, "place": str(client.terminal["place"])}]
