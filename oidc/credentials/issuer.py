"""Where verifiers find the keys of our credentials: the JWT VC issuer metadata of SD-JWT VC."""

from __future__ import annotations

import hashlib

import orjson

from oidc.credentials.sd_jwt import ALG
from oidc.http import JSON, Response
from oidc.interfaces import Signer

PATH = "/.well-known/jwt-vc-issuer"
MAX_AGE_SECONDS = 300


class IssuerMetadata:
    """The keys that sign credentials, and no others; made anew when the keys change."""

    def __init__(self, signer: Signer, issuer: str) -> None:
        self._signer = signer
        self._issuer = issuer
        self._made: tuple[bytes, Response] | None = None

    def get(self, now: int) -> Response:
        jwks, made = self._signer.jwks(now), self._made
        if made is None or made[0] != jwks:
            self._made = made = (jwks, self._make(jwks))
        return made[1]

    def _make(self, jwks: bytes) -> Response:
        keys = [key for key in orjson.loads(jwks)["keys"] if key["alg"] == ALG]
        body = orjson.dumps({"issuer": self._issuer, "jwks": {"keys": keys}})
        headers = (
            *JSON,
            ("Cache-Control", f"public, max-age={MAX_AGE_SECONDS}"),
            ("ETag", f'"{hashlib.sha256(body).hexdigest()[:32]}"'),
            ("Access-Control-Allow-Origin", "*"),
        )
        return Response(200, headers, body)
