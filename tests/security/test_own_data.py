"""What a person does with their own account: nobody else does it, and nothing of it leaks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import SESSION_COOKIE, Party, Target, Victim
from tests.security.test_personal_data import everything
from tnid import clock
from tnid.accounts.erasure import erase_due
from tnid.signin.assurance import PASSWORD

PAGES = ("/account/export", "/account/delete", "/account/rights", "/account/panic", "/account/activity")


def sit_as(attack: Attack, target: Target, person: Victim) -> AttackersBrowser:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    return browser


def raise_alert(target: Target, person: Victim) -> Any:
    """Have a browser that the person doesn't know sign in; return the alert."""
    services, now = target.services, clock.now()
    with target.database.unit():
        services.audit.record("sign_in.complete", account_id=person.account_id, now=now)
        assert services.alerts.raise_for(person.account_id, "a-stranger-s", "203.0.113.9", "Firefox", now)
    return services.alerts.list_open(person.account_id, "")[0]


@pytest.mark.parametrize("answer", ["mine", "theirs"])
def test_se_014_somebody_else_s_alert_is_not_found(
    answer: str, attack: Attack, person: Victim, target: Target
) -> None:
    victim = target.new_person()
    cookie = target.new_session(victim)
    alert, own = raise_alert(target, victim), raise_alert(target, person)
    browser = sit_as(attack, target, person)
    form = browser.open("/account").document.xpath("//form[.//button[@name='mine']]")[0]
    for id_ in (alert.id, "", "x", "' OR 1=1 --"):
        with attack.one_refusal():
            page = browser._send(form, [*form.form_values(), (answer, id_)])
        assert page.status == 404
    assert target.services.alerts.list_open(victim.account_id, "")
    assert target.services.alerts.list_open(person.account_id, "")[0].id == own.id
    answered = attack.send("GET", "/account", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
    assert answered.status_code == 200, "the victim's session ended"


@pytest.mark.parametrize("path", PAGES)
def test_ae_004_no_page_of_one_s_own_takes_an_id(
    path: str, attack: Attack, person: Victim, target: Target
) -> None:
    victim = target.new_person(name="Người Bị Hại")
    browser = sit_as(attack, target, person)
    for named in (victim.account_id, victim.username):
        assert browser.open(f"{path}/{named}").status == 404
        page = browser.open(path, account_id=named, sub=named, username=named)
        assert page.status == 200 and "Người Bị Hại" not in page.text and named not in page.words()


@pytest.mark.parametrize("path", ["/account/export", "/account/delete", "/account/rights", "/account/alerts"])
def test_se_008_none_of_it_is_done_from_another_site(
    path: str, attack: Attack, person: Victim, target: Target
) -> None:
    attack.sign_in(person)
    form = {"as": "file", "kind": "see", "words": "x", "mine": "x"}
    with attack.one_refusal():
        answer = attack.send("POST", path, data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and person.username not in answer.text
    assert target.services.accounts.get(person.account_id).is_open


def test_se_007_looking_at_every_page_changes_nothing(attack: Attack, person: Victim, target: Target) -> None:
    attack.sign_in(person)
    raise_alert(target, person)
    last = attack.last_event()
    for path in (*PAGES, "/account/activity/history.csv", "/alert?link=x", "/leaving", "/login/shut"):
        assert attack.send("GET", path).status_code in (200, 303), path
    assert attack.events(last) == []
    assert target.services.alerts.list_open(person.account_id, "")


def test_pi_002_a_link_s_token_leaves_the_address_at_once(
    attack: Attack, person: Victim, target: Target
) -> None:
    answer = attack.send("GET", "/alert", params={"link": "a-token-from-a-message"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/alert"
    assert "a-token-from-a-message" not in answer.headers["Set-Cookie"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "a-token-from-a-message" not in attack.log()


def test_pi_001_requests_and_copies_leave_no_canary(attack: Attack, target: Target) -> None:
    number, words = "079099000077", "Xin đừng gọi số chim-hoàng-yến"
    person = target.new_person(personal_id_number=number, email="chim.sau@example.vn")
    browser = sit_as(attack, target, person)
    page = browser.open("/account/rights")
    page.document.xpath("//input[@value='object']")[0].set("checked", "checked")
    sent = browser.submit("request_submit", {"words": words})
    assert sent.status == 200 and words in sent.words()
    browser.open("/account/export")
    copy = browser.click("export_file")
    assert number in copy.text and "chim.sau@example.vn" in copy.text
    written = everything(target)
    assert not [one for one in (number, words, "chim.sau@example.vn") if one.encode() in written]


def test_pi_007_a_deletion_that_was_waited_for_leaves_its_events_only(
    attack: Attack, client: Party, target: Target
) -> None:
    person = target.new_person(email="xoa.sau@example.vn", personal_id_number="079099000078")
    tokens = target.new_tokens(person, client)
    raise_alert(target, person)
    browser = sit_as(attack, target, person)
    browser.open("/account/delete")
    assert browser.click("delete_submit").path == "/leaving/asked"
    assert not target.is_active(client, tokens["access_token"])
    wait = target.services.settings.deletion_wait_seconds
    assert erase_due(target.services, clock.now() + wait + 1, most=10) >= 1
    for table in (
        "sessions",
        "consents",
        "totp_factors",
        "recovery_codes",
        "alerts",
        "messages",
        "data_requests",
    ):
        sql = f"SELECT account_id FROM {table} WHERE account_id = :a"
        assert not target.fetch_all(sql, a=person.account_id), table
    events = target.fetch_all("SELECT * FROM audit_events WHERE account_id = :a", a=person.account_id)
    assert events and person.username not in str(events) and "xoa.sau" not in str(events)


def test_mf_017_a_copy_takes_the_second_factor_of_whoever_has_one(
    attack: Attack, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
    browser.open("/account/export")
    assert browser.click("export_file").path == "/mfa/totp"
