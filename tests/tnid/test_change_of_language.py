"""The switch of languages in the foot of a page: what was typed into the page's form is there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

import pytest

from tests.person import Page
from tests.tnid.conftest import InProcess


@pytest.fixture
def database_kind() -> str:
    """One database will do here."""
    return "sqlite"


def switch(browser: InProcess, language: str, **typed: str) -> Page:
    """Type into the page's form and press the button of a language, as a browser without scripts does."""
    document = browser.page.document
    assert document is not None
    (button,) = document.xpath(f"//footer//button[@name='lang'][@value='{language}']")
    (form,) = document.xpath(f"//form[@id='{button.get('form')}']")
    for name, value in typed.items():
        form.fields[name] = value
    address = urljoin(browser.page.url, button.get("formaction"))
    answer = browser.send("POST", address, data=dict([*form.form_values(), ("lang", language)]))
    assert answer.status_code == 303
    return browser.open(urljoin(browser.page.url, answer.headers["Location"]))


def test_the_sign_in_keeps_the_name_and_forgets_the_password(
    browser: InProcess, new_app: Callable[..., str]
) -> None:
    before = browser.open(new_app())
    page = switch(browser, "en", username="lan.nguyen", password="bi mat")
    assert page.url == before.url
    assert page.document.get("lang") == "en"
    assert page.get("login_username").value == "lan.nguyen"
    assert "bi mat" not in page.text
    assert not browser.open(page.url).get("login_username").value


def test_registering_keeps_everything_but_the_password(browser: InProcess) -> None:
    browser.open("/register")
    typed = {"name": "Nông Thị Mới", "username": "moi95", "phone": "0912 345 678", "email": "moi@thu.example"}
    page = switch(browser, "ko", **typed, password="bi mat")
    assert page.path == "/register"
    form = next(form for form in page.document.forms if form.get("id") == "register_form")
    assert {name: form.fields[name] for name in typed} == typed
    assert not form.fields["password"]


def test_a_recovery_keeps_whose_account_it_is(browser: InProcess) -> None:
    browser.open("/recover")
    assert switch(browser, "en", name="lan.nguyen").get("recover_name").value == "lan.nguyen"


def test_the_first_button_of_the_form_stays_the_one_that_enter_presses(browser: InProcess) -> None:
    document = browser.open("/login").document
    assert document is not None
    owned = document.xpath("//button[ancestor::form[@id='login_form'] or @form='login_form'][@type='submit']")
    assert owned[0].get("id") == "login_submit"
