"""Nobody is led to a stranger's site by a link to ours: RFC 9700 §4.11.2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, CHALLENGE, InProcess, Someone
from tests.tnid.sandbox.conftest import Developer, pick, sign_in_to_sandbox, told
from tnid.services import Services

AFTER = "https://app.example/bye"
LINKS = (
    {"prompt": "none"},
    {"response_type": "token"},
    {"sandbox_fault": "access_denied"},
)


def with_(address: str, **parameters: str) -> str:
    return str(httpx.URL(address).copy_merge_params(parameters))


def open_registration(services: Services, client_id: str) -> None:
    """Have a client be one that registered itself where anybody may."""
    client = services.clients.find_now(client_id)
    assert client is not None
    services.clients.delete(client_id)
    services.clients.add(replace(client, registered_openly=True))


def is_held(browser: InProcess, address: str) -> bool:
    """Say whether the browser stays with us, and is told where it would go."""
    page = browser.open(address)
    if page.url.startswith((CALLBACK, AFTER)):
        return False
    assert page.text_of("onward_host").rstrip(".") == "app.example"
    return True


@pytest.mark.parametrize("more", LINKS, ids=lambda more: next(iter(more)))
def test_a_stranger_is_led_nowhere_by_a_link(browser: InProcess, sandbox: str, more: dict[str, str]) -> None:
    page = browser.open(with_(sandbox, **more))
    assert page.status == 400 and page.text_of("onward_host") == "app.example"
    (onward,) = page.document.xpath("//a[@id='onward_go']/@href")
    assert f"error={page.text_of('error_code')}" in onward and f"state={'s' * 32}" in onward
    assert "error" in dict(httpx.URL(onward).params) and onward.startswith(CALLBACK)


def test_an_error_of_ours_by_a_link_is_none(browser: InProcess, sandbox: str) -> None:
    for fault in ("server_error", "temporarily_unavailable"):
        page = browser.open(with_(sandbox, sandbox_fault=fault))
        assert (page.status, page.text_of("error_code")) == (400, fault)


def test_a_form_is_sent_by_a_press_alone(browser: InProcess, sandbox: str) -> None:
    page = browser.open(with_(sandbox, prompt="none", response_mode="form_post"))
    assert page.has("onward_go") and not page.document.xpath("//script[contains(., 'submit')]")
    (form,) = page.document.xpath("//form[@action=$uri]", uri=CALLBACK)
    assert dict(form.form_values())["error"] == "login_required"
    assert "form-action 'self' https:" in page.headers["Content-Security-Policy"]


def test_a_machine_is_told_and_not_led(browser: InProcess, sandbox: str) -> None:
    answer = browser.send("GET", with_(sandbox, prompt="none"), headers={"Accept": "application/json"})
    assert answer.status_code == 400 and answer.json()["error"] == "login_required"


def test_whoever_is_signed_in_as_somebody_made_up_goes_on(browser: InProcess, sandbox: str) -> None:
    browser.open(sandbox)
    pick(browser, "level1")
    assert not is_held(browser, with_(sandbox, prompt="none"))
    assert told(browser)["error"] == "consent_required"


def test_whoever_says_no_has_seen_where_they_are(browser: InProcess, sandbox: str) -> None:
    browser.open(sandbox)
    pick(browser, "level1")
    browser.submit("consent_deny")
    assert told(browser)["error"] == "access_denied"


def test_the_team_s_own_people_go_on(
    developer: Developer, new_person: Callable[..., Someone], new_browser: Callable[..., InProcess],
    services: Services, clock: Clock,
) -> None:  # fmt: skip
    client = services.clients.find_now(developer.client_id)
    assert client is not None
    services.clients.set_metadata(
        client.client_id, {**client.metadata, "redirect_uris": [CALLBACK]}, clock.now()
    )
    address = with_(
        "/authorize", client_id=client.client_id, redirect_uri=CALLBACK, response_type="code", scope="openid",
        code_challenge=CHALLENGE, code_challenge_method="S256", prompt="none",
    )  # fmt: skip
    assert not is_held(developer.browser, address)
    assert told(developer.browser)["error"] == "login_required"
    other = new_browser()
    new_person("other").sign_in(other)
    assert is_held(other, address), "a session of a person's says nothing of their knowing this application"
    assert is_held(new_browser(), address)


def test_one_s_own_machine_is_nobody_s_site(
    browser: InProcess, new_app: Callable[..., str], services: Services
) -> None:
    local = "http://localhost:5000/cb"
    address = with_(new_app("trial", redirect_uris=[local]), redirect_uri=local, prompt="none")
    open_registration(services, "trial")
    answer = browser.get(address)
    assert answer.status_code == 303 and answer.headers["Location"].startswith(local)


def test_a_reviewed_client_is_answered_as_ever(browser: InProcess, new_app: Callable[..., str]) -> None:
    browser.open(with_(new_app(), prompt="none"))
    assert told(browser)["error"] == "login_required"


def test_who_registered_itself_gets_by_a_wrong_request_those_alone_who_once_agreed(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services
) -> None:
    address = new_app()
    open_registration(services, "jobs")
    wrong = with_(address, response_type="token")
    assert is_held(browser, wrong)
    lan.sign_in(browser)
    assert is_held(browser, wrong), "that somebody is signed in says nothing of this application"
    browser.open(address)
    browser.submit("consent_allow")
    assert told(browser)["code"]
    assert not is_held(browser, wrong)
    assert told(browser)["error"] == "unsupported_response_type"


def test_who_registered_itself_hears_what_core_owes_it(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services
) -> None:
    """OpenID Connect Core §3.1.2.6: of a request without a screen, and of a no to one that was shown."""
    address = new_app()
    open_registration(services, "jobs")
    browser.open(with_(address, prompt="none"))
    assert told(browser)["error"] == "login_required"
    lan.sign_in(browser)
    browser.open(with_(address, prompt="none"))
    assert told(browser)["error"] == "consent_required"
    browser.open(address)
    browser.submit("consent_deny")
    assert told(browser)["error"] == "access_denied"


def test_a_sign_out_leads_nobody_there_either(
    browser: InProcess, new_browser: Callable[..., InProcess], new_app: Callable[..., str],
    services: Services, clock: Clock,
) -> None:  # fmt: skip
    address = new_app("trial", post_logout_redirect_uris=[AFTER])
    client = services.clients.find_now("trial")
    assert client is not None
    services.clients.delete("trial")
    services.clients.add(replace(client, is_sandbox=True))
    claims = {"iss": services.settings.issuer, "aud": "trial", "sub": "somebody", "exp": clock.now()}
    services.keyring.ensure(clock.now())
    hint = services.keyring.sign(claims, alg="ES256", typ="JWT", now=clock.now())
    link = with_("/logout", id_token_hint=hint, post_logout_redirect_uri=AFTER)
    page = browser.open(link)
    assert page.path == "/logout" and page.text_of("onward_host") == "app.example"
    assert page.document.xpath("//a[@id='logout_continue']/@href") == [AFTER]
    assert "Refresh" not in page.headers
    known = new_browser()
    sign_in_to_sandbox(known, address)
    known.open(with_("/logout", client_id="trial", post_logout_redirect_uri=AFTER))
    answer = known.post(
        f"{services.settings.issuer}/logout/confirm", client_id="trial", post_logout_redirect_uri=AFTER
    )
    assert answer.headers["Location"] == AFTER
