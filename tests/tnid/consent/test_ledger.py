"""The ledger: every decision once, provable, and nobody's to change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from oidc.models import AuthorizationRequest
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, InProcess, Someone
from tnid.consent.ledger import LEDGER_PURPOSE, Ledger
from tnid.db import Conflict
from tnid.invariants import find_broken
from tnid.services import Services
from tnid.stores.consent_ledger import ConsentLedgerStore

POLICY = {"purpose": {"vi": "Gọi lại khi có việc"}, "kept": {"vi": "6 tháng"}, "required": False}


@pytest.fixture
def decided(lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock) -> Services:
    """A person who agreed, changed their mind, and took it all back."""
    new_app(scope="openid profile phone", consent_items={"phone_number": POLICY})
    client = services.clients.find_now("jobs")
    assert client is not None
    consents, asked = services.consents, ("openid", "profile", "phone")
    request = AuthorizationRequest("jobs", CALLBACK, "query", asked)
    with services.database.unit():
        question = consents.ask(lan.id, request, client, clock.now())
        assert consents.give(lan.id, question, ["phone_number"], clock.now())
    with services.database.unit():
        consent = consents.find(lan.id, "jobs", clock.advance(5))
        assert consent is not None and consents.change(lan.id, client, consent, [], clock.now())
    with services.database.unit():
        assert consents.withdraw(lan.id, "jobs", clock.advance(5))
    return services


def ledger_of(services: Services) -> Ledger:
    return Ledger(ConsentLedgerStore(services.database), services.sealer.derive(LEDGER_PURPOSE))


def test_each_decision_is_an_entry_with_the_words_that_were_shown(decided: Services, lan: Someone) -> None:
    entries = decided.consents.ledger.list_by_account(lan.id)
    assert [entry.action for entry in entries] == ["withdrawn", "changed", "given"]
    given = {item["name"]: item for item in entries[-1].terms["items"]}
    assert given["phone_number"]["purpose"] == "Gọi lại khi có việc" and given["phone_number"]["shared"]
    changed = {item["name"]: item["shared"] for item in entries[1].terms["items"]}
    assert changed["phone_number"] is False and changed["name"] is True
    assert entries[-1].terms["until"] == entries[-1].occurred_at + decided.settings.consent_lifetime_seconds
    assert ledger_of(decided).verify() == (3, ())


@pytest.mark.parametrize(
    "statement", ["UPDATE consent_ledger SET terms = '{}'", "DELETE FROM consent_ledger WHERE number = 3"]
)
def test_the_database_itself_refuses_to_change_it(decided: Services, statement: str) -> None:
    with pytest.raises(Conflict), decided.database.unit():
        decided.database.execute(text(statement))
    assert ledger_of(decided).verify() == (3, ())


def unguard(services: Services) -> None:
    """Do what only somebody with the database in their hands can."""
    names = ("consent_ledger_no_update", "consent_ledger_no_delete")
    drops = [f"DROP TRIGGER {name}" for name in names]
    if not services.database.is_sqlite:
        drops = ["DROP TRIGGER consent_ledger_is_added_to ON consent_ledger"]
    for drop in drops:
        services.database.execute(text(drop))


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("UPDATE consent_ledger SET terms = '{}' WHERE number = 1", "entry 1 of chain"),
        ("UPDATE consent_ledger SET occurred_at = occurred_at - 1 WHERE number = 2", "entry 2 of chain"),
        ("DELETE FROM consent_ledger WHERE number = 2", "lacks entries before 3"),
        ("DELETE FROM consent_ledger WHERE number = 3", "does not end where it should"),
        ("DELETE FROM consent_ledger", "does not end where it should"),
    ],
)
def test_what_is_changed_all_the_same_is_seen(decided: Services, statement: str, seen: str) -> None:
    unguard(decided)
    decided.database.execute(text(statement))
    problems = ledger_of(decided).verify().problems
    assert problems and seen in problems[0]


def test_entries_that_are_gone_are_seen_by_the_check_of_the_database(decided: Services, clock: Clock) -> None:
    assert not [found for found in find_broken(decided.database, clock.now()) if "ledger" in found]
    unguard(decided)
    decided.database.execute(text("DELETE FROM consent_ledger WHERE number = 2"))
    assert [found for found in find_broken(decided.database, clock.now()) if "ledger" in found]


def test_an_erased_account_leaves_a_whole_chain_of_nobody(
    decided: Services, lan: Someone, clock: Clock
) -> None:
    with decided.database.unit():
        assert decided.accounts.delete(lan.id, clock.now())
    rows = decided.database.fetch_all(text("SELECT * FROM consent_ledger"))
    assert len(rows) == 3 and ledger_of(decided).verify() == (3, ())
    assert not any(lan.id in str(tuple(row)) or "Lan" in str(tuple(row)) for row in rows)
    assert decided.database.fetch_all(text("SELECT * FROM consent_heads")) == []


def test_the_audit_log_holds_the_seal_of_each_entry(decided: Services, lan: Someone) -> None:
    seals = {entry.hash.hex() for entry in decided.consents.ledger.list_by_account(lan.id)}
    details = " ".join(str(row.details) for row in decided.audit.list_by_account(lan.id))
    assert all(seal in details for seal in seals)


def test_a_receipt_is_shown_and_downloaded_by_its_person_alone(
    decided: Services, browser: InProcess, lan: Someone
) -> None:
    lan.sign_in(browser)
    page = browser.open("/account/receipts/1")
    for words in ("Việc làm", "Gọi lại khi có việc", "6 tháng", "Nguyễn Thị Lan", "Đã đồng ý"):
        assert words in page.words(), words
    answer = browser.get(f"{ISSUER}/account/receipts/1.json")
    receipt = answer.json()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (receipt["version"], receipt["jurisdiction"]) == ("KI-CR-v1.1.0", "VN")
    phone = next(one for one in receipt["services"][0]["purposes"] if one["termination"])
    assert phone["purpose"] == "Gọi lại khi có việc" and phone["shared"] and not phone["primaryPurpose"]
    assert (receipt["sensitive"], receipt["spiCat"]) == (False, [])
    for number in ("4", "0", str(2**40)):
        assert browser.open(f"/account/receipts/{number}").status == 404
    assert lan.id not in answer.text


def test_the_application_s_page_tells_what_was_decided(
    decided: Services, browser: InProcess, lan: Someone
) -> None:
    lan.sign_in(browser)
    page = browser.open("/account/applications/jobs")
    assert "không xem được thông tin nào" in page.words() and "Đã rút lại toàn bộ" in page.words()
    assert browser.open("/account/applications/nobody").status == 404
