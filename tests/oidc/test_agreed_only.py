"""A client that is held to what was agreed with its team is told of nothing else, on any path."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from oidc.consent import items_asked
from oidc.http import Response
from oidc.models import AuthorizationRequest, Client
from tests.oidc.test_consent_items import SCOPE, agree, code_for
from tests.oidc.world import World, claims_of, document, location

NAME_AND_PHONE = {"name": {"required": True}, "phone_number": {"required": False}}


def hold(world: World, items: dict[str, Any]) -> None:
    """Hold every client to these items."""
    agree(world, set(), claims=frozenset({"email"}))
    hold_items(world, items)


def hold_items(world: World, items: dict[str, Any]) -> None:
    for client in list(world.clients.rows.values()):
        world.clients.add(replace(client, consent_items=items, agreed_only=True))


def names_asked(scope: str, items: dict[str, Any], **changes: Any) -> dict[str, bool]:
    client = Client("jobs", {}, consent_items=items, agreed_only=True)
    asked = AuthorizationRequest("jobs", "https://rp.example/cb", "query", tuple(scope.split()), **changes)
    return {item.name: item.required for item in items_asked(asked, client)}


def test_a_scope_asks_the_person_for_its_agreed_items_alone() -> None:
    assert names_asked("openid profile email phone", NAME_AND_PHONE) == {"name": True, "phone_number": False}
    assert names_asked("openid profile", {}) == {}
    asked = ("age_over=60", "age_over=18", "resident_of_ward=01840")
    items = {"age_over": {"required": False}}
    assert set(names_asked("openid", items, userinfo_claims=asked)) == {"age_over=60", "age_over=18"}


def test_calling_an_optional_claim_essential_does_not_make_it_required() -> None:
    essential: dict[str, Any] = {"essential_claims": ("phone_number",), "userinfo_claims": ("phone_number",)}
    assert names_asked("openid", NAME_AND_PHONE, **essential) == {"phone_number": False}


def test_userinfo_tells_the_agreed_items_of_a_scope_and_no_other(world: World) -> None:
    hold(world, NAME_AND_PHONE)
    tokens = document(world.redeem(code_for(world, scope=SCOPE)))
    told = document(world.userinfo(tokens["access_token"]))
    assert told["name"] == "Nguyễn Văn An" and told["phone_number"]
    assert told.keys() <= {
        *("sub", "name", "family_name", "given_name", "middle_name", "nickname"),
        *("phone_number", "phone_number_verified"),
    }


def test_what_is_agreed_no_more_leaves_live_tokens_at_once(world: World) -> None:
    hold(world, {**NAME_AND_PHONE, "email": {"required": True}})
    asked = json.dumps({"id_token": {"email": None}})
    tokens = document(world.redeem(code_for(world, scope=SCOPE, claims=asked)))
    assert claims_of(tokens["id_token"])["email"]
    hold(world, NAME_AND_PHONE)
    assert "email" not in document(world.userinfo(tokens["access_token"]))
    refreshed = document(world.refresh(tokens["refresh_token"]))
    assert "email" not in claims_of(refreshed["id_token"])


def test_asking_by_name_for_what_was_not_agreed_is_refused_with_the_names(world: World) -> None:
    hold(world, NAME_AND_PHONE)
    wish = {"verification": {"trust_framework": None}, "claims": {"birthdate": None}}
    for claims in (
        {"userinfo": {"email": None, "name": None}},
        {"id_token": {"email": {"essential": True}}},
        {"userinfo": {"verified_claims": wish}},
    ):
        answer = world.authorize(world.end_user(), scope="openid profile", claims=json.dumps(claims))
        assert isinstance(answer, Response)
        told = location(answer)
        assert told["error"] == "invalid_request"
        assert "email" in told["error_description"] or "birthdate" in told["error_description"]


def test_verified_claims_are_narrowed_to_what_is_agreed_now(world: World) -> None:
    record = {
        "verification": {"trust_framework": "vn"},
        "claims": {"name": "AN", "birthdate": "1990-01-02"},
    }
    world.subjects.verified["an"] = [record]
    wish = {"verification": {"trust_framework": None}, "claims": {"name": None, "birthdate": None}}
    names = frozenset({"verified_claims/name", "verified_claims/birthdate"})
    items: dict[str, Any] = {name: {"required": True} for name in names}
    agree(world, set(), claims=names)
    hold_items(world, items)
    asked = json.dumps({"userinfo": {"verified_claims": wish}})
    tokens = document(world.redeem(code_for(world, claims=asked, scope="openid")))
    assert document(world.userinfo(tokens["access_token"]))["verified_claims"]["claims"] == record["claims"]
    hold_items(world, {"verified_claims/name": {"required": True}})
    told = document(world.userinfo(tokens["access_token"]))["verified_claims"]["claims"]
    assert told == {"name": "AN"}
