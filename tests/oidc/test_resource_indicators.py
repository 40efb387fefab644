"""Resource indicators (RFC 8707) and JWT access tokens (RFC 9068), with the RFCs' own examples."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from oidc.agreed import Agreed
from oidc.authorization.prompts import Prompt
from oidc.http import Response
from oidc.models import Client
from oidc.resource.registration import BadResource, new_resource
from oidc.token.jwt_access_token import Wanted, signing_alg
from tests.oidc.proof import KEY, make_proof
from tests.oidc.world import (
    ISSUER,
    NOW,
    REDIRECT_URI,
    VERIFIER,
    World,
    basic,
    claims_of,
    document,
    half_hash,
    location,
    post,
)

# RFC 8707 §2.1: the two resources of its examples
CALENDAR = "https://cal.example.com/"
CONTACTS = "https://contacts.example.com/"
BOTH = {CALENDAR: ["calendar"], CONTACTS: ["contacts"]}


class Office:
    """A client that may use a calendar (JWT) and contacts (opaque), as in RFC 8707's examples."""

    def __init__(self, world: World, **metadata: Any) -> None:
        self.world = world
        for identifier, scope, token_format in (
            (CALENDAR, "calendar", "jwt"),
            (CONTACTS, "contacts", "opaque"),
        ):
            if world.resources.find(identifier) is None:
                made = new_resource(
                    {"resource": identifier, "scopes": {scope: {}}, "token_format": token_format}, NOW
                )
                world.resources.add(made)
        self.client, self.secret = world.add_client(**{"resources": BOTH, **metadata})
        uris = self.client.redirect_uris
        self.redirect_uri = uris[0] if uris else REDIRECT_URI

    def agree(self, scope: str = "openid profile calendar contacts offline_access") -> None:
        agreed = Agreed(frozenset(scope.split()), frozenset())
        self.world.consents.rows["an", self.client.client_id] = agreed

    def ask(self, *resources: str, scope: str = "openid calendar contacts", **changes: str | None) -> Any:
        query = self.world.query(self.client, scope=scope, redirect_uri=self.redirect_uri, **changes)
        indicators = urlencode([("resource", one) for one in resources])
        return self.world.ask(f"{query}&{indicators}", self.world.end_user())

    def new_code(self, *resources: str, **changes: str | None) -> str:
        self.agree()
        answer = self.ask(*(resources or (CALENDAR, CONTACTS)), **changes)
        assert isinstance(answer, Response), answer
        return location(answer)["code"]

    def redeem(self, code: str, *resources: str) -> Response:
        body = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", VERIFIER),
            *(("resource", one) for one in resources),
        ]
        return self.token(body)

    def token(self, body: list[tuple[str, str]]) -> Response:
        request = post(urlencode(body), basic(self.client.client_id, self.secret))
        return self.world.provider.token.respond(request, self.world.now)

    def refresh(self, token: str, *resources: str, **more: str) -> Response:
        body = [("grant_type", "refresh_token"), ("refresh_token", token), *more.items()]
        return self.token([*body, *(("resource", one) for one in resources)])

    def sign_in(self, *resources: str) -> dict[str, Any]:
        return document(self.redeem(self.new_code(), *resources))


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def refused(response: Response, error: str) -> bool:
    assert document(response)["error"] == error, document(response)
    return response.status == 400


# RFC 8707


def test_a_client_asks_for_two_resources_and_gets_a_token_for_each(office: Office) -> None:
    """RFC 8707 §2.1 to §2.2: Figures 2 and 3, and 4 to 6 by the refresh token."""
    answer = document(office.redeem(office.new_code(CALENDAR, CONTACTS), CALENDAR))
    assert answer["scope"] == "calendar" and answer["token_type"] == "Bearer"
    assert claims_of(answer["access_token"])["aud"] == CALENDAR
    contacts = document(office.refresh(answer["refresh_token"], CONTACTS))
    assert contacts["scope"] == "contacts"
    assert introspect(office.world, contacts["access_token"], office)["aud"] == CONTACTS


def test_a_token_that_names_no_resource_is_for_userinfo(office: Office) -> None:
    answer = document(office.redeem(office.new_code(scope="openid profile calendar")))
    assert answer["scope"] == "openid profile"
    assert document(office.world.userinfo(answer["access_token"]))["name"] == "Nguyễn Văn An"
    assert introspect(office.world, answer["access_token"], office)["scope"] == "openid profile"


@pytest.mark.parametrize(
    "indicator",
    [
        "https://unknown.example/",
        "https://cal.example.com",
        "https://cal.example.com/#fragment",
        "https://CAL.example.com/",
        "cal.example.com",
        "/calendar",
        "https://cal.example.com/ ",
        "https://[",
        "urn:x",
        "é",
        "openid",
    ],
)
def test_what_is_no_resource_of_ours_is_an_invalid_target(office: Office, indicator: str) -> None:
    office.agree()
    answer = location(office.ask(indicator))
    assert (answer["error"], answer["state"]) == ("invalid_target", "state-1")
    assert location(office.ask(CALENDAR, indicator))["error"] == "invalid_target"
    tokens = office.sign_in()
    assert refused(office.refresh(tokens["refresh_token"], indicator), "invalid_target")
    assert office.refresh(tokens["refresh_token"]).status == 200, "the refused request cost nothing"


def test_a_resource_that_is_closed_or_not_for_this_client_is_an_invalid_target(world: World) -> None:
    office = Office(world, resources={CONTACTS: ["contacts"]})
    office.agree()
    assert location(office.ask(CALENDAR))["error"] == "invalid_target"
    tokens = document(office.redeem(office.new_code(CONTACTS)))
    assert refused(office.refresh(tokens["refresh_token"], CALENDAR), "invalid_target")
    closed = world.resources.rows[CONTACTS]
    world.resources.rows[CONTACTS] = type(closed)(CONTACTS, closed.scopes, disabled_at=NOW)
    assert refused(office.refresh(tokens["refresh_token"], CONTACTS), "invalid_target")
    assert location(office.ask(CONTACTS))["error"] == "invalid_target"


def test_a_grant_covers_the_resources_that_were_asked_for_and_no_others(office: Office) -> None:
    tokens = document(office.redeem(office.new_code(CALENDAR)))
    assert refused(office.refresh(tokens["refresh_token"], CONTACTS), "invalid_target")
    code = office.new_code(CALENDAR)
    assert refused(office.redeem(code, CONTACTS), "invalid_target")
    assert refused(office.redeem(code, CALENDAR), "invalid_grant"), "the code is spent"


def test_a_token_has_one_audience(office: Office) -> None:
    code = office.new_code()
    assert refused(office.redeem(code, CALENDAR, CONTACTS), "invalid_target")
    assert office.redeem(code, CALENDAR, CALENDAR).status == 200, "judged before the code was spent"


def test_only_resource_and_audience_may_come_several_times(office: Office) -> None:
    body = [("grant_type", "client_credentials"), ("scope", "a"), ("scope", "b")]
    assert refused(office.token(body), "invalid_request")
    office.agree()
    assert isinstance(office.ask(CALENDAR, CONTACTS), Response)
    assert location(office.ask(*[f"https://r{n}.example/" for n in range(11)]))["error"] == "invalid_target"


def test_a_resource_goes_with_a_scope_that_the_person_can_agree_to(office: Office) -> None:
    office.agree()
    assert location(office.ask(CALENDAR, scope="openid"))["error"] == "invalid_scope"
    office.agree("openid")
    answer = office.ask(CALENDAR, scope="openid calendar")
    assert isinstance(answer, Prompt) and answer.name == "consent"
    assert "calendar" in answer.interaction.request.scope  # type: ignore[union-attr]


def test_a_scope_of_a_resource_that_was_not_asked_for_is_not_understood(office: Office) -> None:
    answer = document(office.redeem(office.new_code(CALENDAR, scope="openid calendar contacts"), CALENDAR))
    grant = next(iter(office.world.grants.rows.values()))
    assert grant.scope == "openid calendar" and answer["scope"] == "calendar"


def test_a_clients_scopes_at_a_resource_are_the_operators_to_give(world: World) -> None:
    office = Office(world)
    narrow = Office(world, resources={CALENDAR: ["contacts"]})
    narrow.agree()
    assert location(narrow.ask(CALENDAR, scope="openid calendar"))["error"] == "invalid_scope"
    assert isinstance(office.client.resources, dict)


@pytest.mark.parametrize("scope", ["contacts", "calendar contacts", "openid", "calendar admin"])
def test_a_token_for_a_resource_never_has_another_scope(office: Office, scope: str) -> None:
    tokens = office.sign_in()
    assert refused(office.refresh(tokens["refresh_token"], CALENDAR, scope=scope), "invalid_scope")
    assert office.refresh(tokens["refresh_token"], CALENDAR, scope="calendar").status == 200


def test_a_resources_scope_alone_opens_nothing_without_the_resource(office: Office) -> None:
    tokens = office.sign_in()
    assert refused(office.refresh(tokens["refresh_token"], scope="calendar"), "invalid_scope")
    assert document(office.refresh(tokens["refresh_token"], scope="openid"))["scope"] == "openid"


def test_a_resource_that_needs_a_strong_sign_in_asks_for_it(world: World) -> None:
    strong = new_resource({"resource": CALENDAR, "scopes": {"calendar": {}}, "least_acr": "LoA2"}, NOW)
    world.resources.add(strong)
    office = Office(world)
    office.agree()
    query = world.query(office.client, scope="openid calendar") + "&" + urlencode({"resource": CALENDAR})
    answer = world.ask(query, world.end_user(acr="LoA1", amr=("pwd",)))
    assert isinstance(answer, Prompt) and answer.name == "second_factor"
    assert isinstance(world.ask(query, world.end_user()), Response)


def test_a_resource_that_comes_to_need_a_strong_sign_in_needs_it_of_old_grants_too(world: World) -> None:
    office = Office(world)
    office.agree()
    query = world.query(office.client, scope="openid calendar") + "&" + urlencode({"resource": CALENDAR})
    code = location(world.ask(query, world.end_user(acr="LoA1", amr=("pwd",))))["code"]
    tokens = document(office.redeem(code, CALENDAR))
    assert claims_of(tokens["access_token"])["acr"] == "LoA1"
    world.resources.rows[CALENDAR] = replace(world.resources.rows[CALENDAR], least_acr="LoA2")
    assert refused(office.refresh(tokens["refresh_token"], CALENDAR), "invalid_target")
    assert office.refresh(tokens["refresh_token"]).status == 200, "the refused request cost nothing"


def test_a_client_acts_for_itself_at_a_resource(world: World) -> None:
    office = Office(
        world, grant_types=["client_credentials"], redirect_uris=[], resources={CALENDAR: ["calendar"]}
    )
    answer = document(office.token([("grant_type", "client_credentials"), ("resource", CALENDAR)]))
    claims = claims_of(answer["access_token"])
    assert (claims["sub"], claims["client_id"]) == (office.client.client_id,) * 2
    assert claims["aud"] == CALENDAR and answer["scope"] == claims["scope"] == "calendar"
    assert "acr" not in claims and "auth_time" not in claims
    body = [("grant_type", "client_credentials"), ("resource", CALENDAR), ("scope", "contacts")]
    assert refused(office.token(body), "invalid_scope")


@pytest.mark.parametrize("of_resource", [True, False])
def test_the_longest_scope_that_may_be_registered_makes_a_token_that_works(
    world: World, of_resource: bool
) -> None:
    scopes = [f"s{number:063}" for number in range(50)]
    uri = "https://many.example/"
    members = {"resource": uri, "scopes": {scope: {} for scope in scopes}, "token_format": "opaque"}
    world.resources.add(new_resource(members, NOW))
    given: dict[str, Any] = {"resources": {uri: scopes}} if of_resource else {"scope": " ".join(scopes)}
    client, secret = world.add_client(grant_types=["client_credentials"], redirect_uris=[], **given)
    asked = {"grant_type": "client_credentials"} | ({"resource": uri} if of_resource else {})
    token = document(world.token(asked, client, secret))["access_token"]
    assert introspect(world, token, client, secret)["active"] is True


def test_resources_are_asked_for_by_a_pushed_request_too(office: Office) -> None:
    """RFC 9126 §2.1: whatever the authorization endpoint takes."""
    office.agree()
    world, scope = office.world, "openid calendar contacts"
    for resources, error in (((CALENDAR, CONTACTS), None), ((CALENDAR, "urn:x"), "invalid_target")):
        form = world.query(office.client, scope=scope, redirect_uri=office.redirect_uri)
        form += "&" + urlencode([("resource", one) for one in resources])
        pushed = world.provider.pushed_requests.respond(
            post(form, basic(office.client.client_id, office.secret)), world.now
        )
        assert document(pushed).get("error") == error
        if error is None:
            uri = document(pushed)["request_uri"]
            query = urlencode({"client_id": office.client.client_id, "request_uri": uri})
            code = location(world.ask(query, world.end_user()))["code"]
            assert document(office.redeem(code, CONTACTS))["scope"] == "contacts"


def test_a_token_for_a_resource_is_bound_to_the_key_that_was_proved(office: Office) -> None:
    """RFC 9449 §6.1 and §6.2."""
    proof = make_proof("POST", f"{ISSUER}/token", office.world.now)
    code = office.new_code()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": office.redirect_uri}
    body |= {"code_verifier": VERIFIER, "resource": CALENDAR}
    header = basic(office.client.client_id, office.secret)
    answer = document(office.world.provider.token.respond(post(body, header, dpop=proof), office.world.now))
    assert answer["token_type"] == "DPoP"
    claims = claims_of(answer["access_token"])
    assert claims["cnf"] == {"jkt": KEY.thumbprint()}
    described = introspect(office.world, answer["access_token"], office)
    assert described["token_type"] == "DPoP" and described["cnf"] == claims["cnf"]


def test_a_client_of_the_fapi2_profile_gets_no_rs256(world: World) -> None:
    resource = new_resource({"resource": CALENDAR, "scopes": {"calendar": {}}}, NOW)
    assert resource.signing_alg == "RS256"
    client, _ = world.add_client()
    for profile, alg in (("default", "RS256"), ("fapi2", "ES256")):
        assert signing_alg(Wanted(resource, replace(client, profile=profile), "calendar", NOW)) == alg


# RFC 9068


def test_a_jwt_access_token_says_what_the_rfc_wants(office: Office) -> None:
    answer = office.sign_in(CALENDAR)
    token, world = answer["access_token"], office.world
    verified = jwt.decode(token, KeySet.import_key_set(json.loads(world.keyring.jwks(world.now))))
    assert verified.header["typ"] == "at+jwt" and verified.header["alg"] == "RS256" and verified.header["kid"]
    claims = dict(verified.claims)
    assert set(claims) == {
        "iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "auth_time", "acr", "amr",
    }  # fmt: skip
    assert claims["iss"] == ISSUER and claims["client_id"] == office.client.client_id
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 300) and answer["expires_in"] == 300
    assert (claims["auth_time"], claims["acr"]) == (NOW - 100, "LoA2")
    assert claims["amr"] == ["pwd", "otp", "mfa"] and claims["scope"] == "calendar"
    assert claims_of(answer["id_token"])["at_hash"] == half_hash(token)


def test_a_refreshed_token_says_when_the_person_signed_in_and_not_when_it_was_refreshed(
    office: Office,
) -> None:
    """RFC 9068 §2.2.1."""
    tokens = office.sign_in(CALENDAR)
    office.world.now += 1000
    claims = claims_of(document(office.refresh(tokens["refresh_token"], CALENDAR))["access_token"])
    assert claims["auth_time"] == NOW - 100 and claims["iat"] == NOW + 1000


def test_a_resource_may_have_its_tokens_signed_by_es256(world: World) -> None:
    made = {"resource": CALENDAR, "scopes": {"calendar": {}}, "access_token_signing_alg": "ES256"}
    world.resources.add(new_resource(made, NOW))
    token = Office(world).sign_in(CALENDAR)["access_token"]
    assert claims_of("." + token.split(".")[0] + ".")["alg"] == "ES256"


def test_a_token_ends_with_its_grant(office: Office) -> None:
    tokens = office.sign_in()
    office.world.now = next(iter(office.world.grants.rows.values())).expires_at - 7
    answer = document(office.refresh(tokens["refresh_token"], CALENDAR))
    assert answer["expires_in"] == 7
    assert claims_of(answer["access_token"])["exp"] == office.world.now + 7


def test_userinfo_is_another_audience(office: Office) -> None:
    for resource in (CALENDAR, CONTACTS):
        response = office.world.userinfo(office.sign_in(resource)["access_token"])
        assert response.status == 401
        assert "another resource" in dict(response.headers)["WWW-Authenticate"]
    assert [row["reason"] for row in office.world.events.rows[-1:]] == ["wrong_audience"]


def test_an_id_token_is_no_access_token_and_the_other_way_round(office: Office) -> None:
    tokens = office.sign_in(CALENDAR)
    assert not introspect(office.world, tokens["id_token"], office)["active"]
    answer = location(office.ask(CALENDAR, id_token_hint=tokens["access_token"]))
    assert answer["error"] == "invalid_request"


# Nobody joins people by `sub`


def sub_of(office: Office, resource: str) -> Any:
    token = office.sign_in(resource)["access_token"]
    if resource == CALENDAR:
        return claims_of(token)["sub"]
    protected = office.world.add_client(
        protected_resource=resource, grant_types=["client_credentials"], redirect_uris=[]
    )
    return introspect(office.world, token, *protected)["sub"]


def test_no_two_clients_and_no_two_resources_see_the_same_person(world: World) -> None:
    one, other = Office(world), Office(world, redirect_uris=["https://other.example/cb"])
    readable = [sub_of(one, CALENDAR), sub_of(other, CALENDAR)]
    id_tokens = [claims_of(office.sign_in()["id_token"])["sub"] for office in (one, other)]
    its_own = sub_of(one, CONTACTS)
    assert len({*readable, *id_tokens, its_own, "an"}) == 6
    assert sub_of(one, CALENDAR) == readable[0], "the same person is the same"


def test_a_resource_whose_tokens_only_it_can_read_knows_its_people_whatever_the_client(world: World) -> None:
    one, other = Office(world), Office(world, redirect_uris=["https://other.example/cb"])
    assert sub_of(one, CONTACTS) == sub_of(other, CONTACTS)
    token = one.sign_in(CONTACTS)["access_token"]
    assert "sub" not in introspect(world, token, one), "the client isn't told whom the resource sees"


def test_a_client_and_a_resource_on_one_host_are_one_party(world: World) -> None:
    own = Office(world, redirect_uris=["https://cal.example.com/cb"])
    assert sub_of(own, CALENDAR) == claims_of(own.sign_in()["id_token"])["sub"]


def test_two_tokens_of_one_grant_have_nothing_to_compare_by(office: Office) -> None:
    first = office.sign_in(CALENDAR)
    second = document(office.refresh(first["refresh_token"], CALENDAR))
    identifiers = [claims_of(token["access_token"])["jti"] for token in (first, second)]
    assert not set(split(identifiers[0])) & set(split(identifiers[1]))
    grant = next(iter(office.world.grants.rows))
    assert all(grant not in identifier for identifier in identifiers)


def split(text: str) -> list[str]:
    return [text[start : start + 8] for start in range(len(text) - 7)]


# What introspection and revocation say of them


def introspect(world: World, token: str, asker: Office | Client, secret: str = "") -> dict[str, Any]:
    client, secret = (asker.client, asker.secret) if isinstance(asker, Office) else (asker, secret)
    request = post({"token": token}, basic(client.client_id, secret))
    return document(world.provider.introspection.respond(request, world.now))


@pytest.mark.parametrize("resource", [CALENDAR, CONTACTS])
def test_a_protected_resource_may_ask_about_tokens_for_it(office: Office, resource: str) -> None:
    world, token = office.world, office.sign_in(resource)["access_token"]
    machine = {"grant_types": ["client_credentials"], "redirect_uris": []}
    protected, secret = world.add_client(protected_resource=resource, **machine)
    answer = introspect(world, token, protected, secret)
    assert answer["active"] is True and answer["aud"] == resource and answer["token_type"] == "Bearer"
    assert answer["client_id"] == office.client.client_id and answer["exp"] == NOW + 300
    assert (answer["acr"], answer["auth_time"]) == ("LoA2", NOW - 100)
    elsewhere, other_secret = world.add_client(protected_resource="https://other.example/", **machine)
    assert introspect(world, token, elsewhere, other_secret) == {"active": False}


@pytest.mark.parametrize("resource", [CALENDAR, CONTACTS])
@pytest.mark.parametrize("end", ["grant", "client", "account", "resource", "time"])
def test_a_token_is_inactive_once_what_it_hangs_on_has_ended(office: Office, resource: str, end: str) -> None:
    world, token = office.world, office.sign_in(resource)["access_token"]
    machine = {"grant_types": ["client_credentials"], "redirect_uris": []}
    protected, secret = world.add_client(protected_resource=resource, **machine)
    assert introspect(world, token, protected, secret)["active"]
    if end == "grant":
        world.grants.revoke(next(iter(world.grants.rows)), world.now)
    elif end == "client":
        world.clients.delete(office.client.client_id)
    elif end == "account":
        world.subjects.disabled.add("an")
    elif end == "resource":
        del world.resources.rows[resource]
    else:
        world.now += 300
    assert introspect(world, token, protected, secret) == {"active": False}


@pytest.mark.parametrize("resource", [CALENDAR, CONTACTS])
def test_revoking_a_token_ends_the_grant_that_it_hangs_on(office: Office, resource: str) -> None:
    world, tokens = office.world, office.sign_in(resource)
    other = Office(world)
    for party, is_alive in ((other, True), (office, False)):
        request = post({"token": tokens["access_token"]}, basic(party.client.client_id, party.secret))
        assert world.provider.revocation.respond(request, world.now).status == 200
        assert introspect(world, tokens["access_token"], office)["active"] is is_alive
    assert refused(office.refresh(tokens["refresh_token"]), "invalid_grant")


def test_revoking_a_clients_own_token_ends_that_one(world: World) -> None:
    office = Office(world, grant_types=["client_credentials"], redirect_uris=[])
    body = [("grant_type", "client_credentials"), ("resource", CALENDAR)]
    first, second = (document(office.token(body))["access_token"] for _ in range(2))
    request = post({"token": first}, basic(office.client.client_id, office.secret))
    world.provider.revocation.respond(request, world.now)
    assert not introspect(world, first, office)["active"] and introspect(world, second, office)["active"]


@pytest.mark.parametrize("resource", [CALENDAR, CONTACTS])
def test_a_token_that_was_tampered_with_is_nothing(office: Office, resource: str) -> None:
    token = office.sign_in(resource)["access_token"]
    for place in (5, len(token) // 2, len(token) - 3):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert introspect(office.world, changed, office) == {"active": False}
    for text in (token + "=", token + "A", token.split(".")[0] + "..", "." * 9, "A" * 4000):
        assert introspect(office.world, text, office) == {"active": False}


# What an operator may register


@pytest.mark.parametrize(
    "changes",
    [
        {"resource": "http://cal.example.com/"},
        {"resource": "https://cal.example.com/#x"},
        {"resource": "https://user@cal.example.com/"},
        {"resource": "https://cal.example.com/ x"},
        {"resource": "urn:cal"},
        {"resource": None},
        {"scopes": {}},
        {"scopes": {"openid": {}}},
        {"scopes": {"a b": {}}},
        {"scopes": {"calendar": {"vi": ""}}},
        {"scopes": {"calendar": {"vi": "\u202e"}}},
        {"scopes": ["calendar"]},
        {"resource_name": "Lịch"},
        {"token_format": "saml"},
        {"access_token_signing_alg": "none"},
        {"least_acr": "LoA9"},
        {"colour": "red"},
    ],
)
def test_a_resource_that_cannot_work_is_refused(changes: dict[str, Any]) -> None:
    good = {"resource": CALENDAR, "scopes": {"calendar": {"vi": "Xem lịch"}}}
    assert new_resource(good, NOW).scopes == good["scopes"]
    with pytest.raises(BadResource):
        new_resource({**good, **changes}, NOW)
