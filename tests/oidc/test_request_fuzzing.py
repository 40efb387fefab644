"""Whatever a client signs, or somebody bends on the way, is answered or refused, and never fails."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from oidc.authorization.prompts import Prompt
from oidc.errors import PageError
from oidc.http import Response
from tests.oidc import proof
from tests.oidc.test_request_object import claims, key_for, public
from tests.oidc.world import REDIRECT_URI, World, basic, document, post

NAMES = st.sampled_from(
    [
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "code_challenge",
        "code_challenge_method",
        "max_age",
        "claims",
        "id_token_hint",
        "login_hint",
        "ui_locales",
        "acr_values",
        "dpop_jkt",
        "resource",
        "registration",
        "request",
        "request_uri",
        "display",
    ]
)
ODD = st.sampled_from(["", "\x00", "é", "none login", "openid", "code", "https://evil.example/", "x" * 5000])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HEADERS = st.fixed_dictionaries(
    {
        "alg": st.just("ES256") | st.sampled_from(["none", "HS256", "RS256", 5, None]),
        "kid": st.just("k") | JSON,
    },
    optional=dict.fromkeys(("typ", "crit", "b64", "cty", "jwk", "x5c", "jku", "zip"), JSON),
)


@given(header=HEADERS, changes=st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=4))
@settings(max_examples=200, deadline=None, derandomize=os.environ.get("CI") == "true")
def test_any_signed_object_is_answered_or_refused(header: dict[str, Any], changes: dict[str, Any]) -> None:
    world = World()
    world.client, world.secret = world.add_client(jwks=public(key_for("ES256")))
    world.agree()
    payload = orjson.dumps({**claims(world.client), **changes})
    check_answers(world, proof.sign(header, payload, key_for("ES256"), "ES256"))


@given(at=st.integers(0, 2000), put=st.text(max_size=3), cut=st.integers(0, 3))
@settings(max_examples=100, deadline=None, derandomize=os.environ.get("CI") == "true")
def test_a_bent_object_is_refused_unless_it_says_the_same(at: int, put: str, cut: int) -> None:
    world = World()
    world.client, world.secret = world.add_client(jwks=public(key_for("ES256")))
    world.agree()
    good = proof.sign({"alg": "ES256"}, orjson.dumps(claims(world.client)), key_for("ES256"), "ES256")
    place = at % len(good)
    check_answers(world, good[:place] + put + good[place + cut :])


def check_answers(world: World, token: str) -> None:
    """Send the object by both ways; what is granted is what any client might have asked for."""
    form = {"client_id": world.client.client_id, "request": token}
    for beside in ({}, {"redirect_uri": REDIRECT_URI, "response_type": "code"}):
        answer = world.ask(urlencode({**form, **beside}), world.end_user())
        assert isinstance(answer, Response | Prompt | PageError)
        if isinstance(answer, Response) and answer.status == 303:
            assert dict(answer.headers)["Location"].startswith(REDIRECT_URI + "?")
    pushed = world.provider.pushed_requests.respond(
        post(form, basic(world.client.client_id, world.secret)), world.now
    )
    assert pushed.status == 201 or document(pushed)["error"].startswith(("invalid_", "un", "registration_"))
    for grant in world.grants.rows.values():
        assert grant.client_id == world.client.client_id and grant.redirect_uri == REDIRECT_URI
        assert grant.code_challenge and "openid" in grant.scopes
