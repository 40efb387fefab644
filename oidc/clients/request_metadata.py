"""How a client makes its requests: RFC 9101 §10.5, RFC 9126 §6 and OpenID Connect Registration 1.0 §2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urldefrag

from oidc.clients.outbound import OutboundRefused, check_url
from oidc.clients.signed_object import SIGNING_ALGS
from oidc.errors import InvalidClientMetadata

STRINGS = ("request_object_signing_alg",)
LISTS = ("request_uris",)
BOOLEANS = ("require_signed_request_object", "require_pushed_authorization_requests")
MOST_URIS = 50
MAX_CHARACTERS = 512  # OpenID Connect Core §6.2


def check_request_objects(metadata: Mapping[str, Any]) -> None:
    if metadata.get("request_object_signing_alg", SIGNING_ALGS[0]) not in SIGNING_ALGS:
        text = f"request_object_signing_alg takes {', '.join(SIGNING_ALGS)}."
        raise InvalidClientMetadata(text, member="request_object_signing_alg", reason="choice")
    if metadata.get("require_signed_request_object") and not {"jwks", "jwks_uri"} & set(metadata):
        needing = "require_signed_request_object"
        text = f"{needing} needs jwks or jwks_uri."
        raise InvalidClientMetadata(text, member="jwks", reason="needs_keys", value=needing)


def check_request_uris(metadata: Mapping[str, Any]) -> None:
    """OpenID Connect Registration §2: https, and with a fragment where that names the content."""
    uris = metadata.get("request_uris", [])
    if len(uris) > MOST_URIS or any(len(uri) > MAX_CHARACTERS or not uri.isascii() for uri in uris):
        raise InvalidClientMetadata(
            f"request_uris takes {MOST_URIS} addresses of {MAX_CHARACTERS} ASCII characters at most.",
            member="request_uris",
            reason="request_uris",
        )
    for uri in uris:
        try:
            check_url(urldefrag(uri).url)
        except OutboundRefused as error:
            raise InvalidClientMetadata(
                f"request_uris: {error}", member="request_uris", reason=error.reason, value=uri
            ) from error
