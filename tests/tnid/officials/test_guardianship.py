"""A guardian agrees at the counter for the child beside them, before an official who saw card and papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.officials.conftest import begin_account, find
from tests.tnid.officials.test_counter import refusals
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber
from tnid.services import Services

Open = Callable[[Someone], InProcess]
MOTHER, CHILD = "019186000222", "019212000333"
CHECKS = ("is_alike", "is_representative", "has_agreed")


def born(clock: Clock, years: int) -> str:
    today = datetime.fromtimestamp(clock.now() - 182 * 86400, UTC)
    return f"{min(today.day, 28):02}/{today.month:02}/{today.year - years}"


@pytest.fixture
def mother(new_person: Callable[..., Someone], clock: Clock) -> Someone:
    day, month, year = born(clock, 40).split("/")
    claims = {"name": "Lê Thị Mẹ", "birthdate": f"{year}-{month}-{day}", "phone_number": "0912000106"}
    return new_person("me", totp=True, identity_level=2, personal_id_number=MOTHER, claims=claims)


@pytest.fixture
def desk(ha: Someone, open_counter: Open, clock: Clock) -> InProcess:
    """Hà's desk, with a checked child of fifteen before it."""
    opened = open_counter(ha)
    find(opened, CHILD)
    opened.click("begin_card")
    opened.page.get("gender-0").checked = True
    opened.submit("card_submit", {"name": "Hoàng Văn Bé", "birthdate": born(clock, 15)})
    for check in ("is_alike", "is_whole", "is_same_number", "is_same_person"):
        opened.page.get(check).checked = True
    opened.submit("compare_submit")
    return opened


def child_id(services: Services) -> str:
    return services.accounts.identity.find_account_id(DocumentNumber(IDENTITY_CARD, CHILD)) or ""


def agree(desk: InProcess, card: str, ticked: tuple[str, ...] = CHECKS) -> Page:
    desk.click("guardian_link")
    for check in ticked:
        desk.page.get(check).checked = True
    return desk.submit("guardian_submit", {"card": card})


def test_what_a_guardian_agreed_to_is_recorded_and_both_are_told(
    desk: InProcess, mother: Someone, services: Services, clock: Clock
) -> None:
    page = agree(desk, MOTHER)
    assert page.status == 200 and page.path.startswith("/officials/visits/")
    ((_row, name),) = services.guardians.list_guardians(child_id(services), clock.now())
    assert name == "Lê Thị Mẹ" and name not in page.text and MOTHER not in page.text
    assert [row.text for row in services.messages.list_by_account(mother.id)] == ["counter_guardian"]
    events = [row.event for row in services.audit.list_by_account(child_id(services))]
    assert {"guardian.agree", "counter.recorded_guardian"} <= set(events)


@pytest.mark.parametrize(
    ("card", "reason"), [("019186000999", "guardian_unknown"), (CHILD, "guardian_of_oneself")]
)
def test_who_is_no_guardian_is_refused_beside_the_field(
    desk: InProcess, services: Services, clock: Clock, card: str, reason: str
) -> None:
    page = agree(desk, card)
    assert page.status == 400 and page.has("card-error")
    assert refusals(services, "counter.recorded_guardian") == [reason]
    assert services.guardians.list_guardians(child_id(services), clock.now()) == []


def test_nobody_is_a_guardian_whose_identity_nobody_checked(
    desk: InProcess, new_person: Callable[..., Someone], services: Services
) -> None:
    new_person("la", personal_id_number=MOTHER, claims={"name": "Người Lạ"})
    assert agree(desk, MOTHER).status == 400
    assert refusals(services, "counter.recorded_guardian") == ["guardian_level"]


@pytest.mark.parametrize("left_out", CHECKS)
def test_each_thing_has_to_be_seen(desk: InProcess, mother: Someone, left_out: str) -> None:
    page = agree(desk, MOTHER, tuple(check for check in CHECKS if check != left_out))
    assert page.status == 400 and page.has(f"{left_out}-error")


def test_a_grown_up_has_no_guardian_here(ha: Someone, open_counter: Open) -> None:
    desk = open_counter(ha)
    page = begin_account(desk)
    assert not page.has("guardian_link")
    assert desk.open(f"{page.path}/guardian").path == page.path
