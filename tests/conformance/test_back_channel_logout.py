"""The Back-Channel Logout OP plan: the client is posted a logout token, and nothing else."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

import pytest

from tests.conformance.conftest import NewRelyingParty
from tests.conformance.elsewhere import Elsewhere
from tests.conformance.relying_party import AFTER_LOGOUT, CLOCK_SKEW_SECONDS, Op, query_of
from tests.servers.processes import wait_until

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MOST_SECONDS_VALID = 120


def test_oidcc_backchannel_discovery_endpoint_verification(op: Op) -> None:
    for member in ("backchannel_logout_supported", "backchannel_logout_session_supported"):
        assert op.metadata[member] is True


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_oidcc_backchannel_rp_initiated_logout(
    new_relying_party: NewRelyingParty, elsewhere: Elsewhere, alg: str
) -> None:
    path = f"/told-{alg}"
    rp = new_relying_party(
        backchannel_logout_uri=elsewhere.put(path, ""),
        backchannel_logout_session_required=True,
        id_token_signed_response_alg=alg,
    )
    rp.id_token_alg = alg
    flow = rp.flow()
    page = rp.end_session(
        id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=AFTER_LOGOUT, state="s-1"
    )
    assert page.url.partition("?")[0] == AFTER_LOGOUT and query_of(page.url) == {"state": ["s-1"]}
    wait_until(lambda: elsewhere.received(path), seconds=30, what="logout token")
    (body,) = elsewhere.received(path)
    form = parse_qs(body.decode(), strict_parsing=True)
    assert list(form) == ["logout_token"]
    header, claims = rp.read_jwt(form["logout_token"][0])
    assert header["typ"] == "logout+jwt" and header["alg"] == alg and header["kid"]
    assert claims["iss"] == rp.op.issuer and claims["aud"] == rp.client_id
    assert (claims["sub"], claims["sid"]) == (flow.claims["sub"], flow.claims["sid"])
    assert claims["events"] == {EVENT: {}} and claims["jti"] and "nonce" not in claims
    assert abs(claims["iat"] - time.time()) < CLOCK_SKEW_SECONDS + MOST_SECONDS_VALID
    assert claims["iat"] < claims["exp"] <= claims["iat"] + MOST_SECONDS_VALID
    assert rp.is_signed_out()
