"""Codes by message: six digits, ten minutes, ten tries, one success, and the same answer to everybody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tnid.accounts.refusal import Refused
from tnid.messages.codes import (
    LIFETIME_SECONDS,
    MESSAGE_CODE,
    SENT,
    SENT_TO_ADDRESS,
    SENT_TO_UNVERIFIED,
    TRIES,
)
from tnid.services import Services
from tnid.signin.limits import HOUR_SECONDS, WEEK_SECONDS
from tnid.stores.messages import KEPT, WITHHELD

PURPOSE = "verify_phone"
NOBODY = "whatever stands for a name that nobody has, however long it is"


def send(services: Services, clock: Clock, account_id: str, purpose: str = PURPOSE) -> Refused | None:
    with services.database.unit():
        return services.message_codes.send(account_id, purpose, "phone", clock.now())


def code_sent(services: Services, account_id: str) -> str:
    """Return the code of the last message to this account, as its phone shows it."""
    row = services.messages.list_by_account(account_id)[0]
    return services.messages.open(row).values["code"]


def consume(services: Services, clock: Clock, account_id: str, code: str, purpose: str = PURPOSE) -> bool:
    with services.database.unit():
        return services.message_codes.consume(account_id, purpose, code, clock.now())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_works_once_however_it_is_spaced(services: Services, clock: Clock, minh: Someone) -> None:
    assert send(services, clock, minh.id) is None
    code = code_sent(services, minh.id)
    assert len(code) == 6 and code.isdigit()
    assert consume(services, clock, minh.id, f" {code[:3]} {code[3:]} ")
    assert not consume(services, clock, minh.id, code)


def test_of_64_that_bring_the_code_at_once_one_succeeds(
    services: Services, clock: Clock, minh: Someone
) -> None:
    send(services, clock, minh.id)
    code = code_sent(services, minh.id)
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda _: consume(services, clock, minh.id, code), range(64)))
    assert sum(won) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３", "0" * 100, "-1", "1e5000"])
def test_what_is_no_code_is_wrong(services: Services, clock: Clock, minh: Someone, typed: str) -> None:
    send(services, clock, minh.id)
    assert not consume(services, clock, minh.id, typed)


def test_a_code_ends_after_ten_minutes(services: Services, clock: Clock, minh: Someone) -> None:
    send(services, clock, minh.id)
    code = code_sent(services, minh.id)
    clock.advance(LIFETIME_SECONDS)
    assert not consume(services, clock, minh.id, code)


def test_a_newer_code_ends_the_older(services: Services, clock: Clock, minh: Someone) -> None:
    send(services, clock, minh.id)
    older = code_sent(services, minh.id)
    clock.advance(1)
    send(services, clock, minh.id)
    newer = code_sent(services, minh.id)
    assert older == newer or not consume(services, clock, minh.id, older)
    assert consume(services, clock, minh.id, newer)


def test_a_code_is_for_one_purpose_and_one_account(
    services: Services, clock: Clock, minh: Someone, lan: Someone
) -> None:
    send(services, clock, minh.id)
    code = code_sent(services, minh.id)
    assert not consume(services, clock, minh.id, code, "recover")
    assert not consume(services, clock, lan.id, code)
    assert consume(services, clock, minh.id, code)


def test_ten_tries_spend_a_code(services: Services, clock: Clock, minh: Someone) -> None:
    send(services, clock, minh.id)
    code = code_sent(services, minh.id)
    for _ in range(TRIES):
        assert not consume(services, clock, minh.id, wrong(code))
    assert not consume(services, clock, minh.id, code), "the eleventh try"


def test_a_hundred_wrong_ones_shut_the_account_s_codes_for_a_week(
    services: Services, clock: Clock, minh: Someone
) -> None:
    for _ in range(MESSAGE_CODE.allowed):
        consume(services, clock, minh.id, "000000")
    send(services, clock, minh.id, "other")
    assert consume(services, clock, minh.id, code_sent(services, minh.id), "other"), "another purpose"
    send(services, clock, minh.id)
    assert not consume(services, clock, minh.id, code_sent(services, minh.id))
    clock.advance(WEEK_SECONDS)
    send(services, clock, minh.id)
    assert consume(services, clock, minh.id, code_sent(services, minh.id))


def test_five_messages_an_hour_an_account_and_purpose(
    services: Services, clock: Clock, minh: Someone
) -> None:
    sent = [send(services, clock, minh.id) for _ in range(SENT.allowed)]
    assert sent == [None] * SENT.allowed
    clock.advance(60)
    refused = send(services, clock, minh.id)
    assert refused == Refused("", "too_many_messages", HOUR_SECONDS - 60)
    assert send(services, clock, minh.id, "other") is None
    clock.advance(HOUR_SECONDS)
    assert send(services, clock, minh.id) is None
    events = services.database.fetch_all(
        text("SELECT reason FROM audit_events WHERE event = 'message_code.send' AND outcome = 'refused'")
    )
    assert [event.reason for event in events] == ["too_many"]


def test_an_account_without_a_phone_and_no_account_get_the_same_answers(
    services: Services, clock: Clock, lan: Someone
) -> None:
    for account_id in (lan.id, NOBODY):
        answers = [send(services, clock, account_id) for _ in range(SENT.allowed + 1)]
        assert answers == [None] * SENT.allowed + [Refused("", "too_many_messages", HOUR_SECONDS)]
        assert not consume(services, clock, account_id, "123456")
    assert not services.messages.list_kept()


def test_one_phone_gets_so_many_codes_whoever_asks(
    services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> None:
    shared = {"phone_number": "0912000111"}
    family = [new_person(f"nguoi.{n}", claims=shared) for n in range(4)]
    for one in family:
        assert [send(services, clock, one.id) for _ in range(SENT.allowed)] == [None] * SENT.allowed
    states = [row.state for one in family for row in services.messages.list_by_account(one.id)]
    assert states.count(KEPT) == SENT_TO_UNVERIFIED.allowed and states.count(WITHHELD) == 10


def test_accounts_with_somebody_elses_phone_use_up_none_of_its_owners_codes(
    services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> None:
    phone = {"phone_number": "0912345678"}
    for n in range(3):
        stranger = new_person(f"stranger.{n}", claims={"name": "Trần Minh", **phone})
        for _ in range(SENT.allowed):
            send(services, clock, stranger.id)
    owner = new_person("owner", claims={"name": "Trần Minh", **phone, "phone_number_verified": True})
    family = new_person("family", claims={"name": "Trần Lan", **phone, "phone_number_verified": True})
    for one, purpose in ((owner, PURPOSE), (family, PURPOSE), (family, "other"), (owner, "other")):
        for _ in range(SENT.allowed):
            send(services, clock, one.id, purpose)
    rows = [row for one in (owner, family) for row in services.messages.list_by_account(one.id)]
    assert [row.state for row in rows].count(KEPT) == SENT_TO_ADDRESS.allowed


def test_codes_and_contacts_lie_nowhere_in_clear(services: Services, clock: Clock, minh: Someone) -> None:
    send(services, clock, minh.id)
    code = code_sent(services, minh.id)
    written = b""
    for table in ("messages", "message_codes", "outbox", "audit_events", "throttles"):
        rows = services.database.fetch_all(text(f"SELECT * FROM {table}"))
        written += b"|".join(
            bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in rows for v in row
        )
    assert b"912345678" not in written
    assert not [part for part in written.split(b"|") if code.encode() == part]
