"""How a client wants its answers signed and encrypted: OpenID Connect Registration 1.0 §2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oidc.clients.client_keys import read_key_set
from oidc.clients.fetch_cache import Fetcher
from oidc.clients.outbound import OutboundRefused
from oidc.errors import InvalidClientMetadata
from oidc.token.encryption import (
    CONTENT_ENCRYPTION_ALGS,
    DEFAULT_ENC,
    KEY_MANAGEMENT_ALGS,
    find_encryption_key,
)

SIGNING_ALGS = ("RS256", "ES256")
SIGNED = ("id_token", "userinfo", "introspection", "authorization")
ENCRYPTED = ("id_token", "userinfo", "introspection", "authorization")
"""The answers that can be; a new one is a name here and a call of `oidc.token.encryption.encrypt`."""

MEMBERS = (
    *(f"{name}_signed_response_alg" for name in SIGNED),
    *(f"{name}_encrypted_response_{part}" for name in ENCRYPTED for part in ("alg", "enc")),
)


def check_response_signing(metadata: Mapping[str, Any]) -> None:
    for name in SIGNED:
        member = f"{name}_signed_response_alg"
        if metadata.get(member, SIGNING_ALGS[0]) not in SIGNING_ALGS:
            text = f"{member} takes {', '.join(SIGNING_ALGS)}."
            raise InvalidClientMetadata(text, member=member, reason="choice")


def check_response_encryption(metadata: dict[str, Any]) -> None:
    """The algorithms must be ours, and the client must have a key for each."""
    for name in ENCRYPTED:
        alg, enc = (metadata.get(f"{name}_encrypted_response_{part}") for part in ("alg", "enc"))
        if alg is None and enc is None:
            continue
        asked = f"{name}_encrypted_response_alg"
        if alg not in KEY_MANAGEMENT_ALGS:
            text = f"{asked} takes {', '.join(KEY_MANAGEMENT_ALGS)}."
            raise InvalidClientMetadata(text, member=asked, reason="choice")
        if metadata.setdefault(f"{name}_encrypted_response_enc", DEFAULT_ENC) not in CONTENT_ENCRYPTION_ALGS:
            member = f"{name}_encrypted_response_enc"
            text = f"{member} takes {', '.join(CONTENT_ENCRYPTION_ALGS)}."
            raise InvalidClientMetadata(text, member=member, reason="choice")
        if not {"jwks", "jwks_uri"} & set(metadata):
            text = f"{asked} needs jwks or jwks_uri."
            raise InvalidClientMetadata(text, member="jwks", reason="needs_keys", value=asked)
    if "jwks" in metadata:
        _check_keys(metadata, metadata["jwks"])


def check_keys_elsewhere(metadata: Mapping[str, Any], fetcher: Fetcher) -> None:
    """Look whether the keys behind jwks_uri can be encrypted to, where that is asked for."""
    if "jwks_uri" not in metadata or not _asked(metadata):
        return
    try:
        keys = read_key_set(fetcher.fetch(metadata["jwks_uri"]))
    except OutboundRefused as error:
        text = f"jwks_uri: {error}"
        raise InvalidClientMetadata(text, member="jwks_uri", reason=error.reason) from error
    _check_fitting(metadata, keys, "jwks_uri")


def _check_keys(metadata: Mapping[str, Any], jwks: Any) -> None:
    if not _asked(metadata):
        return
    try:
        keys = KeySet.import_key_set(jwks)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidClientMetadata("jwks is not a JWK Set.", member="jwks", reason="not_jwks") from error
    _check_fitting(metadata, keys, "jwks")


def _asked(metadata: Mapping[str, Any]) -> list[str]:
    members = (f"{name}_encrypted_response_alg" for name in ENCRYPTED)
    return [metadata[member] for member in members if member in metadata]


def _check_fitting(metadata: Mapping[str, Any], keys: KeySet, member: str) -> None:
    for alg in _asked(metadata):
        if find_encryption_key(keys, alg) is None:
            text = f"The client's keys hold none for encryption by {alg}."
            raise InvalidClientMetadata(text, member=member, reason="no_encryption_key", value=alg)
