"""What a client's metadata point to at addresses of its own, looked at before they are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urldefrag

from oidc.clients.ciba_metadata import NOTIFICATION_ENDPOINT
from oidc.clients.fetch_cache import Fetcher
from oidc.clients.outbound import MAX_BYTES, OutboundRefused, is_plain_loopback
from oidc.clients.response_algorithms import check_keys_elsewhere
from oidc.errors import InvalidClientMetadata
from oidc.strict_json import BadJson, loads

CONNECTED_TO = (
    *("jwks_uri", "sector_identifier_uri", "backchannel_logout_uri", "request_uris"),
    *("security_events_uri", NOTIFICATION_ENDPOINT),
)
# By plain http on this machine, too, where the metadata's own checks let them
POSTED_TO = ("security_events_uri", "backchannel_logout_uri")


def check_elsewhere(metadata: Mapping[str, Any], fetcher: Fetcher) -> None:
    """Look at what the metadata point to: OpenID Connect Core §8.1; raise InvalidClientMetadata."""
    check_reachable(metadata, fetcher)
    check_keys_elsewhere(metadata, fetcher)
    uri = metadata.get("sector_identifier_uri")
    if uri is None:
        return
    try:
        listed = loads(fetcher.fetch(uri), max_bytes=MAX_BYTES)
    except (OutboundRefused, BadJson) as error:
        text, reason = f"sector_identifier_uri: {error}", getattr(error, "reason", "sector_list")
        raise InvalidClientMetadata(text, member="sector_identifier_uri", reason=reason) from error
    own = metadata.get("redirect_uris", [])
    # Without one, whoever likes would share the subjects of a sector that knows nothing of them
    if not own or not isinstance(listed, list) or any(uri not in listed for uri in own):
        text = "sector_identifier_uri must list every redirect URI, and at least one."
        raise InvalidClientMetadata(text, member="sector_identifier_uri", reason="sector_list")


def check_reachable(metadata: Mapping[str, Any], fetcher: Fetcher) -> None:
    """What we shall connect to must not be an address that we never will, such as one of our own house."""
    for name in CONNECTED_TO:
        given = metadata.get(name, [])
        for uri in [given] if isinstance(given, str) else given:
            if name in POSTED_TO and is_plain_loopback(uri):
                # For development; it is looked at when something is sent
                continue
            try:
                fetcher.check(urldefrag(uri).url)
            except OutboundRefused as error:
                value = "" if isinstance(given, str) else uri
                raise InvalidClientMetadata(
                    f"{name}: {error}", member=name, reason=error.reason, value=value
                ) from error
