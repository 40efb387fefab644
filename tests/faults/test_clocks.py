"""Machines whose clocks are half a minute apart, and a clock that jumps: nothing one-time is taken twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from tests.faults.conftest import own_target
from tests.person import TOTP_SECONDS
from tests.security.attack import AttackersBrowser
from tests.security.target import Party, Target, Victim
from tests.servers.clocks import environ_of_clock
from tests.servers.provider import Provider, running_provider

APART_SECONDS = 30
JUMP_SECONDS = -600
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = ECKey.generate_key("P-256", auto_kid=True)


class Pair:
    """Two nodes of one provider; the second one's clock is ahead."""

    def __init__(self, right: Target, ahead: Provider) -> None:
        self.right = right
        self.addresses = (right.address, f"http://127.0.0.1:{ahead.port}")

    def post_everywhere(
        self, path: str, form: dict[str, str], headers: dict[str, str], *, first: int
    ) -> list[int]:
        """Send the same request to one node, then to the other, then to the first again."""
        order = (first, 1 - first, first)
        answers = [
            httpx.post(self.addresses[n] + path, data=form, headers=headers, timeout=30) for n in order
        ]
        return [answer.status_code for answer in answers]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("clocks")
    with own_target(request.param, request, folder, workers=1) as right:
        ours = {name: value for name, value in right.provider.environ.items() if name.startswith("TNID_")}
        more = {**ours, **environ_of_clock(APART_SECONDS)}
        url = more.pop("TNID_DATABASE_URL", None)
        with running_provider(folder, database_url=url, workers=1, **more) as ahead:
            yield Pair(right, ahead)


def test_the_clocks_are_apart(pair: Pair) -> None:
    party, person = pair.right.new_client(), pair.right.new_person()
    times = []
    for address in pair.addresses:
        form = party.redemption(pair.right.new_code(person, party))
        answer = httpx.post(address + "/token", data=form, headers=party.basic)
        claims = jws.extract_compact(answer.json()["id_token"].encode()).payload
        times.append(json.loads(claims)["iat"])
    assert APART_SECONDS - 2 <= times[1] - times[0] <= APART_SECONDS + 10


@pytest.mark.parametrize("first", [0, 1])
def test_a_code_is_redeemed_once(pair: Pair, first: int) -> None:
    party, person = pair.right.new_client(), pair.right.new_person()
    code = pair.right.new_code(person, party)
    assert pair.post_everywhere("/token", party.redemption(code), party.basic, first=first) == [200, 400, 400]


def assertion(party: Party, issuer: str) -> dict[str, str]:
    now = int(time.time())
    claims = {
        "iss": party.client_id,
        "sub": party.client_id,
        "aud": issuer,
        "jti": uuid4().hex,
        "exp": now + 60,
    }
    header = {"alg": "ES256", "kid": KEY.kid}
    signed = jws.serialize_compact(header, json.dumps(claims), KEY, algorithms=["ES256"])
    return {"client_assertion_type": JWT_BEARER, "client_assertion": signed}


@pytest.mark.parametrize("first", [0, 1])
def test_an_assertion_is_taken_once(pair: Pair, first: int) -> None:
    party = pair.right.new_client(
        token_endpoint_auth_method="private_key_jwt", jwks={"keys": [KEY.as_dict(private=False)]}
    )
    form = {"token": "x", **assertion(party, pair.right.provider.issuer)}
    assert pair.post_everywhere("/introspect", form, {}, first=first) == [200, 401, 401]


def enter(browser: AttackersBrowser, code: str) -> Any:
    return browser.submit("otp_submit", {"otp_code": code})


@pytest.mark.parametrize("first", [0, 1])
def test_a_totp_code_is_taken_once(pair: Pair, first: int) -> None:
    party, person = pair.right.new_client(), pair.right.new_person()
    # For the half-minute to come here, which is the present one there: good at both until after its end
    person._last_step = int(time.time()) // TOTP_SECONDS
    code = person.next_code()
    browsers = [new_browser(pair, number, person, party) for number in (first, 1 - first)]
    assert not enter(browsers[0], code).has("otp_code")
    assert enter(browsers[1], code).has("otp_code")


def new_browser(pair: Pair, number: int, person: Victim, party: Party) -> AttackersBrowser:
    browser = AttackersBrowser(httpx.Client(timeout=30), pair.addresses[number])
    browser.sit_half_signed_in(person, pair.right, party)
    return browser


@pytest.mark.parametrize("first", [0, 1])
def test_a_pushed_request_begins_one_sign_in(pair: Pair, first: int) -> None:
    party, person = pair.right.new_client(), pair.right.new_person()
    pair.right.agree(person, party)
    pushed = httpx.post(pair.addresses[first] + "/par", data=party.query(), headers=party.basic)
    query = {"client_id": party.client_id, "request_uri": pushed.json()["request_uri"]}
    cookies = {"Cookie": f"tnid_session={pair.right.new_session(person)}"}
    places = []
    for number in (first, 1 - first, first):
        answer = httpx.get(pair.addresses[number] + "/authorize", params=query, headers=cookies)
        places.append("code=" in answer.headers.get("Location", ""))
    assert places == [True, False, False]


@pytest.mark.parametrize("fragile", ["sqlite"], indirect=True)
def test_a_clock_that_jumps_back_revives_nothing(fragile: Target) -> None:
    party, person = fragile.new_client(), fragile.new_person()
    code = fragile.new_code(person, party)
    form = party.redemption(code)
    assert fragile.http.post("/token", data=form, headers=party.basic).status_code == 200
    fragile.provider.stop()
    fragile.provider.environ |= environ_of_clock(JUMP_SECONDS)
    fragile.provider.start()
    with httpx.Client(base_url=fragile.address, timeout=30) as http:
        assert http.post("/token", data=form, headers=party.basic).status_code == 400
    # By its own clock it would go on waiting for what has ended
    fragile.provider.kill()
    fragile.provider.tnid("audit", "verify")
