"""Request objects: RFC 9101 and OpenID Connect Core §6, by value and by reference, always signed.

RFC 9101 §6.3: what stands outside the object is not used, even where the object leaves it out.
"""

from __future__ import annotations

from typing import Any

import orjson

from oidc.clients.request_uris import RequestUris
from oidc.clients.signed_object import (
    BadSignedObject,
    SignedObject,
    get_algorithms,
    is_numeric_date,
    is_of_type,
    read_signed_object,
)
from oidc.errors import InvalidRequest, InvalidRequestObject
from oidc.models import FAPI2, Client
from oidc.parameters import REPEATABLE, Parameters, join
from oidc.parts import Parts

MAX_BYTES = 64 * 1024
MAX_SECONDS = 3600
LEEWAY_SECONDS = 10  # FAPI 2.0 Security Profile §5.3.2.1: up to 10 seconds ahead must be accepted
TYPES = ("oauth-authz-req+jwt", "jwt")
ENVELOPE = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
"""Claims about the object itself: RFC 9101 §4 puts the parameters beside them."""


class RequestObjects:
    """Replaces the parameters of a request by those in the object that it carries."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._keys = parts.client_keys
        self._uris = RequestUris(parts.fetcher)

    def assemble(self, parameters: Parameters, client: Client, now: int) -> Parameters:
        """Return the parameters that count; raise the OAuthError that says what is wrong with the object."""
        values = parameters.values
        token, request_uri = values.get("request"), values.get("request_uri")
        if token is None and request_uri is None:
            if client.must_sign_requests:
                raise InvalidRequest("This client must send its requests as signed request objects.")
            return parameters
        if token is not None and request_uri is not None:
            raise InvalidRequest("request and request_uri exclude each other.")
        signed = self._verify(client, token or self._uris.fetch(client, request_uri or ""))
        check_type(signed.header)
        check_claims(client, signed.claims, self._issuer, now)
        inside = read_inside(signed.claims)
        if "response_type" in values and values["response_type"] != inside.get("response_type"):
            # OpenID Connect Core §6.1
            raise InvalidRequestObject("response_type differs outside the request object and inside.")
        return Parameters(inside, parameters.repeated)

    def _verify(self, client: Client, token: str) -> SignedObject:
        try:
            algorithms = get_algorithms(client, "request_object_signing_alg")
            return read_signed_object(client, token, self._keys, algorithms=algorithms, max_bytes=MAX_BYTES)
        except BadSignedObject as error:
            raise InvalidRequestObject(f"The request object {error}") from error


def check_type(header: dict[str, Any]) -> None:
    """RFC 9101 §10.8.1: no other kind of JWT of the client's passes for a request object."""
    if not is_of_type(header, *TYPES):
        raise InvalidRequestObject("typ of the request object must be oauth-authz-req+jwt or JWT.")


def check_claims(client: Client, claims: dict[str, Any], issuer: str, now: int) -> None:
    """Raise InvalidRequestObject unless this client made it for us, and for now."""
    if claims.get("client_id") != client.client_id:
        raise InvalidRequestObject("client_id must be in the request object, too, and the same: RFC 9101.")
    if claims.get("iss", client.client_id) != client.client_id:
        raise InvalidRequestObject("iss of the request object must be the client_id.")
    if claims.get("sub") == client.client_id:
        # RFC 9101 §10.8.2: such an object could pass for a client assertion
        raise InvalidRequestObject("sub of the request object must not be the client_id.")
    if {"request", "request_uri"} & claims.keys():
        raise InvalidRequestObject("A request object must hold neither request nor request_uri: RFC 9101.")
    audience = claims.get("aud", () if client.profile == FAPI2 else issuer)
    if issuer not in (audience if isinstance(audience, list) else [audience]):
        raise InvalidRequestObject("aud of the request object must be the issuer.")
    check_times(claims, now)
    if client.profile == FAPI2:
        check_lifetime(claims, now)


def check_times(claims: dict[str, Any], now: int) -> None:
    """RFC 7519 §4.1.4 to §4.1.6, for those that are there."""
    for name in ("exp", "nbf", "iat"):
        if name in claims and not is_numeric_date(claims[name]):
            raise InvalidRequestObject(f"{name} of the request object must be a time in seconds.")
    if claims.get("exp", now) <= now - LEEWAY_SECONDS:
        raise InvalidRequestObject("The request object has expired.")
    if max(claims.get("nbf", 0), claims.get("iat", 0)) > now + LEEWAY_SECONDS:
        raise InvalidRequestObject("The request object is not valid yet.")


def check_lifetime(claims: dict[str, Any], now: int) -> None:
    """FAPI 2.0 Message Signing §5.3.1: nbf and exp, at most an hour old and an hour apart."""
    not_before, expires_at = claims.get("nbf"), claims.get("exp")
    if not_before is None or not_before < now - MAX_SECONDS:
        raise InvalidRequestObject("nbf of the request object is required, and at most an hour past.")
    if expires_at is None or expires_at > not_before + MAX_SECONDS:
        raise InvalidRequestObject("exp of the request object is required, at most an hour after nbf.")


def read_inside(claims: dict[str, Any]) -> dict[str, str]:
    """Return the parameters as a query would have them: RFC 9101 §4, numbers and objects are JSON."""
    inside = {}
    for name, value in claims.items():
        if name in ENVELOPE or value is None:
            continue
        text = read_value(name, value)
        if "\x00" in text or "\x00" in name:
            raise InvalidRequestObject("The request object holds a NUL character.")
        if text:
            inside[name] = text
    return inside


def read_value(name: str, value: Any) -> str:
    """Return a claim as the parameter that it stands for; a list is one that may come several times."""
    if name in REPEATABLE:
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in values):
            raise InvalidRequestObject(
                f"{name} in the request object must be a string, or a list of strings."
            )
        return join(values)
    return value if isinstance(value, str) else orjson.dumps(value).decode()
