"""Codes by message, attacked over HTTP: to whom they go, how often, and how many of them work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
from lxml import html

from tests.security.attack import Attack
from tests.security.target import SESSION_COOKIE, Target, Victim
from tnid.messages.codes import SENT

PHONE = "/account/profile/phone"


def messages_to(target: Target, person: Victim) -> list[tuple[str, str, str]]:
    """Return (masked address, code, state) of each message to the person, newest first."""
    rows = target.services.messages.list_by_account(person.account_id)
    opened = [target.services.messages.open(row) for row in rows]
    return [(c.masked, c.values.get("code", ""), row.state) for row, c in zip(rows, opened, strict=True)]


def signed_in(attack: Attack, target: Target, person: Victim) -> dict[str, str]:
    """Sign the attacker in with an account of their own; return what each form needs."""
    attack.put_cookie(SESSION_COOKIE, target.new_session(person))
    page = html.document_fromstring(attack.http.get("/account/profile").text)
    return {"csrf_token": str(page.xpath("//input[@name='csrf_token']/@value")[0])}


def test_mf_012_a_code_goes_to_the_account_s_own_contact_only(attack: Attack, target: Target) -> None:
    person = target.new_person(totp=False, phone_number="+84987002001")
    form = signed_in(attack, target, person)
    elsewhere = {"phone": "+84987002999", "contact": "+84987002999", "to": "+84987002999", "channel": "email"}
    answer = attack.http.post(f"{PHONE}/send", params=elsewhere, data={**form, **elsewhere})
    assert answer.status_code == 303
    ((masked, code, _),) = messages_to(target, person)
    assert masked == "+84 ••• ••001"
    target.hide(code)
    assert code not in attack.http.get(f"{PHONE}/verify").text, "MF-013"


def test_rc_003_a_code_is_redeemed_once_however_many_bring_it(attack: Attack, target: Target) -> None:
    person = target.new_person(totp=False, phone_number="+84987002002")
    form = signed_in(attack, target, person)
    attack.http.post(f"{PHONE}/send", data=form)
    code = messages_to(target, person)[0][1]
    cookies = dict(attack.http.cookies)

    def redeem(_: int) -> httpx.Response:
        with httpx.Client(base_url=target.address, cookies=cookies, timeout=60) as http:
            return http.post(f"{PHONE}/verify", data={**form, "code": code})

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(redeem, range(64)))
    assert {answer.status_code for answer in answers} <= {303, 400}
    sql = "SELECT outcome FROM audit_events WHERE account_id = :a AND event = 'account.verify_contact'"
    outcomes = [row.outcome for row in target.fetch_all(sql, a=person.account_id)]
    assert outcomes.count("ok") == 1


def test_rc_006_one_person_gets_five_codes_an_hour_and_signs_in_all_the_same(
    attack: Attack, target: Target
) -> None:
    person = target.new_person(totp=False, phone_number="+84987002003")
    form = signed_in(attack, target, person)
    statuses = [attack.http.post(f"{PHONE}/send", data=form).status_code for _ in range(20)]
    assert statuses == [303] * SENT.allowed + [429] * (20 - SENT.allowed)
    assert len(messages_to(target, person)) == SENT.allowed
    assert target.new_session(person)
