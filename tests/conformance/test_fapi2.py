"""The modules of the FAPI 2.0 plans about pushed requests, request objects and signed answers.

They are of fapi2-security-profile-final-test-plan and fapi2-message-signing-final-test-plan, by DPoP.
A module's name, where it is not the test's, stands in its docstring.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.conformance.fapi import FapiParty
from tests.conformance.relying_party import REDIRECT_URI, Op, check_refused
from tests.person import Person

NewParty = Callable[..., FapiParty]
VARIANTS = {
    "plain": {},
    "signed": {"is_signed": True},
    "jarm": {"is_jarm": True},
    "signed-jarm": {"is_signed": True, "is_jarm": True},
}


@cache
def rsa_key() -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": "rsa"})


@pytest.fixture
def new_party(op: Op, person: Person) -> Iterator[NewParty]:
    """Register a client as an operator does for the plans."""
    made: list[FapiParty] = []

    def new(**variant: Any) -> FapiParty:
        key = ECKey.generate_key("P-256", parameters={"kid": "ec"})
        client = op.target.new_client(
            profile="fapi2",
            redirect_uris=[REDIRECT_URI],
            token_endpoint_auth_method="private_key_jwt",
            jwks={"keys": [k.as_dict(private=False) for k in (key, rsa_key())]},
            dpop_bound_access_tokens=True,
            id_token_signed_response_alg="ES256",
            **({"require_signed_request_object": True} if variant.get("is_signed") else {}),
            **({"authorization_signed_response_alg": "ES256"} if variant.get("is_jarm") else {}),
        )
        party = FapiParty(
            op,
            person,
            client.client_id,
            method="private_key_jwt",
            pkce=True,
            id_token_alg="ES256",
            key=key,
            assertion_audience=op.issuer,
            **variant,
        )
        made.append(party)
        return party

    yield new
    for party in made:
        party.browser.close()


@pytest.fixture(params=VARIANTS.values(), ids=VARIANTS.keys())
def rp(request: pytest.FixtureRequest, new_party: NewParty) -> FapiParty:
    """A relying party of each of the plans' variants."""
    return new_party(**request.param)


@pytest.fixture
def signer(new_party: NewParty) -> FapiParty:
    """A relying party that signs its requests, each of which must be."""
    return new_party(is_signed=True)


@pytest.fixture
def pusher(new_party: NewParty) -> FapiParty:
    """A relying party that pushes its requests as they are."""
    return new_party()


def test_discovery_end_point_verification(op: Op) -> None:
    found = op.metadata
    assert found["pushed_authorization_request_endpoint"].startswith(op.issuer)
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert "private_key_jwt" in found["token_endpoint_auth_methods_supported"]
    for name in ("dpop", "request_object", "token_endpoint_auth", "authorization"):
        member = f"{name}_signing_alg_values_supported"
        assert {"PS256", "ES256"} & set(found[member]) and "none" not in found[member], member
    assert "jwt" in found["response_modes_supported"] and found["request_parameter_supported"] is True


# Well-behaved clients


def test_happy_flow(rp: FapiParty) -> None:
    flow = rp.flow(scope="openid profile")
    rp.check_userinfo(flow)
    bearer = {"Authorization": f"Bearer {flow.tokens['access_token']}"}
    assert rp.op.http.get(rp.op.metadata["userinfo_endpoint"], headers=bearer).status_code == 401


def test_user_rejects_authentication(rp: FapiParty) -> None:
    assert rp.deny(rp.request())["error"] == "access_denied"


def test_ensure_authorization_request_without_state_and_nonce_success(rp: FapiParty) -> None:
    """…-without-state-success, …-without-nonce-success"""
    assert "state" not in rp.authorize(state=None).parameters
    assert "nonce" not in rp.flow(nonce=None).claims


@pytest.mark.parametrize("length", [64, 384])
def test_ensure_authorization_request_with_long_nonce_and_state(pusher: FapiParty, length: int) -> None:
    """…-with-64-char-nonce-success, …-with-long-nonce, …-with-long-state"""
    text = "0123456789abcdef" * (length // 16)
    assert pusher.flow(nonce=text, state=text).claims["nonce"] == text


def test_ensure_other_scope_order_succeeds(rp: FapiParty) -> None:
    rp.check_userinfo(rp.flow(scope="profile openid"))


def test_par_without_duplicate_parameters(rp: FapiParty) -> None:
    """RFC 9101 §5: client_id and request_uri are enough, and what comes beside them is of no account."""
    request = rp.request()
    beside = {
        "scope": "openid email",
        "state": "beside",
        "redirect_uri": "https://evil.example/",
        "nonce": "x",
    }
    rp.open({**beside, **rp.pushed(request)})
    flow = rp.exchange(rp.finish(request))
    assert "email" not in flow.tokens["scope"].split()


# Pushed requests: RFC 9126


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(rp: FapiParty) -> None:
    request = rp.request()
    pushed = rp.pushed(request)
    assert rp.open(pushed).has("login_username"), "the first visit, which is left"
    rp.open(pushed)
    rp.exchange(rp.finish(request))


def test_par_attempt_reuse_request_uri(rp: FapiParty) -> None:
    request = rp.request()
    pushed = rp.pushed(request)
    rp.open(pushed)
    rp.exchange(rp.finish(request))
    page = rp.open(pushed)
    assert rp.is_error_page(page) and page.error_code == "invalid_request_uri"


def test_par_attempt_to_use_expired_request_uri(rp: FapiParty, op: Op) -> None:
    pushed = rp.pushed(rp.request())
    sql = "UPDATE pushed_requests SET expires_at = :now WHERE client_id = :id"
    assert op.target.execute(sql, now=int(time.time()), id=rp.client_id) == 1
    page = rp.open(pushed)
    assert rp.is_error_page(page) and page.error_code == "invalid_request_uri"


def test_par_attempt_to_use_request_uri_for_different_client(new_party: NewParty) -> None:
    first, second = new_party(), new_party()
    pushed = first.pushed(first.request())
    page = second.open({**pushed, "client_id": second.client_id})
    assert second.is_error_page(page) and page.error_code == "invalid_request_uri"


def test_par_authorization_request_containing_request_uri(rp: FapiParty) -> None:
    """…-containing-request_uri-form-param"""
    uri = {"request_uri": "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c"}
    check_refused(rp.push(rp.request(), outside=uri), "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_par_attempt_invalid_http_method(pusher: FapiParty, method: str) -> None:
    address = pusher.op.metadata["pushed_authorization_request_endpoint"]
    form = {**pusher.request(), **pusher.authentication()[1]}
    assert pusher.op.http.request(method, address, data=form).status_code == 405


@pytest.mark.parametrize("left_out", ["code_challenge", "code_challenge_method"])
def test_par_ensure_pkce_required(rp: FapiParty, left_out: str) -> None:
    check_refused(rp.push(rp.request(**{left_out: None})), "invalid_request")


def test_par_ensure_plain_pkce_rejected(rp: FapiParty) -> None:
    check_refused(rp.push(rp.request(code_challenge_method="plain")), "invalid_request")


def test_par_ensure_pkce_code_verifier_required_and_correct(pusher: FapiParty) -> None:
    """par-ensure-pkce-code-verifier-required, par-incorrect-pkce-code-verifier-rejected"""
    check_refused(pusher.redeem(pusher.authorize(), code_verifier="x" * 43), "invalid_grant")
    check_refused(pusher.redeem(pusher.authorize(), code_verifier=""), "invalid_grant")


def test_par_ensure_jwt_client_assertion_with_iat_nbf_8_seconds_in_the_future(pusher: FapiParty) -> None:
    """…-is-accepted, and …-over-60-seconds-in-the-future-fails"""
    soon, later = int(time.time()) + 8, int(time.time()) + 70
    pusher.pushed(pusher.request(), assertion=pusher.assertion(iat=soon, nbf=soon, exp=soon + 60))
    late = pusher.assertion(iat=later, nbf=later, exp=later + 60)
    check_refused(pusher.push(pusher.request(), assertion=late), "invalid_client", 401)


@pytest.mark.parametrize("endpoint", ["pushed_authorization_request_endpoint", "token_endpoint"])
def test_par_endpoint_as_audience_fails(pusher: FapiParty, op: Op, endpoint: str) -> None:
    """par-endpoint-as-audience-fails, par-token-endpoint-as-audience-fails, …-as-array-audience-fails"""
    for audience in (op.metadata[endpoint], [op.metadata[endpoint]], [op.issuer]):
        answer = pusher.push(pusher.request(), assertion=pusher.assertion(aud=audience))
        check_refused(answer, "invalid_client", 401)


# The code bound to a DPoP key: RFC 9449 §10


def jkt(key: ECKey) -> str:
    return key.thumbprint()


def test_ensure_dpop_auth_code_binding_success(rp: FapiParty) -> None:
    rp.flow(dpop_jkt=jkt(rp.dpop_key))


def test_ensure_dpop_proof_at_par_endpoint_binding_success(rp: FapiParty) -> None:
    request = rp.request()
    endpoint = "pushed_authorization_request_endpoint"
    rp.open(rp.pushed(request, headers=rp.proof(endpoint)))
    callback = rp.finish(request)
    rp.exchange(callback)


def test_ensure_mismatched_dpop_jkt_fails(rp: FapiParty) -> None:
    other = jkt(ECKey.generate_key("P-256"))
    proof = rp.proof("pushed_authorization_request_endpoint")
    answer = rp.push(rp.request(dpop_jkt=other), headers=proof)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_request", "invalid_dpop_proof")


@pytest.mark.parametrize("by", ["dpop_jkt", "proof"])
def test_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(pusher: FapiParty, by: str) -> None:
    """…-fails-with-mismatched-dpop-jkt, …-fails-with-mismatched-dpop-proof-jkt"""
    request = pusher.request(dpop_jkt=jkt(pusher.dpop_key) if by == "dpop_jkt" else None)
    proof = pusher.proof("pushed_authorization_request_endpoint") if by == "proof" else None
    pusher.open(pusher.pushed(request, headers=proof))
    callback = pusher.finish(request)
    pusher.dpop_key = ECKey.generate_key("P-256")
    answer = pusher.redeem(callback)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_grant", "invalid_dpop_proof")


# Requests that must not be answered


def test_ensure_unsigned_authorization_request_without_using_par_fails(rp: FapiParty) -> None:
    request = rp.request()
    assert rp.receive(rp.open(request), request)["error"] == "invalid_request"


def test_ensure_registered_redirect_uri(rp: FapiParty) -> None:
    """…-registered-redirect-uri, …-redirect-uri-in-authorization-request"""
    for uri in ("https://rp.example/callback/unregistered", REDIRECT_URI + "?x=y", None):
        check_refused(rp.push(rp.request(redirect_uri=uri)), "invalid_request")


@pytest.mark.parametrize("response_type", ["code id_token", "token"])
def test_ensure_response_type_fails(rp: FapiParty, response_type: str) -> None:
    """ensure-response-type-code-id-token-fails, ensure-response-type-token-fails"""
    answer = rp.push(rp.request(response_type=response_type))
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_response_type", "invalid_request")


# Request objects: FAPI 2.0 Message Signing


def refused(rp: FapiParty, **changes: Any) -> None:
    """Push an object with these changes to its claims, which must be refused."""
    request = rp.request()
    check_refused(rp.push(request, object_=rp.request_object(request, **changes)), "invalid_request_object")


def test_ensure_server_accepts_request_object_with_multiple_aud(signer: FapiParty, op: Op) -> None:
    request = signer.request()
    aud = ["https://other.example", op.issuer]
    signer.open(signer.pushed(request, object_=signer.request_object(request, aud=aud)))
    signer.exchange(signer.finish(request))


def test_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(signer: FapiParty) -> None:
    request, soon = signer.request(), int(time.time()) + 8
    signer.pushed(request, object_=signer.request_object(request, nbf=soon, exp=soon + 60))


def test_ensure_different_nonce_and_state_inside_and_outside_request_object(signer: FapiParty) -> None:
    """ensure-different-nonce-inside-and-outside-request-object, …-state-…: those inside count"""
    request = signer.request()
    signer.open(signer.pushed(request, outside={"nonce": "outside", "state": "outside"}))
    signer.exchange(signer.finish(request))


def test_state_only_outside_request_object_not_used(signer: FapiParty) -> None:
    request = signer.request(state=None)
    signer.open({**signer.pushed(request, outside={"state": "outside"}), "state": "outside"})
    assert "state" not in signer.finish(request).parameters


@pytest.mark.parametrize("left_out", ["exp", "nbf", "aud"])
def test_ensure_request_object_without_exp_and_nbf_fails(signer: FapiParty, left_out: str) -> None:
    refused(signer, **{left_out: None})


def test_ensure_request_object_without_redirect_uri_fails(signer: FapiParty) -> None:
    request = signer.request()
    answer = signer.push(
        request,
        object_=signer.request_object(request, redirect_uri=None),
        outside={"redirect_uri": REDIRECT_URI},
    )
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_request", "invalid_request_object")


def test_ensure_request_objects_of_another_time_fail(signer: FapiParty) -> None:
    """ensure-expired-request-object-fails, …-with-exp-over-60-fails, …-with-nbf-over-60-fails"""
    now = int(time.time())
    refused(signer, exp=now - 300)
    refused(signer, exp=now + 70 * 60)
    refused(signer, nbf=now - 70 * 60)


def test_ensure_request_object_with_bad_aud_fails(signer: FapiParty, op: Op) -> None:
    for audience in ("https://other.example", [op.issuer + "x"], op.issuer + "/authorize"):
        refused(signer, aud=audience)


def test_par_authorization_request_object_containing_request_uri(signer: FapiParty) -> None:
    """par-authorization-request-containing-request_uri"""
    refused(signer, request_uri="https://rp.example/request")


def test_ensure_signed_request_object_with_rs256_fails(signer: FapiParty) -> None:
    request = signer.request()
    signer.pushed(request, object_=signer.request_object(request, rsa_key(), alg="PS256"))
    by_rs256 = signer.request_object(request, rsa_key(), alg="RS256")
    check_refused(signer.push(request, object_=by_rs256), "invalid_request_object")


def test_ensure_request_object_signature(new_party: NewParty) -> None:
    """…-algorithm-is-not-none, …-with-invalid-signature-fails, …-matching-key-in-authorization-request"""
    signer, second = new_party(is_signed=True), new_party(is_signed=True)
    request = signer.request()
    head, payload, signature = signer.request_object(request).split(".")
    by_the_second = signer.request_object(request, second.key)
    for token in (
        f"eyJhbGciOiJub25lIn0.{payload}.",
        f"{head}.{payload}.{signature[::-1]}",
        f"{head}.{payload}.",
        by_the_second,
    ):
        check_refused(signer.push(request, object_=token), "invalid_request_object")


def test_ensure_unsigned_request_at_par_endpoint_fails(signer: FapiParty) -> None:
    signer.is_signed = False
    check_refused(signer.push(signer.request()), "invalid_request")


# Answers as JWTs


def test_errors_come_by_the_mode_that_was_asked_for(new_party: NewParty) -> None:
    rp = new_party(is_jarm=True)
    request = rp.request(prompt="none")
    assert rp.receive(rp.open(rp.pushed(request)), request)["error"] == "login_required"
