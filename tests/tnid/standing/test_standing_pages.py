"""What people read of their standing before they agree, and after: in words, item by item, and no number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oidc.attested import OF_STANDING
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.mandates.test_guardians import born
from tests.tnid.standing.conftest import HOME, NUMBER
from tests.tnid.standing.test_standing import become_guardian
from tnid.accounts.export import build_document
from tnid.accounts.numbers import HIDDEN_NUMBER
from tnid.accounts.refusal import Refused
from tnid.mandates.service import Offer, Offered, scopes_of
from tnid.services import Services

SCOPE = "openid citizen pid guardian staff"


@pytest.fixture
def bay(new_person: Callable[..., Someone], clock: Clock) -> Someone:
    claims = born(clock, 40, name="Hoàng Thị Bảy", address=HOME)
    return new_person("bay", totp=True, identity_level=2, personal_id_number=NUMBER, claims=claims)


def holds_no_number(text: str) -> bool:
    return NUMBER not in text and NUMBER[-4:] not in text


def test_each_claim_is_named_with_its_value_and_the_number_is_dots(
    browser: InProcess,
    bay: Someone,
    new_person: Callable[..., Someone],
    new_app: Callable[..., str],
    services: Services,
    clock: Clock,
) -> None:
    child = new_person("be", claims=born(clock, 14, name="Hoàng Văn Bé"))
    become_guardian(services, child, bay, clock.now())
    services.counter.roles.grant_official(bay.id, "05467", clock.now())
    services.admin.operators.grant(bay.id, "support", clock.now())
    purpose = {"personal_id_number": {"required": True, "purpose": {"vi": "Tìm đúng thẻ bảo hiểm y tế"}}}
    page = bay.sign_in(browser, new_app(scope=SCOPE, consent_items=purpose))
    words = page.words()
    assert page.path == "/consent" and holds_no_number(page.text)
    for said in (
        "Mức 2: cán bộ đã gặp trực tiếp và đối chiếu giấy tờ tùy thân", "Phường Gia Sàng", HIDDEN_NUMBER,
        "Số định danh cá nhân – chỉ khi bạn đăng nhập hai lớp", "Tìm đúng thẻ bảo hiểm y tế", "1 con",
        "Những con bạn đang giám hộ", "Cán bộ Phường Gia Sàng; Người vận hành Thái Nguyên ID",
    ):  # fmt: skip
        assert said in words, said
    assert "Hoàng Văn Bé" not in words


@pytest.mark.parametrize("level", [0, 1])
def test_what_there_is_none_of_is_said_with_its_reason(
    browser: InProcess, new_person: Callable[..., Someone], new_app: Callable[..., str], level: int
) -> None:
    someone = new_person("an", identity_level=level, personal_id_number=NUMBER)
    page = someone.sign_in(browser, new_app(scope=SCOPE))
    assert holds_no_number(page.text) and HIDDEN_NUMBER not in page.text
    levels = ("Mức 0: do bạn tự khai", "Mức 1: qua điện thoại và thông tin trên thẻ căn cước")
    for said in (
        levels[level], "Chưa ghi nhận bạn cư trú tại xã, phường nào", "Chưa có cán bộ đối chiếu thẻ căn cước",
        "Bạn không giám hộ ai ở đây", "Bạn không giữ vai trò cán bộ nào",
    ):  # fmt: skip
        assert said in page.words(), said


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_it_is_said_in_the_other_languages_too(
    browser: InProcess, bay: Someone, new_app: Callable[..., str], locale: str
) -> None:
    page = bay.sign_in(browser, f"{new_app(scope=SCOPE)}&ui_locales={locale}")
    expected = {
        "en": ("The ward or commune where you live", "Level 2: in person", "You are nobody's guardian here"),
        "ko": ("거주하는 싸(면)·프엉(동)", "2단계: 공무원이 직접 만나", "보호 중인 자녀가 없어"),
    }
    for said in expected[locale]:
        assert said in page.words(), said


def test_what_was_agreed_is_kept_by_name_and_shown_without_the_number(
    browser: InProcess, bay: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    bay.sign_in(browser, new_app(scope=SCOPE))
    assert browser.click("consent_allow").url.startswith(CALLBACK)
    agreed = services.consents.find_agreed(bay.id, "jobs")
    assert agreed is not None and agreed.scope == set(SCOPE.split()) and not agreed.withheld
    for path in ("", "/applications", "/applications/jobs", "/receipts/1", "/receipts/1.json", "/activity"):
        address = f"/account{path}"
        answer = browser.get(address)
        assert answer.status_code == 200 and holds_no_number(answer.text), address
    assert "Số định danh cá nhân" in browser.open("/account/receipts/1").words()
    assert "Xã, phường nơi bạn cư trú" in browser.open("/account/applications/jobs").words()
    receipt = browser.get("/account/receipts/1.json").json()
    assert receipt["sensitive"] is True and len(receipt["spiCat"]) == 3
    masked = build_document(services, bay.account, clock.now(), in_full=False)
    assert holds_no_number(repr(masked).replace("•••••••••512", ""))
    whole = build_document(services, bay.account, clock.now(), in_full=True)
    assert "guardian_of" in repr(whole) and repr(whole).count(NUMBER) == 1, "their own number, and no more"
    audit = services.audit.list_by_account(bay.id)
    assert audit and holds_no_number(repr(audit))


def test_what_is_not_ticked_stays_with_the_person(
    browser: InProcess, bay: Someone, new_app: Callable[..., str], services: Services
) -> None:
    voluntary = {name: {"required": False} for name in OF_STANDING - {"identity_level"}}
    bay.sign_in(browser, new_app(scope=SCOPE, consent_items=voluntary))
    assert browser.click("consent_allow").url.startswith(CALLBACK)
    agreed = services.consents.find_agreed(bay.id, "jobs")
    assert agreed is not None
    assert agreed.withheld >= {*voluntary, "scope/pid", "scope/guardian", "scope/staff"}
    assert "scope/citizen" not in agreed.withheld


def test_no_mandate_can_be_given_for_any_of_these(
    services: Services, bay: Someone, new_app: Callable[..., str], clock: Clock
) -> None:
    new_app("clinic", scope=f"{SCOPE} profile", accepts_mandates=True)
    client: Any = services.clients.find_now("clinic")
    assert scopes_of(client) == ["citizen", "profile"]
    until = clock.now() + 86400
    for scope in ("pid", "guardian", "staff"):
        refused = services.mandates.offer(bay.id, Offer({"clinic": ["profile", scope]}, until), clock.now())
        assert refused == Refused("scopes", "mandate_scope")
    offered = services.mandates.offer(bay.id, Offer({"clinic": ["citizen", "profile"]}, until), clock.now())
    assert isinstance(offered, Offered)


def test_the_page_of_mandates_offers_none_of_these(
    browser: InProcess, bay: Someone, new_app: Callable[..., str]
) -> None:
    new_app("clinic", scope=f"{SCOPE} profile", accepts_mandates=True)
    page = bay.sign_in(browser, "/account/mandates/new/details?client=clinic")
    offered = page.document.xpath("//input[@name='scopes']/@value")
    assert set(offered) == {"clinic citizen", "clinic profile"}
    assert "Số định danh" not in page.words() and "giám hộ" not in page.words()
