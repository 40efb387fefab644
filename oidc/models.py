"""The records of the protocol: plain typed values, with the behaviour that needs nothing but themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

LOA1, LOA2 = "LoA1", "LoA2"
ACR_VALUES = (LOA1, LOA2)
"""Authentication context classes, weakest first: one factor, two different factors."""

FAPI2 = "fapi2"
"""The profile of a client that an operator holds to the FAPI 2.0 Security Profile."""

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  a name of RFC 8693 §2.1
OPENID = "openid"
OFFLINE_ACCESS = "offline_access"
WITHHELD_SCOPE = "scope/"  # begins the name of a scope among what a person keeps to themselves


def acr_at_least(acr: str, least: str) -> bool:
    """Say whether `acr` is as strong as `least`; an unknown class is as weak as none."""
    ranks = ("", *ACR_VALUES)
    return acr in ranks and ranks.index(acr) >= ranks.index(least)


@dataclass(frozen=True, slots=True)
class EndUser:
    """Who sits at the browser, and how they signed in; `is_waiting` where somebody else must agree first.

    `is_sandbox` is for somebody made up, who is nobody to a live client. `expires_at` is when the session
    ends at the latest, None where only what lasts as long is bounded.
    """

    account_id: str
    sid: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]
    identity_level: int
    is_waiting: bool = False
    expires_at: int | None = None
    is_sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client: RFC 7591 metadata, checked at registration, and the operator's policy.

    `secret_hashes` are SHA-256 digests, newest first: a secret of ours is random, so it needs no slow hash.
    `secret_ends` has when each that has an end stops working, by its digest in hexadecimal.
    `resources` and `exchange_resources` say for which protected resources, and which scopes of each, it may
    get access tokens, and may exchange those of others; `protected_resource` is the resource that it is.
    `accepts_mandates` lets helpers sign in in others' stead; `consent_items`: `oidc.clients.consent_policy`.
    `terminal` is empty but for a shared screen (`oidc.clients.terminal`), which no earlier sign-in answers.
    """

    client_id: str
    metadata: Mapping[str, Any]
    secret_hashes: tuple[bytes, ...] = field(default=(), repr=False)
    secret_ends: Mapping[str, int] = field(default_factory=dict, repr=False)
    require_pkce: bool = True
    profile: str = "default"
    least_acr: str = LOA1
    least_identity_level: int = 0
    organisation: str = ""
    created_at: int = 0
    disabled_at: int | None = None
    resources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exchange_resources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    protected_resource: str = ""
    accepts_mandates: bool = False
    consent_items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    terminal: Mapping[str, Any] = field(default_factory=dict)
    employer: str = ""  # the tax code of the one employer whose workers it may know as such
    is_sandbox: bool = False  # made-up people sign in to it, and nobody else does
    sandbox_faults: Mapping[str, Any] = field(default_factory=dict)
    agreed_only: bool = False  # it is told of no claim that `consent_items` doesn't name
    # What people read of it beside its name, each by locale: its purpose, who is behind it
    presentation: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    registered_openly: bool = False  # by nobody whom we know (RFC 7591 §3), and nobody looked at it since
    registration_generation: int = 0  # registration access tokens of earlier ones open nothing

    @property
    def redirect_uris(self) -> list[str]:
        return list(self.metadata.get("redirect_uris", ()))

    @property
    def post_logout_redirect_uris(self) -> list[str]:
        return list(self.metadata.get("post_logout_redirect_uris", ()))

    @property
    def grant_types(self) -> list[str]:
        return list(self.metadata["grant_types"])

    @property
    def response_types(self) -> list[str]:
        return list(self.metadata["response_types"])

    @property
    def scope(self) -> list[str]:
        return str(self.metadata.get("scope", OPENID)).split()

    @property
    def auth_method(self) -> str:
        return str(self.metadata["token_endpoint_auth_method"])

    @property
    def is_public(self) -> bool:
        return self.auth_method == "none"

    @property
    def id_token_alg(self) -> str:
        return str(self.metadata["id_token_signed_response_alg"])

    @property
    def must_push(self) -> bool:
        """Say whether the client may begin by a pushed request alone: RFC 9126 §6, FAPI 2.0 §5.3.2.2."""
        is_registered = bool(self.metadata.get("require_pushed_authorization_requests"))
        return is_registered or self.profile == FAPI2 or bool(self.terminal)

    @property
    def must_sign_requests(self) -> bool:
        """RFC 9101 §10.5; FAPI 2.0 Message Signing §5.3: whoever registered an algorithm signs each."""
        registered = self.profile == FAPI2 and "request_object_signing_alg" in self.metadata
        return registered or bool(self.metadata.get("require_signed_request_object"))

    @property
    def must_use_pkce(self) -> bool:
        return self.require_pkce or self.is_public or self.profile == FAPI2

    @property
    def is_dpop_bound(self) -> bool:
        """Say whether every token of the client must be bound to a key: RFC 9449 §5.2."""
        return bool(self.metadata.get("dpop_bound_access_tokens"))

    @property
    def is_certificate_bound(self) -> bool:
        """Say whether every token of the client must be bound to its certificate: RFC 8705 §3.4."""
        return bool(self.metadata.get("tls_client_certificate_bound_access_tokens"))

    @property
    def is_pairwise(self) -> bool:
        return bool(self.metadata.get("subject_type", "pairwise") == "pairwise")

    @property
    def logo_uri(self) -> str | None:
        return self.metadata.get("logo_uri")

    @property
    def policy_uri(self) -> str | None:
        return self.metadata.get("policy_uri")

    @property
    def tos_uri(self) -> str | None:
        return self.metadata.get("tos_uri")

    @property
    def backchannel_logout_uri(self) -> str | None:
        return self.metadata.get("backchannel_logout_uri")

    @property
    def frontchannel_logout_uri(self) -> str | None:
        return self.metadata.get("frontchannel_logout_uri")

    @property
    def initiate_login_uri(self) -> str | None:
        return self.metadata.get("initiate_login_uri")

    @property
    def security_events_uri(self) -> str | None:
        return self.metadata.get("security_events_uri")

    def text(self, member: str, locale: str) -> str:
        """Return a human-readable member in the locale's language: RFC 7591 §2.2."""
        return str(self.metadata.get(f"{member}#{locale}") or self.metadata.get(member) or self.client_id)


@dataclass(frozen=True, slots=True)
class Resource:
    """A protected resource that an operator registered: what access tokens may be for (RFC 8707).

    `identifier` is its URI; `scopes` gives each scope's description by locale. A scope's name means the same
    thing at every resource that has it.
    """

    identifier: str
    scopes: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str] = field(default_factory=dict)
    token_format: str = "jwt"  # noqa: S105  a format, no secret
    signing_alg: str = "RS256"
    least_acr: str = LOA1
    created_at: int = 0
    disabled_at: int | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked authorization request: OpenID Connect Core §3.1.2.1.

    `userinfo_claims` and `id_token_claims` are the claim names that the claims parameter asked for;
    `verified_claims` its requests of that name, as JSON by place, `verified_names` those that consent names.
    `essential_acr` is the weakest class that will do, or "", and `wanted_acr` the same of acr_values;
    `hinted_subject` is the `sub` that must sign in. `dpop_jkt` is the thumbprint of the key that alone may
    redeem the code (RFC 9449 §10). `pushed_uri_hash` names the pushed request that this one came as, or "".
    `resource` holds the resource indicators of RFC 8707, and `resource_acr` the weakest class that does for
    them all.
    """

    client_id: str
    redirect_uri: str
    response_mode: str
    scope: tuple[str, ...]
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    essential_acr: str = ""
    wanted_acr: str = ""
    login_hint: str = ""
    hinted_subject: str = ""
    dpop_jkt: str | None = None
    pushed_uri_hash: str = ""
    ui_locales: tuple[str, ...] = ()
    userinfo_claims: tuple[str, ...] = ()
    id_token_claims: tuple[str, ...] = ()
    essential_claims: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    resource_acr: str = ""
    verified_claims: str | None = None
    verified_names: tuple[str, ...] = ()
    sandbox_fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> AuthorizationRequest:
        members: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in stored.items()}
        return cls(**members)

    @property
    def asked_claims(self) -> frozenset[str]:
        return frozenset(self.userinfo_claims + self.id_token_claims + self.verified_names)


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """A request that a client pushed: RFC 9126. Of its one-time request_uri only the hash is kept."""

    uri_hash: str
    client_id: str
    request: AuthorizationRequest
    created_at: int
    expires_at: int
    consumed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request that waits for a person, bound to the browser that began it.

    `mandate_id` is the mandate by which the person of session `mandate_sid` chose to act, "" for themselves.
    `request` is None for a sign-in to our own pages, which ends at `return_to`, a path of ours; `max_age` and
    `least_acr` then say what sign-in those pages need. Times are epoch seconds.
    """

    uid: str
    browser_hash: str
    request: AuthorizationRequest | None
    return_to: str | None
    max_age: int | None
    least_acr: str
    created_at: int
    expires_at: int
    authenticated_at: int | None = None
    authenticated_sid: str | None = None
    selected_sid: str | None = None
    consented_account_id: str | None = None
    denied_at: int | None = None
    completed_at: int | None = None
    mandate_sid: str | None = None
    mandate_id: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One authorization of one client by one person (or none): its code and every token hang on this row.

    A consumed code stays on the row as a tombstone. `generation` counts the refresh token's rotations.
    `verified_claims` is the request for them, as JSON by place. Where a helper signed in by a mandate,
    `account_id` is the principal, and `actor_id` the helper, whose sign-in it was. `withheld` names what the
    person keeps to themselves, None where they share it all.
    """

    id: str
    client_id: str
    account_id: str
    sid: str
    scope: str
    userinfo_claims: str
    id_token_claims: str
    nonce: str | None
    auth_time: int
    acr: str
    amr: str
    redirect_uri: str
    code_challenge: str | None
    dpop_jkt: str | None
    code_hash: bytes | None = field(repr=False)
    code_expires_at: int | None
    code_redeemed_at: int | None
    offline: int
    generation: int
    rotated_at: int | None
    created_at: int
    expires_at: int
    revoked_at: int | None
    resource: str = ""
    verified_claims: str | None = None
    actor_id: str | None = None
    mandate_id: str | None = None
    withheld: str | None = None

    @property
    def withheld_names(self) -> frozenset[str]:
        return frozenset(self.withheld.split()) if self.withheld else frozenset()

    @property
    def scopes(self) -> list[str]:
        """Return the scopes that the person shares something of."""
        if self.withheld is None:
            return self.scope.split()
        withheld = self.withheld_names
        return [name for name in self.scope.split() if WITHHELD_SCOPE + name not in withheld]

    @property
    def shared_scope(self) -> str:
        return self.scope if self.withheld is None else " ".join(self.scopes)

    @property
    def resources(self) -> list[str]:
        return self.resource.split()


GRANT_COLUMNS = tuple(f.name for f in fields(Grant))
