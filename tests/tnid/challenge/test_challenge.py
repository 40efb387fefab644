"""Sign-ins under attack: strangers' browsers solve a puzzle or wait; known ones and all else go on."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from tests.flows.chromium import Window, running_chromium
from tests.security.target import Target, running_target
from tests.servers.processes import wait_until
from tnid import clock
from tnid.challenge.passes import PASS_SECONDS
from tnid.challenge.puzzles import TICKET_SECONDS, WAIT_SECONDS, Ticket, solve
from tnid.signin.limits import TRIES_OF_PASS


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("challenge"), workers=1) as running:
        yield running


@contextmanager
def alarmed(target: Target) -> Iterator[None]:
    """Have the alarm on, and the server know of it; and off again."""
    turn(target, is_on=True)
    try:
        yield
    finally:
        turn(target, is_on=False)


def turn(target: Target, *, is_on: bool) -> None:
    alarm, now = target.services.challenge.alarm, clock.now()
    with target.database.unit():
        alarm.begin(3600, "operator", now) if is_on else alarm.end(now)
    wait_until(
        lambda: is_challenged(httpx.get(f"{target.address}/register")) is is_on, seconds=10, what="alarm"
    )


@pytest.fixture
def attacked(target: Target) -> Iterator[Target]:
    with alarmed(target):
        yield target


def is_challenged(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].startswith("/challenge?ticket=")


class Browser:
    """A stranger's browser at the sign-in page."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.http = httpx.Client(base_url=target.address, timeout=30)

    def open(self, path: str = "/login") -> httpx.Response:
        """Follow redirects up to a page."""
        answer = self.http.get(path)
        while answer.status_code == 303:
            path = answer.headers["Location"]
            answer = self.http.get(path)
        self.path = path
        return answer

    def answer(self, page: httpx.Response, solution: str) -> httpx.Response:
        form = {name: field(page, name) for name in ("csrf_token", "ticket")} | {"solution": solution}
        return self.http.post("/challenge", data=form)

    def sign_in(self, username: str, password: str) -> httpx.Response:
        page = self.open()
        form = {"csrf_token": field(page, "csrf_token"), "username": username, "password": password}
        return self.http.post(self.path, data=form)


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, page.text[:2000]
    return found[1]


def field_or_nothing(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    return found[1] if found else ""


def solution_of(page: httpx.Response) -> str:
    found = re.search(r'data-puzzle="([^"]+)"', page.text)
    assert found
    return solve(Ticket(found[1], 0, "", ""))


def test_in_peace_nobody_sees_a_puzzle(target: Target) -> None:
    assert "login_username" in Browser(target).open().text
    assert target.provider.tnid("alarm", "show") == {"until": None}


def test_a_stranger_solves_the_puzzle_and_signs_in(attacked: Target) -> None:
    person, browser = attacked.new_person(), Browser(attacked)
    page = browser.open()
    assert "challenge" in page.text and "login_username" not in page.text
    answer = browser.answer(page, solution_of(page))
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")
    assert "/mfa/totp" in browser.sign_in(person.username, person.password).headers["Location"]


def test_a_real_browser_solves_it_by_itself(attacked: Target) -> None:
    with running_chromium() as browser:
        page = Window(browser, scripts=True).page
        page.goto(f"http://localhost:{attacked.provider.port}/login")
        page.wait_for_selector("#login_username")
        assert urlsplit(page.url).path == "/login"


def test_without_scripts_a_person_is_told_to_wait(attacked: Target) -> None:
    browser = Browser(attacked)
    page = browser.open()
    early = browser.answer(page, "")
    assert early.status_code == 400 and field(early, "ticket") == field(page, "ticket")
    assert re.search(r"(1\d|20) giây", early.text)


def test_a_wrong_solution_and_a_used_one_let_nobody_in(attacked: Target) -> None:
    browser = Browser(attacked)
    page = browser.open()
    solution = solution_of(page)
    assert browser.answer(page, "1" if solution != "1" else "2").status_code == 400
    assert browser.answer(page, solution).status_code == 303
    del browser.http.cookies["tnid_pass"]
    again = browser.answer(page, solution)
    assert is_challenged(again) and not again.cookies.get("tnid_pass")
    other = Browser(attacked)
    theirs = other.open()
    form = {"csrf_token": field(theirs, "csrf_token"), "ticket": field(page, "ticket"), "solution": solution}
    assert other.http.post("/challenge", data=form).headers["Location"] == "/login"


def test_a_script_that_is_wrong_is_not_run_again(attacked: Target) -> None:
    browser = Browser(attacked)
    refused = browser.answer(browser.open(), "1")
    assert "challenge.js" not in refused.text and "challenge_submit" in refused.text


def test_who_comes_back_to_a_solved_puzzle_goes_on(attacked: Target) -> None:
    """Else its script would solve it again and again, and be refused each time."""
    browser = Browser(attacked)
    page = browser.open("/login?interaction=unknown")
    for _ in range(3):
        answer = browser.answer(page, solution_of(page))
        assert answer.headers["Location"] == "/login?interaction=unknown"


def test_an_expired_ticket_still_leads_where_its_person_wanted(attacked: Target) -> None:
    browser = Browser(attacked)
    page = browser.open("/register?interaction=unknown")
    tickets, text = attacked.services.challenge.tickets, field(page, "ticket")
    browser_id = orjson.loads(base64.urlsafe_b64decode(text.partition(".")[0]))[2]
    old = tickets.write(
        tickets.make(browser_id, "/register?interaction=unknown", clock.now() - TICKET_SECONDS)
    )
    form = {"csrf_token": field(page, "csrf_token"), "ticket": old, "solution": "1"}
    answer = browser.http.post("/challenge", data=form)
    assert is_challenged(answer)
    page = browser.open(answer.headers["Location"])
    assert browser.answer(page, solution_of(page)).headers["Location"] == "/register?interaction=unknown"


def test_a_browser_without_cookies_is_told_and_not_led_around(attacked: Target) -> None:
    answer = httpx.get(f"{attacked.address}/login")
    assert is_challenged(answer)
    answer = httpx.get(attacked.address + answer.headers["Location"])
    assert answer.status_code == 400 and 'id="error_code"' in answer.text and "cookie" in answer.text


def test_a_guess_posted_past_the_puzzle_is_not_looked_at(attacked: Target) -> None:
    person, browser = attacked.new_person(), Browser(attacked)
    page = browser.open()
    form = {"csrf_token": field(page, "csrf_token"), "username": person.username, "password": person.password}
    answer = browser.http.post("/login", data=form)
    assert is_challenged(answer) and "tnid_sign_in" not in answer.cookies


TYPED = {
    "/login": {"username": "nguyen.thi.tham"},
    "/register": {"name": "Nguyễn Thị Thắm", "username": "tham", "email": "tham@example.vn"},
    "/recover": {"name": "nguyen.thi.tham"},
}


def test_what_was_typed_before_the_alarm_is_in_the_next_form(target: Target) -> None:
    opened = {path: Browser(target) for path in TYPED}
    forms = {path: browser.open(path) for path, browser in opened.items()}
    with alarmed(target):
        for path, browser in opened.items():
            secrets = {"csrf_token": field(forms[path], "csrf_token"), "password": "bí mật của Thắm"}
            held = browser.http.post(browser.path, data={**secrets, **TYPED[path]})
            assert is_challenged(held) and "example.vn" not in held.headers["Location"]
            puzzle = browser.open(held.headers["Location"])
            page = browser.open(browser.answer(puzzle, solution_of(puzzle)).headers["Location"])
            assert {name: field(page, name) for name in TYPED[path]} == TYPED[path]
            assert "bí mật" not in page.text
            again = browser.open(browser.path)
            assert field_or_nothing(again, next(iter(TYPED[path]))) == "", "that one time"


def test_a_pass_is_good_for_a_few_tries(attacked: Target) -> None:
    person, browser = attacked.new_person(), Browser(attacked)
    page = browser.open()
    browser.answer(page, solution_of(page))
    answers = [browser.sign_in(person.username, f"wrong {n}") for n in range(TRIES_OF_PASS.allowed)]
    assert not any(is_challenged(answer) for answer in answers)
    assert is_challenged(browser.sign_in(person.username, person.password))


def test_a_browser_that_the_account_knows_passes(target: Target) -> None:
    person, stranger = target.new_person(totp=False), target.new_person()
    browser = Browser(target)
    assert browser.sign_in(person.username, person.password).status_code == 303
    del browser.http.cookies["tnid_session"]
    with alarmed(target):
        assert "/resume/" in browser.sign_in(person.username, person.password).headers["Location"]
        # It is known to its own account alone
        del browser.http.cookies["tnid_session"]
        assert is_challenged(browser.sign_in(stranger.username, stranger.password))


def test_an_operator_turns_it_on_and_off(target: Target) -> None:
    assert target.provider.tnid("alarm", "on", "--minutes", "5")["raised_by"] == "operator"
    assert target.provider.tnid("alarm", "off") == {"until": None}
    with pytest.raises(RuntimeError, match="off already"):
        target.provider.tnid("alarm", "off")
    turn(target, is_on=False)


def test_what_is_signed_in_and_what_machines_ask_goes_on(attacked: Target) -> None:
    party, person = attacked.new_client(), attacked.new_person()
    tokens = attacked.new_tokens(person, party)
    assert attacked.is_active(party, tokens["access_token"])


def test_a_wait_opens_as_much_as_a_solution_and_a_network_may_wait_so_often(target: Target) -> None:
    tickets, passes, now = target.services.challenge.tickets, target.services.challenge.passes, clock.now()
    ticket = tickets.make("browser", "/login", now)
    with target.database.unit():
        assert passes.give(ticket, "", "198.51.100.1", now + WAIT_SECONDS - 1) is None
        given = passes.give(ticket, "", "198.51.100.1", now + WAIT_SECONDS)
        assert given is not None and passes.is_good(given, "browser", now + WAIT_SECONDS)
        assert passes.give(ticket, "", "198.51.100.1", now + WAIT_SECONDS) is None
    assert not passes.is_good(given, "other", now + WAIT_SECONDS)
    assert not passes.is_good(given, "browser", now + WAIT_SECONDS + PASS_SECONDS)
    for text in ("", ".", "a.b.c", f"{given}0", given.replace(".", ".9", 1), "é" * 300):
        assert not passes.is_good(text, "browser", now + WAIT_SECONDS)
