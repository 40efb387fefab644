"""At the counter with a passport or a residence card: a foreigner is found, begun, checked and helped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.officials.conftest import code_of, compare, take_down_card, tick_all
from tnid.accounts.numbers import IDENTITY_CARD, PASSPORT, RESIDENCE_CARD, DocumentNumber
from tnid.accounts.verification import Evidence
from tnid.services import Services

Open = Callable[[Someone], InProcess]
NUMBER = "M12345678"
KIM = "Kim Min-jun"
OF_KOREA = DocumentNumber(PASSPORT, NUMBER, "KR")


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def fill_in(desk: InProcess, number: str = NUMBER, country: str = "KR", kind: int = 0) -> None:
    """Type a document on the page that asks for it: a passport, or with 1 a residence card."""
    desk.page.get(f"document-{kind}").checked = True
    desk.submit("document_submit", {"number": number, "country": country})


def find(desk: InProcess, number: str = NUMBER, country: str = "KR", kind: int = 0) -> None:
    desk.open("/officials")
    desk.click("by_document")
    fill_in(desk, number, country, kind)


def test_a_foreigner_gets_an_account_by_a_passport_and_gets_it_back(
    ha: Someone, open_counter: Open, services: Services
) -> None:
    desk = open_counter(ha)
    find(desk, "m 1234-5678")
    assert NUMBER not in desk.page.text
    take_down_card(desk, name=KIM, birthdate="02/01/1985")
    assert compare(desk).get("visit_level").get("data-level") == "2"
    account_id = services.accounts.identity.find_account_id(OF_KOREA)
    assert account_id is not None
    (verified,) = services.accounts.verified_claims(account_id)
    (evidence,) = verified["verification"]["evidence"]
    assert evidence["document_details"]["type"] == "passport"
    assert len(code_of(desk.click("print_slip"))) == 19
    find(desk, country="JP")
    assert desk.page.has("begin_card") and not desk.page.has("visit_level"), "another country's is another's"
    assert not services.accounts.identity.find_account_id(DocumentNumber(PASSPORT, NUMBER, "JP"))


def test_no_page_of_a_passport_speaks_of_a_card(ha: Someone, open_counter: Open) -> None:
    desk = open_counter(ha)
    find(desk)
    assert "Giữ giấy tờ thêm một lát" in desk.page.text and " thẻ" not in desk.page.text_of("main")
    desk.click("begin_card")
    assert "Thông tin trên giấy tờ" in desk.page.text_of("main")
    assert " thẻ" not in desk.page.text_of("main").lower()
    desk.page.get("gender-0").checked = True
    desk.submit("card_submit", {"name": KIM, "birthdate": "02/01/1985"})
    assert "Đối chiếu giấy tờ với người" in desk.page.text
    assert " thẻ" not in desk.page.text_of("main").lower()
    compare(desk)
    assert "Đối chiếu lại giấy tờ" in desk.page.text


def test_a_foreigner_who_was_confirmed_online_is_found_and_recovers(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    kim = new_person("kim.minjun", claims={"name": KIM})
    raise_level(services, kim, OF_KOREA, clock.now())
    desk = open_counter(ha)
    find(desk)
    assert KIM in desk.page.words() and NUMBER not in desk.page.text
    take_down_card(desk, name=KIM, birthdate="02/01/1985")
    compare(desk)
    assert services.accounts.get(kim.id).identity_level == 2
    desk.click("begin_recovery")
    tick_all(desk)
    desk.submit("recover_submit")
    assert services.counter.recoveries.find_of_account(kim.id, clock.now()) is not None


def raise_level(services: Services, person: Someone, number: DocumentNumber, now: int) -> None:
    claims = {"birthdate": "1985-01-02"}
    assert services.accounts.raise_identity_level(person.id, 1, claims, Evidence(number=number), now) is None


def test_a_visit_that_began_by_name_takes_a_residence_card(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services
) -> None:
    kim = new_person("kim.minjun", claims={"name": KIM, "phone_number": "+821012345678"})
    desk = open_counter(ha)
    desk.open("/officials/by-name")
    desk.submit("find_submit", {"contact": "kim.minjun", "name": KIM})
    desk.click("begin_card")
    desk.click("use_document")
    fill_in(desk, "rc 1234567", country="", kind=1)
    assert not desk.page.has("number") and "RC1234567" not in desk.page.text
    desk.page.get("gender-0").checked = True
    desk.submit("card_submit", {"name": KIM, "birthdate": "02/01/1985"})
    compare(desk)
    assert services.accounts.identity.find_number(kim.id) == DocumentNumber(RESIDENCE_CARD, "RC1234567")
    # The visit has its document now
    path = desk.page.path
    assert desk.open(f"{path}/document").path == f"{path}/card"


@pytest.mark.parametrize(
    ("number", "country", "field"),
    [("", "KR", "number"), ("12", "KR", "number"), ("M12'--", "KR", "number"), (NUMBER, "", "country")],
)
def test_what_is_no_document_is_said_at_its_field(
    number: str, country: str, field: str, ha: Someone, open_counter: Open
) -> None:
    desk = open_counter(ha)
    find(desk, number, country)
    assert desk.page.status == 400 and desk.page.has(f"{field}-error")
    assert desk.page.get("document-0").checked and desk.page.get("country").value == country


def test_another_communes_foreigner_and_oneself_are_not_served(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    elsewhere = {"address": {"locality": "Xã Tân Cương", "region": "Tỉnh Thái Nguyên"}}
    kim = new_person("kim.minjun", claims={"name": KIM, **elsewhere})
    raise_level(services, kim, OF_KOREA, clock.now())
    raise_level(services, ha, DocumentNumber(PASSPORT, "P7654321", "US"), clock.now())
    desk = open_counter(ha)
    find(desk)
    assert (desk.page.status, desk.page.path) == (403, "/officials/by-document")
    assert KIM not in desk.page.words() and NUMBER not in desk.page.text
    find(desk, "P7654321", "US")
    assert desk.page.status == 403


NEW_NUMBER = "M87654321"


def renew(desk: InProcess, number: str = NEW_NUMBER) -> None:
    """Find Kim by the passport that was checked, and compare the one that came after it."""
    find(desk)
    desk.click("renew_document")
    fill_in(desk, number)
    desk.page.get("gender-0").checked = True
    desk.submit("card_submit", {"name": KIM, "birthdate": "02/01/1985"})
    compare(desk)


@pytest.fixture
def kim(ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services) -> Someone:
    """A foreigner who was checked by a passport, at identity level 2."""
    someone = new_person("kim.minjun", claims={"name": KIM, "birthdate": "1985-01-02"})
    evidence = Evidence(number=OF_KOREA)
    claims = {"name": KIM, "birthdate": "1985-01-02", "gender": "female"}
    now = someone.clock.now()
    assert services.accounts.raise_identity_level(someone.id, 2, claims, evidence, now) is None
    return someone


def test_a_renewed_passport_takes_two_officials(
    ha: Someone,
    kim: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    services: Services,
    clock: Clock,
) -> None:
    renewed = DocumentNumber(PASSPORT, NEW_NUMBER, "KR")
    services.accounts.change_profile(kim.id, {"phone_number": "0912345678"}, clock.now())
    renew(open_counter(ha))
    identity = services.accounts.identity
    assert identity.find_number(kim.id) == OF_KOREA, "one official changes nothing"
    assert "counter_correction_asked" in [row.text for row in services.messages.list_by_account(kim.id)]
    second = open_counter(new_official("tu.le"))
    renew(second, "M11111111")
    assert second.page.status == 400 and identity.find_number(kim.id) == OF_KOREA, "they read otherwise"
    renew(second)
    assert identity.find_number(kim.id) == renewed and services.accounts.get(kim.id).identity_level == 2
    assert [number for number, _ended in identity.list_former_numbers(kim.id)] == [OF_KOREA]
    find(second, NEW_NUMBER)
    assert KIM in second.page.words()


def test_a_passport_of_somebody_else_is_no_renewed_one(
    ha: Someone, kim: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services
) -> None:
    other = new_person("other", claims={"name": "Lee Ji-woo"})
    taken = DocumentNumber(PASSPORT, NEW_NUMBER, "KR")
    raise_level(services, other, taken, other.clock.now())
    desk = open_counter(ha)
    renew(desk)
    assert desk.page.status == 400 and services.accounts.identity.find_number(kim.id) == OF_KOREA
    assert services.counter.corrections.find_of_account(kim.id, kim.clock.now()) is None


def test_twelve_digits_are_not_renewed(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    lan = new_person("lan.thu", claims={"name": "Nguyễn Thị Lan"})
    evidence = Evidence(number=DocumentNumber(IDENTITY_CARD, "019195004567"))
    claims = {"name": "Nguyễn Thị Lan", "birthdate": "1995-03-10", "gender": "female"}
    assert services.accounts.raise_identity_level(lan.id, 2, claims, evidence, clock.now()) is None
    desk = open_counter(ha)
    desk.open("/officials/by-name")
    desk.submit("find_submit", {"contact": "lan.thu", "name": "Nguyễn Thị Lan"})
    assert not desk.page.has("renew_document")
    desk.click("begin_card")
    desk.click("use_document")
    fill_in(desk)
    desk.page.get("gender-0").checked = True
    desk.submit("card_submit", {"name": "Nguyễn Thị Lan", "birthdate": "10/03/1995"})
    assert compare(desk).status == 400
    assert services.accounts.identity.find_number(lan.id) == evidence.number
