"""The life of grants, as a state machine with a model of its own: whatever happens in whatever order, what
every token is worth is what the model says.

The model knows no handle, hash or row. It is written from RFC 6749, RFC 9700 and OpenID Connect Core, and
from what this provider promises: reuse ends everything, a lost answer gets the same successor, what is ended
stays ended. `House` is what the machine needs of a provider over some stores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from joserfc import jwt
from joserfc.jwk import KeySet

from keys import envelope, generate
from keys.signing_key import Rs256Key
from oidc.http import Request, Response
from oidc.models import EndUser
from oidc.provider import Provider
from tests.oidc.world import BROWSER, CHALLENGE, VERIFIER, basic, post

# The same lives each time where a failure must not depend on luck; new ones at every developer's run
DERANDOMIZED = os.environ.get("CI") == "true"

CODE_SECONDS = 60
ACCESS_TOKEN_SECONDS = 600
ID_TOKEN_SECONDS = 600
ONLINE_SECONDS = 12 * 3600
OFFLINE_SECONDS = 30 * 86400
GRACE_SECONDS = 10
MOST_CHECKED = 6
MOST_ROTATIONS = 3

PEOPLE = st.sampled_from(("an", "binh"))
CLIENT_NAMES = ("jobs", "market")
CLIENTS = st.sampled_from(CLIENT_NAMES)
MOMENTS = st.sampled_from((1, 9, 10, 11))
WAITS = st.sampled_from((59, 60, 61, 599, 600, 3600, ONLINE_SECONDS, OFFLINE_SECONDS))


class House(Protocol):
    """A provider with two people and two clients. Each call is a unit of work of its own."""

    now: int
    provider: Provider
    disabling_ends_grants: bool

    def unit(self) -> AbstractContextManager[Any]:
        """Open a unit of work for calls to the provider."""

    def client(self, name: str) -> tuple[str, str]:
        """Return identifier and secret of a client."""

    def end_user(self, person: str) -> EndUser:
        """Return the person as signed in now, signing in where no session lasts."""

    def agree(self, person: str, client: str) -> None: ...
    def withdraw(self, person: str, client: str) -> None: ...
    def sign_out(self, person: str) -> str | None:
        """End the person's session; return its sid, or None where there was none."""

    def set_active(self, person: str, active: bool) -> None: ...
    def set_enabled(self, client: str, enabled: bool) -> None: ...
    def rotate_keys(self) -> None: ...
    def restart(self) -> None:
        """Begin anew over the same stores."""

    def grant_rows(self) -> int: ...
    def broken(self) -> list[str]:
        """Return what the stores themselves find wrong."""

    def close(self) -> None: ...


@dataclass(eq=False)
class Life:
    """What the model knows of one grant. `refresh_tokens` are in the order of their issue."""

    client: str
    person: str
    sid: str
    offline: bool
    auth_time: int
    code_expires_at: int
    expires_at: int
    is_redeemed: bool = False
    is_ended: bool = False
    rotated_at: int = 0
    refresh_tokens: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Token:
    text: str
    life: Life
    expires_at: int


@pytest.fixture(scope="module", autouse=True)
def ready_made_keys() -> Iterator[None]:
    """Let RSA keys be handed out ready-made, and read once: either takes longer than a whole life."""
    made = cycle([Rs256Key(generate_private_key(65537, 2048)) for _ in range(MOST_ROTATIONS + 1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(generate.GENERATORS, Rs256Key.alg, lambda: next(made))
        patch.setattr(envelope, "parse_der", cache(envelope.parse_der))
        yield


def read(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(response.body)
    return found


class GrantLife(RuleBasedStateMachine):
    """A subclass says by `new_house` over which stores."""

    codes = Bundle("codes")

    def new_house(self) -> House:
        raise NotImplementedError

    @initialize()
    def open_house(self) -> None:
        self.house = self.new_house()
        self.lives: list[Life] = []
        self.tokens: list[Token] = []
        self.id_tokens: list[tuple[str, int]] = []
        self.subs: dict[tuple[str, str], str] = {}
        self.shut_people: set[str] = set()
        self.shut_clients: set[str] = set()
        self.rotations = 0

    def teardown(self) -> None:
        if hasattr(self, "house"):
            for token in self.tokens:
                self.check_access(token)
            assert not self.house.broken()
            self.house.close()

    # What the model says

    @property
    def now(self) -> int:
        return self.house.now

    def is_live(self, life: Life) -> bool:
        if life.is_ended or not life.is_redeemed or life.person in self.shut_people:
            return False
        return self.now < life.expires_at

    def end(self, *lives: Life) -> None:
        for life in lives:
            life.is_ended = True

    # What happens

    def post_as(self, client: str, form: dict[str, str]) -> Response:
        with self.house.unit():
            return self.house.provider.token.respond(
                post(form, basic(*self.house.client(client))), self.house.now
            )

    def is_refused(self, response: Response, client: str, error: str = "invalid_grant") -> bool:
        """Say whether the answer is this refusal, or that of a client that is shut."""
        expected = (401, "invalid_client") if client in self.shut_clients else (400, error)
        return (response.status, read(response).get("error")) == expected

    @rule(target=codes, person=PEOPLE, client=CLIENTS, offline=st.booleans())
    def authorize(self, person: str, client: str, offline: bool) -> Any:
        """Nobody gets a code where person or client is shut."""
        if person in self.shut_people or client in self.shut_clients:
            return multiple()
        end_user = self.house.end_user(person)
        self.house.agree(person, client)
        scope = "openid offline_access" if offline else "openid"
        query = {
            "client_id": self.house.client(client)[0],
            "redirect_uri": redirect_uri(client),
            "response_type": "code",
            "scope": scope,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        with self.house.unit():
            request = Request("GET", urlencode(query))
            answer = self.house.provider.authorization.authorize(
                request, lambda _: end_user, BROWSER, self.now
            )
        assert isinstance(answer, Response) and answer.status == 303, answer
        came = dict(parse_qsl(urlsplit(dict(answer.headers)["Location"]).query))
        lasts_until = self.now + OFFLINE_SECONDS if offline else end_user.auth_time + ONLINE_SECONDS
        life = Life(
            client,
            person,
            end_user.sid,
            offline,
            end_user.auth_time,
            self.now + CODE_SECONDS,
            lasts_until,
        )
        self.lives.append(life)
        return came["code"], life

    @rule(given=codes, by_owner=st.sampled_from((True, True, True, False)))
    def redeem(self, given: Any, by_owner: bool) -> None:
        code, life = given
        client = life.client if by_owner else other(life.client)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri(life.client)}
        response = self.post_as(client, {**form, "code_verifier": VERIFIER})
        if client in self.shut_clients:
            assert self.is_refused(response, client)
        elif life.is_redeemed:
            assert self.is_refused(response, client)
            self.end(life)
        elif not by_owner:
            # RFC 9700 §4.5: in a wrong hand, nobody gets a second guess, whatever else is wrong
            assert self.is_refused(response, client)
            self.end(life)
        elif not self.is_redeemable(life):
            assert self.is_refused(response, client)
        else:
            life.is_redeemed = True
            self.keep(life, response)

    def is_redeemable(self, life: Life) -> bool:
        if life.is_ended or life.person in self.shut_people:
            return False
        return self.now < min(life.code_expires_at, life.expires_at)

    def keep(self, life: Life, response: Response) -> None:
        """Take a token response to the model, and hold it to what a token response is."""
        tokens = read(response)
        assert response.status == 200, tokens
        expires_at = min(self.now + ACCESS_TOKEN_SECONDS, life.expires_at)
        assert tokens["expires_in"] == expires_at - self.now
        if tokens["refresh_token"] not in life.refresh_tokens:
            life.refresh_tokens.append(tokens["refresh_token"])
        self.tokens.append(Token(tokens["access_token"], life, expires_at))
        self.id_tokens.append((tokens["id_token"], self.now + ID_TOKEN_SECONDS))
        claims = self.verify(tokens["id_token"])
        assert claims["auth_time"] == life.auth_time and claims["iat"] == self.now
        assert claims["sub"] == self.subs.setdefault((life.person, life.client), claims["sub"])
        assert len(set(self.subs.values())) == len(self.subs), "nobody has one sub at two clients"

    @rule(person=PEOPLE, client=CLIENTS, offline=st.booleans(), times=st.integers(0, 3))
    def sign_in_and_go_on(self, person: str, client: str, offline: bool, times: int) -> None:
        """What most lives are: a code redeemed at once, and the tokens refreshed now and then."""
        made = self.authorize(person, client, offline)
        if isinstance(made, tuple):
            self.redeem(made, True)
            for _ in range(times):
                self.refresh(made[1], 0, client)

    @precondition(lambda self: any(life.refresh_tokens for life in self.lives))
    @rule(data=st.data(), back=st.sampled_from((0, 0, 1, 1, 1, 2)))
    def send_refresh_token(self, data: st.DataObject, back: int) -> None:
        """Its owner sends the refresh token that was issued `back` rotations ago."""
        life = data.draw(st.sampled_from([life for life in self.lives if life.refresh_tokens][-3:]))
        self.refresh(life, back, life.client)

    @precondition(lambda self: any(life.refresh_tokens for life in self.lives))
    @rule(data=st.data())
    def send_anothers_refresh_token(self, data: st.DataObject) -> None:
        life = data.draw(st.sampled_from([life for life in self.lives if life.refresh_tokens][-3:]))
        self.refresh(life, 0, other(life.client))

    def refresh(self, life: Life, back: int, client: str) -> None:
        back = min(back, len(life.refresh_tokens) - 1)
        token = life.refresh_tokens[-1 - back]
        response = self.post_as(client, {"grant_type": "refresh_token", "refresh_token": token})
        if client in self.shut_clients or client != life.client or not self.is_live(life):
            assert self.is_refused(response, client)
        elif back == 0:
            issued = len(life.refresh_tokens)
            self.keep(life, response)
            assert len(life.refresh_tokens) == issued + 1
            life.rotated_at = self.now
        elif back == 1 and self.now - life.rotated_at <= GRACE_SECONDS:
            issued = len(life.refresh_tokens)
            self.keep(life, response)
            assert len(life.refresh_tokens) == issued, "a lost answer gets the same successor"
            assert read(response)["refresh_token"] == life.refresh_tokens[-1]
        else:
            assert self.is_refused(response, client)
            self.end(life)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), kind=st.sampled_from(("access", "refresh")), by_owner=st.booleans())
    def revoke(self, data: st.DataObject, kind: str, by_owner: bool) -> None:
        """RFC 7009: either token ends the grant; another client's, and one that is no more, nothing."""
        token = data.draw(st.sampled_from(self.tokens[-4:]))
        life = token.life
        client = life.client if by_owner else other(life.client)
        text = token.text if kind == "access" else life.refresh_tokens[0]
        with self.house.unit():
            request = post({"token": text}, basic(*self.house.client(client)))
            response = self.house.provider.revocation.respond(request, self.now)
        if client in self.shut_clients:
            assert response.status == 401
            return
        assert response.status == 200
        if by_owner:
            self.end(life)

    @rule(person=PEOPLE)
    def disable_or_enable_person(self, person: str) -> None:
        active = person in self.shut_people
        self.house.set_active(person, active)
        if active:
            self.shut_people.remove(person)
            return
        self.shut_people.add(person)
        if self.house.disabling_ends_grants:
            self.end(*(life for life in self.lives if life.person == person))

    @rule(client=CLIENTS)
    def disable_or_enable_client(self, client: str) -> None:
        self.house.set_enabled(client, client in self.shut_clients)
        self.shut_clients ^= {client}

    @rule(person=PEOPLE, client=CLIENTS)
    def withdraw_consent(self, person: str, client: str) -> None:
        self.house.withdraw(person, client)
        self.end(*(life for life in self.lives if (life.person, life.client) == (person, client)))

    @rule(person=PEOPLE)
    def sign_out(self, person: str) -> None:
        sid = self.house.sign_out(person)
        self.end(*(life for life in self.lives if life.sid == sid and not life.offline))

    @precondition(lambda self: self.rotations < MOST_ROTATIONS)
    @rule()
    def rotate_keys(self) -> None:
        self.house.rotate_keys()
        self.rotations += 1

    @rule(seconds=MOMENTS)
    def wait_a_moment(self, seconds: int) -> None:
        self.house.now += seconds

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        self.house.now += seconds

    @rule()
    def restart(self) -> None:
        self.house.restart()

    # What holds after every step

    @invariant()
    def tokens_are_worth_what_the_model_says(self) -> None:
        for token in self.tokens[-MOST_CHECKED:]:
            self.check_access(token)

    @invariant()
    def only_the_last_refresh_token_is_one(self) -> None:
        for life in [life for life in self.lives if life.refresh_tokens][-2:]:
            for token in life.refresh_tokens[-2:]:
                is_last = token == life.refresh_tokens[-1]
                self.check_introspection(token, life, self.is_live(life) and is_last)

    @invariant()
    def every_id_token_that_counts_verifies_by_the_published_keys(self) -> None:
        for token, expires_at in self.id_tokens[-3:]:
            if self.now < expires_at:
                self.verify(token)

    @invariant()
    def a_grant_is_one_row_however_often_it_is_refreshed(self) -> None:
        assert self.house.grant_rows() == len(self.lives)

    def check_access(self, token: Token) -> None:
        is_good = self.is_live(token.life) and self.now < token.expires_at
        self.check_introspection(token.text, token.life, is_good)
        with self.house.unit():
            request = Request("GET", authorization=f"Bearer {token.text}")
            response = self.house.provider.userinfo.respond(request, self.now)
        if not is_good or token.life.client in self.shut_clients:
            assert response.status == 401, read(response)
        else:
            assert response.status == 200, read(response)
            assert read(response)["sub"] == self.subs[token.life.person, token.life.client]

    def check_introspection(self, token: str, life: Life, is_good: bool) -> None:
        with self.house.unit():
            request = post({"token": token}, basic(*self.house.client(life.client)))
            response = self.house.provider.introspection.respond(request, self.now)
        if life.client in self.shut_clients:
            assert response.status == 401
        else:
            assert read(response)["active"] is is_good, read(response)

    def verify(self, token: str) -> dict[str, Any]:
        with self.house.unit():
            published = self.house.provider.jwks(self.now)
        decoded = jwt.decode(token, KeySet.import_key_set(orjson.loads(published.body)), algorithms=["RS256"])
        return dict(decoded.claims)


def redirect_uri(client: str) -> str:
    """Hosts of their own give clients pairwise subjects of their own: OpenID Connect Core §8.1."""
    return f"https://{client}.example/cb"


def other(client: str) -> str:
    return {"jobs": "market", "market": "jobs"}[client]
