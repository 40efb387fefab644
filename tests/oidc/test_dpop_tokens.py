"""Tokens and codes bound by DPoP: RFC 9449 §5 to §10, at each endpoint that a proof comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from oidc.http import Request, Response
from oidc.models import Client
from oidc.token.dpop import DPOP_ALGS, NONCE_SECONDS
from tests.oidc.proof import KEY, OTHER_KEY, ath, make_proof
from tests.oidc.world import ISSUER, REDIRECT_URI, VERIFIER, World, basic, document, location, post

TOKEN = f"{ISSUER}/token"
USERINFO = f"{ISSUER}/userinfo"

# §5: tokens


def redeem(
    world: World, code: str, dpop: str | None, client: Client | None = None, secret: str = ""
) -> Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    return ask(world, {**form, "code_verifier": VERIFIER}, dpop, client, secret)


def ask(
    world: World, form: dict[str, str], dpop: str | None, client: Client | None = None, secret: str = ""
) -> Response:
    """Send a token request by the world's client, or by another."""
    if client is not None and client.is_public:
        request = post({**form, "client_id": client.client_id}, dpop=dpop)
    else:
        used = client or world.client
        request = post(form, basic(used.client_id, secret or world.secret), dpop=dpop)
    return world.provider.token.respond(request, world.now)


def token_proof(world: World, key: Any = KEY, **changes: Any) -> str:
    return make_proof("POST", TOKEN, world.now, key, **changes)


def userinfo(world: World, token: str, dpop: str | None, scheme: str = "DPoP") -> Response:
    request = Request("GET", authorization=f"{scheme} {token}", dpop=dpop)
    return world.provider.userinfo.respond(request, world.now)


def userinfo_proof(world: World, token: str, key: Any = KEY, **changes: Any) -> str:
    return make_proof("GET", USERINFO, world.now, key, **{"ath": ath(token), **changes})


def is_refused(response: Response, error: str, status: int = 400) -> bool:
    assert (response.status, document(response)["error"]) == (status, error), document(response)
    assert dict(response.headers)["Cache-Control"] == "no-store"
    return "access_token" not in document(response)


def challenges(response: Response) -> dict[str, str]:
    """Return the challenges by scheme."""
    return dict(v.partition(" ")[::2] for n, v in response.headers if n == "WWW-Authenticate")


def test_a_proof_binds_the_access_token_to_its_key(world: World) -> None:
    answer = document(redeem(world, world.new_code(), token_proof(world)))
    assert answer["token_type"] == "DPoP"
    token = answer["access_token"]
    assert userinfo(world, token, userinfo_proof(world, token)).status == 200
    assert userinfo(world, token, userinfo_proof(world, token), scheme="dpop").status == 200


def test_a_bound_token_is_no_bearer_s(world: World) -> None:
    token = document(redeem(world, world.new_code(), token_proof(world)))["access_token"]
    for dpop in (None, userinfo_proof(world, token)):
        response = userinfo(world, token, dpop, "Bearer")
        assert is_refused(response, "invalid_token", 401)
        found = challenges(response)
        assert (
            'error="invalid_token"' in found["Bearer"] and found["DPoP"] == 'algs="ES256 PS256 Ed25519 EdDSA"'
        )
    posted = post({"access_token": token}, dpop=make_proof("POST", USERINFO, world.now, ath=ath(token)))
    assert world.provider.userinfo.respond(posted, world.now).status == 401


def test_a_bearer_s_token_gets_in_by_no_proof(world: World) -> None:
    token = world.sign_in()["access_token"]
    response = userinfo(world, token, userinfo_proof(world, token))
    assert is_refused(response, "invalid_token", 401)
    assert 'error="invalid_token"' in challenges(response)["DPoP"]
    assert userinfo(world, token, userinfo_proof(world, token), "Bearer").status == 200


def test_userinfo_asks_for_a_proof_of_this_token_by_its_key(world: World) -> None:
    token = document(redeem(world, world.new_code(), token_proof(world)))["access_token"]
    used = userinfo_proof(world, token)
    assert userinfo(world, token, used).status == 200
    for dpop in (
        None,
        used,
        "",
        userinfo_proof(world, token, OTHER_KEY),
        userinfo_proof(world, token, ath=...),
        userinfo_proof(world, token, ath=ath("another")),
        userinfo_proof(world, token, htm="POST"),
        userinfo_proof(world, token, htu=TOKEN),
        userinfo_proof(world, token, iat=world.now - 3600),
        token_proof(world),
    ):
        response = userinfo(world, token, dpop)
        assert is_refused(response, "invalid_dpop_proof", 401)
        found = challenges(response)
        assert (
            'error="invalid_dpop_proof"' in found["DPoP"] and "algs=" in found["DPoP"] and "Bearer" in found
        )


def test_a_request_without_a_token_names_both_schemes(world: World) -> None:
    response = world.provider.userinfo.respond(Request("GET"), world.now)
    assert response.status == 401 and set(challenges(response)) == {"Bearer", "DPoP"}


def test_a_token_comes_once_by_either_scheme(world: World) -> None:
    token = document(redeem(world, world.new_code(), token_proof(world)))["access_token"]
    dpop = make_proof("POST", USERINFO, world.now, ath=ath(token))
    request = post({"access_token": token}, f"DPoP {token}", dpop=dpop)
    assert is_refused(world.provider.userinfo.respond(request, world.now), "invalid_request")


def test_a_wrong_proof_gets_no_token_and_spends_no_code(world: World) -> None:
    code = world.new_code()
    for dpop in (
        "",
        "x",
        token_proof(world, htm="GET"),
        token_proof(world, htu=USERINFO),
        token_proof(world, iat=1),
    ):
        assert is_refused(redeem(world, code, dpop), "invalid_dpop_proof")
    assert redeem(world, code, token_proof(world)).status == 200


def test_a_proof_is_refused_a_second_time_at_any_endpoint(world: World) -> None:
    proof = token_proof(world)
    assert redeem(world, world.new_code(), proof).status == 200
    response = redeem(world, world.new_code(), proof)
    assert is_refused(response, "invalid_dpop_proof")
    assert world.events.rows[-1]["reason"] == "dpop_proof_replayed"


def test_a_client_that_registered_it_always_sends_a_proof(world: World) -> None:
    client, secret = world.add_client(dpop_bound_access_tokens=True)
    assert client.metadata["dpop_bound_access_tokens"] is True
    code = world.new_code(client)
    assert is_refused(redeem(world, code, None, client, secret), "invalid_request")
    answer = document(redeem(world, code, token_proof(world), client, secret))
    assert answer["token_type"] == "DPoP"
    form = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    assert is_refused(ask(world, form, None, client, secret), "invalid_request")
    assert document(ask(world, form, token_proof(world), client, secret))["token_type"] == "DPoP"


def test_a_public_client_s_refresh_token_is_bound_too(world: World) -> None:
    client, _ = world.add_client(token_endpoint_auth_method="none")
    first = document(redeem(world, world.new_code(client), token_proof(world), client))
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert is_refused(ask(world, form, None, client), "invalid_grant")
    assert is_refused(ask(world, form, token_proof(world, OTHER_KEY), client), "invalid_grant")
    second = document(ask(world, form, token_proof(world), client))
    assert second["token_type"] == "DPoP", "a thief's try has not spent it"
    again = document(ask(world, form, token_proof(world), client))
    assert again["refresh_token"] == second["refresh_token"], "a lost answer can be asked for again"
    form["refresh_token"] = second["refresh_token"]
    assert is_refused(ask(world, form, None, client), "invalid_grant")


def test_a_confidential_client_may_change_its_key(world: World) -> None:
    first = document(redeem(world, world.new_code(), token_proof(world)))
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = document(ask(world, form, token_proof(world, OTHER_KEY)))
    token = second["access_token"]
    assert userinfo(world, token, userinfo_proof(world, token, OTHER_KEY)).status == 200
    assert userinfo(world, token, userinfo_proof(world, token, KEY)).status == 401


def test_a_client_s_own_token_is_bound_too(world: World) -> None:
    client, secret = world.add_client(
        grant_types=["client_credentials"], redirect_uris=[], scope="soc.events"
    )
    form = {"grant_type": "client_credentials"}
    answer = document(ask(world, form, token_proof(world), client, secret))
    assert answer["token_type"] == "DPoP"
    world.client, world.secret = client, secret
    assert introspect(world, answer["access_token"])["cnf"] == {"jkt": KEY.thumbprint()}


# §6: what others are told


def introspect(world: World, token: str) -> dict[str, Any]:
    request = post({"token": token}, basic(world.client.client_id, world.secret))
    return document(world.provider.introspection.respond(request, world.now))


def test_introspection_tells_the_key(world: World) -> None:
    bound = document(redeem(world, world.new_code(), token_proof(world)))
    found = introspect(world, bound["access_token"])
    assert found["token_type"] == "DPoP" and found["cnf"] == {"jkt": KEY.thumbprint()}
    plain = introspect(world, world.sign_in()["access_token"])
    assert plain["token_type"] == "Bearer" and "cnf" not in plain
    assert "cnf" not in introspect(world, bound["refresh_token"])


def test_discovery_tells_the_algorithms(world: World) -> None:
    found = document(world.provider.metadata())["dpop_signing_alg_values_supported"]
    assert found == list(DPOP_ALGS) and not {"none", "RS256", "HS256"} & set(found)


# §10: codes


def test_a_code_for_a_key_is_redeemed_by_that_key_alone(world: World) -> None:
    def new_code() -> str:
        code = world.new_code()
        identifier, grant = list(world.grants.rows.items())[-1]
        world.grants.rows[identifier] = replace(grant, dpop_jkt=KEY.thumbprint())
        return code

    assert is_refused(redeem(world, new_code(), token_proof(world, OTHER_KEY)), "invalid_grant")
    assert is_refused(redeem(world, new_code(), None), "invalid_grant")
    assert document(redeem(world, new_code(), token_proof(world)))["token_type"] == "DPoP"


def push(world: World, dpop: str | None, **changes: str | None) -> Response:
    form = dict(parse_qsl(world.query(**changes)))
    request = post(form, basic(world.client.client_id, world.secret), dpop=dpop)
    return world.provider.pushed_requests.respond(request, world.now)


def push_proof(world: World, key: Any = KEY, **changes: Any) -> str:
    return make_proof("POST", f"{ISSUER}/par", world.now, key, **changes)


@pytest.mark.parametrize("changes", [{}, {"dpop_jkt": KEY.thumbprint()}])
def test_a_proof_with_a_pushed_request_binds_the_code(world: World, changes: dict[str, str]) -> None:
    world.agree()
    answer = push(world, push_proof(world), **changes)
    assert answer.status == 201
    query = f"client_id={world.client.client_id}&request_uri={document(answer)['request_uri']}"
    code = location(world.ask(query, world.end_user()))["code"]  # type: ignore[arg-type]
    assert list(world.grants.rows.values())[-1].dpop_jkt == KEY.thumbprint()
    assert document(redeem(world, code, token_proof(world)))["token_type"] == "DPoP"


def test_a_pushed_request_s_proof_is_as_good_as_any(world: World) -> None:
    used = push_proof(world)
    assert push(world, used).status == 201
    for dpop in (used, "x", token_proof(world), push_proof(world, htm="GET"), push_proof(world, iat=1)):
        assert is_refused(push(world, dpop), "invalid_dpop_proof")
    other = push(world, push_proof(world), dpop_jkt=OTHER_KEY.thumbprint())
    assert is_refused(other, "invalid_dpop_proof")


# The server's nonce, by the operator's policy


@pytest.fixture
def strict(world: World) -> World:
    """A provider whose operator asks for nonces."""
    return World(dpop_nonce_required=True)


def test_the_server_s_nonce_at_the_token_endpoint(strict: World) -> None:
    code = strict.new_code()
    refused = redeem(strict, code, token_proof(strict))
    assert is_refused(refused, "use_dpop_nonce")
    nonce = dict(refused.headers)["DPoP-Nonce"]
    assert is_refused(redeem(strict, code, token_proof(strict, nonce=nonce + "x")), "use_dpop_nonce")
    strict.now += NONCE_SECONDS
    code = strict.new_code()
    answer = redeem(strict, code, token_proof(strict, nonce=nonce))
    assert answer.status == 200 and dict(answer.headers)["DPoP-Nonce"] != nonce


def test_the_server_s_nonce_at_userinfo(strict: World) -> None:
    nonce = dict(redeem(strict, "x", token_proof(strict)).headers)["DPoP-Nonce"]
    token = document(redeem(strict, strict.new_code(), token_proof(strict, nonce=nonce)))["access_token"]
    refused = userinfo(strict, token, userinfo_proof(strict, token))
    assert is_refused(refused, "use_dpop_nonce", 401)
    assert 'error="use_dpop_nonce"' in challenges(refused)["DPoP"]
    nonce = dict(refused.headers)["DPoP-Nonce"]
    assert userinfo(strict, token, userinfo_proof(strict, token, nonce=nonce)).status == 200


def test_without_a_proof_nothing_changes_under_that_policy(strict: World) -> None:
    token = strict.sign_in()["access_token"]
    assert strict.userinfo(token).status == 200
