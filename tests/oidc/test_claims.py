"""Claims: OpenID Connect Core §5.1 (types), §5.3 (UserInfo), §5.4 (scopes) and §5.5 (the parameter)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oidc.agreed import Agreed
from oidc.authorization.prompts import Prompt
from oidc.claims import CLAIMS_SUPPORTED, ClaimsRequest, names_of_scopes, parse_claims_parameter, select
from oidc.errors import InvalidRequest
from oidc.http import Request, Response
from tests.oidc.world import FORM, World, claims_of, document, location

WHOLE = {
    "name": "Nguyễn Văn An",
    "family_name": "Nguyễn",
    "given_name": "An",
    "birthdate": "0000-02-03",
    "locale": "vi",
    "zoneinfo": "Asia/Ho_Chi_Minh",
    "updated_at": 1_799_999_000,
    "email": "an@example.vn",
    "email_verified": False,
    "phone_number": "+84912345678",
    "phone_number_verified": True,
    "address": {"locality": "Phường Gia Sàng", "country": "VN"},
}
TYPES: dict[str, type] = {
    "email_verified": bool,
    "phone_number_verified": bool,
    "updated_at": int,
    "address": dict,
}


@pytest.fixture
def whole(world: World) -> World:
    world.subjects.people["an"] = {**WHOLE, "nickname": "", "website": None, "gender": "", "picture": None}
    return world


def claims(**places: Any) -> str:
    return json.dumps(places)


def sign_in(world: World, agreed: str = "", **changes: str) -> dict[str, Any]:
    """Go through authorization and exchange with what was agreed beside the scope."""
    scope = changes.get("scope", "openid")
    world.consents.rows["an", world.client.client_id] = Agreed(
        frozenset(scope.split()), frozenset(agreed.split())
    )
    answer = world.authorize(world.end_user(), **changes)
    assert isinstance(answer, Response), answer
    return document(world.redeem(location(answer)["code"]))


def told(world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    return document(world.userinfo(tokens["access_token"]))


# §5.1 and §5.3.2


def test_claims_have_the_types_of_the_table_and_none_is_empty(whole: World) -> None:
    answer = told(whole, sign_in(whole, scope="openid profile email phone address"))
    assert {name: value for name, value in answer.items() if name != "sub"} == WHOLE
    for name, value in answer.items():
        assert type(value) is TYPES.get(name, str), name
        assert value not in ("", None, {}), name
    assert all(isinstance(part, str) and part for part in answer["address"].values())


@pytest.mark.parametrize("empty", [None, "", {}, []])
def test_a_missing_value_is_left_out_and_never_empty(empty: Any) -> None:
    assert select(
        {"address": empty, "name": empty, "email_verified": False}, ["address", "email"], ["name"]
    ) == {"email_verified": False}


def test_userinfo_comes_by_get_and_post_with_the_token_in_header_or_body(whole: World) -> None:
    tokens = sign_in(whole, scope="openid email")
    token = tokens["access_token"]
    ways = (
        Request("GET", authorization=f"Bearer {token}"),
        Request("POST", authorization=f"Bearer {token}"),
        Request("POST", content_type=FORM, authorization=f"Bearer {token}"),
        Request("POST", body=f"access_token={token}".encode(), content_type=FORM),
    )
    answers = [whole.provider.userinfo.respond(way, whole.now) for way in ways]
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    assert document(answers[0])["sub"] == claims_of(tokens["id_token"])["sub"], "§5.3.2"


# §5.4


def test_every_scope_gives_its_claims_and_no_other(whole: World) -> None:
    for scope in ("profile", "email", "phone", "address"):
        answer = told(whole, sign_in(whole, scope=f"openid {scope}"))
        assert set(answer) - {"sub"} == names_of_scopes([scope]) & set(WHOLE), scope


def test_the_id_token_has_no_profile_that_was_not_asked_for_there(whole: World) -> None:
    tokens = sign_in(whole, scope="openid profile email phone address")
    assert not set(claims_of(tokens["id_token"])) & set(CLAIMS_SUPPORTED)


# §5.5


def test_an_essential_name_in_userinfo_is_there_and_not_in_the_id_token(whole: World) -> None:
    tokens = sign_in(whole, "name", claims=claims(userinfo={"name": {"essential": True}}))
    assert told(whole, tokens)["name"] == WHOLE["name"]
    assert "name" not in claims_of(tokens["id_token"])


def test_a_name_in_the_id_token_is_there_and_not_in_userinfo(whole: World) -> None:
    tokens = sign_in(whole, "name", claims=claims(id_token={"name": None}))
    assert claims_of(tokens["id_token"])["name"] == WHOLE["name"]
    assert set(told(whole, tokens)) == {"sub"}


@pytest.mark.parametrize(
    "member",
    [
        None,
        {},
        {"essential": False},
        {"value": "an@example.vn"},
        {"values": ["an@example.vn", "x"], "essential": True},
        {"purpose": "a member that we do not know"},
    ],
)
def test_every_form_of_a_request_for_a_claim_is_taken(whole: World, member: Any) -> None:
    tokens = sign_in(whole, "email", claims=claims(userinfo={"email": member}))
    assert told(whole, tokens)["email"] == WHOLE["email"]


def test_what_can_not_be_given_is_no_error(whole: World) -> None:
    asked = {"website": {"essential": True}, "https://claims.example/x": None, "name#ja-Kana-JP": None}
    tokens = sign_in(whole, "website", claims=claims(userinfo=asked, id_token=asked), claims_locales="vi ja")
    assert set(told(whole, tokens)) == {"sub"} and "website" not in claims_of(tokens["id_token"])


def test_refreshing_keeps_what_was_asked_for(whole: World) -> None:
    asked = claims(userinfo={"name": None}, id_token={"email": None})
    tokens = document(whole.refresh(sign_in(whole, "name email", claims=asked)["refresh_token"]))
    assert claims_of(tokens["id_token"])["email"] == WHOLE["email"]
    assert told(whole, tokens)["name"] == WHOLE["name"]


# §5.5.1: the person who is asked for


@pytest.mark.parametrize("place", ["userinfo", "id_token"])
def test_the_person_who_is_asked_for_is_the_one_who_signs_in(whole: World, place: str) -> None:
    own = whole.provider.subjects.subject(whole.client, "an")
    tokens = sign_in(whole, claims=claims(**{place: {"sub": {"value": own}}}))
    assert claims_of(tokens["id_token"])["sub"] == own
    another = {"claims": claims(**{place: {"sub": {"value": "somebody"}}})}
    waiting = whole.authorize(whole.end_user(), **another)
    assert isinstance(waiting, Prompt) and waiting.name == "login"
    silent = whole.authorize(whole.end_user(), prompt="none", **another)
    assert isinstance(silent, Response) and location(silent)["error"] == "login_required"


@pytest.mark.parametrize(
    "asked",
    [
        {"userinfo": {"sub": {"value": "a"}}, "id_token": {"sub": {"value": "b"}}},
        {"id_token": {"sub": {"value": 5}}},
        {"id_token": {"sub": {"value": ""}}},
        {"id_token": []},
        {"id_token": {"email": "x"}},
        {"userinfo": {"email": ["x"]}},
        {"id_token": {"acr": {"essential": True, "values": "LoA2"}}},
    ],
)
def test_a_malformed_claims_parameter_is_refused(asked: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_claims_parameter(json.dumps(asked))


def test_a_hint_and_a_claim_may_not_name_two_people(whole: World) -> None:
    hint = sign_in(whole)["id_token"]
    own = claims_of(hint)["sub"]
    for subject, is_same in ((own, True), ("somebody", False)):
        asked = claims(id_token={"sub": {"value": subject}})
        answer = whole.authorize(whole.end_user(), claims=asked, id_token_hint=hint)
        assert isinstance(answer, Response)
        assert ("code" in location(answer)) is is_same


def test_an_empty_request_asks_for_nothing() -> None:
    for text in ("{}", '{"userinfo": null, "id_token": null}', '{"other": 5}'):
        assert parse_claims_parameter(text) == ClaimsRequest()
