"""Access tokens in requests: RFC 6750 §2 (where one comes from) and §3 (how one is refused), RFC 9449 §7."""

from __future__ import annotations

from typing import NamedTuple

from oidc.errors import InvalidDpopProof, InvalidRequest, InvalidToken, OAuthError, UseDpopNonce
from oidc.http import Headers, Request, Response, json_response
from oidc.parameters import FORM, parse
from oidc.token.dpop import DPOP_ALGS

BEARER = "Bearer"
DPOP = "DPoP"


class AccessToken(NamedTuple):
    """An access token as presented, and whether by the DPoP scheme: RFC 9449 §7.1."""

    text: str
    is_dpop: bool = False


def read_access_token(request: Request) -> AccessToken:
    """Return the access token by either scheme; raise InvalidToken or InvalidRequest."""
    scheme, _, token = request.authorization.partition(" ")
    if scheme.lower() != DPOP.lower() or not token.strip():
        return AccessToken(read_bearer_token(request))
    if _read_body(request):
        raise InvalidRequest("The access token was sent twice.")
    return AccessToken(token.strip(), is_dpop=True)


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


def challenge(error: OAuthError, scheme: str = BEARER) -> Response:
    """Refuse with the challenge of RFC 6750 §3, or by RFC 9449 §7.1 with the algorithms of a proof."""
    value = f'{scheme} error="{error.code}", error_description="{error.description}"'
    headers: Headers = (("WWW-Authenticate", value + (_ALGS if scheme == DPOP else "")),)
    if isinstance(error, UseDpopNonce):
        headers += (("DPoP-Nonce", error.nonce),)
    body = {"error": error.code, "error_description": error.description}
    is_about_proof = isinstance(error, InvalidDpopProof | UseDpopNonce)
    answer = json_response(body, 401 if is_about_proof else error.status)
    return answer._replace(headers=(*answer.headers, *headers))


def challenge_either(error: OAuthError, request: Request) -> Response:
    """Refuse by the scheme that the request used, and name the other: RFC 9449 §7.2."""
    used_dpop = request.authorization.partition(" ")[0].lower() == DPOP.lower()
    answer = challenge(error, DPOP if used_dpop else BEARER)
    other = BEARER if used_dpop else DPOP + _ALGS.removeprefix(",")
    return answer._replace(headers=(("WWW-Authenticate", other), *answer.headers))


_ALGS = f', algs="{" ".join(DPOP_ALGS)}"'
