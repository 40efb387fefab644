"""Request objects: RFC 9101 and OpenID Connect Core §6, and FAPI 2.0 Message Signing §5.3."""

from __future__ import annotations

import base64
import gc
import hmac
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode
from weakref import WeakSet

import orjson
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from oidc.authorization.prompts import Prompt
from oidc.authorization.request_object import read_inside
from oidc.clients import client_keys, request_uris
from oidc.clients.client_keys import ClientKeys
from oidc.errors import InvalidRequestObject, UnreadableRequestObject, UnsafeRequest
from oidc.models import Client
from tests.oidc import proof
from tests.oidc.world import (
    CHALLENGE,
    ISSUER,
    NOW,
    REDIRECT_URI,
    World,
    basic,
    document,
    location,
    post,
)


@cache
def key_for(alg: str, kid: str = "k") -> Key:
    parameters: Any = {"kid": kid}
    if alg in ("Ed25519", "EdDSA"):
        return OKPKey.generate_key("Ed25519", parameters)
    if alg == "ES256":
        return ECKey.generate_key("P-256", parameters)
    return RSAKey.generate_key(2048, parameters)


def public(*keys: Key) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def signer(world: World, alg: str = "ES256", *, profile: str = "default", **metadata: Any) -> Client:
    """Make a client that signs its requests by `alg` the world's own."""
    client, world.secret = world.add_client(**{"jwks": public(key_for(alg)), **metadata})
    # Without what the profile asks beside, such as no secret
    world.client = replace(client, profile=profile)
    world.clients.add(world.client)
    return world.client


def claims(client: Client, **changes: Any) -> dict[str, Any]:
    members = {
        "iss": client.client_id,
        "aud": ISSUER,
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 300,
        "client_id": client.client_id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "state": "inside",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in members.items() if value is not ...}


def sign(claims: dict[str, Any], alg: str = "ES256", key: Key | None = None, **header: Any) -> str:
    head = {"alg": alg, "kid": "k", "typ": "oauth-authz-req+jwt", **header}
    head = {name: value for name, value in head.items() if value is not ...}
    return jws.serialize_compact(head, orjson.dumps(claims), key or key_for(alg), algorithms=[alg])


def by_value(world: World, token: str, **outside: str) -> Any:
    """Send the request object with nothing beside it that RFC 9101 doesn't ask for."""
    query = urlencode({"client_id": world.client.client_id, "request": token, **outside})
    return world.ask(query, world.end_user())


def refused(world: World, token: str, **outside: str) -> str:
    """Return the error that the client is sent, at an address beside the object."""
    found = location(by_value(world, token, redirect_uri=REDIRECT_URI, state="outside", **outside))
    assert found["state"] == "outside" and found["iss"] == ISSUER and "code" not in found
    assert not world.grants.rows and len(world.events.rows) == 1
    return found["error"]


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"])
def test_a_signed_request_is_answered(world: World, alg: str) -> None:
    client = signer(world, alg)
    world.agree()
    found = location(by_value(world, sign(claims(client, nonce="n-1"), alg)))
    assert found["state"] == "inside" and found["code"]
    [grant] = world.grants.rows.values()
    assert (grant.nonce, grant.code_challenge) == ("n-1", CHALLENGE)


@pytest.mark.parametrize("typ", ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT", "jwt", ...])
def test_the_types_of_old_and_new_are_taken(world: World, typ: Any) -> None:
    client = signer(world)
    world.agree()
    assert location(by_value(world, sign(claims(client), typ=typ)))["code"]


def test_what_stands_beside_the_object_does_not_count(world: World) -> None:
    """RFC 9101 §6.3: even the same parameter, and even where the object leaves it out."""
    client = signer(world)
    world.agree()
    outside = {"scope": "openid phone", "nonce": "outside", "state": "outside", "login_hint": "x"}
    found = location(by_value(world, sign(claims(client, state=...)), **outside, response_type="code"))
    assert "state" not in found
    [grant] = world.grants.rows.values()
    assert (grant.scope, grant.nonce) == ("openid", None)


def test_the_redirect_uri_of_the_object_is_the_one(world: World) -> None:
    """The conformance suite's module ensure-request-object-with-redirect-uri."""
    client = signer(world)
    world.agree()
    answer = by_value(world, sign(claims(client)), redirect_uri="https://evil.example/")
    assert location(answer)["code"] and dict(answer.headers)["Location"].startswith(REDIRECT_URI)
    other = sign(claims(client, redirect_uri="https://evil.example/"))
    assert isinstance(by_value(world, other, redirect_uri=REDIRECT_URI), UnsafeRequest)


def test_parameters_that_are_no_strings_are_read_as_json(world: World) -> None:
    """RFC 9101 §4: numbers and objects stand as such."""
    client = signer(world)
    asked = {"userinfo": {"email": {"essential": True}}}
    prompt = by_value(world, sign(claims(client, max_age=60, claims=asked, prompt="login", display=None)))
    assert isinstance(prompt, Prompt) and prompt.interaction.request
    assert prompt.interaction.request.max_age == 60
    assert prompt.interaction.request.userinfo_claims == ("email",)


@pytest.mark.parametrize(
    "resource", ["https://api.example/", ["https://api.example/", "https://x.example/ y"]]
)
def test_a_resource_may_be_a_list(resource: Any) -> None:
    """RFC 8707 §2: the parameter may come several times, which in JSON is a list."""
    expected = (
        "https://api.example/" if isinstance(resource, str) else "https://api.example/ https://x.example/%20y"
    )
    assert read_inside({"resource": resource, "iss": "c"}) == {"resource": expected}
    with pytest.raises(InvalidRequestObject):
        read_inside({"resource": [5]})


BAD_CLAIMS = {
    "no-client": {"client_id": ...},
    "other-client": {"client_id": "other"},
    "other-issuer": {"iss": "other"},
    "wrong-audience": {"aud": "https://other.example"},
    "audience-is-the-endpoint": {"aud": ISSUER + "/authorize"},
    "audience-is-an-object": {"aud": {ISSUER: 1}},
    "nested": {"request": "x"},
    "nested-uri": {"request_uri": "https://rp.example/r"},
    "expired": {"exp": NOW - 10},
    "exp-as-text": {"exp": str(NOW + 60)},
    "exp-as-truth": {"exp": True},
    "not-yet": {"nbf": NOW + 11},
    "from-the-future": {"iat": NOW + 60},
    "nul": {"login_hint": "a\x00"},
    "other-response-type": {"response_type": "token"},
}


@pytest.mark.parametrize("changes", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_an_object_that_says_something_wrong_is_refused(world: World, changes: dict[str, Any]) -> None:
    client = signer(world)
    assert refused(world, sign(claims(client, **changes)), response_type="code") == "invalid_request_object"


def test_an_object_that_could_be_a_client_assertion_is_refused(world: World) -> None:
    """RFC 9101 §10.8."""
    client = signer(world)
    assert refused(world, sign(claims(client, sub=client.client_id))) == "invalid_request_object"


NEARLY = ({"nbf": NOW + 10}, {"iat": NOW + 8}, {"exp": NOW - 9}, {"aud": [ISSUER, "x"]})


@pytest.mark.parametrize("changes", NEARLY)
def test_clocks_may_differ_a_little(world: World, changes: dict[str, Any]) -> None:
    client = signer(world)
    world.agree()
    assert location(by_value(world, sign(claims(client, **changes))))["code"]


def test_signatures_that_are_none_of_the_clients(world: World) -> None:
    client = signer(world, jwks=public(key_for("ES256"), key_for("RS256", "rsa")))
    good = sign(claims(client))
    head, payload, signature = good.split(".")
    nothing = b64({"alg": "none", "kid": "k"})
    symmetric = f"{b64({'alg': 'HS256', 'kid': 'rsa'})}.{payload}"
    pem = key_for("RS256", "rsa").as_pem(private=False)
    forged = {
        "none": f"{nothing}.{payload}.",
        "none with a signature": f"{nothing}.{payload}.{signature}",
        "unsigned": f"{head}.{payload}.",
        "cut": f"{head}.{payload}.{signature[:-4]}",
        "another's": sign(claims(client), key=ECKey.generate_key("P-256")),
        "symmetric": f"{symmetric}.{b64(hmac.digest(pem, symmetric.encode(), 'sha256'))}",
        "unknown kid": sign(claims(client), kid="x"),
        "kid that is no text": by_hand({"alg": "ES256", "kid": 5}, claims(client)),
        "crit": by_hand({"alg": "ES256", "kid": "k", "crit": ["b64"], "b64": True}, claims(client)),
        "wrong type": sign(claims(client), typ="dpop+jwt"),
        "no JWS": "x",
        "five parts": "a.b.c.d.e",
        "not ASCII": "é.é.é",
        "no object": sign([claims(client)]),  # type: ignore[arg-type]
    }
    for name, token in forged.items():
        world.events.rows.clear()
        assert refused(world, token) == "invalid_request_object", name


def by_hand(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Sign what a library would refuse to."""
    return proof.sign(header, orjson.dumps(claims), key_for("ES256"), "ES256")


def b64(part: dict[str, Any] | bytes) -> str:
    content = part if isinstance(part, bytes) else orjson.dumps(part)
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_duplicate_members_are_refused(world: World) -> None:
    client = signer(world)
    text = orjson.dumps(claims(client)).replace(b'"scope"', b'"scope":"openid phone","scope"')
    token = jws.serialize_compact({"alg": "ES256", "kid": "k"}, text, key_for("ES256"), algorithms=["ES256"])
    assert refused(world, token) == "invalid_request_object"


def test_a_client_without_keys_can_sign_nothing(world: World) -> None:
    assert refused(world, sign(claims(world.client))) == "invalid_request_object"


def test_a_registered_algorithm_is_the_only_one(world: World) -> None:
    keys = public(key_for("ES256"), key_for("RS256", "rsa"))
    client = signer(world, jwks=keys, request_object_signing_alg="RS256")
    assert refused(world, sign(claims(client))) == "invalid_request_object"
    world.agree()
    rsa = key_for("RS256", "rsa")
    assert location(by_value(world, sign(claims(client), "RS256", rsa, kid="rsa")))["code"]


def test_without_an_address_beside_it_a_bad_object_is_shown(world: World) -> None:
    signer(world)
    assert isinstance(by_value(world, "x"), UnreadableRequestObject)
    assert isinstance(by_value(world, "x", redirect_uri="https://evil.example/"), UnsafeRequest)


def test_request_and_request_uri_exclude_each_other(world: World) -> None:
    client = signer(world, request_uris=["https://rp.example/r"])
    token = sign(claims(client))
    assert refused(world, token, request_uri="https://rp.example/r") == "invalid_request"
    assert not world.elsewhere.fetched


def test_whoever_must_sign_may_not_send_a_plain_request(world: World) -> None:
    """RFC 9101 §10.5."""
    client = signer(world, require_signed_request_object=True)
    world.agree()
    assert location(world.authorize(world.end_user()))["error"] == "invalid_request"
    assert location(by_value(world, sign(claims(client))))["code"]


def test_keys_elsewhere_are_fetched_again_for_an_unknown_kid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_keys, "RETRY_SECONDS", -1)
    uri = "https://rp.example/jwks.json"
    world.elsewhere.documents[uri] = public(key_for("ES256"))
    world.client, world.secret = world.add_client(jwks_uri=uri)
    world.agree()
    assert location(by_value(world, sign(claims(world.client))))["code"]
    new = key_for("ES256", "new")
    world.elsewhere.documents[uri] = public(new)
    assert location(by_value(world, sign(claims(world.client), key=new, kid="new")))["code"]
    assert world.elsewhere.fetched == [uri, uri]


def test_registered_keys_are_imported_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signer(world)
    imports: list[Any] = []
    once = KeySet.import_key_set

    def count(value: Any, **more: Any) -> KeySet:
        imports.append(value)
        return once(value, **more)

    monkeypatch.setattr(KeySet, "import_key_set", count)
    keys = ClientKeys(world.elsewhere)
    again = Client(client.client_id, orjson.loads(orjson.dumps(client.metadata)))
    assert keys.find(client) is keys.find(client) is keys.find(again) and len(imports) == 1
    changed = Client(client.client_id, {**client.metadata, "jwks": public(key_for("EdDSA"))})
    assert keys.find(changed) is not keys.find(client)


# FAPI 2.0: Message Signing §5.3.1


def push(world: World, token: str, **beside: str) -> Any:
    form = {"client_id": world.client.client_id, "request": token, **beside}
    header = basic(world.client.client_id, world.secret)
    return world.provider.pushed_requests.respond(post(form, header), world.now)


@pytest.mark.parametrize("profile", ["default", "fapi2"])
def test_a_signed_request_is_pushed(world: World, profile: str) -> None:
    client = signer(world, profile=profile)
    world.agree()
    answer = push(world, sign(claims(client, dpop_jkt="j" * 43)), state="beside", scope="openid phone")
    assert answer.status == 201, answer.body
    uri = quote(document(answer)["request_uri"])
    found = location(world.ask(f"client_id={client.client_id}&request_uri={uri}", world.end_user()))
    assert found["state"] == "inside" and found["code"]
    [grant] = world.grants.rows.values()
    assert (grant.scope, grant.dpop_jkt) == ("openid", "j" * 43)


FAPI_REFUSES = {
    "no-aud": {"aud": ...},
    "no-nbf": {"nbf": ...},
    "no-exp": {"exp": ...},
    "old-nbf": {"nbf": NOW - 3601, "exp": NOW + 60},
    "long": {"nbf": NOW, "exp": NOW + 3601},
    "plain-pkce": {"code_challenge_method": "plain"},
    "no-pkce": {"code_challenge": ...},
}


@pytest.mark.parametrize("changes", FAPI_REFUSES.values(), ids=FAPI_REFUSES.keys())
def test_fapi2_objects_are_young_and_for_us(world: World, changes: dict[str, Any]) -> None:
    client = signer(world, profile="fapi2")
    answer = push(world, sign(claims(client, **changes)))
    expected = "invalid_request" if "code_challenge" in str(changes) else "invalid_request_object"
    assert (answer.status, document(answer)["error"]) == (400, expected)
    assert not world.pushed_requests.rows


def test_fapi2_objects_are_not_signed_by_rs256(world: World) -> None:
    client = signer(world, "RS256", profile="fapi2")
    assert document(push(world, sign(claims(client), "RS256")))["error"] == "invalid_request_object"
    assert push(world, sign(claims(client), "PS256", key_for("RS256"))).status == 201


def test_another_clients_object_can_not_be_pushed(world: World) -> None:
    other = signer(world)
    client = signer(world)
    assert document(push(world, sign(claims(other))))["error"] == "invalid_request_object"
    assert push(world, sign(claims(client))).status == 201


# By reference: OpenID Connect Core §6.2

URI = "https://rp.example/r"


def by_reference(world: World, uri: str = URI, **outside: str) -> Any:
    return world.ask(
        urlencode({"client_id": world.client.client_id, "request_uri": uri, **outside}), world.end_user()
    )


@pytest.mark.parametrize("registered", [URI, URI + "#" + "h" * 43])
def test_an_object_is_fetched_from_its_registered_address(world: World, registered: str) -> None:
    client = signer(world, request_uris=[registered])
    world.agree()
    world.elsewhere.documents[URI] = sign(claims(client), typ="JWT").encode() + b"\n"
    assert location(by_reference(world, registered))["code"]
    assert location(by_reference(world, registered))["code"]
    assert world.elsewhere.fetched == [URI], "without the fragment, and once for one sign-in"


def test_another_fragment_names_another_content(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signer(world, request_uris=[URI])
    world.agree()
    world.elsewhere.documents[URI] = sign(claims(client, state="first")).encode()
    assert location(by_reference(world, URI + "#1"))["state"] == "first"
    world.elsewhere.documents[URI] = sign(claims(client, state="second")).encode()
    assert location(by_reference(world, URI + "#1"))["state"] == "first"
    assert location(by_reference(world, URI + "#2"))["state"] == "second"
    monkeypatch.setattr(request_uris, "FRESH_SECONDS", -1)
    for state in ("third", "fourth"):
        world.elsewhere.documents[URI] = sign(claims(client, state=state)).encode()
        assert location(by_reference(world))["state"] == state


class Kept(str):
    """Text that can be counted while somebody holds it."""

    alive: ClassVar[WeakSet[Kept]] = WeakSet()

    def __new__(cls, body: bytes) -> Kept:
        made = super().__new__(cls, body.decode())
        cls.alive.add(made)
        return made


def test_fragments_that_strangers_make_up_fill_no_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_uris, "read_token", Kept)
    world.provider = world.new_provider()
    signer(world, request_uris=[URI])
    world.elsewhere.documents[URI] = b"x.y.z"
    for number in range(3 * request_uris.MOST_KEPT):
        by_reference(world, f"{URI}#{number}", redirect_uri=REDIRECT_URI)
        gc.collect(0)
        assert len(Kept.alive) <= request_uris.MOST_KEPT + 1
    assert Kept.alive


def test_a_request_uri_is_of_reasonable_length(world: World) -> None:
    """OpenID Connect Core §6.2: 512 characters at most."""
    signer(world, request_uris=[URI])
    found = location(by_reference(world, f"{URI}#{'h' * 512}", redirect_uri=REDIRECT_URI))
    assert found["error"] == "invalid_request_uri" and not world.elsewhere.fetched


@pytest.mark.parametrize("uri", [URI + "/", URI + "?x", "http://169.254.169.254/", "https://evil.example/r"])
def test_an_address_that_is_not_registered_is_not_fetched(world: World, uri: str) -> None:
    signer(world, request_uris=[URI])
    found = location(by_reference(world, uri, redirect_uri=REDIRECT_URI, state="s"))
    assert (found["error"], found["state"]) == ("invalid_request_uri", "s")
    assert not world.elsewhere.fetched


def test_a_client_without_registered_addresses_has_the_feature_off(world: World) -> None:
    found = location(by_reference(world, redirect_uri=REDIRECT_URI))
    assert found["error"] == "request_uri_not_supported" and not world.elsewhere.fetched


def test_an_address_that_answers_with_nothing_usable(world: World) -> None:
    signer(world, request_uris=[URI, URI + "2"])
    gone = location(by_reference(world, redirect_uri=REDIRECT_URI))
    assert gone["error"] == "invalid_request_uri"
    by_reference(world, redirect_uri=REDIRECT_URI)
    assert world.elsewhere.fetched == [URI], "a failure is remembered"
    world.elsewhere.documents[URI + "2"] = b"not a JWT"
    bad = location(by_reference(world, URI + "2", redirect_uri=REDIRECT_URI))
    assert bad["error"] == "invalid_request_object"


@pytest.mark.parametrize(
    "metadata",
    [
        {"request_object_signing_alg": "none"},
        {"request_object_signing_alg": "HS256"},
        {"require_signed_request_object": True},
        {"require_signed_request_object": "true", "jwks_uri": "https://rp.example/jwks"},
        {"request_uris": ["http://rp.example/r"]},
        {"request_uris": ["https://rp.example/" + "r" * 512]},
        {"request_uris": ["https://user@rp.example/r"]},
        {"request_uris": [5]},
        {"request_uris": [f"https://rp.example/{n}" for n in range(51)]},
    ],
)
def test_metadata_about_requests_that_can_not_be(world: World, metadata: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=next(iter(metadata))) as refusal:
        world.add_client(**metadata)
    assert refusal.value.code == "invalid_client_metadata"  # type: ignore[attr-defined]


def test_discovery_tells_what_is_taken(world: World) -> None:
    found = document(world.provider.metadata())
    assert found["request_parameter_supported"] is found["request_uri_parameter_supported"] is True
    assert found["require_request_uri_registration"] is True
    algs = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
    assert found["request_object_signing_alg_values_supported"] == algs


@pytest.mark.parametrize(
    "metadata", [{"request_object_signing_alg": "ES256"}, {"require_signed_request_object": True}]
)
def test_fapi2_clients_that_sign_push_nothing_unsigned(world: World, metadata: dict[str, Any]) -> None:
    """FAPI 2.0 Message Signing §5.3.1."""
    client = replace(signer(world, **metadata), profile="fapi2")
    world.clients.add(client)
    form = dict(parse_qsl(world.query(client)))
    header = basic(client.client_id, world.secret)
    answer = world.provider.pushed_requests.respond(post(form, header), world.now)
    assert (answer.status, document(answer)["error"]) == (400, "invalid_request")
    assert push(world, sign(claims(client))).status == 201
