"""What the `fapi2` profile asks of a client's metadata: FAPI 2.0 Security Profile §5.3 and §5.4.

The rest of it stands where requests are judged: `Client.must_push` and `must_use_pkce`, the audience of
an assertion (`assertion.py`), sender-constrained tokens (`token/sender_constraint.py`), a code's lifetime
(`authorization/endpoint.py`) and refresh tokens that are not rotated (`token/grants/refresh_token.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.clients.signed_object import FAPI2_ALGS
from oidc.errors import InvalidClientMetadata
from oidc.models import FAPI2

FAPI2_AUTH_METHODS = ("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")
FAPI2_DEFAULTS = {"id_token_signed_response_alg": "ES256", "introspection_signed_response_alg": "ES256"}


def with_defaults(document: Mapping[str, Any], profile: str) -> Mapping[str, Any]:
    """Return the document with what the profile takes where it says nothing."""
    return {**FAPI2_DEFAULTS, **document} if profile == FAPI2 else document


def check_profile(metadata: Mapping[str, Any], profile: str) -> None:
    """Raise InvalidClientMetadata for metadata that a client of this profile can't have."""
    if profile != FAPI2:
        return
    if metadata["token_endpoint_auth_method"] not in FAPI2_AUTH_METHODS:
        raise InvalidClientMetadata(
            f"The fapi2 profile takes token_endpoint_auth_method {', '.join(FAPI2_AUTH_METHODS)}.",
            member="token_endpoint_auth_method",
            reason="profile",
        )
    for name, value in metadata.items():
        is_signing = name.endswith(("_signing_alg", "_signed_response_alg"))
        if is_signing and value not in FAPI2_ALGS:
            text = f"The fapi2 profile takes {name} {', '.join(FAPI2_ALGS)}."
            raise InvalidClientMetadata(text, member=name, reason="profile")
