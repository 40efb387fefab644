"""Dynamic registration (RFC 7591 §3) and its management (RFC 7592 §2)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc.clients import client_keys
from oidc.http import Request, Response
from oidc.token.handles import REGISTRATION, Handle
from tests.oidc.test_client_authentication import assertion, authenticated, is_refused, present
from tests.oidc.world import World, document

DOCUMENT = {"redirect_uris": ["https://rp.example/cb"], "client_name": "Ứng dụng"}


def post_json(body: Any, token: str = "", method: str = "POST") -> Request:
    authorization = f"Bearer {token}" if token else ""
    encoded = body if isinstance(body, bytes) else orjson.dumps(body)
    return Request(method, "", encoded, "application/json; charset=utf-8", authorization)


def register(world: World, **changes: Any) -> Response:
    token = world.provider.registration.initial_access_token(world.now, 60)
    return world.provider.registration.register(post_json({**DOCUMENT, **changes}, token), world.now)


def manage(
    world: World, made: dict[str, Any], method: str = "GET", body: Any = b"", token: str = ""
) -> Response:
    request = post_json(body, token or made["registration_access_token"], method)
    return world.provider.registration.manage(made["client_id"], request, world.now)


def test_registration_answers_201_with_everything_to_go_on_with(world: World) -> None:
    response = register(world)
    made = document(response)
    assert response.status == 201 and dict(response.headers)["Cache-Control"] == "no-store"
    assert made["client_secret"] and made["client_secret_expires_at"] == 0
    assert made["registration_client_uri"].endswith(f"/clients/{made['client_id']}")
    assert made["registration_access_token"] and made["client_name"] == "Ứng dụng"
    assert world.clients.find(made["client_id"])


def test_registration_is_closed_without_an_initial_access_token(world: World) -> None:
    endpoint = world.provider.registration
    expired = endpoint.initial_access_token(world.now - 61, 60)
    other = world.sign_in()["access_token"]
    before = len(world.clients.rows)
    for token in ("", "garbage", expired, other):
        response = endpoint.register(post_json(DOCUMENT, token), world.now)
        assert response.status == 401 and "invalid_token" in dict(response.headers)["WWW-Authenticate"]
    assert len(world.clients.rows) == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"x":NaN}', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_is_refused(world: World, body: bytes) -> None:
    token = world.provider.registration.initial_access_token(world.now, 60)
    response = world.provider.registration.register(post_json(body, token), world.now)
    assert response.status == 400 and document(response)["error"] == "invalid_client_metadata"


def test_bad_redirect_uris_have_a_code_of_their_own(world: World) -> None:
    assert (
        document(register(world, redirect_uris=["https://rp.example/#f"]))["error"] == "invalid_redirect_uri"
    )


def test_what_is_an_operators_is_ignored(world: World) -> None:
    made = document(
        register(world, client_id="mine", require_pkce=False, is_trusted=True, organisation="UBND")
    )
    client = world.clients.find(made["client_id"])
    assert client and client.client_id != "mine" and client.require_pkce and not client.organisation
    assert "is_trusted" not in made


def test_a_client_reads_its_registration_and_never_its_secret(world: World) -> None:
    made = document(register(world))
    read = document(manage(world, made))
    assert read["client_id"] == made["client_id"] and "client_secret" not in read
    assert read["registration_access_token"] == made["registration_access_token"]


def test_a_client_updates_itself_whole(world: World) -> None:
    made = document(register(world))
    changed = {**DOCUMENT, "client_id": made["client_id"], "client_name": "Tên mới"}
    answer = manage(world, made, "PUT", changed)
    assert answer.status == 200 and document(answer)["client_name"] == "Tên mới"
    client = world.clients.find(made["client_id"])
    assert client and client.text("client_name", "vi") == "Tên mới" and client.secret_hashes
    for bad in (
        DOCUMENT,
        {**changed, "client_id": "other"},
        {**changed, "token_endpoint_auth_method": "none"},
    ):
        assert manage(world, made, "PUT", bad).status == 400


def test_public_subjects_are_an_operators_to_give(world: World) -> None:
    made = document(register(world, subject_type="public"))
    assert made["subject_type"] == "pairwise", "OpenID Connect Registration 3.2: replaced, and said so"
    several = register(world, subject_type="public", redirect_uris=MANY)
    assert document(several)["error"] == "invalid_client_metadata", "the rules for pairwise ones hold"
    changed = {**DOCUMENT, "client_id": made["client_id"], "subject_type": "public"}
    assert document(manage(world, made, "PUT", changed))["subject_type"] == "pairwise"
    assert document(register(world, subject_type="private"))["error"] == "invalid_client_metadata"


def test_the_subject_type_that_an_operator_set_survives_an_update(world: World) -> None:
    client, _ = world.add_client(subject_type="public")
    assert not client.is_pairwise
    token = world.provider.handles.write(Handle(REGISTRATION, client.client_id, client.created_at))
    made = {"client_id": client.client_id, "registration_access_token": token}
    for asked in ({}, {"subject_type": "pairwise"}):
        answer = manage(world, made, "PUT", {**DOCUMENT, "client_id": client.client_id, **asked})
        assert document(answer)["subject_type"] == "public"
    found = world.clients.find(client.client_id)
    assert found and world.provider.subjects.subject(found, "an") == "an"


def test_a_deleted_client_and_its_token_are_gone(world: World) -> None:
    made = document(register(world))
    assert manage(world, made, "DELETE").status == 204
    for method in ("GET", "DELETE", "PUT"):
        assert manage(world, made, method).status == 401


def test_a_client_opens_no_other_client(world: World) -> None:
    made, other = document(register(world)), document(register(world))
    for token in (other["registration_access_token"], world.sign_in()["access_token"], "x"):
        assert manage(world, made, token=token).status == 401


# Documents at the client's own addresses

SECTOR = "https://rp.example/sector.json"
MANY = ["https://a.example/cb", "https://b.example/cb"]


def test_several_hosts_share_a_sector_that_lists_them(world: World) -> None:
    world.elsewhere.documents[SECTOR] = [*MANY, "https://c.example/cb"]
    assert register(world, redirect_uris=MANY, sector_identifier_uri=SECTOR).status == 201
    for bad in ([MANY[0]], {}, "x", [5]):
        world.elsewhere.documents[SECTOR] = bad
        response = register(world, redirect_uris=MANY, sector_identifier_uri=SECTOR)
        assert document(response)["error"] == "invalid_client_metadata"
    assert register(world, redirect_uris=MANY, sector_identifier_uri="https://rp.example/404").status == 400


def test_a_loopback_address_beside_the_one_host_makes_no_sector(world: World) -> None:
    """RFC 8252 §8: nobody on a loopback port hears how the host's own applications call people."""
    host, here = "https://a.example/cb", "http://localhost:5000/cb"
    made = [document(register(world, redirect_uris=uris)) for uris in ([host, here], [here, host], [host])]
    subjects = {world.provider.subjects.subject(world.clients.rows[one["client_id"]], "an") for one in made}
    assert len(subjects) == 3
    refused = register(world, redirect_uris=[*MANY, here])
    assert document(refused)["error"] == "invalid_client_metadata"


@pytest.mark.parametrize("addresses", [{}, {"redirect_uris": []}])
def test_nobody_joins_a_sector_that_knows_nothing_of_them(addresses: dict[str, Any]) -> None:
    world = World(registration_open=True)
    world.elsewhere.documents[SECTOR] = MANY
    asked = {"grant_types": ["client_credentials"], "sector_identifier_uri": SECTOR, **addresses}
    response = world.provider.registration.register(post_json(asked), world.now)
    assert document(response)["error"] == "invalid_client_metadata"


def test_no_update_tells_a_client_how_people_are_called_elsewhere(world: World) -> None:
    """With a grant from its own host it would hear the other host's subjects by refreshing."""
    made = document(register(world, grant_types=["authorization_code", "refresh_token"]))
    client = world.clients.rows[made["client_id"]]
    before = world.provider.subjects.subject(client, "an")
    other = {"redirect_uris": ["https://other.example/cb"]}
    without = {"redirect_uris": [], "response_types": [], "grant_types": ["client_credentials"]}
    for changes in (other, without):
        answer = manage(world, made, "PUT", {**DOCUMENT, "client_id": client.client_id, **changes})
        assert document(answer)["error"] == "invalid_client_metadata"
    both = [*DOCUMENT["redirect_uris"], *other["redirect_uris"]]
    world.elsewhere.documents[SECTOR] = both
    moved = {"client_id": client.client_id, "redirect_uris": both, "sector_identifier_uri": SECTOR}
    assert manage(world, made, "PUT", {**DOCUMENT, **moved}).status == 200
    assert world.provider.subjects.subject(world.clients.rows[client.client_id], "an") == before


@pytest.mark.parametrize("name", ["jwks_uri", "sector_identifier_uri"])
@pytest.mark.parametrize(
    "uri",
    ["http://rp.example/x", "file:///etc/passwd", "gopher://x/", "https://u@x/", "https://x/#f", "https://"],
)
def test_only_https_addresses_are_ever_fetched(world: World, name: str, uri: str) -> None:
    response = register(world, **{name: uri})
    assert document(response)["error"] == "invalid_client_metadata" and not world.elsewhere.fetched


def test_keys_behind_an_address_are_fetched_once_and_again_for_a_new_kid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = "https://rp.example/jwks.json"
    old, new = (ECKey.generate_key("P-256", parameters={"kid": kid}) for kid in ("old", "new"))
    world.elsewhere.documents[uri] = {"keys": [old.as_dict(private=False)]}
    client, _ = world.add_client(token_endpoint_auth_method="private_key_jwt", jwks_uri=uri)
    for jti in ("1", "2"):
        assert authenticated(present(world, assertion(world, client, old, header={"kid": "old"}, jti=jti)))
    assert world.elsewhere.fetched == [uri]
    world.elsewhere.documents[uri] = {"keys": [new.as_dict(private=False)]}
    monkeypatch.setattr(client_keys, "RETRY_SECONDS", -1)
    assert authenticated(present(world, assertion(world, client, new, header={"kid": "new"}, jti="3")))
    assert world.elsewhere.fetched == [uri, uri]


@pytest.mark.parametrize("answer", [None, [], {"keys": 5}, {"keys": [{"kty": "x"}]}, "x"])
def test_keys_that_cannot_be_had_let_nobody_in(world: World, answer: Any) -> None:
    uri = "https://rp.example/jwks.json"
    if answer is not None:
        world.elsewhere.documents[uri] = answer
    client, _ = world.add_client(token_endpoint_auth_method="private_key_jwt", jwks_uri=uri)
    assert is_refused(present(world, assertion(world, client), client_id=client.client_id))


def test_an_assertion_library_of_others_is_understood(world: World) -> None:
    key = ECKey.generate_key("P-256", parameters={"kid": "k"})
    client, _ = world.add_client(
        token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]}
    )
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": ["https://id.thainguyen.example/token"],
    }
    text = jwt.encode({"alg": "ES256"}, {**claims, "jti": "x", "exp": world.now + 60}, key)
    assert authenticated(present(world, text))


def test_an_initial_access_token_carries_the_operators_word_about_pkce(world: World) -> None:
    endpoint = world.provider.registration
    for require_pkce in (True, False):
        token = endpoint.initial_access_token(world.now, 60, require_pkce=require_pkce)
        made = document(endpoint.register(post_json({**DOCUMENT, "require_pkce": False}, token), world.now))
        client = world.clients.find(made["client_id"])
        assert client is not None and client.require_pkce is require_pkce


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "[::1]", "10.0.0.1", "169.254.169.254"]
)
@pytest.mark.parametrize(
    "name", ["jwks_uri", "sector_identifier_uri", "backchannel_logout_uri", "request_uris"]
)
def test_an_inner_address_is_no_address_of_a_client(world: World, name: str, host: str) -> None:
    address = f"https://{host}/x"
    changes = {name: [address] if name.endswith("s") else address}
    made = document(register(world))
    body = {**DOCUMENT, "client_id": made["client_id"], **changes}
    for response in (register(world, **changes), manage(world, made, "PUT", body)):
        assert response.status == 400
        assert document(response)["error"] == "invalid_client_metadata", document(response)
        assert name in document(response)["error_description"]
    assert world.elsewhere.fetched == [], "nobody was asked for anything"
