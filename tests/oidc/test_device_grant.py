"""The device authorization grant: RFC 8628, section by section."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from oidc.clients.registration import new_client
from oidc.decoupled.models import DEVICE_CODE, DecoupledRequest
from oidc.decoupled.user_code import ALPHABET, new_user_code, read_user_code, show_user_code
from oidc.errors import InvalidClientMetadata
from tests.oidc.world import ISSUER, World, basic, claims_of, document, post

SCOPE = "openid profile"


class Terminal:
    """A registered terminal, and what it was answered."""

    def __init__(self, world: World, **changes: Any) -> None:
        registered = {
            "client_name": "Ki-ốt",
            "redirect_uris": [],
            "grant_types": [DEVICE_CODE, "refresh_token"],
            "token_endpoint_auth_method": "none",
            **changes,
        }
        self.world = world
        self.client, self.secret = world.add_client(**registered)

    @property
    def name(self) -> dict[str, str]:
        return {} if self.secret else {"client_id": self.client.client_id}

    @property
    def header(self) -> str:
        return basic(self.client.client_id, self.secret) if self.secret else ""

    def begin(self, **form: str) -> Any:
        asked = post({**self.name, "scope": SCOPE, **form}, self.header, remote_address="203.0.113.9")
        return self.world.provider.device_authorization.respond(asked, self.world.now)

    def codes(self, **form: str) -> dict[str, Any]:
        answer = self.begin(**form)
        assert answer.status == 200, answer
        return document(answer)

    def poll(self, device_code: str, **form: str) -> Any:
        asked = {"grant_type": DEVICE_CODE, "device_code": device_code, **self.name, **form}
        return self.world.provider.token.respond(post(asked, self.header), self.world.now)

    def error(self, device_code: str, **form: str) -> str:
        answer = self.poll(device_code, **form)
        assert answer.status == 400 and ("Cache-Control", "no-store") in answer.headers
        return str(document(answer)["error"])

    def tokens(self, device_code: str) -> dict[str, Any]:
        answer = self.poll(device_code)
        assert answer.status == 200, answer
        return document(answer)


def find(world: World, user_code: str) -> DecoupledRequest:
    """Type the code as `an`."""
    found = world.provider.decoupled.claim(user_code, "an", world.now)
    assert found is not None
    return found


def allow(world: World, terminal: Terminal, user_code: str, **end_user: Any) -> bool:
    """Do what the page does when the person agrees."""
    world.agree()
    request = find(world, user_code)
    return world.provider.decoupled.allow(request, terminal.client, world.end_user(**end_user), world.now)


@pytest.fixture
def terminal(world: World) -> Terminal:
    return Terminal(world)


# §3.1, §3.2: the device authorization request and its answer


def test_the_answer_holds_what_the_terminal_shows_and_polls_with(world: World, terminal: Terminal) -> None:
    answer = terminal.begin()
    assert answer.status == 200 and ("Cache-Control", "no-store") in answer.headers
    codes = document(answer)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", codes["device_code"]), "256 random bits"
    assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", codes["user_code"])
    assert codes["verification_uri"] == f"{ISSUER}/device"
    assert codes["verification_uri_complete"] == f"{ISSUER}/device?user_code={codes['user_code']}"
    assert (codes["expires_in"], codes["interval"]) == (600, 5)


def test_neither_code_is_stored_in_clear(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    (row,) = world.decoupled.rows.values()
    stored = [getattr(row, name) for name in row.__slots__]
    assert not {codes["device_code"], codes["user_code"], read_user_code(codes["user_code"])} & set(stored)
    assert "hash" not in repr(row)
    assert row.asked_from == "203.0.113.9"


def test_a_scope_is_openid_where_none_is_asked_for(world: World, terminal: Terminal) -> None:
    answer = world.provider.device_authorization.respond(post(terminal.name), world.now)
    assert find(world, document(answer)["user_code"]).scope == "openid"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid \x7f"}, "invalid_scope"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
def test_a_bad_request_is_refused_with_one_audit_row(
    world: World, terminal: Terminal, form: dict[str, str], error: str
) -> None:
    assert document(terminal.begin(**form))["error"] == error
    (row,) = world.events.rows
    assert (row["event"], row["outcome"]) == ("device.refused", "refused")


def test_a_confidential_terminal_authenticates(world: World) -> None:
    terminal = Terminal(world, token_endpoint_auth_method="client_secret_basic")
    assert terminal.begin().status == 200
    terminal.secret = "wrong"
    assert document(terminal.begin())["error"] == "invalid_client"


def test_a_client_that_is_not_registered_for_it_gets_nothing(world: World) -> None:
    plain = Terminal(world, grant_types=["client_credentials"], token_endpoint_auth_method="none")
    assert document(plain.begin())["error"] == "unauthorized_client"
    assert plain.error("any") == "unauthorized_client"


def test_a_disabled_terminal_gets_nothing(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    assert allow(world, terminal, codes["user_code"])
    world.clients.rows[terminal.client.client_id] = replace(terminal.client, disabled_at=world.now)
    assert document(terminal.begin())["error"] == "invalid_client"
    assert document(terminal.poll(codes["device_code"]))["error"] == "invalid_client"


def test_only_an_operator_registers_a_terminal(world: World) -> None:
    metadata = {"grant_types": [DEVICE_CODE], "token_endpoint_auth_method": "none"}
    with pytest.raises(InvalidClientMetadata, match="operator"):
        new_client(metadata, world.now)
    assert new_client(metadata, world.now, by_operator=True)[0].grant_types == [DEVICE_CODE]


# §3.5: polling


def test_until_somebody_answers_it_is_pending_without_an_audit_row(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    for _ in range(3):
        assert terminal.error(codes["device_code"]) == "authorization_pending"
        world.now += 5
    assert world.events.rows == []


def test_each_poll_before_its_time_makes_the_interval_five_seconds_longer(
    world: World, terminal: Terminal
) -> None:
    code = terminal.codes()["device_code"]
    seen = []
    for seconds in (0, 5, 4, 9, 14, 15, 20):
        world.now += seconds
        seen.append(terminal.error(code))
    slow, pending = "slow_down", "authorization_pending"
    # After 4 s the interval is 10, after 9 s more 15, after 14 s more 20, after 15 s more 25
    assert seen == [pending, pending, slow, slow, slow, slow, slow]
    world.now += 35
    assert terminal.error(code) == pending


def test_what_was_allowed_is_given_even_to_a_hurried_terminal(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    terminal.poll(codes["device_code"])
    allow(world, terminal, codes["user_code"])
    assert terminal.tokens(codes["device_code"])["access_token"]


def test_a_refusal_is_final(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    request = find(world, codes["user_code"])
    assert world.provider.decoupled.deny(request, world.end_user(), world.now)
    assert not world.provider.decoupled.allow(request, terminal.client, world.end_user(), world.now)
    assert world.provider.decoupled.claim(codes["user_code"], "an", world.now) is None
    assert terminal.error(codes["device_code"]) == "access_denied"


def test_after_ten_minutes_nothing_is_left(world: World, terminal: Terminal) -> None:
    codes, late = terminal.codes(), terminal.codes()
    request = find(world, codes["user_code"])
    assert allow(world, terminal, late["user_code"])
    world.now += 600
    assert not world.provider.decoupled.allow(request, terminal.client, world.end_user(), world.now)
    assert not world.provider.decoupled.deny(request, world.end_user(), world.now)
    assert world.provider.decoupled.claim(codes["user_code"], "an", world.now) is None
    assert terminal.error(codes["device_code"]) == "expired_token"
    assert terminal.error(late["device_code"]) == "expired_token", "allowed, and fetched too late"


def test_a_device_code_is_needed_and_must_be_known(world: World, terminal: Terminal) -> None:
    assert terminal.error("") == "invalid_request"
    assert terminal.error("unknown") == "invalid_grant"


# §3.4: redemption


def test_tokens_tell_how_the_person_signed_in(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    allow(world, terminal, codes["user_code"], acr="LoA1", amr=("pwd",))
    tokens = terminal.tokens(codes["device_code"])
    claims = claims_of(tokens["id_token"])
    assert (claims["acr"], claims["amr"], claims["auth_time"]) == ("LoA1", ["pwd"], world.now - 100)
    assert claims["sid"] != "sid-1", "the browser's session is not the terminal's to know"
    assert document(world.userinfo(tokens["access_token"]))["name"] == "Nguyễn Văn An"
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **terminal.name}
    assert world.provider.token.respond(post(refresh), world.now).status == 200


def test_a_second_redemption_is_refused_and_ends_what_was_issued(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    allow(world, terminal, codes["user_code"])
    tokens = terminal.tokens(codes["device_code"])
    assert terminal.error(codes["device_code"]) == "invalid_grant"
    assert world.events.rows[-1]["reason"] == "code_reused"
    assert world.userinfo(tokens["access_token"]).status == 401


def test_another_clients_device_code_is_worth_nothing_and_stays_whole(
    world: World, terminal: Terminal
) -> None:
    codes, thief = terminal.codes(), Terminal(world)
    allow(world, terminal, codes["user_code"])
    assert thief.error(codes["device_code"]) == "invalid_grant"
    tokens = terminal.tokens(codes["device_code"])
    assert thief.error(codes["device_code"]) == "invalid_grant"
    assert world.userinfo(tokens["access_token"]).status == 200


def test_a_device_code_is_no_authorization_code_nor_the_other_way(world: World, terminal: Terminal) -> None:
    both = Terminal(
        world,
        redirect_uris=["https://rp.example/cb"],
        grant_types=["authorization_code", DEVICE_CODE],
    )
    codes = both.codes()
    allow(world, both, codes["user_code"])
    asked = {"grant_type": "authorization_code", "code": codes["device_code"], **both.name}
    assert document(world.provider.token.respond(post(asked), world.now))["error"] == "invalid_grant"
    assert both.error(world.new_code(both.client)) == "invalid_grant"
    assert both.tokens(codes["device_code"])


def test_an_account_that_was_shut_meanwhile_gets_no_token(world: World, terminal: Terminal) -> None:
    codes, other = terminal.codes(), terminal.codes()
    allow(world, terminal, codes["user_code"])
    world.subjects.disabled.add("an")
    assert terminal.error(codes["device_code"]) == "access_denied"
    assert not allow(world, terminal, other["user_code"])


def test_a_consent_taken_back_before_the_poll_counts(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    allow(world, terminal, codes["user_code"])
    world.consents.rows.clear()
    assert terminal.error(codes["device_code"]) == "access_denied"
    assert world.grants.rows == {}


@pytest.mark.parametrize(("scope", "seconds"), [("openid", 12 * 3600), ("openid offline_access", 30 * 86400)])
def test_the_grant_outlives_the_browsers_session(world: World, scope: str, seconds: int) -> None:
    terminal = Terminal(world)
    codes = terminal.codes(scope=scope)
    allow(world, terminal, codes["user_code"])
    tokens = terminal.tokens(codes["device_code"])
    world.grants.revoke_by_session("sid-1", world.now)
    assert world.userinfo(tokens["access_token"]).status == 200
    (grant,) = world.grants.rows.values()
    assert grant.expires_at == world.now + seconds


def test_who_typed_the_code_first_decides_and_nobody_else(world: World, terminal: Terminal) -> None:
    codes = terminal.codes()
    request = find(world, codes["user_code"])
    assert world.provider.decoupled.claim(codes["user_code"], "binh", world.now) is None
    assert world.provider.decoupled.find_of(request.id, "binh") is None
    binh = world.end_user(account_id="binh")
    assert not world.provider.decoupled.allow(request, terminal.client, binh, world.now)
    assert not world.provider.decoupled.deny(request, binh, world.now)
    assert world.provider.decoupled.find_of(request.id, "an") == request


# What the person's sign-in must be


@pytest.mark.parametrize(
    ("policy", "end_user", "obstacle"),
    [
        ({}, {"acr": "LoA1"}, None),
        ({"least_acr": "LoA2"}, {"acr": "LoA1"}, "second_factor"),
        ({"least_acr": "LoA2"}, {"acr": "LoA2", "auth_time": -301}, "second_factor"),
        ({"least_acr": "LoA2"}, {"acr": "LoA2", "auth_time": -300}, None),
        ({"least_identity_level": 2}, {"identity_level": 1}, "identity_level"),
    ],
)
def test_policy_holds_at_the_moment_of_agreeing(
    world: World, policy: dict[str, Any], end_user: dict[str, Any], obstacle: str | None
) -> None:
    terminal = Terminal(world, **policy)
    codes = terminal.codes()
    if "auth_time" in end_user:
        end_user = {**end_user, "auth_time": world.now + end_user["auth_time"]}
    person = world.end_user(**end_user)
    found = world.provider.decoupled.find_obstacle(
        find(world, codes["user_code"]), terminal.client, person, world.now
    )
    assert found == obstacle
    assert allow(world, terminal, codes["user_code"], **end_user) is (obstacle is None)


# §5.1, §6.1: user codes


def test_user_codes_are_random_letters_without_vowels() -> None:
    codes = {new_user_code() for _ in range(500)}
    assert len(codes) == 500 and set("".join(codes)) == set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOUY0123456789")


@pytest.mark.parametrize(
    "typed",
    ["WDJB-MJHT", "wdjb-mjht", " wdjbmjht ", "WDJB MJHT", "w d j b \u2013 m j h t", "\uff37DJB\u2011mjht"],
)
def test_a_code_is_entered_in_any_case_with_or_without_a_dash(typed: str) -> None:
    assert read_user_code(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("đfg-hjkl", "DDFGHJKL"),
        ("ưưdf-ghjk", "WWDFGHJK"),
        ("ưrst-bcdf", "WRSTBCDF"),
        ("ứrs-tbcd", "WSRSTBCD"),
    ],
)
def test_what_a_vietnamese_keyboard_makes_of_consonants_is_read_back(typed: str, read: str | None) -> None:
    assert read_user_code(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "WDJBMJH", "WDJBMJHTT", "WDJBMJH0", "AEIOUAEI", "W" * 10_000, "\x00" * 8]
)
def test_what_can_be_no_code_is_none(world: World, typed: str) -> None:
    assert read_user_code(typed) is None
    assert world.provider.decoupled.claim(typed, "an", world.now) is None


def test_a_user_code_in_use_is_not_given_again(world: World, terminal: Terminal, monkeypatch: Any) -> None:
    given = iter(["BCDFGHJK", "BCDFGHJK", "KJHGFDCB"])
    monkeypatch.setattr("oidc.decoupled.device_authorization.new_user_code", lambda: next(given))
    assert [terminal.codes()["user_code"] for _ in range(2)] == ["BCDF-GHJK", "KJHG-FDCB"]
    assert show_user_code("BCDFGHJK") == "BCDF-GHJK"


def test_discovery_names_endpoint_and_grant() -> None:
    metadata = document(World().provider.metadata())
    assert metadata["device_authorization_endpoint"] == f"{ISSUER}/device_authorization"
    assert DEVICE_CODE in metadata["grant_types_supported"]
