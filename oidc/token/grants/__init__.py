"""One module a grant type; each exports one function with the signature of `Exchange`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from oidc.claims import SCOPE_CLAIMS, userinfo_scope
from oidc.clients.terminal import details_of
from oidc.confirmation import Confirmation, token_type
from oidc.decoupled.requests import DecoupledRequests
from oidc.errors import InvalidScope, InvalidTarget
from oidc.interfaces import Events, GrantStore, ReplayStore, ResourceStore
from oidc.models import Client, Grant, Resource, acr_at_least
from oidc.parameters import scopes_in
from oidc.parts import NoteUse, Parts
from oidc.resource.indicators import get_target, scope_for
from oidc.token.access_token import issue_access_token
from oidc.token.handles import Handles
from oidc.token.id_token import IdTokens
from oidc.token.jwt_access_token import ResourceTokens, Wanted
from oidc.token.refresh_token import issue_refresh_token


@dataclass(frozen=True, slots=True)
class TokenContext:
    """What every grant type needs; lifetimes are in seconds."""

    grants: GrantStore
    decoupled: DecoupledRequests
    handles: Handles
    id_tokens: IdTokens
    resources: ResourceStore
    resource_tokens: ResourceTokens
    replays: ReplayStore
    events: Events
    access_token_lifetime_seconds: int
    refresh_reuse_grace_seconds: int
    note_reuse: Callable[[Grant, int], None]
    note_use: NoteUse

    @classmethod
    def of(cls, parts: Parts) -> TokenContext:
        return cls(
            grants=parts.stores.grants,
            decoupled=DecoupledRequests(parts),
            handles=parts.handles,
            id_tokens=IdTokens(parts),
            resources=parts.stores.resources,
            resource_tokens=ResourceTokens(parts),
            replays=parts.stores.replays,
            events=parts.events,
            note_reuse=parts.config.note_reuse,
            note_use=parts.config.note_use,
            access_token_lifetime_seconds=parts.config.access_token_lifetime_seconds,
            refresh_reuse_grace_seconds=parts.config.refresh_reuse_grace_seconds,
        )


class TokenRequest(NamedTuple):
    """A request of an authenticated client; `now` is in epoch seconds.

    `confirmation` is what the issued tokens are to be bound to, None for bearer tokens; `fault` what is to be
    wrong with an ID token (`oidc.sandbox_faults`).
    """

    client: Client
    parameters: Mapping[str, str]
    now: int
    confirmation: Confirmation | None = None
    fault: str = ""


Exchange = Callable[[TokenContext, TokenRequest], dict[str, Any]]


def find_target(context: TokenContext, asked: TokenRequest) -> Resource | None:
    """Return the resource that this request names: RFC 8707 §2.2; raise InvalidTarget.

    None where it names none: the token is then for UserInfo, whatever resources the grant covers.
    """
    indicators = asked.parameters.get("resource")
    return None if indicators is None else get_target(indicators, context.resources, asked.client.resources)


def check_granted(target: Resource | None, grant: Grant) -> None:
    """Raise InvalidTarget where the grant doesn't cover the resource, or no longer does: RFC 8707 §2.2."""
    if target is None:
        return
    if target.identifier not in grant.resources:
        raise InvalidTarget("The authorization request did not ask for this resource.")
    check_acr(target, grant)


def check_acr(target: Resource, grant: Grant) -> None:
    """Raise InvalidTarget where the resource needs a stronger sign-in than the grant's."""
    if not acr_at_least(grant.acr, target.least_acr):
        raise InvalidTarget("The resource needs a stronger sign-in than this person's.", reason="acr_too_low")


def scope_of_token(client: Client, grant: Grant, target: Resource | None, asked: str | None) -> str:
    """Return the scope of a token for the target: the grant's, or of it what is asked; raise InvalidScope."""
    if target is not None:
        return scope_for(target, client.resources[target.identifier], grant.scopes, asked)
    if asked is None:
        return userinfo_scope(grant)
    wanted = scopes_in(asked)
    # RFC 6749 §6: never more than what was granted
    if not wanted or not set(wanted) <= set(grant.scopes):
        raise InvalidScope("scope must not exceed what was granted.")
    if grant.resource and not set(wanted) <= SCOPE_CLAIMS.keys():
        raise InvalidScope("scope holds what is a resource's; name that resource, too.")
    return " ".join(wanted)


def token_response(
    context: TokenContext,
    asked: TokenRequest,
    grant: Grant,
    scope: str,
    *,
    target: Resource | None = None,
    id_token: bool = True,
) -> dict[str, Any]:
    """Build the successful answer of RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3.

    `scope` is the access token's, which is for UserInfo or for the target.
    """
    client, now = asked.client, asked.now
    access_token, lifetime = issue(context, asked, grant, scope, target)
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": token_type(asked.confirmation),
        "expires_in": min(lifetime, grant.expires_at - now),
        "scope": scope,
    }
    if "refresh_token" in client.grant_types:
        # RFC 9449 §5 and RFC 8705 §7.1: a confidential client's is bound to its authentication already
        bound_to = asked.confirmation if client.is_public else None
        answer["refresh_token"] = issue_refresh_token(context.handles, grant, bound_to)
    if client.terminal:
        answer["authorization_details"] = details_of(client)
    if id_token:
        answer["id_token"] = context.id_tokens.issue(client, grant, access_token, now, fault=asked.fault)
    return answer


def issue(
    context: TokenContext, asked: TokenRequest, grant: Grant, scope: str, target: Resource | None
) -> tuple[str, int]:
    """Return an access token, and how many seconds it may live."""
    now = asked.now
    if target is None:
        lifetime = context.access_token_lifetime_seconds
        token = issue_access_token(context.handles, grant, scope, now, lifetime, asked.confirmation)
        return token, lifetime
    tokens = context.resource_tokens
    wanted = Wanted(target, asked.client, scope, now + tokens.lifetime_seconds, asked.confirmation)
    return tokens.issue_for_person(wanted, grant, now), tokens.lifetime_seconds
