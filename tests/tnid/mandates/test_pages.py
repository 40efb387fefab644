"""The pages of mandates: given after a fresh sign-in, accepted by a code, chosen at sign-in, ended."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from oidc.models import Client, Grant
from oidc.token.handles import hash_code
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.mandates.service import Offered
from tnid.services import Services

SCOPE = "openid profile phone"


@pytest.fixture
def at_clinic(new_app: Callable[..., str]) -> str:
    """Where the clinic of these tests sends people: it is `clinic`, under a name of its own."""
    return new_app("clinic", scope=SCOPE, accepts_mandates=True)


@pytest.fixture
def clinic(at_clinic: str, services: Services) -> Client:
    found = services.clients.find("clinic")
    assert found is not None
    return found


@pytest.fixture
def helper(an: Someone, new_browser: Callable[..., InProcess]) -> InProcess:
    """A browser in which An is signed in."""
    browser = new_browser("192.0.2.9")
    an.sign_in(browser)
    return browser


def grant_of(page: Page, services: Services) -> Grant:
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    found = services.grants.find_by_code(hash_code(code))
    assert found is not None
    return found


def refusals(services: Services, account_id: str) -> list[tuple[str, str]]:
    rows = services.audit.list_by_account(account_id)
    return [(row.event, row.reason) for row in rows if row.outcome == "refused"]


# Giving and accepting


def give(browser: InProcess, **fields: str) -> Page:
    """Go from the list to the end of the form."""
    browser.open("/account/mandates")
    page = browser.click("give_mandate")
    page.get("client_clinic").checked = True
    page = browser.submit("clients_submit")
    page.get("scope-clinic-profile").checked = True
    page.get("days-2").checked = True
    return browser.submit("mandate_submit", fields)


def test_a_mandate_goes_from_hand_to_hand(
    clinic: Client,
    bay: Someone,
    an: Someone,
    helper: InProcess,
    browser: InProcess,
    services: Services,
    clock: Clock,
) -> None:
    bay.sign_in(browser)
    code = give(browser).text_of("mandate_code")
    helper.open("/account/mandates/accept")
    page = helper.submit("code_submit", {"code": code.lower()})
    assert "Hoàng Thị Bảy" in page.words() and "Việc làm" in page.words()
    page = helper.click("mandate_accept")
    (mandate,) = services.mandates.list_held(an.id, "clinic", clock.now())
    assert mandate.scope == {"openid", "profile"} and "Hoàng Thị Bảy" in page.words()
    page = browser.open("/account/mandates")
    assert "Lê Bình An" in page.words() and code not in page.text
    browser.click(f"end_{mandate.id}")
    assert services.mandates.list_held(an.id, "clinic", clock.now()) == []


def test_the_code_is_in_no_address_and_not_in_the_database(
    clinic: Client, bay: Someone, browser: InProcess, services: Services, clock: Clock
) -> None:
    bay.sign_in(browser)
    page = give(browser)
    code = page.text_of("mandate_code").replace("-", "")
    assert code not in page.url
    (given,) = services.mandates.list_given(bay.id, clock.now())
    assert code.encode() not in bytes(given.row.code_hash)
    assert page.headers["Cache-Control"] == "no-store"


def test_giving_needs_a_fresh_sign_in_with_the_second_factor(
    clinic: Client, bay: Someone, browser: InProcess, clock: Clock
) -> None:
    bay.sign_in(browser)
    clock.advance(301)
    page = browser.open("/account/mandates/new/details?client=clinic")
    assert page.path == "/login"


def test_what_was_typed_survives_the_sign_in_that_it_needs(
    clinic: Client, bay: Someone, an: Someone, browser: InProcess, services: Services, clock: Clock
) -> None:
    bay.sign_in(browser)
    page = browser.open("/account/mandates/new/details?client=clinic")
    page.get("scope-clinic-profile").checked = True
    page.get("days-1").checked = True
    clock.advance(301)
    browser.submit("mandate_submit", {"to": "an"})
    assert services.mandates.list_given(bay.id, clock.now()) == []
    bay.type_password(browser)
    page = browser.submit("otp_submit", {"otp_code": bay.next_code()})
    assert page.path == "/account/mandates/new/details"
    assert page.get("to").value == "an"
    assert page.get("scope-clinic-profile").checked and page.get("days-1").checked


def test_the_answer_to_a_username_is_the_same_whether_anybody_has_it(
    clinic: Client, bay: Someone, new_person: Callable[..., Someone], browser: InProcess
) -> None:
    new_person("co.nguoi.nay")
    bay.sign_in(browser)
    pages = []
    for username in ("co.nguoi.nay", "khong.co.ai"):
        pages.append(give(browser, to=username).words().replace(username, "…"))
        end = next(one for one in browser.page.document.xpath("//button[@name='mandate']/@id"))
        browser.click(end)
    assert pages[0] == pages[1]


def test_an_offer_by_name_is_accepted_or_declined(
    offer: Callable[..., Offered], helper: InProcess, an: Someone, services: Services, clock: Clock
) -> None:
    declined = offer("profile", to="an")
    helper.open(f"/account/mandates/offers/{declined.mandate_id}")
    helper.click("mandate_decline")
    accepted = offer("profile", to="an")
    helper.open(f"/account/mandates/offers/{accepted.mandate_id}")
    helper.click("mandate_accept")
    (mandate,) = services.mandates.list_held(an.id, "clinic", clock.now())
    assert mandate.id == accepted.mandate_id
    assert helper.open(f"/account/mandates/offers/{accepted.mandate_id}").status == 404


def test_a_strangers_mandate_is_not_found(
    offer: Callable[..., Offered],
    mandate_id: str,
    new_person: Callable[..., Someone],
    browser: InProcess,
    services: Services,
    an: Someone,
    clock: Clock,
) -> None:
    stranger, offered = new_person("la"), offer("profile", to="an")
    stranger.sign_in(browser)
    assert browser.post("/account/mandates/end", mandate=mandate_id).status_code == 404
    assert browser.open(f"/account/mandates/offers/{offered.mandate_id}").status == 404
    assert refusals(services, stranger.id) == [("mandate.accept", "not_found"), ("mandate.end", "not_found")]
    assert len(services.mandates.list_held(an.id, "clinic", clock.now())) == 1


def test_wrong_codes_are_counted_and_then_not_looked_at(
    offer: Callable[..., Offered], helper: InProcess, services: Services, an: Someone
) -> None:
    code = offer("profile").code or ""
    for _ in range(5):
        helper.open("/account/mandates/accept")
        assert helper.submit("code_submit", {"code": "BBBB-BBBB"}).status == 400
    page = helper.submit("code_submit", {"code": code})
    assert page.status == 429 and page.headers["Retry-After"]
    assert refusals(services, an.id)[0] == ("mandate.accept", "too_many_user_codes")


# Signing in


def ask(browser: InProcess, address: str) -> Page:
    return browser.open(address)


def test_a_helper_signs_in_for_somebody(
    mandate_id: str, at_clinic: str, helper: InProcess, an: Someone, bay: Someone, services: Services
) -> None:
    page = ask(helper, at_clinic)
    assert page.path == "/in-stead" and "Hoàng Thị Bảy" in page.words()
    page = helper.click("for_1")
    assert page.path == "/in-stead/confirm"
    assert page.text_of("principal_name") == "Hoàng Thị Bảy"
    assert "Số điện thoại" not in page.text_of("covered"), "the mandate covers the profile alone"
    grant = grant_of(helper.click("in_stead_allow"), services)
    assert (grant.account_id, grant.actor_id, grant.mandate_id) == (bay.id, an.id, mandate_id)
    assert (grant.scope, grant.acr) == ("openid profile", "LoA1")
    assert services.audit.list_by_account(bay.id)[0].event == "mandate.use"


def test_the_first_button_is_for_oneself(
    mandate_id: str, at_clinic: str, helper: InProcess, an: Someone, services: Services
) -> None:
    ask(helper, at_clinic)
    assert helper.click("for_myself").has("consent_allow")
    grant = grant_of(helper.click("consent_allow"), services)
    assert (grant.account_id, grant.actor_id) == (an.id, None)
    assert ask(helper, at_clinic).path == "/in-stead", "asked again, whatever was agreed to before"


def test_whoever_holds_none_is_asked_nothing(at_clinic: str, helper: InProcess, services: Services) -> None:
    ask(helper, at_clinic)
    helper.click("consent_allow")
    assert ask(helper, at_clinic).url.startswith(CALLBACK)


def test_refusing_to_go_on_tells_the_application_no(
    mandate_id: str, at_clinic: str, helper: InProcess
) -> None:
    ask(helper, at_clinic)
    helper.click("for_1")
    page = helper.click("in_stead_deny")
    assert parse_qs(urlsplit(page.url).query)["error"] == ["access_denied"]


@pytest.mark.parametrize("wrong", ["unknown", "another's"])
def test_a_mandate_that_is_not_held_can_not_be_chosen(
    mandate_id: str,
    offer: Callable[..., Offered],
    at_clinic: str,
    helper: InProcess,
    an: Someone,
    new_person: Callable[..., Someone],
    services: Services,
    clock: Clock,
    wrong: str,
) -> None:
    others = offer("profile", principal=an)
    services.mandates.accept_code(others.code or "", new_person("la").id, clock.now())
    page = ask(helper, at_clinic)
    named = "unknown" if wrong == "unknown" else others.mandate_id
    answer = helper.post(page.url, mandate=named)
    assert answer.status_code == 400
    assert refusals(services, an.id)[0] == ("mandate.choose", "not_found")
    assert services.grants.list_by_account(an.id, clock.now()) == []


def test_who_signs_in_for_nobody_goes_back_to_the_application(
    mandate_id: str, at_clinic: str, helper: InProcess, an: Someone, services: Services, clock: Clock
) -> None:
    ask(helper, at_clinic)
    assert parse_qs(urlsplit(helper.click("for_nobody").url).query)["error"] == ["access_denied"]
    assert services.grants.list_by_account(an.id, clock.now()) == []


def test_a_mandate_that_ends_between_screen_and_code_gives_nothing(
    mandate_id: str, at_clinic: str, helper: InProcess, bay: Someone, services: Services, clock: Clock
) -> None:
    ask(helper, at_clinic)
    helper.click("for_1")
    services.mandates.end(mandate_id, bay.id, clock.now())
    page = helper.click("in_stead_allow")
    assert page.path == "/in-stead" and page.has("for_myself") and not page.has("for_1")
    assert services.grants.list_by_account(bay.id, clock.now()) == []


def test_the_screens_of_a_helper_can_not_be_skipped_or_made_up(
    mandate_id: str, at_clinic: str, helper: InProcess, services: Services, bay: Someone, clock: Clock
) -> None:
    page = ask(helper, at_clinic)
    uid = parse_qs(urlsplit(page.url).query)["interaction"][0]
    assert helper.open(f"/in-stead/confirm?interaction={uid}").path == "/in-stead", "nobody was chosen yet"
    helper.open(f"/in-stead?interaction={uid}")
    helper.click("for_1")
    page = helper.open(f"/consent?interaction={uid}")
    assert page.path == "/in-stead/confirm", "no consent of the helper's own stands for the elder's"


def test_a_mandate_opens_nothing_of_the_account_itself(
    mandate_id: str, at_clinic: str, helper: InProcess, bay: Someone
) -> None:
    ask(helper, at_clinic)
    helper.click("for_1")
    helper.click("in_stead_allow")
    page = helper.open("/account")
    assert "Lê Bình An" in page.words() and "Hoàng Thị Bảy" not in page.words()
    assert "Hoàng Thị Bảy" not in helper.open("/account/profile").text


def test_a_helper_can_not_pass_it_on(
    mandate_id: str, at_clinic: str, helper: InProcess, an: Someone, services: Services, clock: Clock
) -> None:
    give(helper)
    (given,) = services.mandates.list_given(an.id, clock.now())
    assert given.row.principal_id == an.id, "what a helper gives is their own, and nobody else's"
