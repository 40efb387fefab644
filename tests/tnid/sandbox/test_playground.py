"""The playground: a request is built, run by somebody made up, and each step of it is real."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.sandbox.conftest import Developer
from tnid.playground.mirror import PREFIX
from tnid.services import Services
from tnid.stores.playground_runs import playground_runs

# What the database has no part in is tried on one
on_one = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def keys(services: Services, clock: Clock) -> None:
    services.keyring.ensure(clock.now())


def build(developer: Developer, **fields: str) -> Page:
    developer.browser.open(f"{developer.address}/playground")
    given = {"playground_scope": "openid profile", "playground_person": "level1", **fields}
    return developer.browser.submit("playground_build", given)


def run(developer: Developer, **fields: str) -> Page:
    """Build a request and run it; return the page that explains the answer."""
    build(developer, **fields)
    page = developer.browser.click("playground_run")
    if page.path == "/consent":
        page = developer.browser.submit("consent_allow")
    return page


def answer(page: Page, kind: str) -> str:
    return page.text_of(f"answer_{kind}")


def test_a_sign_in_is_run_and_explained_step_by_step(developer: Developer, services: Services) -> None:
    page = build(developer)
    query = parse_qs(urlsplit(page.text_of("playground_request")).query)
    assert query["client_id"] == [PREFIX + developer.application] and query["login_hint"] == ["level1"]
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    page = run(developer)
    assert page.path.startswith(f"{developer.address}/playground/")
    assert page.find("playground_error") is None and not page.has("answer_token")
    page = developer.browser.submit("call_token")
    assert '"id_token"' in answer(page, "token") and '"nonce"' in page.words()
    page = developer.browser.submit("call_userinfo")
    assert '"name": "' in answer(page, "userinfo")
    sub = services.database.fetch_all(playground_runs.select())
    assert len(sub) == 2 and b"access_token" not in sub[1].sealed
    page = developer.browser.submit("call_revoke")
    assert not page.has("call_userinfo") and not page.has("call_token")


@on_one
def test_a_code_is_asked_for_once(developer: Developer) -> None:
    page = run(developer)
    path = page.path
    developer.browser.submit("call_token")
    developer.browser.post(f"{ISSUER}{path}/token")
    page = developer.browser.open(path)
    assert page.text.count('id="answer_token"') == 1


@on_one
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"playground_prompt": "none", "playground_person": ""}, "login_required"),
        ({"playground_claims": "not json"}, "invalid_request"),
        ({"playground_max_age": "soon"}, "invalid_request"),
    ],
)
def test_what_is_wrong_is_answered_as_an_application_would_hear_it(
    developer: Developer, fields: dict[str, str], error: str
) -> None:
    page = run(developer, **fields)
    assert error in page.text_of("playground_error")
    assert not page.has("call_token")


@on_one
def test_an_answer_that_is_posted_comes_too(developer: Developer) -> None:
    page = run(developer, playground_mode="form_post")
    page = developer.browser.submit("form_post_submit") if page.has("form_post_submit") else page
    assert page.has("call_token") or "code" in page.words()


@on_one
def test_an_answer_is_taken_once_and_only_by_its_state(developer: Developer) -> None:
    page = run(developer)
    state = parse_qs(urlsplit(page.text_of("playground_request")).query)["state"][0]
    for parameters in (
        f"code=somebody-elses&state={state}",
        "code=x&state=made-up",
        "",
        "error=access_denied",
    ):
        answer = developer.browser.get(f"{ISSUER}/developers/playground/callback?{parameters}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/developers")
    assert "somebody-elses" not in developer.browser.open(page.path).text


@on_one
def test_nobody_else_sees_a_run(
    developer: Developer, new_person: Callable[..., Someone], new_browser: Callable[..., InProcess]
) -> None:
    path = run(developer).path
    mai, stranger = new_person("mai"), new_browser("192.0.2.9")
    mai.sign_in(stranger, "/account")
    assert stranger.get(f"{ISSUER}{path}").status_code == 404
    assert stranger.post(f"{ISSUER}{path}/token").status_code == 404


@on_one
def test_a_run_is_over_after_an_hour(developer: Developer, clock: Clock) -> None:
    page = build(developer)
    clock.advance(3601)
    assert developer.browser.open(page.path).path != page.path


@on_one
def test_it_follows_the_application(developer: Developer, services: Services, clock: Clock) -> None:
    build(developer)
    client = services.clients.find_now(developer.client_id)
    assert client is not None
    services.clients.set_metadata(client.client_id, {**client.metadata, "scope": "openid phone"}, clock.now())
    developer.browser.open(f"{developer.address}/playground")
    mirror = services.clients.find_now(PREFIX + developer.application)
    assert mirror is not None and mirror.scope == ["openid", "phone"]
    assert mirror.is_sandbox and mirror.is_public and not mirror.secret_hashes


def test_it_ends_with_the_application(developer: Developer, services: Services, clock: Clock) -> None:
    page = run(developer)
    mirror = PREFIX + developer.application
    services.clients.disable(developer.client_id, clock.now())
    found = services.clients.find_now(mirror)
    assert found is not None and found.disabled_at is not None
    # Neither the code of before nor another one opens anything
    services.clients._cache.clear()
    developer.browser.post(f"{ISSUER}{page.path}/token")
    assert "invalid_client" in answer(developer.browser.open(page.path), "token")
    services.clients.enable(developer.client_id, clock.now())
    found = services.clients.find_now(mirror)
    assert found is not None and found.disabled_at is None
    # What an operator disabled by itself comes back with nothing else
    services.clients.disable(mirror, clock.now())
    clock.advance(60)
    for since in (None, clock.now()):
        services.clients.disable(developer.client_id, clock.now())
        services.clients.enable(developer.client_id, clock.now(), since=since)
        assert developer.browser.open(f"{developer.address}/playground").status == 200
        found = services.clients.find_now(mirror)
        assert found is not None and found.disabled_at is not None
    services.clients.delete(developer.client_id)
    assert services.clients.find_now(mirror) is None


@on_one
def test_without_anybody_to_sign_in_it_says_so(
    developer: Developer, services: Services, clock: Clock
) -> None:
    services.clients.disable(developer.client_id, clock.now())
    page = developer.browser.open(f"{developer.address}/playground")
    assert page.status == 200 and not page.has("playground_build")
