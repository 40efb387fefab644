"""What a person decides item by item, and that what they keep to themselves leaves on no path."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from oidc.agreed import Agreed
from oidc.authorization.prompts import Prompt
from oidc.clients.consent_policy import is_consent_policy, version_of, with_versions
from oidc.clients.registration import new_client
from oidc.consent import items_asked, missing_items, with_scopes, withhold
from oidc.errors import InvalidClientMetadata
from oidc.http import Request, Response
from oidc.models import AuthorizationRequest, Client
from tests.oidc.test_device_grant import Terminal, find
from tests.oidc.world import NOW, World, basic, claims_of, document, post

SCOPE = "openid profile email phone"
CONTACTS = {"email", "email_verified"}


def agree(world: World, withheld: set[str], **changes: Any) -> None:
    agreed = Agreed(frozenset(SCOPE.split()), frozenset(), with_scopes(withheld, SCOPE.split()))
    voluntary = ("email", *(f"verified_claims/{name}" for name in ("name", "birthdate", "evidence")))
    for client_id, client in list(world.clients.rows.items()):
        items = {name: {"required": False} for name in voluntary}
        world.clients.add(replace(client, consent_items=items))
        world.consents.rows["an", client_id] = replace(agreed, **changes)


def code_for(world: World, **changes: str) -> str:
    answer = world.authorize(world.end_user(), **changes)
    assert isinstance(answer, Response), answer
    return dict(answer.headers)["Location"].partition("code=")[2].partition("&")[0]


def request(scope: str = "openid", **changes: Any) -> AuthorizationRequest:
    return AuthorizationRequest("jobs", "https://rp.example/cb", "query", tuple(scope.split()), **changes)


def app(**items: Any) -> Client:
    return Client("jobs", {}, consent_items=with_versions(items))


def required(asked: AuthorizationRequest, client: Client) -> dict[str, bool]:
    return {item.name: item.required for item in items_asked(asked, client)}


# Which items are required


def test_what_a_scope_stands_for_is_required_where_nobody_says_otherwise() -> None:
    assert required(request("openid phone email"), app()) == {"phone_number": True, "email": True}


def test_the_claims_parameter_asks_for_what_is_voluntary_unless_essential() -> None:
    asked = request(userinfo_claims=("email", "birthdate"), essential_claims=("birthdate",))
    assert required(asked, app()) == {"birthdate": True, "email": False}


def test_an_operator_says_what_is_voluntary_and_what_is_not() -> None:
    client = app(email={"required": False}, gender={"required": True})
    asked = request("openid email", userinfo_claims=("gender",))
    assert required(asked, client) == {"gender": True, "email": False}
    essential = replace(asked, essential_claims=("email",))
    assert required(essential, client) == {"gender": True, "email": True}


def test_verified_data_and_resources_are_required_unless_an_operator_says_otherwise() -> None:
    asked = request("openid calendar", verified_names=("verified_claims/name", "verified_claims/family_name"))
    assert required(asked, app()) == {"verified_claims/name": True, "scope/calendar": True}
    client = Client(
        "jobs",
        {},
        consent_items={"verified_claims/name": {"required": False}, "calendar": {"required": False}},
    )
    assert required(asked, client) == {"verified_claims/name": False, "scope/calendar": False}


# Deciding


def test_only_voluntary_items_that_were_shown_can_be_left_out() -> None:
    items = items_asked(request("openid email", userinfo_claims=("gender", "birthdate")), app())
    assert withhold((), items, ["gender"]) == {"birthdate"}
    assert withhold((), items, ["name", "scope/admin"]) == {"gender", "birthdate"}
    assert withhold({"address", "gender"}, items, ["gender"]) == {"address", "birthdate"}


def test_a_scope_of_which_nothing_is_left_is_withheld_with_its_claims() -> None:
    assert with_scopes(CONTACTS, ["openid", "email", "phone"]) == {*CONTACTS, "scope/email"}
    assert with_scopes({"email"}, ["openid", "email"]) == {"email"}
    assert with_scopes({"scope/email"}, ["openid", "email"]) == frozenset()


def test_what_was_declined_is_not_asked_again_unless_it_became_essential() -> None:
    agreed = Agreed(frozenset({"openid"}), frozenset({"email"}), frozenset({"email"}))
    asked = request(userinfo_claims=("email",))
    assert missing_items(asked, app(), agreed) == []
    assert missing_items(request(), app(email={"required": True}), agreed) == []
    for newly in (replace(asked, essential_claims=("email",)), request("openid email")):
        assert [item.name for item in missing_items(newly, app(), agreed)] == ["email"]


def test_a_changed_purpose_is_asked_about_again_and_nothing_else() -> None:
    before = app(email={"purpose": {"vi": "Gửi hóa đơn"}}, phone_number={"purpose": {"vi": "Gọi lại"}})
    asked = request("openid email phone")
    versions = {item.name: item.version for item in items_asked(asked, before)}
    agreed = Agreed(frozenset(asked.scope), frozenset(), versions=versions)
    assert missing_items(asked, before, agreed) == []
    after = app(email={"purpose": {"vi": "Gửi quảng cáo"}}, phone_number={"purpose": {"vi": "Gọi lại"}})
    assert [item.name for item in missing_items(asked, after, agreed)] == ["email"]


# On every path


def test_userinfo_leaves_out_what_is_withheld(world: World) -> None:
    agree(world, CONTACTS)
    tokens = document(world.redeem(code_for(world, scope=SCOPE)))
    told = document(world.userinfo(tokens["access_token"]))
    assert told["name"] == "Nguyễn Văn An" and not CONTACTS & set(told)
    assert tokens["scope"] == "openid profile phone", "RFC 6749 §3.3: the client is told"


def test_an_id_token_leaves_it_out_fresh_and_refreshed(world: World) -> None:
    agree(world, {"email"}, claims=frozenset({"email"}))
    asked = json.dumps({"id_token": {"email": None, "name": None}, "userinfo": {"email": None}})
    tokens = document(world.redeem(code_for(world, claims=asked, scope="openid profile")))
    for answer in (tokens, document(world.refresh(tokens["refresh_token"]))):
        assert claims_of(answer["id_token"])["name"] and "email" not in claims_of(answer["id_token"])
        assert "email" not in document(world.userinfo(answer["access_token"]))


def test_verified_claims_leave_it_out_and_how_it_was_checked(world: World) -> None:
    record = {
        "verification": {"trust_framework": "vn", "evidence": [{"type": "document"}]},
        "claims": {"name": "AN", "birthdate": "1990-01-02"},
    }
    world.subjects.verified["an"] = [record]
    wish = {"verification": {"trust_framework": None, "evidence": [{"type": None}]}}
    asked = {"userinfo": {"verified_claims": {**wish, "claims": {"name": None, "birthdate": None}}}}
    names = frozenset({f"verified_claims/{name}" for name in ("name", "birthdate", "evidence")})
    withheld = {"verified_claims/birthdate", "verified_claims/evidence"}
    agree(world, withheld, claims=names)
    tokens = document(world.redeem(code_for(world, claims=json.dumps(asked))))
    told = document(world.userinfo(tokens["access_token"]))["verified_claims"]
    assert told == {"verification": {"trust_framework": "vn"}, "claims": {"name": "AN"}}
    agree(world, set(names), claims=names)
    tokens = document(world.redeem(code_for(world, claims=json.dumps(asked))))
    assert "verified_claims" not in document(world.userinfo(tokens["access_token"]))


def test_a_silent_sign_on_leaves_it_out(world: World) -> None:
    agree(world, CONTACTS)
    answer = world.answer_silently(Request("GET", world.query(scope=SCOPE)))
    assert answer is not None
    code = dict(answer.headers)["Location"].partition("code=")[2].partition("&")[0]
    assert not CONTACTS & set(document(world.userinfo(document(world.redeem(code))["access_token"])))


def test_turning_an_item_off_narrows_live_grants(world: World) -> None:
    agree(world, set())
    tokens = document(world.redeem(code_for(world, scope=SCOPE)))
    assert "email" in document(world.userinfo(tokens["access_token"]))
    withheld = " ".join(sorted({*CONTACTS, "scope/email"}))
    assert world.grants.set_withheld("an", world.client.client_id, withheld) == 1
    assert "email" not in document(world.userinfo(tokens["access_token"]))
    header = basic(world.client.client_id, world.secret)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        told = document(world.provider.introspection.respond(post({"token": token}, header), world.now))
        assert told["active"] and told["scope"] == "openid profile phone"
    refused = world.refresh(tokens["refresh_token"], scope="openid email")
    assert (refused.status, document(refused)["error"]) == (400, "invalid_scope")
    refreshed = document(world.refresh(tokens["refresh_token"]))
    assert "email" not in document(world.userinfo(refreshed["access_token"]))


def test_a_device_gets_nothing_that_is_withheld(world: World) -> None:
    terminal = Terminal(world)
    codes = terminal.codes(scope="openid email phone")
    found = find(world, codes["user_code"])
    agree(world, CONTACTS)
    assert world.provider.decoupled.allow(found, terminal.client, world.end_user(), world.now)
    tokens = terminal.tokens(codes["device_code"])
    assert tokens["scope"] == "openid phone"
    assert set(document(world.userinfo(tokens["access_token"]))) == {
        "sub", "phone_number", "phone_number_verified",
    }  # fmt: skip


# Until when


def test_a_consent_that_is_over_is_asked_for_again(world: World) -> None:
    agree(world, set(), expires_at=NOW)
    answer = world.authorize(world.end_user(), scope=SCOPE)
    assert isinstance(answer, Prompt) and answer.name == "consent"
    assert world.answer_silently(Request("GET", world.query(scope=SCOPE))) is None


def test_no_grant_outlives_its_consent(world: World) -> None:
    agree(world, set(), expires_at=NOW + 30)
    tokens = document(world.redeem(code_for(world, scope=SCOPE)))
    assert tokens["expires_in"] == 30
    world.now += 30
    assert world.userinfo(tokens["access_token"]).status == 401
    assert world.refresh(tokens["refresh_token"]).status == 400


# What an operator says


@pytest.mark.parametrize(
    "items",
    [
        [],
        {"nonsense claim": {}},
        {"family_name": []},
        {"openid": {}},
        {"email": {"purpose": "vi"}},
        {"email": {"purpose": {"en": "only English"}}},
        {"email": {"purpose": {"vi": "x" * 301}}},
        {"email": {"purpose": {"vi": "a\nb"}}},
        {"email": {"purpose": {"vi": " "}}},
        {"email": {"required": "no"}},
        {"email": {"sneaky": True}},
        {f"claim.{number}": {} for number in range(61)},
    ],
)
def test_a_policy_that_is_none_is_refused(items: Any) -> None:
    assert not is_consent_policy(items)
    with pytest.raises(InvalidClientMetadata):
        new_client({"redirect_uris": ["https://rp.example/cb"], "consent_items": items}, 0, by_operator=True)


def test_a_policy_is_the_operators_alone() -> None:
    items = {"email": {"purpose": {"vi": "Gửi hóa đơn"}, "required": False}}
    document = {"redirect_uris": ["https://rp.example/cb"], "consent_items": items}
    client, _secret = new_client(document, 0, by_operator=True)
    assert client.consent_items["email"]["version"] == version_of(items["email"]) != ""
    client, _secret = new_client(document, 0)
    assert client.consent_items == {} and "consent_items" not in client.metadata


def test_whether_it_is_required_is_no_part_of_the_words() -> None:
    words = {"purpose": {"vi": "Gửi hóa đơn", "en": "To send bills"}}
    assert version_of({**words, "required": True}) == version_of({**words, "required": False})
    assert version_of({"required": True}) == ""
