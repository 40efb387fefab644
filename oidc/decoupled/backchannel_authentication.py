"""The backchannel authentication endpoint: CIBA Core 1.0 §7, for a counter that asks a person by name.

The answer is the same whoever the hint names, so that no counter learns who has an account: CIBA Core §13's
unknown_user_id is never sent. A request that leads to nobody waits like any other, and expires.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from oidc.decoupled.authentication_request import AuthenticationRequest, read_request
from oidc.decoupled.models import CIBA, DecoupledRequest
from oidc.decoupled.signed_request import SignedRequests
from oidc.errors import InvalidClient, InvalidRequest, OAuthError, UnauthorizedClient
from oidc.http import Request, Response, json_response
from oidc.models import Client
from oidc.parameters import read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.token.handles import Handles, hash_code, new_identifier

MOST_WAITING = 5
"""More requests than these a person isn't shown at once: nobody is worn down until they agree."""


def auth_req_id_of(handles: Handles, request_id: str) -> str:
    """Return the auth_req_id of a request: written anew each time, and stored nowhere but as a hash."""
    return urlsafe_b64encode(handles.digest("auth_req_id", request_id)).rstrip(b"=").decode()


class BackchannelAuthenticationEndpoint:
    """Begins a request that a person answers on their own page; the client polls, or is pinged."""

    def __init__(self, parts: Parts) -> None:
        self._config = parts.config
        self._authenticator = parts.authenticator
        self._signed_requests = SignedRequests(parts)
        self._store = parts.stores.decoupled
        self._grants = parts.stores.grants
        self._subjects = parts.stores.subjects
        self._identifiers = parts.identifiers
        self._signer = parts.signer
        self._handles = parts.handles
        self._events = parts.events

    def respond(self, request: Request, now: int) -> Response:
        """Return the acknowledgement of §7.3, or the error of §13."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            check_client(client)
            assembled = self._signed_requests.assemble(parameters, client, now)
            asked = read_request(assembled, client, self._config.decoupled_lifetime_seconds)
            return self._begin(client, asked, request.remote_address, now)
        except OAuthError as error:
            return refuse(self._events, "decoupled.refused", error, now, client_id, request)

    def _begin(self, client: Client, asked: AuthenticationRequest, asked_from: str, now: int) -> Response:
        request_id = new_identifier()
        auth_req_id = auth_req_id_of(self._handles, request_id)
        account_id = self._find_account(client, asked.hint, now)
        self._store.add(
            DecoupledRequest(
                id=request_id,
                grant_type=CIBA,
                client_id=client.client_id,
                handle_hash=hash_code(auth_req_id),
                user_code_hash=None,
                account_id=account_id,
                scope=" ".join(asked.scope),
                least_acr=asked.least_acr,
                binding_message=asked.binding_message,
                asked_from=asked_from,
                interval_seconds=self._config.polling_interval_seconds,
                created_at=now,
                expires_at=now + asked.expires_in,
                notification_token=asked.notification_token,
            )
        )
        self._events.record(
            "decoupled.ask",
            now=now,
            account_id=account_id,
            client_id=client.client_id,
            details={"flow": request_id, "seconds": 0},
        )
        return json_response(
            {
                "auth_req_id": auth_req_id,
                "expires_in": asked.expires_in,
                "interval": self._config.polling_interval_seconds,
            }
        )

    def _find_account(self, client: Client, hint: tuple[str, str], now: int) -> str | None:
        """Return who is asked, or None for nobody: unknown, shut, or asked so often that it is too much."""
        name, value = hint
        if name == "id_token_hint":
            found = self._find_by_id_token(client, value, now)
        elif self._config.may_keep_login_hint(value):
            found = self._subjects.find_by_login_hint(value, now, is_sandbox=client.is_sandbox)
        else:
            raise InvalidRequest("login_hint must not be the number of an identity document.")
        # Asked for nobody, too, so that both take as long
        waiting = self._store.list_waiting(found or "", now)
        return found if len(waiting) < MOST_WAITING else None

    def _find_by_id_token(self, client: Client, token: str, now: int) -> str | None:
        """Return the person of an ID token that this client got: it names the session of a grant."""
        try:
            claims = self._signer.verify(token, typ="JWT", now=now, allow_expired=True)
        except ValueError as error:
            raise InvalidRequest("id_token_hint is not an ID token of this provider.") from error
        if claims.get("aud") != client.client_id:
            raise InvalidRequest("id_token_hint was issued to another client.")
        parties = self._grants.list_parties(str(claims.get("sid", "")))
        accounts = (account for client_id, account in parties if client_id == client.client_id)
        fitting = (a for a in accounts if self._identifiers.subject(client, a) == claims.get("sub"))
        return next(fitting, None)


def check_client(client: Client) -> None:
    """§7.1: the client authenticates, and is registered for CIBA."""
    if client.is_public:
        raise InvalidClient("A public client can't ask people by name.")
    if CIBA not in client.grant_types:
        raise UnauthorizedClient("This client is not registered for CIBA.")
