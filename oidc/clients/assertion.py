"""private_key_jwt: RFC 7523 §3 and OpenID Connect Core §9."""

from __future__ import annotations

from typing import Any

from oidc.clients.client_keys import ClientKeys
from oidc.clients.signed_object import (
    SIGNING_ALGS,
    BadSignedObject,
    SignedObject,
    decode_base64url,
    get_algorithms,
    is_numeric_date,
    is_of_type,
    read_signed_object,
)
from oidc.errors import InvalidClient
from oidc.interfaces import ReplayStore
from oidc.models import FAPI2, Client
from oidc.strict_json import BadJson, load_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGS = SIGNING_ALGS
TYPES = ("jwt", "client-authentication+jwt")
MAX_BYTES = 8 * 1024
MAX_LIFETIME_SECONDS = 3600
LEEWAY_SECONDS = 60
PURPOSE = "client_assertion"


class AssertionChecker:
    """Checks that an assertion was made by the client, for us, now, and for the first time.

    `audiences` are the names that we go by, the issuer first.
    """

    def __init__(self, audiences: tuple[str, ...], replays: ReplayStore, keys: ClientKeys) -> None:
        self._audiences = audiences
        self._replays = replays
        self._keys = keys

    @staticmethod
    def claimed_client_id(assertion: str) -> str:
        """Return the unverified `sub`, or "": RFC 7521 §4.2 makes the client_id parameter optional."""
        try:
            payload = assertion.split(".")[1]
            claims = load_object(decode_base64url(payload), max_bytes=MAX_BYTES)
        except (IndexError, BadJson):
            return ""
        subject = claims.get("sub")
        return subject if isinstance(subject, str) else ""

    def check(self, client: Client | None, assertion: str, now: int) -> None:
        """Raise InvalidClient unless the assertion holds."""
        if client is None or client.auth_method != "private_key_jwt":
            raise InvalidClient("Client authentication failed.")
        signed = self._verify(client, assertion)
        if not is_of_type(signed.header, *TYPES):
            raise InvalidClient("typ of client_assertion must be client-authentication+jwt or JWT.")
        claims = signed.claims
        self._check_claims(client, claims, now)
        identifier = f"{client.client_id} {claims['jti']}"
        # A minute longer than it is good for, since the machines' clocks differ
        if not self._replays.consume(PURPOSE, identifier, claims["exp"] + 2 * LEEWAY_SECONDS):
            raise InvalidClient("This client_assertion was used before.")

    def _verify(self, client: Client, assertion: str) -> SignedObject:
        algorithms = get_algorithms(client, "token_endpoint_auth_signing_alg")
        try:
            return read_signed_object(
                client, assertion, self._keys, algorithms=algorithms, max_bytes=MAX_BYTES
            )
        except BadSignedObject as error:
            raise InvalidClient(f"client_assertion {error}") from error

    def _check_claims(self, client: Client, claims: dict[str, Any], now: int) -> None:
        """RFC 7523 §3, in its order."""
        if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
            raise InvalidClient("iss and sub must be the client_id.")
        if client.profile == FAPI2:
            # FAPI 2.0 §5.3.2.1: its issuer identifier, as a string and not in a list
            if claims.get("aud") != self._audiences[0]:
                raise InvalidClient("aud must be the issuer, as a string.")
        elif not self._is_for_us(claims.get("aud")):
            raise InvalidClient("aud must be the issuer or the token endpoint.")
        expires_at = claims.get("exp")
        if not is_numeric_date(expires_at) or not -LEEWAY_SECONDS < expires_at - now <= MAX_LIFETIME_SECONDS:
            raise InvalidClient("exp must be in the future, by an hour at most.")
        for name in [name for name in ("nbf", "iat") if name in claims]:
            if not is_numeric_date(claims[name]) or claims[name] > now + LEEWAY_SECONDS:
                raise InvalidClient(f"{name} is in the future.")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= 255:
            raise InvalidClient("jti is required.")

    def _is_for_us(self, audience: object) -> bool:
        """RFC 7523bis: whoever else the assertion is for could use it here, so every audience must be us."""
        audiences = audience if isinstance(audience, list) else [audience]
        return bool(audiences) and all(a in self._audiences for a in audiences)
