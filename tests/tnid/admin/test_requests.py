"""Four eyes, on both databases: asked for by one, agreed to by another, done once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import Someone
from tnid.accounts.refusal import Refused
from tnid.admin.acts import ACTS, GRANT_ROLE, REVOKE_ROLE, ROTATE_KEYS
from tnid.admin.requests import read_reason
from tnid.admin.roles import ADMINISTRATOR, SECURITY, SUPPORT
from tnid.services import Services

WHY = "Thay người nghỉ việc"


@pytest.fixture
def quan(new_operator: NewOperator) -> Someone:
    return new_operator("quan.ly", ADMINISTRATOR)


@pytest.fixture
def thu(new_operator: NewOperator) -> Someone:
    return new_operator("thu.vu", ADMINISTRATOR)


def ask(services: Services, by: Someone, about: Someone, now: int, role: str = SUPPORT) -> str | Refused:
    given = {"account": about.id, "role": role}
    return services.admin.requests.ask(GRANT_ROLE, given, WHY, by.id, now)


def roles_of(services: Services, person: Someone, now: int) -> list[str]:
    return [row.role for row in services.admin.operators.list_roles(person.id, now)]


def last_event(services: Services, account_id: str) -> tuple[str, str, str | None]:
    row = services.audit.list_by_account(account_id)[0]
    return row.event, row.outcome, row.reason


def test_what_one_asks_for_another_has_done(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    requests = services.admin.requests
    id_ = ask(services, quan, minh, clock.now())
    assert isinstance(id_, str)
    assert roles_of(services, minh, clock.now()) == []
    assert [one.row.id for one in requests.list_open(clock.now())] == [id_]
    assert requests.agree(id_, thu.id, clock.now()) is None
    assert roles_of(services, minh, clock.now()) == [SUPPORT]
    assert requests.list_open(clock.now()) == []
    assert [one.row.decision for one in requests.list_over(clock.now())] == ["approved"]
    # The log names both
    granted = next(row for row in services.audit.list_by_account(minh.id) if row.event == "operator.grant")
    assert quan.id in granted.details and thu.id in granted.details


def test_nobody_agrees_to_what_they_asked_for_or_to_what_is_about_them(
    services: Services, clock: Clock, quan: Someone, thu: Someone
) -> None:
    requests, now = services.admin.requests, clock.now()
    own = ask(services, quan, quan, now)
    assert own == Refused("username", "own_account")
    about_thu = ask(services, quan, thu, now)
    assert isinstance(about_thu, str)
    assert requests.agree(about_thu, quan.id, now) == Refused("", "own_request")
    assert requests.refuse(about_thu, quan.id, now) == Refused("", "own_request")
    assert requests.agree(about_thu, thu.id, now) == Refused("", "own_account")
    assert last_event(services, thu.id) == ("operator_request.agree", "refused", "own_account")
    assert roles_of(services, thu, now) == [ADMINISTRATOR]


def test_it_is_asked_for_once_and_again_when_its_day_is_over(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    id_ = ask(services, quan, minh, clock.now())
    assert ask(services, thu, minh, clock.now()) == Refused("", "asked_already")
    clock.advance(86400)
    assert isinstance(id_, str)
    assert services.admin.requests.agree(id_, thu.id, clock.now()) == Refused("", "request_over")
    assert services.admin.requests.list_open(clock.now()) == []
    again = ask(services, quan, minh, clock.now())
    assert isinstance(again, str) and again != id_


def test_only_who_asked_takes_it_back_and_then_it_is_over(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    requests, now = services.admin.requests, clock.now()
    id_ = ask(services, quan, minh, now)
    assert isinstance(id_, str)
    assert requests.withdraw(id_, thu.id, now) == Refused("", "request_over")
    assert requests.withdraw(id_, quan.id, now) is None
    assert requests.agree(id_, thu.id, now) == Refused("", "request_over")
    assert requests.refuse(id_, thu.id, now) == Refused("", "request_over")
    assert roles_of(services, minh, now) == []


def test_a_reason_holds_nothing_that_is_not_seen() -> None:
    assert read_reason(" Bảo\u202etrì\x1b[31m\n đến 17\u200b giờ ") == "Bảotrì[31m đến 17 giờ"
    assert read_reason("Số 0190\u200b6100\u00ad4512 của bà") == Refused("reason", "reason_number")
    assert read_reason("\u200b" * 9) == Refused("reason", "reason")


def test_what_was_refused_is_not_done_and_its_page_says_so(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone, open_admin: OpenAdmin
) -> None:
    id_ = ask(services, quan, minh, clock.now())
    assert isinstance(id_, str)
    assert services.admin.requests.refuse(id_, thu.id, clock.now()) is None
    assert services.admin.requests.agree(id_, thu.id, clock.now()) == Refused("", "request_over")
    assert roles_of(services, minh, clock.now()) == []
    said = open_admin(quan).open(f"/admin/requests/{id_}").text_of("over")
    assert said.startswith("Đã từ chối") and thu.username in said


def test_the_word_of_who_lost_the_role_counts_no_more(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    id_ = ask(services, quan, minh, clock.now())
    assert isinstance(id_, str)
    services.admin.operators.revoke(quan.id, ADMINISTRATOR, clock.now())
    assert services.admin.requests.agree(id_, thu.id, clock.now()) == Refused("", "asker_lost_role")


def test_what_can_not_be_done_any_more_is_over_and_noted(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    id_ = ask(services, quan, minh, clock.now())
    assert isinstance(id_, str)
    services.admin.operators.grant(minh.id, SUPPORT, clock.now())
    assert services.admin.requests.agree(id_, thu.id, clock.now()) == Refused("role", "has_role")
    asked = services.admin.requests.find(id_)
    assert asked is not None and asked.row.decision == "failed"


def test_the_last_administrator_stays(services: Services, clock: Clock, quan: Someone) -> None:
    given = {"account": quan.id, "role": ADMINISTRATOR}
    refused = services.admin.requests.ask(REVOKE_ROLE, given, WHY, "somebody", clock.now())
    assert refused == Refused("", "last_administrator")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        *[("", "reason"), ("  a  ", "reason"), ("x" * 301, "too_long")],
        *[("Số 079099000001 bị lộ", "reason_number"), ("079 099 000001", "reason_number")],
    ],
)
def test_a_reason_is_needed(
    services: Services, clock: Clock, quan: Someone, minh: Someone, reason: str, expected: str
) -> None:
    given = {"account": minh.id, "role": SUPPORT}
    refused = services.admin.requests.ask(GRANT_ROLE, given, reason, quan.id, clock.now())
    assert refused == Refused("reason", expected)
    assert last_event(services, quan.id) == ("operator_request.ask", "refused", expected)


def test_of_several_who_agree_at_once_one_has_it_done(
    services: Services, clock: Clock, new_operator: NewOperator, quan: Someone, minh: Someone
) -> None:
    others = [new_operator(f"nguoi.{number}", ADMINISTRATOR) for number in range(4)]
    id_, now = ask(services, quan, minh, clock.now()), clock.now()
    assert isinstance(id_, str)

    def agree(other: Someone) -> Refused | None:
        with services.database.unit():
            return services.admin.requests.agree(id_, other.id, now)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(agree, others))
    assert answers.count(None) == 1
    assert set(answers) - {None} == {Refused("", "request_over")}
    granted = [row for row in services.audit.list_by_account(minh.id) if row.event == "operator.grant"]
    assert len(granted) == 1


def test_every_dangerous_act_says_what_it_needs_and_warns() -> None:
    assert all(act.label and act.warning and act.permission for act in ACTS.values())


def test_everybody_is_signed_out_and_applications_are_told(
    services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> None:
    assert services.admin.mass_endings.end_everybody(clock.now()) == 0


# What operators are told


def told(services: Services, person: Someone) -> list[str]:
    return [row.text for row in services.messages.list_by_account(person.id)]


def test_whoever_may_agree_is_told_and_nobody_else(
    services: Services, clock: Clock, new_operator: NewOperator, quan: Someone, thu: Someone, minh: Someone
) -> None:
    asleep, shut = new_operator("ngu.quen", ADMINISTRATOR), new_operator("da.khoa", ADMINISTRATOR)
    security = new_operator("an.toan", SECURITY)
    services.accounts.disable(shut.id, clock.now())
    clock.advance(46 * 86400)
    for one in (quan, thu, security):
        services.admin.operators.revoke(one.id, ADMINISTRATOR, clock.now())
    for one in (quan, thu):
        services.admin.operators.grant(one.id, ADMINISTRATOR, clock.now())
    assert isinstance(ask(services, quan, minh, clock.now()), str)
    assert "operator_asked" in told(services, thu)
    for one in (quan, minh, asleep, shut, security):
        assert "operator_asked" not in told(services, one)
    # Nor whom it is about, were it an administrator
    given = {"account": thu.id, "role": ADMINISTRATOR}
    before = told(services, thu).count("operator_asked")
    assert isinstance(services.admin.requests.ask(REVOKE_ROLE, given, WHY, quan.id, clock.now()), str)
    assert told(services, thu).count("operator_asked") == before


@pytest.mark.parametrize(
    ("decide", "expected"),
    [("agree", "operator_agreed"), ("refuse", "operator_refused"), ("withdraw", None)],
)
def test_who_asked_hears_what_became_of_it(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone, decide: str,
    expected: str | None,
) -> None:  # fmt: skip
    id_ = ask(services, quan, minh, clock.now())
    by = quan if decide == "withdraw" else thu
    assert getattr(services.admin.requests, decide)(id_, by.id, clock.now()) is None
    outcomes = [one for one in told(services, quan) if one.startswith("operator_")]
    assert outcomes == ([expected] if expected else [])


def test_who_asked_hears_that_nobody_agreed_in_time_once(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    id_ = ask(services, quan, minh, clock.now())
    assert services.admin.requests.expire_due(clock.now()) is False
    assert told(services, quan) == []
    clock.advance(86400)
    for _ in range(2):
        services.admin.requests.expire_due(clock.now())
    assert told(services, quan) == ["operator_expired"]
    asked = services.admin.requests.find(str(id_))
    assert asked is not None and asked.row.decision == "expired"
    assert last_event(services, quan.id) == ("operator_request.expire", "ok", None)
    assert services.admin.requests.refuse(str(id_), thu.id, clock.now()) == Refused("", "request_over")
    assert told(services, quan) == ["operator_expired"]


def test_who_asked_hears_that_it_could_not_be_done(
    services: Services, clock: Clock, quan: Someone, thu: Someone, minh: Someone
) -> None:
    id_ = ask(services, quan, minh, clock.now())
    services.admin.operators.grant(minh.id, SUPPORT, clock.now())
    services.admin.requests.agree(str(id_), thu.id, clock.now())
    assert told(services, quan) == ["operator_failed"]


# The keys, as they are changed without haste


def test_a_planned_rotation_takes_two_and_is_done_once(
    services: Services, clock: Clock, new_operator: NewOperator
) -> None:
    first, second = new_operator("an.toan", SECURITY), new_operator("bao.mat", SECURITY)
    services.keyring.tend(clock.now())
    before = len(services.keyring.list_keys(clock.now()))
    id_ = services.admin.requests.ask(ROTATE_KEYS, {}, WHY, first.id, clock.now())
    assert isinstance(id_, str) and len(services.keyring.list_keys(clock.now())) == before
    assert services.admin.requests.agree(id_, first.id, clock.now()) == Refused("", "own_request")
    assert services.admin.requests.agree(id_, second.id, clock.now()) is None
    keys = services.keyring.list_keys(clock.now())
    assert [key.status for key in keys].count("next") == before
    rotated = [row for row in services.audit.list_by_account(second.id) if row.event == "key.rotate"]
    assert len(rotated) == before and all(first.id in row.details for row in rotated)
    # Those wait: another rotation changes nothing, and is not even asked for
    assert services.admin.requests.ask(ROTATE_KEYS, {}, WHY, first.id, clock.now()) == Refused(
        "", "key_waits"
    )
