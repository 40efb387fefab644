"""The token endpoint: RFC 6749 §4.1.3, §4.4, §5 and §6; RFC 9700 §4.5 and §4.14."""

from __future__ import annotations

import pytest

from oidc.http import Response
from oidc.token.handles import ACCESS, Handle, Handles
from tests.oidc.world import (
    ISSUER,
    NOW,
    REDIRECT_URI,
    VERIFIER,
    World,
    basic,
    claims_of,
    document,
    half_hash,
    post,
)


def refused(response: Response, error: str, status: int = 400) -> bool:
    assert document(response)["error"] == error, document(response)
    assert dict(response.headers)["Cache-Control"] == "no-store"
    return response.status == status


def test_a_code_gives_tokens_of_the_right_shape(world: World) -> None:
    code = world.new_code(scope="openid profile", nonce="n-0S6_WzA2Mj")
    response = world.redeem(code)
    answer = document(response)
    assert response.status == 200 and dict(response.headers)["Cache-Control"] == "no-store"
    assert answer["token_type"] == "Bearer" and answer["expires_in"] == 600
    assert answer["scope"] == "openid profile" and answer["refresh_token"]
    claims = claims_of(answer["id_token"])
    assert claims["iss"] == ISSUER and claims["aud"] == world.client.client_id
    assert claims["nonce"] == "n-0S6_WzA2Mj" and claims["at_hash"] == half_hash(answer["access_token"])
    assert claims["iat"] == NOW and claims["exp"] == NOW + 600 and claims["auth_time"] == NOW - 100
    assert claims["acr"] == "LoA2" and claims["amr"] == ["pwd", "otp", "mfa"] and claims["sid"] == "sid-1"
    assert "name" not in claims, "profile claims go to the ID token only where the claims parameter asks"


def test_the_id_token_is_signed_as_the_client_registered(world: World) -> None:
    client, secret = world.add_client(id_token_signed_response_alg="ES256")
    code = world.new_code(client)
    answer = document(world.redeem(code, client=client, secret=secret))
    claims = world.keyring.verify(answer["id_token"], typ="JWT", now=world.now)
    assert claims["aud"] == client.client_id
    header = claims_of("." + answer["id_token"].split(".")[0] + ".")
    assert header["alg"] == "ES256" and header["kid"]


def test_claims_asked_for_in_the_id_token_are_there(world: World) -> None:
    answer = world.sign_in(claims='{"id_token":{"name":null,"birthdate":null}}')
    claims = claims_of(answer["id_token"])
    assert claims["name"] == "Nguyễn Văn An" and "birthdate" not in claims


def test_reusing_a_code_revokes_its_tokens(world: World) -> None:
    code = world.new_code()
    answer = document(world.redeem(code))
    assert world.userinfo(answer["access_token"]).status == 200
    assert refused(world.redeem(code), "invalid_grant")
    assert world.userinfo(answer["access_token"]).status == 401
    assert refused(world.refresh(answer["refresh_token"]), "invalid_grant")
    reasons = [row["reason"] for row in world.events.rows if row["event"] == "token.refused"]
    assert reasons == ["code_reused", "invalid_grant"]


def test_a_code_lasts_sixty_seconds(world: World) -> None:
    code = world.new_code()
    world.now += 60
    assert refused(world.redeem(code), "invalid_grant")


def test_a_wrong_verifier_spends_the_code(world: World) -> None:
    code = world.new_code()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    assert refused(world.token({**body, "code_verifier": "x" * 43}), "invalid_grant")
    assert refused(world.redeem(code), "invalid_grant")


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": None}, {"redirect_uri": REDIRECT_URI + "2"}, {"code_verifier": None}]
)
def test_redirect_uri_and_verifier_must_come_back(world: World, changes: dict[str, str | None]) -> None:
    body = {
        "grant_type": "authorization_code",
        "code": world.new_code(),
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
        **changes,
    }
    assert refused(world.token({n: v for n, v in body.items() if v is not None}), "invalid_grant")


def test_a_verifier_for_a_code_without_challenge_is_a_downgrade(world: World) -> None:
    client, secret = world.add_client(require_pkce=False)
    code = world.new_code(client, code_challenge=None, code_challenge_method=None)
    assert refused(world.redeem(code, client=client, secret=secret), "invalid_grant")


def test_another_clients_code_is_burned(world: World) -> None:
    other, secret = world.add_client()
    code = world.new_code()
    assert refused(world.redeem(code, client=other, secret=secret), "invalid_grant")
    assert refused(world.redeem(code), "invalid_grant")


def test_a_disabled_account_redeems_and_refreshes_nothing(world: World) -> None:
    tokens = world.sign_in()
    code = world.new_code()
    world.subjects.disabled.add("an")
    assert refused(world.redeem(code), "invalid_grant")
    assert refused(world.refresh(tokens["refresh_token"]), "invalid_grant")
    assert world.userinfo(tokens["access_token"]).status == 401


# Refresh


def test_a_refresh_rotates_and_keeps_who_and_when(world: World) -> None:
    first = world.sign_in()
    world.now += 30
    second = document(world.refresh(first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    before, after = claims_of(first["id_token"]), claims_of(second["id_token"])
    assert [before[n] == after[n] for n in ("iss", "sub", "aud", "auth_time", "sid")] == [True] * 5
    assert after["iat"] == NOW + 30
    assert len(world.grants.rows) == 1, "refreshing adds no row"


def test_a_lost_answer_gets_the_same_successor(world: World) -> None:
    first = world.sign_in()
    second = document(world.refresh(first["refresh_token"]))
    world.now += 10
    again = document(world.refresh(first["refresh_token"]))
    assert again["refresh_token"] == second["refresh_token"]
    assert world.refresh(second["refresh_token"]).status == 200


def test_reusing_an_old_refresh_token_ends_the_family(world: World) -> None:
    first = world.sign_in()
    second = document(world.refresh(first["refresh_token"]))
    third = document(world.refresh(second["refresh_token"]))
    assert refused(world.refresh(first["refresh_token"]), "invalid_grant")
    assert refused(world.refresh(third["refresh_token"]), "invalid_grant")
    assert world.userinfo(third["access_token"]).status == 401
    reused = [row for row in world.events.rows if row.get("reason") == "refresh_token_reused"]
    assert reused and reused[0]["account_id"] == "an"


def test_the_last_refresh_token_after_the_grace_is_reuse_too(world: World) -> None:
    first = world.sign_in()
    second = document(world.refresh(first["refresh_token"]))
    world.now += 11
    assert refused(world.refresh(first["refresh_token"]), "invalid_grant")
    assert refused(world.refresh(second["refresh_token"]), "invalid_grant")


def test_another_clients_refresh_token_is_refused_and_lives_on(world: World) -> None:
    other, secret = world.add_client()
    tokens = world.sign_in()
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert refused(world.token(body, other, secret), "invalid_grant")
    assert world.refresh(tokens["refresh_token"]).status == 200


def test_scope_may_shrink_and_never_grow(world: World) -> None:
    tokens = world.sign_in(scope="openid profile email")
    assert refused(world.refresh(tokens["refresh_token"], scope="openid address"), "invalid_scope")
    narrow = document(world.refresh(tokens["refresh_token"], scope="openid email"))
    assert narrow["scope"] == "openid email"
    assert "name" not in document(world.userinfo(narrow["access_token"]))
    wide = document(world.refresh(narrow["refresh_token"]))
    assert wide["scope"] == "openid profile email"


def test_a_grant_ends_absolutely_however_often_it_is_refreshed(world: World) -> None:
    token = world.sign_in(scope="openid offline_access")["refresh_token"]
    for _day in range(29):
        world.now += 86400
        token = document(world.refresh(token))["refresh_token"]
    world.now += 86400
    assert refused(world.refresh(token), "invalid_grant")


def test_without_offline_access_a_grant_ends_with_its_session(world: World) -> None:
    online = world.sign_in()
    offline = world.sign_in(scope="openid offline_access")
    world.grants.revoke_by_session("sid-1", world.now)
    assert refused(world.refresh(online["refresh_token"]), "invalid_grant")
    assert world.refresh(offline["refresh_token"]).status == 200


def test_no_refresh_token_for_a_client_that_did_not_register_the_grant(world: World) -> None:
    client, secret = world.add_client(grant_types=["authorization_code"])
    code = world.new_code(client)
    answer = document(world.redeem(code, client=client, secret=secret))
    assert "refresh_token" not in answer
    body = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert refused(world.token(body, client, secret), "unauthorized_client")


# Client credentials


def test_a_client_acts_for_itself_without_a_row(world: World) -> None:
    client, secret = world.add_client(
        grant_types=["client_credentials"], redirect_uris=[], scope="soc.events"
    )
    answer = document(world.token({"grant_type": "client_credentials"}, client, secret))
    assert answer["scope"] == "soc.events" and "refresh_token" not in answer and not world.grants.rows
    assert world.userinfo(answer["access_token"]).status == 403


@pytest.mark.parametrize("scope", ["openid", "profile", "admin"])
def test_a_client_gets_no_persons_scope_for_itself(world: World, scope: str) -> None:
    client, secret = world.add_client(
        grant_types=["client_credentials", "authorization_code"], scope="openid profile soc.events"
    )
    body = {"grant_type": "client_credentials", "scope": scope}
    assert refused(world.token(body, client, secret), "invalid_scope")


def test_a_grant_type_must_be_registered(world: World) -> None:
    assert refused(world.token({"grant_type": "client_credentials"}), "unauthorized_client")
    assert refused(world.token({"grant_type": "password"}), "unsupported_grant_type")
    assert refused(world.token({}), "invalid_request")


# The request's form


@pytest.mark.parametrize(
    "changes",
    [
        {"query": "grant_type=authorization_code"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"content_type": "application/json"},
        {"body": b"grant_type=a&grant_type=b"},
        {"body": b"code=1&code=1"},
        {"body": b"code=%00"},
        {"body": b"code=%ED%A0%80"},
        {"body": b"code=%C0%AF"},
        {"body": b"&".join(b"a%d=1" % n for n in range(200))},
        {"body": b"code=" + b"a" * 200_000},
        {"method": "GET"},
    ],
)
def test_a_malformed_request_is_invalid_request(world: World, changes: dict[str, object]) -> None:
    request = post(
        {"grant_type": "authorization_code"}, basic(world.client.client_id, world.secret), **changes
    )
    assert refused(world.provider.token.respond(request, world.now), "invalid_request")


def test_each_refusal_leaves_one_audit_row(world: World) -> None:
    world.redeem("unknown")
    world.token({"grant_type": "password"}, secret="wrong")
    assert [row["reason"] for row in world.events.rows] == ["invalid_grant", "invalid_client"]


# Handles


def test_a_handle_reads_back_and_any_change_breaks_it() -> None:
    handles = Handles(b"k" * 32)
    handle = Handle(ACCESS, "grant", 1, 2, 3, "openid email")
    token = handles.write(handle)
    assert handles.read(token) == handle and handles.write(handle) == token
    assert Handles(b"x" * 32).read(token) is None
    for position in range(0, len(token), 7):
        other = "A" if token[position] != "A" else "B"
        assert handles.read(token[:position] + other + token[position + 1 :]) is None


@pytest.mark.parametrize("token", ["", "a", "ä", "=", "A" * 3000, "....", "A" * 120, "\ud800"])
def test_a_strangers_token_is_no_handle(token: str) -> None:
    assert Handles(b"k" * 32).read(token) is None
