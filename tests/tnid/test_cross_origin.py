"""What scripts of other origins may call: what no cookie opens, and nothing else."""

from __future__ import annotations

import pytest

from tests.tnid.conftest import ISSUER, InProcess

OPEN = ("/.well-known/openid-configuration", "/jwks", "/token", "/userinfo", "/revoke", "/par")
SHUT = (
    "/authorize",
    "/introspect",
    "/clients",
    "/account",
    "/login",
    "/backchannel_authentication",
    "/logout",
)
ASKED = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}


@pytest.fixture
def database_kind() -> str:
    """One database will do here."""
    return "sqlite"


@pytest.mark.parametrize("path", OPEN)
def test_a_page_reads_the_answer_whatever_it_is(browser: InProcess, path: str) -> None:
    for method in ("GET", "POST"):
        headers = browser.send(method, f"{ISSUER}{path}", headers={"Origin": "https://page.example"}).headers
        assert headers.get_list("Access-Control-Allow-Origin") == ["*"]
        assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(("path", "methods"), [("/token", "POST"), ("/userinfo", "GET, HEAD, POST")])
def test_a_browser_that_asks_first_is_told(browser: InProcess, path: str, methods: str) -> None:
    answer = browser.send("OPTIONS", f"{ISSUER}{path}", headers=ASKED)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == methods
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", SHUT)
def test_nothing_else_is_told_to_a_script_of_elsewhere(browser: InProcess, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        headers = browser.send(method, f"{ISSUER}{path}", headers=ASKED).headers
        assert not [name for name in headers if name.lower().startswith("access-control-")]
