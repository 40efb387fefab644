"""The Front-Channel Logout OP plan: a frame with issuer and session, and then the way back with its state."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.conformance.conftest import NewRelyingParty
from tests.conformance.relying_party import AFTER_LOGOUT, Op, query_of

FRAME = "https://rp.example/front-channel?client=1"


def test_oidcc_frontchannel_discovery_endpoint_verification(op: Op) -> None:
    for member in ("frontchannel_logout_supported", "frontchannel_logout_session_supported"):
        assert op.metadata[member] is True
    assert op.metadata["end_session_endpoint"].startswith(op.issuer)


def test_oidcc_frontchannel_rp_initiated_logout(op: Op, new_relying_party: NewRelyingParty) -> None:
    rp = new_relying_party(frontchannel_logout_uri=FRAME, frontchannel_logout_session_required=True)
    flow = rp.flow()
    page = rp.end_session(
        id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=AFTER_LOGOUT, state="s-1"
    )
    assert page.status == 200 and page.document is not None
    (frame,) = page.document.xpath("//iframe/@src")
    assert urlsplit(frame)._replace(query="").geturl() == FRAME.partition("?")[0]
    assert query_of(frame) == {"client": ["1"], "iss": [op.issuer], "sid": [flow.claims["sid"]]}
    assert "frame-src https://rp.example;" in page.headers["Content-Security-Policy"]
    seconds, _, address = page.headers["Refresh"].partition("; url=")
    assert int(seconds) > 0, "the frame has a chance to load"
    for back in (address, page.get("logout_continue").get("href")):
        assert back.partition("?")[0] == AFTER_LOGOUT and query_of(back) == {"state": ["s-1"]}
    assert rp.is_signed_out()
