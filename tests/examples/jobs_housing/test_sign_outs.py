"""What an application does when it is told that somebody has signed out elsewhere: Back-Channel Logout §2."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, session
from joserfc.jwk import ECKey

from examples.relying_party.configuration import load
from examples.relying_party.sign_in import SignedIn
from examples.relying_party.sign_outs import EVENT, SignOuts
from examples.relying_party.visits import Visits
from tests.examples.jobs_housing.issuer import CLIENT_ID, Issuer, running_issuer

LAN = SignedIn(CLIENT_ID, "lan", {}, {"sid": "first"}, ("openid",), ("openid",), "", "an ID token")
Hear = Callable[[str], int]


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def visits() -> Visits:
    return Visits()


@pytest.fixture
def app(issuer: Issuer, visits: Visits, tmp_path: Path) -> Flask:
    credentials = tmp_path / "demo.json"
    credentials.write_text(json.dumps({"clients": {CLIENT_ID: {"client_id": CLIENT_ID}}}))
    environ = {"DEMO_ISSUER": issuer.url, "DEMO_CREDENTIALS": str(credentials)}
    sign_outs, app = SignOuts(load(environ, default_port=1), visits), Flask("application", static_folder=None)
    app.secret_key = "of a test"
    app.add_url_rule("/told", view_func=lambda: sign_outs.hear(CLIENT_ID), methods=["POST"])
    return app


@pytest.fixture
def hear(app: Flask) -> Hear:
    return lambda token: app.test_client().post("/told", data={"logout_token": token}).status_code


def claims_of(issuer: Issuer, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    about = {"sub": "lan", "sid": "first", "events": {EVENT: {}}}
    return {"iss": issuer.url, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": "1", **about, **changes}


def test_every_browser_of_that_session_is_signed_out_and_no_other(
    app: Flask, visits: Visits, issuer: Issuer, hear: Hear
) -> None:
    seen = {}
    for browser, sid in (("phone", "first"), ("desk", "first"), ("later", "second")):
        with app.test_request_context():
            visits.open(replace(LAN, id_token_claims={"sid": sid}))
            seen[browser] = session["visit"]
    assert hear(issuer.sign(claims_of(issuer), typ="logout+jwt")) == 200
    signed_in = []
    for browser, visit in seen.items():
        with app.test_request_context():
            session["visit"] = visit
            signed_in += [browser] if visits.find(CLIENT_ID) else []
    assert signed_in == ["later"]


def test_what_is_no_logout_token_for_us_ends_nothing(
    app: Flask, visits: Visits, issuer: Issuer, hear: Hear
) -> None:
    with app.test_request_context():
        visits.open(LAN)
        visit = session["visit"]
    now = int(time.time())
    wrong: list[dict[str, Any]] = [
        {"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": now - 60}, {"exp": None},
        {"iat": now + 600}, {"events": {}}, {"events": {EVENT: True}}, {"nonce": "n"},
        {"sid": ""}, {"sid": 7},
    ]  # fmt: skip
    tokens = [issuer.sign(claims_of(issuer, **changes), typ="logout+jwt") for changes in wrong]
    tokens += [issuer.sign(claims_of(issuer), typ="JWT"), "", "x", "a.b.c"]
    tokens += [issuer.sign(claims_of(issuer), typ="logout+jwt", key=ECKey.generate_key("P-256"))]
    assert [hear(token) for token in tokens] == [400] * len(tokens)
    with app.test_request_context():
        session["visit"] = visit
        assert visits.find(CLIENT_ID) == LAN


def test_what_cannot_be_checked_now_is_told_again(issuer: Issuer, hear: Hear) -> None:
    token = issuer.sign(claims_of(issuer), typ="logout+jwt")
    issuer.document = lambda _path: {"jwks_uri": "http://127.0.0.1:9/"}  # type: ignore[method-assign]
    assert hear(token) == 503
