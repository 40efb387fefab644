"""A commune's counter, from an official's sign-in to what an application is told; scripts on and off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from tests.flows.chromium import Window, pass_through
from tests.person import Person
from tests.province import Province

COMMUNE = "05467"  # Phường Gia Sàng
CHECKS = ("is_alike", "is_whole", "is_same_number", "is_same_person")


@pytest.fixture(params=[False, True], ids=["without scripts", "with scripts"])
def windows(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[list[Window]]:
    """Three people's browsers."""
    opened = [Window(chromium, scripts=request.param) for _ in range(3)]
    yield opened
    for window in opened:
        assert window.complaints == []
        window.close()


def new_number() -> str:
    """Return the number of a woman who was born in 1995, of whom nobody heard before."""
    return f"019195{uuid4().int % 10**6:06}"


@pytest.fixture
def official(province: Province) -> Person:
    """Whose phone has shown no code yet: somebody who signed in a moment ago would wait for the next one."""
    return province.new_official(COMMUNE)


def open_counter(window: Window, province: Province, official: Person) -> None:
    window.open(f"{province.issuer}/officials")
    pass_through(window, official)
    window.click("desk_open")
    window.arrive(f"{province.issuer}/officials")


def find(window: Window, province: Province, number: str) -> None:
    window.open(f"{province.issuer}/officials")
    window.fill(card=number)
    window.click("find_submit")


def compare(window: Window, submit: str = "compare_submit") -> None:
    for check in CHECKS:
        window.page.locator(f"#{check}").check()
    window.click(submit)


def take_code(window: Window) -> str:
    """Return the code as it is on paper: a screen never shows it."""
    assert not window.page.locator("#slip_code").is_visible()
    window.page.emulate_media(media="print")
    assert window.page.locator("#slip_code").is_visible()
    code = window.text_of("slip_code")
    window.page.emulate_media(media="screen")
    assert re.fullmatch(r"([2-9A-Z]{4}-){3}[2-9A-Z]{4}", code)
    return code


def enrol(window: Window, province: Province, number: str) -> str:
    find(window, province, number)
    window.click("begin_card")
    window.fill(name="Nông Thị Bích", birthdate="10/03/1995", phone="0912 345 600", street_address="Tổ 5")
    window.page.locator("#gender-0").check()
    window.click("card_submit")
    compare(window)
    window.click("print_slip")
    return take_code(window)


def activate(window: Window, province: Province, code: str, **chosen: str) -> None:
    window.open(f"{province.issuer}/activate")
    window.fill(activation_code=code)
    window.click("activation_submit")
    window.fill(**chosen)
    window.click("choose_submit")


def test_a_life_at_the_counter(windows: list[Window], province: Province, official: Person) -> None:
    """Enrolled, activated, known to an application, lost, given back by two officials."""
    desk, home, second = windows
    number = new_number()
    open_counter(desk, province, official)
    code = enrol(desk, province, number)

    person = Person(f"bich.{uuid4().hex[:8]}", f"nuong che {uuid4().hex}")
    activate(home, province, code, username=person.username, password=person.password)
    assert pass_through(home, person) == ["enrol"]
    home.open(f"{province.apps_url}/dichvucong/")
    home.click("sign_in")
    assert pass_through(home, person) == ["consent"]
    assert home.claims()["acr"] == "LoA2" and home.claims()["name"] == "Nông Thị Bích"

    find(desk, province, number)
    desk.click("begin_recovery")
    if desk.has("login_password"):
        pass_through(desk, official)
    compare(desk, "recover_submit")
    home.open(f"{province.issuer}/account")
    assert home.has("recovery_news")
    open_counter(second, province, province.new_official(COMMUNE))
    second.click("recoveries")
    second.click("agree_1")
    find(desk, province, number)
    desk.click("print_recovery")
    code = take_code(desk)
    activate(second, province, code, password="doi che may trang 7 nuong")
    home.open(f"{province.issuer}/account")
    assert home.has("login_username")


def test_another_communes_counter_sees_nobody(
    windows: list[Window], province: Province, official: Person
) -> None:
    desk = windows[0]
    number = new_number()
    province.new_person(
        personal_id_number=number,
        address={"locality": "Xã Tân Cương", "region": "Tỉnh Thái Nguyên"},
        name="Đỗ Thị Thử",
    )
    open_counter(desk, province, official)
    find(desk, province, number)
    desk.arrive(f"{province.issuer}/officials")
    assert "Đỗ Thị Thử" not in desk.page.content() and number not in desk.page.content()


def test_a_request_waits_for_the_counter(windows: list[Window], province: Province, official: Person) -> None:
    home, desk, _ = windows
    person = province.new_person(identity_level=0)
    home.open(f"{province.apps_url}/dichvucong/")
    home.click("sign_in")
    pass_through(home, person)
    home.click("appointment_make")
    reference = home.text_of("appointment_reference")

    open_counter(desk, province, official)
    desk.click("by_reference")
    desk.fill(reference=reference)
    desk.click("find_submit")
    desk.click("begin_card")
    desk.fill(number=new_number(), birthdate="10/03/1995")
    desk.page.locator("#gender-0").check()
    desk.click("card_submit")
    compare(desk)

    home.open(f"{province.issuer}/account")
    home.click("continue_1")
    assert pass_through(home, person) == ["consent"]
    home.arrive(f"{province.apps_url}/dichvucong/**")
    assert home.claims()["name"] == "Nguyễn Văn Thử"
