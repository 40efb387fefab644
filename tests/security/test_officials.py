"""The counter under attack: by strangers, by colleagues, and by officials themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from lxml import html

from tests.security.attack import Attack
from tests.security.target import Target, Victim
from tnid import clock
from tnid.signin.assurance import PASSWORD

GIA_SANG, TAN_CUONG = "05467", "05503"
HERE = {"locality": "Phường Gia Sàng", "region": "Tỉnh Thái Nguyên"}
THERE = {"locality": "Xã Tân Cương", "region": "Tỉnh Thái Nguyên"}
CHECKS = dict.fromkeys(("is_alike", "is_whole", "is_same_number", "is_same_person"), "y")
ROUTES = (
    *(("GET", path) for path in ("", "/by-document", "/by-name", "/by-reference", "/recoveries")),
    *(("GET", f"/visits/{{visit}}{path}") for path in ("", "/card", "/compare", "/document", "/recover")),
    *(
        ("POST", f"/visits/{{visit}}{path}")
        for path in ("/card", "/compare", "/document", "/recover", "/slip", "/slip/recover")
    ),
    *(("POST", f"/recoveries/{{recovery}}/{act}") for act in ("agree", "stop")),
    *(("POST", path) for path in ("", "/by-document", "/by-name", "/by-reference", "/close", "/end-visit")),
)


class Counter:
    """An official, possibly not an honest one, at an open desk of their own."""

    def __init__(self, attack: Attack, target: Target, official: Victim) -> None:
        self.attack = attack
        attack.sign_in(official)
        self.post("/open")

    def token(self) -> str:
        page = html.document_fromstring(self.attack.send("GET", "/activate").text)
        return str(page.xpath("//input[@name='csrf_token']/@value")[0])

    def get(self, path: str) -> httpx.Response:
        return self.attack.send("GET", f"/officials{path}")

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.attack.send("POST", f"/officials{path}", data={"csrf_token": self.token(), **fields})

    def find(self, number: str) -> str:
        """Find a person by their card; return where the visit is."""
        answer = self.post("", card=number)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].removeprefix("/officials")


def new_number() -> str:
    return f"019195{uuid4().int % 10**6:06}"


@pytest.fixture
def new_official(target: Target) -> Callable[..., Victim]:
    def new(commune: str = GIA_SANG, **more: Any) -> Victim:
        official = target.new_person(**more)
        with target.database.unit():
            refused = target.services.counter.roles.grant_official(official.account_id, commune, clock.now())
        assert refused is None
        return official

    return new


@pytest.fixture
def counter(attack: Attack, target: Target, new_official: Callable[..., Victim]) -> Counter:
    return Counter(attack, target, new_official())


def ask_for(target: Target, person: Victim, official: Victim, commune: str = GIA_SANG) -> str:
    """Have an official ask for somebody's account; return the recovery's id."""
    recoveries = target.services.counter.recoveries
    with target.database.unit():
        assert recoveries.ask(person.account_id, official.account_id, commune, clock.now()) is None
    return str(recoveries.find_of_account(person.account_id, clock.now()).id)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_pi_004_every_page_of_the_counter_is_shut_to_others(
    attack: Attack, target: Target, person: Victim, method: str, path: str
) -> None:
    """Without the role, whatever cookies there are: 403, noted once. With it and one factor: no page."""
    address = "/officials" + path.format(visit="v" * 22, recovery="r" * 22)
    attack.sign_in(person)
    attack.put_cookie("tnid_desk", "d" * 43)
    token = html.document_fromstring(attack.send("GET", "/activate").text)
    form = {"csrf_token": token.xpath("//input[@name='csrf_token']/@value")[0]}
    answer = attack.refused(method, address, event="desk.look", reason="no_role", data=form)
    assert answer.status_code == 403
    with target.database.unit():
        target.services.counter.roles.grant_official(person.account_id, GIA_SANG, clock.now())
    attack.sign_in(person, assurance=PASSWORD)
    answer = attack.send(method, address, data=form)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")


def test_pi_004_another_communes_person_is_not_shown(
    attack: Attack, target: Target, counter: Counter
) -> None:
    number = new_number()
    target.new_person(personal_id_number=number, name="Đỗ Thị Kín", address=THERE)
    with attack.one_refusal("counter.find", "other_commune"):
        answer = counter.post("", card=number)
    assert answer.status_code == 403
    assert "Đỗ Thị Kín" not in answer.text and number not in answer.text


def test_pi_004_another_communes_recovery_is_not_found(
    attack: Attack, target: Target, counter: Counter, new_official: Callable[..., Victim]
) -> None:
    there = target.new_person(personal_id_number=new_number(), address=THERE)
    recovery = ask_for(target, there, new_official(TAN_CUONG), TAN_CUONG)
    for act in ("agree", "stop"):
        with attack.one_refusal("counter.agreed_to_recover", "not_found"):
            assert counter.post(f"/recoveries/{recovery}/{act}").status_code == 404
    assert target.services.counter.recoveries.find_of_account(there.account_id, clock.now()).agreed_at is None


def test_ad_002_an_official_raises_nobody_and_not_themselves(
    attack: Attack, target: Target, new_official: Callable[..., Victim]
) -> None:
    number = new_number()
    official = new_official(personal_id_number=number, identity_level=0, address=HERE)
    counter = Counter(attack, target, official)
    with attack.one_refusal("counter.find", "own_account"):
        assert counter.post("", card=number).status_code == 403
    counter.post("", card=new_number(), role="admin", commune=TAN_CUONG, account_id=official.account_id)
    held = target.services.counter.roles.find_official(official.account_id, clock.now())
    assert held.commune == GIA_SANG
    assert target.services.accounts.get(official.account_id).identity_level == 0


def test_ad_003_no_page_returns_a_secret_or_a_number(target: Target, counter: Counter) -> None:
    number, phone = new_number(), "+84912345678"
    person = target.new_person(personal_id_number=number, phone_number=phone, address=HERE)
    visit = counter.find(number)
    pages = [counter.get(visit + path).text for path in ("", "/card", "/recover")]
    pages.append(counter.get("").text)
    for secret in (number, phone, phone[3:], person.password, person.totp_secret, *person.recovery_codes):
        assert not [page for page in pages if str(secret) in page]


def test_ad_004_one_official_puts_no_other_number_on_a_checked_account(
    attack: Attack, target: Target, counter: Counter
) -> None:
    number = new_number()
    person = target.new_person(
        personal_id_number=number, identity_level=2, name="Nông Thị Bích", address=HERE
    )
    visit = counter.find(number)
    card = {"name": "Người Khác", "birthdate": "01/01/1990", "gender": "male", "number": new_number()}
    counter.post(f"{visit}/card", **card)
    counter.post(f"{visit}/compare", **CHECKS)
    assert target.services.accounts.reveal_personal_id_number(person.account_id) == number


def test_ad_005_giving_an_account_back_takes_a_fresh_sign_in_and_a_second_official(
    attack: Attack, target: Target, new_official: Callable[..., Victim]
) -> None:
    number = new_number()
    person = target.new_person(personal_id_number=number, address=HERE)
    official = new_official()
    counter = Counter(attack, target, official)
    recovery = ask_for(target, person, official)
    with attack.one_refusal("counter.agreed_to_recover", "asked_oneself"):
        counter.post(f"/recoveries/{recovery}/agree")
    visit = counter.find(number)
    with attack.one_refusal("counter.printed_to_recover", "not_ready"):
        answer = counter.post(f"{visit}/slip/recover")
    assert answer.status_code == 303 and "slip_code" not in answer.text
    target.execute(
        "UPDATE sessions SET auth_time = auth_time - 301 WHERE account_id = :id", id=official.account_id
    )
    answer = counter.post(f"/recoveries/{recovery}/stop")
    assert answer.headers["Location"] == "/officials/recoveries"
    ask_for(target, person, official)
    answer = counter.post(f"{visit}/slip/recover")
    assert answer.headers["Location"].startswith("/resume/")


def test_a_role_taken_back_stops_every_page_within_a_second(
    attack: Attack, target: Target, new_official: Callable[..., Victim]
) -> None:
    number = new_number()
    target.new_person(personal_id_number=number, address=HERE)
    official = new_official()
    counter = Counter(attack, target, official)
    visit = counter.find(number)
    with target.database.unit():
        assert target.services.counter.roles.revoke_official(official.account_id, clock.now())
    for path in ("", visit, f"{visit}/card", "/recoveries"):
        assert counter.get(path).status_code == 403
    for path in ("", f"{visit}/slip", f"{visit}/compare"):
        assert counter.post(path).status_code == 403


def test_a_disabled_officials_slip_is_worth_nothing(
    attack: Attack, target: Target, new_official: Callable[..., Victim]
) -> None:
    person, official, now = target.new_person(address=HERE), new_official(), clock.now()
    activations = target.services.counter.activations
    with target.database.unit():
        code = activations.issue(person.account_id, "recover", official.account_id, GIA_SANG, [], now)
    target.hide(code)
    assert activations.find(activations.hash(code), now) is not None
    target.disable(official)
    page = html.document_fromstring(attack.send("GET", "/activate").text)
    form = {"csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0], "activation_code": code}
    answer = attack.refused("POST", "/activate", event="activation.enter", reason="wrong_code", data=form)
    assert answer.status_code == 400
