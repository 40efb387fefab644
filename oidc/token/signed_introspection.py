"""Introspection answers as signed JWTs: RFC 9701, for a resource that has to prove what it was told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oidc.http import NO_STORE, Response
from oidc.models import Client
from oidc.parts import Parts
from oidc.token.encryption import encrypt, is_encrypted

TYP = "token-introspection+jwt"
MEDIA_TYPE = f"application/{TYP}"
NAME = "introspection"
NO_WEIGHT = re.compile(r"q=0(\.0*)?")
DEFAULT_ALG = "RS256"  # RFC 9701 §6


def is_wanted(accept: str) -> bool:
    """Say whether the Accept header names the JWT: RFC 9701 §4. Any other header gets plain JSON."""
    for media_range in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in media_range.split(";"))
        if media_type == MEDIA_TYPE:
            # RFC 9110 §12.4.2: a weight of nought is a refusal
            return not any(NO_WEIGHT.fullmatch(part) for part in parameters)
    return False


class SignedIntrospection:
    """Signs answers, and encrypts them to who asked where they registered so."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._signer = parts.signer
        self._client_keys = parts.client_keys

    def respond(self, asker: Client, answer: Mapping[str, Any], now: int) -> Response:
        """Return the answer as the JWT of RFC 9701 §5.

        What it says of the token stands in one member, and neither `sub` nor `exp` beside it: so nobody can
        take it for an access token or an ID token (§8.1).
        """
        claims = {
            "iss": self._issuer,
            "aud": asker.client_id,
            "iat": now,
            "token_introspection": dict(answer),
        }
        alg = str(asker.metadata.get(f"{NAME}_signed_response_alg", DEFAULT_ALG))
        token = self._signer.sign(claims, alg=alg, typ=TYP, now=now)
        if is_encrypted(asker, NAME):
            token = encrypt(asker, NAME, token, self._client_keys)
        return Response(200, (("Content-Type", MEDIA_TYPE), *NO_STORE), token.encode())
