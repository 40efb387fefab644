"""Bearer tokens: RFC 6750 §2 (where a token may come from) and §3 (how one is refused)."""

from __future__ import annotations

from oidc.errors import InvalidRequest, InvalidToken, OAuthError
from oidc.http import Request, Response, json_response
from oidc.parameters import FORM, parse


def read_bearer_token(request: Request) -> str:
    """Return the access token of the header or of a form body; raise InvalidToken or InvalidRequest.

    §2.3's query parameter is ignored: RFC 9700 §4.3.2.
    """
    scheme, _, token = request.authorization.partition(" ")
    from_header = token.strip() if scheme.lower() == "bearer" else ""
    from_body = _read_body(request)
    if from_header and from_body:
        raise InvalidRequest("The access token was sent twice.")
    if not (from_header or from_body):
        raise InvalidToken("An access token is required.")
    return from_header or from_body


def _read_body(request: Request) -> str:
    is_form = request.content_type.partition(";")[0].strip().lower() == FORM
    if request.method != "POST" or not is_form:
        return ""
    parameters = parse(request.body)
    if "access_token" in parameters.repeated:
        raise InvalidRequest("The access token was sent twice.")
    return parameters.values.get("access_token", "")


def challenge(error: OAuthError) -> Response:
    """Refuse with the challenge of §3."""
    value = f'Bearer error="{error.code}", error_description="{error.description}"'
    body = {"error": error.code, "error_description": error.description}
    answer = json_response(body, error.status)
    return Response(answer.status, (*answer.headers, ("WWW-Authenticate", value)), answer.body)
