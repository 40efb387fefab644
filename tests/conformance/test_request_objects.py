"""The modules of the Dynamic and Basic plans about request objects: OpenID Connect Core §6.

oidcc-request-uri-unsigned, oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported and
oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported skip themselves, without `none`.
"""

from __future__ import annotations

import hashlib
import time
from base64 import urlsafe_b64encode
from functools import cache
from uuid import uuid4

import orjson
import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.conformance.conftest import NewRelyingParty
from tests.conformance.elsewhere import Elsewhere
from tests.conformance.relying_party import Op, RelyingParty


@cache
def key() -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": "request"})


JWKS = {"keys": [key().as_dict(private=False)]}
EMPTY_UNSIGNED = "eyJhbGciOiJub25lIn0.e30."


def signed(rp: RelyingParty, request: dict[str, str]) -> str:
    now = int(time.time())
    claims = {"iss": rp.client_id, "aud": rp.op.issuer, "iat": now, "exp": now + 300, **request}
    return jws.serialize_compact({"alg": "RS256", "kid": "request"}, orjson.dumps(claims), key(), ["RS256"])


def beside(request: dict[str, str]) -> dict[str, str]:
    """Return what OpenID Connect Core §6.1 asks for outside the object, as the suite sends it."""
    return {name: request[name] for name in ("client_id", "response_type", "scope")}


def test_discovery_offers_signed_objects_alone(op: Op) -> None:
    """oidcc-request-uri-signed-rs256 looks for it, and modules about unsigned ones skip themselves by it."""
    assert op.metadata["request_uri_parameter_supported"] is True
    assert op.metadata["request_parameter_supported"] is True
    algorithms = op.metadata["request_object_signing_alg_values_supported"]
    assert "RS256" in algorithms and "none" not in algorithms


@pytest.mark.parametrize("with_fragment", [True, False])
def test_oidcc_request_uri_signed_rs256(
    new_relying_party: NewRelyingParty, elsewhere: Elsewhere, with_fragment: bool
) -> None:
    path = f"/requests/{uuid4()}"
    # The suite's fragment is the digest of something random: it tells contents apart, and is no proof of them
    fragment = urlsafe_b64encode(hashlib.sha256(path.encode()).digest()).rstrip(b"=").decode()
    uri = elsewhere.url(path=path) + (f"#{fragment}" if with_fragment else "")
    rp = new_relying_party(jwks=JWKS, request_uris=[uri], request_object_signing_alg="RS256")
    request = rp.request()
    elsewhere.put(path, signed(rp, request))
    rp.open({**beside(request), "request_uri": uri})
    rp.check_userinfo(rp.exchange(rp.finish(request)))
    assert path in elsewhere.asked()


def test_a_request_object_by_value(new_relying_party: NewRelyingParty) -> None:
    rp = new_relying_party(jwks=JWKS)
    request = rp.request()
    rp.open({**beside(request), "request": signed(rp, request)}, "POST")
    rp.check_userinfo(rp.exchange(rp.finish(request)))


def test_oidcc_ensure_request_object_with_redirect_uri(new_relying_party: NewRelyingParty) -> None:
    rp = new_relying_party(jwks=JWKS)
    request = rp.request()
    outside = {**beside(request), "redirect_uri": "https://rp.example/callback/invalid"}
    rp.open({**outside, "request": signed(rp, request)})
    rp.exchange(rp.finish(request))


@pytest.mark.parametrize("name", ["request", "request_uri"])
def test_what_is_not_taken_is_told_to_the_client(new_relying_party: NewRelyingParty, name: str) -> None:
    rp = new_relying_party()
    value = EMPTY_UNSIGNED if name == "request" else "https://rp.example/r"
    request = rp.request(**{name: value})
    expected = "invalid_request_object" if name == "request" else "request_uri_not_supported"
    assert rp.receive(rp.open(request), request)["error"] == expected
