"""The token endpoint: RFC 6749 §3.2."""

from __future__ import annotations

from oidc.decoupled.models import CIBA, DEVICE_CODE
from oidc.errors import InvalidRequest, OAuthError, UnauthorizedClient, UnsupportedGrantType
from oidc.http import Request, Response, json_response
from oidc.models import TOKEN_EXCHANGE, Client
from oidc.parameters import read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.sandbox_faults import (
    PARAMETER,
    check_token_request,
    fault_of,
    mark,
    mark_refusal,
    seconds_late,
)
from oidc.token.grants import Exchange, TokenContext, TokenRequest
from oidc.token.grants.authorization_code import exchange_authorization_code
from oidc.token.grants.ciba import exchange_ciba
from oidc.token.grants.client_credentials import exchange_client_credentials
from oidc.token.grants.device_code import exchange_device_code
from oidc.token.grants.refresh_token import exchange_refresh_token
from oidc.token.grants.token_exchange import exchange_token

GRANTS: dict[str, Exchange] = {
    "authorization_code": exchange_authorization_code,
    "refresh_token": exchange_refresh_token,
    "client_credentials": exchange_client_credentials,
    DEVICE_CODE: exchange_device_code,
    CIBA: exchange_ciba,
    TOKEN_EXCHANGE: exchange_token,
}
WITHOUT_ID_TOKEN = ("client_credentials", TOKEN_EXCHANGE)


class TokenEndpoint:
    """Answers token requests; the caller's unit of work is committed for refusals too."""

    def __init__(self, parts: Parts) -> None:
        self._authenticator = parts.authenticator
        self._sender_constraint = parts.sender_constraint
        self._context = TokenContext.of(parts)
        self._faults = parts.config.faults

    def respond(self, request: Request, now: int) -> Response:
        """Return tokens, or the error of RFC 6749 §5.2."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            grant_type = parameters.get("grant_type")
            fault = fault_of(client, "token", parameters.get(PARAMETER), self._faults, now)
            check_token_request(fault)
            exchange = get_exchange(client, grant_type)
            if grant_type not in WITHOUT_ID_TOKEN:
                # Before anything is spent: the client can try again once its keys are there
                self._context.id_tokens.check_can_issue(client)
            confirmed = self._sender_constraint.confirm(client, request, "token_endpoint", now)
            asked = TokenRequest(client, parameters, now, confirmed.confirmation, fault)
            answer = json_response(exchange(self._context, asked), headers=confirmed.headers)
            return mark(answer, fault)._replace(delay_seconds=seconds_late(fault)) if fault else answer
        except OAuthError as error:
            refused = refuse(self._context.events, "token.refused", error, now, client_id, request)
            return mark_refusal(refused, error)


def get_exchange(client: Client, grant_type: str | None) -> Exchange:
    """Return what exchanges this grant type; raise the OAuthError that says why not."""
    if grant_type is None:
        raise InvalidRequest("grant_type is required.")
    exchange = GRANTS.get(grant_type)
    if exchange is None:
        raise UnsupportedGrantType("This grant_type is not supported.")
    if grant_type not in client.grant_types:
        raise UnauthorizedClient("This client is not registered for this grant_type.")
    return exchange
