"""Access tokens for protected resources: whom they tell what, where they are taken, what comes of them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from oidc.models import TOKEN_EXCHANGE
from oidc.resource.registration import new_resource
from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim, parameters_of
from tests.security.test_keys import forgeries, unpack
from tests.security.test_userinfo import bearer, spellings
from tnid import clock

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SIGNED = "application/token-introspection+jwt"
MACHINE: dict[str, Any] = {"grant_types": ["client_credentials"], "redirect_uris": []}


@dataclass
class Api:
    """A protected resource, the client by which it asks about tokens, and a client that may use it."""

    uri: str
    itself: Party
    client: Party
    tokens: dict[str, Any]

    @property
    def token(self) -> str:
        return str(self.tokens["access_token"])

    def exchange(self, **changes: str) -> dict[str, str]:
        """Return the form of an exchange of its client's token, with changes."""
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": self.token,
            "subject_token_type": ACCESS_TOKEN,
            "resource": self.uri,
        }
        return {**form, **changes}


def new_api(target: Target, person: Victim, token_format: str, *, exchange_to: str = "") -> Api:
    """Make an API that no other test knows, and have the person sign in to its client."""
    uri = f"https://api.example/{uuid4().hex[:12]}"
    add_resource(target, uri, token_format)
    policy = {"exchange_resources": {exchange_to: ["tea.read"]}} if exchange_to else {}
    grant_types = ["client_credentials", TOKEN_EXCHANGE]
    itself = target.new_client(**{**MACHINE, "grant_types": grant_types}, protected_resource=uri, **policy)
    client = target.new_client(resources={uri: ["tea.read", "tea.write"]})
    target.agree(person, client, "openid tea.read tea.write")
    cookies = {"Cookie": f"tnid_session={target.new_session(person)}"}
    query = client.query(scope="openid tea.read tea.write", resource=uri)
    target.http.cookies.clear()
    code = parameters_of(target.http.get("/authorize", params=query, headers=cookies))["code"]
    form = client.redemption(code, resource=uri)
    tokens = target.http.post("/token", data=form, headers=client.basic).json()
    return Api(uri, itself, client, target.keep(tokens))


def add_resource(target: Target, uri: str, token_format: str = "jwt") -> None:
    scopes: dict[str, Any] = {"tea.read": {}, "tea.write": {}}
    made = new_resource({"resource": uri, "scopes": scopes, "token_format": token_format}, clock.now())
    with target.database.unit():
        target.services.resources.add(made)


@pytest.fixture(params=["jwt", "opaque"])
def api(request: pytest.FixtureRequest, target: Target, person: Victim) -> Api:
    return new_api(target, person, request.param)


def introspect(attack: Attack, party: Party, token: str, **headers: str) -> dict[str, Any]:
    answer = attack.send("POST", "/introspect", data={"token": token}, headers={**party.basic, **headers})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# Introspection and revocation


def test_ir_001_a_protected_resource_must_say_who_it_is(attack: Attack, api: Api) -> None:
    for headers in ({}, Party(api.itself.client_id, "wrong").basic, bearer(api.token)):
        for accept in ("*/*", SIGNED):
            answer = attack.refused(
                "POST", "/introspect", data={"token": api.token}, headers={**headers, "Accept": accept}
            )
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_ir_004_a_resource_hears_of_tokens_for_it_and_of_no_others(
    attack: Attack, api: Api, person: Victim, target: Target
) -> None:
    another = new_api(target, person, "jwt")
    assert introspect(attack, api.itself, api.token)["aud"] == api.uri
    for party, token in (
        (another.itself, api.token),
        (api.itself, another.token),
        (api.itself, api.tokens["refresh_token"]),
        (api.itself, api.tokens["id_token"]),
        (another.client, api.token),
        (target.new_client(), api.token),
    ):
        assert introspect(attack, party, token) == {"active": False}
        signed = attack.send(
            "POST", "/introspect", data={"token": token}, headers={**party.basic, "Accept": SIGNED}
        )
        assert unpack(signed.text)[1]["token_introspection"] == {"active": False}


def test_ir_004_a_hint_changes_nothing_for_a_resource(attack: Attack, api: Api) -> None:
    for hint in ("access_token", "refresh_token", "unknown", "' OR 1=1 --"):
        form = {"token": api.token, "token_type_hint": hint}
        assert attack.send("POST", "/introspect", data=form, headers=api.itself.basic).json()["active"]


def test_ir_006_a_revocation_reaches_the_resource(attack: Attack, api: Api) -> None:
    assert introspect(attack, api.itself, api.token)["active"]
    attack.send("POST", "/revoke", data={"token": api.token}, headers=api.client.basic)
    assert introspect(attack, api.itself, api.token) == {"active": False}
    attack.token_refused(api.client, api.client.refreshment(api.tokens["refresh_token"]), "invalid_grant")


def test_ir_006_however_a_token_is_spelt_it_is_revoked(attack: Attack, api: Api) -> None:
    attack.send("POST", "/revoke", data={"token": api.token}, headers=api.client.basic)
    for other in (api.token, *spellings(api.token)):
        assert introspect(attack, api.itself, other) == {"active": False}


def test_ir_007_a_resource_can_not_revoke_what_it_was_shown(
    attack: Attack, api: Api, person: Victim, target: Target
) -> None:
    for party in (api.itself, new_api(target, person, "jwt").itself, target.new_client()):
        answer = attack.send("POST", "/revoke", data={"token": api.token}, headers=party.basic)
        assert answer.status_code in (200, 400)
        assert introspect(attack, api.itself, api.token)["active"]


# Keys: our own JWTs, accepted somewhere


def test_km_001_a_forged_access_token_is_nothing_anywhere(
    attack: Attack, person: Victim, target: Target
) -> None:
    api = new_api(target, person, "jwt")
    jwks = target.http.get("/jwks").json()
    forged_tokens = forgeries(api.token, jwks)
    forged_tokens |= {f"{name}, typed": retype(token) for name, token in forged_tokens.items()}
    for name, forged in forged_tokens.items():
        assert introspect(attack, api.itself, forged) == {"active": False}, name
        assert attack.refused("GET", "/userinfo", headers=bearer(forged)).status_code == 401, name
        attack.send("POST", "/revoke", data={"token": forged}, headers=api.client.basic)
    assert introspect(attack, api.itself, api.token)["active"], "nothing was revoked by a forgery"


def retype(token: str) -> str:
    """Have a forgery say that it is an access token."""
    head, _ = unpack(token)
    start = base64.urlsafe_b64encode(json.dumps({**head, "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    return ".".join([start, *token.split(".")[1:]])


def test_km_002_one_type_of_token_is_never_taken_for_another(
    attack: Attack, person: Victim, target: Target
) -> None:
    api = new_api(target, person, "jwt")
    signed = attack.send(
        "POST", "/introspect", data={"token": api.token}, headers={**api.itself.basic, "Accept": SIGNED}
    ).text
    assert unpack(signed)[0]["typ"] == "token-introspection+jwt"
    for token in (api.tokens["id_token"], signed):
        assert introspect(attack, api.itself, token) == {"active": False}
        attack.token_refused(api.itself, api.exchange(subject_token=token), "invalid_request")
    attack.sign_in(person)
    for token in (api.token, signed):
        attack.redirected(api.client, "invalid_request", id_token_hint=token)


def test_ui_001_a_token_for_another_audience_does_not_open_userinfo(attack: Attack, api: Api) -> None:
    for token in (api.token, *(one for one in spellings(api.token) if one.isprintable())):
        answer = attack.refused("GET", "/userinfo", event="userinfo.refused", headers=bearer(token))
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    answer = attack.refused("GET", "/userinfo", reason="wrong_audience", headers=bearer(api.token))
    assert "sub" not in answer.json()


# The token endpoint


TARGETS = (
    "https://unknown.example/",
    "https://api.example/#fragment",
    "//api.example/",
    "javascript:alert(1)",
    "https://api.example/\u202e",
    "x" * 5000,
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
)


def test_tk_014_no_request_widens_what_a_token_is_for(
    attack: Attack, api: Api, person: Victim, target: Target
) -> None:
    elsewhere = new_api(target, person, "jwt")
    refresh = api.client.refreshment(api.tokens["refresh_token"])
    for resource in (*TARGETS, elsewhere.uri):
        attack.token_refused(api.client, {**refresh, "resource": resource}, "invalid_target")
    for scope in ("openid", "tea.read admin", "profile", "tea.read openid"):
        attack.token_refused(api.client, {**refresh, "resource": api.uri, "scope": scope}, "invalid_scope")
    answer = attack.send("POST", "/token", data={**refresh, "resource": api.uri}, headers=api.client.basic)
    assert target.keep(answer.json())["scope"] == "tea.read tea.write", "the refused requests cost nothing"


def test_az_016_a_resource_that_a_client_may_not_name_is_refused(
    attack: Attack, api: Api, person: Victim, target: Target
) -> None:
    attack.sign_in(person)
    for party, resource in ((target.new_client(), api.uri), *((api.client, one) for one in TARGETS)):
        attack.redirected(party, "invalid_target", scope="openid tea.read", resource=resource)


def test_tk_018_an_exchange_is_for_who_was_given_it(attack: Attack, person: Victim, target: Target) -> None:
    onward = f"https://api.example/{uuid4().hex[:12]}"
    add_resource(target, onward)
    api = new_api(target, person, "jwt", exchange_to=onward)
    picked_up = new_api(target, person, "jwt", exchange_to=onward)
    form = api.exchange(resource=onward)
    attack.token_refused(api.client, form, "unauthorized_client")
    attack.token_refused(picked_up.itself, form, "invalid_request")
    attack.token_refused(api.itself, {**form, "resource": api.uri}, "invalid_target")
    attack.token_refused(api.itself, {**form, "resource": picked_up.uri}, "invalid_target")
    attack.token_refused(api.itself, {**form, "scope": "tea.write"}, "invalid_scope")
    attack.token_refused(api.itself, {**form, "scope": "openid"}, "invalid_scope")
    attack.token_refused(None, form, "invalid_client", 401)
    exchanged = target.keep(attack.send("POST", "/token", data=form, headers=api.itself.basic).json())
    claims = unpack(exchanged["access_token"])[1]
    assert claims["act"] == {"sub": api.itself.client_id} and claims["aud"] == onward
    assert exchanged["scope"] == "tea.read" and "refresh_token" not in exchanged


def test_tk_010_what_was_exchanged_dies_with_the_grant(
    attack: Attack, person: Victim, target: Target
) -> None:
    onward = f"https://api.example/{uuid4().hex[:12]}"
    add_resource(target, onward)
    api = new_api(target, person, "jwt", exchange_to=onward)
    last = target.new_client(**MACHINE, protected_resource=onward)
    form = api.exchange(resource=onward)
    token = target.keep(attack.send("POST", "/token", data=form, headers=api.itself.basic).json())[
        "access_token"
    ]
    assert introspect(attack, last, token)["active"]
    first = api.tokens["refresh_token"]
    target.refresh(api.client, target.refresh(api.client, first)["refresh_token"])
    attack.token_refused(api.client, api.client.refreshment(first), "invalid_grant")
    assert introspect(attack, last, token) == {"active": False}
    attack.token_refused(api.itself, form, "invalid_request")


def test_tk_028_only_resource_and_audience_may_come_twice(attack: Attack, api: Api) -> None:
    refresh = f"grant_type=refresh_token&refresh_token={api.tokens['refresh_token']}"
    attack.token_refused(api.client, f"{refresh}&scope=a&scope=b", "invalid_request")
    attack.token_refused(
        api.client, f"{refresh}&resource={api.uri}&resource=https://x.example/", "invalid_target"
    )
    twice = f"{refresh}&resource={api.uri}&resource={api.uri}"
    headers = {**api.client.basic, "Content-Type": "application/x-www-form-urlencoded"}
    assert attack.send("POST", "/token", content=twice, headers=headers).status_code == 200


def test_pi_001_a_token_for_a_resource_tells_nothing_of_the_person(attack: Attack, target: Target) -> None:
    person = target.new_person(phone_number="+84912345678", personal_id_number="019198000123")
    for token_format in ("jwt", "opaque"):
        api = new_api(target, person, token_format)
        described = introspect(attack, api.itself, api.token)
        assert set(described) <= {
            "active", "iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "auth_time", "acr",
            "amr", "token_type",
        }  # fmt: skip
        said = json.dumps(described) + json.dumps(unpack(api.token) if token_format == "jwt" else "")
        for secret in (person.account_id, person.username, "912345678", "019198000123", "Thử"):
            assert secret not in said
