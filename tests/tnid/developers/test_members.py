"""Who belongs to a team: codes, roles, removal, handing over; races, and accounts that go."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.developers.conftest import NAME, go_live, member_id, refusals, roles
from tnid.accounts.erasure import erase
from tnid.db import Conflict
from tnid.developers.records import Application
from tnid.developers.roles import Permission, may
from tnid.services import Services
from tnid.stores.teams import DEVELOPER, OWNER, READER

Add = Callable[[Someone, str], str]
AtBrowser = Callable[[Someone], InProcess]
Make = Callable[..., Application]


def invite(browser: InProcess, team: str, role: str = DEVELOPER) -> str:
    page = browser.open(f"/developers/teams/{team}/members/new")
    page.get(f"role-{[OWNER, DEVELOPER, READER].index(role)}").checked = True
    return browser.submit("invite_submit").text_of("member_code")


def test_a_code_brings_its_taker_into_the_team_once(
    team: str,
    vinh: Someone,
    mai: Someone,
    khoa: Someone,
    at_browser: AtBrowser,
    services: Services,
    clock: Clock,
) -> None:
    code = invite(at_browser(vinh), team)
    browser = at_browser(mai)
    browser.open("/developers/join")
    page = browser.submit("code_submit", {"code": code.lower().replace("-", " ")})
    assert NAME in page.words() and "Lê Quang Vinh" in page.words()
    assert browser.click("offer_accept").path == f"/developers/teams/{team}"
    assert roles(services, team, clock) == {"Lê Quang Vinh": OWNER, "Hoàng Thị Mai": DEVELOPER}
    other = at_browser(khoa)
    other.open("/developers/join")
    assert other.submit("code_submit", {"code": code}).status == 400
    assert refusals(services, khoa.id) == [("member.accept", "wrong_personal_code")]


def test_a_code_stands_in_no_address_and_no_log(
    team: str, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    browser = at_browser(vinh)
    code = invite(browser, team)
    assert code not in browser.page.url
    rows = services.audit.list_by_account(vinh.id)
    assert not any(code in str(row) or code.replace("-", "") in str(row) for row in rows)
    # Looked at again it is the same one; another browser never sees it
    assert browser.open(f"/developers/teams/{team}/members/code").text_of("member_code") == code
    assert not at_browser(vinh).open(f"/developers/teams/{team}/members/code").has("member_code")


def test_codes_can_not_be_tried_through(team: str, mai: Someone, at_browser: AtBrowser) -> None:
    browser = at_browser(mai)
    for _ in range(5):
        browser.open("/developers/join")
        assert browser.submit("code_submit", {"code": "BCDF-GHJK"}).status == 400
    browser.open("/developers/join")
    page = browser.submit("code_submit", {"code": "BCDF-GHJK"})
    assert page.status == 429 and int(page.headers["Retry-After"]) > 0


def test_an_invitation_ends_with_its_time_its_maker_and_the_team(
    team: str, vinh: Someone, mai: Someone, khoa: Someone, add: Add, services: Services, clock: Clock
) -> None:
    members, now = services.developers.members, clock.now()
    add(khoa, OWNER)
    by_khoa, by_vinh = (
        str(members.invite(team, READER, khoa.id, now)),
        str(members.invite(team, READER, vinh.id, now)),
    )
    assert members.find_offer(by_khoa, mai.id, now) and members.find_offer(by_vinh, mai.id, now)
    assert members.remove_by_operator(team, khoa.id, now)
    assert not members.accept(by_khoa, mai.id, now)
    assert not members.accept(by_vinh, mai.id, now + 7 * 86400 + 1)
    assert services.developers.teams.archive(team, vinh.id, now) is None
    assert not members.accept(by_vinh, mai.id, now)
    assert services.developers.teams.restore(team, vinh.id, now)
    # Nor while whoever made it is shut out
    assert services.accounts.disable(vinh.id, now)
    assert not members.find_offer(by_vinh, mai.id, now) and not members.accept(by_vinh, mai.id, now)
    assert services.accounts.enable(vinh.id, now) is None
    assert members.accept(by_vinh, mai.id, now) and not members.accept(by_vinh, khoa.id, now)


def test_of_ten_at_once_one_takes_the_code(
    team: str, vinh: Someone, mai: Someone, khoa: Someone, services: Services, clock: Clock
) -> None:
    code = str(services.developers.members.invite(team, READER, vinh.id, clock.now()))

    def accept(person: Someone) -> bool:
        try:
            with services.database.unit():
                return services.developers.members.accept(code, person.id, clock.now())
        except Conflict:
            return False

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(accept, [mai, khoa] * 5)).count(True) == 1


@pytest.mark.parametrize("way", ["remove each other", "leave", "demote themselves"])
def test_of_owners_who_go_at_once_one_is_left(
    team: str, vinh: Someone, mai: Someone, add: Add, services: Services, clock: Clock, way: str
) -> None:
    members, now = services.developers.members, clock.now()
    own = {mai.id: add(mai, OWNER), vinh.id: member_id(services, team, vinh, clock)}
    start = Barrier(2)

    def go(pair: tuple[Someone, Someone]) -> bool:
        by, other = pair
        start.wait(60)
        with services.database.unit():
            if way == "leave":
                return members.leave(team, by.id, now)
            if way == "demote themselves":
                return members.change_role(own[by.id], team, READER, by.id, now)
            return members.remove(own[other.id], team, by.id, now)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(go, [(vinh, mai), (mai, vinh)]))
    assert done.count(True) == 1
    assert list(roles(services, team, clock).values()).count(OWNER) == 1


def test_a_removed_member_loses_everything_at_once(
    team: str,
    vinh: Someone,
    mai: Someone,
    make: Make,
    add: Add,
    at_browser: AtBrowser,
    services: Services,
    clock: Clock,
) -> None:
    application, removed, browser = make(), at_browser(mai), at_browser(vinh)
    mais = add(mai, OWNER)
    token = services.developers.tokens.make(team, "CI", 30, mai.id, clock.now())
    assert isinstance(token, str) and services.developers.tokens.list_of_team(team, clock.now())
    assert removed.get(f"/developers/apps/{application.id}").status_code == 200
    removed.open(f"/developers/teams/{team}/settings")
    browser.open(f"/developers/teams/{team}/members/{mais}")
    assert browser.submit("remove_submit").path == f"/developers/teams/{team}/members"
    # The page that was open, every page of team and application, and what was made for programs
    assert removed.submit("team_submit", {"name": "Của tôi"}).status == 404
    for address in (
        f"apps/{application.id}",
        f"teams/{team}",
        f"teams/{team}/members",
        f"teams/{team}/tokens",
    ):
        assert removed.get(f"/developers/{address}").status_code == 404
    assert services.developers.tokens.list_of_team(team, clock.now()) == []
    assert services.developers.teams.find(team).name == NAME  # type: ignore[union-attr]
    assert NAME not in removed.open("/developers").words()


def test_the_last_owner_can_neither_leave_nor_be_less(
    team: str, vinh: Someone, mai: Someone, add: Add, at_browser: AtBrowser, services: Services, clock: Clock
) -> None:
    add(mai, DEVELOPER)
    browser, vinhs = at_browser(vinh), member_id(services, team, vinh, clock)
    browser.open(f"/developers/teams/{team}/members")
    assert browser.submit("leave_submit").path == f"/developers/teams/{team}/members"
    page = browser.open(f"/developers/teams/{team}/members/{vinhs}")
    page.get("role-0").checked, page.get("role-2").checked = False, True
    assert browser.submit("role_submit").status == 400
    assert roles(services, team, clock)["Lê Quang Vinh"] == OWNER


def test_an_owner_whose_account_is_shut_counts_for_none(
    team: str, vinh: Someone, mai: Someone, khoa: Someone, add: Add, services: Services, clock: Clock
) -> None:
    members = services.developers.members
    mais = add(mai, OWNER)
    services.closures.ask_deletion(mai.id, clock.now(), 86400)
    assert not members.leave(team, vinh.id, clock.now())
    khoas = add(khoa, DEVELOPER)
    services.closures.ask_deletion(khoa.id, clock.now(), 86400)
    assert not members.hand_over(khoas, team, member_id(services, team, vinh, clock), vinh.id, clock.now())
    assert members.remove(mais, team, vinh.id, clock.now())


def test_a_team_is_handed_over(
    team: str, vinh: Someone, mai: Someone, add: Add, at_browser: AtBrowser, services: Services, clock: Clock
) -> None:
    mais, browser = add(mai, READER), at_browser(vinh)
    browser.open(f"/developers/teams/{team}/members/{mais}")
    browser.click("hand_over")
    assert browser.submit("hand_over_submit").path == f"/developers/teams/{team}"
    assert roles(services, team, clock) == {"Lê Quang Vinh": DEVELOPER, "Hoàng Thị Mai": OWNER}
    assert browser.get(f"/developers/teams/{team}/members/new").status_code == 403


def test_nobody_raises_their_own_role(
    team: str, mai: Someone, add: Add, at_browser: AtBrowser, services: Services, clock: Clock
) -> None:
    mais, browser = add(mai, DEVELOPER), at_browser(mai)
    answer = browser.post(f"/developers/teams/{team}/members/{mais}", role=OWNER, submit="1")
    assert answer.status_code == 403
    assert browser.post(f"/developers/teams/{team}/members/{mais}/hand-over").status_code == 403
    assert browser.post(f"/developers/teams/{team}/members/new", role=OWNER).status_code == 403
    # Past the pages: the statement asks who writes, too
    assert not services.developers.members.change_role(mais, team, OWNER, mai.id, clock.now())
    assert roles(services, team, clock)["Hoàng Thị Mai"] == DEVELOPER


@pytest.mark.parametrize(("role", "left"), [(READER, {Permission.LOOK}), ("none such", set())])
def test_a_role_allows_what_it_says(role: str, left: set[Permission]) -> None:
    assert {one for one in Permission if may(role, one)} == left


def test_changing_a_team_that_is_live_takes_two_factors(
    team: str, mai: Someone, make: Make, add: Add, at_browser: AtBrowser, services: Services, clock: Clock
) -> None:
    add(mai, OWNER)
    browser = at_browser(mai)
    assert browser.open(f"/developers/teams/{team}/members/new").has("invite_submit")
    go_live(services, make(), clock)
    assert not browser.open(f"/developers/teams/{team}/members/new").has("invite_submit")
    assert (
        browser.post(f"/developers/teams/{team}/members/new", role=OWNER)
        .headers["location"]
        .startswith("/resume/")
    )
    assert browser.open(f"/developers/teams/{team}").status == 200


# Accounts that go


def test_who_was_there_longest_owns_the_team_when_its_owner_is_erased(
    team: str, vinh: Someone, mai: Someone, khoa: Someone, add: Add, services: Services, clock: Clock
) -> None:
    add(mai, READER)
    clock.advance(60)
    add(khoa, DEVELOPER)
    assert erase(services, vinh.id, clock.now())
    assert roles(services, team, clock) == {"Hoàng Thị Mai": READER, "Ngô Đăng Khoa": OWNER}


def test_a_team_that_nobody_is_left_in_goes_to_the_archive(
    team: str, vinh: Someone, make: Make, services: Services, clock: Clock
) -> None:
    application = make()
    live = go_live(services, make(attempt="a2"), clock)
    assert erase(services, vinh.id, clock.now())
    found = services.developers.teams.find(team)
    assert found is not None and found.archived_at == clock.now()
    assert services.clients.find_now(application.sandbox_client_id).disabled_at  # type: ignore[union-attr]
    # People sign in to that one: an operator looks at it first
    assert services.clients.find_now(live).disabled_at is None  # type: ignore[union-attr]


def test_who_leaves_is_told_what_becomes_of_their_teams(
    team: str, vinh: Someone, mai: Someone, add: Add, make: Make, at_browser: AtBrowser, services: Services,
    clock: Clock,
) -> None:  # fmt: skip
    browser = at_browser(vinh)
    said = browser.open("/account/delete").text_of("teams")
    assert NAME in said and "lưu trữ" in said
    go_live(services, make(), clock)
    assert "tỉnh được báo" in browser.open("/account/delete").text_of("teams")
    add(mai, READER)
    said = browser.open("/account/delete").text_of("teams")
    assert "Hoàng Thị Mai" in said and "tỉnh được báo" not in said
    assert f"/developers/teams/{team}" in browser.page.text
    # Whoever is no owner, or not the only one, is asked nothing
    assert not at_browser(mai).open("/account/delete").has("teams")
    services.developers.members.add_by_operator(team, mai.id, OWNER, clock.now())
    assert not browser.open("/account/delete").has("teams")


def test_what_is_live_and_nobodys_is_known_to_the_province(
    team: str, vinh: Someone, khoa: Someone, make: Make, services: Services, clock: Clock,
    new_person: Callable[..., Someone],
) -> None:  # fmt: skip
    operator = new_person("duyet", totp=True, claims={"name": "Người Duyệt", "email": "duyet@example.vn"})
    services.admin.operators.grant(operator.id, "reviewer", clock.now())
    live = go_live(services, make(), clock)
    assert services.admin.clients.list_abandoned() == frozenset()
    # From when its only owner is on the way out
    services.closures.ask_deletion(vinh.id, clock.now(), 86400)
    assert services.admin.clients.list_abandoned() == {live}
    services.closures.cancel_deletion(vinh.id, clock.now())
    assert services.admin.clients.list_abandoned() == frozenset()
    assert erase(services, vinh.id, clock.now())
    assert services.admin.clients.list_abandoned() == {live}
    told = [row.text for row in services.messages.list_by_account(operator.id)]
    assert told == ["application_abandoned"]
    # It is given to somebody, who takes the team and the application out of the archive
    services.developers.members.add_by_operator(team, khoa.id, OWNER, clock.now())
    assert services.developers.teams.restore(team, khoa.id, clock.now())
    (application,) = services.developers.applications.list_of_team(team)
    assert services.developers.applications.restore(application, khoa.id, clock.now()) is None
    assert services.admin.clients.list_abandoned() == frozenset()
