"""UserInfo: OpenID Connect Core §5.3."""

from __future__ import annotations

from oidc.claims import select
from oidc.errors import InsufficientScope, InvalidToken, OAuthError
from oidc.http import Request, Response, json_response
from oidc.models import OPENID
from oidc.parts import Parts
from oidc.refusal import record_refusal
from oidc.resource.bearer import challenge, read_bearer_token
from oidc.token.handles import ACCESS, CLIENT_ACCESS


class UserInfoEndpoint:
    """Gives a client the claims that its access token covers, as they are now."""

    def __init__(self, parts: Parts) -> None:
        self._clients = parts.stores.clients
        self._subjects = parts.stores.subjects
        self._identifiers = parts.identifiers
        self._handles = parts.handles
        self._events = parts.events

    def respond(self, request: Request, now: int) -> Response:
        """Return the claims as JSON, or the challenge of RFC 6750 §3."""
        try:
            return self._answer(read_bearer_token(request), now)
        except OAuthError as error:
            record_refusal(self._events, "userinfo.refused", error, now, None)
            return challenge(error)

    def _answer(self, token: str, now: int) -> Response:
        handle = self._handles.read(token)
        if handle is None or not handle.is_access_token or handle.expires_at <= now:
            raise InvalidToken("The access token is unknown or expired.")
        if handle.kind == CLIENT_ACCESS:
            raise InsufficientScope("There is no person behind this access token.")
        found = self._subjects.claims_of_grant(handle.owner, now) if handle.kind == ACCESS else None
        client = self._clients.find(found[0].client_id) if found else None
        if found is None or client is None or client.disabled_at is not None:
            raise InvalidToken("The access token has been revoked.")
        grant, claims = found
        scopes = handle.scope.split() or grant.scopes
        if OPENID not in scopes:
            raise InsufficientScope("The access token does not cover openid.")
        # A token that was narrowed opens its scopes alone
        by_name = [] if handle.scope else grant.userinfo_claims.split()
        released = select(claims, scopes, by_name)
        return json_response({**released, "sub": self._identifiers.subject(client, grant.account_id)})
