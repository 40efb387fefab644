"""Passkeys: who may be registered as whose, and what opens it, by an authenticator in software."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.authenticator import BE, BS, EDDSA, ES256, RS256, UP, UV, Authenticator, encode
from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, Someone
from tnid.accounts.refusal import Refused
from tnid.services import Services
from tnid.signin.passkeys import MOST_NAME_CHARACTERS, MOST_PASSKEYS, Added, Used, number_name

HERE = "browser\ninteraction"


@pytest.fixture
def key() -> Authenticator:
    return Authenticator(ISSUER)


def register(
    services: Services, someone: Someone, key: Authenticator, context: str = HERE, **changes: Any
) -> Added | Refused:
    options = services.passkeys.creation_options(someone.account, context, someone.clock.now())
    text = key.create(options, **changes)
    with services.database.unit():
        return services.passkeys.register(someone.id, text, context, "Điện thoại", someone.clock.now())


def use(
    services: Services, clock: Clock, key: Authenticator, *, account_id: str = "", **changes: Any
) -> Used | Refused:
    options = services.passkeys.request_options(HERE, clock.now(), account_id=account_id)
    with services.database.unit():
        return services.passkeys.use(key.get(options, **changes), HERE, clock.now(), account_id=account_id)


def reason(found: object) -> str:
    assert isinstance(found, Refused), found
    return found.reason


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_a_passkey_is_registered_and_opens_its_account(
    services: Services, lan: Someone, clock: Clock, algorithm: int
) -> None:
    key = Authenticator(ISSUER, algorithm)
    assert not services.passkeys.list_by_account(lan.id)
    assert isinstance(register(services, lan, key), Added)
    (row,) = services.passkeys.list_by_account(lan.id)
    assert (row.name, row.sign_count, row.transports, row.last_used_at) == ("Điện thoại", 0, "internal", None)
    assert (row.backup_eligible, row.backed_up) == (1, 1)
    assert services.factors.is_enrolled(lan.id) and not services.factors.has_totp(lan.id)
    used = use(services, clock, key)
    assert isinstance(used, Used) and used.account_id == lan.id and used.user_verified
    (row,) = services.passkeys.list_by_account(lan.id)
    assert row.last_used_at == clock.now()


def test_what_one_browser_makes_is_told_apart(services: Services, lan: Someone, minh: Someone) -> None:
    for _ in range(3):
        assert isinstance(register(services, lan, Authenticator(ISSUER)), Added)
    assert isinstance(register(services, minh, Authenticator(ISSUER)), Added)
    made = services.passkeys.list_by_account(lan.id)
    assert sorted(row.name for row in made) == ["Điện thoại", "Điện thoại (2)", "Điện thoại (3)"]
    assert [row.name for row in services.passkeys.list_by_account(minh.id)] == ["Điện thoại"]
    services.passkeys.remove(lan.id, next(row.id for row in made if row.name == "Điện thoại (2)"))
    register(services, lan, Authenticator(ISSUER))
    assert "Điện thoại (2)" in {row.name for row in services.passkeys.list_by_account(lan.id)}


def test_a_numbered_name_is_no_longer_than_any_other() -> None:
    name = "x" * MOST_NAME_CHARACTERS
    assert number_name(name + "y", set()) == name
    assert number_name(name, {name}) == "x" * (MOST_NAME_CHARACTERS - 4) + " (2)"


def test_the_options_tell_no_account_id_and_ask_for_what_is_needed(
    services: Services, lan: Someone, key: Authenticator, clock: Clock
) -> None:
    options = services.passkeys.creation_options(lan.account, HERE, clock.now())
    assert lan.id.encode() not in services.passkeys.user_handle(lan.id)
    assert lan.id not in json.dumps(options)
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [ES256, EDDSA, RS256]
    register(services, lan, key)
    excluded = services.passkeys.creation_options(lan.account, HERE, clock.now())["excludeCredentials"]
    assert [one["id"] for one in excluded] == [encode(key.credential_id)]


def test_the_options_of_a_sign_in_are_everyone_s(services: Services, minh: Someone, clock: Clock) -> None:
    options = services.passkeys.request_options(HERE, clock.now())
    assert options.pop("challenge")
    assert options == {
        "rpId": "localhost",
        "timeout": 300_000,
        "userVerification": "required",
        "allowCredentials": [],
    }


# Challenges


def test_a_challenge_is_good_once(services: Services, lan: Someone, clock: Clock, key: Authenticator) -> None:
    register(services, lan, key)
    text = key.get(services.passkeys.request_options(HERE, clock.now()))
    assert isinstance(services.passkeys.use(text, HERE, clock.now()), Used)
    assert reason(services.passkeys.use(text, HERE, clock.now())) == "challenge"


def test_a_challenge_raced_is_good_once(
    services: Services, lan: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    text = key.get(services.passkeys.request_options(HERE, clock.now()))

    def one(_number: int) -> bool:
        with services.database.unit():
            return isinstance(services.passkeys.use(text, HERE, clock.now()), Used)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(16))).count(True) == 1


def test_a_challenge_lasts_five_minutes(
    services: Services, lan: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    text = key.get(services.passkeys.request_options(HERE, clock.now()))
    clock.advance(300)
    assert reason(services.passkeys.use(text, HERE, clock.now())) == "challenge"


def test_a_challenge_is_its_browser_s_and_its_purpose_s(
    services: Services, lan: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    text = key.get(services.passkeys.request_options("another\ninteraction", clock.now()))
    assert reason(services.passkeys.use(text, HERE, clock.now())) == "challenge"
    made_up = key.get({"challenge": encode(bytes(56))})
    assert reason(services.passkeys.use(made_up, HERE, clock.now())) == "challenge"


def test_a_credential_is_one_account_s(
    services: Services, lan: Someone, minh: Someone, key: Authenticator, clock: Clock
) -> None:
    register(services, lan, key)
    assert reason(register(services, minh, key)) == "passkey_taken"
    assert reason(register(services, lan, key)) == "passkey_taken"
    assert not services.passkeys.list_by_account(minh.id)


def test_there_is_an_end_to_registering(services: Services, lan: Someone, key: Authenticator) -> None:
    for number in range(MOST_PASSKEYS):
        key.credential_id = b"key %d" % number
        assert isinstance(register(services, lan, key), Added)
    key.credential_id = b"one more"
    assert reason(register(services, lan, key)) == "too_many_passkeys"


def test_a_counter_only_rises(services: Services, lan: Someone, clock: Clock, key: Authenticator) -> None:
    key.sign_count = 5
    register(services, lan, key)
    assert reason(use(services, clock, key)) == "counter"
    assert reason(use(services, clock, key, sign_count=0)) == "counter"
    assert isinstance(use(services, clock, key, sign_count=6), Used)
    assert reason(use(services, clock, key, sign_count=6)) == "counter"
    assert isinstance(use(services, clock, key, sign_count=2**32 - 1), Used)


def test_a_counter_may_begin_late(services: Services, lan: Someone, clock: Clock, key: Authenticator) -> None:
    register(services, lan, key)
    assert isinstance(use(services, clock, key, sign_count=0), Used)
    assert isinstance(use(services, clock, key, sign_count=1), Used)
    assert reason(use(services, clock, key, sign_count=0)) == "counter"


def test_whether_it_is_synced_may_change_and_whether_it_may_be_not(
    services: Services, lan: Someone, clock: Clock, key: Authenticator
) -> None:
    key.flags = UP | UV | BE
    register(services, lan, key)
    assert isinstance(use(services, clock, key, flags=UP | UV | BE | BS), Used)
    assert services.passkeys.list_by_account(lan.id)[0].backed_up == 1
    assert reason(use(services, clock, key, flags=UP | UV)) == "backup_eligibility"


def test_as_a_second_factor_it_must_be_the_account_s_own(
    services: Services, lan: Someone, minh: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    assert reason(use(services, clock, key, account_id=minh.id)) == "another_account"
    used = use(services, clock, key, account_id=lan.id, user_handle=None, flags=UP | BE | BS)
    assert isinstance(used, Used) and not used.user_verified
    assert reason(use(services, clock, key, account_id=lan.id, user_handle=b"?")) == "user_handle"


def test_a_disabled_account_opens_to_no_passkey(
    services: Services, lan: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    services.accounts.disable(lan.id, clock.now())
    assert reason(use(services, clock, key)) == "disabled"


def test_deleting_an_account_erases_its_passkeys(
    services: Services, lan: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    services.accounts.delete(lan.id, clock.now())
    assert reason(use(services, clock, key)) == "unknown"


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(
    services: Services, lan: Someone, minh: Someone, key: Authenticator
) -> None:
    made = register(services, lan, key)
    assert isinstance(made, Added)
    assert not services.passkeys.rename(minh.id, made.id, "Của tôi")
    assert not services.passkeys.remove(minh.id, made.id)
    assert services.passkeys.rename(lan.id, made.id, "Máy tính")
    assert services.passkeys.list_by_account(lan.id)[0].name == "Máy tính"
    assert services.passkeys.remove(lan.id, made.id)
    assert not services.factors.is_enrolled(lan.id)


def test_a_passkey_says_rightly_whose_it_is(
    services: Services, lan: Someone, minh: Someone, clock: Clock, key: Authenticator
) -> None:
    register(services, lan, key)
    for handle in (b"", b"another", None, services.passkeys.user_handle(minh.id)):
        assert reason(use(services, clock, key, user_handle=handle)) == "user_handle"
    assert reason(use(services, clock, Authenticator(ISSUER, user_handle=key.user_handle))) == "unknown"
    assert isinstance(use(services, clock, key), Used)


def test_two_factors_removed_at_once_leave_one(services: Services, minh: Someone, key: Authenticator) -> None:
    """Each one goes only if the other stays: whoever comes second waits, and sees that it is the last."""
    made = register(services, minh, key)
    assert isinstance(made, Added)

    def remove(which: str) -> None:
        with services.database.unit():
            kinds = services.factors.hold(minh.id)
            if which == "totp" and kinds.passkey:
                services.factors.remove_totp(minh.id)
            elif which == "passkey" and kinds.totp:
                services.passkeys.remove(minh.id, made.id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remove, ("totp", "passkey")))
    assert sum(services.factors.find_kinds(minh.id)) == 1
