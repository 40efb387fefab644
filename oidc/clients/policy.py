"""What an operator sets about a client, and a client can't set about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oidc.clients.consent_policy import is_consent_policy, with_versions
from oidc.clients.terminal import is_terminal_policy
from oidc.errors import InvalidClientMetadata
from oidc.models import ACR_VALUES, FAPI2
from oidc.resource.registration import is_identifier, is_scope_policy

PROFILES = ("default", FAPI2)
LEVELS = (0, 1, 2)
_CLIENT_ID = re.compile(r"[\x21\x23-\x39\x3b-\x5b\x5d-\x7e]{1,255}")  # RFC 6749 Appendix A, without ':'
_TAX_CODE = re.compile(r"[0-9]{10}(-[0-9]{3})?")
_SECRET = re.compile(r"[\x20-\x7e]{8,255}")


def check_policy(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operator's members of a client document; raise InvalidClientMetadata for a wrong one."""
    policy: dict[str, Any] = {}
    for name, is_right in _RULES.items():
        if name not in document:
            continue
        if not is_right(document[name]):
            raise InvalidClientMetadata(
                f"{name} has a value that it can't have.", member=name, reason="policy"
            )
        policy[name] = document[name]
    if policy.get("profile") == FAPI2 and policy.get("require_pkce") is False:
        text = "The fapi2 profile always requires PKCE."
        raise InvalidClientMetadata(text, member="require_pkce", reason="profile")
    if "consent_items" in policy:
        policy["consent_items"] = with_versions(policy["consent_items"])
    return policy


def _is_text(pattern: re.Pattern[str]) -> Any:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


_RULES: dict[str, Any] = {
    "client_id": _is_text(_CLIENT_ID),
    "client_secret": _is_text(_SECRET),
    "require_pkce": lambda value: isinstance(value, bool),
    "profile": lambda value: value in PROFILES,
    "least_acr": lambda value: value in ACR_VALUES,
    "least_identity_level": lambda value: value in LEVELS and not isinstance(value, bool),
    "resources": is_scope_policy,
    "exchange_resources": is_scope_policy,
    "protected_resource": is_identifier,
    "accepts_mandates": lambda value: isinstance(value, bool),
    "consent_items": is_consent_policy,
    "agreed_only": lambda value: isinstance(value, bool),
    "terminal": is_terminal_policy,
    "employer": _is_text(_TAX_CODE),
    "organisation": lambda value: isinstance(value, str) and 0 < len(value) <= 200,
}
