"""The authorization request: RFC 6749 §4.1.1 and OpenID Connect Core §3.1.2.1, one check a rule.

First come the two that decide whether an error may be sent to the client at all; then REQUEST_CHECKS, in the
order of the specification, each reading the parameters and filling in what it has checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oidc.authorization.pkce import check_challenge
from oidc.authorization.response import RESPONSE_MODES, ReplyTo, takes_response_mode
from oidc.claims import SCOPE_CLAIMS, list_unregistered, parse_claims_parameter
from oidc.clients.redirect_uris import is_registered
from oidc.clients.terminal import check_details
from oidc.consent import is_agreed
from oidc.errors import (
    InvalidRequest,
    InvalidScope,
    OAuthError,
    RegistrationNotSupported,
    UnauthorizedClient,
    UnknownClient,
    UnmetAuthenticationRequirements,
    UnsafeRequest,
    UnsupportedResponseType,
)
from oidc.interfaces import ClientStore, ResourceStore, Signer
from oidc.models import ACR_VALUES, OPENID, AuthorizationRequest, Client
from oidc.parameters import Parameters, scopes_in
from oidc.resource.indicators import get_resources, least_acr_of
from oidc.sandbox_faults import AT_AUTHORIZATION, PARAMETER
from oidc.yes_no import check_places

MAX_STATE = 4096
MAX_NONCE = 1024
MAX_SCOPE = 2048
PROMPT_VALUES = frozenset({"none", "login", "consent", "select_account"})
NUMBER = re.compile(r"[0-9]{1,10}")
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7638 by SHA-256
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3


@dataclass(slots=True)
class Draft:
    """A request on its way through the checks: the parameters, and what is already right about them.

    `is_pushed` says that it came to the pushed authorization request endpoint; `pushed` is what passed there
    before and needs no more checks. `objection` is what is wrong with the request object that should have
    given the parameters.
    """

    parameters: Mapping[str, str]
    repeated: frozenset[str]
    client: Client
    redirect_uri: str
    signer: Signer
    resources: ResourceStore
    now: int
    resource_scopes: frozenset[str] = frozenset()
    is_pushed: bool = False
    pushed: AuthorizationRequest | None = None
    objection: OAuthError | None = None
    may_keep_login_hint: Callable[[str], bool] = lambda _hint: True
    is_ward: Callable[[str], bool] = lambda _code: True
    is_park: Callable[[str], bool] = lambda _identifier: True
    checked: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.parameters.get(name)

    @property
    def reply_to(self) -> ReplyTo:
        return ReplyTo(self.redirect_uri, self.get("response_mode") or "query", self.get("state"))


def find_trusted_client(parameters: Parameters, clients: ClientStore) -> Client:
    """Return the client that asks; raise UnsafeRequest or UnknownClient, which are shown, not redirected."""
    if parameters.repeated & {"client_id", "redirect_uri"}:
        raise UnsafeRequest("client_id and redirect_uri must come once.")
    client_id = parameters.values.get("client_id")
    client = clients.find(client_id) if client_id else None
    if client is None or client.disabled_at is not None:
        raise UnknownClient("No such client is registered.")
    return client


def get_redirect_uri(parameters: Parameters, client: Client) -> str:
    """Return the redirect URI, which is one that the client registered; raise UnsafeRequest."""
    redirect_uri = parameters.values.get("redirect_uri")
    if redirect_uri is None or not is_registered(redirect_uri, client):
        raise UnsafeRequest(
            "The redirect_uri is not one that this client registered.", reason="redirect_uri_unregistered"
        )
    return redirect_uri


def check_repeated(draft: Draft) -> None:
    if draft.repeated:
        raise InvalidRequest("A parameter was sent more than once.")


def check_state(draft: Draft) -> None:
    state = draft.get("state")
    if state is not None and len(state) > MAX_STATE:
        raise InvalidRequest(f"state is longer than {MAX_STATE} characters.")
    draft.checked["state"] = state


def check_response_type(draft: Draft) -> None:
    response_type = draft.get("response_type")
    if response_type is None:
        raise InvalidRequest("response_type is required.")
    if response_type != "code":
        # RFC 9700 §2.1.2: implicit and hybrid types stay off
        raise UnsupportedResponseType("The only response_type is code.")
    if "code" not in draft.client.response_types:
        raise UnauthorizedClient("This client may not use response_type=code.")


def check_response_mode(draft: Draft) -> None:
    mode = draft.get("response_mode") or "query"
    if mode not in RESPONSE_MODES:
        raise InvalidRequest("This response_mode is not supported.")
    if not takes_response_mode(draft.client, mode):
        raise InvalidRequest(
            "This response_mode needs authorization_signed_response_alg in the registration."
        )
    draft.checked["response_mode"] = mode


def check_pushed(draft: Draft) -> None:
    """RFC 9126 §6: whoever has to push gets no answer to parameters that came through the browser."""
    if draft.client.must_push and not draft.is_pushed:
        raise InvalidRequest("This client must push its requests: RFC 9126.")


def check_request_object(draft: Draft) -> None:
    if draft.objection is not None:
        raise draft.objection
    # OpenID Connect Core §7.2.1: self-issued registration is not on
    if draft.get("registration") is not None:
        raise RegistrationNotSupported("The registration parameter is not supported.")


def check_resource(draft: Draft) -> None:
    """RFC 8707 §2.1: the protected resources that the grant shall cover."""
    indicators = draft.get("resource")
    if indicators is None:
        return
    allowed = draft.client.resources
    found = get_resources(indicators, draft.resources, allowed)
    draft.resource_scopes = frozenset(
        scope for resource in found for scope in resource.scopes if scope in allowed[resource.identifier]
    )
    draft.checked["resource"] = tuple(resource.identifier for resource in found)
    draft.checked["resource_acr"] = least_acr_of(found)


def check_scope(draft: Draft) -> None:
    """OpenID Connect Core §3.1.2.1: openid is required, and scopes that aren't understood are ignored.

    Beside the scopes of claims those of the resources are understood, for which the person is asked by name.
    """
    asked = read_scope(draft.get("scope") or "", draft.client)
    if "resource" in draft.checked and not draft.resource_scopes.intersection(asked):
        # What a person agrees to are scopes: a resource alone would be access that nobody was asked for
        raise InvalidScope("scope must name what is wanted of the resource.")
    understood = draft.resource_scopes.union(SCOPE_CLAIMS)
    draft.checked["scope"] = tuple(name for name in asked if name in understood)


def read_scope(text: str, client: Client) -> tuple[str, ...]:
    """Return the scopes asked for, those that aren't understood, too; raise InvalidScope."""
    if len(text) > MAX_SCOPE or not all(SCOPE_TOKEN.fullmatch(name) for name in text.split(" ") if name):
        raise InvalidScope("scope is too long or holds characters that RFC 6749 does not allow.")
    asked = scopes_in(text)
    if OPENID not in asked:
        raise InvalidScope("scope must hold openid.")
    refused = [name for name in asked if name in SCOPE_CLAIMS and name not in client.scope]
    if refused:
        raise InvalidScope(f"This client may not ask for: {' '.join(refused)}.")
    return tuple(asked)


def check_nonce(draft: Draft) -> None:
    nonce = draft.get("nonce")
    if nonce is not None and len(nonce) > MAX_NONCE:
        raise InvalidRequest(f"nonce is longer than {MAX_NONCE} characters.")
    draft.checked["nonce"] = nonce


def check_pkce(draft: Draft) -> None:
    challenge = draft.get("code_challenge")
    check_challenge(challenge, draft.get("code_challenge_method"), required=draft.client.must_use_pkce)
    draft.checked["code_challenge"] = challenge


def check_dpop_jkt(draft: Draft) -> None:
    """RFC 9449 §10: the thumbprint of the key that the code shall be bound to."""
    thumbprint = draft.get("dpop_jkt")
    if thumbprint is not None and not THUMBPRINT.fullmatch(thumbprint):
        raise InvalidRequest("dpop_jkt must be the 43 characters of a JWK SHA-256 thumbprint.")
    draft.checked["dpop_jkt"] = thumbprint


def check_prompt(draft: Draft) -> None:
    asked = tuple((draft.get("prompt") or "").split())
    if not PROMPT_VALUES.issuperset(asked):
        raise InvalidRequest("prompt takes none, login, consent and select_account.")
    if "none" in asked and len(asked) > 1:
        raise InvalidRequest("prompt=none goes with no other value.")
    draft.checked["prompt"] = asked


def check_max_age(draft: Draft) -> None:
    text = draft.get("max_age")
    if text is None:
        draft.checked["max_age"] = draft.client.metadata.get("default_max_age")
        return
    if not NUMBER.fullmatch(text):
        raise InvalidRequest("max_age is a number of seconds.")
    draft.checked["max_age"] = int(text)


def check_acr_values(draft: Draft) -> None:
    """OpenID Connect Core §3.1.2.1 and RFC 9470 §5: any of the values will do, so the weakest is needed.

    Values that aren't ours are ignored: acr_values is a wish, and never an error. OpenID Connect Registration
    §2: without it, the client's default_acr_values are its wish.
    """
    asked = draft.get("acr_values")
    wished = draft.client.metadata.get("default_acr_values", ()) if asked is None else asked.split()
    draft.checked["wanted_acr"] = next((acr for acr in ACR_VALUES if acr in wished), "")


def check_claims(draft: Draft) -> None:
    text = draft.get("claims")
    if text is None:
        return
    asked = parse_claims_parameter(text)
    if asked.essential_acr and asked.essential_acr not in ACR_VALUES:
        raise UnmetAuthenticationRequirements("The acr that is essential is not one of acr_values_supported.")
    refused = list_unregistered(asked, draft.client.scope)
    if refused:
        raise InvalidRequest(f"This client registered no scope that covers: {' '.join(refused)}.")
    by_name = (*asked.userinfo, *asked.id_token, *asked.verified_names)
    if beyond := sorted({name for name in by_name if not is_agreed(name, draft.client)}):
        raise InvalidRequest(f"It was not agreed that this client asks for: {' '.join(beyond)}.")
    check_places(by_name, draft.is_ward, draft.is_park)
    draft.checked.update(
        userinfo_claims=asked.userinfo,
        id_token_claims=asked.id_token,
        essential_claims=asked.essential,
        essential_acr=asked.essential_acr,
        verified_claims=json.dumps(asked.verified) if asked.verified else None,
        verified_names=asked.verified_names,
        hinted_subject=asked.subject,
    )


def check_authorization_details(draft: Draft) -> None:
    """RFC 9396 §5: of one type alone, which says at which terminal the person is, and grants nothing."""
    check_details(draft.get("authorization_details"), draft.client)


def check_id_token_hint(draft: Draft) -> None:
    """OpenID Connect Core §3.1.2.1: the person of an ID token of ours, expired ones too, must be the one."""
    hint = draft.get("id_token_hint")
    if hint is None:
        return
    try:
        claims = draft.signer.verify(hint, typ="JWT", now=draft.now, allow_expired=True)
    except ValueError as error:
        raise InvalidRequest("id_token_hint is not an ID token of this provider.") from error
    if claims.get("aud") != draft.client.client_id:
        raise InvalidRequest("id_token_hint was issued to another client.")
    if not isinstance(claims.get("sub"), str):
        # What else we sign for the client, as authorization responses, names no person
        raise InvalidRequest("id_token_hint is not an ID token of this provider.")
    if draft.checked.get("hinted_subject") not in (None, "", claims["sub"]):
        raise InvalidRequest("id_token_hint and the claims parameter name two different people.")
    draft.checked["hinted_subject"] = claims["sub"]


def check_hints(draft: Draft) -> None:
    """login_hint, ui_locales and the like help where they can and are never an error."""
    hint = (draft.get("login_hint") or "")[:256]
    draft.checked["login_hint"] = hint if draft.may_keep_login_hint(hint) else ""
    draft.checked["ui_locales"] = tuple((draft.get("ui_locales") or "").split()[:5])


def check_sandbox_fault(draft: Draft) -> None:
    """Only at a sandbox: to a live client it is a parameter like any that nobody knows (RFC 6749 §3.1)."""
    fault = draft.get(PARAMETER) if draft.client.is_sandbox else None
    if fault is not None and fault not in AT_AUTHORIZATION:
        raise InvalidRequest(f"{PARAMETER} takes {', '.join(AT_AUTHORIZATION)}.")
    if fault is not None:
        draft.checked[PARAMETER] = fault


REQUEST_CHECKS: tuple[Callable[[Draft], None], ...] = (
    check_state,
    check_repeated,
    check_pushed,
    check_request_object,
    check_response_type,
    check_response_mode,
    check_resource,
    check_scope,
    check_nonce,
    check_pkce,
    check_dpop_jkt,
    check_prompt,
    check_max_age,
    check_acr_values,
    check_claims,
    check_authorization_details,
    check_id_token_hint,
    check_hints,
    check_sandbox_fault,
)


def check_request(draft: Draft) -> AuthorizationRequest:
    """Run every check in order; raise the first OAuthError, which may be sent to the redirect URI."""
    if draft.pushed is not None:
        return draft.pushed
    for check in REQUEST_CHECKS:
        check(draft)
    return AuthorizationRequest(
        client_id=draft.client.client_id, redirect_uri=draft.redirect_uri, **draft.checked
    )
