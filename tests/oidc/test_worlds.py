"""A live client's tokens are of people who live, a sandbox's of those who are made up: at every endpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oidc.authorization.onward import Onward
from oidc.authorization.prompts import Prompt
from oidc.decoupled.models import CIBA, DEVICE_CODE
from oidc.http import Request, Response
from oidc.models import TOKEN_EXCHANGE, Client, EndUser
from oidc.token.endpoint import GRANTS
from oidc.worlds import MARK
from tests.oidc.test_ciba import Counter
from tests.oidc.test_device_grant import Terminal, find
from tests.oidc.test_resource_indicators import CALENDAR, Office, introspect
from tests.oidc.test_token_exchange import BACKEND, FRONTEND, Chain, Service, add_resource, refused
from tests.oidc.world import PERSON, World, basic, claims_of, document, location, post

MADE_UP = "made-up"


def sandbox_of(world: World, client: Client) -> Client:
    """Have a client be a sandbox's, as if it had been from its first moment."""
    made = replace(client, is_sandbox=True)
    world.clients.rows[client.client_id] = made
    return made


@pytest.fixture
def world() -> World:
    made = World()
    made.subjects.people[MADE_UP] = PERSON
    made.grants.made_up.add(MADE_UP)
    return made


def somebody(world: World, *, is_sandbox: bool) -> EndUser:
    return world.end_user(account_id=MADE_UP if is_sandbox else "an", is_sandbox=is_sandbox)


def agree(world: World) -> None:
    world.agree()
    for (_person, client_id), agreed in list(world.consents.rows.items()):
        world.consents.rows[MADE_UP, client_id] = agreed


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_nobody_of_the_other_world_is_signed_in(world: World, is_sandbox: bool) -> None:
    if is_sandbox:
        sandbox_of(world, world.client)
    agree(world)
    stranger = somebody(world, is_sandbox=not is_sandbox)
    assert isinstance(world.authorize(stranger), Prompt)
    silent = world.authorize(stranger, prompt="none")
    if is_sandbox:
        assert isinstance(silent, Onward) and silent.error.code == "login_required"
    else:
        assert isinstance(silent, Response) and location(silent)["error"] == "login_required"
    asked = Request("GET", world.query())
    assert (
        world.answer_silently(asked, account_id=stranger.account_id, is_sandbox=stranger.is_sandbox) is None
    )
    prompt = world.authorize()
    assert isinstance(prompt, Prompt)
    assert isinstance(world.resume(prompt, stranger), Prompt)
    assert not world.grants.rows
    own = world.authorize(somebody(world, is_sandbox=is_sandbox))
    assert isinstance(own, Response) and "code" in location(own)


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_no_grant_joins_the_two(world: World, is_sandbox: bool) -> None:
    """Whatever was taken for somebody's session: the store holds account and client to one world."""
    if is_sandbox:
        sandbox_of(world, world.client)
    agree(world)
    other = "an" if is_sandbox else MADE_UP
    posing = world.end_user(account_id=other, is_sandbox=is_sandbox)
    answer = world.authorize(posing)
    assert not (isinstance(answer, Response) and "code" in location(answer))
    assert not world.grants.rows


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_a_device_is_allowed_by_nobody_of_the_other_world(world: World, is_sandbox: bool) -> None:
    terminal = Terminal(world)
    client = sandbox_of(world, terminal.client) if is_sandbox else terminal.client
    agree(world)
    codes = terminal.codes()
    asked = find(world, codes["user_code"])
    other = replace(somebody(world, is_sandbox=not is_sandbox), account_id="an")
    assert not world.provider.decoupled.allow(asked, client, other, world.now)
    assert terminal.error(codes["device_code"]) == "authorization_pending"


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_a_counter_asks_nobody_of_the_other_world(world: World, is_sandbox: bool) -> None:
    counter = Counter(world)
    if is_sandbox:
        sandbox_of(world, counter.client)
    for name in ("an", MADE_UP):
        counter.asked(login_hint=name)
    people = {row.account_id for row in world.decoupled.rows.values()}
    assert people == {None, MADE_UP if is_sandbox else "an"}


class Trial(World):
    """A world of sandboxes, whose one person is made up."""

    is_sandbox = True

    def __init__(self) -> None:
        super().__init__()
        self.grants.made_up.add("an")

    def add_client(self, **document: Any) -> tuple[Client, str]:
        client, secret = super().add_client(**document)
        return sandbox_of(self, client) if self.is_sandbox else client, secret

    def end_user(self, **changes: Any) -> EndUser:
        return super().end_user(**{"is_sandbox": True, **changes})


@pytest.fixture
def trial() -> Chain:
    """A sandbox's client with a token for the frontend, and the frontend's own sandbox."""
    return Chain(Trial())


def live_frontend(chain: Chain) -> Service:
    chain.world.is_sandbox = False  # type: ignore[attr-defined]
    return Service(chain.world, FRONTEND, backend=["read", "delete"])


def test_no_live_resource_takes_a_sandboxs_token_for_its_own(trial: Chain) -> None:
    assert claims_of(trial.subject_token)["aud"] == FRONTEND + MARK
    live = live_frontend(trial)
    assert introspect(trial.world, trial.subject_token, live.client, live.secret) == {"active": False}
    own = introspect(trial.world, trial.subject_token, trial.frontend.client, trial.frontend.secret)
    assert own["active"] and own["aud"] == FRONTEND + MARK


def test_no_sandbox_is_told_of_a_live_token() -> None:
    chain = Chain(World())
    spy = Service(chain.world, FRONTEND, backend=["read"])
    spy.client = sandbox_of(chain.world, spy.client)
    assert claims_of(chain.subject_token)["aud"] == FRONTEND
    assert introspect(chain.world, chain.subject_token, spy.client, spy.secret) == {"active": False}
    assert refused(spy.exchange(chain.subject_token), "invalid_request")


def test_no_token_is_exchanged_into_the_other_world(trial: Chain) -> None:
    inside = document(trial.frontend.exchange(trial.subject_token))
    assert claims_of(inside["access_token"])["aud"] == BACKEND + MARK
    assert refused(live_frontend(trial).exchange(trial.subject_token), "invalid_request")


@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_a_sandbox_acting_for_itself_gets_marked_tokens_too(token_format: str) -> None:
    world = Trial()
    add_resource(world, CALENDAR, "calendar", token_format=token_format)
    client, secret = world.add_client(
        grant_types=["client_credentials"], redirect_uris=[], resources={CALENDAR: ["calendar"]}
    )
    asked = post({"grant_type": "client_credentials", "resource": CALENDAR}, basic(client.client_id, secret))
    token = document(world.provider.token.respond(asked, world.now))["access_token"]
    assert introspect(world, token, client, secret)["aud"] == CALENDAR + MARK
    world.is_sandbox = False
    calendar, its_secret = world.add_client(
        grant_types=["client_credentials"], redirect_uris=[], protected_resource=CALENDAR
    )
    assert introspect(world, token, calendar, its_secret) == {"active": False}


def test_every_grant_type_is_tried_here() -> None:
    """Whoever adds one thinks of the two worlds, and tries it above."""
    assert set(GRANTS) == {
        *("authorization_code", "refresh_token", "client_credentials"),
        *(DEVICE_CODE, CIBA, TOKEN_EXCHANGE),
    }


def test_a_refreshed_token_stays_where_it_is() -> None:
    world = Trial()
    office = Office(world)
    answer = office.sign_in(CALENDAR)
    again = document(office.refresh(answer["refresh_token"], CALENDAR))
    assert claims_of(again["access_token"])["aud"] == CALENDAR + MARK
