"""What somebody looks for: said on two pages, kept sealed, told to whom they let, and forgotten at a tap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tnid.conftest import InProcess, Someone
from tnid.accounts.claims import check_profile
from tnid.accounts.refusal import Refused
from tnid.money import read_dong
from tnid.services import Services

JOB = {"parks": ["diem-thuy"], "kinds": ["sewing", "food"], "wage_from": 8_000_000, "may_be_found": True}
HOME = {"household": "with_child", "people": 2, "wards": ["05467"], "rent_to": 1_500_000}


@pytest.mark.parametrize("claim", [{"job_seeker": JOB}, {"housing_seeker": HOME}])
def test_whole_wishes_are_kept_as_they_are(claim: dict[str, Any]) -> None:
    assert check_profile(claim) == claim


def test_who_only_looks_is_found_by_nobody() -> None:
    assert check_profile({"job_seeker": {}}) == {"job_seeker": {"may_be_found": False}}
    emptied = {"job_seeker": {"parks": [], "may_be_found": True}}
    assert check_profile(emptied) == {"job_seeker": {"may_be_found": True}}
    assert check_profile({"job_seeker": "", "housing_seeker": None}) == {}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("job_seeker", "anything"),
        ("job_seeker", [JOB]),
        ("job_seeker", {**JOB, "name": "Lan"}),
        ("job_seeker", {"parks": ["nowhere"]}),
        ("job_seeker", {"parks": ["diem-thuy", "diem-thuy"]}),
        ("job_seeker", {"parks": "diem-thuy"}),
        ("job_seeker", {"parks": [["diem-thuy"]]}),
        ("job_seeker", {"kinds": ["juggling"]}),
        ("job_seeker", {"wage_from": 999_999}),
        ("job_seeker", {"wage_from": 200_000_001}),
        ("job_seeker", {"wage_from": "8000000"}),
        ("job_seeker", {"wage_from": True}),
        ("job_seeker", {"may_be_found": "yes"}),
        ("housing_seeker", {"people": 2}),
        ("housing_seeker", {**HOME, "household": "commune"}),
        ("housing_seeker", {**HOME, "household": ["single"]}),
        ("housing_seeker", {**HOME, "people": 0}),
        ("housing_seeker", {**HOME, "people": 21}),
        ("housing_seeker", {**HOME, "wards": ["05467", "99999"]}),
        ("housing_seeker", {**HOME, "wards": ["05467", "05503", "01840", "01843"]}),
        ("housing_seeker", {**HOME, "rent_to": 99_999}),
        ("housing_seeker", {**HOME, "phone": "0912345678"}),
    ],
)
def test_what_is_no_wish_is_refused(claim: str, value: Any) -> None:
    assert check_profile({claim: value}) == Refused(claim, claim)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("8.000.000", 8_000_000),
        ("8,000,000", 8_000_000),
        ("8000000 đ", 8_000_000),
        ("8 000 000 VND", 8_000_000),
        ("8.00.000", None),
        ("8 triệu", None),
        ("-8000000", None),
        ("８０００", None),
        ("9" * 40, None),
        ("", None),
    ],
)
def test_amounts_as_people_type_them(typed: str, amount: int | None) -> None:
    assert read_dong(typed) == amount


def wishes_of(services: Services, person: Someone) -> dict[str, Any]:
    profile = services.accounts.get(person.id).profile
    return {name: profile[name] for name in ("job_seeker", "housing_seeker") if name in profile}


def tick(browser: InProcess, name: str, *values: str) -> None:
    for box in browser.page.document.xpath(f"//input[@name='{name}']"):
        box.checked = box.get("value") in values


def test_a_job_is_wished_for_changed_and_forgotten(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser, "/account/work/wishes")
    browser.open("/account/work/wishes/job")
    assert not browser.page.document.xpath("//input[@checked]"), "nothing is ticked beforehand"
    tick(browser, "parks", "diem-thuy")
    tick(browser, "kinds", "sewing", "food")
    tick(browser, "may_be_found", "y")
    page = browser.submit("wish_submit", {"wage_from": "8.000.000"})
    assert wishes_of(services, lan) == {"job_seeker": JOB}
    assert page.path == "/account/work/wishes" and "8.000.000" in page.words() and "May mặc" in page.words()
    page = browser.open("/account/work/wishes/job")
    assert len(page.document.xpath("//input[@checked]")) == 4
    browser.submit("wish_submit", {"wage_from": ""})
    assert "wage_from" not in wishes_of(services, lan)["job_seeker"]
    browser.open("/account/work/wishes/job")
    assert "Đã xóa" in browser.submit("wish_remove", {}).words() and wishes_of(services, lan) == {}


def test_a_home_is_wished_for_by_whoever_will_live_there(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser, "/account/work/wishes/home")
    page = browser.submit("wish_submit", {"people": "2"})
    assert page.status == 400 and wishes_of(services, lan) == {}
    tick(browser, "household", "with_child")
    typed = {"people": "hai", "ward_1": "05467", "ward_2": "05467", "rent_to": "1,5"}
    page = browser.submit("wish_submit", typed)
    assert page.status == 400 and page.words().count("1.500.000") >= 1
    assert page.document.xpath("//input[@name='people']/@value") == ["hai"], "nothing typed is lost"
    assert page.document.xpath("//option[@selected]/@value")[:2] == ["05467", "05467"]
    assert page.document.xpath("//input[@checked]/@value") == ["with_child"]
    browser.submit("wish_submit", {"people": "2", "rent_to": "1.500.000"})
    assert wishes_of(services, lan) == {"housing_seeker": HOME}


def test_a_value_that_was_not_offered_is_refused(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser)
    answer = browser.post("http://localhost:8000/account/work/wishes/job", parks="nowhere")
    assert answer.status_code == 400
    answer = browser.post("http://localhost:8000/account/work/wishes/home", household="single", ward_1="x")
    assert answer.status_code == 400 and wishes_of(services, lan) == {}


def test_wishes_and_the_rest_of_a_profile_leave_one_another_alone(
    browser: InProcess, new_person: Callable[..., Someone], services: Services
) -> None:
    hoa = new_person("hoa", claims={"name": "Lê Thị Hoa", "job_seeker": JOB, "email": "hoa@example.vn"})
    hoa.sign_in(browser, "/account/profile")
    browser.submit("profile_submit", {"name": "Lê Thị Hoà"})
    assert wishes_of(services, hoa) == {"job_seeker": JOB}
    assert services.accounts.get(hoa.id).profile["email"] == "hoa@example.vn"
