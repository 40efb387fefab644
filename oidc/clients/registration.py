"""Client metadata: RFC 7591 §2 and OpenID Connect Registration 1.0 §2. The one validator for every door.

METADATA_CHECKS runs top to bottom over a document whose members already have the right types. What the
validator does not know is not stored (RFC 7591 §2: unknown members are ignored).
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc7591 import ClientMetadataClaims as OAuthMetadata
from authlib.oidc.registration import ClientMetadataClaims as OpenIDMetadata
from joserfc.errors import JoseError

from oidc.claims import ON_REQUEST_SCOPES, SCOPE_CLAIMS
from oidc.clients import ciba_metadata, request_metadata
from oidc.clients.authentication import AUTH_METHODS, hash_secret
from oidc.clients.browser_uris import check_frontchannel_logout, check_initiate_login
from oidc.clients.grant_types import check_given_by_operator, check_grant_types, is_personal
from oidc.clients.mtls import MTLS_METHODS, SUBJECT_MEMBERS, check_certificate_members
from oidc.clients.our_connections import check_fetched, check_security_events
from oidc.clients.policy import check_policy
from oidc.clients.profile import check_profile, with_defaults
from oidc.clients.redirect_uris import check_uri, is_loopback
from oidc.clients.registered_keys import check_keys
from oidc.clients.response_algorithms import MEMBERS, check_response_encryption, check_response_signing
from oidc.clients.terminal import check_terminal
from oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.models import OFFLINE_ACCESS, Client
from oidc.token.handles import new_identifier

SUBJECT_TYPES = ("pairwise", "public")
MAX_URIS = 50
MAX_TEXT = 200
MAX_SECONDS = 10**9

STRINGS = (
    "client_name",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "scope",
    "software_id",
    "software_version",
    "application_type",
    "subject_type",
    "sector_identifier_uri",
    "jwks_uri",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "initiate_login_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
    "security_events_uri",
    *MEMBERS,
    *request_metadata.STRINGS,
    *ciba_metadata.STRINGS,
    *SUBJECT_MEMBERS,
)
BOOLEANS = (
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "require_auth_time",
    *request_metadata.BOOLEANS,
    "backchannel_logout_session_required",
    "frontchannel_logout_session_required",
)
LISTS = (
    "redirect_uris",
    "post_logout_redirect_uris",
    "grant_types",
    "response_types",
    "contacts",
    "default_acr_values",
    *request_metadata.LISTS,
)
LOCALIZED = ("client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri")
WEB_PAGES = ("client_uri", "logo_uri", "policy_uri", "tos_uri")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

Metadata = dict[str, Any]


def read_members(document: Mapping[str, Any]) -> Metadata:
    """Return the known members, each of its right type; raise InvalidClientMetadata for a wrong one."""
    known: Metadata = {}
    for name, value in document.items():
        base, _, tag = name.partition("#")
        if base in STRINGS and (not tag or (base in LOCALIZED and LANGUAGE_TAG.fullmatch(tag))):
            _check_type(name, value, isinstance(value, str))
        elif name in LISTS:
            _check_type(name, value, isinstance(value, list) and all(isinstance(item, str) for item in value))
        elif name == "jwks":
            _check_type(name, value, isinstance(value, dict))
        elif name == "default_max_age":
            _check_type(name, value, _is_seconds(value))
        elif name in BOOLEANS:
            _check_type(name, value, isinstance(value, bool))
        else:
            continue
        known[name] = value
    return known


def _is_seconds(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SECONDS


def _check_type(name: str, value: object, is_right: bool) -> None:
    if name in ("redirect_uris", "post_logout_redirect_uris") and not is_right:
        raise InvalidRedirectUri(f"{name} must be a list of strings.", member=name, reason="type")
    if not is_right or value == "":
        reason = "type" if value != "" else "empty"
        raise InvalidClientMetadata(f"{name} has a value of the wrong type.", member=name, reason=reason)


def fill_defaults(metadata: Metadata) -> None:
    """RFC 7591 §2 and OpenID Connect Registration §2; `sub` is pairwise unless an operator says otherwise."""
    metadata.setdefault("grant_types", ["authorization_code"])
    uses_code = "authorization_code" in metadata["grant_types"]
    metadata.setdefault("response_types", ["code"] if uses_code else [])
    metadata.setdefault("token_endpoint_auth_method", "client_secret_basic")
    metadata.setdefault("id_token_signed_response_alg", "RS256")
    metadata.setdefault("application_type", "web")
    metadata.setdefault("subject_type", "pairwise")
    if "scope" not in metadata and is_personal(metadata):
        may_refresh = "refresh_token" in metadata["grant_types"]
        # Who wants a yes or no, or to know of somebody's work, says so
        scopes = [name for name in SCOPE_CLAIMS if name not in ON_REQUEST_SCOPES]
        metadata["scope"] = " ".join(s for s in scopes if may_refresh or s != OFFLINE_ACCESS)


def check_by_authlib(metadata: Metadata) -> None:
    """The rules that Authlib knows: URLs, key sets, application types; ours of redirect URIs is stricter."""
    rest = {name: value for name, value in metadata.items() if name != "redirect_uris"}
    for rules in (OAuthMetadata, OpenIDMetadata):
        try:
            rules(dict(rest), {}, {}).validate()
        except (JoseError, ValueError, TypeError) as error:
            name = getattr(error, "claim", None) or "jwks"
            raise InvalidClientMetadata(f"{name} is not valid.", member=name, reason="invalid") from error


def check_redirect_uris(metadata: Metadata) -> None:
    uris = metadata.get("redirect_uris", [])
    if "authorization_code" in metadata["grant_types"] and not uris:
        text = "redirect_uris must hold at least one address."
        raise InvalidRedirectUri(text, member="redirect_uris", reason="none")
    is_native = metadata["application_type"] == "native"
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        found = metadata.get(name, [])
        if len(found) > MAX_URIS or len(set(found)) != len(found):
            text = f"{name} holds duplicates, or more than {MAX_URIS} addresses."
            twice = next((uri for uri in found if found.count(uri) > 1), "")
            reason = "too_many" if len(found) > MAX_URIS else "duplicate"
            raise InvalidRedirectUri(
                text, member=name, reason=reason, value=twice if reason == "duplicate" else ""
            )
        for uri in found:
            check_uri(uri, is_native=is_native, name=name)


def check_texts(metadata: Metadata) -> None:
    """A name is shown to people: normal form, of reasonable length, nothing that hides or turns letters."""
    for name in [
        n for n in metadata if n.partition("#")[0] in ("client_name", "software_id", "software_version")
    ]:
        text = unicodedata.normalize("NFC", metadata[name]).strip()
        unprintable = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in text)
        if not text or len(text) > MAX_TEXT or unprintable:
            reason = "text_characters" if unprintable else "text_length"
            raise InvalidClientMetadata(
                f"{name} must be 1 to {MAX_TEXT} printable characters.", member=name, reason=reason
            )
        metadata[name] = text


def check_pages(metadata: Metadata) -> None:
    for name in [n for n in metadata if n.partition("#")[0] in WEB_PAGES]:
        try:
            parts = urlsplit(metadata[name])
            host, _port = parts.hostname, parts.port
        except ValueError as error:
            raise InvalidClientMetadata(f"{name} is malformed.", member=name, reason="malformed") from error
        is_web = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        # A page isn't fetched by us: its host may be written in any letters
        if not is_web or not host or "*" in host or parts.username or len(metadata[name]) > 2000:
            raise InvalidClientMetadata(f"{name} must be an https address.", member=name, reason="page")


def check_scope(metadata: Metadata) -> None:
    names = metadata.get("scope", "").split()
    if not all(re.fullmatch(r"[A-Za-z0-9_.:/-]{1,64}", name) for name in names) or len(names) > MAX_URIS:
        raise InvalidClientMetadata(
            "scope holds a name that can't be one.", member="scope", reason="scope_name"
        )
    own = [name for name in names if name not in SCOPE_CLAIMS]
    if own and "client_credentials" not in metadata["grant_types"]:
        text = f"No such scope: {' '.join(own)}."
        raise InvalidClientMetadata(text, member="scope", reason="scope", value=" ".join(own))


def check_subject_type(metadata: Metadata) -> None:
    if metadata["subject_type"] not in SUBJECT_TYPES:
        text = "subject_type takes pairwise and public."
        raise InvalidClientMetadata(text, member="subject_type", reason="choice")


def check_subject_sector(metadata: Metadata) -> None:
    """OpenID Connect Core §8.1: several hosts share a pairwise subject only by a sector_identifier_uri.

    A loopback host is nobody's own and makes no sector (RFC 8252 §8): it may stand beside the one host, so
    that an application is tried on its developer's computer and where it will run: `oidc.subject.sector_of`.
    """
    hosts = {urlsplit(uri).hostname for uri in metadata.get("redirect_uris", [])}
    hosts = {host for host in hosts if not is_loopback(host)}
    if metadata["subject_type"] == "pairwise" and len(hosts) > 1 and "sector_identifier_uri" not in metadata:
        text = "redirect_uris of several hosts need a sector_identifier_uri."
        named = " ".join(sorted(filter(None, hosts)))
        raise InvalidClientMetadata(text, member="sector_identifier_uri", reason="sector", value=named)


def check_authentication(metadata: Metadata) -> None:
    method = metadata["token_endpoint_auth_method"]
    if method not in (*AUTH_METHODS, *MTLS_METHODS):
        text = f"token_endpoint_auth_method takes {', '.join(AUTH_METHODS)}."
        raise InvalidClientMetadata(text, member="token_endpoint_auth_method", reason="choice")
    if method == "private_key_jwt" and not {"jwks", "jwks_uri"} & set(metadata):
        text = "private_key_jwt needs jwks or jwks_uri."
        raise InvalidClientMetadata(text, member="jwks", reason="needs_keys", value=method)


METADATA_CHECKS: tuple[Callable[[Metadata], None], ...] = (
    fill_defaults,
    check_grant_types,
    check_redirect_uris,
    check_keys,
    check_by_authlib,
    check_texts,
    check_pages,
    check_initiate_login,
    check_frontchannel_logout,
    check_scope,
    check_response_signing,
    check_response_encryption,
    check_subject_type,
    check_subject_sector,
    check_authentication,
    check_certificate_members,
    check_fetched,
    check_security_events,
    request_metadata.check_request_objects,
    ciba_metadata.check_ciba,
    request_metadata.check_request_uris,
)


def validate_metadata(
    document: Mapping[str, Any], profile: str = "default", *, may_be_public: bool = False
) -> Metadata:
    """Return the metadata to store; raise InvalidClientMetadata or InvalidRedirectUri with the reason.

    `may_be_public` says that an operator lets the client have public subjects. Anyone else who asks for them
    is registered as pairwise, and told so: OpenID Connect Registration §3.2 lets a provider replace values.
    """
    metadata = read_members(with_defaults(document, profile))
    if not may_be_public and metadata.get("subject_type") == "public":
        metadata["subject_type"] = "pairwise"
    for check in METADATA_CHECKS:
        check(metadata)
    check_profile(metadata, profile)
    return metadata


def new_client(
    document: Mapping[str, Any], now: int, *, by_operator: bool = False, given: Sequence[str] = ()
) -> tuple[Client, str | None]:
    """Make a client of RFC 7591 metadata; return it with its secret in clear, which is kept nowhere.

    An operator may also give identifier, secret and policy (see `oidc.clients.policy`); to anyone else those
    members are unknown and ignored. `given` are grant types that only an operator gives, and this one has.
    """
    policy = check_policy(document) if by_operator else {}
    metadata = validate_metadata(document, policy.get("profile", "default"), may_be_public=by_operator)
    check_terminal(metadata, policy.get("terminal", {}))
    if not by_operator:
        check_given_by_operator(metadata, given)
    client_id = policy.pop("client_id", None) or new_identifier()
    imported = policy.pop("client_secret", None)
    needs_secret = metadata["token_endpoint_auth_method"].startswith("client_secret_")
    secret = (imported or secrets.token_urlsafe(32)) if needs_secret else None
    hashes = (hash_secret(secret),) if secret else ()
    client = Client(client_id, metadata, hashes, created_at=now, **policy)
    return client, secret


def client_information(client: Client, secret: str | None = None) -> dict[str, Any]:
    """Return the client information response of RFC 7591 §3.2.1; a secret of 0 never expires."""
    answer: dict[str, Any] = {"client_id": client.client_id, "client_id_issued_at": client.created_at}
    if secret is not None:
        answer |= {"client_secret": secret, "client_secret_expires_at": 0}
    return {**answer, **client.metadata}
