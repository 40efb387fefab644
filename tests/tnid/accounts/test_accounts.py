"""Creating, finding and changing accounts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import PASSWORD, Someone
from tnid.accounts.contacts import parse_email, parse_phone
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account, NewAccount
from tnid.accounts.usernames import find_fault, username_key
from tnid.accounts.vault import Vault
from tnid.db import Conflict
from tnid.sealing import SealBroken
from tnid.services import Services

PIN = "019090000123"


def create(services: Services, **given: Any) -> Account | Refused:
    trusted = given.pop("trusted", False)
    asked = NewAccount(**{"username": "lan", "password": PASSWORD, **given})
    with services.database.unit():
        return services.accounts.create(asked, 1_795_000_000, trusted=trusted)


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"username": "l"}, "username", "username_too_short"),
        ({"username": "l" * 65}, "username", "username_too_long"),
        ({"username": "0912345678"}, "username", "username_no_letter"),
        ({"username": "ad\u200bmin"}, "username", "username_characters"),
        ({"username": "\u202enimda"}, "username", "username_characters"),
        ({"username": "\u0430dmin"}, "username", "username_characters"),
        ({"username": "lan김"}, "username", "username_characters"),
        ({"username": "lan nguyen"}, "username", "username_characters"),
        ({"username": "Admin"}, "username", "username_reserved"),
        ({"password": "short"}, "password", "password_too_short"),
        ({"password": "x" * 300}, "password", "password_too_long"),
        ({"claims": {"phone_number": "123"}}, "phone_number", "phone"),
        ({"claims": {"email": "nobody"}}, "email", "email"),
        ({"claims": {"birthdate": "1990-02-30"}}, "birthdate", "birthdate"),
        ({"claims": {"birthdate": "0000"}}, "birthdate", "birthdate"),
        ({"claims": {"birthdate": "1990-02"}}, "birthdate", "birthdate"),
        ({"claims": {"name": "a" + "\u0301" * 50}}, "name", "characters"),
        ({"claims": {"name": "A\u202eB"}}, "name", "characters"),
        ({"claims": {"role": "admin"}}, "role", "unknown_claim"),
        ({"claims": {"email_verified": "yes", "email": "a@b.vn"}}, "email_verified", "not_a_flag"),
        ({"personal_id_number": "01909000012"}, "personal_id_number", "personal_id_number"),
        ({"personal_id_number": "01909000012a"}, "personal_id_number", "personal_id_number"),
        ({"personal_id_number": "０19090000123"}, "personal_id_number", "personal_id_number"),
        ({"identity_level": 3}, "identity_level", "identity_level"),
    ],
)
def test_what_is_wrong_is_named(services: Services, given: dict[str, Any], field: str, reason: str) -> None:
    assert create(services, **given) == Refused(field, reason)


def test_a_username_is_taken_in_every_spelling(services: Services) -> None:
    assert isinstance(create(services, username="Lành.TN"), Account)
    for twin in ("lành.tn", "LÀNH.TN", "la\u0300nh.tn", "ｌành.tn"):
        assert create(services, username=twin) == Refused("username", "username_taken")
    assert isinstance(create(services, username="lanh.tn"), Account)


def test_one_username_raced_makes_one_account(services: Services) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [one.result() for one in [pool.submit(create, services) for _ in range(8)]]
    assert [isinstance(one, Account) for one in made].count(True) == 1
    assert {one.reason for one in made if isinstance(one, Refused)} == {"username_taken"}


def test_one_identification_number_is_one_active_account(services: Services, clock: Clock) -> None:
    first = create(services, username="first", personal_id_number=PIN)
    assert isinstance(first, Account)
    taken = Refused("personal_id_number", "personal_id_number_taken")
    assert create(services, username="second", personal_id_number=PIN) == taken
    services.accounts.disable(first.id, clock.now())
    assert isinstance(create(services, username="second", personal_id_number=PIN), Account)
    assert services.accounts.enable(first.id, clock.now()) == taken


def test_a_factor_made_by_the_operator_comes_with_its_codes(services: Services) -> None:
    made = create(services, totp=True, password="nương2 tím")
    assert isinstance(made, Account)
    assert made.totp_secret is not None
    assert len(made.recovery_codes) == 10
    assert services.factors.is_enrolled(made.id)


@pytest.mark.parametrize(
    ("given", "is_required"),
    [({"password": PASSWORD}, False), ({"password": "nương2 tím"}, True)],
)
def test_a_short_password_needs_a_factor(
    services: Services, given: dict[str, Any], is_required: bool
) -> None:
    made = create(services, **given)
    assert isinstance(made, Account)
    assert made.factor_required == is_required


def test_demonstration_passwords_may_be_weak_when_said_so(services: Services) -> None:
    made = create(services, password="123", trusted=True)
    assert isinstance(made, Account)
    assert not made.factor_required


def test_claims_come_back_as_they_were_given(services: Services) -> None:
    claims = {
        "name": "Nguyễn  Thị Lan",
        "phone_number": "0912.345.678",
        "phone_number_verified": True,
        "email": "Lan@Example.vn",
        "birthdate": "0000-03-27",
        "address": {"locality": "Phường Tân Cương", "region": "Tỉnh Thái Nguyên", "postal_code": ""},
        "gender": "",
        "updated_at": 5,
    }
    made = create(services, claims=claims, locale="ko")
    assert isinstance(made, Account)
    assert services.accounts.claims(made.id) == {
        "name": "Nguyễn Thị Lan",
        "phone_number": "+84912345678",
        "phone_number_verified": True,
        "email": "Lan@example.vn",
        "email_verified": False,
        "birthdate": "0000-03-27",
        "address": {"locality": "Phường Tân Cương", "region": "Tỉnh Thái Nguyên"},
        "preferred_username": "lan",
        "locale": "ko",
        "updated_at": 1_795_000_000,
    }


def test_a_disabled_account_has_no_claims(services: Services, lan: Someone, clock: Clock) -> None:
    services.accounts.disable(lan.id, clock.now())
    assert services.accounts.claims(lan.id) is None
    assert services.accounts.claims("nobody") is None


def test_personal_data_is_not_readable_in_the_database(services: Services) -> None:
    claims = {"name": "Nguyễn Thị Canary", "phone_number": "0912345678", "email": "canary@example.vn"}
    create(services, claims=claims, personal_id_number=PIN)
    row = services.database.fetch_one(text("SELECT * FROM accounts"))
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in map(_raw, row))
    for canary in (b"Canary", b"912345678", b"canary@", PIN.encode(), PASSWORD.encode()):
        assert canary not in stored


def _raw(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_swapped_rows_do_not_open(services: Services, lan: Someone, minh: Someone) -> None:
    swap = text(
        "UPDATE accounts SET profile_sealed ="
        " (SELECT o.profile_sealed FROM accounts o WHERE o.id = :theirs) WHERE id = :mine"
    )
    services.database.execute(swap, mine=lan.id, theirs=minh.id)
    with pytest.raises(SealBroken):
        services.accounts.find(lan.id)


def test_a_changed_contact_is_no_longer_verified(
    services: Services, new_person: Callable[..., Someone], clock: Clock
) -> None:
    claims = {"phone_number": "0912345678", "phone_number_verified": True}
    person = new_person("hoa", claims=claims)
    assert services.accounts.change_profile(person.id, {"gender": "female"}, clock.now()) is None
    assert services.accounts.get(person.id).profile["phone_number_verified"] is True
    services.accounts.change_profile(person.id, {"phone_number": "0987654321"}, clock.advance(5))
    account = services.accounts.get(person.id)
    assert account.profile["phone_number_verified"] is False
    assert account.updated_at == clock.now()
    services.accounts.change_profile(person.id, {"phone_number": ""}, clock.now())
    assert "phone_number_verified" not in services.accounts.get(person.id).profile


def test_the_log_names_what_changed_and_not_to_what(services: Services, lan: Someone, clock: Clock) -> None:
    services.accounts.change_profile(lan.id, {"gender": "female", "birthdate": "1995-03-27"}, clock.now())
    event = services.audit.list_by_account(lan.id)[0]
    assert event.event == "account.change_profile"
    assert event.details == '{"claims":["birthdate","gender"]}'


def test_the_identification_number_is_revealed_on_purpose_only(services: Services) -> None:
    made = create(services, personal_id_number=PIN)
    assert isinstance(made, Account)
    assert PIN not in repr(made)
    assert PIN not in str(made.claims)
    assert services.accounts.reveal_personal_id_number(made.id) == PIN


def test_nothing_of_a_new_account_is_printed(services: Services) -> None:
    asked = NewAccount(username="lan", password=PASSWORD, personal_id_number=PIN, claims={"name": "Canary"})
    assert not any(secret in repr(asked) for secret in (PASSWORD, PIN, "Canary"))


def test_a_deleted_account_leaves_nothing_behind(services: Services, minh: Someone, clock: Clock) -> None:
    assert services.accounts.delete(minh.id, clock.now())
    assert services.accounts.find(minh.id) is None
    assert not services.factors.is_enrolled(minh.id)
    assert services.factors.count_recovery_codes(minh.id) == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912345678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        ("0912.345.678", "+84912345678"),
        ("０９１２ ３４５ ６７８", "+84912345678"),
        ("02083855555", "+842083855555"),
        ("+82 10-1234-5678", "+821012345678"),
        ("12", None),
        ("không có", None),
        ("0912345678;ext=5", None),
        ("9" * 40, None),
    ],
)
def test_phones_are_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert parse_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" lan@example.vn ", "lan@example.vn"), ("a", None), ("a@b@c", None), ("x@" + "y" * 300, None)],
)
def test_email_addresses_are_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert parse_email(typed) == kept


@pytest.mark.parametrize("username", ["lan", "LÀNH.tn95", "nguyễn_văn-a", "김민준", "a1b"])
def test_usernames_hold_vietnamese_and_korean_letters(username: str) -> None:
    assert find_fault(username) is None
    assert username_key(username.upper()) == username_key(username)


@pytest.mark.parametrize(("name", "initials"), [("Nguyễn Thị Lan", "NL"), ("Lan", "L"), ("", "L")])
def test_people_are_called_by_their_last_name(
    new_person: Callable[..., Someone], name: str, initials: str
) -> None:
    assert new_person("lan", claims={"name": name}).account.initials == initials


def test_of_two_changes_of_a_profile_at_once_neither_takes_the_other_back(
    lan: Someone, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = Vault.seal_profile

    def change(**claims: str) -> Refused | None:
        with services.database.unit():
            return services.accounts.change_profile(lan.id, claims, clock.now())

    def seal_slowly(vault: Vault, account_id: str, profile: dict[str, Any]) -> bytes:
        monkeypatch.setattr(Vault, "seal_profile", seal)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(change, phone_number="0912345678").result()
        return seal(vault, account_id, profile)

    monkeypatch.setattr(Vault, "seal_profile", seal_slowly)
    with pytest.raises(Conflict):
        change(email="lan@example.vn")
    # As the application does: once more, with what the other one did
    assert change(email="lan@example.vn") is None
    profile = services.accounts.get(lan.id).profile
    assert (profile["phone_number"], profile["email"]) == ("+84912345678", "lan@example.vn")
