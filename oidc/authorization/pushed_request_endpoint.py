"""The pushed authorization request endpoint: RFC 9126 §2."""

from __future__ import annotations

from dataclasses import replace

from oidc.authorization.pushed_request import PushedRequests
from oidc.authorization.reader import RequestReader
from oidc.authorization.request import check_request
from oidc.errors import InvalidDpopProof, InvalidRequest, OAuthError
from oidc.http import Request, Response, json_response
from oidc.models import AuthorizationRequest
from oidc.parameters import Parameters, read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.token.dpop import Proved
from oidc.token.sender_constraint import nonce_header


class PushedRequestEndpoint:
    """Checks and keeps the requests of authenticated clients."""

    def __init__(self, parts: Parts) -> None:
        self._authenticator = parts.authenticator
        self._reader = RequestReader(parts)
        self._pushed = PushedRequests(parts)
        self._sender_constraint = parts.sender_constraint
        self._events = parts.events
        self._admit_stranger = parts.config.admit_stranger

    def respond(self, request: Request, now: int) -> Response:
        """Answer 201 with the request_uri (§2.2), or an error that never leads a browser anywhere (§2.3)."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            if client.is_public:
                # Whoever knows its name may push, and each push is kept
                self._admit_stranger(request.remote_address, now)
            if "request_uri" in parameters:
                raise InvalidRequest("request_uri must not be pushed: RFC 9126 section 2.1.")
            draft = self._reader.draft(Parameters(parameters, frozenset()), client, now, is_pushed=True)
            proved = self._sender_constraint.find_proved(
                request, "pushed_authorization_request_endpoint", now
            )
            request_uri, expires_in = self._pushed.push(bind(check_request(draft), proved), now)
            answer = {"request_uri": request_uri, "expires_in": expires_in}
            return json_response(answer, 201, nonce_header(proved))
        except OAuthError as error:
            return refuse(self._events, "authorization.push_refused", error, now, client_id, request)


def bind(request: AuthorizationRequest, proved: Proved | None) -> AuthorizationRequest:
    """RFC 9449 §10.1: a proof names the key that the code is for, as dpop_jkt does: both name the same."""
    if proved is None:
        return request
    if request.dpop_jkt not in (None, proved.jkt):
        raise InvalidDpopProof("dpop_jkt is not the thumbprint of the DPoP proof's key.")
    return replace(request, dpop_jkt=proved.jkt)
