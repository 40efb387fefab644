"""The device authorization endpoint: RFC 8628 §3.1 and §3.2, for terminals without a browser."""

from __future__ import annotations

from oidc.authorization.request import read_scope
from oidc.claims import SCOPE_CLAIMS
from oidc.clients.terminal import check_details
from oidc.decoupled.models import DEVICE_CODE, DecoupledRequest
from oidc.decoupled.requests import hash_user_code
from oidc.decoupled.user_code import new_user_code, show_user_code
from oidc.errors import OAuthError, UnauthorizedClient
from oidc.http import Request, Response, json_response
from oidc.models import OPENID, Client
from oidc.parameters import read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.token.handles import hash_code, new_code, new_identifier

VERIFICATION_PATH, SANDBOX_PATH = "/device", "/sandbox/device"
TRIES = 8


class DeviceAuthorizationEndpoint:
    """Begins a request that somebody answers in another browser; the answer is polled for."""

    def __init__(self, parts: Parts) -> None:
        self._config = parts.config
        self._issuer = parts.config.issuer
        self._authenticator = parts.authenticator
        self._store = parts.stores.decoupled
        self._handles = parts.handles
        self._events = parts.events

    def respond(self, request: Request, now: int) -> Response:
        """Return the codes of §3.2, or the error of RFC 6749 §5.2."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            if DEVICE_CODE not in client.grant_types:
                raise UnauthorizedClient("This client is not registered for the device grant.")
            check_details(parameters.get("authorization_details"), client)
            asked = read_scope(parameters.get("scope") or OPENID, client)
            scope = tuple(name for name in asked if name in SCOPE_CLAIMS)
            return self._begin(client, scope, request.remote_address, now)
        except OAuthError as error:
            return refuse(self._events, "device.refused", error, now, client_id, request)

    def _begin(self, client: Client, scope: tuple[str, ...], asked_from: str, now: int) -> Response:
        device_code = new_code()
        user_code = self._add(client, scope, device_code, asked_from, now)
        shown = show_user_code(user_code)
        # Who is made up is picked beside the code, and signs in nowhere else
        address = self._issuer + (SANDBOX_PATH if client.is_sandbox else VERIFICATION_PATH)
        return json_response(
            {
                "device_code": device_code,
                "user_code": shown,
                "verification_uri": address,
                "verification_uri_complete": f"{address}?user_code={shown}",
                "expires_in": self._config.decoupled_lifetime_seconds,
                "interval": self._config.polling_interval_seconds,
            }
        )

    def _add(
        self, client: Client, scope: tuple[str, ...], device_code: str, asked_from: str, now: int
    ) -> str:
        """Store the request under a user code that no other one has; return that code."""
        for _ in range(TRIES):
            user_code = new_user_code()
            is_added = self._store.add(
                DecoupledRequest(
                    id=new_identifier(),
                    grant_type=DEVICE_CODE,
                    client_id=client.client_id,
                    handle_hash=hash_code(device_code),
                    user_code_hash=hash_user_code(self._handles, user_code),
                    account_id=None,
                    scope=" ".join(scope),
                    least_acr="",
                    binding_message="",
                    asked_from=asked_from,
                    interval_seconds=self._config.polling_interval_seconds,
                    created_at=now,
                    expires_at=now + self._config.decoupled_lifetime_seconds,
                )
            )
            if is_added:
                return user_code
        raise RuntimeError("no user code is free")
