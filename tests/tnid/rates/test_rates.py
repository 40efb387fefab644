"""Too much at a time is refused by 429 with Retry-After, whoever it is; what else there is goes on."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.security.target import SESSION_COOKIE, Party, Target, running_target
from tests.servers.processes import wait_until

SILENT = "20"
BOUNDS = {
    "TNID_RATE_NETWORK_PAGES": "60",
    "TNID_RATE_NETWORK_SIGN_INS": "20",
    "TNID_RATE_NETWORK_REFUSALS": "20",
    "TNID_RATE_ACCOUNT_PAGES": "20",
    "TNID_RATE_ACCOUNT_SILENT_SIGN_INS": SILENT,
    "TNID_RATE_CLIENT_REQUESTS": "60",
    "TNID_TRUSTED_PROXIES": "127.0.0.1",
}
# A minute may end in the middle of a test, and begins another count
MOST = 300


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("rates"), workers=1, **BOUNDS) as running:
        yield running


@pytest.fixture
def address(request: pytest.FixtureRequest) -> dict[str, str]:
    """Send each test's requests from a network of its own."""
    number = sum(request.node.name.encode()) % 250
    return {"X-Forwarded-For": f"198.51.100.{number}:40000"}


def ask_until_refused(target: Target, method: str, path: str, **more: object) -> httpx.Response:
    """Ask again and again; return the first 429."""
    for _ in range(MOST):
        target.http.cookies.clear()
        answer = target.http.request(method, path, **more)  # type: ignore[arg-type]
        if answer.status_code == 429:
            return answer
        assert answer.status_code < 500
    raise AssertionError("never refused")


def check_refusal(answer: httpx.Response) -> None:
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def events(target: Target, rule: str) -> int:
    found = target.fetch_all(
        "SELECT count(*) AS n FROM audit_events WHERE event = 'rate.exceed' AND reason = :rule", rule=rule
    )
    return int(found[0].n)


def test_a_network_asks_for_too_many_pages(target: Target, address: dict[str, str]) -> None:
    answer = ask_until_refused(target, "GET", "/login", headers=address)
    check_refusal(answer)
    assert 'id="error_code"' in answer.text and "too_many_requests" in answer.text
    assert events(target, "pages_of_network") == 1
    # Others, what machines ask for, and the balancer's look are served
    other = {"X-Forwarded-For": "203.0.113.9:40000"}
    assert target.http.get("/login", headers=other).status_code < 400
    for path in ("/jwks", "/healthz", "/readyz", "/static/css/tnid.css"):
        assert target.http.get(path, headers=address).status_code == 200, path


def test_a_network_begins_too_many_sign_ins(target: Target, address: dict[str, str]) -> None:
    party = target.new_client()
    answer = ask_until_refused(target, "GET", "/authorize", params=party.query(), headers=address)
    check_refusal(answer)
    assert events(target, "begun_of_network") == 1
    assert target.http.get("/login", headers=address).status_code < 400


def test_a_network_pushes_too_many_requests_of_a_public_client(
    target: Target, address: dict[str, str]
) -> None:
    """Each is kept, and whoever knows the client's name may push."""
    public = target.new_client(token_endpoint_auth_method="none")
    answer = ask_until_refused(target, "POST", "/par", data=public.query(), headers=address)
    check_refusal(answer)
    assert answer.json()["error"] == "temporarily_unavailable"
    own, elsewhere = target.new_client(), {"X-Forwarded-For": "203.0.113.11:40000"}
    for party, headers in ((own, {**own.basic, **address}), (public, elsewhere)):
        assert target.http.post("/par", data=party.query(), headers=headers).status_code == 201


def test_an_account_asks_for_too_many_pages(target: Target, address: dict[str, str]) -> None:
    session = target.new_session(target.new_person())
    cookie = {"Cookie": f"{SESSION_COOKIE}={session}"}
    answer = ask_until_refused(target, "GET", "/account", headers={**address, **cookie})
    check_refusal(answer)
    other = {"Cookie": f"{SESSION_COOKIE}={target.new_session(target.new_person())}"}
    assert target.http.get("/account", headers={**address, **other}).status_code == 200


def test_an_account_signs_in_without_a_screen_again_and_again(
    target: Target, address: dict[str, str]
) -> None:
    """A page that begins by itself ends at one of ours, where no script of its own runs; others go on."""
    person, other, party = target.new_person(), target.new_person(), target.new_client()
    cookies = [{"Cookie": f"{SESSION_COOKIE}={target.new_session(one)}"} for one in (person, person, other)]
    for one in (person, other):
        target.agree(one, party)
    ask = {"params": party.query(prompt="none")}
    answer = ask_until_refused(target, "GET", "/authorize", headers={**address, **cookies[0]}, **ask)
    check_refusal(answer)
    assert "Location" not in answer.headers and "too_many_requests" in answer.text
    assert events(target, "silent_of_account") == 1
    check_refusal(ask_until_refused(target, "GET", "/authorize", headers={**address, **cookies[1]}, **ask))
    assert target.http.get("/authorize", headers={**address, **cookies[2]}, **ask).status_code == 303
    assert target.http.get("/account", headers={**address, **cookies[1]}).status_code == 200


def test_a_network_goes_through_secrets(target: Target, address: dict[str, str]) -> None:
    party = target.new_client()
    wrong = Party(party.client_id, "not the secret")
    form = {"grant_type": "client_credentials"}
    answer = ask_until_refused(target, "POST", "/token", data=form, headers={**wrong.basic, **address})
    check_refusal(answer)
    assert answer.json()["error"] == "temporarily_unavailable"
    # From elsewhere the client works: nobody shuts it out by knowing its name
    elsewhere = {"X-Forwarded-For": "203.0.113.10:40000"}
    answer = target.http.post("/introspect", data={"token": "x"}, headers={**party.basic, **elsewhere})
    assert answer.status_code == 200


def test_a_client_makes_too_many_requests(target: Target, address: dict[str, str]) -> None:
    party, other = target.new_client(), target.new_client()
    answer = ask_until_refused(
        target, "POST", "/introspect", data={"token": "x"}, headers={**party.basic, **address}
    )
    check_refusal(answer)
    assert answer.json()["error"] == "temporarily_unavailable"
    assert events(target, "requests_of_client") == 1
    again = target.http.post("/introspect", data={"token": "x"}, headers={**other.basic, **address})
    assert again.status_code == 200


def test_the_processes_agree_by_the_database(target: Target, address: dict[str, str]) -> None:
    for _ in range(10):
        target.http.get("/login", headers=address)
    kept = "SELECT count(*) AS n FROM throttles WHERE failures >= 3"
    wait_until(lambda: target.fetch_all(kept)[0].n > 0, seconds=10, what="agreement")
    assert all(row.failures > 0 for row in target.fetch_all("SELECT failures FROM throttles"))
