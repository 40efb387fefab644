"""The checker's page: who may do what, what it says where nothing answers, and what a fault looks like."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from oidc.clients.outbound import OutboundRefused, Parcel, Probed
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.sandbox.conftest import Developer, developer
from tnid.checker.asking import Impatient
from tnid.checker.checks import CHECKS
from tnid.checker.sent import RELOAD_SECONDS
from tnid.checker.views import ASKS, TURNS
from tnid.services import Services
from tnid.signin.limits import Bucket
from tnid.stores.client_checks import client_checks, sandbox_requests

__all__ = ["developer"]
on_one = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def keys(services: Services, clock: Clock) -> None:
    services.keyring.ensure(clock.now())


def request(developer: Developer, services: Services, **given: str) -> None:
    """Have the application send somebody, and leave it at that."""
    client = services.clients.find_now(developer.client_id)
    assert client is not None
    sent = {
        "client_id": developer.client_id,
        "redirect_uri": client.redirect_uris[0],
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        **given,
    }
    developer.browser.open("/authorize", **{name: value for name, value in sent.items() if value})


def results(developer: Developer) -> dict[str, str]:
    page = developer.browser.open(f"{developer.address}/checks")
    assert page.status == 200
    return {
        item.get("id").removeprefix("check_"): item.xpath("string(.//span[contains(@class, 'tag')])")
        for item in page.document.xpath("//li[starts-with(@id, 'check_')]")
    }


def test_the_guide_has_a_place_for_each_check_in_both_languages() -> None:
    docs = Path(__file__).resolve().parents[3] / "docs"
    in_english, in_vietnamese = (docs / one / "developers/checks.md" for one in ("", "vi"))
    headings = re.findall(r"^## (.*)$", in_english.read_text(), re.MULTILINE)
    slugs = {re.sub(r"[^a-z -]", "", one.lower()).replace(" ", "-") for one in headings}
    places = set(re.findall(r"^\((.*)\)=$", in_vietnamese.read_text(), re.MULTILINE))
    assert {check.anchor for check in CHECKS} <= slugs & places


def test_nothing_is_asked_until_somebody_wants_it(developer: Developer, services: Services) -> None:
    shown = results(developer)
    assert len(shown) > 25
    assert shown["redirect_uris"] == "Đạt" and shown["pkce"] == "Chưa thử" == shown["callback_code"]
    assert services.database.fetch_all(client_checks.select()) == []
    page = developer.browser.submit("checker_ask")
    assert page.path == f"{developer.address}/checks"
    shown = results(developer)
    # The address is this very machine's, as a developer's own is in production
    assert shown["callback_code"] == "Không xác định được" and shown["logout_good"] == "Chưa thử"
    assert "curl -i" in developer.browser.page.text


def test_what_was_sent_is_judged_and_not_kept(developer: Developer, services: Services, clock: Clock) -> None:
    request(developer, services, state="a-state-of-mine", nonce="a-nonce-of-mine")
    assert {results(developer)[name] for name in ("pkce", "state", "nonce", "fresh")} == {"Đạt"}
    (row,) = services.database.fetch_all(sandbox_requests.select())
    assert "of-mine" not in row.sent and "ccccc" not in row.sent
    clock.advance(60)
    request(developer, services, state="a-state-of-mine", code_challenge="d" * 43)
    shown = results(developer)
    assert shown["fresh"] == shown["nonce"] == "Cần sửa" and shown["state"] == "Đạt"


@on_one
def test_of_live_clients_nothing_is_noted(
    browser: InProcess, new_app: Callable[..., str], services: Services
) -> None:
    assert browser.open(new_app()).path == "/login"
    assert services.database.fetch_all(sandbox_requests.select()) == []


@on_one
def test_somebody_who_reloads_repeats_nothing(developer: Developer, services: Services, clock: Clock) -> None:
    for seconds, expected in ((1, "Đạt"), (5, "Đạt"), (RELOAD_SECONDS, "Cần sửa")):
        clock.advance(seconds)
        request(developer, services, state="a", nonce="b")
        assert results(developer)["fresh"] == expected


@on_one
def test_what_cant_be_told_from_a_reload_is_not_called_good(developer: Developer, services: Services) -> None:
    request(developer, services)
    assert results(developer)["fresh"] == "Không xác định được"


@on_one
def test_a_request_that_was_refused_says_why(developer: Developer, services: Services, clock: Clock) -> None:
    from tnid.housekeeping import chores  # noqa: PLC0415  for this alone

    request(developer, services, state="a", nonce="b")
    clock.advance(60)
    request(developer, services, code_challenge="", code_challenge_method="", state="c")
    request(developer, services, redirect_uri="https://app.example/Callback", state="d")
    next(chore for chore in chores(services) if chore.name == "seal").work(clock.now())
    shown = results(developer)
    assert shown["pkce"] == shown["redirect_exact"] == "Cần sửa"
    assert "https://app.example/Callback" in developer.browser.page.words()


@on_one
def test_guided_checks_go_one_at_a_time(developer: Developer, services: Services, clock: Clock) -> None:
    results(developer)
    developer.browser.submit("begin_id_token_wrong_nonce")
    active = services.sandbox.faults.list_active(developer.client_id, clock.now())
    assert [(one.name, one.left) for one in active] == [("id_token_wrong_nonce", 1)]
    developer.browser.submit("begin_userinfo_wrong_subject")
    active = services.sandbox.faults.list_active(developer.client_id, clock.now())
    assert [one.name for one in active] == ["userinfo_wrong_subject"]
    page = developer.browser.submit("checker_answer")
    assert page.document.xpath("//*[contains(@class, 'notice bad')]")
    for choice in developer.browser.page.document.xpath("//input[@name='answer']"):
        choice.checked = choice.get("value") == "said_so"
    developer.browser.submit("checker_answer")
    shown = results(developer)
    assert shown["userinfo_wrong_subject"] == "Không xác định được"
    assert shown["id_token_wrong_nonce"] == "Chưa thử"


@on_one
def test_what_is_no_check_is_not_begun(developer: Developer, services: Services, clock: Clock) -> None:
    address = f"http://localhost:8000{developer.address}/checks"
    assert developer.browser.post(f"{address}/begin", check="token_slow").status_code == 404
    assert developer.browser.post(f"{address}/begin", check="pkce").status_code == 404
    answer = developer.browser.post(f"{address}/answer", check="id_token_expired", answer="said_so")
    assert answer.status_code == 303
    assert services.database.fetch_all(client_checks.select()) == []


@on_one
def test_strangers_see_and_do_nothing(
    developer: Developer, new_person: Callable[..., Someone], new_browser: Callable[..., InProcess]
) -> None:
    mai, stranger = new_person("mai"), new_browser("192.0.2.9")
    mai.sign_in(stranger, "/account")
    address = f"http://localhost:8000{developer.address}/checks"
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/ask").status_code == 404
    assert developer.browser.send("POST", f"{address}/ask").status_code == 403


@on_one
def test_an_application_is_asked_so_often_an_hour(
    developer: Developer, services: Services, clock: Clock
) -> None:
    results(developer)
    with services.database.unit():
        for _ in range(ASKS.allowed):
            services.limits.count((Bucket(ASKS, developer.application),), clock.now())
    events = services.audit.list_by_account(developer.someone.id)
    before = len([row for row in events if row.event == "checker.try"])
    developer.browser.submit("checker_ask")
    events = services.audit.list_by_account(developer.someone.id)
    assert len([row for row in events if row.event == "checker.try"]) == before
    clock.advance(3601)
    assert developer.browser.submit("checker_ask").status == 200


@on_one
def test_a_developer_asks_once_at_a_time_and_few_do(developer: Developer, services: Services) -> None:
    results(developer)
    with TURNS.take(developer.someone.id) as is_theirs, TURNS.take(developer.someone.id) as is_again:
        assert is_theirs and not is_again
        developer.browser.submit("checker_ask")
    with TURNS.take("a"), TURNS.take("b"), TURNS.take("c") as is_one_too_many:
        assert not is_one_too_many
        developer.browser.submit("checker_ask")
    tried = [
        row for row in services.audit.list_by_account(developer.someone.id) if row.event == "checker.try"
    ]
    assert not tried
    with TURNS.take("a"):
        developer.browser.submit("checker_ask")
    tried = [
        row for row in services.audit.list_by_account(developer.someone.id) if row.event == "checker.try"
    ]
    assert tried


def test_an_address_that_is_silent_is_asked_once() -> None:
    class Slow:
        asked: ClassVar[list[str]] = []

        def probe(self, parcel: Parcel, *, method: str = "POST") -> Probed:
            self.asked.append(f"{method} {parcel.url}")
            if "slow" in parcel.url:
                raise OutboundRefused("There was no answer in time.", reason="too_slow")
            return Probed(200, "", "")

    impatient = Impatient(Slow())
    for query in ("a", "b"):
        impatient.probe(Parcel(f"https://rp.example/quick?{query}", b""))
        with pytest.raises(OutboundRefused) as refused:
            impatient.probe(Parcel(f"https://rp.example/slow?{query}", b""))
        assert refused.value.reason == "too_slow"
    assert [one.partition("/quick")[1] or "/slow" for one in Slow.asked] == ["/quick", "/slow", "/quick"]


@on_one
def test_without_a_client_it_says_so(developer: Developer, services: Services) -> None:
    services.clients.delete(developer.client_id)
    page = developer.browser.open(f"{developer.address}/checks")
    assert page.status == 200 and not page.has("checker_ask")
