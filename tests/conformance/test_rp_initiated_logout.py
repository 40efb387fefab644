"""The RP-Initiated Logout OP plan, oidcc-rp-initiated-logout-certification-test-plan."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.conformance.conftest import NewRelyingParty
from tests.conformance.relying_party import AFTER_LOGOUT, Op, RelyingParty, query_of
from tests.person import Page


@pytest.fixture
def rp(new_relying_party: NewRelyingParty) -> RelyingParty:
    return new_relying_party()


@pytest.fixture
def id_token(rp: RelyingParty) -> str:
    token: str = rp.flow().tokens["id_token"]
    return token


def came_back(page: Page) -> dict[str, list[str]]:
    """Return the query that the browser came back with to where the client registered."""
    assert page.url.partition("?")[0] == AFTER_LOGOUT, page
    return query_of(page.url)


def stayed(rp: RelyingParty, page: Page) -> bool:
    """Say whether the browser is still at the provider, with an error or a question shown."""
    assert page.url.startswith(rp.op.issuer), page
    return rp.is_error_page(page) or page.has("logout_confirm")


def confirm(rp: RelyingParty) -> Page:
    return rp.browser.click("logout_confirm")


def changed(token: str, **claims: object) -> str:
    """Return the token with other claims under the same signature."""
    header, payload, signature = token.split(".")
    members = json.loads(base64.urlsafe_b64decode(payload + "=="))
    encoded = base64.urlsafe_b64encode(json.dumps({**members, **claims}).encode()).rstrip(b"=").decode()
    return f"{header}.{encoded}.{signature}"


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(op: Op) -> None:
    parts = urlsplit(op.metadata["end_session_endpoint"])
    assert parts.scheme in ("https", "http") and parts.netloc == urlsplit(op.issuer).netloc


def test_oidcc_rp_initiated_logout(rp: RelyingParty, id_token: str) -> None:
    page = rp.end_session(id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT, state="s-1")
    assert came_back(page) == {"state": ["s-1"]}
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_by_post(rp: RelyingParty, id_token: str) -> None:
    """RP-Initiated Logout §2: GET and POST alike."""
    form = {"id_token_hint": id_token, "post_logout_redirect_uri": AFTER_LOGOUT, "state": "s-1"}
    page = rp.browser.post(rp.op.metadata["end_session_endpoint"], form)
    assert came_back(page) == {"state": ["s-1"]}
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(rp: RelyingParty, id_token: str) -> None:
    page = rp.end_session(id_token_hint=id_token, post_logout_redirect_uri="https://rp.example/bad")
    assert stayed(rp, page)


def test_oidcc_rp_initiated_logout_modified_id_token_hint(rp: RelyingParty, id_token: str) -> None:
    page = rp.end_session(
        id_token_hint=changed(id_token, sub="somebody-else"), post_logout_redirect_uri=AFTER_LOGOUT
    )
    assert stayed(rp, page)


def test_oidcc_rp_initiated_logout_no_id_token_hint(rp: RelyingParty, id_token: str) -> None:
    """RP-Initiated Logout §6: the person is asked, as anyone could have sent the link."""
    page = rp.end_session(client_id=rp.client_id, post_logout_redirect_uri=AFTER_LOGOUT, state="s-1")
    assert stayed(rp, page)
    assert came_back(confirm(rp)) == {"state": ["s-1"]}
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_no_params(rp: RelyingParty, id_token: str) -> None:
    assert stayed(rp, rp.end_session())
    page = confirm(rp)
    assert page.url.startswith(rp.op.issuer) and page.status == 200
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(rp: RelyingParty, id_token: str) -> None:
    page = rp.end_session(id_token_hint=id_token)
    assert page.url.startswith(rp.op.issuer) and page.status == 200
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_no_state(rp: RelyingParty, id_token: str) -> None:
    page = rp.end_session(id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT)
    assert came_back(page) == {}
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_only_state(rp: RelyingParty, id_token: str) -> None:
    assert stayed(rp, rp.end_session(state="s-1"))
    assert confirm(rp).url.startswith(rp.op.issuer)
    assert rp.is_signed_out()


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
    rp: RelyingParty, id_token: str
) -> None:
    page = rp.end_session(id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT + "?extra=1")
    assert stayed(rp, page)


@pytest.mark.parametrize("kind", ["no JWT", "alg none", "HS256 by the secret", "another issuer's key"])
def test_oidcc_rp_initiated_logout_bad_id_token_hint(rp: RelyingParty, id_token: str, kind: str) -> None:
    _header, claims = rp.read_jwt(id_token)
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    hints = {
        "no JWT": lambda: "not-a-token",
        "alg none": lambda: f"{none}.{id_token.split('.')[1]}.",
        "HS256 by the secret": lambda: jwt.encode(
            {"alg": "HS256"}, claims, OctKey.import_key(rp.secret.encode())
        ),
        "another issuer's key": lambda: jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048)),
    }
    page = rp.end_session(id_token_hint=hints[kind](), post_logout_redirect_uri=AFTER_LOGOUT)
    assert stayed(rp, page)
    assert not rp.is_signed_out(), "nobody is signed out by a hint that nobody vouches for"
