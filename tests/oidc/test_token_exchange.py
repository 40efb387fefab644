"""Token exchange: RFC 8693, with the shapes of its own examples (§2.3, §4.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from oidc.http import Response
from oidc.models import TOKEN_EXCHANGE, Client
from oidc.resource.registration import new_resource
from oidc.token.grants.token_exchange import ACCESS_TOKEN, JWT
from tests.oidc.proof import KEY, OTHER_KEY, make_proof
from tests.oidc.test_resource_indicators import CALENDAR, Office, introspect
from tests.oidc.world import ISSUER, NOW, World, basic, claims_of, document, location, post

FRONTEND = "https://frontend.example.com/resource"  # RFC 8693 §2.3
BACKEND = "https://backend.example.com/api"
ARCHIVE = "https://archive.example.com/"


def add_resource(world: World, identifier: str, *scopes: str, **more: Any) -> None:
    made = new_resource({"resource": identifier, "scopes": {scope: {} for scope in scopes}, **more}, NOW)
    world.resources.add(made)


class Service:
    """A protected resource that calls another: RFC 8693 §2.3 calls it rs08."""

    def __init__(self, world: World, resource: str, **exchange: list[str]) -> None:
        self.world = world
        self.client, self.secret = world.add_client(
            grant_types=[TOKEN_EXCHANGE, "client_credentials"],
            redirect_uris=[],
            protected_resource=resource,
            exchange_resources={BACKEND if name == "backend" else ARCHIVE: s for name, s in exchange.items()},
        )

    def exchange(self, subject_token: str, resource: str | None = BACKEND, **changes: str | None) -> Response:
        body: dict[str, str | None] = {
            "grant_type": TOKEN_EXCHANGE,
            "resource": resource,
            "subject_token": subject_token,
            "subject_token_type": ACCESS_TOKEN,
            **changes,
        }
        return self.token({name: value for name, value in body.items() if value is not None})

    def token(self, body: dict[str, str]) -> Response:
        request = post(urlencode(body), basic(self.client.client_id, self.secret))
        return self.world.provider.token.respond(request, self.world.now)


class Chain:
    """A client with a token for the frontend, which calls the backend, which calls the archive."""

    def __init__(self, world: World) -> None:
        self.world = world
        add_resource(world, FRONTEND, "read", "write")
        add_resource(world, BACKEND, "read", "write", "delete")
        add_resource(world, ARCHIVE, "read", token_format="opaque")
        self.office = Office(world, resources={FRONTEND: ["read", "write"]})
        self.frontend = Service(world, FRONTEND, backend=["read", "delete"])
        self.backend = Service(world, BACKEND, archive=["read"])
        self.archive = Service(world, ARCHIVE)
        self.office.agree("openid read write")
        code = self.new_code()
        self.tokens = document(self.office.redeem(code, FRONTEND))
        self.subject_token: str = self.tokens["access_token"]

    def new_code(self) -> str:
        return location(self.office.ask(FRONTEND, scope="openid read write"))["code"]


@pytest.fixture
def chain(world: World) -> Chain:
    return Chain(world)


def refused(response: Response, error: str) -> bool:
    assert document(response)["error"] == error, document(response)
    assert dict(response.headers)["Cache-Control"] == "no-store"
    return response.status == 400


def test_a_resource_acts_for_the_person_at_another(chain: Chain) -> None:
    """RFC 8693 §2.3: Figures 2 to 4."""
    response = chain.frontend.exchange(chain.subject_token)
    answer = document(response)
    assert response.status == 200 and dict(response.headers)["Cache-Control"] == "no-store"
    assert answer["issued_token_type"] == ACCESS_TOKEN and answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 300 and "refresh_token" not in answer and "id_token" not in answer
    before, after = claims_of(chain.subject_token), claims_of(answer["access_token"])
    assert (after["aud"], after["client_id"]) == (BACKEND, chain.frontend.client.client_id)
    assert after["act"] == {"sub": chain.frontend.client.client_id}
    assert after["scope"] == answer["scope"] == "read"
    for name in ("auth_time", "acr", "amr"):
        assert after[name] == before[name]


def test_the_actors_before_are_nested_within(chain: Chain) -> None:
    """RFC 8693 §4.1: Figure 6, the outermost is who acts now."""
    middle = document(chain.frontend.exchange(chain.subject_token))["access_token"]
    last = document(chain.backend.exchange(middle, ARCHIVE))
    described = introspect(chain.world, last["access_token"], chain.archive.client, chain.archive.secret)
    frontend, backend = chain.frontend.client.client_id, chain.backend.client.client_id
    assert described["act"] == {"sub": backend, "act": {"sub": frontend}}
    assert described["aud"] == ARCHIVE and described["active"] is True


def test_nobody_along_the_way_can_compare_people(chain: Chain) -> None:
    middle = document(chain.frontend.exchange(chain.subject_token))["access_token"]
    last = document(chain.backend.exchange(middle, ARCHIVE))["access_token"]
    described = introspect(chain.world, last, chain.archive.client, chain.archive.secret)
    subjects = [claims_of(chain.tokens["id_token"]), claims_of(chain.subject_token), claims_of(middle)]
    assert len({*(claims["sub"] for claims in subjects), described["sub"], "an"}) == 5


@pytest.mark.parametrize(
    ("wanted", "issued"), [(None, ACCESS_TOKEN), (ACCESS_TOKEN, ACCESS_TOKEN), (JWT, JWT)]
)
def test_the_answer_says_what_type_was_issued(chain: Chain, wanted: str | None, issued: str) -> None:
    answer = document(chain.frontend.exchange(chain.subject_token, requested_token_type=wanted))
    assert answer["issued_token_type"] == issued and answer["access_token"].count(".") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_token": None},
        {"subject_token": "garbage"},
        {"subject_token": "a.b.c"},
        {"subject_token_type": None},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:saml2"},
        {"actor_token": "garbage", "actor_token_type": ACCESS_TOKEN},
        {"actor_token": "garbage"},
        {"actor_token_type": ACCESS_TOKEN},
    ],
)
def test_what_is_missing_or_no_good_is_an_invalid_request(
    chain: Chain, changes: dict[str, str | None]
) -> None:
    """RFC 8693 §2.2.2."""
    subject_token = changes.pop("subject_token", chain.subject_token)
    assert refused(chain.frontend.exchange(subject_token, **changes), "invalid_request")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["id_token", "refresh_token", "userinfo"])
def test_only_an_access_token_for_a_resource_is_exchanged(chain: Chain, name: str) -> None:
    chain.tokens["userinfo"] = document(chain.office.redeem(chain.new_code()))["access_token"]
    assert refused(chain.frontend.exchange(chain.tokens[name]), "invalid_request")


def test_a_token_that_was_picked_up_elsewhere_is_worth_nothing(chain: Chain) -> None:
    other = Service(chain.world, CALENDAR, backend=["read"])
    assert refused(other.exchange(chain.subject_token), "invalid_request")


def test_a_token_of_a_client_that_acts_for_itself_has_no_person_behind_it(chain: Chain) -> None:
    machine = Office(
        chain.world, grant_types=["client_credentials"], redirect_uris=[], resources={FRONTEND: ["read"]}
    )
    body = [("grant_type", "client_credentials"), ("resource", FRONTEND)]
    token = document(machine.token(body))["access_token"]
    assert refused(chain.frontend.exchange(token), "invalid_request")


@pytest.mark.parametrize("resource", [None, ARCHIVE, FRONTEND, "https://unknown.example/", "backend", ""])
def test_where_to_is_the_operators_to_say(chain: Chain, resource: str | None) -> None:
    assert refused(chain.frontend.exchange(chain.subject_token, resource), "invalid_target")


def test_audience_names_a_resource_too_but_not_a_second_one(chain: Chain) -> None:
    exchange = chain.frontend.exchange
    assert exchange(chain.subject_token, None, audience=BACKEND).status == 200
    assert exchange(chain.subject_token, BACKEND, audience=BACKEND).status == 200
    assert refused(exchange(chain.subject_token, BACKEND, audience=ARCHIVE), "invalid_target")


@pytest.mark.parametrize("scope", ["write", "delete", "read write", "openid", "read delete"])
def test_a_scope_only_gets_narrower(chain: Chain, scope: str) -> None:
    """`write` the client may not have there, `delete` the subject token doesn't have."""
    assert refused(chain.frontend.exchange(chain.subject_token, scope=scope), "invalid_scope")


def test_a_narrowed_token_stays_narrow(chain: Chain) -> None:
    body = [("grant_type", "refresh_token")]
    narrow = document(chain.office.refresh(chain.tokens["refresh_token"], FRONTEND, scope="write"))
    assert refused(chain.frontend.exchange(narrow["access_token"]), "invalid_scope"), body


def test_only_a_confidential_client_that_may_exchange_does(chain: Chain) -> None:
    public, _ = chain.world.add_client(
        token_endpoint_auth_method="none",
        grant_types=[TOKEN_EXCHANGE],
        redirect_uris=[],
        protected_resource=FRONTEND,
        exchange_resources={BACKEND: ["read"]},
    )
    form = {"grant_type": TOKEN_EXCHANGE, "subject_token": chain.subject_token, "client_id": public.client_id}
    form |= {"subject_token_type": ACCESS_TOKEN, "resource": BACKEND}
    response = chain.world.provider.token.respond(post(form), chain.world.now)
    assert refused(response, "unauthorized_client")
    untold, secret = chain.world.add_client(protected_resource=FRONTEND)
    header = basic(untold.client_id, secret)
    response = chain.world.provider.token.respond(post(form | {"client_id": ""}, header), chain.world.now)
    assert refused(response, "unauthorized_client")


@pytest.mark.parametrize("end", ["grant", "account", "client", "resource", "time", "token"])
def test_a_token_whose_ground_is_gone_is_not_exchanged(chain: Chain, end: str) -> None:
    finish(chain, end, chain.subject_token, chain.office.client, chain.office.secret)
    assert refused(chain.frontend.exchange(chain.subject_token), "invalid_request")


@pytest.mark.parametrize("end", ["grant", "account", "client", "time", "token"])
def test_what_was_exchanged_ends_with_the_grant(chain: Chain, end: str) -> None:
    middle = document(chain.frontend.exchange(chain.subject_token))["access_token"]
    last = document(chain.backend.exchange(middle, ARCHIVE))["access_token"]
    for token, service in ((middle, chain.backend), (last, chain.archive)):
        assert introspect(chain.world, token, service.client, service.secret)["active"]
    finish(chain, end, chain.subject_token, chain.office.client, chain.office.secret)
    for token, service in ((middle, chain.backend), (last, chain.archive)):
        assert introspect(chain.world, token, service.client, service.secret) == {"active": False}


def finish(chain: Chain, end: str, token: str, client: Client, secret: str) -> None:
    world = chain.world
    if end == "grant":
        world.grants.revoke(next(iter(world.grants.rows)), world.now)
    elif end == "account":
        world.subjects.disabled.add("an")
    elif end == "client":
        world.clients.delete(client.client_id)
    elif end == "resource":
        del world.resources.rows[FRONTEND]
    elif end == "time":
        world.now += 300
    else:
        request = post({"token": token}, basic(client.client_id, secret))
        assert world.provider.revocation.respond(request, world.now).status == 200


def test_an_actor_that_is_shut_out_takes_along_what_came_of_its_exchanges(chain: Chain) -> None:
    middle = document(chain.frontend.exchange(chain.subject_token))["access_token"]
    last = document(chain.backend.exchange(middle, ARCHIVE))["access_token"]
    assert introspect(chain.world, last, chain.archive.client, chain.archive.secret)["active"] is True
    chain.world.clients.add(replace(chain.frontend.client, disabled_at=chain.world.now))
    assert introspect(chain.world, last, chain.archive.client, chain.archive.secret) == {"active": False}


def test_a_chain_of_exchanges_gains_no_time(chain: Chain) -> None:
    chain.world.now += 250
    middle = document(chain.frontend.exchange(chain.subject_token))
    assert middle["expires_in"] == 50 and claims_of(middle["access_token"])["exp"] == NOW + 300


def test_revoking_what_was_exchanged_leaves_the_grant_to_its_own_client(chain: Chain) -> None:
    middle = document(chain.frontend.exchange(chain.subject_token))["access_token"]
    finish(chain, "token", middle, chain.frontend.client, chain.frontend.secret)
    assert not introspect(chain.world, middle, chain.backend.client, chain.backend.secret)["active"]
    assert introspect(chain.world, chain.subject_token, chain.office)["active"]
    assert refused(chain.backend.exchange(middle, ARCHIVE), "invalid_request")


def test_the_actor_may_prove_itself_and_nobody_else_may_be_named(chain: Chain) -> None:
    for service, is_right in ((chain.frontend, True), (chain.backend, False)):
        actor = document(service.token({"grant_type": "client_credentials"}))["access_token"]
        proof = {"actor_token": actor, "actor_token_type": ACCESS_TOKEN}
        response = chain.frontend.exchange(chain.subject_token, **proof)
        if is_right:
            assert claims_of(document(response)["access_token"])["act"]["sub"] == service.client.client_id
        else:
            assert refused(response, "invalid_request")
    person = {"actor_token": chain.subject_token, "actor_token_type": ACCESS_TOKEN}
    assert refused(chain.frontend.exchange(chain.subject_token, **person), "invalid_request")


def test_a_chain_has_an_end(world: World) -> None:
    add_resource(world, BACKEND, "read")
    office = Office(world, resources={BACKEND: ["read"]})
    office.agree("openid read")
    service = Service(world, BACKEND, backend=["read"])
    code = location(office.ask(BACKEND, scope="openid read"))["code"]
    token = document(office.redeem(code, BACKEND))["access_token"]
    for _ in range(4):
        token = document(service.exchange(token))["access_token"]
    assert refused(service.exchange(token), "invalid_request")


def test_a_resource_that_needs_a_strong_sign_in_is_not_reached_by_a_weak_one(chain: Chain) -> None:
    add_resource(chain.world, BACKEND, "read", least_acr="LoA2")
    assert chain.frontend.exchange(chain.subject_token).status == 200
    for identifier, grant in chain.world.grants.rows.items():
        chain.world.grants.rows[identifier] = type(grant)(
            **{**{name: getattr(grant, name) for name in grant.__slots__}, "acr": "LoA1"}
        )
    assert refused(chain.frontend.exchange(chain.subject_token), "invalid_target")


def test_an_exchange_leaves_one_audit_row_that_says_who_for_whom_and_where(chain: Chain) -> None:
    chain.frontend.exchange(chain.subject_token)
    row = chain.world.events.rows[-1]
    assert (row["event"], row["account_id"]) == ("token.exchanged", "an")
    assert row["client_id"] == chain.frontend.client.client_id
    assert row["details"] == {"from": chain.office.client.client_id, "resource": BACKEND, "scope": "read"}


def test_a_token_of_ones_own_that_is_bound_is_exchanged_by_its_key_alone(world: World) -> None:
    """RFC 9449 §7.1: whoever stole the token has no proof."""
    add_resource(world, BACKEND, "read")
    service = Service(world, BACKEND, backend=["read"])
    add_resource(world, FRONTEND, "read")
    office = Office(world, resources={FRONTEND: ["read"]})
    office.agree("openid read")
    code = location(office.ask(FRONTEND, scope="openid read"))["code"]
    token = document(office.redeem(code, FRONTEND))["access_token"]
    holder = Service(world, FRONTEND, backend=["read"])

    def exchange(by: Service, token: str, key: Any = None) -> Response:
        form = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN}
        proof = make_proof("POST", f"{ISSUER}/token", world.now, key) if key else None
        request = post({**form, "resource": BACKEND}, basic(by.client.client_id, by.secret), dpop=proof)
        return world.provider.token.respond(request, world.now)

    bound = document(exchange(holder, token, KEY))
    assert bound["token_type"] == "DPoP"
    for key in (None, OTHER_KEY):
        assert refused(exchange(holder, bound["access_token"], key), "invalid_request")
    assert exchange(holder, bound["access_token"], KEY).status == 200
    assert exchange(service, bound["access_token"]).status == 200, "it was sent to its audience with a proof"
