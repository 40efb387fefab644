"""The device grant: RFC 8628 §3.4 and §3.5."""

from __future__ import annotations

from typing import Any

from oidc.decoupled.models import DEVICE_CODE
from oidc.errors import InvalidRequest
from oidc.token.grants import TokenContext, TokenRequest
from oidc.token.grants.decoupled import exchange_decoupled


def exchange_device_code(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Exchange a device code for tokens, once somebody has allowed it; until then say so."""
    device_code = asked.parameters.get("device_code")
    if device_code is None:
        raise InvalidRequest("device_code is required.")
    return exchange_decoupled(context, asked, DEVICE_CODE, device_code)
