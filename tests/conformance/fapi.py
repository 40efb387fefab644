"""A relying party of the FAPI 2.0 plans: private_key_jwt, DPoP, PKCE, and every request pushed.

The plans' variants are its two switches: requests plain or as signed request objects (Message Signing), and
answers plain or as signed JWTs (JARM).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.conformance.relying_party import ASSERTION_TYPE, Callback, Flow, RelyingParty
from tests.oidc.proof import ath, make_proof
from tests.person import Page

LONGEST_SECONDS = 600
FAPI_ALGS = ("ES256", "PS256", "EdDSA")


@dataclass
class FapiParty(RelyingParty):
    """`is_signed` is the plan's fapi_request_method=signed_non_repudiation, `is_jarm` its response mode."""

    is_signed: bool = False
    is_jarm: bool = False
    dpop_key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"), repr=False)

    # The pushed authorization request endpoint

    def push(
        self,
        request: Mapping[str, str],
        *,
        object_: str | None = None,
        assertion: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Push a request, in a request object where this party signs them; more of httpx by keyword."""
        if object_ is None and self.is_signed:
            object_ = self.request_object(request)
        form = {"client_id": self.client_id, "request": object_} if object_ else dict(request)
        authentication = {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
        }
        outside = more.pop("outside", {})
        address = self.op.metadata["pushed_authorization_request_endpoint"]
        return self.op.http.post(address, data={**form, **outside, **authentication}, **more)

    def pushed(self, request: Mapping[str, str], **more: Any) -> dict[str, str]:
        """Push a request that must be taken; return what the browser then brings along: RFC 9126 §2.2."""
        answer = self.push(request, **more)
        assert answer.status_code == 201, answer.text
        assert "no-store" in answer.headers["Cache-Control"]
        told = answer.json()
        assert isinstance(told["expires_in"], int) and 0 < told["expires_in"] < LONGEST_SECONDS
        assert told["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
        return {"client_id": self.client_id, "request_uri": told["request_uri"]}

    def request_object(
        self,
        request: Mapping[str, str],
        key: ECKey | RSAKey | None = None,
        *,
        alg: str = "ES256",
        **changes: Any,
    ) -> str:
        """Return the request as a signed object, with changes to its claims; None leaves one out."""
        now = int(time.time())
        own = {"iss": self.client_id, "aud": self.op.issuer, "iat": now, "nbf": now, "exp": now + 300}
        claims = {n: v for n, v in {**own, **request, **changes}.items() if v is not None}
        key = key or self.key
        assert key is not None
        header = {"alg": alg, "kid": key.kid, "typ": "oauth-authz-req+jwt"}
        return jws.serialize_compact(header, orjson.dumps(claims), key, algorithms=[alg])

    # The authorization endpoint

    def request(self, **changes: str | None) -> dict[str, str]:
        mode = {"response_mode": "jwt"} if self.is_jarm else {}
        return super().request(**{**mode, **changes})

    def authorize(self, method: str = "GET", **changes: str | None) -> Callback:
        request = self.request(**changes)
        self.open(self.pushed(request), method)
        return self.finish(request)

    def deny(self, request: dict[str, str]) -> dict[str, str]:
        """Have the person sign in and refuse; return the checked answer."""
        self.open(self.pushed(request))
        return self.receive(self.person.pass_through(self.browser, consent="deny"), request)

    def _queried(self, page: Page) -> dict[str, str]:
        found = super()._queried(page)
        if not self.is_jarm:
            return found
        # JARM §2.4: the only parameter, and every other inside it
        assert set(found) == {"response"}, found
        header, claims = self.read_jwt(found["response"])
        assert header["alg"] in FAPI_ALGS
        assert claims.pop("aud") in (self.client_id, [self.client_id])
        assert time.time() < claims.pop("exp") <= time.time() + LONGEST_SECONDS
        return claims

    # Token and resource

    def proof(self, endpoint: str, method: str = "POST", **changes: Any) -> dict[str, str]:
        """Return the header of a DPoP proof for this endpoint."""
        address = self.op.metadata[endpoint]
        return {"DPoP": make_proof(method, address, int(time.time()), self.dpop_key, **changes)}

    def post(self, endpoint: str, form: Mapping[str, str]) -> httpx.Response:
        headers, members = self.authentication()
        headers = {**headers, **self.proof(endpoint)}
        return self.op.http.post(self.op.metadata[endpoint], data={**form, **members}, headers=headers)

    def exchange(self, callback: Callback) -> Flow:
        answer = self.redeem(callback)
        assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"], answer.text
        tokens = answer.json()
        assert tokens["token_type"] == "DPoP" and tokens["expires_in"] > 0
        return Flow(callback, tokens, self.check_id_token(tokens, callback.request.get("nonce")))

    def userinfo(self, token: str) -> httpx.Response:
        headers = self.proof("userinfo_endpoint", "GET", ath=ath(token))
        headers["Authorization"] = f"DPoP {token}"
        return self.op.http.get(self.op.metadata["userinfo_endpoint"], headers=headers)
