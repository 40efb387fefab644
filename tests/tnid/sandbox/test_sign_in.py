"""A sandbox's sign-in behaves as the live one: prompt, max_age, acr, hints, consent, sign-out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess
from tests.tnid.sandbox.conftest import make_sandbox, pick, sign_in_to_sandbox, told
from tnid.services import Services


def with_(address: str, **parameters: str) -> str:
    return str(httpx.URL(address).copy_merge_params(parameters))


def test_signed_in_once_is_enough(browser: InProcess, sandbox: str) -> None:
    sign_in_to_sandbox(browser, sandbox)
    browser.open(sandbox)
    assert told(browser)["code"]


def test_prompt_login_and_max_age_ask_again(browser: InProcess, sandbox: str, clock: Clock) -> None:
    sign_in_to_sandbox(browser, sandbox)
    assert browser.open(with_(sandbox, prompt="login")).path == "/sandbox/sign-in"
    clock.advance(120)
    assert "code=" in browser.open(with_(sandbox, max_age="600")).url
    assert browser.open(with_(sandbox, max_age="60")).path == "/sandbox/sign-in"
    pick(browser, "level1")
    assert told(browser)["code"]


def test_select_account_goes_on_as_who_is_picked_or_as_another(browser: InProcess, sandbox: str) -> None:
    sign_in_to_sandbox(browser, sandbox)
    browser.open(with_(sandbox, prompt="select_account"))
    assert browser.page.path == "/sandbox/sign-in"
    browser.submit("sandbox_go_on")
    assert told(browser)["code"]
    browser.open(with_(sandbox, prompt="select_account"))
    pick(browser, "level2")
    assert browser.page.path == "/consent", "somebody else has agreed to nothing yet"


def test_a_stronger_sign_in_is_asked_for(browser: InProcess, sandbox: str, services: Services) -> None:
    sign_in_to_sandbox(browser, sandbox)
    page = browser.open(with_(sandbox, acr_values="LoA2"))
    assert page.path == "/sandbox/sign-in"
    chosen = page.document.xpath("//input[@name='factors'][@checked]/@value")
    assert chosen == ["2"], "as many as are needed are chosen beforehand"
    pick(browser, "level1", "1")
    assert browser.page.path == "/sandbox/sign-in", "one is not enough"
    pick(browser, "level1", "2")
    assert told(browser)["code"]


def test_silent_requests_are_answered_or_refused(browser: InProcess, sandbox: str) -> None:
    silent = with_(sandbox, prompt="none")
    assert browser.open(silent).text_of("error_code") == "login_required"
    browser.open(sandbox)
    pick(browser, "level1")
    assert "error=consent_required" in browser.open(silent).url
    browser.open(sandbox)
    browser.submit("consent_allow")
    assert "code=" in browser.open(silent).url
    assert "error=interaction_required" in browser.open(with_(silent, acr_values="LoA2")).url


@pytest.mark.parametrize("acr", ["", "LoA2"])
def test_a_hint_picks_for_automated_tests(browser: InProcess, sandbox: str, acr: str) -> None:
    hinted = with_(sandbox, login_hint="worker", **({"acr_values": acr} if acr else {}))
    page = browser.open(hinted)
    assert page.path == "/sandbox/sign-in", "who followed a stranger's link is signed in by no hint"
    assert page.document.xpath("//button[@name='person']/@value")[0] == "worker"
    sign_in_to_sandbox(browser, sandbox, "level1", "2")
    page = browser.open(with_(hinted, prompt="login"))
    assert page.path == "/consent"
    browser.submit("consent_allow")
    assert told(browser)["code"]


def test_another_hint_picks_nobody(browser: InProcess, sandbox: str) -> None:
    for hint in ("nobody", "disabled", "lan.nguyen", "sandbox:worker"):
        assert browser.open(with_(sandbox, login_hint=hint)).path == "/sandbox/sign-in"


def test_the_disabled_account_is_said_to_be_so(browser: InProcess, sandbox: str) -> None:
    browser.open(sandbox)
    page = browser.submit("pick_disabled")
    assert page.status == 400 and page.path == "/sandbox/sign-in"


def test_a_name_that_is_nobodys(browser: InProcess, sandbox: str) -> None:
    page = browser.open(sandbox)
    for person in ("nobody", "", "x" * 5000, "worker\u202e"):
        assert browser.post(page.url, person=person, factors="1").status_code == 400
    assert browser.post(page.url, person="worker", factors="3").status_code == 400


def test_sent_twice_it_is_one_sign_in(browser: InProcess, sandbox: str) -> None:
    page = browser.open(sandbox)
    first = browser.post(page.url, person="worker", factors="1")
    again = browser.post(page.url, person="worker", factors="1")
    assert first.status_code == again.status_code == 303
    assert browser.open(first.headers["Location"]).path == "/consent"


def test_a_child_waits_for_the_guardian(browser: InProcess, sandbox: str) -> None:
    browser.open(sandbox)
    pick(browser, "minor-waiting")
    assert browser.page.path == "/guardian" and browser.page.has("sandbox_band")
    assert sign_in_to_sandbox(browser, with_(sandbox, prompt="login"), "minor")


def test_a_level_that_is_too_low(browser: InProcess, new_app: Callable[..., str], services: Services) -> None:
    address = new_app("strict", least_identity_level=2)
    make_sandbox(services, "strict")
    browser.open(address)
    pick(browser, "level1")
    assert browser.page.path == "/requirement"
    assert not browser.page.has("requirement_identity"), "nobody made up goes to a counter"
    browser.click("requirement_picker")
    pick(browser, "level2")
    browser.submit("consent_allow")
    assert told(browser)["code"]
    browser.open(with_(address, prompt="login"))
    pick(browser, "level0")
    browser.submit("requirement_submit")
    assert told(browser)["error"] == "access_denied"


def test_a_helper_acts_for_the_elder(browser: InProcess, sandbox: str, services: Services) -> None:
    client = services.clients.find_now("trial")
    assert client is not None
    services.clients.delete("trial")
    services.clients.add(replace(client, accepts_mandates=True))
    browser.open(sandbox)
    pick(browser, "helper", "2")
    assert browser.page.path == "/in-stead", browser.page


def test_sign_out_by_the_application_tells_it(
    browser: InProcess, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    address = new_app("trial", backchannel_logout_uri="https://app.example/logout")
    make_sandbox(services, "trial")
    sign_in_to_sandbox(browser, address)
    browser.open("/logout?client_id=trial")
    browser.submit("logout_confirm")
    waiting = services.outbox.list_open(most=9)
    assert [(row.kind, row.client_id) for row in waiting] == [("logout_token", "trial")]
    assert browser.open(with_(address, prompt="none")).text_of("error_code") == "login_required"
