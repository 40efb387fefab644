"""A child of 14 or 15 waits for a guardian: an adult who is known, who agrees once and may take it back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.contracts.test_protocol_stores import GRANT
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.accounts.ages import birthday
from tnid.accounts.export import build_document
from tnid.accounts.refusal import Refused
from tnid.mandates.guardians import CODE_SECONDS
from tnid.services import Services
from tnid.signin.assurance import PASSWORD
from tnid.signin.sessions import Place

PLACE = Place("192.0.2.1", "")
CONSENT = text(
    "INSERT INTO consents (account_id, client_id, scope, claims, granted_at)"
    " VALUES (:child, 'client-1', 'openid', '[]', 0)"
)


def born(clock: Clock, years: int, **more: Any) -> dict[str, Any]:
    """Return the claims of somebody who was born so many years ago, and half a year."""
    now = datetime.fromtimestamp(clock.now() - 182 * 86400, UTC)
    return {"birthdate": f"{now.year - years}-{now.month:02}-{min(now.day, 28):02}", **more}


@pytest.fixture
def child(new_person: Callable[..., Someone], clock: Clock) -> Someone:
    return new_person("be", claims=born(clock, 14, name="Hoàng Văn Bé", phone_number="0912000107"))


@pytest.fixture
def mother(new_person: Callable[..., Someone], clock: Clock) -> Someone:
    claims = born(clock, 40, name="Lê Thị Mẹ")
    return new_person("me", totp=True, identity_level=2, claims=claims)


@pytest.fixture
def agreed(services: Services, child: Someone, mother: Someone, clock: Clock) -> str:
    """The id of the guardianship in force."""
    code = services.guardians.make_code(child.id, clock.now()) or ""
    assert services.guardians.agree(code, mother.id, clock.now())
    return str(services.guardians.list_children(mother.id, clock.now())[0].row.id)


def is_waiting(services: Services, someone: Someone, now: int) -> bool:
    value, _ = services.sessions.begin(someone.id, PASSWORD, PLACE, now)
    row = services.sessions.look_up(value, now)
    return bool(row.is_waiting)


def refusals(services: Services, account_id: str) -> list[tuple[str, str]]:
    rows = services.audit.list_by_account(account_id)
    return [(row.event, row.reason) for row in rows if row.outcome == "refused"]


# The service


def test_a_child_waits_until_a_guardian_agrees_or_until_sixteen(
    services: Services, child: Someone, mother: Someone, clock: Clock
) -> None:
    now = clock.now()
    until = services.guardians.find_child_until(child.id, now) or 0
    assert is_waiting(services, child, now) and is_waiting(services, child, until - 1)
    assert not is_waiting(services, child, until), "it ends by itself"
    assert not is_waiting(services, mother, now)
    code = services.guardians.make_code(child.id, now) or ""
    assert services.guardians.agree(code, mother.id, now)
    assert not is_waiting(services, child, now)
    assert [one.text for one in services.messages.list_by_account(child.id)] == ["guardian_agreed"]


def test_both_take_the_guardianship_along_in_their_copies(
    services: Services, child: Someone, mother: Someone, agreed: str, clock: Clock
) -> None:
    def copy_of(someone: Someone) -> dict[str, Any]:
        return build_document(services, services.accounts.get(someone.id), clock.now(), in_full=False)

    assert [one["name"] for one in copy_of(mother)["children"]] == ["Hoàng Văn Bé"]
    assert [one["name"] for one in copy_of(child)["guardians"]] == ["Lê Thị Mẹ"]
    assert copy_of(child)["children"] == copy_of(mother)["guardians"] == copy_of(mother)["passkeys"] == []


def test_a_code_works_once_and_a_newer_one_ends_it(
    services: Services, child: Someone, mother: Someone, clock: Clock
) -> None:
    now = clock.now()
    codes = [services.guardians.make_code(child.id, now) or "" for _ in range(2)]
    assert services.guardians.find_offer(codes[0], mother.id, now) is None
    assert services.guardians.find_offer(codes[1], mother.id, now + CODE_SECONDS) is None
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: _agree(services, codes[1], mother, now), range(20)))
    assert won.count(True) == 1


def _agree(services: Services, code: str, guardian: Someone, now: int) -> bool:
    with services.database.unit():
        return services.guardians.agree(code, guardian.id, now)


@pytest.mark.parametrize(
    ("years", "level", "reason"),
    [(40, 0, "guardian_level"), (17, 2, "guardian_age"), (None, 2, "guardian_age"), (18, 1, None)],
)
def test_a_guardian_is_grown_up_and_known(
    services: Services,
    child: Someone,
    new_person: Callable[..., Someone],
    clock: Clock,
    years: int | None,
    level: int,
    reason: str | None,
) -> None:
    claims = born(clock, years) if years else {}
    guardian, now = new_person("nguoi.lon", identity_level=level, claims=claims), clock.now()
    code = services.guardians.make_code(child.id, now) or ""
    expected = Refused("", reason) if reason else None
    assert services.guardians.find_obstacle(guardian.id, now) == expected
    assert services.guardians.agree(code, guardian.id, now) is (reason is None)


def test_a_date_that_nobody_checked_makes_no_guardian(
    services: Services, new_person: Callable[..., Someone], clock: Clock
) -> None:
    young = new_person("tre", identity_level=1, claims=born(clock, 17))
    services.accounts.change_profile(young.id, born(clock, 40), clock.now())
    assert services.guardians.find_obstacle(young.id, clock.now()) == Refused("", "guardian_age")


def test_a_child_is_nobodys_guardian_and_not_their_own(
    services: Services, child: Someone, clock: Clock
) -> None:
    code = services.guardians.make_code(child.id, clock.now()) or ""
    assert services.guardians.find_offer(code, child.id, clock.now()) is None


def test_taking_it_back_stops_the_childs_applications(
    services: Services, child: Someone, mother: Someone, agreed: str, clock: Clock
) -> None:
    now = clock.now()
    services.database.execute(CONSENT, child=child.id)
    grant = replace(GRANT, account_id=child.id, code_hash=None, code_redeemed_at=now, expires_at=now + 10**9)
    assert services.grants.add(grant) and services.grants.find_live(grant.id, now)
    assert services.guardians.end(agreed, child.id, now) is False, "the child can't"
    assert [services.guardians.end(agreed, mother.id, now) for _ in range(2)] == [True, False]
    assert services.grants.find_live(grant.id, now) is None
    assert services.grants.rotate(grant.id, 0, "client-1", now) is None
    assert is_waiting(services, child, now)


def test_one_guardian_of_two_is_enough(
    services: Services, child: Someone, mother: Someone, agreed: str, new_person: Any, clock: Clock
) -> None:
    father, now = new_person("bo", identity_level=1, claims=born(clock, 41)), clock.now()
    code = services.guardians.make_code(child.id, now) or ""
    assert services.guardians.agree(code, father.id, now)
    services.guardians.end(agreed, mother.id, now)
    assert not is_waiting(services, child, now)
    services.accounts.disable(father.id, now)
    assert is_waiting(services, child, now), "a guardian whose account is shut stands by nobody"


def test_a_date_of_birth_that_becomes_known_makes_the_account_wait(
    services: Services, new_person: Callable[..., Someone], clock: Clock
) -> None:
    someone, now = new_person("ai"), clock.now()
    assert not is_waiting(services, someone, now)
    services.accounts.change_profile(someone.id, born(clock, 15), now)
    assert is_waiting(services, someone, now)
    services.accounts.change_profile(someone.id, born(clock, 30), now)
    assert not is_waiting(services, someone, now), "an official corrected it"


def test_an_official_records_what_a_representative_agreed_to(
    services: Services, child: Someone, mother: Someone, clock: Clock
) -> None:
    now = clock.now()
    assert services.guardians.agree_at_counter(child.id, child.id, "official", now) is not None
    assert services.guardians.agree_at_counter(mother.id, child.id, "official", now) is not None
    assert services.guardians.agree_at_counter(child.id, mother.id, "official", now) is None
    assert not is_waiting(services, child, now)


# The pages


def test_an_application_is_not_answered_before_a_guardian_has_agreed(
    services: Services,
    child: Someone,
    mother: Someone,
    new_app: Callable[..., str],
    new_browser: Callable[..., InProcess],
    browser: InProcess,
    clock: Clock,
) -> None:
    at_school = new_app("school")
    page = child.sign_in(browser, at_school)
    assert page.path == "/guardian" and page.has("to_family")
    waiting = page.url
    browser.click("to_family")
    code = browser.click("guardian_code_submit").text_of("guardian_code")
    at_home = new_browser("192.0.2.7")
    mother.sign_in(at_home)
    at_home.open("/account/family")
    at_home.click("enter_child_code")
    page = at_home.submit("code_submit", {"code": code})
    assert "Hoàng Văn Bé" in page.words() and page.has("statement")
    page = at_home.click("guardian_agree")
    assert page.path == "/account/family" and "Hoàng Văn Bé" in page.words()
    browser.open(waiting)
    assert browser.click("guardian_again").has("consent_allow")
    assert browser.click("consent_allow").url.startswith(CALLBACK)
    page = at_home.open("/account/family")
    assert "Việc làm" in page.words(), "the guardian sees what is connected"
    (child_of_hers,) = services.guardians.list_children(mother.id, clock.now())
    at_home.click(f"end_{child_of_hers.row.id}")
    assert browser.open(at_school).path == "/guardian", "and the silent way is shut again, too"


def test_the_way_back_tells_the_application_no(
    child: Someone, new_app: Callable[..., str], browser: InProcess
) -> None:
    child.sign_in(browser, new_app("school"))
    answer = parse_qs(urlsplit(browser.click("guardian_back").url).query)
    assert answer["error"] == ["access_denied"]


@pytest.mark.parametrize(
    "path", ["/device", "/account/requests", "/account/mandates", "/account/mandates/new"]
)
def test_a_waiting_child_shares_nothing_and_acts_for_nobody(
    child: Someone, browser: InProcess, path: str
) -> None:
    child.sign_in(browser)
    assert browser.open(path).path == "/account/family"
    for open_to_them in ("/account", "/account/profile", "/account/security"):
        assert browser.open(open_to_them).path == open_to_them


def test_who_is_not_fit_is_told_why_and_learns_nothing(
    services: Services, child: Someone, lan: Someone, browser: InProcess, clock: Clock
) -> None:
    code = services.guardians.make_code(child.id, clock.now()) or ""
    lan.sign_in(browser)
    assert browser.open("/account/family/agree").status == 200
    answer = browser.post("/account/family/agree", code=code, decision="agree")
    assert answer.status_code == 403 and "Hoàng Văn Bé" not in answer.text
    assert refusals(services, lan.id) == [("guardian.give", "guardian_level")]


def test_somebody_elses_child_is_not_found(
    services: Services, agreed: str, lan: Someone, browser: InProcess, mother: Someone, clock: Clock
) -> None:
    lan.sign_in(browser)
    assert browser.post("/account/family/end", guardianship=agreed).status_code == 404
    assert len(services.guardians.list_children(mother.id, clock.now())) == 1


def test_a_young_date_of_birth_is_asked_about_once_and_then_stays(
    lan: Someone, browser: InProcess, clock: Clock, services: Services
) -> None:
    lan.sign_in(browser)
    birthdate = str(born(clock, 15)["birthdate"])
    browser.open("/account/profile")
    page = browser.submit("profile_submit", {"birthdate": birthdate})
    assert page.status == 400 and not is_waiting(services, lan, clock.now())
    page = browser.submit("profile_submit")
    assert page.status == 200 and is_waiting(services, lan, clock.now())
    page = browser.submit("profile_submit", {"birthdate": "1990-01-01"})
    assert page.status == 400 and is_waiting(services, lan, clock.now())


def test_under_fourteen_is_refused_as_ever(lan: Someone, browser: InProcess, clock: Clock) -> None:
    lan.sign_in(browser)
    browser.open("/account/profile")
    for _ in range(2):
        page = browser.submit("profile_submit", {"birthdate": str(born(clock, 13)["birthdate"])})
        assert page.status == 400
    assert birthday(str(born(clock, 13)["birthdate"]), 14)
