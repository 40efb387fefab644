"""UserInfo: OpenID Connect Core §5.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from oidc.errors import InsufficientScope, InvalidToken, OAuthError, TemporarilyUnavailable, error_response
from oidc.http import NO_STORE, Request, Response, json_response
from oidc.models import OPENID, Client, Grant
from oidc.parts import Parts
from oidc.refusal import record_refusal
from oidc.release import Part, release
from oidc.resource.bearer import challenge_either, read_access_token
from oidc.sandbox_faults import (
    PARAMETER,
    check_userinfo_request,
    fault_of,
    mark,
    mark_refusal,
    seconds_late,
    spoil_userinfo,
)
from oidc.token.encryption import encrypt, is_encrypted
from oidc.token.handles import ACCESS, CLIENT_ACCESS, Handle
from oidc.token.jwt_access_token import ResourceTokens


class UserInfoEndpoint:
    """Gives a client the claims that its access token covers, as they are now."""

    def __init__(self, parts: Parts) -> None:
        self._clients = parts.stores.clients
        self._subjects = parts.stores.subjects
        self._grants = parts.stores.grants
        self._identifiers = parts.identifiers
        self._handles = parts.handles
        self._sender_constraint = parts.sender_constraint
        self._issuer = parts.config.issuer
        self._note_use = parts.config.note_use
        self._signer = parts.signer
        self._client_keys = parts.client_keys
        self._resource_tokens = ResourceTokens(parts)
        self._events = parts.events
        self._faults = parts.config.faults

    def respond(self, request: Request, now: int) -> Response:
        """Return the claims, as the client registered to have them, or the challenge of RFC 6750 §3."""
        handle = None
        try:
            presented = read_access_token(request)
            handle = self._handles.read(presented.text)
            if handle is None:
                raise self._explain(presented.text, now)
            headers = self._sender_constraint.check_use(
                request, presented, handle.confirmation, "userinfo_endpoint", now
            )
            answer = self._answer(handle, request, now)
            return answer._replace(headers=(*answer.headers, *headers)) if headers else answer
        except OAuthError as error:
            record_refusal(self._events, "userinfo.refused", error, now, self._find_caller(handle, error))
            return mark_refusal(self._refuse(error, request), error)

    def _find_caller(self, handle: Handle | None, error: OAuthError) -> str | None:
        """Return the client that a token of ours was issued to, however it is with it now."""
        if handle is None or not handle.is_access_token:
            return None
        if handle.kind == CLIENT_ACCESS:
            return handle.owner
        grant = self._grants.find(handle.owner)
        if grant is None:
            return None
        error.flow = grant.id
        return grant.client_id

    @staticmethod
    def _refuse(error: OAuthError, request: Request) -> Response:
        if isinstance(error, TemporarilyUnavailable):
            return error_response(error)  # not about the token: RFC 6750 §3.1 has no challenge for it
        return challenge_either(error, request)

    def _answer(self, handle: Handle, request: Request, now: int) -> Response:
        if not handle.is_access_token or handle.expires_at <= now:
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
        fault = self._find_fault(client, request, now) if client.is_sandbox else ""
        released = self.claims(client, grant, part_of(grant, handle.scope), claims, now)
        if fault:
            answer = self._respond(client, spoil_userinfo(released, fault), now)
            return mark(answer, fault)._replace(delay_seconds=seconds_late(fault))
        return self._respond(client, released, now)

    def _find_fault(self, client: Client, request: Request, now: int) -> str:
        """Return what is to go wrong with this request of a sandbox; raise it where it is a refusal."""
        asked = parse_qs(request.query).get(PARAMETER, [""])[0]
        fault = fault_of(client, "userinfo", asked, self._faults, now)
        check_userinfo_request(fault)
        return fault

    def claims(
        self, client: Client, grant: Grant, part: Part, profile: Mapping[str, Any], now: int
    ) -> dict[str, Any]:
        """Return what the client is told of the part, by a grant of the person with this profile."""
        released = release(grant, client, part, profile, self._subjects, now)
        released |= self._identifiers.act(client, grant)
        released["sub"] = self._identifiers.subject(client, grant.account_id)
        return released

    def _respond(self, client: Client, released: dict[str, Any], now: int) -> Response:
        self._note_use(client.client_id, "userinfo", now)
        if "userinfo_signed_response_alg" in client.metadata or is_encrypted(client, "userinfo"):
            return self._respond_by_jwt(client, released, now)
        return json_response(released)

    def _respond_by_jwt(self, client: Client, claims: dict[str, Any], now: int) -> Response:
        """§5.3.2: signed, encrypted, or signed and then encrypted; iss and aud say by whom and for whom."""
        claims |= {"iss": self._issuer, "aud": client.client_id}
        alg = client.metadata.get("userinfo_signed_response_alg")
        if alg is not None:
            token = self._signer.sign(claims, alg=alg, typ="JWT", now=now)
            if is_encrypted(client, "userinfo"):
                token = encrypt(client, "userinfo", token, self._client_keys)
        else:
            token = encrypt(client, "userinfo", orjson.dumps(claims), self._client_keys, cty="")
        return Response(200, (("Content-Type", "application/jwt"), *NO_STORE), token.encode())

    def _explain(self, token: str, now: int) -> InvalidToken:
        # RFC 8707 §3 and RFC 9068 §4: a token is used where its audience says, and nowhere else
        if self._resource_tokens.read(token, now) is not None:
            return InvalidToken("The access token is for another resource.", reason="wrong_audience")
        return InvalidToken("The access token is unknown or expired.")


def part_of(grant: Grant, narrowed: str = "") -> Part:
    """Return what an access token of the grant opens here; one that was narrowed, its scopes alone."""
    by_name = [] if narrowed else grant.userinfo_claims.split()
    return Part("userinfo", narrowed.split() or grant.scopes, by_name, has_verified=not narrowed)
