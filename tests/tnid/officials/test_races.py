"""Two at once: what somebody takes while another chooses is refused beside its field, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import PASSWORD, InProcess, Someone
from tests.tnid.officials.conftest import NUMBER, begin_account, code_of, compare, find, take_down_card
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber
from tnid.accounts.service import NewAccount
from tnid.services import Services

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
COUNT = text("SELECT COUNT(*) AS n FROM accounts")


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in a unit of its own, as another request does at the same time."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()


def count_accounts(services: Services) -> int:
    return int(services.database.fetch_one(COUNT).n)


def test_a_username_that_is_taken_while_its_password_is_hashed_is_refused_beside_the_field(
    ha: Someone,
    open_counter: Open,
    new_browser: Browsers,
    new_person: Callable[..., Someone],
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    code = code_of(desk.click("print_slip"))
    home = new_browser("198.51.100.7")
    home.open("/activate")
    home.submit("activation_submit", {"activation_code": code})
    hash_, calls = services.passwords.hash, []

    def hash_slowly(password: str) -> str:
        calls.append(password)
        if len(calls) == 1:
            elsewhere(lambda: new_person("bich.nong"))
        return hash_(password)

    monkeypatch.setattr(type(services.passwords), "hash", lambda _self, password: hash_slowly(password))
    page = home.submit("choose_submit", {"username": "bich.nong", "password": PASSWORD})
    assert page.status == 400 and page.has("username-error"), page
    assert "Conflict" not in caplog.text, "it was seen, and not run into"
    page = home.submit("choose_submit", {"username": "bich.nong2", "password": PASSWORD})
    assert page.path == "/mfa/enrol", "the code still works"


def test_a_number_that_is_taken_while_the_card_is_compared_leaves_no_account_of_nobody(
    ha: Someone,
    open_counter: Open,
    services: Services,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = open_counter(ha)
    find(desk)
    take_down_card(desk)
    begin = services.counter.people.begin

    def begin_slowly(*given: Any) -> Any:
        claims = {"name": "Nông Thị Bích"}
        taken = NewAccount(username="nguoi.khac", password=PASSWORD, claims=claims, personal_id_number=NUMBER)
        elsewhere(lambda: services.accounts.create(taken, clock.now(), trusted=True))
        return begin(*given)

    before = count_accounts(services)
    monkeypatch.setattr(services.counter.people, "begin", begin_slowly)
    page = compare(desk)
    assert page.status == 400 and page.path.endswith("/compare")
    assert count_accounts(services) == before + 1, "the other one's alone"
    monkeypatch.setattr(services.counter.people, "begin", begin)
    owner = services.accounts.identity.find_account_id(DocumentNumber(IDENTITY_CARD, NUMBER))
    assert owner is not None
    assert find(desk).status == 200
