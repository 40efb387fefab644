"""The token exchange grant: RFC 8693. A protected resource calls another in the name of the same person.

It is delegation and never impersonation: the token says who acts, in `act`. It hangs on the grant of the
token that it was made of: it ends with that grant, and with that token's time, whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from oidc.confirmation import token_type
from oidc.errors import InvalidRequest, InvalidTarget, UnauthorizedClient
from oidc.models import Grant, Resource
from oidc.resource.indicators import get_target, scope_for
from oidc.token.access_token import is_live_client_token
from oidc.token.grants import TokenContext, TokenRequest, check_acr
from oidc.token.jwt_access_token import ResourceToken, Wanted

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  a name of RFC 8693 §3
JWT = "urn:ietf:params:oauth:token-type:jwt"
MOST_ACTORS = 4


class Subject(NamedTuple):
    """The token that is exchanged, and the grant of the person whom it is about."""

    token: ResourceToken
    grant: Grant


def exchange_token(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Exchange an access token for one by which the client acts, for the same person, at another resource."""
    client, parameters, now = asked.client, asked.parameters, asked.now
    if client.is_public:
        raise UnauthorizedClient("A public client can't exchange tokens.")
    subject = get_subject(context, asked)
    check_actor(context, asked)
    target = get_exchange_target(context, asked, subject.grant)
    issued_type = get_requested_type(parameters, target)
    allowed = client.exchange_resources[target.identifier]
    scope = scope_for(target, allowed, subject.token.scopes, parameters.get("scope"))
    ends = min(now + context.resource_tokens.lifetime_seconds, subject.token.expires_at)
    wanted = Wanted(target, client, scope, ends, asked.confirmation)
    actors = get_actors(client.client_id, subject.token)
    token = context.resource_tokens.issue_for_person(wanted, subject.grant, now, actors=actors)
    context.events.record(
        "token.exchanged",
        now=now,
        account_id=subject.grant.account_id,
        client_id=client.client_id,
        details={"from": subject.token.client_id, "resource": target.identifier, "scope": scope},
    )
    return {
        "access_token": token,
        "issued_token_type": issued_type,
        "token_type": token_type(asked.confirmation),
        "expires_in": min(ends, subject.grant.expires_at) - now,
        "scope": scope,
    }


def get_subject(context: TokenContext, asked: TokenRequest) -> Subject:
    """Return the subject token, if it is good and rightly in this client's hands; raise InvalidRequest.

    That is, if it was issued to the client, or is for the protected resource that it is: whoever picks
    a token up elsewhere gets nothing for it.
    """
    client, parameters = asked.client, asked.parameters
    if "subject_token" not in parameters:
        raise InvalidRequest("subject_token is required.")
    if parameters.get("subject_token_type") not in (ACCESS_TOKEN, JWT):
        raise InvalidRequest(f"subject_token_type must be {ACCESS_TOKEN}.")
    tokens = context.resource_tokens
    token = tokens.read(parameters["subject_token"], asked.now)
    is_its_own = token is not None and token.client_id == client.client_id
    is_fitting = is_its_own or (token is not None and token.resource == client.protected_resource)
    if token is None or not is_fitting or token.is_sandbox != client.is_sandbox:
        # RFC 8693 §2.2.2: invalid_request for a token that is no good, or not acceptable
        raise InvalidRequest("subject_token is not an access token for this client's resource.")
    if is_its_own and "cnf" in token.claims and not _is_bound_to(token, asked):
        raise InvalidRequest("subject_token is bound to another key.")
    grant = tokens.find_grant(token, asked.now)
    if grant is None or not tokens.is_open(token):
        raise InvalidRequest("subject_token has been revoked, or there is no person behind it.")
    return Subject(token, grant)


def _is_bound_to(token: ResourceToken, asked: TokenRequest) -> bool:
    """Say whether who presents a token of their own has its key: RFC 9449 §7.1."""
    return asked.confirmation is not None and asked.confirmation.cnf == token.claims["cnf"]


def check_actor(context: TokenContext, asked: TokenRequest) -> None:
    """Raise InvalidRequest unless the actor, where one is named, is the client that authenticated itself.

    It acts in any case: the actor token may say so once more, and nobody else may be named.
    """
    parameters, client = asked.parameters, asked.client
    token, kind = parameters.get("actor_token"), parameters.get("actor_token_type")
    if token is None:
        if kind is not None:
            raise InvalidRequest("actor_token_type goes with actor_token.")  # RFC 8693 §2.1
        return
    if kind not in (ACCESS_TOKEN, JWT):
        raise InvalidRequest(f"actor_token_type must be {ACCESS_TOKEN}.")
    if not _is_own_token(context, token, client.client_id, asked.now):
        raise InvalidRequest("actor_token must be a live token of the client's own.")


def _is_own_token(context: TokenContext, token: str, client_id: str, now: int) -> bool:
    """Say whether this is a live token by which the client acts for itself."""
    handle = context.handles.read(token)
    if handle is not None:
        return handle.owner == client_id and is_live_client_token(token, handle, context.replays, now)
    found = context.resource_tokens.read(token, now)
    if found is None or found.grant_id or found.client_id != client_id:
        return False
    return context.resource_tokens.is_open(found)


def get_exchange_target(context: TokenContext, asked: TokenRequest, grant: Grant) -> Resource:
    """Return the resource that the new token is for, by `resource` or `audience`; raise InvalidTarget."""
    parameters, allowed = asked.parameters, asked.client.exchange_resources
    named = " ".join(parameters[name] for name in ("resource", "audience") if name in parameters)
    if not named:
        raise InvalidTarget("resource is required: for which one shall the token be?")
    target = get_target(named, context.resources, allowed)
    check_acr(target, grant)
    return target


def get_requested_type(parameters: Mapping[str, str], target: Resource) -> str:
    """Return the type of the token to be issued; raise InvalidRequest for one that we don't issue."""
    wanted = parameters.get("requested_token_type", ACCESS_TOKEN)
    if wanted not in (ACCESS_TOKEN, JWT):
        raise InvalidRequest("requested_token_type must be an access token or a JWT.")
    if wanted == JWT and target.token_format != "jwt":  # noqa: S105  a format, no secret
        raise InvalidRequest("The resource takes no JWT; ask for an access token.")
    return wanted


def get_actors(client_id: str, token: ResourceToken) -> list[str]:
    """Return the clients that act, this one first; raise InvalidRequest where many did before."""
    actors = [client_id, *token.actors]
    if len(actors) > MOST_ACTORS:
        raise InvalidRequest(f"A token is exchanged {MOST_ACTORS} times at most.")
    return actors
