"""Authorization responses: RFC 6749 §4.1.2, with the issuer of RFC 9207."""

from __future__ import annotations

from oidc.errors import OAuthError
from oidc.http import Response, redirect

RESPONSE_MODES = ("query",)


def success_response(issuer: str, redirect_uri: str, state: str | None, code: str) -> Response:
    """Send the code to the client."""
    return _respond(issuer, redirect_uri, state, {"code": code})


def failure_response(issuer: str, redirect_uri: str, state: str | None, error: OAuthError) -> Response:
    """Send the error to the client; `redirect_uri` has been checked against the registered ones."""
    return _respond(
        issuer, redirect_uri, state, {"error": error.code, "error_description": error.description}
    )


def _respond(issuer: str, redirect_uri: str, state: str | None, parameters: dict[str, str]) -> Response:
    if state is not None:
        parameters["state"] = state
    return redirect(redirect_uri, {**parameters, "iss": issuer})
