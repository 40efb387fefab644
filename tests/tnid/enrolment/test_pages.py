"""Confirming who one is, page by page and without scripts: typed, by a photo, with a phone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.enrolment.conftest import CARD, GIA_SANG, TYPED, fill, picture_of, send_photo
from tnid.enrolment.photo import MOST_BYTES
from tnid.services import Services
from tnid.signin.limits import Limit

PHOTOS_ONE = Limit("identity_photo", 1, 3600)
NUMBER = TYPED["number"]


def level(services: Services, someone: Someone) -> int:
    return services.accounts.get(someone.id).identity_level


def refusals(services: Services) -> list[str]:
    sql = text("SELECT reason FROM audit_events WHERE outcome = 'refused' ORDER BY id")
    return [row.reason for row in services.database.fetch_all(sql)]


def test_what_is_typed_and_right_is_confirmed(
    at_identity: InProcess, an: Someone, services: Services
) -> None:
    at_identity.click("identity_typed")
    page = fill(at_identity)
    assert page.path == "/account/identity" and page.status == 200
    facts = page.text_of("verified_facts")
    assert "Nguyễn Văn An" in facts and "02/01/1990" in facts and "•••••••••123" in facts
    assert NUMBER not in page.text
    account = services.accounts.get(an.id)
    assert account.identity_level == 1
    assert account.profile["family_name"] == "Nguyễn" and account.profile["given_name"] == "An"
    assert account.profile["address"]["locality"] == "Phường Gia Sàng"
    found = services.accounts.identity.find_verification(an.id)
    assert found is not None and found.warnings == () and found.check_method is None


def test_a_photo_fills_the_form_and_the_person_confirms_it(
    at_identity: InProcess, an: Someone, services: Services
) -> None:
    answer = send_photo(at_identity, picture_of(CARD))
    assert answer.status_code == 303 and NUMBER not in answer.headers["location"]
    assert NUMBER not in answer.headers.get("set-cookie", "")
    page = at_identity.open("/account/identity/details")
    form = next(page.get("identity_submit").iterancestors("form"))
    assert form.fields["number"] == NUMBER and form.fields["name"] == "Nguyễn Văn An"
    assert form.fields["birthdate"] == "02/01/1990" and form.fields["gender"] == "male"
    # Gia Sàng was split: the person is asked, with its successors on top
    assert form.fields["ward"] == ""
    options = [one.get("value") for one in page.document.xpath("//select[@name='ward']//option")]
    assert GIA_SANG in options[1:3] and len(options) == 94
    assert level(services, an) == 0, "nothing is confirmed before the person has looked"
    assert at_identity.submit("identity_submit").status == 400
    assert fill(at_identity).path == "/account/identity"
    assert level(services, an) == 1


def test_a_photo_as_large_as_phones_make_is_read(at_identity: InProcess) -> None:
    photo = picture_of(CARD, size=(1900, 2500), kind="PNG", compress_level=0)
    assert len(photo) > MOST_BYTES
    assert send_photo(at_identity, photo).status_code == 413
    grainy = Image.effect_noise((3000, 2400), 30)
    grainy.paste(Image.open(io.BytesIO(picture_of(CARD))), (300, 300))
    large = io.BytesIO()
    grainy.save(large, "JPEG", quality=85)
    assert 1024 * 1024 < len(large.getvalue()) < MOST_BYTES
    assert send_photo(at_identity, large.getvalue()).status_code == 303


def test_the_camera_s_text_comes_to_the_same_form(at_identity: InProcess) -> None:
    page = at_identity.open("/account/identity/scan")
    assert "camera=(self)" in page.headers["permissions-policy"]
    assert "'wasm-unsafe-eval'" in page.headers["content-security-policy"]
    form = next(page.get("card_text").iterancestors("form"))
    token = form.fields["csrf_token"]
    answer = at_identity.send("POST", page.url, data={"csrf_token": token, "card_text": CARD})
    assert answer.status_code == 303 and answer.headers["location"].endswith("/account/identity/details")
    for noise, words in (
        ("WIFI:S:x;;", "không phải mã QR"),
        ("DN4010112345678|a|b|c|d|e|$", "bảo hiểm y tế"),
    ):
        answer = at_identity.send("POST", page.url, data={"csrf_token": token, "card_text": noise})
        assert answer.status_code == 400 and words in answer.text


@pytest.mark.parametrize("path", ["", "/details", "/photo"])
def test_no_other_page_may_use_the_camera(path: str, at_identity: InProcess) -> None:
    page = at_identity.open(f"/account/identity{path}")
    assert "camera=()" in page.headers["permissions-policy"]
    assert "wasm" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"number": "090123456"}, "number", "thẻ cũ"),
        ({"number": "01909000012a"}, "number", "12 chữ số"),
        ({"number": ""}, "number", "12 chữ số"),
        ({"name": "N" * 300}, "name", "quá dài"),
        ({"name": ""}, "name", "không được để trống"),
        ({"name": "Nguyễn\u202eVăn"}, "name", "ký tự"),
        ({"name": "Nguyễn Văn An 😀"}, "name", "biểu tượng"),
        ({"name": "Nguyễn Văn An 2"}, "name", "chữ số"),
        ({"name": "Nguyễn_Văn_An"}, "name", "chữ số"),
        ({"birthdate": "02/01/2090"}, "birthdate", "chưa đến"),
        ({"birthdate": "31/02/1990"}, "birthdate", "chưa đúng"),
        ({"birthdate": "02/01/1890"}, "birthdate", "chưa đúng"),
        ({"birthdate": "02/01/2020"}, "birthdate", "14 tuổi"),
        ({"gender": ""}, "gender", "không được để trống"),
        ({"ward": ""}, "ward", "nhiều xã, phường"),
        ({"ward": "", "address": "Ở đâu đó"}, "ward", "Hãy chọn"),
        ({"address": "x" * 300}, "address", "quá dài"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    changes: dict[str, str],
    field: str,
    words: str,
    at_identity: InProcess,
    an: Someone,
    services: Services,
) -> None:
    at_identity.open("/account/identity/details")
    page = fill(at_identity, **changes)
    assert page.status == 400 and page.path == "/account/identity/details"
    assert words.lower() in page.text_of(f"{field}-error").lower()
    form = next(page.get("identity_submit").iterancestors("form"))
    assert form.fields["name"] == (TYPED | changes)["name"]
    assert form.fields["number"] == (TYPED | changes)["number"]
    assert level(services, an) == 0 and services.accounts.identity.find_number(an.id) is None
    assert len(refusals(services)) == 1


def test_every_wrong_field_is_said_at_once(at_identity: InProcess, services: Services) -> None:
    at_identity.open("/account/identity/details")
    page = fill(at_identity, number="12", name="An 2", birthdate="31/02/1990", gender="", ward="")
    wrong = ("number", "name", "birthdate", "gender", "ward")
    assert page.status == 400 and all(page.has(f"{field}-error") for field in wrong)
    at_identity.open("/account/identity/details?document=passport")
    page = fill(at_identity, number="!", name="", birthdate="", gender="", address="", ward="")
    assert all(page.has(f"{field}-error") for field in ("country", "number", "name", "birthdate", "gender"))
    assert len(refusals(services)) == 2, "one row a form"


def test_a_number_that_disagrees_is_confirmed_with_warnings(
    at_identity: InProcess, an: Someone, services: Services
) -> None:
    at_identity.open("/account/identity/details")
    assert fill(at_identity, number="000 195 000 123", name="Nguyễn Văn Bình").path == "/account/identity"
    found = services.accounts.identity.find_verification(an.id)
    assert found is not None
    assert found.warnings == ("unknown_prefix", "birth_year_differs", "sex_differs", "name_differs")


def test_a_foreigner_types_a_passport(at_identity: InProcess, an: Someone, services: Services) -> None:
    page = at_identity.click("identity_passport")
    assert page.has("country") and "Hàn Quốc" in page.words()
    typed = {
        "number": "m1234-5678",
        "name": "KIM MIN JUN",
        "birthdate": "02/01/1990",
        "address": "",
        "ward": "",
    }
    assert fill(at_identity, **typed).text_of("country-error")
    assert fill(at_identity, country="KR", **typed).path == "/account/identity"
    number = services.accounts.identity.find_number(an.id)
    assert number is not None and (number.kind, number.country, number.number) == (
        "passport",
        "KR",
        "M12345678",
    )
    profile = services.accounts.get(an.id).profile
    assert profile["name"] == "KIM MIN JUN" and "family_name" not in profile


# The phone


@pytest.fixture
def binh(new_person: Callable[..., Someone]) -> Someone:
    """A person whose phone nobody verified."""
    return new_person("binh", claims={"name": "Nguyễn Văn An", "phone_number": "0987654321"})


def test_an_unverified_phone_answers_first(
    browser: InProcess, binh: Someone, services: Services, read_code: Callable[[Someone], str]
) -> None:
    binh.sign_in(browser, "/account/identity/details")
    page = fill(browser)
    assert page.path == "/account/identity/phone" and level(services, binh) == 0
    assert NUMBER not in browser.cookies.get("tnid_browser", "")
    page = browser.submit("phone_submit")
    assert page.path == "/account/identity/phone/code" and "0987654321" not in page.words()
    wrong = browser.submit("code_submit", {"code": "000000"})
    assert wrong.status == 400 and wrong.has("code-error")
    page = browser.submit("code_submit", {"code": read_code(binh)})
    assert page.path == "/account/identity", page
    account = services.accounts.get(binh.id)
    assert account.identity_level == 1 and account.profile["phone_number_verified"] is True


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912.345.678", "+84912345678"),
        ("+82 10 1234 5678", "+821012345678"),
        ("84912345678", "+84912345678"),
    ],
)
def test_a_phone_may_be_given_on_the_way_and_be_of_any_country(
    typed: str, kept: str, browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser, "/account/identity/phone")
    assert browser.submit("phone_submit", {"phone": typed}).path == "/account/identity/phone/code"
    assert services.accounts.get(lan.id).profile["phone_number"] == kept


@pytest.mark.parametrize(
    ("typed", "words"), [("123", "Số điện thoại"), ("02083855555", "cố định"), ("", "trống")]
)
def test_what_gets_no_code_is_no_phone(typed: str, words: str, browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser, "/account/identity/phone")
    page = browser.submit("phone_submit", {"phone": typed})
    assert page.status == 400 and words in page.text_of("phone-error")
    assert page.get("phone").value == typed


def test_where_no_message_can_be_sent_the_page_says_so_and_names_the_counter(
    browser: InProcess, lan: Someone, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.messages, "sendable", frozenset({"email"}))
    lan.sign_in(browser, "/account/identity/details")
    page = fill(browser)
    assert page.has("no_codes") and not page.has("phone") and "bộ phận một cửa" in page.words()
    assert services.messages.list_by_account(lan.id) == []
    assert browser.open("/account/identity/details").get("number").value == NUMBER, "nothing is lost"


def test_a_code_for_one_phone_proves_nothing_of_another(
    browser: InProcess,
    lan: Someone,
    services: Services,
    read_code: Callable[[Someone], str],
    clock: Any,
) -> None:
    lan.sign_in(browser, "/account/identity/phone")
    browser.submit("phone_submit", {"phone": "0912345678"})
    code = read_code(lan)
    services.accounts.change_profile(lan.id, {"phone_number": "0987654321"}, clock.now())
    assert browser.submit("code_submit", {"code": code}).status == 400
    assert not services.accounts.get(lan.id).profile["phone_number_verified"]


# One person, one account


def test_a_number_that_is_taken_leads_to_recovery_and_tells_nothing(
    at_identity: InProcess, an: Someone, new_person: Callable[..., Someone], services: Services
) -> None:
    owner = new_person("chu.so", personal_id_number=NUMBER, identity_level=2, trusted=True,
                       claims={"name": "Trần Thị Chủ", "phone_number": "0911222333"})  # fmt: skip
    at_identity.open("/account/identity/details")
    page = fill(at_identity)
    assert page.path == "/account/identity/unconfirmed" and page.status == 200
    assert page.has("unconfirmed_recover")
    assert "Chủ" not in page.text and "chu.so" not in page.text and "333" not in page.words()
    assert level(services, an) == 0
    assert refusals(services) == ["number_taken"]
    told = [row.text for row in services.messages.list_by_account(owner.id)]
    assert told == ["identity_tried_elsewhere"]
    # Once a day is enough
    at_identity.open("/account/identity/details")
    fill(at_identity)
    assert len(services.messages.list_by_account(owner.id)) == 1


def test_one_number_too_many_gets_the_same_answer(
    new_browser: Callable[..., InProcess], new_person: Callable[..., Someone], services: Services
) -> None:
    new_person("chu.so", personal_id_number=NUMBER, identity_level=2, trusted=True)
    phone = {"phone_number": "0912345678", "phone_number_verified": True}
    browser, prober = new_browser(), new_person("ke.do", claims=phone)
    prober.sign_in(browser, "/account/identity/details")
    taken = fill(browser).words()
    for _ in range(2):
        browser.open("/account/identity/details")
        fill(browser)
    # A number that nobody has, after the tries of a day
    browser.open("/account/identity/details")
    made_up = fill(browser, number="019090999999")
    assert made_up.path == "/account/identity/unconfirmed" and made_up.words() == taken
    assert level(services, prober) == 0
    assert refusals(services) == ["number_taken"] * 3 + ["too_many"]


def test_who_is_confirmed_can_ask_for_no_second_number(
    at_identity: InProcess, an: Someone, services: Services
) -> None:
    at_identity.open("/account/identity/details")
    form_page = at_identity.page
    fill(at_identity)
    # The same form sent twice, or another number: nothing more happens
    form = next(form_page.get("identity_submit").iterancestors("form"))
    answer = at_identity.send(
        "POST", form_page.url, data={**dict(form.form_values()), "number": "019090999999"}
    )
    assert answer.status_code == 303 and answer.headers["location"].endswith("/account/identity")
    number = services.accounts.identity.find_number(an.id)
    assert number is not None and number.number == NUMBER
    events = services.database.fetch_all(
        text("SELECT id FROM audit_events WHERE event = 'account.raise_identity_level'")
    )
    assert len(events) == 1


# Photos that are none


@pytest.mark.parametrize(
    ("photo", "status", "words"),
    [
        (b"", 400, "Hãy chọn"),
        (b"no picture at all", 400, "JPEG hoặc PNG"),
        (b"GIF89a" + b"\x00" * 200, 400, "JPEG hoặc PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 300, 400, "JPEG hoặc PNG"),
        (picture_of(CARD)[:20000], 400, "hỏng"),
        (picture_of("WIFI:S:x;;"), 400, "không phải mã QR"),
        (b"\xff\xd8\xff" + b"\x00" * (MOST_BYTES + 10), 413, "6 MB"),
        (b"\xff\xd8\xff" + b"\x00" * (2 * MOST_BYTES), 413, "6 MB"),
    ],
    ids=["none", "text", "gif", "png-head", "torn", "other-code", "large", "huge"],
)
def test_a_photo_that_is_none_is_refused_in_words(
    photo: bytes, status: int, words: str, at_identity: InProcess
) -> None:
    answer = send_photo(at_identity, photo)
    assert answer.status_code == status and words in answer.text
    assert 'id="photo-error"' in answer.text


def test_a_stranger_s_photo_is_not_even_read(browser: InProcess) -> None:
    token = browser.open("/").document.xpath("//input[@name='csrf_token']/@value")[0]
    answer = browser.send(
        "POST", "/account/identity/photo", data={"csrf_token": token}, files={"photo": b"x" * 2_000_000}
    )
    assert answer.status_code == 413


def test_photos_are_counted(at_identity: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tnid.enrolment.service.PHOTOS", PHOTOS_ONE)
    assert send_photo(at_identity, b"x").status_code == 400
    answer = send_photo(at_identity, b"x")
    assert answer.status_code == 429 and answer.headers["retry-after"]


# In the way of an application


def test_a_request_that_needs_level_1_goes_on_where_it_stopped(
    browser: InProcess, an: Someone, new_app: Callable[..., str]
) -> None:
    page = an.sign_in(browser, new_app(least_identity_level=1))
    assert page.path == "/requirement"
    page = browser.click("requirement_identity")
    assert page.path == "/account/identity" and "Việc làm" in page.words()
    browser.click("identity_typed")
    page = fill(browser)
    assert page.path == "/consent", page
    assert browser.click("consent_allow").url.startswith(f"{CALLBACK}?")


def test_a_level_that_only_the_commune_gives_is_not_promised_here(
    browser: InProcess, an: Someone, new_app: Callable[..., str]
) -> None:
    page = an.sign_in(browser, new_app(least_identity_level=2))
    assert page.path == "/requirement" and not page.has("requirement_identity")
