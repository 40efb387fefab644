"""What a client registers for CIBA: CIBA Core 1.0 §4. A client of another kind loses these members."""

from __future__ import annotations

from typing import Any

from oidc.clients.outbound import OutboundRefused, check_url
from oidc.clients.signed_object import SIGNING_ALGS
from oidc.decoupled.models import CIBA
from oidc.errors import InvalidClientMetadata

MODE = "backchannel_token_delivery_mode"
NOTIFICATION_ENDPOINT = "backchannel_client_notification_endpoint"
SIGNING_ALG = "backchannel_authentication_request_signing_alg"
STRINGS = (MODE, NOTIFICATION_ENDPOINT, SIGNING_ALG)

POLL, PING = "poll", "ping"
MODES = (POLL, PING)
"""Not push: tokens that are sent to an address are out of the client's authentication, and of FAPI-CIBA."""


def check_ciba(metadata: dict[str, Any]) -> None:
    if CIBA not in metadata["grant_types"]:
        for name in STRINGS:
            metadata.pop(name, None)
        return
    if metadata.setdefault(MODE, POLL) not in MODES:
        raise InvalidClientMetadata(f"{MODE} takes {' and '.join(MODES)}.", member=MODE, reason="choice")
    if metadata[MODE] == PING:
        check_notification_endpoint(metadata)
    if metadata.get(SIGNING_ALG, SIGNING_ALGS[0]) not in SIGNING_ALGS:
        text = f"{SIGNING_ALG} takes {', '.join(SIGNING_ALGS)}."
        raise InvalidClientMetadata(text, member=SIGNING_ALG, reason="choice")
    if SIGNING_ALG in metadata and not {"jwks", "jwks_uri"} & set(metadata):
        text = f"{SIGNING_ALG} needs jwks or jwks_uri."
        raise InvalidClientMetadata(text, member="jwks", reason="needs_keys", value=SIGNING_ALG)


def check_notification_endpoint(metadata: dict[str, Any]) -> None:
    try:
        check_url(metadata.get(NOTIFICATION_ENDPOINT, ""))
    except OutboundRefused as error:
        raise InvalidClientMetadata(
            f"{NOTIFICATION_ENDPOINT}: {error}", member=NOTIFICATION_ENDPOINT, reason=error.reason
        ) from error
