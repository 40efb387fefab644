"""Guesses at passwords: counted, whatever they look like and wherever from; nobody is locked out."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import HALF_COOKIE, SESSION_COOKIE, Party, Target
from tnid import clock
from tnid.signin.limits import PASSWORD_AT_PLACE, PASSWORD_FROM_NETWORK, Bucket, neighbourhood_of

ALLOWED = PASSWORD_AT_PLACE.allowed


def try_password(browser: AttackersBrowser, username: str, password: str, **headers: str) -> Any:
    """Type a name and a password; return the page that comes."""
    browser.open("/login")
    browser._http.headers.update(headers)
    return browser.submit("login_submit", {"login_username": username, "login_password": password})


def spell(username: str) -> list[str]:
    """Other ways of typing the same name."""
    return [
        username.upper(),
        f" {username}",
        f"{username} ",
        unicodedata.normalize("NFD", username),
        username.title(),
        username.replace("n", "ｎ", 1),
        username,
        username,
        username,
        username,
    ]


def test_rl_001_one_counter_however_the_name_is_typed(attack: Attack, target: Target) -> None:
    person = target.new_person(username=f"hoàng.{target.new_person().username[6:]}", totp=False)
    browser = attack.new_browser()
    for number, name in enumerate(spell(person.username)):
        page = try_password(browser, name, "sai mật khẩu", **{"X-Forwarded-For": f"203.0.113.{number}"})
        assert page.status == 400, (name, page)
    with attack.one_refusal("sign_in.password", "too_many"):
        page = try_password(browser, person.username, person.password)
    assert page.status == 429 and int(page.headers["Retry-After"]) > 0
    # RL-007: a browser that forgot its cookies is still the same place
    assert try_password(attack.new_browser(), person.username, person.password).status == 429


@pytest.mark.parametrize("path", ["/login/", "//login", "/LOGIN", "/login;x", "/login%20"])
def test_rl_001_no_other_door(path: str, attack: Attack) -> None:
    answer = attack.send("POST", path, data={"username": "a", "password": "b"})
    assert answer.status_code in (403, 404, 405)


@pytest.mark.parametrize("how", ["json", "query", "twice", "PUT"])
def test_rl_001_no_other_form(how: str, attack: Attack, target: Target) -> None:
    person = target.new_person(totp=False)
    browser = attack.new_browser()
    page = browser.open("/login")
    token = page.document.xpath("//input[@name='csrf_token']/@value")[0]
    fields = {"username": person.username, "password": person.password}
    headers = {"X-CSRFToken": token}
    send = {
        "json": lambda: browser._http.post(page.url, json={**fields, "csrf_token": token}, headers=headers),
        "query": lambda: browser._http.post(f"{page.url}&{urlencode(fields)}", headers=headers),
        "twice": lambda: browser._http.post(
            page.url, data={**fields, "password": ["sai", person.password], "csrf_token": token}
        ),
        "PUT": lambda: browser._http.put(page.url, data=fields, headers=headers),
    }[how]
    answer = send()
    assert answer.status_code in (400, 403, 405), answer
    assert browser.open("/account").path != "/account"


def test_rl_002_one_password_tried_on_many_accounts(attack: Attack, target: Target) -> None:

    bucket = Bucket(PASSWORD_FROM_NETWORK, neighbourhood_of(attack.address))
    for _ in range(PASSWORD_FROM_NETWORK.allowed - 3):
        target.services.limits.count((bucket,), clock.now())
    person = target.new_person(totp=False)
    statuses = [try_password(attack.new_browser(), f"nguoi{n}", "Matkhau@123").status for n in range(5)]
    assert statuses == [400, 400, 400, 429, 429]
    assert try_password(attack.new_browser(), person.username, person.password).status == 429


def test_rl_003_a_stranger_locks_nobody_out(attack: Attack, client: Party, target: Target) -> None:
    person, stranger = target.new_person(), Attack(target)
    mine = attack.new_browser()
    try_password(mine, person.username, person.password)
    assert mine.page.has("otp_code")
    guessing = stranger.new_browser()
    found = [try_password(guessing, person.username, "sai").status for _ in range(ALLOWED + 1)]
    assert found == [400] * ALLOWED + [429]
    # The person, in a browser that they came in with before, and from another place
    mine.cookies.delete(HALF_COOKIE, domain="127.0.0.1")
    assert try_password(mine, person.username, person.password).has("otp_code")
    assert try_password(attack.new_browser(), person.username, person.password).has("otp_code")
    # RL-006: what was issued before goes on, and nothing new comes to the stranger
    assert target.new_tokens(person, client)
    assert try_password(guessing, person.username, person.password).status == 429
    stranger.finish()


def test_rl_003_a_device_of_another_person_is_no_known_one(attack: Attack, target: Target) -> None:
    mine, victim = target.new_person(totp=False), target.new_person(totp=False)
    browser = attack.new_browser()
    try_password(browser, mine.username, mine.password)
    browser.cookies.delete(SESSION_COOKIE, domain="127.0.0.1")
    found = [try_password(browser, victim.username, "sai").status for _ in range(ALLOWED + 1)]
    assert found == [400] * ALLOWED + [429]
    assert try_password(attack.new_browser(), victim.username, victim.password).status == 429


def test_rl_005_counters_outlive_a_worker_and_are_shared(attack: Attack, target: Target) -> None:
    person = target.new_person(totp=False)
    for _ in range(ALLOWED):
        # A connection of its own each, so that every process has a share
        try_password(attack.new_browser(), person.username, "sai")
    rows = target.fetch_all("SELECT COUNT(*) AS n FROM throttles WHERE failures >= :n", n=ALLOWED)
    assert rows[0].n >= 1, "the counters are not in the database"
    assert {
        try_password(attack.new_browser(), person.username, person.password).status for _ in range(6)
    } == {429}


def test_rl_007_shut_looks_alike_for_everyone_and_costs_little(attack: Attack, target: Target) -> None:
    person = target.new_person(totp=False)
    took: dict[str, list[float]] = {}
    pages = []
    for name in (person.username, "khong-co-ai"):
        browser = attack.new_browser()
        for _ in range(ALLOWED):
            try_password(browser, name, "sai")
        browser.open("/login")
        form = next(browser.page.get("login_submit").iterancestors("form"))
        fields = {**dict(form.form_values()), "username": name, "password": "sai"}
        answers = [browser._http.post(browser.page.url, data=fields) for _ in range(8)]
        assert {answer.status_code for answer in answers} == {429}
        took[name] = [answer.elapsed.total_seconds() for answer in answers]
        pages.append(answers[0].headers["Retry-After"].isdigit())
    assert pages == [True, True]
    # The quickest of each: the others waited for whatever else the machine does
    known, unknown = map(min, took.values())
    assert abs(known - unknown) < 0.1
