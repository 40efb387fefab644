"""A helper signs in in an elder's stead: `sub` is the elder, `act.sub` the helper (RFC 8693 §4.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from oidc.authorization.prompts import Prompt
from oidc.errors import PageError
from oidc.http import Response
from oidc.mandates import Mandate
from oidc.models import TOKEN_EXCHANGE, Client, EndUser
from oidc.parameters import Parameters
from oidc.resource.registration import new_resource
from oidc.token.grants.token_exchange import ACCESS_TOKEN
from tests.oidc.test_resource_indicators import introspect
from tests.oidc.world import (
    NOW,
    PERSON,
    REDIRECT_URI,
    VERIFIER,
    World,
    basic,
    claims_of,
    document,
    location,
    post,
)

UNTIL = NOW + 3600
ELDER = {**PERSON, "name": "Hoàng Thị Bảy", "email": "bay@example.vn"}
CLINIC = "https://clinic.example/"
ARCHIVE = "https://archive.example/"


class Family:
    """The grandchild `an` holds a mandate of grandmother `bay` at one client that accepts mandates."""

    def __init__(self, world: World, **metadata: Any) -> None:
        self.world = world
        world.subjects.people["bay"] = ELDER
        self.client, self.secret = world.add_client(accepts_mandates=True, **metadata)
        self.mandate = self.give("mandate-1", "openid", "profile")

    def give(self, identifier: str, *scope: str, **changes: Any) -> Mandate:
        given = Mandate(
            id=identifier,
            principal_id="bay",
            helper_id="an",
            client_id=self.client.client_id,
            scope=frozenset(scope),
            principal_level=2,
            expires_at=UNTIL,
        )
        self.world.mandates.rows[identifier] = replace(given, **changes)
        return self.world.mandates.rows[identifier]

    def sub(self, account_id: str, client: Client | None = None) -> str:
        return self.world.provider.subjects.subject(client or self.client, account_id)

    def ask(self, end_user: EndUser | None = None, *, resource: str = "", **asked: str | None) -> Any:
        query = self.world.query(self.client, **{"scope": "openid profile", **asked})
        if resource:
            query += "&" + urlencode({"resource": resource})
        return self.world.ask(query, end_user or self.world.end_user())

    def choose(self, prompt: Prompt, mandate_id: str = "mandate-1", sid: str = "sid-1") -> Any:
        self.world.provider.interactions.mark_represented(prompt.interaction.uid, sid, mandate_id)
        return self.resume(prompt)

    def resume(self, prompt: Prompt, **changes: Any) -> Any:
        return self.world.resume(prompt, self.world.end_user(**changes))

    def confirm(self, prompt: Prompt, principal_id: str = "bay") -> Any:
        self.world.provider.interactions.mark_consented(prompt.interaction.uid, principal_id)
        return self.resume(prompt)

    def sign_in(self, **asked: str) -> dict[str, Any]:
        """Go through all of it; return the token response."""
        asked_for = {name: value for name, value in asked.items() if name != "at"}
        prompt = self.ask(**asked_for)
        answer = self.confirm(self.choose(prompt))
        return document(self.redeem(location(answer)["code"], asked.get("at", "")))

    def redeem(self, code: str, resource: str = "") -> Response:
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        return self.token({**body, "code_verifier": VERIFIER, **({"resource": resource} if resource else {})})

    def token(self, body: dict[str, str]) -> Response:
        request = post(urlencode(body), basic(self.client.client_id, self.secret))
        return self.world.provider.token.respond(request, self.world.now)

    def refresh(self, token: str) -> Response:
        return self.token({"grant_type": "refresh_token", "refresh_token": token})


@pytest.fixture
def family(world: World) -> Family:
    return Family(world)


# What comes out


def test_every_token_says_for_whom_and_by_whom(family: Family) -> None:
    tokens = family.sign_in()
    act = {"sub": family.sub("an")}
    id_token = claims_of(tokens["id_token"])
    userinfo = document(family.world.userinfo(tokens["access_token"]))
    described = introspect(family.world, tokens["access_token"], family.client, family.secret)
    for claims in (id_token, userinfo, described):
        assert (claims["sub"], claims["act"]) == (family.sub("bay"), act)
    assert family.sub("bay") != family.sub("an")
    assert userinfo["name"] == "Hoàng Thị Bảy"
    refreshed = document(family.refresh(tokens["refresh_token"]))
    assert claims_of(refreshed["id_token"])["act"] == act


def test_the_sign_in_is_the_helpers(family: Family) -> None:
    id_token = claims_of(family.sign_in()["id_token"])
    helper = family.world.end_user()
    assert (id_token["acr"], id_token["amr"]) == (helper.acr, list(helper.amr))
    assert (id_token["auth_time"], id_token["sid"]) == (helper.auth_time, helper.sid)


def test_nobody_acts_where_a_person_signs_in_for_themselves(family: Family) -> None:
    family.world.agree()
    answer = family.choose(family.ask(), mandate_id="")
    tokens = document(family.redeem(location(answer)["code"]))
    userinfo = document(family.world.userinfo(tokens["access_token"]))
    assert "act" not in claims_of(tokens["id_token"]) and "act" not in userinfo
    assert userinfo["sub"] == family.sub("an")


def test_both_people_find_it_in_their_log(family: Family) -> None:
    family.sign_in()
    used = [row for row in family.world.events.rows if row["event"] == "mandate.use"]
    assert [row["account_id"] for row in used] == ["bay", "an"]
    assert {row["client_id"] for row in used} == {family.client.client_id}


# What is asked before


def test_whoever_holds_a_mandate_is_asked_each_time(family: Family) -> None:
    family.world.agree()
    prompt = family.ask()
    assert isinstance(prompt, Prompt) and prompt.name == "mandate"
    assert family.resume(prompt).name == "mandate", "looking is no answer"


def test_nobody_is_asked_without_a_mandate_or_where_none_is_accepted(family: Family) -> None:
    family.world.agree()
    assert isinstance(family.world.authorize(family.world.end_user()), Response), "another client"
    family.world.mandates.rows.clear()
    assert isinstance(family.ask(), Response)


def test_where_no_screen_may_be_shown_a_person_is_themselves(family: Family) -> None:
    family.world.agree()
    answer = family.ask(prompt="none")
    tokens = document(family.redeem(location(answer)["code"]))
    assert claims_of(tokens["id_token"])["sub"] == family.sub("an")


def test_the_helper_sees_what_the_mandate_covers_each_time(family: Family) -> None:
    prompt = family.choose(family.ask())
    assert prompt.name == "in_stead"
    assert family.confirm(prompt, principal_id="an").name == "in_stead", "agreed to for somebody else"
    assert isinstance(family.confirm(prompt), Response)
    assert family.choose(family.ask()).name == "in_stead"


def test_a_change_of_mind_is_asked_about_anew(family: Family) -> None:
    family.world.subjects.people["chi"] = PERSON
    family.give("mandate-2", "openid", principal_id="chi")
    prompt = family.choose(family.ask())
    family.world.provider.interactions.mark_consented(prompt.interaction.uid, "bay")
    assert family.choose(prompt, "mandate-2").name == "in_stead"


def test_a_choice_is_of_the_session_that_made_it(family: Family) -> None:
    prompt = family.choose(family.ask())
    family.world.provider.interactions.mark_consented(prompt.interaction.uid, "bay")
    assert family.resume(prompt, sid="sid-2").name == "mandate"
    other = family.resume(prompt, account_id="chi", sid="sid-3")
    assert isinstance(other, Prompt) and other.name == "consent", "chi holds nothing, and is chi"


@pytest.mark.parametrize(("helper", "elder", "screen"), [(0, 2, "identity_level"), (2, 1, "identity_level")])
def test_helper_and_elder_are_known_as_well_as_the_client_asks(
    world: World, helper: int, elder: int, screen: str
) -> None:
    family = Family(world, least_identity_level=2)
    family.give("mandate-1", "openid", principal_level=elder)
    prompt = family.ask(world.end_user(identity_level=helper))
    family.world.provider.interactions.mark_represented(prompt.interaction.uid, "sid-1", "mandate-1")
    assert family.resume(prompt, identity_level=helper).name == screen


# Nothing beyond the mandate


def test_a_request_for_more_gets_what_the_mandate_covers(family: Family) -> None:
    asked = {"scope": "openid profile email phone offline_access", "claims": _BY_NAME}
    tokens = family.sign_in(**asked)
    userinfo = document(family.world.userinfo(tokens["access_token"]))
    assert tokens["scope"] == "openid profile"
    assert userinfo["name"] == ELDER["name"] and not {"email", "phone_number"} & userinfo.keys()
    assert "email" not in claims_of(tokens["id_token"])
    assert "verified_claims" not in userinfo


_BY_NAME = (
    '{"userinfo": {"email": null, "name": null, "verified_claims":'
    ' {"verification": {"trust_framework": null}, "claims": {"name": null}}}, "id_token": {"email": null}}'
)


def test_access_while_away_is_the_principals_to_give(family: Family) -> None:
    asked = {"scope": "openid offline_access"}
    family.sign_in(**asked)
    family.give("mandate-1", "openid", "offline_access", expires_at=NOW + 86400 * 90)
    family.sign_in(**asked)
    assert [grant.offline for grant in family.world.grants.rows.values()] == [0, 1]


def test_a_grant_lasts_no_longer_than_the_mandate(family: Family) -> None:
    tokens = family.sign_in()
    family.world.now = UNTIL
    assert family.world.userinfo(tokens["access_token"]).status == 401
    assert document(family.refresh(tokens["refresh_token"]))["error"] == "invalid_grant"


# Ends


def test_the_end_of_a_mandate_ends_what_came_of_it(family: Family) -> None:
    tokens = family.sign_in()
    family.world.mandates.end("mandate-1", NOW)
    assert family.world.userinfo(tokens["access_token"]).status == 401
    described = introspect(family.world, tokens["access_token"], family.client, family.secret)
    assert described == {"active": False}
    assert document(family.refresh(tokens["refresh_token"]))["error"] == "invalid_grant"


def test_a_mandate_that_ends_before_the_code_makes_nobody_of_the_helper_silently(family: Family) -> None:
    family.world.agree()
    prompt = family.choose(family.ask())
    family.world.mandates.end("mandate-1", NOW)
    assert family.confirm(prompt).name == "mandate", "asked again, and not signed in as themselves"


def test_a_mandate_that_ends_between_screen_and_code_gives_none(family: Family) -> None:
    """What `list_held` saw may have ended by the time of the INSERT, whose WHERE decides."""
    prompt = family.choose(family.ask())
    family.world.grants.is_mandated = lambda _grant: False
    answer = family.confirm(prompt)
    assert isinstance(answer, PageError) and family.world.grants.rows == {}
    assert "mandate.use" not in [row["event"] for row in family.world.events.rows]


@pytest.mark.parametrize("change", [{"expires_at": NOW}, {"helper_id": "chi"}, {"client_id": "elsewhere"}])
def test_what_is_not_held_can_not_be_chosen(family: Family, change: dict[str, Any]) -> None:
    """An expired mandate, somebody else's, and one for another client, each named on the interaction."""
    prompt = family.ask()
    family.give("mandate-1", "openid", "profile", **change)
    assert family.choose(prompt).name == "mandate"
    assert family.confirm(prompt).name == "mandate"
    assert family.world.grants.rows == {}


def test_whoever_came_by_a_printed_card_acts_for_nobody_else(family: Family) -> None:
    by_card = {"acr": "LoA1", "amr": ("card", "pin")}
    prompt = family.ask(family.world.end_user(**by_card))
    assert prompt.name == "mandate"
    interactions = family.world.provider.interactions
    interactions.mark_represented(prompt.interaction.uid, "sid-1", "mandate-1")
    assert family.resume(prompt, **by_card).name == "second_factor"
    interactions.mark_represented(prompt.interaction.uid, "sid-1", "")
    assert family.resume(prompt, **by_card).name == "consent"


def test_a_disabled_principal_is_nobody_to_act_for(family: Family) -> None:
    family.world.agree()
    family.world.subjects.disabled.add("bay")
    assert isinstance(family.ask(), Response)


# Hints


def test_a_client_may_ask_for_the_person_it_knows(family: Family) -> None:
    hint = family.sign_in()["id_token"]
    prompt = family.ask(id_token_hint=hint)
    assert prompt.name == "mandate"
    answer = family.confirm(family.choose(prompt))
    tokens = document(family.redeem(location(answer)["code"]))
    assert claims_of(tokens["id_token"])["sub"] == family.sub("bay")


def test_a_hint_is_not_answered_with_another_person(family: Family) -> None:
    family.world.agree()
    hint = family.sign_in()["id_token"]
    answer = family.choose(family.ask(id_token_hint=hint), mandate_id="")
    assert location(answer)["error"] == "login_required"
    own = location(family.choose(family.ask(), mandate_id=""))["code"]
    own_hint = document(family.redeem(own))["id_token"]
    assert isinstance(family.ask(id_token_hint=own_hint), Response), "the client asks for the helper"


def test_signing_out_by_the_token_of_a_mandate_needs_no_question(family: Family) -> None:
    hint = family.sign_in()["id_token"]
    end_session, values = family.world.provider.end_session, Parameters({"id_token_hint": hint}, ())
    assert end_session.check(values, lambda _: family.world.end_user(), NOW).is_confirmed
    assert not end_session.check(values, lambda _: family.world.end_user(account_id="bay"), NOW).is_confirmed


# Protected resources


@pytest.fixture
def clinic(world: World) -> Family:
    """A family whose client has a token for a clinic, which exchanges it for one for an archive."""
    for identifier, token_format in ((CLINIC, "jwt"), (ARCHIVE, "opaque")):
        made = {"resource": identifier, "scopes": {"read": {}}, "token_format": token_format}
        world.resources.add(new_resource(made, NOW))
    family = Family(world, resources={CLINIC: ["read"], ARCHIVE: ["read"]})
    family.give("mandate-1", "openid", "read")
    return family


def test_a_token_for_a_resource_names_the_helper_as_the_resource_knows_them(clinic: Family) -> None:
    tokens = clinic.sign_in(scope="openid read", resource=CLINIC, at=CLINIC)
    claims = claims_of(tokens["access_token"])
    assert set(claims["act"]) == {"sub"}
    assert len({claims["act"]["sub"], clinic.sub("an"), claims["sub"], clinic.sub("bay"), "an", "bay"}) == 6
    described = introspect(clinic.world, tokens["access_token"], clinic.client, clinic.secret)
    assert described["active"] is True and described["act"] == claims["act"]
    clinic.world.mandates.end("mandate-1", NOW)
    described = introspect(clinic.world, tokens["access_token"], clinic.client, clinic.secret)
    assert described == {"active": False}


def test_an_opaque_token_tells_the_client_of_nobody(clinic: Family) -> None:
    tokens = clinic.sign_in(scope="openid read", resource=ARCHIVE, at=ARCHIVE)
    described = introspect(clinic.world, tokens["access_token"], clinic.client, clinic.secret)
    assert described["active"] is True and not {"sub", "act"} & described.keys()


def test_revoking_a_token_of_a_mandate_ends_its_grant(clinic: Family) -> None:
    tokens = clinic.sign_in(scope="openid read", resource=CLINIC, at=CLINIC)
    body, header = urlencode({"token": tokens["access_token"]}), basic(clinic.client.client_id, clinic.secret)
    clinic.world.provider.revocation.respond(post(body, header), NOW)
    assert [grant.revoked_at for grant in clinic.world.grants.rows.values()] == [NOW]


def test_an_exchange_keeps_the_helper_innermost(clinic: Family) -> None:
    world = clinic.world
    service, secret = world.add_client(
        grant_types=[TOKEN_EXCHANGE],
        redirect_uris=[],
        protected_resource=CLINIC,
        exchange_resources={ARCHIVE: ["read"]},
    )
    archive, archive_secret = world.add_client(
        grant_types=[TOKEN_EXCHANGE], redirect_uris=[], protected_resource=ARCHIVE
    )
    subject_token = clinic.sign_in(scope="openid read", resource=CLINIC, at=CLINIC)["access_token"]
    body = {
        "grant_type": TOKEN_EXCHANGE,
        "resource": ARCHIVE,
        "subject_token": subject_token,
        "subject_token_type": ACCESS_TOKEN,
    }
    header = basic(service.client_id, secret)
    exchanged = document(world.provider.token.respond(post(urlencode(body), header), NOW))["access_token"]
    act = introspect(world, exchanged, archive, archive_secret)["act"]
    assert act["sub"] == service.client_id and set(act["act"]) == {"sub"}
    helper = claims_of(subject_token)["act"]["sub"]
    assert act["act"]["sub"] not in (helper, clinic.sub("an"), "an"), "two resources can't compare helpers"
    clinic.world.mandates.end("mandate-1", NOW)
    assert introspect(world, exchanged, archive, archive_secret) == {"active": False}
