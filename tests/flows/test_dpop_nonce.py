"""A server whose operator asks DPoP proofs for nonces: RFC 9449 §8 and §9, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.oidc.proof import KEY, ath, make_proof
from tests.security.target import Target, running_target


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("strict")
    with running_target(folder, workers=2, TNID_DPOP_NONCE_REQUIRED="true") as running:
        yield running


def proof(target: Target, method: str, path: str, **changes: Any) -> str:
    return make_proof(method, target.provider.issuer + path, int(time.time()), KEY, **changes)


def test_a_nonce_of_one_worker_is_good_at_every_other(strict: Target) -> None:
    client, person = strict.new_client(), strict.new_person()
    form = client.redemption(strict.new_code(person, client))
    first = strict.http.post(
        "/token", data=form, headers={**client.basic, "DPoP": proof(strict, "POST", "/token")}
    )
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    nonce = first.headers["DPoP-Nonce"]
    again = {**client.basic, "DPoP": proof(strict, "POST", "/token", nonce=nonce)}
    answer = strict.http.post("/token", data=form, headers=again)
    assert answer.status_code == 200, "the code is not spent by the first try"
    token = answer.json()["access_token"]
    for _ in range(8):
        headers = {"Authorization": f"DPoP {token}", "Connection": "close"}
        dpop = proof(strict, "GET", "/userinfo", ath=ath(token), nonce=nonce)
        assert strict.http.get("/userinfo", headers={**headers, "DPoP": dpop}).status_code == 200
    refused = strict.http.get(
        "/userinfo", headers={**headers, "DPoP": proof(strict, "GET", "/userinfo", ath=ath(token))}
    )
    assert refused.status_code == 401 and refused.headers["DPoP-Nonce"]
    assert 'DPoP error="use_dpop_nonce"' in refused.headers["WWW-Authenticate"]


def test_a_bearer_s_token_needs_none(strict: Target) -> None:
    token = strict.new_tokens(strict.new_person(), strict.new_client())["access_token"]
    assert strict.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 200
