"""OpenID Connect Client-Initiated Backchannel Authentication Core 1.0, section by section."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc.clients.registration import new_client
from oidc.decoupled.models import CIBA, DecoupledRequest
from oidc.errors import InvalidClientMetadata, InvalidRequest
from tests.oidc.world import ISSUER, World, basic, claims_of, document, post

KEY = ECKey.generate_key("P-256", parameters={"kid": "k"})
OTHER_KEY = ECKey.generate_key("P-256", parameters={"kid": "k"})
SIGNED = {
    "backchannel_authentication_request_signing_alg": "ES256",
    "jwks": {"keys": [KEY.as_dict(private=False)]},
}
PING = {
    "backchannel_token_delivery_mode": "ping",
    "backchannel_client_notification_endpoint": "https://counter.example/ping",
}


class Counter:
    """An official's application, and what it was answered."""

    def __init__(self, world: World, **changes: Any) -> None:
        registered = {
            "client_name": "Quầy Một cửa",
            "redirect_uris": [],
            "grant_types": [CIBA, "refresh_token"],
            **changes,
        }
        self.world = world
        self.client, self.secret = world.add_client(**registered)
        self.header = basic(self.client.client_id, self.secret)

    def ask(self, **form: str | None) -> Any:
        asked = {"scope": "openid profile", "login_hint": "an", **form}
        body = {name: value for name, value in asked.items() if value is not None}
        request = post(body, self.header, remote_address="203.0.113.9")
        return self.world.provider.backchannel_authentication.respond(request, self.world.now)

    def asked(self, **form: str | None) -> dict[str, Any]:
        answer = self.ask(**form)
        assert answer.status == 200, answer
        return document(answer)

    def refused(self, **form: str | None) -> str:
        """Ask; return the error, of which there is one audit row."""
        answer, row = self.ask(**form), self.world.events.rows[-1]
        assert answer.status in (400, 401) and ("Cache-Control", "no-store") in answer.headers
        assert (row["event"], row["outcome"]) == ("decoupled.refused", "refused")
        return str(document(answer)["error"])

    def poll(self, auth_req_id: str) -> Any:
        form = {"grant_type": CIBA, "auth_req_id": auth_req_id}
        return self.world.provider.token.respond(post(form, self.header), self.world.now)

    def error(self, auth_req_id: str) -> str:
        answer = self.poll(auth_req_id)
        assert answer.status == 400, answer
        return str(document(answer)["error"])

    def signed(self, key: Any = KEY, **changes: Any) -> dict[str, str | None]:
        """Return the form of a signed request: §7.1.1."""
        now = self.world.now
        claims = {
            "iss": self.client.client_id,
            "aud": ISSUER,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": f"jti-{len(self.world.replays.rows)}",
            "scope": "openid profile",
            "login_hint": "an",
            **changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "ES256", "kid": "k"}, kept, key)
        return {"request": token, "scope": None, "login_hint": None}


def waiting(world: World) -> list[DecoupledRequest]:
    return world.provider.decoupled.list_waiting("an", world.now)


def allow(world: World, counter: Counter, **end_user: Any) -> bool:
    """Do what the page does when the person agrees to the newest request."""
    world.agree()
    person = world.end_user(**end_user)
    return world.provider.decoupled.allow(waiting(world)[0], counter.client, person, world.now)


@pytest.fixture
def counter(world: World) -> Counter:
    return Counter(world)


# §4: registration and discovery


def test_discovery_says_what_is_on(world: World) -> None:
    metadata = document(world.provider.metadata())
    assert metadata["backchannel_authentication_endpoint"] == f"{ISSUER}/backchannel_authentication"
    assert metadata["backchannel_token_delivery_modes_supported"] == ["poll", "ping"]
    assert metadata["backchannel_user_code_parameter_supported"] is False
    assert "none" not in metadata["backchannel_authentication_request_signing_alg_values_supported"]
    assert CIBA in metadata["grant_types_supported"]


@pytest.mark.parametrize(
    "changes",
    [
        {"token_endpoint_auth_method": "none"},
        {"backchannel_token_delivery_mode": "push"},
        {"backchannel_token_delivery_mode": "ping"},
        {**PING, "backchannel_client_notification_endpoint": "http://counter.example/ping"},
        {"backchannel_authentication_request_signing_alg": "HS256", "jwks": SIGNED["jwks"]},
        {"backchannel_authentication_request_signing_alg": "none", "jwks": SIGNED["jwks"]},
        {"backchannel_authentication_request_signing_alg": "ES256"},
    ],
)
def test_metadata_that_can_not_work_is_refused(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata):
        new_client({"grant_types": [CIBA], **changes}, world.now, by_operator=True)


def test_only_an_operator_registers_a_counter(world: World) -> None:
    with pytest.raises(InvalidClientMetadata, match="operator"):
        new_client({"grant_types": [CIBA]}, world.now)
    made, _ = new_client({"grant_types": [CIBA]}, world.now, by_operator=True)
    assert made.metadata["backchannel_token_delivery_mode"] == "poll"


def test_the_address_for_pings_is_the_sector_of_a_counter(world: World) -> None:
    one, two = Counter(world, **PING), Counter(world, **PING)
    other = Counter(world)
    subjects = [world.provider.subjects.subject(c.client, "an") for c in (one, two, other)]
    assert subjects[0] == subjects[1] != subjects[2]


# §7.1, §7.2: the authentication request


def test_the_acknowledgement_holds_what_the_counter_polls_with(world: World, counter: Counter) -> None:
    answer = counter.asked()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", answer["auth_req_id"]), "256 bits of §7.3's characters"
    assert (answer["expires_in"], answer["interval"]) == (600, 5)
    (request,) = waiting(world)
    assert (request.client_id, request.asked_from) == (counter.client.client_id, "203.0.113.9")
    assert answer["auth_req_id"] not in [getattr(request, name) for name in request.__slots__]
    assert world.events.rows[-1]["event"] == "decoupled.ask"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"login_hint": None}, "invalid_request"),
        ({"login_hint_token": "x"}, "invalid_request"),
        ({"login_hint": None, "login_hint_token": "x"}, "invalid_request"),
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"login_hint": None, "id_token_hint": "x"}, "invalid_request"),
        ({"login_hint": "a" * 257}, "invalid_request"),
        ({"requested_expiry": "0"}, "invalid_request"),
        ({"requested_expiry": "-1"}, "invalid_request"),
        ({"requested_expiry": "soon"}, "invalid_request"),
        ({"requested_expiry": "٣٠"}, "invalid_request"),
        ({"binding_message": "a" * 65}, "invalid_binding_message"),
        ({"binding_message": "two\nlines"}, "invalid_binding_message"),
        ({"binding_message": " "}, "invalid_binding_message"),
        ({"binding_message": "turn\u202eed"}, "invalid_binding_message"),
        ({"binding_message": "no\u200bthing"}, "invalid_binding_message"),
        ({"binding_message": "see https://evil.example"}, "invalid_binding_message"),
        ({"binding_message": "see www.evil"}, "invalid_binding_message"),
        ({"binding_message": "dichvucong-tn.com"}, "invalid_binding_message"),
        ({"request": "x"}, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused(
    world: World, counter: Counter, form: dict[str, str | None], error: str
) -> None:
    assert counter.refused(**form) == error
    assert waiting(world) == []


@pytest.mark.parametrize("message", ["1234", "Hồ sơ 1207/2026, quầy 3", "W4-SCT", "✓ 한국어", "a" * 64])
def test_a_plain_binding_message_is_kept(world: World, counter: Counter, message: str) -> None:
    counter.asked(binding_message=message)
    assert waiting(world)[0].binding_message == message


@pytest.mark.parametrize(("asked", "given"), [(None, 600), ("30", 30), ("600", 600), ("999999999", 600)])
def test_a_counter_may_ask_for_a_shorter_time(
    world: World, counter: Counter, asked: str | None, given: int
) -> None:
    answer = counter.asked(requested_expiry=asked)
    assert answer["expires_in"] == given
    world.now += given
    assert counter.error(answer["auth_req_id"]) == "expired_token" and waiting(world) == []


def test_who_may_ask(world: World, counter: Counter) -> None:
    plain = Counter(world, grant_types=["client_credentials"])
    assert plain.refused() == "unauthorized_client" and plain.error("x") == "unauthorized_client"
    counter.header = basic(counter.client.client_id, "wrong")
    assert counter.refused() == "invalid_client"
    counter.header = ""
    assert counter.refused() == "invalid_client"


def test_acr_values_ask_for_two_fresh_factors(world: World, counter: Counter) -> None:
    auth_req_id = counter.asked(acr_values="urn:other LoA2")["auth_req_id"]
    assert not allow(world, counter, acr="LoA1")
    assert not allow(world, counter, auth_time=world.now - 301)
    assert allow(world, counter)
    tokens = document(counter.poll(auth_req_id))
    assert claims_of(tokens["id_token"])["acr"] == "LoA2"


def test_the_number_of_an_identity_card_is_no_hint() -> None:
    world = World(may_keep_login_hint=lambda hint: not hint.isdigit())
    counter = Counter(world)
    assert counter.refused(login_hint="019095012345") == "invalid_request"
    assert "019095012345" not in repr(world.events.rows)


# §13: nobody learns who has an account


def test_a_hint_that_leads_to_nobody_is_answered_alike(world: World, counter: Counter) -> None:
    world.subjects.people["binh"] = {}
    world.subjects.disabled.add("binh")
    answers = [counter.asked(login_hint=hint) for hint in ("an", "nobody", "binh", "\x7f'\"<>", "  ")]
    assert len({tuple(answer) for answer in answers}) == 1
    assert {len(answer["auth_req_id"]) for answer in answers} == {43}
    ids = [answer["auth_req_id"] for answer in answers]
    assert {counter.error(one) for one in ids} == {"authorization_pending"}
    world.now += 600
    assert {counter.error(one) for one in ids} == {"expired_token"}
    assert {row.account_id for row in world.decoupled.rows.values()} == {"an", None}


def test_more_requests_than_a_person_can_read_are_not_shown(world: World, counter: Counter) -> None:
    ids = [counter.asked()["auth_req_id"] for _ in range(7)]
    assert len(waiting(world)) == 5
    assert {counter.error(one) for one in ids} == {"authorization_pending"}


def test_an_id_token_names_its_person(world: World, counter: Counter) -> None:
    auth_req_id = counter.asked()["auth_req_id"]
    allow(world, counter)
    id_token = document(counter.poll(auth_req_id))["id_token"]
    world.now += 86400
    counter.asked(login_hint=None, id_token_hint=id_token)
    assert len(waiting(world)) == 1
    other = Counter(world)
    assert other.refused(login_hint=None, id_token_hint=id_token) == "invalid_request"


# §10.1, §11: the token request


def test_tokens_come_once_the_person_allowed_it(world: World, counter: Counter) -> None:
    auth_req_id = counter.asked()["auth_req_id"]
    assert counter.error(auth_req_id) == "authorization_pending"
    assert counter.error(auth_req_id) == "slow_down"
    assert allow(world, counter)
    tokens = document(counter.poll(auth_req_id))
    assert set(tokens) >= {"access_token", "id_token", "refresh_token", "expires_in", "token_type"}
    claims = claims_of(tokens["id_token"])
    assert claims["aud"] == counter.client.client_id and "nonce" not in claims and claims["sid"] != "sid-1"
    assert document(world.userinfo(tokens["access_token"]))["name"] == "Nguyễn Văn An"
    assert counter.error(auth_req_id) == "invalid_grant"
    assert world.userinfo(tokens["access_token"]).status == 401, "spent twice: it was in two hands"


def test_a_refusal_is_told(world: World, counter: Counter) -> None:
    auth_req_id = counter.asked()["auth_req_id"]
    assert world.provider.decoupled.deny(waiting(world)[0], world.end_user(), world.now)
    assert counter.error(auth_req_id) == "access_denied" and waiting(world) == []


def test_nobody_answers_for_another(world: World, counter: Counter) -> None:
    counter.asked()
    counter.asked(login_hint="nobody")
    binh = world.end_user(account_id="binh")
    for request in world.decoupled.rows.values():
        assert not world.provider.decoupled.allow(request, counter.client, binh, world.now)
        assert not world.provider.decoupled.deny(request, binh, world.now)


def test_another_counters_request_is_worth_nothing(world: World, counter: Counter) -> None:
    auth_req_id, thief = counter.asked()["auth_req_id"], Counter(world)
    allow(world, counter)
    assert thief.error(auth_req_id) == "invalid_grant"
    assert thief.error("") == "invalid_request"
    assert counter.poll(auth_req_id).status == 200


def test_an_account_that_was_shut_meanwhile_gets_no_token(world: World, counter: Counter) -> None:
    auth_req_id = counter.asked()["auth_req_id"]
    allow(world, counter)
    world.subjects.disabled.add("an")
    assert counter.error(auth_req_id) == "access_denied"


def test_an_auth_req_id_is_no_token(world: World, counter: Counter) -> None:
    auth_req_id = counter.asked()["auth_req_id"]
    allow(world, counter)
    counter.poll(auth_req_id)
    asked = post({"token": auth_req_id}, counter.header)
    assert document(world.provider.introspection.respond(asked, world.now)) == {"active": False}
    assert world.userinfo(auth_req_id).status == 401


# §7.1.1: signed requests


def test_a_signed_request_is_answered(world: World) -> None:
    counter = Counter(world, **SIGNED)
    assert counter.asked(**counter.signed(requested_expiry=30, binding_message="W4"))["expires_in"] == 30
    assert counter.asked(**counter.signed(requested_expiry="40"))["expires_in"] == 40
    assert [request.binding_message for request in waiting(world)][-1] in ("W4", "")


def test_who_registered_for_signed_requests_sends_no_other(world: World) -> None:
    counter = Counter(world, **SIGNED)
    assert counter.refused() == "invalid_request"
    assert counter.refused(**{**counter.signed(), "login_hint": "an"}) == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in ("iss", "aud", "iat", "nbf", "exp", "jti")),
        {"iss": "another"},
        {"aud": "https://elsewhere.example"},
        {"exp": -11},
        {"nbf": 11},
        {"iat": 11},
        {"exp": 3601},
        {"nbf": -3601},
        {"exp": "soon"},
        {"jti": 1},
        {"jti": ""},
        {"login_hint": 5},
        {"login_hint": "a\x00b"},
        {"scope": ["openid"]},
        {"key": OTHER_KEY},
    ],
)
def test_a_signed_request_that_does_not_hold_is_refused(world: World, changes: dict[str, Any]) -> None:
    counter = Counter(world, **SIGNED)
    for name in ("exp", "nbf", "iat"):
        if isinstance(changes.get(name), int):
            changes = {**changes, name: world.now + changes[name]}
    assert counter.refused(**counter.signed(**changes)) == "invalid_request"
    assert waiting(world) == []


def test_what_is_not_understood_in_a_signed_request_is_ignored(world: World) -> None:
    counter = Counter(world, **SIGNED)
    more = {"request_context": {"user_agent": "x"}, "claims": {}, "unknown": [1], "user_code": "1"}
    assert counter.ask(**counter.signed(**more)).status == 200


def test_fapi_clients_sign_their_requests(world: World) -> None:
    metadata = {**SIGNED, "token_endpoint_auth_method": "private_key_jwt", "profile": "fapi2"}
    del metadata["backchannel_authentication_request_signing_alg"]
    client, _ = world.add_client(**{"grant_types": [CIBA], "redirect_uris": [], **metadata})
    reader = world.provider.backchannel_authentication._signed_requests
    with pytest.raises(InvalidRequest, match="sign"):
        reader.assemble({"scope": "openid", "login_hint": "an"}, client, world.now)


def test_a_signed_request_is_taken_once(world: World) -> None:
    counter = Counter(world, **SIGNED)
    form = counter.signed()
    assert counter.ask(**form).status == 200
    assert counter.refused(**form) == "invalid_request"


# §10.2: ping


def test_a_ping_tells_that_an_answer_is_there(world: World) -> None:
    counter = Counter(world, **PING)
    answer = counter.asked(client_notification_token="8d67dc78-7faa-4d41-aabd-67707b374255")
    allow(world, counter)
    (request,) = world.decoupled.rows.values()
    parcel = world.provider.ping.compose(request.id, world.now)
    assert parcel is not None
    assert (parcel.url, parcel.content_type) == ("https://counter.example/ping", "application/json")
    assert parcel.authorization == "Bearer 8d67dc78-7faa-4d41-aabd-67707b374255"
    assert orjson.loads(parcel.body) == {"auth_req_id": answer["auth_req_id"]}
    assert "8d67dc78" not in repr(request)
    assert document(counter.poll(answer["auth_req_id"]))["id_token"]
    assert world.provider.ping.compose(request.id, world.now) is None, "the answer is fetched already"


@pytest.mark.parametrize("token", [None, "a" * 1025, "two words", "ümlaut"])
def test_a_ping_needs_a_token_of_the_client(world: World, token: str | None) -> None:
    assert Counter(world, **PING).refused(client_notification_token=token) == "invalid_request"


def test_nobody_is_pinged_who_did_not_ask_for_it(world: World, counter: Counter) -> None:
    counter.asked(client_notification_token="unasked")
    (request,) = world.decoupled.rows.values()
    assert request.notification_token == ""
    assert world.provider.ping.compose(request.id, world.now) is None
    assert world.provider.ping.compose("unknown", world.now) is None
    pinged = Counter(world, **PING)
    pinged.asked(client_notification_token="token")
    newest = waiting(world)[0] if waiting(world)[0] != request else waiting(world)[1]
    world.clients.rows[pinged.client.client_id] = replace(pinged.client, disabled_at=world.now)
    assert world.provider.ping.compose(newest.id, world.now) is None
