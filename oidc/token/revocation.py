"""Token revocation: RFC 7009."""

from __future__ import annotations

from oidc.errors import InvalidRequest, OAuthError
from oidc.http import NO_STORE, Request, Response
from oidc.models import Client
from oidc.parameters import read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.token.access_token import REVOKED
from oidc.token.handles import CLIENT_ACCESS
from oidc.token.jwt_access_token import ResourceTokens


class RevocationEndpoint:
    """Ends the grant of a token, and with it every token that hangs on it (§2.1 allows as much)."""

    def __init__(self, parts: Parts) -> None:
        self._authenticator = parts.authenticator
        self._handles = parts.handles
        self._resource_tokens = ResourceTokens(parts)
        self._grants = parts.stores.grants
        self._replays = parts.stores.replays
        self._events = parts.events

    def respond(self, request: Request, now: int) -> Response:
        """Answer 200 with nothing, for tokens that are no more or another's, too: §2.2."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            token = parameters.get("token")
            if token is None:
                raise InvalidRequest("token is required.")
            self.revoke(client, token, now)
            return Response(200, NO_STORE)
        except OAuthError as error:
            return refuse(self._events, "revocation.refused", error, now, client_id, request)

    def revoke(self, client: Client, token: str, now: int) -> None:
        """End what the token belongs to, if it is the client's."""
        handle = self._handles.read(token)
        if handle is None:
            self._revoke_resource_token(client, token, now)
            return
        if handle.kind == CLIENT_ACCESS:
            if handle.owner == client.client_id and handle.expires_at > now:
                self._replays.consume(REVOKED, token[:64], handle.expires_at)
            return
        self._revoke_grant(client, handle.owner, now)

    def _revoke_resource_token(self, client: Client, token: str, now: int) -> None:
        found = self._resource_tokens.read(token, now)
        if found is None or found.client_id != client.client_id:
            return
        if found.is_by_itself:
            self._resource_tokens.revoke(found)
        else:
            self._revoke_grant(client, found.grant_id, now)

    def _revoke_grant(self, client: Client, grant_id: str, now: int) -> None:
        grant = self._grants.find(grant_id)
        if grant is None or grant.client_id != client.client_id:
            return
        if self._grants.revoke(grant.id, now):
            self._events.record(
                "token.revoked", now=now, account_id=grant.account_id, client_id=client.client_id
            )
