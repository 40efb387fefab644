"""Token introspection: RFC 7662, for a protected resource and for a client of its own tokens."""

from __future__ import annotations

from typing import Any

from oidc.claims import userinfo_scope
from oidc.confirmation import token_type
from oidc.errors import InvalidClient, InvalidRequest, OAuthError
from oidc.http import Request, Response, json_response
from oidc.models import Client, Grant
from oidc.parameters import read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.token.access_token import is_live_client_token
from oidc.token.handles import CLIENT_ACCESS, Handle
from oidc.token.jwt_access_token import ResourceToken, ResourceTokens
from oidc.token.signed_introspection import SignedIntrospection, is_wanted

INACTIVE = {"active": False}


class IntrospectionEndpoint:
    """Tells a confidential client about tokens of its own, and a protected resource about those for it.

    Anyone else's are inactive to them: §4.
    """

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._note_use = parts.config.note_use
        self._authenticator = parts.authenticator
        self._handles = parts.handles
        self._resources = parts.stores.resources
        self._resource_tokens = ResourceTokens(parts)
        self._grants = parts.stores.grants
        self._replays = parts.stores.replays
        self._identifiers = parts.identifiers
        self._events = parts.events
        self._signed = SignedIntrospection(parts)

    def respond(self, request: Request, now: int) -> Response:
        """Return what the token is worth now: §2.2."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            if client.is_public:
                raise InvalidClient("A public client can't introspect.")
            token = parameters.get("token")
            if token is None:
                raise InvalidRequest("token is required.")
            answer = self.describe(client, token, now)
            self._note_use(client.client_id, "introspection", now)
            if is_wanted(request.accept):
                return self._signed.respond(client, answer, now)
            return json_response(answer)
        except OAuthError as error:
            return refuse(self._events, "introspection.refused", error, now, client_id, request)

    def describe(self, client: Client, token: str, now: int) -> dict[str, Any]:
        """Return the members of §2.2; token_type_hint is not needed, a handle says its kind."""
        handle = self._handles.read(token)
        if handle is None:
            return self._describe_resource_token(client, self._resource_tokens.read(token, now), now)
        if handle.kind == CLIENT_ACCESS:
            return self._describe_client_token(client, token, handle, now)
        if handle.is_access_token and handle.expires_at <= now:
            return INACTIVE
        grant = self._grants.find_live(handle.owner, now)
        if grant is None or grant.client_id != client.client_id:
            return INACTIVE
        if not handle.is_access_token and handle.generation != grant.generation:
            return INACTIVE
        return self._describe_grant(client, grant, handle)

    def _describe_grant(self, client: Client, grant: Grant, handle: Handle) -> dict[str, Any]:
        # A refresh token stands for all of the grant
        scope = userinfo_scope(grant) if handle.is_access_token else grant.shared_scope
        narrowed = " ".join(name for name in handle.scope.split() if name in grant.scopes)
        return {
            "active": True,
            "iss": self._issuer,
            "client_id": client.client_id,
            "sub": self._identifiers.subject(client, grant.account_id),
            "scope": narrowed if handle.scope else scope,
            "token_type": token_type(handle.confirmation) if handle.is_access_token else "refresh_token",
            "iat": handle.issued_at or grant.created_at,
            "exp": handle.expires_at or grant.expires_at,
            "auth_time": grant.auth_time,
            "acr": grant.acr,
            **self._identifiers.act(client, grant),
            **confirmation_members(handle),
        }

    def _describe_client_token(self, client: Client, token: str, handle: Handle, now: int) -> dict[str, Any]:
        if handle.owner != client.client_id or not is_live_client_token(token, handle, self._replays, now):
            return INACTIVE
        return {
            "active": True,
            "iss": self._issuer,
            "client_id": client.client_id,
            "sub": client.client_id,
            "scope": handle.scope,
            "token_type": token_type(handle.confirmation),
            "iat": handle.issued_at,
            "exp": handle.expires_at,
            **confirmation_members(handle),
        }

    def _describe_resource_token(
        self, asker: Client, token: ResourceToken | None, now: int
    ) -> dict[str, Any]:
        if token is None or not self._may_ask(asker, token) or not self._is_live(token, now):
            return INACTIVE
        answer = {"active": True, **token.claims, "token_type": token.token_type}
        if not self._may_see_subject(asker, token):
            del answer["sub"]
            if token.has_helper:
                del answer["act"]
        return answer

    @staticmethod
    def _may_ask(asker: Client, token: ResourceToken) -> bool:
        """Say whether the token is for this protected resource, or was issued to this client.

        What a sandbox issued is nothing to what is live, and the other way.
        """
        if token.is_sandbox != asker.is_sandbox:
            return False
        return token.resource == asker.protected_resource or token.client_id == asker.client_id

    def _is_live(self, token: ResourceToken, now: int) -> bool:
        if not self._resource_tokens.is_open(token):
            return False
        return not token.grant_id or self._resource_tokens.find_grant(token, now) is not None

    def _may_see_subject(self, asker: Client, token: ResourceToken) -> bool:
        """Say whether the asker may know `sub`: that of an opaque token is the resource's own affair."""
        resource = self._resources.find(token.resource)
        is_readable = resource is not None and resource.token_format == "jwt"  # noqa: S105  a format, no secret
        return is_readable or token.resource == asker.protected_resource


def confirmation_members(handle: Handle) -> dict[str, Any]:
    """RFC 9449 §6.2 and RFC 8705 §3.2: what the token is bound to."""
    return {"cnf": handle.confirmation.cnf} if handle.confirmation else {}
