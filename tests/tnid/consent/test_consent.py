"""Consent: asked for once, informed, and taken back as easily as given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from oidc.agreed import Agreed
from oidc.attested import Vouched
from oidc.claims import SCOPE_CLAIMS, names_of_scopes
from oidc.consent import CLAIM_GROUPS, items_asked
from oidc.models import AuthorizationRequest, Client
from oidc.resource.registration import new_resource
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, InProcess, Someone
from tnid.consent.items import LABELS, labels_of, show_items
from tnid.consent.values import Holdings, name_of_language
from tnid.services import Services


def test_consent_is_asked_for_once(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], clock: Clock
) -> None:
    address = new_app()
    assert lan.sign_in(browser, address).path == "/consent"
    assert browser.click("consent_allow").url.startswith(CALLBACK)
    assert "code=" in browser.page.url
    assert browser.open(address).url.startswith(CALLBACK)


def test_who_is_asked_for_the_sign_in_alone_is_not_told_that_the_username_goes(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    page = lan.sign_in(browser, new_app(scope="openid"))
    assert "không phải tên đăng nhập" in page.text_of("consent_identifier")
    assert lan.account.username not in page.get("main").text_content()


def test_a_button_pressed_twice_is_one_answer(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    page = lan.sign_in(browser, new_app())
    form = {"decision": "allow", "shown": page.document.xpath("//input[@name='shown']/@value")[0]}
    answers = [browser.post(page.url, **form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert browser.open(answers[1].headers["location"]).url.startswith(CALLBACK)
    assert "code=" in browser.page.url


def test_a_button_pressed_again_while_the_first_press_is_under_way_is_one_answer(
    browser: InProcess,
    lan: Someone,
    new_app: Callable[..., str],
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = lan.sign_in(browser, new_app())
    form = {"decision": "allow", "shown": page.document.xpath("//input[@name='shown']/@value")[0]}
    looked_at = services.interactions.recall(page.url.partition("interaction=")[2])
    assert browser.post(page.url, **form).status_code == 303
    monkeypatch.setattr("tnid.consent.views.get_interaction", lambda: looked_at)
    assert browser.post(page.url, **form).status_code == 303


def test_a_page_that_was_shown_to_somebody_else_is_answered_for_nobody(
    browser: InProcess,
    lan: Someone,
    new_person: Callable[..., Someone],
    new_app: Callable[..., str],
    services: Services,
) -> None:
    page = lan.sign_in(browser, new_app())
    form = {"decision": "allow", "shown": page.document.xpath("//input[@name='shown']/@value")[0]}
    hoa = new_person("hoa", claims={"name": "Lê Thị Hoa"})
    assert hoa.sign_in(browser, f"{new_app('homes')}&prompt=login").path == "/consent"
    answer = browser.post(page.url, **form)
    assert answer.status_code == 409 and "Lê Thị Hoa" in answer.text
    assert services.consents.find_agreed(hoa.id, "jobs") is None
    assert services.consents.find_agreed(lan.id, "jobs") is None


def test_refusing_tells_the_application_so_and_records_it(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services
) -> None:
    lan.sign_in(browser, new_app())
    browser.click("consent_deny")
    assert "error=access_denied" in browser.page.url
    assert services.consents.find_agreed(lan.id, "jobs") is None
    events = [(row.event, row.client_id) for row in services.audit.list_by_account(lan.id)]
    assert ("consent.refuse", "jobs") in events


def test_silence_is_no_consent(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services
) -> None:
    page = lan.sign_in(browser, new_app())
    for decision in ({}, {"decision": "perhaps"}):
        assert browser.post(page.url, **decision).status_code == 200
    assert services.consents.find_agreed(lan.id, "jobs") is None


def test_more_scopes_are_asked_for_and_added(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services
) -> None:
    address = new_app(scope="openid profile phone")
    lan.sign_in(browser, address.replace("profile+phone", "profile"))
    browser.click("consent_allow")
    assert browser.open(address).path == "/consent"
    browser.click("consent_allow")
    agreed = services.consents.find_agreed(lan.id, "jobs")
    assert agreed is not None
    assert agreed.scope == {"openid", "profile", "phone"}


def test_the_page_shows_who_asks_for_what_and_hides_most_of_each_value(
    browser: InProcess, new_person: Callable[..., Someone], new_app: Callable[..., str]
) -> None:
    person = new_person("hoa", claims={"phone_number": "0912345678"})
    page = person.sign_in(browser, new_app())
    assert "Việc làm" in page.words()
    assert "app.example" in page.words()
    hidden = page.document.xpath("//details[not(@open)]")
    assert any("+84912345678" in element.text_content() for element in hidden)
    for element in hidden:
        element.drop_tree()
    assert "912345678" not in page.words() and "678" in page.words()


def test_the_page_of_another_person_is_not_given(
    browser: InProcess, new_browser: Callable[..., InProcess], lan: Someone, new_app: Callable[..., str]
) -> None:
    page = lan.sign_in(browser, new_app())
    other = new_browser()
    assert other.open(page.url).error_code == "interaction_expired"


def test_nobody_signed_in_is_sent_to_sign_in(
    browser: InProcess, new_app: Callable[..., str], services: Services
) -> None:
    uid = browser.open(new_app()).url.partition("interaction=")[2]
    assert browser.open("/consent", interaction=uid).path == "/login"
    answer = browser.post(f"{ISSUER}/consent?interaction={uid}", decision="allow")
    assert answer.headers["Location"] == f"/resume/{uid}"


def test_withdrawing_ends_the_grants_in_the_same_breath(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    lan.sign_in(browser, new_app(scope="openid offline_access"))
    browser.click("consent_allow")
    assert services.consents.withdraw(lan.id, "jobs", clock.now())
    assert services.grants.revoke_by_account(lan.id, clock.now()) == 0
    assert not services.consents.withdraw(lan.id, "jobs", clock.now())
    assert services.audit.list_by_account(lan.id)[0].event == "consent.withdraw"


REQUEST = AuthorizationRequest("jobs", CALLBACK, "query", ("openid",))
CLAIMS = {
    "name": "Nguyễn Thị Lan",
    "preferred_username": "lan",
    "phone_number": "+84912345678",
    "email": "lan@example.vn",
    "birthdate": "1995-03-27",
    "address": {"locality": "Phường Tân Cương"},
}


@pytest.fixture
def in_english(app: object) -> object:
    with app.test_request_context("/", headers={"Cookie": "tnid_lang=en"}):  # type: ignore[attr-defined]
        yield app


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("scope", "claims", "labels"),
    [
        (("openid",), (), []),
        (("openid", "phone"), (), ["Phone number"]),
        (("openid",), ("email",), ["Email"]),
        (
            ("openid", "profile"),
            (),
            [
                "Full name",
                "Username",
                "Date of birth",
                "Sex",
                "Language",
                "Web pages and picture",
                "When the profile was last changed",
            ],
        ),
        (("openid", "tea.read"), (), ["Other information: tea.read"]),
        (
            ("openid", "worker", "employer", "housing", "jobs"),
            ("income_at_least=8000000", "tenure_at_least_months=12"),
            [
                "That you are a worker, and until when this is confirmed",
                "Your employer",
                "Your job",
                "The industrial park where you work",
                "Since when you work there",
                "Kind of employment contract",
                "Which organisations you represent, and in what role",
                "Which income ceiling of social housing you are under, and which employer says so"
                " – never the wage",
                "What work you are looking for",
                "What home you are looking for",
                "Income of 8,000,000\xa0đ a month or more – yes or no, never the wage",
                "Whether you have worked at the same place for 12 months – yes or no, never the date",
            ],
        ),
    ],
)
def test_claims_are_asked_for_in_groups(
    in_english: object, scope: tuple[str, ...], claims: tuple[str, ...], labels: list[str]
) -> None:
    request = AuthorizationRequest("jobs", CALLBACK, "query", scope, userinfo_claims=claims)
    assert [item.label for item in shown(request)] == labels


APP = Client("jobs", {})


def shown(request: AuthorizationRequest, held: Holdings | None = None) -> list[Any]:
    nothing = Agreed(frozenset(), frozenset())
    return show_items(items_asked(request, APP), APP, held or Holdings(CLAIMS), nothing)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_values_are_previewed_masked_and_shown_whole(in_english: object) -> None:
    scope = ("openid", "profile", "phone", "email", "address")
    items = {i.name: i for i in shown(AuthorizationRequest("jobs", CALLBACK, "query", scope))}
    assert {name: item.preview for name, item in items.items()} == {
        "name": "Nguyễn Thị Lan",
        "preferred_username": "lan",
        "birthdate": "••/••/1995",
        "gender": None,
        "locale": None,
        "profile": None,
        "updated_at": None,
        "phone_number": "+84 ••• ••678",
        "email": "l•••@example.vn",
        "address": "Phường Tân Cương",
    }
    assert [value.text for value in items["phone_number"].values] == ["+84912345678"]
    assert [value.text for value in items["birthdate"].values] == ["27/03/1995"]
    assert items["gender"].values == [] and "Not in your profile" in items["gender"].missing


WORK = {
    "is_worker": True,
    "employment_confirmed_at": "2026-11-22",
    "employment_valid_until": "2027-05-24",
    "employer": {"name": "May Chè Xanh", "tax_code": "4600305723"},
    "industrial_park": {"id": "diem-thuy", "name": "KCN Điềm Thụy"},
    "employment_contract_type": "indefinite",
    "social_housing_income": {
        "bracket": "single",
        "ceiling": 25_000_000,
        "ceiling_since": "2026-04-01",
        "verified_by": "May Chè Xanh",
        "verified_at": "2026-11-22",
    },
    "represents": [{"name": "Hợp tác xã chè", "tax_code": "4600305723", "role": "reader"}],
}
WORK_RECORD = {
    "verification": {
        "time": "2026-11-22T06:46:40Z",
        "evidence": [
            {"type": "electronic_record", "time": "2026-11-22T06:46:40Z", "record": {"type": "employment"}}
        ],
    },
    "claims": WORK,
}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_work_is_shown_in_words_and_where_nobody_vouches_for_it_the_page_says_so(in_english: object) -> None:
    asked = AuthorizationRequest(
        "jobs",
        CALLBACK,
        "query",
        ("openid", "worker", "employer", "housing"),
        userinfo_claims=("income_at_least=8000000", "tenure_at_least_months=600"),
        verified_names=("verified_claims/employer", "verified_claims/evidence"),
    )
    vouched = Vouched(WORK, {"income_at_least=8000000": True}, WORK_RECORD)
    items = {item.name: item for item in shown(asked, Holdings(CLAIMS, vouched=vouched))}
    texts = {name: [value.text for value in item.values] for name, item in items.items()}
    assert texts["is_worker"] == ["Yes", "22/11/2026", "24/05/2027"]
    assert texts["employer"] == ["May Chè Xanh, tax code 4600305723"] == texts["verified_claims/employer"]
    assert texts["industrial_park"] == ["KCN Điềm Thụy"] and texts["job_title"] == []
    assert texts["employment_contract_type"] == ["Without an end date"]
    assert texts["represents"] == ["Hợp tác xã chè (Only looks)"]
    assert texts["social_housing_income"] == [
        "25,000,000\xa0đ a month or less (ceiling since 01/04/2026), confirmed by May Chè Xanh on 22/11/2026"
    ]
    assert texts["income_at_least=8000000"] == ["Yes"] and texts["tenure_at_least_months=600"] == []
    assert texts["verified_claims/evidence"] == [
        "Confirmed by the employer on 22/11/2026; its name is not told"
    ]
    assert items["employer"].preview == "May Chè Xanh" and items["social_housing_income"].preview == "•••"
    assert items["is_worker"].preview == "Yes" and "never the wage" in items["income_at_least=8000000"].label
    nothing = {item.name: item for item in shown(asked)}
    for name in ("is_worker", "employer", "income_at_least=8000000", "verified_claims/employer"):
        assert nothing[name].values == [] and "Not confirmed yet" in nothing[name].missing
    assert "Not in your profile" in nothing["housing_seeker"].missing


def test_every_claim_that_a_scope_covers_is_named_on_the_page() -> None:
    assert names_of_scopes(SCOPE_CLAIMS) == {name for names in CLAIM_GROUPS.values() for name in names}
    assert set(CLAIM_GROUPS) == set(LABELS)


def test_what_the_profile_lacks_is_named_with_the_rest(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    page = lan.sign_in(browser, new_app())
    assert "khi bổ sung thì sẽ được chia sẻ" in page.words() and "Tiếng Việt" in page.words()


@pytest.mark.parametrize(
    ("tag", "name"),
    [("vi", "Tiếng Việt"), ("en", "English"), ("ko", "한국어"), ("fr", "français"), ("tyz", "tyz")],
)
def test_a_language_is_named_in_its_own_script(tag: str, name: str) -> None:
    assert name_of_language(tag) == name


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_verified_data_is_named_and_how_it_was_checked(in_english: object) -> None:
    names = ("verified_claims/name", "verified_claims/birthdate", "verified_claims/evidence")
    asked = AuthorizationRequest("jobs", CALLBACK, "query", (), verified_names=names)
    verified = [{"verification": {}, "claims": {"name": "NGUYỄN THỊ LAN", "birthdate": "1995-03-27"}}]
    items = shown(asked, Holdings(CLAIMS, verified, 2))
    assert [item.label for item in items] == [
        "Full name, verified",
        "Date of birth, verified",
        "How it was verified, and by whom",
    ]
    assert [item.values[0].text for item in items[:2]] == ["NGUYỄN THỊ LAN", "27/03/1995"]
    assert "In person" in items[2].values[0].text
    assert all("Not verified yet" in item.missing and not item.values for item in shown(asked))
    agreed = Agreed(frozenset({"openid"}), asked.asked_claims, frozenset({"verified_claims/birthdate"}))
    assert labels_of(agreed) == ["Full name, verified", "How it was verified, and by whom"]


def test_an_expired_page_names_the_application_to_its_own_browser_alone(
    browser: InProcess,
    new_browser: Callable[..., InProcess],
    lan: Someone,
    new_app: Callable[..., str],
    clock: Clock,
) -> None:
    page = lan.sign_in(browser, new_app())
    clock.advance(601)
    uid = page.url.partition("interaction=")[2]
    for address in (page.url, f"{ISSUER}/resume/{uid}"):
        expired = browser.open(address)
        assert expired.error_code == "interaction_expired"
        assert "Quay lại Việc làm và bắt đầu lại" in expired.words()
        other = new_browser().open(address)
        assert other.error_code == "interaction_expired" and "Việc làm" not in other.words()


API = "https://cho-che.example/api"


@pytest.fixture
def market(services: Services, clock: Clock, new_app: Callable[..., str]) -> str:
    """An application that asks for an API; the address at which it sends people to us."""
    scopes = {"che.mua": {"vi": "Mua chè thay bạn", "en": "Buy tea for you"}, "che.ban": {}}
    document = {"resource": API, "scopes": scopes, "resource_name": {"vi": "Chợ chè", "en": "Tea market"}}
    services.resources.add(new_resource(document, clock.now()))
    address = new_app(scope="openid", resources={API: ["che.mua", "che.ban"]})
    return address.replace("scope=openid", f"scope=openid+che.mua+che.ban&resource={quote(API, safe='')}")


def test_what_an_api_is_asked_for_is_said_in_words(browser: InProcess, lan: Someone, market: str) -> None:
    page = lan.sign_in(browser, market)
    assert page.path == "/consent", page
    assert "Mua chè thay bạn" in page.words() and "Chợ chè" in page.words()
    assert "che.ban" in page.words(), "a scope without words has its name"
    assert browser.click("consent_allow").url.startswith(CALLBACK)
    assert browser.open(market).url.startswith(CALLBACK), "and it is asked once"
    assert "Mua chè thay bạn" in browser.open("/account/applications").words()


def test_a_page_that_was_answered_does_not_say_that_nothing_was_shared(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    page = lan.sign_in(browser, new_app())
    address = page.url
    browser.click("consent_allow")
    again = browser.open(address)
    assert again.error_code == "interaction_expired"
    assert "Quay lại Việc làm; yêu cầu này đã được trả lời rồi" in again.words()
    assert "không có thông tin nào bị chia sẻ" not in again.words()
