"""Faults of a sandbox: picked at the sign-in, or set by its developer for a while."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from oidc.http import json_response
from oidc.sandbox_faults import AT_TOKEN, AT_USERINFO, ERRORS, NEW_KEY_SECONDS
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.sandbox.conftest import Developer, pick, told
from tnid.db import Database
from tnid.sandbox import late
from tnid.sandbox.faults import SandboxFaults
from tnid.sandbox.late import AT_ONCE, Late
from tnid.sandbox.new_keys import SLOT_SECONDS, SLOTS
from tnid.sandbox.picker import WAIT_SECONDS
from tnid.sandbox.words import AT_PICKER, WORDS
from tnid.services import Services


def test_every_fault_has_words() -> None:
    assert set(WORDS) == {*AT_PICKER, *AT_TOKEN, *AT_USERINFO}


# At the sign-in


def test_a_sign_in_ends_as_was_chosen(browser: InProcess, sandbox: str) -> None:
    for error in ERRORS:
        browser.open(sandbox)
        browser.submit("sandbox_fail", {"sandbox_fault": error})
        assert told(browser)["error"] == error and told(browser)["state"] == "s" * 32


def test_a_code_is_spoiled_after_all_the_rest(browser: InProcess, sandbox: str, services: Services) -> None:
    browser.open(sandbox)
    page = browser.submit("sandbox_fail", {"sandbox_fault": "code_expired"})
    assert page.has("sandbox_fault_chosen")
    pick(browser, "level1")
    browser.submit("consent_allow")
    assert told(browser)["code"]


def test_a_request_that_has_expired(browser: InProcess, sandbox: str) -> None:
    browser.open(sandbox)
    assert (
        browser.submit("sandbox_fail", {"sandbox_fault": "expired_request"}).error_code
        == "interaction_expired"
    )


def test_an_answer_that_is_slow(browser: InProcess, sandbox: str) -> None:
    browser.open(sandbox)
    page = browser.submit("sandbox_fail", {"sandbox_fault": "slow"})
    seconds, _, onward = page.headers["Refresh"].partition("; url=")
    assert int(seconds) == WAIT_SECONDS
    assert browser.open(onward).path == "/sandbox/sign-in"


def test_a_fault_that_there_is_not(browser: InProcess, sandbox: str) -> None:
    page = browser.open(sandbox)
    answer = browser.post(page.url.replace("/sign-in", "/fail"), fault="nonsense")
    assert answer.status_code == 400 and "sandbox_failing" in answer.text


def test_nobody_lets_a_live_sign_in_fail(browser: InProcess, new_app: Callable[..., str]) -> None:
    page = browser.open(new_app("live"))
    address = page.url.replace("/login", "/sandbox/fail")
    assert browser.post(address, fault="access_denied").status_code == 400
    assert browser.open(page.url).path == "/login"


# For a while


@pytest.fixture
def faults(services: Services, sandbox: str) -> SandboxFaults:
    return services.sandbox.faults


def set_fault(faults: SandboxFaults, clock: Clock, name: str, left: int | None, seconds: int = 600) -> bool:
    return faults.set("trial", name, until=clock.now() + seconds, left=left, by="", now=clock.now())


def test_it_ends_with_its_requests(faults: SandboxFaults, services: Services, clock: Clock) -> None:
    assert set_fault(faults, clock, "token_unavailable", 2)
    client = services.clients.find_now("trial")
    assert client is not None
    taken = [faults.take(client, "token", clock.now()) for _ in range(3)]
    assert taken == ["token_unavailable", "token_unavailable", ""]
    assert faults.list_active("trial", clock.now()) == []


def test_it_ends_with_its_time(faults: SandboxFaults, services: Services, clock: Clock) -> None:
    assert set_fault(faults, clock, "userinfo_slow", None)
    client = services.clients.find_now("trial")
    assert client is not None
    assert faults.take(client, "userinfo", clock.now()) == "userinfo_slow"
    assert faults.take(client, "token", clock.now()) == "", "another endpoint is as always"
    assert faults.take(client, "userinfo", clock.advance(600)) == ""


def test_requests_at_once_take_one_each(
    faults: SandboxFaults, services: Services, clock: Clock, database: Database
) -> None:
    set_fault(faults, clock, "invalid_grant", 3)
    client = services.clients.find_now("trial")
    assert client is not None
    taken: list[str] = []

    def take() -> None:
        with database.unit():
            taken.append(faults.take(client, "token", clock.now()))

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == ["invalid_grant"] * 3 and faults.list_active("trial", clock.now()) == []


def test_no_live_client_has_any(services: Services, clock: Clock, new_app: Callable[..., str]) -> None:
    new_app("live")
    faults = services.sandbox.faults
    assert not faults.set("live", "invalid_grant", until=clock.now() + 60, left=1, by="", now=clock.now())
    client = services.clients.find_now("live")
    assert client is not None and not client.sandbox_faults


def test_few_answers_leave_late_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(late.time, "sleep", waited.append)
    answer = json_response({})._replace(delay_seconds=5)
    held, place = [], Late()
    for _ in range(AT_ONCE):
        given, body = place.hold(answer)
        assert given is answer
        held.append(body)
    refused, _body = place.hold(answer)
    assert refused.status == 503 and "Retry-After" in dict(refused.headers)
    assert b"".join(held[0]) == answer.body and waited == [5]
    assert place.hold(answer)[0] is answer, "the place is free again, though nobody closed"
    for body in held:
        body.close()  # type: ignore[attr-defined]


# The developer's page


def test_a_developer_sets_and_ends_one(developer: Developer, services: Services, clock: Clock) -> None:
    browser = developer.browser
    browser.open(f"{developer.address}/faults")
    chosen = browser.page.document.xpath("//input[@name='fault'][@value='token_unavailable']")[0]
    chosen.checked = True
    page = browser.submit("faults_set", {"fault_number": "3"})
    assert page.has("faults_active")
    (active,) = services.sandbox.faults.list_active(developer.client_id, clock.now())
    assert (active.name, active.left) == ("token_unavailable", 3)
    assert browser.open(developer.address).has("faults_active"), "and the overview says so"
    browser.open(f"{developer.address}/faults")
    assert not browser.submit("faults_end").has("faults_active")


def test_a_number_that_is_none_is_said_at_the_field(developer: Developer) -> None:
    browser = developer.browser
    for number in ("0", "101", "-1", "", "many", "1e9"):
        answer = browser.post(
            f"{developer.address}/faults", fault="invalid_grant", number=number, unit="requests"
        )
        assert answer.status_code == 400 and "fault_number-error" in answer.text
        assert (
            'value="invalid_grant" checked' in answer.text.replace("checked ", "checked ")
            or "checked" in answer.text
        )


def test_strangers_and_readers_set_none(
    developer: Developer,
    new_browser: Callable[..., InProcess],
    new_person: Callable[..., Someone],
    services: Services,
    clock: Clock,
) -> None:
    stranger = new_browser()
    new_person("nam").sign_in(stranger)
    for address in ("/faults", "/faults/end"):
        assert (
            stranger.post(developer.address + address, fault="invalid_grant", number="1").status_code == 404
        )
    assert stranger.get(f"{developer.address}/faults").status_code == 404
    assert services.sandbox.faults.list_active(developer.client_id, clock.now()) == []


# Keys


def kids(services: Services, now: int) -> set[str]:
    keys = json.loads(services.provider.jwks(now).body)["keys"]
    return {key["kid"] for key in keys}


def test_a_new_name_of_a_key_is_published_when_a_sandbox_asks(services: Services, clock: Clock) -> None:
    services.keyring.ensure(clock.now())
    before = kids(services, clock.now())
    assert not any("~" in kid for kid in before)
    with services.database.unit():
        name = services.sandbox.faults.name_key(clock.now())
        assert services.sandbox.faults.name_key(clock.now()) == name, "one for everybody"
    claims = {"iss": "x", "iat": clock.now(), "exp": clock.now() + 600}
    token = services.provider.signer.sign(claims, alg="RS256", typ="JWT", now=clock.now(), name=name)
    kid = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))["kid"]
    assert kid.endswith(f"~{name}") and kid not in before
    later = clock.advance(NEW_KEY_SECONDS)
    keys = KeySet.import_key_set(json.loads(services.provider.jwks(later).body))
    assert jws.deserialize_compact(token, keys, algorithms=["RS256"]).payload
    assert services.provider.signer.verify(token, typ="JWT", now=later)["iss"] == "x", "ours, too"
    assert kids(services, later) >= before
    assert kids(services, clock.advance(SLOTS * SLOT_SECONDS)) == before, "and gone again after a while"
