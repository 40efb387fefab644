"""The identity level: raised by what was verified, never lowered by the way, one person a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tnid.accounts.numbers import (
    IDENTITY_CARD,
    PASSPORT,
    RESIDENCE_CARD,
    DocumentNumber,
    find_warnings,
    parse_number,
)
from tnid.accounts.refusal import Refused
from tnid.accounts.verification import SEEN_BY_AN_OFFICIAL, Evidence
from tnid.services import Services

CARD = DocumentNumber(IDENTITY_CARD, "019090000123")
NEW_CARD = DocumentNumber(IDENTITY_CARD, "019090000999")
CLAIMS = {"name": "Nguyễn Văn An", "birthdate": "1990-01-02", "gender": "male"}


@pytest.fixture
def raise_level(services: Services, clock: Clock) -> Callable[..., Refused | None]:
    def act(
        someone: Someone, level: int = 1, number: DocumentNumber | None = CARD, **more: Any
    ) -> Refused | None:
        claims = more.pop("claims", CLAIMS)
        with services.database.unit():
            return services.accounts.raise_identity_level(
                someone.id, level, claims, Evidence(number=number, **more), clock.now()
            )

    return act


def events(services: Services, event: str) -> list[Any]:
    sql = text("SELECT outcome, reason, details FROM audit_events WHERE event = :event ORDER BY id")
    return services.database.fetch_all(sql, event=event)


def test_a_level_is_recorded_with_its_evidence_and_the_profile_follows(
    services: Services, lan: Someone, raise_level: Callable[..., Refused | None], clock: Clock
) -> None:
    assert raise_level(lan, warnings=("sex_differs",)) is None
    account = services.accounts.get(lan.id)
    assert account.identity_level == 1
    assert account.profile.items() >= CLAIMS.items()
    found = services.accounts.identity.find_verification(lan.id)
    assert found is not None
    assert (found.level, found.document, found.check_method, found.warnings, found.verified_at) == (
        (1, "idcard", None, ("sex_differs",), clock.now())
    )
    assert found.claims == CLAIMS
    (record,) = services.accounts.verified_claims(lan.id)
    assert "evidence" not in record["verification"], "nobody has seen the card yet"
    (event,) = events(services, "account.raise_identity_level")
    assert event.outcome == "ok" and CARD.number not in event.details


def test_an_official_s_look_is_told_with_the_commune(
    services: Services, lan: Someone, raise_level: Callable[..., Refused | None]
) -> None:
    ward = "05443"
    assert raise_level(lan, 2, check_method=SEEN_BY_AN_OFFICIAL, organisation=ward) is None
    found = services.accounts.identity.find_verification(lan.id)
    assert found is not None and found.organisation_name
    (record,) = services.accounts.verified_claims(lan.id)
    (evidence,) = record["verification"]["evidence"]
    assert evidence["document_details"] == {"type": "idcard"}
    (check,) = evidence["check_details"]
    assert check["check_method"] == "vpip" and check["organization"] == f"UBND {found.organisation_name}"
    assert check["time"] == record["verification"]["time"]


def test_one_person_has_one_active_account(
    services: Services,
    new_person: Callable[..., Someone],
    raise_level: Callable[..., Refused | None],
    clock: Clock,
) -> None:
    first, second = new_person("mot"), new_person("hai")
    assert raise_level(first) is None
    before = services.accounts.get(second.id)
    assert raise_level(second) == Refused("number", "number_taken")
    assert services.accounts.get(second.id) == before, "nothing half-made"
    assert services.accounts.identity.find_verification(second.id) is None
    refusals = [row for row in events(services, "account.raise_identity_level") if row.outcome == "refused"]
    assert [row.reason for row in refusals] == ["number_taken"]
    assert services.accounts.identity.find_account_id(CARD) == first.id
    services.accounts.disable(first.id, clock.now())
    assert raise_level(second) is None
    assert services.accounts.enable(first.id, clock.now()) == (
        Refused("personal_id_number", "personal_id_number_taken")
    )


def test_the_same_characters_of_another_document_are_another_number(
    new_person: Callable[..., Someone], raise_level: Callable[..., Refused | None], services: Services
) -> None:
    numbers = [
        DocumentNumber(PASSPORT, "019090000123", "KR"),
        DocumentNumber(PASSPORT, "019090000123", "JP"),
        DocumentNumber(RESIDENCE_CARD, "019090000123"),
        CARD,
    ]
    for position, number in enumerate(numbers):
        someone = new_person(f"nguoi{position}")
        assert raise_level(someone, number=number) is None
        assert services.accounts.identity.find_number(someone.id) == number
    citizen = services.accounts.reveal_personal_id_number(someone.id)
    assert citizen == CARD.number
    foreigner = services.accounts.identity.find_account_id(numbers[0])
    assert foreigner and services.accounts.reveal_personal_id_number(foreigner) is None
    assert raise_level(new_person("khac"), number=numbers[1]) == Refused("number", "number_taken")


def test_a_level_is_never_lowered_by_the_way(
    lan: Someone, raise_level: Callable[..., Refused | None], services: Services
) -> None:
    assert raise_level(lan, 2, check_method=SEEN_BY_AN_OFFICIAL) is None
    assert raise_level(lan, 1) == Refused("identity_level", "identity_level_lower")
    found = services.accounts.identity.find_verification(lan.id)
    assert found is not None and found.level == 2
    assert raise_level(lan, 2, check_method=SEEN_BY_AN_OFFICIAL) is None


def test_a_number_that_changes_leaves_its_history_sealed(
    new_person: Callable[..., Someone],
    raise_level: Callable[..., Refused | None],
    services: Services,
    clock: Clock,
) -> None:
    lan = new_person()
    raise_level(lan)
    raise_level(lan)
    assert services.accounts.identity.list_former_numbers(lan.id) == [], "the same number is no change"
    assert raise_level(lan, 2, NEW_CARD) is None
    assert services.accounts.identity.find_number(lan.id) == NEW_CARD
    assert services.accounts.identity.list_former_numbers(lan.id) == [(CARD, clock.now())]
    (row,) = services.database.fetch_all(text("SELECT * FROM former_numbers"))
    assert CARD.number.encode() not in bytes(row.number_sealed) and CARD.number != row.number_index
    assert len(events(services, "account.change_number")) == 1
    # Only active numbers are one person's: the former one may be given to another
    assert raise_level(new_person("khac"), 1, CARD) is None
    services.accounts.delete(lan.id, clock.now())
    assert services.database.fetch_all(text("SELECT * FROM former_numbers")) == []


def test_a_disabled_account_gets_no_level(
    lan: Someone, raise_level: Callable[..., Refused | None], services: Services, clock: Clock
) -> None:
    services.accounts.disable(lan.id, clock.now())
    assert raise_level(lan) == Refused("", "disabled")


@pytest.mark.parametrize(
    ("claims", "refused"),
    [
        ({"name": "x" * 300}, Refused("name", "too_long")),
        ({"birthdate": "1990-02-30"}, Refused("birthdate", "birthdate")),
    ],
)
def test_a_claim_that_is_none_is_refused_before_anything_is_written(
    claims: dict[str, Any],
    refused: Refused,
    lan: Someone,
    raise_level: Callable[..., Refused | None],
    services: Services,
) -> None:
    assert raise_level(lan, claims={**CLAIMS, **claims}) == refused
    assert services.accounts.get(lan.id).identity_level == 0
    assert services.accounts.identity.find_number(lan.id) is None


@pytest.mark.parametrize(
    ("kind", "typed", "country", "parsed"),
    [
        ("idcard", "019090000123", "VN", CARD),
        ("idcard", " 019 090 000.123 ", "VN", CARD),
        ("idcard", "090123456", "VN", Refused("number", "old_card_number")),
        ("idcard", "01909000012", "VN", Refused("number", "personal_id_number")),
        ("idcard", "01909000012a", "VN", Refused("number", "personal_id_number")),
        ("idcard", "０19090000123", "VN", Refused("number", "personal_id_number")),
        ("idcard", "1" * 300, "VN", Refused("number", "too_long")),
        ("passport", "m 1234-5678", "KR", DocumentNumber("passport", "M12345678", "KR")),
        ("passport", "M12345678", "", Refused("country", "required")),
        ("passport", "M!", "KR", Refused("number", "document_number")),
        ("residence_permit", "na1234567", "", DocumentNumber("residence_permit", "NA1234567")),
        ("bằng lái", "1", "VN", Refused("document", "document")),
    ],
)
def test_a_number_is_read_as_people_type_it(
    kind: str, typed: str, country: str, parsed: DocumentNumber | Refused
) -> None:
    assert parse_number(kind, typed, country) == parsed


@pytest.mark.parametrize(
    ("number", "birthdate", "gender", "warnings"),
    [
        ("019090000123", "1990-01-02", "male", ()),
        ("006195004567", "1995-03-10", "female", ()),
        ("019305000456", "2005-01-01", "female", ()),
        ("019202987654", "2002-01-01", "male", ()),
        ("019090000123", "1991-01-02", "male", ("birth_year_differs",)),
        ("019090000123", "1890-01-02", "female", ("birth_year_differs", "sex_differs")),
        ("000090000123", "1990-01-02", "", ("unknown_prefix",)),
        ("019090000123", "", "", ()),
    ],
)
def test_what_an_official_should_look_at(
    number: str, birthdate: str, gender: str, warnings: tuple[str, ...]
) -> None:
    assert find_warnings(DocumentNumber(IDENTITY_CARD, number), birthdate, gender) == warnings


def test_a_number_shows_itself_nowhere() -> None:
    assert CARD.number not in repr(CARD) and CARD.masked == "•••••••••123"
