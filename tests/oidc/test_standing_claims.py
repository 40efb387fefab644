"""What the province knows of somebody's standing, as the protocol tells it: where, after what, to whom."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from oidc.agreed import Agreed
from oidc.attested import (
    NOTHING,
    OF_STANDING,
    PERSONAL,
    PERSONAL_SCOPES,
    STANDING_SCOPE_CLAIMS,
    USERINFO_ALONE,
    Vouched,
)
from oidc.authorization.prompts import Prompt
from oidc.claims import parse_claims_parameter
from oidc.clients.registration import new_client
from oidc.consent import items_asked
from oidc.errors import InvalidClientMetadata
from oidc.http import Response
from oidc.models import Client
from oidc.sensitive import is_sensitive
from tests.oidc.test_encryption import RSA, opened, public
from tests.oidc.test_mandates import Family
from tests.oidc.test_registration_endpoint import DOCUMENT, manage, post_json, register
from tests.oidc.test_token_exchange import FRONTEND, Chain, introspect
from tests.oidc.test_work_claims import Looks
from tests.oidc.world import NOW, World, claims_of, document, location

SCOPES = tuple(STANDING_SCOPE_CLAIMS)
SCOPE = f"openid {' '.join(SCOPES)}"
NUMBER = "019161004512"
WARD = {"code": "05467", "name": "Phường Gia Sàng"}
TOLD: dict[str, Any] = {
    "identity_level": 2,
    "residence_ward": WARD,
    "personal_id_number": NUMBER,
    "guardian_of": ["a-child-at-this-client"],
    "staff_roles": [{"role": "official", "ward": WARD}],
}


@pytest.fixture
def world() -> World:
    made = World()
    made.client, made.secret = made.add_client(scope=f"{SCOPE} profile")
    made.subjects.working["an"] = Vouched(TOLD)
    return made


@pytest.fixture
def looks(world: World) -> Looks:
    return Looks(world)


def sign_in(
    world: World,
    scope: str = SCOPE,
    *,
    names: str = "",
    withheld: str = "",
    acr: str = "LoA2",
    client: Client | None = None,
    secret: str = "",
    **asked: str,
) -> dict[str, Any]:
    client, secret = client or world.client, secret or world.secret
    items = {name: {"required": False} for name in withheld.split()}
    world.clients.add(replace(client, consent_items=items))
    agreed = Agreed(frozenset(scope.split()), frozenset(names.split()), frozenset(withheld.split()))
    world.consents.rows["an", client.client_id] = agreed
    answer = world.ask(world.query(client, scope=scope, **asked), world.end_user(acr=acr))
    assert isinstance(answer, Response), answer
    return document(world.redeem(location(answer)["code"], client=client, secret=secret))


def told(world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    found = document(world.userinfo(tokens["access_token"]))
    del found["sub"]
    return found


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_brings_its_claims_and_no_others(world: World, scope: str) -> None:
    expected = {name: TOLD[name] for name in STANDING_SCOPE_CLAIMS[scope]}
    assert told(world, sign_in(world, f"openid {scope}")) == expected


def test_one_look_brings_them_all_and_who_asks_for_none_costs_none(world: World, looks: Looks) -> None:
    assert told(world, sign_in(world)) == TOLD
    assert looks.names == [OF_STANDING]
    tokens = sign_in(world, "openid profile", claims=json.dumps({"id_token": {"name": None}}), names="name")
    assert "name" in told(world, tokens) and len(looks.names) == 1


def test_level_zero_is_told_and_what_there_is_none_of_is_left_out(world: World) -> None:
    world.subjects.working["an"] = Vouched({"identity_level": 0})
    assert told(world, sign_in(world)) == {"identity_level": 0}


def test_what_ended_is_told_no_more_by_a_grant_that_lives_on(world: World) -> None:
    tokens = sign_in(world)
    assert told(world, tokens)["staff_roles"]
    world.subjects.working["an"] = NOTHING
    assert told(world, tokens) == {}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_that_a_client_did_not_register_is_refused(world: World, scope: str) -> None:
    client, _ = world.add_client(scope="openid profile")
    answer = world.ask(world.query(client, scope=f"openid {scope}"), world.end_user())
    assert isinstance(answer, Response) and location(answer)["error"] == "invalid_scope"


@pytest.mark.parametrize("name", sorted(OF_STANDING))
def test_who_asks_by_name_has_registered_the_scope(world: World, name: str) -> None:
    client, _ = world.add_client(scope="openid profile worker")
    asked = json.dumps({"userinfo": {name: None}})
    answer = world.ask(world.query(client, claims=asked), world.end_user())
    assert isinstance(answer, Response)
    assert location(answer)["error_description"].endswith(f": {name}.")
    assert isinstance(world.authorize(world.end_user(), claims=asked), Prompt)


@pytest.mark.parametrize("name", sorted(OF_STANDING))
def test_what_a_person_keeps_to_themselves_is_not_even_looked_up(
    world: World, looks: Looks, name: str
) -> None:
    assert name not in told(world, sign_in(world, withheld=name))
    assert all(name not in names for names in looks.names)


# The number


def test_no_id_token_holds_the_number_and_nobody_is_asked_about_it_there(world: World, looks: Looks) -> None:
    wish = {"id_token": {"personal_id_number": {"essential": True}, "identity_level": None}}
    assert parse_claims_parameter(json.dumps(wish)).id_token == ("identity_level",)
    assert parse_claims_parameter(json.dumps(wish)).essential == ()
    tokens = sign_in(world, "openid", names="identity_level", claims=json.dumps(wish))
    id_token = claims_of(tokens["id_token"])
    assert id_token["identity_level"] == 2 and "personal_id_number" not in id_token
    assert told(world, tokens) == {} and all(USERINFO_ALONE.isdisjoint(names) for names in looks.names)


def test_no_grant_that_says_otherwise_brings_it_into_a_token(world: World) -> None:
    tokens = sign_in(world, "openid pid")
    (grant,) = world.grants.rows.values()
    told_wrong = replace(grant, id_token_claims="personal_id_number")
    claims = world.provider.token._context.id_tokens.claims(world.client, told_wrong, "token", NOW)
    assert "personal_id_number" not in claims
    assert NUMBER not in json.dumps(tokens) and NUMBER not in json.dumps(claims_of(tokens["id_token"]))


def test_a_sign_in_by_one_factor_brings_everything_but_the_number(world: World, looks: Looks) -> None:
    rest = {name: value for name, value in TOLD.items() if name != "personal_id_number"}
    assert told(world, sign_in(world, acr="LoA1")) == rest
    assert looks.names == [OF_STANDING - USERINFO_ALONE]
    assert told(world, sign_in(world, "openid pid", acr="LoA1")) == {}


def test_what_is_signed_and_lies_open_holds_no_number(world: World) -> None:
    client, secret = world.add_client(scope=SCOPE, userinfo_signed_response_alg="RS256")
    tokens = sign_in(world, client=client, secret=secret)
    claims = claims_of(world.userinfo(tokens["access_token"]).body.decode())
    assert "personal_id_number" not in claims and claims["residence_ward"] == WARD


@pytest.mark.parametrize("signed", [{}, {"userinfo_signed_response_alg": "RS256"}])
def test_what_is_encrypted_may_hold_it(world: World, signed: dict[str, str]) -> None:
    metadata = {"jwks": public(RSA), "userinfo_encrypted_response_alg": "RSA-OAEP-256", **signed}
    client, secret = world.add_client(scope=SCOPE, **metadata)
    answer = world.userinfo(sign_in(world, client=client, secret=secret)["access_token"])
    assert NUMBER.encode() not in answer.body
    if signed:
        _, claims = opened(world, answer.body.decode(), RSA)
        assert claims["personal_id_number"] == NUMBER


def test_neither_introspection_nor_a_narrowed_token_tells_it(world: World) -> None:
    tokens = sign_in(world, f"{SCOPE} profile")
    described = introspect(world, tokens["access_token"], world.client, world.secret)
    assert described["active"] and PERSONAL.isdisjoint(described) and NUMBER not in json.dumps(described)
    narrowed = document(world.refresh(tokens["refresh_token"], scope="openid citizen"))
    assert told(world, narrowed) == {"identity_level": 2, "residence_ward": WARD}


def test_no_event_no_grant_and_no_consent_holds_it(world: World) -> None:
    told(world, sign_in(world))
    kept = (world.events.rows, world.grants.rows, world.interactions.rows, world.consents.rows)
    assert NUMBER not in repr(kept)


def test_no_record_of_what_was_verified_has_it(world: World) -> None:
    world.subjects.verified["an"] = [{"verification": {"trust_framework": "x"}, "claims": {"birthdate": "1"}}]
    request = {"verification": {"trust_framework": None}, "claims": dict.fromkeys(sorted(OF_STANDING))}
    tokens = sign_in(world, claims=json.dumps({"userinfo": {"verified_claims": request}}))
    assert "verified_claims" not in told(world, tokens)


# Through somebody else


def test_a_helper_brings_neither_number_nor_children_nor_office(world: World, looks: Looks) -> None:
    family = Family(world, scope=SCOPE)
    world.subjects.working["bay"] = Vouched(TOLD)
    family.give("mandate-1", "openid", *SCOPES)
    wish = {"userinfo": dict.fromkeys(PERSONAL), "id_token": {"guardian_of": None, "identity_level": None}}
    tokens = family.sign_in(scope=SCOPE, claims=json.dumps(wish))
    assert set(tokens["scope"].split()) == {"openid", "citizen"}
    userinfo = document(world.userinfo(tokens["access_token"]))
    assert userinfo["residence_ward"] == WARD and PERSONAL.isdisjoint(userinfo)
    assert PERSONAL.isdisjoint(claims_of(tokens["id_token"]))
    assert all(PERSONAL.isdisjoint(names) for names in looks.names)


def test_nor_does_a_grant_of_a_helper_that_says_otherwise(world: World) -> None:
    tokens = sign_in(world)
    (grant,) = world.grants.rows.values()
    world.grants.rows[grant.id] = replace(grant, actor_id="bay", mandate_id="mandate-1")
    found = told(world, tokens)
    assert PERSONAL.isdisjoint(found) and found["identity_level"] == 2


# Registration


def test_nobody_has_these_scopes_who_did_not_ask_for_them() -> None:
    client, _ = new_client({"redirect_uris": ["https://rp.example/cb"]}, NOW)
    assert not set(SCOPES) & set(client.scope)


@pytest.mark.parametrize("scope", SCOPES)
def test_no_program_gives_one_to_a_live_client(world: World, scope: str) -> None:
    answer = register(world, scope=f"openid {scope}")
    assert answer.status == 400 and document(answer)["error"] == InvalidClientMetadata.code
    made = document(register(world, scope="openid profile"))
    changed = {**DOCUMENT, "client_id": made["client_id"], "scope": f"openid profile {scope}"}
    refused = manage(world, made, "PUT", changed)
    assert refused.status == 400 and scope in document(refused)["error_description"]
    assert world.clients.find(made["client_id"]).scope == ["openid", "profile"]  # type: ignore[union-attr]


def test_what_an_operator_gave_a_program_keeps(world: World) -> None:
    made = document(register(world, scope="openid"))
    client = world.clients.find(made["client_id"])
    assert client is not None
    world.clients.add(replace(client, metadata={**client.metadata, "scope": "openid pid"}))
    document_ = {**DOCUMENT, "client_id": made["client_id"], "client_name": "Tên mới", "scope": "openid pid"}
    assert manage(world, made, "PUT", document_).status == 200
    assert manage(world, made, "PUT", {**document_, "scope": "openid pid staff"}).status == 400


def test_open_registration_gives_none_either() -> None:
    world = World(registration_open=True)
    answer = world.provider.registration.register(post_json({**DOCUMENT, "scope": "openid staff"}), world.now)
    assert answer.status == 400


# What is most private


@pytest.mark.parametrize("name", sorted({*PERSONAL, *PERSONAL_SCOPES, *OF_STANDING, "citizen"}))
def test_which_of_it_is_most_private(name: str) -> None:
    assert is_sensitive(name) is (name in PERSONAL | PERSONAL_SCOPES)


def test_a_printed_card_opens_none_of_it(world: World) -> None:
    by_card = world.end_user(acr="LoA1", amr=("card", "pin"))
    for scope in sorted(PERSONAL_SCOPES):
        answer = world.authorize(by_card, scope=f"openid {scope}")
        assert isinstance(answer, Prompt) and answer.name == "second_factor"
    answer = world.authorize(by_card, scope="openid citizen")
    assert isinstance(answer, Prompt) and answer.name == "consent"


def test_each_claim_is_one_thing_to_decide_about(world: World) -> None:
    prompt = world.authorize(world.end_user(), scope=SCOPE)
    assert isinstance(prompt, Prompt) and prompt.interaction.request is not None
    items = items_asked(prompt.interaction.request, world.client)
    assert {item.name for item in items} == OF_STANDING
    assert all(item.claims == {item.name} for item in items)


def test_neither_a_resources_token_nor_what_it_is_exchanged_for_holds_any_of_it(world: World) -> None:
    chain = Chain(world)
    chain.office.client, chain.office.secret = world.add_client(
        scope=SCOPE, resources={FRONTEND: ["read", "write"]}
    )
    chain.office.agree(f"{SCOPE} read")
    answer = chain.office.ask(FRONTEND, scope=f"{SCOPE} read")
    tokens = document(chain.office.redeem(location(answer)["code"], FRONTEND))
    exchanged = document(chain.frontend.exchange(tokens["access_token"]))
    for token in (tokens["access_token"], exchanged["access_token"]):
        claims = claims_of(token)
        assert OF_STANDING.isdisjoint(claims) and claims["scope"] == "read"
        assert NUMBER not in json.dumps(claims)
    refused = chain.frontend.exchange(tokens["access_token"], scope="read pid")
    assert document(refused)["error"] == "invalid_scope"
    assert world.userinfo(exchanged["access_token"]).status == 401
