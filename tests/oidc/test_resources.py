"""UserInfo (OpenID Connect Core §5.3), introspection (RFC 7662), revocation (RFC 7009), discovery, logout."""

from __future__ import annotations

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata

from oidc.errors import InvalidRequest
from oidc.http import Request, Response
from oidc.parameters import Parameters, parse
from tests.oidc.world import ISSUER, VERIFIER, World, basic, claims_of, document, post

# UserInfo


def test_userinfo_gives_what_was_agreed_to_and_no_more(world: World) -> None:
    tokens = world.sign_in(scope="openid phone")
    answer = document(world.userinfo(tokens["access_token"]))
    sub = claims_of(tokens["id_token"])["sub"]
    assert answer == {"sub": sub, "phone_number": "+84912345678", "phone_number_verified": False}


def test_openid_alone_gives_the_subject_alone(world: World) -> None:
    assert set(document(world.userinfo(world.sign_in()["access_token"]))) == {"sub"}


def test_a_claim_that_was_asked_for_by_name_is_there_and_an_empty_one_is_left_out(world: World) -> None:
    tokens = world.sign_in(claims='{"userinfo":{"name":{"essential":true},"birthdate":null}}')
    assert set(document(world.userinfo(tokens["access_token"]))) == {"sub", "name"}


def test_userinfo_takes_the_token_by_post_too_and_never_from_the_query(world: World) -> None:
    token = world.sign_in()["access_token"]
    endpoint = world.provider.userinfo
    by_body = endpoint.respond(post({"access_token": token}), world.now)
    by_header = endpoint.respond(Request("POST", authorization=f"Bearer {token}"), world.now)
    assert by_body.status == by_header.status == 200
    assert endpoint.respond(Request("GET", query=f"access_token={token}"), world.now).status == 401
    twice = endpoint.respond(post({"access_token": token}, f"Bearer {token}"), world.now)
    assert twice.status == 400


def test_userinfo_refuses_what_is_no_access_token(world: World) -> None:
    tokens = world.sign_in()
    for token in ("", "garbage", tokens["id_token"], tokens["refresh_token"], tokens["access_token"] + "A"):
        response = world.userinfo(token)
        assert response.status == 401
        assert 'Bearer error="invalid_token"' in dict(response.headers)["WWW-Authenticate"]
    world.now += 600
    assert world.userinfo(tokens["access_token"]).status == 401


def test_userinfo_stops_at_once_when_client_or_grant_ends(world: World) -> None:
    first, second = world.sign_in(), world.sign_in()
    world.grants.revoke(next(iter(world.grants.rows)), world.now)
    assert world.userinfo(first["access_token"]).status == 401
    assert world.userinfo(second["access_token"]).status == 200
    world.clients.rows.clear()
    assert world.userinfo(second["access_token"]).status == 401


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:4000/cb"),
        ("http://[::1]/cb", "http://[::1]/other"),
        ("https://localhost/cb", "https://localhost/other"),
        ("vn.one.app://callback", "vn.other.app://callback"),
    ],
)
def test_applications_on_peoples_own_machines_share_no_sector(world: World, one: str, other: str) -> None:
    """OpenID Connect Core §8.1 goes by the host; these are nobody's, and two clients could join people."""
    subjects = {
        world.provider.subjects.subject(
            world.add_client(redirect_uris=[uri], application_type="native")[0], "an"
        )
        for uri in (one, other)
    }
    assert len(subjects) == 2


def test_subjects_differ_between_sectors_and_not_within(world: World) -> None:
    same_sector, same_secret = world.add_client()
    elsewhere, secret = world.add_client(
        redirect_uris=["https://other.example/cb", "https://other.example/cb2"]
    )
    public, public_secret = world.add_client(subject_type="public")

    def subject(client, secret, uri="https://rp.example/cb"):  # type: ignore[no-untyped-def]
        code = world.new_code(client, redirect_uri=uri)
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": uri,
            "code_verifier": VERIFIER,
        }
        return claims_of(document(world.token(body, client, secret))["id_token"])["sub"]

    own = subject(world.client, world.secret)
    assert own == subject(same_sector, same_secret) and own != "an"
    assert own != subject(elsewhere, secret, "https://other.example/cb")
    assert subject(public, public_secret) == "an"


# Introspection and revocation


def introspect(world: World, token: str, **changes: str) -> Response:
    header = basic(world.client.client_id, world.secret)
    return world.provider.introspection.respond(post({"token": token, **changes}, header), world.now)


def revoke(world: World, token: str, **changes: str) -> Response:
    header = basic(world.client.client_id, world.secret)
    return world.provider.revocation.respond(post({"token": token, **changes}, header), world.now)


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "unknown", ""])
def test_introspection_describes_a_live_token_whatever_the_hint(world: World, hint: str) -> None:
    tokens = world.sign_in(scope="openid email")
    answer = document(introspect(world, tokens["access_token"], token_type_hint=hint))
    assert answer["active"] is True and answer["scope"] == "openid email"
    assert answer["client_id"] == world.client.client_id and answer["exp"] == world.now + 600
    assert answer["sub"] == claims_of(tokens["id_token"])["sub"] and answer["iss"] == ISSUER
    assert document(introspect(world, tokens["refresh_token"]))["token_type"] == "refresh_token"


def test_introspection_says_nothing_about_dead_or_foreign_tokens(world: World) -> None:
    tokens = world.sign_in()
    other, secret = world.add_client()
    foreign = post({"token": tokens["access_token"]}, basic(other.client_id, secret))
    assert document(world.provider.introspection.respond(foreign, world.now)) == {"active": False}
    assert document(introspect(world, "garbage")) == {"active": False}
    world.refresh(tokens["refresh_token"])
    assert document(introspect(world, tokens["refresh_token"])) == {"active": False}
    world.now += 600
    assert document(introspect(world, tokens["access_token"])) == {"active": False}


def test_introspection_needs_a_confidential_client(world: World) -> None:
    public, _ = world.add_client(token_endpoint_auth_method="none")
    request = post({"token": "x", "client_id": public.client_id})
    assert world.provider.introspection.respond(request, world.now).status == 401
    assert world.provider.introspection.respond(post({"token": "x"}), world.now).status == 401
    assert introspect(world, "").status == 400


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_one_token_ends_all_that_hang_on_its_grant(world: World, which: str) -> None:
    tokens = world.sign_in()
    response = revoke(world, tokens[which])
    assert response.status == 200 and response.body == b""
    assert world.userinfo(tokens["access_token"]).status == 401
    assert world.refresh(tokens["refresh_token"]).status == 400
    assert revoke(world, tokens[which]).status == 200


def test_revoking_anothers_token_changes_nothing(world: World) -> None:
    tokens = world.sign_in()
    other, secret = world.add_client()
    request = post({"token": tokens["access_token"]}, basic(other.client_id, secret))
    assert world.provider.revocation.respond(request, world.now).status == 200
    assert world.userinfo(tokens["access_token"]).status == 200


def test_a_clients_own_token_can_be_described_and_revoked(world: World) -> None:
    world.client, world.secret = world.add_client(
        grant_types=["client_credentials"], redirect_uris=[], scope="soc.events"
    )
    token = document(world.token({"grant_type": "client_credentials"}))["access_token"]
    assert document(introspect(world, token))["sub"] == world.client.client_id
    revoke(world, token)
    assert document(introspect(world, token)) == {"active": False}


# Discovery


def test_discovery_is_valid_by_authlibs_reading(world: World) -> None:
    metadata = document(world.provider.metadata())
    AuthorizationServerMetadata(metadata).validate()
    OpenIDProviderMetadata(metadata).validate()
    assert metadata["issuer"] == ISSUER
    assert set(metadata["id_token_signing_alg_values_supported"]) == {"RS256", "ES256"}
    assert "none" not in str(metadata["token_endpoint_auth_signing_alg_values_supported"])


def test_what_is_public_can_be_cached(world: World) -> None:
    for response in (world.provider.metadata(), world.provider.jwks(world.now)):
        headers = dict(response.headers)
        assert headers["Cache-Control"] == "public, max-age=300" and headers["ETag"]
    keys = document(world.provider.jwks(world.now))["keys"]
    assert {key["kty"] for key in keys} == {"RSA", "EC"} and len({key["kid"] for key in keys}) == len(keys)
    assert not any({"d", "p", "q", "k"} & set(key) for key in keys)


# Sign-out


def check(world: World, end_user: object = ..., **parameters: str):  # type: ignore[no-untyped-def]
    values = Parameters(parameters, frozenset())
    person = world.end_user() if end_user is ... else end_user
    return world.provider.end_session.check(values, lambda _: person, world.now)  # type: ignore[arg-type]


@pytest.fixture
def leaving(world: World) -> World:
    world.client, world.secret = world.add_client(post_logout_redirect_uris=["https://rp.example/bye"])
    return world


def test_a_hint_for_the_person_needs_no_confirmation(leaving: World) -> None:
    hint = leaving.sign_in()["id_token"]
    asked = check(leaving, id_token_hint=hint, post_logout_redirect_uri="https://rp.example/bye", state="s")
    assert asked.is_confirmed and asked.redirect_uri == "https://rp.example/bye"
    assert asked.redirect_parameters == {"state": "s"}
    leaving.now += 86400
    assert check(leaving, id_token_hint=hint).is_confirmed, "an expired ID token is a good hint"


def test_without_a_hint_or_for_another_person_the_person_is_asked(leaving: World) -> None:
    hint = leaving.sign_in()["id_token"]
    assert not check(leaving).is_confirmed
    assert not check(leaving, client_id=leaving.client.client_id).is_confirmed
    assert not check(leaving, leaving.end_user(account_id="binh"), id_token_hint=hint).is_confirmed
    assert check(leaving, None, id_token_hint=hint).is_confirmed, "nobody is signed in"


def test_nobody_is_sent_to_an_address_that_the_client_did_not_register(leaving: World) -> None:
    hint = leaving.sign_in()["id_token"]
    other, _ = leaving.add_client()
    for parameters in (
        {"post_logout_redirect_uri": "https://rp.example/bye"},
        {"post_logout_redirect_uri": "https://rp.example/bye?x=1", "id_token_hint": hint},
        {"post_logout_redirect_uri": "https://evil.example/", "id_token_hint": hint},
        {"post_logout_redirect_uri": "https://rp.example/bye", "client_id": other.client_id},
        {"id_token_hint": hint, "client_id": other.client_id},
    ):
        with pytest.raises(InvalidRequest):
            check(leaving, **parameters)


def test_a_hint_that_is_not_an_id_token_of_ours_is_refused(leaving: World) -> None:
    tokens = leaving.sign_in()
    header, payload, signature = tokens["id_token"].split(".")
    for hint in (
        tokens["access_token"],
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"eyJhbGciOiJub25lIn0.{payload}.",
        "x",
    ):
        with pytest.raises(InvalidRequest):
            check(leaving, id_token_hint=hint)
    with pytest.raises(InvalidRequest):
        leaving.provider.end_session.check(parse("state=a&state=b"), lambda _: None, leaving.now)
