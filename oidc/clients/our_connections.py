"""What a client registers for us to connect to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.clients.outbound import OutboundRefused, check_url, is_plain_loopback
from oidc.errors import InvalidClientMetadata

BACK_CHANNEL = "backchannel_logout_uri"


def is_for_development(uri: str) -> bool:
    """Say whether something is posted there by plain http, on this very machine."""
    return is_plain_loopback(uri) and "@" not in uri and "#" not in uri


def check_fetched(metadata: Mapping[str, Any]) -> None:
    """What we shall connect to must be an address that we may, as far as its text tells.

    Back-Channel Logout 1.0 §2.2: a client that authenticates may listen on plain http; here on this machine
    alone, where one develops.
    """
    for name in ("jwks_uri", "sector_identifier_uri", BACK_CHANNEL):
        is_at_home = name == BACK_CHANNEL and is_for_development(metadata.get(name, ""))
        if is_at_home and metadata.get("token_endpoint_auth_method") != "none":
            continue
        if name in metadata:
            try:
                check_url(metadata[name])
            except OutboundRefused as error:
                raise InvalidClientMetadata(f"{name}: {error}", member=name, reason=error.reason) from error


def check_security_events(metadata: Mapping[str, Any]) -> None:
    """Where security events are pushed to (RFC 8935 §2): https, and plain http on this machine alone.

    A public client has no way to answer, and is told nothing.
    """
    uri = metadata.get("security_events_uri")
    if uri is None:
        return
    if metadata["token_endpoint_auth_method"] == "none":  # noqa: S105  a method, no secret
        text = "security_events_uri is for clients that authenticate."
        raise InvalidClientMetadata(text, member="security_events_uri", reason="needs_authentication")
    if is_for_development(uri):
        return
    try:
        check_url(uri)
    except OutboundRefused as error:
        text = f"security_events_uri: {error}"
        raise InvalidClientMetadata(text, member="security_events_uri", reason=error.reason) from error
