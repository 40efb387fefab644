"""The grant types that a client may be registered for, and which of them only an operator gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oidc.decoupled.models import CIBA, DECOUPLED_GRANT_TYPES
from oidc.errors import InvalidClientMetadata
from oidc.models import TOKEN_EXCHANGE

AUTHORIZATION_CODE = "authorization_code"
GRANT_TYPES = (
    AUTHORIZATION_CODE,
    "refresh_token",
    "client_credentials",
    *DECOUPLED_GRANT_TYPES,
    TOKEN_EXCHANGE,
)
PERSONAL = frozenset({AUTHORIZATION_CODE, *DECOUPLED_GRANT_TYPES})
"""A person stands behind these; a refresh token goes on from one of them."""

PUBLIC = "none"
OPERATORS_ONLY = frozenset((*DECOUPLED_GRANT_TYPES, TOKEN_EXCHANGE))
"""RFC 8628 §5.4, RFC 9700 and the like: with these anybody could send people codes and requests to agree to.

So only terminals and counters that an operator has looked at get them, and no client gives them to itself.
Nor does one say of itself that it may exchange the tokens of others.
"""


def is_personal(metadata: Mapping[str, Any]) -> bool:
    """Say whether people sign in to this client, in whatever way."""
    return not PERSONAL.isdisjoint(metadata["grant_types"])


def is_public(metadata: Mapping[str, Any]) -> bool:
    method: str = metadata["token_endpoint_auth_method"]
    return method == PUBLIC


def check_grant_types(metadata: Mapping[str, Any]) -> None:
    """Raise InvalidClientMetadata for what doesn't go together: RFC 7591 §2.1."""
    grant_types = metadata["grant_types"]
    if not grant_types or not set(grant_types) <= set(GRANT_TYPES):
        text = f"grant_types takes {', '.join(GRANT_TYPES)}."
        raise InvalidClientMetadata(text, member="grant_types", reason="choice")
    wanted = ["code"] if AUTHORIZATION_CODE in grant_types else []
    if metadata["response_types"] != wanted:
        text = "response_types must be [code] with authorization_code, and empty without."
        raise InvalidClientMetadata(text, member="response_types", reason="response_types")
    if "refresh_token" in grant_types and not is_personal(metadata):
        text = "refresh_token needs a grant that issues the first one."
        raise InvalidClientMetadata(text, member="grant_types", reason="refresh_alone")
    if CIBA in grant_types and is_public(metadata):
        # CIBA Core §4: the client authenticates at the backchannel authentication endpoint
        text = "CIBA is for clients that authenticate."
        raise InvalidClientMetadata(text, member="token_endpoint_auth_method", reason="needs_authentication")


def check_given_by_operator(metadata: Mapping[str, Any], held: Sequence[str] = ()) -> None:
    """Raise InvalidClientMetadata where a client asks for what it was not given; `held` is what it was."""
    if not OPERATORS_ONLY.intersection(metadata["grant_types"]) <= set(held):
        text = f"Only an operator registers a client for {' or '.join(sorted(OPERATORS_ONLY))}."
        raise InvalidClientMetadata(text, member="grant_types", reason="operators_only")
