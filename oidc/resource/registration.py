"""What an operator says of a protected resource, checked once: its URI, scopes, tokens and least sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from oidc.claims import SCOPE_CLAIMS
from oidc.clients.redirect_uris import is_loopback
from oidc.models import ACR_VALUES, LOA1, Resource

TOKEN_FORMATS = ("jwt", "opaque")
SIGNING_ALGS = ("RS256", "ES256")
MOST_SCOPES = 50
MAX_TEXT = 200
SCOPE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
LOCALE = re.compile(r"[a-z]{2,3}")


class BadResource(ValueError):
    """The document can't be a protected resource's; the message says why."""


def new_resource(document: Mapping[str, Any], now: int) -> Resource:
    """Make a protected resource of a document; raise BadResource.

    Members: `resource` (its URI), `scopes` (each with its description by locale), and optionally
    `resource_name` (by locale), `token_format`, `access_token_signing_alg` and `least_acr`.
    """
    unknown = set(document) - set(_MEMBERS)
    if unknown:
        raise BadResource(f"No such member: {', '.join(sorted(unknown))}.")
    for name, (is_right, says) in _MEMBERS.items():
        if name in document and not is_right(document[name]):
            raise BadResource(f"{name} {says}.")
    if "resource" not in document or "scopes" not in document:
        raise BadResource("resource and scopes are required.")
    return Resource(
        identifier=document["resource"],
        scopes=document["scopes"],
        names=document.get("resource_name", {}),
        token_format=document.get("token_format", "jwt"),
        signing_alg=document.get("access_token_signing_alg", "RS256"),
        least_acr=document.get("least_acr", LOA1),
        created_at=now,
    )


def resource_information(resource: Resource) -> dict[str, Any]:
    """Return the document of a protected resource."""
    return {
        "resource": resource.identifier,
        "resource_name": dict(resource.names),
        "scopes": {name: dict(texts) for name, texts in resource.scopes.items()},
        "token_format": resource.token_format,
        "access_token_signing_alg": resource.signing_alg,
        "least_acr": resource.least_acr,
        "disabled_at": resource.disabled_at,
    }


def is_identifier(value: object) -> bool:
    """Say whether this can be a resource's identifier: RFC 8707 §2, and RFC 9728 §1.2 wants https."""
    if not isinstance(value, str) or len(value) > 255 or not re.fullmatch(r"[\x21-\x7e]+", value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    is_web = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    return is_web and bool(parts.hostname) and not parts.username and "#" not in value


def is_scope_policy(value: object) -> bool:
    """Say whether this names resources, and for each the scopes that a client may have there."""
    return isinstance(value, dict) and all(
        is_identifier(uri)
        and isinstance(scopes, list)
        and 0 < len(scopes) <= MOST_SCOPES
        and all(isinstance(scope, str) and SCOPE.fullmatch(scope) for scope in scopes)
        for uri, scopes in value.items()
    )


def _is_scopes(value: object) -> bool:
    return (
        isinstance(value, dict)
        and 0 < len(value) <= MOST_SCOPES
        and all(SCOPE.fullmatch(name) and name not in SCOPE_CLAIMS for name in value)
        and all(_is_texts(texts) for texts in value.values())
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(
        LOCALE.fullmatch(locale)
        and isinstance(text, str)
        and 0 < len(text) <= MAX_TEXT
        and text.isprintable()
        for locale, text in value.items()
    )


_MEMBERS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "resource": (is_identifier, "must be an https URI without a fragment"),
    "scopes": (_is_scopes, "must name scopes of its own, each with its description by locale"),
    "resource_name": (_is_texts, "must be names by locale"),
    "token_format": (lambda value: value in TOKEN_FORMATS, f"takes {' and '.join(TOKEN_FORMATS)}"),
    "access_token_signing_alg": (lambda value: value in SIGNING_ALGS, f"takes {' and '.join(SIGNING_ALGS)}"),
    "least_acr": (lambda value: value in ACR_VALUES, f"takes {' and '.join(ACR_VALUES)}"),
}
