"""What an application is told of somebody's work: what was accepted, of whom it may know, while it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from oidc.attested import NOTHING, OF_WORK, Vouched
from oidc.clients.registration import new_client
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK
from tests.tnid.employment.work import ALL, AN, a_person, an_employer, attest, linked
from tnid.employment.claims import FIELD_CLAIMS, answer, claims_of, months_after
from tnid.employment.shown import Shown
from tnid.services import Services

TAX_CODE, OTHER = "4600305723", "0100109106"
TOLD = {
    "is_worker": True,
    "employment_confirmed_at": "2026-11-22",
    "employment_valid_until": "2027-05-24",
    "employer": {"name": "May Chè Xanh", "tax_code": TAX_CODE},
    "industrial_park": {"id": "diem-thuy", "name": "KCN Điềm Thụy"},
    "job_title": "Công nhân may",
    "employment_start_date": "2020-03-01",
    "employment_contract_type": "indefinite",
    "social_housing_income": {
        "bracket": "single",
        "ceiling": 25_000_000,
        "ceiling_since": "2026-04-01",
        "verified_by": "May Chè Xanh",
        "verified_at": "2026-11-22",
    },
}
# Told to an application that is not the employer's own
OF_EMPLOYMENT = OF_WORK - {"represents", "employee_number"}


@pytest.fixture
def now(clock: Clock) -> int:
    clock.time = 1_795_330_000  # 22 November 2026
    return clock.now()


@pytest.fixture
def employer(services: Services, now: int) -> Any:
    return an_employer(services, now, TAX_CODE, "May Chè Xanh")


@pytest.fixture
def an(services: Services, now: int, employer: Any) -> str:
    account_id = a_person(services, now)
    attest(services, employer, now)
    return account_id


@pytest.fixture
def look(services: Services, now: int) -> Callable[..., Vouched]:
    """Ask as a client of these scopes would."""

    def ask(
        account_id: str, *names: str, scope: str = "openid worker employer", at: int = now, **policy: Any
    ) -> Vouched:
        client_id = f"client {scope} {policy}"
        client_id = "".join(character for character in client_id if character.isalnum())
        if services.clients.find_now(client_id) is None:
            given = {"client_id": client_id, "redirect_uris": [CALLBACK], "scope": scope, **policy}
            services.clients.add(new_client(given, now, by_operator=True)[0])
        return services.vouching.vouched(account_id, client_id, frozenset(names) or OF_EMPLOYMENT, at)

    return ask


def test_what_is_accepted_is_told(
    services: Services, an: str, now: int, look: Callable[..., Vouched]
) -> None:
    assert look(an) == NOTHING, "an offer is nobody's to know"
    linked(services, an, now)
    assert look(an) == Vouched(TOLD)
    assert look(an, "job_title") == Vouched({"job_title": "Công nhân may"}), "and no more than was asked"


@pytest.mark.parametrize("field", ALL)
def test_a_field_that_is_refused_is_there_for_nobody(
    services: Services, an: str, now: int, look: Callable[..., Vouched], field: str
) -> None:
    linked(services, an, now, tuple(one for one in ALL if one != field))
    questions = ("income_at_least=1000000", "works_in_park=diem-thuy", "tenure_at_least_months=1")
    names = [f"verified_claims/{name}" for name in OF_EMPLOYMENT]
    found = look(an, *OF_EMPLOYMENT, *questions, *names)
    # Of the bracket only its source goes with the employer
    gone = claims_of([field], ALL) - ({"social_housing_income"} if field == "employer" else set())
    assert found.claims.keys() == OF_EMPLOYMENT - gone
    assert {name.partition("=")[0] for name in found.answers}.isdisjoint(gone)
    assert found.record is not None and found.record["claims"].keys() == OF_EMPLOYMENT - gone
    said = repr(found)
    assert "12500000" not in said and ("May Chè Xanh" in said) == (field != "employer")


def test_the_wage_itself_is_told_to_nobody(
    services: Services, an: str, now: int, look: Callable[..., Vouched]
) -> None:
    linked(services, an, now)
    found = look(an, *OF_EMPLOYMENT, "income_at_least=12000000", "income_at_least=13000000")
    assert found.answers == {"income_at_least=12000000": True, "income_at_least=13000000": False}
    assert "12500000" not in repr(found) and "12.500" not in repr(found)


def test_a_hidden_employer_is_kept_from_listings_alone(
    services: Services, an: str, now: int, look: Callable[..., Vouched]
) -> None:
    own = linked(services, an, now)
    names = (*OF_EMPLOYMENT, "verified_claims/employer", "verified_claims/job_title")
    assert services.employments.set_hidden(an, own.id, now, is_hidden=True)
    for scope in ("openid worker employer jobs", "openid worker employer housing"):
        found = look(an, *names, scope=scope)
        assert "employer" not in found.claims and found.record is None
        assert "verified_by" not in found.claims["social_housing_income"]
        assert "May Chè Xanh" not in repr(found) and TAX_CODE not in repr(found)
        assert found.claims["job_title"] == "Công nhân may"
    bank = look(an, *names)
    assert bank.claims["employer"]["tax_code"] == TAX_CODE and bank.record is not None


def test_an_application_of_one_employer_hears_of_the_work_there_alone(
    services: Services, an: str, now: int, look: Callable[..., Vouched]
) -> None:
    linked(services, an, now)
    assert look(an, employer=TAX_CODE) == Vouched(TOLD)
    own_code = Vouched({"employee_number": "TNG-0001"})
    assert look(an, "employee_number", employer=TAX_CODE) == own_code
    assert look(an, "employee_number") == NOTHING, "others have no use for it"
    assert look(an, employer=OTHER) == NOTHING
    elsewhere = an_employer(services, now, OTHER, "Điện tử Sông Công")
    attest(services, elsewhere, now, title="Kỹ thuật viên")
    linked(services, an, now + 60)
    assert look(an).claims["job_title"] == "Kỹ thuật viên", "to others the one that was linked last"
    assert look(an, employer=TAX_CODE).claims["job_title"] == "Công nhân may"
    assert look(an, employer=OTHER).claims["employer"]["name"] == "Điện tử Sông Công"


def test_what_has_run_out_or_ended_or_is_of_a_suspended_employer_is_told_no_more(
    services: Services, an: str, now: int, employer: Any, look: Callable[..., Vouched]
) -> None:
    linked(services, an, now)
    until = look(an).claims["employment_valid_until"]
    assert until == "2027-05-24" and look(an, at=now + 183 * 86400) == NOTHING
    with services.database.unit():
        services.database.execute(text("UPDATE employers SET suspended_at = 1"))
    assert look(an) == NOTHING
    services.database.execute(text("UPDATE employers SET suspended_at = NULL"))
    attest(services, employer, now, end_date="30/11/2026")
    last = 1_796_057_999  # 30 November, 23:59:59 here
    assert look(an, at=last).claims["employment_valid_until"] == "2026-11-30"
    assert look(an, at=last + 1) == NOTHING


def test_a_record_names_its_source_where_the_employer_is_asked_for(
    services: Services, an: str, now: int, look: Callable[..., Vouched]
) -> None:
    linked(services, an, now)
    by_name = look(an, "verified_claims/employer", "verified_claims/job_title").record
    without = look(an, "verified_claims/job_title").record
    assert by_name is not None and without is not None
    assert by_name["verification"] == {
        "trust_framework": "vn_thai_nguyen_id",
        "time": "2026-11-22T06:46:40Z",
        "evidence": [
            {
                "type": "electronic_record",
                "time": "2026-11-22T06:46:40Z",
                "record": {
                    "type": "employment",
                    "created_at": "2026-11-22T06:46:40Z",
                    "date_of_expiry": "2027-05-24",
                    "source": {"name": "May Chè Xanh"},
                },
            }
        ],
    }
    assert "source" not in without["verification"]["evidence"][0]["record"]


def test_whom_somebody_represents(
    services: Services, now: int, employer: Any, look: Callable[..., Vouched]
) -> None:
    hoa = a_person(services, now, "hoa", "019190000124", {**AN, "name": "Lê Thị Hoa"})
    assert look(hoa, "represents") == Vouched({"represents": []})
    with services.database.unit():
        assert services.employers.representatives.add(employer.id, hoa, "clerk", now) is None
    role = {"name": "May Chè Xanh", "tax_code": TAX_CODE, "role": "clerk"}
    assert look(hoa, "represents").claims == {"represents": [role]}
    assert look(hoa, "represents", employer=OTHER).claims == {"represents": []}
    proved = text("UPDATE employers SET domain = 'chexanh.vn', domain_verified_at = 1")
    services.database.execute(proved)
    assert look(hoa, "represents").claims == {"represents": [{**role, "domain": "chexanh.vn"}]}
    services.database.execute(text("UPDATE employers SET suspended_at = 1"))
    assert look(hoa, "represents").claims == {"represents": []}


def test_a_client_that_is_gone_is_told_nothing(services: Services, an: str, now: int) -> None:
    linked(services, an, now)
    assert services.vouching.vouched(an, "nobody", OF_EMPLOYMENT, now) == NOTHING


SINCE_LEAP_DAY = Shown(
    id="", accepted=frozenset(ALL), start_date="2024-02-29", park="song-cong-1", income=8_000_000,
    confirmed_at=0, valid_until=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "on", "told"),
    [
        ("tenure_at_least_months=12", "2025-02-27T16:59:59", False),
        ("tenure_at_least_months=12", "2025-02-27T17:00:00", True),
        ("tenure_at_least_months=48", "2028-02-28T10:00:00", False),
        ("tenure_at_least_months=48", "2028-02-28T17:00:00", True),
        ("income_at_least=8000000", "2026-01-01T00:00:00", True),
        ("income_at_least=9000000", "2026-01-01T00:00:00", False),
        ("works_in_park=diem-thuy,song-cong-1", "2026-01-01T00:00:00", True),
        ("works_in_park=song-cong-2", "2026-01-01T00:00:00", False),
    ],
)
def test_answers_at_their_borders(name: str, on: str, told: bool) -> None:
    assert answer(name, SINCE_LEAP_DAY, at(on)) is told


def at(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


def test_months_end_with_the_month() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert months_after(date(2020, 3, 1), 600) == date(2070, 3, 1)


def test_which_claims_end_with_which_fields() -> None:
    assert claims_of(["title"], ["title", "park"]) == {"job_title"}
    assert claims_of(["title"], ["title"]) >= {"job_title", "is_worker", "employment_valid_until"}
    assert claims_of([], []) == frozenset()
    assert FIELD_CLAIMS.keys() == set(ALL)
