"""Yes/no claims: asked by scope or by the claims parameter's value, and agreed to one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oidc.authorization.prompts import Prompt
from oidc.claims import parse_claims_parameter
from oidc.errors import InvalidRequest
from tests.oidc.world import World, claims_of, document, location

WARD = "resident_of_ward=01840"


@pytest.fixture
def world() -> World:
    made = World()
    # Nobody has the scopes of yes and no who didn't ask for them at registration
    made.client, made.secret = made.add_client(scope="openid profile age residence")
    made.subjects.answered["an"] = {
        "age_over_15": True,
        "age_over_18": False,
        WARD: True,
        "age_over=60": False,
    }
    return made


def asking(**claims: Any) -> str:
    return json.dumps({"userinfo": claims})


def test_a_scope_asks_the_common_questions(world: World) -> None:
    world.agree("openid age residence")
    scopes = {"scope": "openid age residence"}
    world.agree = lambda: None  # type: ignore[method-assign]
    tokens = world.sign_in(**scopes)
    told = document(world.userinfo(tokens["access_token"]))
    assert told.items() >= {"age_over_15": True, "age_over_18": False}.items()
    assert "resident_of_province" not in told, "what nothing verified tells is left out"


def test_the_claims_parameter_asks_about_a_value(world: World) -> None:
    parameter = json.dumps(
        {
            "userinfo": {"resident_of_ward": {"value": "01840"}},
            "id_token": {"age_over": {"value": 60}, "resident_of_ward": {"value": "01843"}},
        }
    )
    world.agree("openid", f"{WARD} age_over=60 resident_of_ward=01843")
    world.agree = lambda: None  # type: ignore[method-assign]
    tokens = world.sign_in(claims=parameter)
    assert document(world.userinfo(tokens["access_token"])).items() >= {"resident_of_ward": True}.items()
    told = claims_of(tokens["id_token"])
    assert told["age_over"] is False and "resident_of_ward" not in told


def test_who_agreed_to_one_question_has_not_agreed_to_another(world: World) -> None:
    world.agree("openid", WARD)
    for value in ("01843", "01840"):
        answer = world.authorize(world.end_user(), claims=asking(resident_of_ward={"value": value}))
        assert isinstance(answer, Prompt) == (value == "01843")


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({"age_over": {"value": 60}}, "age_over=60"),
        ({"age_over": {"values": [60]}}, "age_over=60"),
        ({"resident_of_ward": {"values": ["01843", "01840", "01843"]}}, "resident_of_ward=01840,01843"),
        ({"works_in_park": {"values": ["yen-binh-1", "diem-thuy"]}}, "works_in_park=diem-thuy,yen-binh-1"),
        ({"income_at_least": {"value": 8_000_000}}, "income_at_least=8000000"),
        ({"tenure_at_least_months": {"value": 12}}, "tenure_at_least_months=12"),
    ],
)
def test_what_is_asked_about_is_part_of_the_name(wish: dict[str, Any], name: str) -> None:
    parsed = parse_claims_parameter(asking(**wish))
    assert (parsed.userinfo, parsed.essential) == ((name,), ())
    claim = next(iter(wish))
    essential = parse_claims_parameter(asking(**{claim: {**wish[claim], "essential": True}}))
    assert essential.essential == (name,)


@pytest.mark.parametrize("wish", [None, {}, {"essential": True}])
def test_a_question_without_its_value_asks_nothing(wish: Any) -> None:
    assert parse_claims_parameter(asking(age_over=wish, resident_of_ward=wish)).userinfo == ()


@pytest.mark.parametrize(
    "claims",
    [{"age_over": {"value": value}} for value in ("60", 0, -1, 121, 1.5, True, None, [60], {})]
    + [{"age_over": {"values": [18, 60]}}, {"age_over": {"values": []}}]
    + [
        {"resident_of_ward": {"value": value}}
        for value in (1840, "1840", "01840=", "01840 x", None, "０１８４０")
    ]
    + [{"resident_of_ward": {"values": [f"0184{n}" for n in range(5)]}}]
    + [
        {"income_at_least": {"value": value}}
        for value in (0, -1_000_000, 8_500_000, 8_000_001, 201_000_000, 8e6, "8000000", True, None)
    ]
    + [{"income_at_least": {"values": [8_000_000, 9_000_000]}}]
    + [{"tenure_at_least_months": {"value": value}} for value in (0, 601, "12", 1.0, False)]
    + [{"works_in_park": {"value": value}} for value in ("", "Yên Bình", "-yen", "a=b", "a,b", "a" * 33, 1)]
    + [{"works_in_park": {"values": ["a", "b", "c", "d", "e"]}}],
)
def test_a_value_that_is_none_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        parse_claims_parameter(asking(**claims))


@pytest.mark.parametrize(
    "wish",
    [
        {"resident_of_ward": {"value": "01840", "values": ["01840"]}},
        {"age_over": {"value": 18, "values": [60]}},
        {"age_over": {"value": None, "values": [60]}},
    ],
)
def test_a_value_beside_values_is_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        parse_claims_parameter(asking(**wish))


@pytest.mark.parametrize(
    ("wish", "is_refused"),
    [({"value": "01840"}, False), ({"value": "00001"}, True), ({"values": ["01840", "00001"]}, True)],
)
def test_a_code_of_no_ward_here_is_refused(wish: dict[str, Any], is_refused: bool) -> None:
    world = World(is_ward="01840".__eq__)
    for claims in ({"userinfo": {"resident_of_ward": wish}}, {"id_token": {"resident_of_ward": wish}}):
        answer = world.authorize(world.end_user(), claims=json.dumps(claims))
        found = {} if isinstance(answer, Prompt) else location(answer)
        assert (found.get("error") == "invalid_request") == is_refused, found
        assert ("00001" in found.get("error_description", "")) == is_refused


@pytest.mark.parametrize(
    ("wish", "is_refused"),
    [({"value": "diem-thuy"}, False), ({"value": "vsip"}, True), ({"values": ["diem-thuy", "vsip"]}, True)],
)
def test_what_is_no_park_here_is_refused(wish: dict[str, Any], is_refused: bool) -> None:
    world = World(is_park="diem-thuy".__eq__)
    world.client, world.secret = world.add_client(scope="openid worker")
    answer = world.authorize(world.end_user(), scope="openid", claims=asking(works_in_park=wish))
    found = {} if isinstance(answer, Prompt) else location(answer)
    assert ("parks of this province, not vsip" in found.get("error_description", "")) == is_refused, found


def test_the_greatest_and_the_least_are_asked_about_too() -> None:
    edges = {"income_at_least": {"value": 200_000_000}, "tenure_at_least_months": {"value": 600}}
    assert parse_claims_parameter(asking(**edges)).userinfo == (
        "income_at_least=200000000",
        "tenure_at_least_months=600",
    )


def test_discovery_names_them(world: World) -> None:
    found = document(world.provider.metadata())
    assert {"age", "residence"} <= set(found["scopes_supported"])
    assert {"age_over_15", "age_over_18", "age_over", "resident_of_ward", "resident_of_province"} <= set(
        found["claims_supported"]
    )
