"""Discovery: OpenID Connect Discovery 1.0 §3 and RFC 8414 §2, built from what is on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oidc.authorization.response import RESPONSE_MODES
from oidc.claims import CLAIMS_SUPPORTED, SCOPE_CLAIMS
from oidc.clients import ciba_metadata
from oidc.clients.assertion import ASSERTION_ALGS
from oidc.clients.authentication import AUTH_METHODS
from oidc.clients.mtls import OFF, Mtls
from oidc.clients.registration import SUBJECT_TYPES
from oidc.clients.response_algorithms import ENCRYPTED
from oidc.clients.signed_object import SIGNING_ALGS
from oidc.clients.terminal import DETAILS_TYPES
from oidc.models import ACR_VALUES
from oidc.token.dpop import DPOP_ALGS
from oidc.token.encryption import CONTENT_ENCRYPTION_ALGS, KEY_MANAGEMENT_ALGS
from oidc.token.endpoint import GRANTS
from oidc.verified_claims import IdentityAssurance

OPENID_PATH = "/.well-known/openid-configuration"
OAUTH_PATH = "/.well-known/oauth-authorization-server"
ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "pushed_authorization_request_endpoint": "/par",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "introspection_endpoint": "/introspect",
    "revocation_endpoint": "/revoke",
    "end_session_endpoint": "/logout",
    "registration_endpoint": "/clients",
    "device_authorization_endpoint": "/device_authorization",
    "backchannel_authentication_endpoint": "/backchannel_authentication",
    "security_event_answer_endpoint": "/security_event_answers",
}
MTLS_ALIASES = (
    "token_endpoint",
    "pushed_authorization_request_endpoint",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
    "backchannel_authentication_endpoint",
)
TOKEN_CLAIMS = (
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "sid",
    "at_hash",
    "act",
)
PROMPTS = ("none", "login", "consent", "select_account")

# Back-Channel Logout 1.0 §2.1, Front-Channel Logout 1.0 §3
LOGOUT_MEMBERS = {
    "backchannel_logout_supported": True,
    "backchannel_logout_session_supported": True,
    "frontchannel_logout_supported": True,
    "frontchannel_logout_session_supported": True,
}
# CIBA Core 1.0 §4
CIBA_MEMBERS = {
    "backchannel_token_delivery_modes_supported": list(ciba_metadata.MODES),
    "backchannel_authentication_request_signing_alg_values_supported": list(SIGNING_ALGS),
    "backchannel_user_code_parameter_supported": False,
}


def endpoint_uri(issuer: str, name: str) -> str:
    """Return the published address of an endpoint."""
    return issuer + ENDPOINTS[name]


def encryption() -> dict[str, Any]:
    """Return the algorithms by which answers are encrypted: OpenID Connect Discovery §3."""
    return {
        f"{name}_encryption_{part}_values_supported": list(values)
        for name in ENCRYPTED
        for part, values in (("alg", KEY_MANAGEMENT_ALGS), ("enc", CONTENT_ENCRYPTION_ALGS))
    }


def assurance(supported: IdentityAssurance | None) -> dict[str, Any]:
    """Return the members of OpenID Connect for Identity Assurance §8, where there are verified claims."""
    return supported.metadata() if supported else {}


def addresses(issuer: str, mtls: Mtls) -> dict[str, tuple[str, ...]]:
    """Return where a request to each endpoint may have been sent."""
    aliases = certificates(mtls).get("mtls_endpoint_aliases", {})
    published = {name: endpoint_uri(issuer, name) for name in ENDPOINTS}
    return {name: (uri, aliases[name]) if name in aliases else (uri,) for name, uri in published.items()}


def certificates(mtls: Mtls) -> dict[str, Any]:
    """Return what RFC 8705 §3.3 and §5 publish, where a proxy of ours hands certificates on."""
    if not mtls.is_on:
        return {}
    found: dict[str, Any] = {"tls_client_certificate_bound_access_tokens": True}
    if mtls.base:
        found["mtls_endpoint_aliases"] = {name: mtls.base + ENDPOINTS[name] for name in MTLS_ALIASES}
    return found


def metadata(
    issuer: str, algorithms: Iterable[str], ui_locales: Iterable[str], mtls: Mtls = OFF
) -> dict[str, Any]:
    """Return the provider's metadata, the same for both well-known addresses."""
    auth_methods = [*AUTH_METHODS, *mtls.auth_methods]
    confidential = [method for method in auth_methods if method != "none"]
    return {
        "issuer": issuer,
        **{name: issuer + path for name, path in ENDPOINTS.items()},
        "scopes_supported": list(SCOPE_CLAIMS),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANTS),
        "subject_types_supported": list(SUBJECT_TYPES),
        "acr_values_supported": list(ACR_VALUES),
        "id_token_signing_alg_values_supported": list(algorithms),
        "userinfo_signing_alg_values_supported": list(algorithms),
        "introspection_signing_alg_values_supported": list(algorithms),
        "authorization_signing_alg_values_supported": list(algorithms),
        **encryption(),
        "token_endpoint_auth_methods_supported": auth_methods,
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGS),
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGS),
        "revocation_endpoint_auth_methods_supported": auth_methods,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGS),
        **certificates(mtls),
        "dpop_signing_alg_values_supported": list(DPOP_ALGS),
        **CIBA_MEMBERS,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": list(PROMPTS),
        "claim_types_supported": ["normal"],
        "claims_supported": [*TOKEN_CLAIMS, *CLAIMS_SUPPORTED],
        "claims_parameter_supported": True,
        "authorization_details_types_supported": list(DETAILS_TYPES),
        "require_pushed_authorization_requests": False,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": list(SIGNING_ALGS),
        "authorization_response_iss_parameter_supported": True,
        **LOGOUT_MEMBERS,
        "ui_locales_supported": list(ui_locales),
    }
