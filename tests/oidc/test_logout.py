"""Back-Channel and Front-Channel Logout 1.0: who is told of a session's end, and what."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from keys.compact import InvalidToken
from oidc.errors import InvalidClientMetadata
from oidc.logout.backchannel import EVENT
from oidc.logout.parties import parties_of_session
from oidc.models import Client
from tests.oidc.world import ISSUER, NOW, REDIRECT_URI, World, claims_of, document

BACK = "https://rp.example/back-channel"
FRONT = "https://rp.example/front-channel"


def logout_token(world: World, client: Client, sid: str = "sid-1") -> str:
    parcel = world.provider.backchannel_logout.compose(client.client_id, "an", sid, world.now)
    assert parcel is not None and parcel.url == BACK
    form = parse_qs(parcel.body.decode(), strict_parsing=True)
    assert list(form) == ["logout_token"], "and no other parameter"
    return form["logout_token"][0]


def sign_in(world: World, **metadata: object) -> Client:
    client, _ = world.add_client(**metadata)
    world.new_code(client)
    return client


# The logout token


def test_a_logout_token_has_the_claims_of_2_4_and_no_other(world: World) -> None:
    client = sign_in(world, backchannel_logout_uri=BACK)
    claims = claims_of(logout_token(world, client))
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"}
    assert (claims["iss"], claims["aud"], claims["sid"]) == (ISSUER, client.client_id, "sid-1")
    assert claims["events"] == {EVENT: {}}
    assert claims["iat"] == NOW and NOW < claims["exp"] <= NOW + 120


def test_its_subject_is_the_one_that_the_client_knows(world: World) -> None:
    client, secret = world.add_client(backchannel_logout_uri=BACK)
    tokens = document(world.redeem(world.new_code(client), client=client, secret=secret))
    known = claims_of(tokens["id_token"])
    told = claims_of(logout_token(world, client))
    assert (told["sub"], told["sid"]) == (known["sub"], known["sid"])


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_it_is_signed_as_the_client_s_id_tokens_are_and_is_none(world: World, alg: str) -> None:
    client = sign_in(world, backchannel_logout_uri=BACK, id_token_signed_response_alg=alg)
    token = logout_token(world, client)
    verified = world.keyring.verify(token, typ="logout+jwt", now=NOW)
    assert verified == claims_of(token)
    with pytest.raises(InvalidToken):
        world.keyring.verify(token, typ="JWT", now=NOW)


def test_every_attempt_has_a_token_of_its_own(world: World) -> None:
    client = sign_in(world, backchannel_logout_uri=BACK)
    first = claims_of(logout_token(world, client))
    world.now += 3600
    second = claims_of(logout_token(world, client))
    assert second["exp"] > world.now and second["jti"] != first["jti"]


# Who is told


def test_the_clients_of_the_session_are_told_and_no_others(world: World) -> None:
    here, _elsewhere = sign_in(world), world.add_client()
    world.agree()
    found = parties_of_session(world.grants, world.clients, "sid-1")
    assert [(party.client.client_id, party.account_id) for party in found] == [(here.client_id, "an")]
    assert parties_of_session(world.grants, world.clients, "sid-2") == []


def test_a_client_whose_grant_was_revoked_before_is_told_too(world: World) -> None:
    client = sign_in(world)
    for grant in list(world.grants.rows):
        world.grants.revoke(grant, NOW)
    assert [party.client for party in parties_of_session(world.grants, world.clients, "sid-1")] == [client]


def test_a_client_that_has_gone_or_has_no_address_is_not_told(world: World) -> None:
    compose = world.provider.backchannel_logout.compose
    silent, gone = sign_in(world), sign_in(world, backchannel_logout_uri=BACK)
    assert compose(silent.client_id, "an", "sid-1", NOW) is None
    world.clients.delete(gone.client_id)
    assert compose(gone.client_id, "an", "sid-1", NOW) is None
    assert gone not in [party.client for party in parties_of_session(world.grants, world.clients, "sid-1")]


# Frames


def test_frames_carry_the_issuer_and_the_session(world: World) -> None:
    sign_in(world, frontchannel_logout_uri=FRONT)
    sign_in(world, frontchannel_logout_uri=FRONT + "?a=b%20c")
    sign_in(world)
    frames = [urlsplit(uri) for uri in world.provider.frontchannel_logout.list_frames("sid-1")]
    assert [frame._replace(query="").geturl() for frame in frames] == [FRONT, FRONT]
    with_session = {"iss": [ISSUER], "sid": ["sid-1"]}
    assert [parse_qs(frame.query) for frame in frames] == [{"a": ["b c"], **with_session}, with_session]
    assert world.provider.frontchannel_logout.list_frames("sid-2") == []


# Registration


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("backchannel_logout_uri", "http://rp.example/b"),
        ("backchannel_logout_uri", "http://10.0.0.1/b"),
        ("backchannel_logout_uri", "http://u@127.0.0.1/b"),
        ("backchannel_logout_uri", "https://rp.example/b#f"),
        ("backchannel_logout_uri", "https://me@rp.example/b"),
        ("backchannel_logout_uri", "file:///etc/passwd"),
        ("backchannel_logout_uri", "gopher://rp.example/"),
        ("backchannel_logout_uri", ""),
        ("backchannel_logout_uri", [BACK]),
        ("backchannel_logout_session_required", "true"),
        ("frontchannel_logout_uri", "https://other.example/f"),
        ("frontchannel_logout_uri", "https://rp.example:8443/f"),
        ("frontchannel_logout_uri", "http://rp.example/f"),
        ("frontchannel_logout_uri", FRONT + "#f"),
        ("frontchannel_logout_uri", "javascript:alert(1)"),
        ("frontchannel_logout_uri", FRONT + "; script-src *"),
        ("frontchannel_logout_session_required", 1),
        ("initiate_login_uri", "http://localhost/login"),
        ("initiate_login_uri", "javascript:alert(1)"),
    ],
)
def test_an_address_that_can_not_be_is_refused_at_registration(
    world: World, name: str, value: object
) -> None:
    with pytest.raises(InvalidClientMetadata, match=name):
        world.add_client(**{name: value})


def test_what_was_registered_is_kept(world: World) -> None:
    given = {
        "backchannel_logout_uri": BACK + "?a=b",
        "backchannel_logout_session_required": True,
        "frontchannel_logout_uri": FRONT + "?a=b",
        "frontchannel_logout_session_required": False,
        "initiate_login_uri": "https://rp.example/login",
    }
    client, _ = world.add_client(**given)
    assert {name: client.metadata[name] for name in given} == given
    local, _ = world.add_client(
        redirect_uris=["http://localhost:9000/cb"], frontchannel_logout_uri="http://localhost:9000/f",
        backchannel_logout_uri="http://localhost:9000/b",
    )  # fmt: skip
    # Back-Channel Logout 1.0 §2.2: plain http is for clients that authenticate
    with pytest.raises(InvalidClientMetadata, match="backchannel_logout_uri"):
        world.add_client(token_endpoint_auth_method="none", backchannel_logout_uri="http://localhost:9000/b")
    assert local.backchannel_logout_uri == "http://localhost:9000/b"
    assert local.frontchannel_logout_uri and REDIRECT_URI in client.redirect_uris


def test_discovery_says_that_both_channels_are_on(world: World) -> None:
    found = document(world.provider.metadata())
    for channel in ("backchannel", "frontchannel"):
        assert found[f"{channel}_logout_supported"] is True
        assert found[f"{channel}_logout_session_supported"] is True
