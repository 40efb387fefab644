"""Support and one person: found, seen masked, helped; the person reads all of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import PASSWORD, InProcess, Someone
from tnid.admin.roles import REVIEWER, SUPPORT
from tnid.services import Services
from tnid.signin.limits import SECOND_FACTOR, Bucket

NUMBER = "019195004567"
PHONE = "0912345999"
WHY = "Người dân gọi điện nhờ hỗ trợ"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def bich(new_person: Callable[..., Someone]) -> Someone:
    claims = {"name": "Nông Thị Bích", "phone_number": PHONE, "email": "bich@example.vn"}
    return new_person("bich.nong", claims=claims, personal_id_number=NUMBER, identity_level=2)


@pytest.fixture
def support(new_operator: NewOperator) -> Someone:
    return new_operator("hieu.tran", SUPPORT)


@pytest.fixture
def desk(support: Someone, open_admin: OpenAdmin) -> InProcess:
    return open_admin(support)


def find(desk: InProcess, typed: str) -> None:
    desk.open("/admin/people")
    desk.submit("find_submit", {"query": typed})


def events_of(services: Services, person: Someone, name: str) -> list[tuple[str, str | None]]:
    rows = services.audit.list_by_account(person.id)
    return [(row.outcome, row.details) for row in rows if row.event == name]


@pytest.mark.parametrize(
    "typed", ["bich.nong", " Bich.Nong ", PHONE, "+84 912 345 999", "BICH@example.vn", NUMBER]
)
def test_a_person_is_found_by_the_whole_of_what_they_say(desk: InProcess, bich: Someone, typed: str) -> None:
    find(desk, typed)
    assert desk.page.path == f"/admin/people/{bich.id}"


@pytest.mark.parametrize(
    "typed", ["bich", "091234599", "nong", "019195004568", "@example.vn", "%", "x" * 5000]
)
def test_nobody_is_found_by_a_part(desk: InProcess, bich: Someone, typed: str) -> None:
    find(desk, typed)
    assert (desk.page.status, desk.page.has("query-error")) == (400, True)


def test_what_was_typed_is_in_no_log(
    desk: InProcess, bich: Someone, support: Someone, services: Services
) -> None:
    find(desk, NUMBER)
    rows = services.audit.list_by_account(support.id) + services.audit.list_by_account(bich.id)
    assert rows and not any(NUMBER in (row.details or "") for row in rows)
    assert NUMBER not in desk.page.url


def test_the_page_shows_nothing_in_full(desk: InProcess, bich: Someone) -> None:
    find(desk, "bich.nong")
    words = desk.page.text
    assert not [secret for secret in ("Bích", "345999", "345 999", "bich@", NUMBER) if secret in words]
    assert desk.page.text_of("masked_name").startswith("N••• T••• B•••")
    assert "567" in desk.page.text_of("masked_number")


def test_one_field_is_shown_for_a_reason_that_the_person_reads(
    desk: InProcess, bich: Someone, new_browser: Callable[..., InProcess], services: Services
) -> None:
    find(desk, "bich.nong")
    desk.click("reveal_phone")
    page = desk.submit("reveal_submit", {"reason": "x"})
    assert (page.status, page.has("reason-error"), page.has("value")) == (400, True, False)
    page = desk.submit("reveal_submit", {"reason": WHY})
    assert page.text_of("value") == "0912 345 999"
    assert [outcome for outcome, _ in events_of(services, bich, "person.reveal")] == ["ok", "refused"]
    own = new_browser("198.51.100.4")
    bich.sign_in(own)
    touches = own.open("/account/touched").text_of("touches")
    assert WHY in touches and "Hoàng Văn Hành" in touches
    assert PHONE not in touches


def test_a_look_is_kept_once_in_a_quarter_of_an_hour(
    desk: InProcess, bich: Someone, services: Services, clock: Clock
) -> None:
    find(desk, "bich.nong")
    desk.open(f"/admin/people/{bich.id}")
    assert len(events_of(services, bich, "person.look")) == 1
    clock.advance(800)
    desk.open("/admin")
    clock.advance(200)
    desk.open(f"/admin/people/{bich.id}")
    assert len(events_of(services, bich, "person.look")) == 2


def test_a_family_that_shares_a_phone_is_listed_masked(
    desk: InProcess, bich: Someone, new_person: Callable[..., Someone]
) -> None:
    new_person("nam.nong", claims={"name": "Nông Văn Nam", "phone_number": PHONE})
    find(desk, PHONE)
    assert desk.page.has("person_2") and "Bích" not in desk.page.text


def test_an_account_is_shut_and_opened_again(
    desk: InProcess, bich: Someone, services: Services, new_browser: Callable[..., InProcess]
) -> None:
    own = new_browser("198.51.100.4")
    bich.sign_in(own)
    find(desk, "bich.nong")
    desk.click("to_disable")
    assert desk.submit("do_submit", {"reason": ""}).status == 400
    page = desk.submit("do_submit", {"reason": WHY})
    assert page.path == f"/admin/people/{bich.id}" and page.has("to_enable")
    assert own.get("/account").status_code == 303
    assert WHY in str(events_of(services, bich, "account.disable"))
    desk.click("to_enable")
    desk.submit("do_submit", {"reason": WHY})
    assert services.accounts.get(bich.id).is_open
    # Once more says that it is so already
    desk.open(f"/admin/people/{bich.id}/enable")
    page = desk.submit("do_submit", {"reason": WHY})
    assert page.status == 400 and page.document.xpath("//*[@role='alert']")


def test_sign_ins_are_ended_one_by_one_and_all(
    desk: InProcess, bich: Someone, services: Services, new_browser: Callable[..., InProcess], clock: Clock
) -> None:
    browsers = [new_browser(f"198.51.100.{number}") for number in (4, 5)]
    for browser in browsers:
        bich.sign_in(browser)
    find(desk, "bich.nong")
    desk.click("end_1")
    assert sum(browser.get("/account").status_code == 303 for browser in browsers) == 1
    desk.click("to_end_sessions")
    desk.submit("do_submit", {"reason": WHY})
    assert services.sessions.list_live(bich.id, clock.now()) == []


def test_another_persons_session_is_not_ended_by_this_page(
    desk: InProcess,
    bich: Someone,
    lan: Someone,
    new_browser: Callable[..., InProcess],
    services: Services,
    clock: Clock,
) -> None:
    own = new_browser("198.51.100.4")
    lan.sign_in(own)
    (row,) = services.sessions.list_live(lan.id, clock.now())
    find(desk, "bich.nong")
    desk.post(f"/admin/people/{bich.id}/sessions", sid=row.sid)
    assert own.get("/account").status_code == 200


def test_wrong_tries_are_forgotten(desk: InProcess, minh: Someone, services: Services, clock: Clock) -> None:
    bucket = Bucket(SECOND_FACTOR, minh.id)
    for _ in range(100):
        services.limits.count((bucket,), clock.now())
    assert services.limits.seconds_shut((bucket,), clock.now())
    find(desk, "minh")
    desk.click("to_unlock")
    desk.submit("do_submit", {"reason": WHY})
    assert services.limits.seconds_shut((bucket,), clock.now()) == 0


def test_nobody_helps_themselves_or_shuts_an_operator(
    desk: InProcess, support: Someone, new_operator: NewOperator, services: Services
) -> None:
    find(desk, "hieu.tran")
    assert desk.page.status == 403
    assert desk.get(f"/admin/people/{support.id}").status_code == 403
    other = new_operator("xet.duyet", REVIEWER)
    find(desk, "xet.duyet")
    assert not desk.page.has("to_disable")
    desk.open(f"/admin/people/{other.id}/disable")
    assert desk.submit("do_submit", {"reason": WHY}).status == 400
    assert services.accounts.get(other.id).is_open


def test_what_is_not_there_is_not_found(desk: InProcess, bich: Someone) -> None:
    for address in (
        "/admin/people/nobody",
        f"/admin/people/{bich.id}/reveal/password",
        f"/admin/people/{bich.id}/x",
    ):
        assert desk.get(address).status_code == 404


def test_searches_are_limited(services: Services, support: Someone, clock: Clock) -> None:
    for _ in range(121):
        services.admin.people.find("khong.co", support.id, clock.now())
    rows = services.audit.list_by_account(support.id, most=3)
    assert [row.reason for row in rows][:2] == ["too_many_searches", "nobody_found"]


def test_another_role_sees_nobody(new_operator: NewOperator, open_admin: OpenAdmin, bich: Someone) -> None:
    browser = open_admin(new_operator("xet.duyet", REVIEWER))
    for address in ("/admin/people", f"/admin/people/{bich.id}", f"/admin/people/{bich.id}/reveal/phone"):
        assert browser.get(address).status_code == 403


def test_what_is_sent_too_late_comes_back_with_all_that_was_typed(
    desk: InProcess, support: Someone, bich: Someone, clock: Clock, services: Services
) -> None:
    find(desk, "bich.nong")
    desk.click("reveal_number")
    clock.advance(301)
    page = desk.submit("reveal_submit", {"reason": WHY})
    assert (page.status, page.text_of("reason"), page.has("value")) == (400, WHY, False)
    # The sign-in in another window, then the button once more
    waiting = desk.page
    desk.click("sign_in_again")
    support.type_password(desk)
    page = desk.submit("otp_submit", {"otp_code": support.next_code()})
    assert page.path == "/admin/fresh"
    desk._page = waiting
    assert desk.submit("reveal_submit", {}).text_of("value") == NUMBER
    # Whoever opens such a page so late signs in first
    clock.advance(301)
    assert desk.open(f"/admin/people/{bich.id}/disable").has("login_password")
    assert PASSWORD
