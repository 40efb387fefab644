"""DPoP: RFC 9449, its own examples first, then each rule of §4.3, §5 to §10 in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from oidc.errors import InvalidDpopProof, UseDpopNonce
from oidc.http import Request, Response
from oidc.memory import MemoryReplays
from oidc.models import Client
from oidc.token.dpop import DPOP_ALGS, NONCE_SECONDS, Nonces, Proofs, read_proof
from oidc.token.htu import normalize
from tests.oidc.proof import KEY, OTHER_KEY, ath, make_proof, part, sign
from tests.oidc.world import ISSUER, NOW, REDIRECT_URI, VERIFIER, World, basic, document, location, post

TOKEN = f"{ISSUER}/token"
USERINFO = f"{ISSUER}/userinfo"
# RFC 9449 §4.1 (figure 1), §7.1 (figure 13) and §6.1 (figure 8)
HEADER = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
    "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
)
TOKEN_PROOF = (
    f"{HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2Vu"
    "IiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
RESOURCE_PROOF = (
    f"{HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90"
    "ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9."
    "2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
RFC_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
RFC_JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def new_proofs(*, requires_nonce: bool = False) -> Proofs:
    return Proofs(MemoryReplays(), Nonces(b"n" * 32), requires_nonce=requires_nonce)


def check(text: str, **changes: Any) -> str:
    asked = {"htm": "POST", "htu": (TOKEN,), "now": NOW, **changes}
    return new_proofs().check(text, **asked).jkt


# The RFC's own examples


def test_the_example_of_a_token_request() -> None:
    proof = read_proof(TOKEN_PROOF)
    assert proof.jkt == RFC_JKT and proof.claims["jti"] == "-BwC3ESc6acc2lTc"
    assert check(TOKEN_PROOF, htu=("https://server.example.com/token",), now=1562262616) == RFC_JKT


def test_the_example_of_a_resource_request() -> None:
    asked = {"htm": "GET", "htu": ("https://resource.example.org/protectedresource",), "now": 1562262618}
    assert ath(RFC_TOKEN) == read_proof(RESOURCE_PROOF).claims["ath"]
    assert check(RESOURCE_PROOF, access_token=RFC_TOKEN, **asked) == RFC_JKT
    with pytest.raises(InvalidDpopProof, match="ath"):
        check(RESOURCE_PROOF, access_token=RFC_TOKEN + "x", **asked)


def test_any_change_breaks_the_signature() -> None:
    head, payload, signature = TOKEN_PROOF.split(".")
    for text in (
        f"{head}.{part({'jti': 'x'})}.{signature}",
        f"{head}.{payload}.{signature[:-4]}AAAA",
        f"{head}.{payload}.{signature[:-2]}",
    ):
        with pytest.raises(InvalidDpopProof):
            read_proof(text)


# §4.3: what a proof must be

RSA = RSAKey.generate_key(2048)
ED25519 = OKPKey.generate_key("Ed25519")


@pytest.mark.parametrize(("alg", "key"), [("ES256", KEY), ("PS256", RSA), ("EdDSA", ED25519)])
def test_the_published_algorithms_work(alg: str, key: Any) -> None:
    assert alg in DPOP_ALGS
    assert check(make_proof("POST", TOKEN, NOW, key, alg=alg)) == key.thumbprint()


def private(key: Any) -> dict[str, Any]:
    found: dict[str, Any] = key.as_dict(private=True)
    return found


SECRET = OctKey.generate_key(256)
P384 = ECKey.generate_key("P-384")
WRONG_HEADERS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "no typ": (KEY, "ES256", {"typ": ...}),
    "typ JWT": (KEY, "ES256", {"typ": "JWT"}),
    "typ of other case": (KEY, "ES256", {"typ": "DPOP+JWT"}),
    "typ a list": (KEY, "ES256", {"typ": ["dpop+jwt"]}),
    "no alg": (KEY, "ES256", {"alg": ...}),
    "alg none": (KEY, "ES256", {"alg": "none"}),
    "alg in a list": (KEY, "ES256", {"alg": ["ES256"]}),
    "alg RS256": (RSA, "RS256", {}),
    "alg HS256": (SECRET, "HS256", {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}),
    "alg ES384": (P384, "ES384", {}),
    "alg for another key": (KEY, "ES256", {"jwk": RSA.as_dict(private=False)}),
    "key of another curve": (KEY, "ES256", {"jwk": P384.as_dict(private=False)}),
    "no jwk": (KEY, "ES256", {"jwk": ...}),
    "jwk a text": (KEY, "ES256", {"jwk": "x"}),
    "jwk empty": (KEY, "ES256", {"jwk": {}}),
    "jwk a number": (KEY, "ES256", {"jwk": {"kty": "EC", "crv": "P-256", "x": 1, "y": 2}}),
    "jwk off the curve": (KEY, "ES256", {"jwk": {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}}),
    "jwk of somebody else": (KEY, "ES256", {"jwk": OTHER_KEY.as_dict(private=False)}),
    "private EC key": (KEY, "ES256", {"jwk": private(KEY)}),
    "private RSA key": (RSA, "PS256", {"jwk": private(RSA)}),
    "private Ed25519 key": (ED25519, "EdDSA", {"jwk": private(ED25519)}),
    "short RSA key": (RSAKey.generate_key(1024), "PS256", {}),
    "jwk of an even modulus": (RSA, "PS256", {"jwk": {"kty": "RSA", "n": "A" * 342, "e": "AQAB"}}),
    "huge exponent": (RSA, "PS256", {"jwk": {**RSA.as_dict(private=False), "e": "_" * 340 + "w"}}),
    "crit": (KEY, "ES256", {"crit": ["exp"], "exp": 1}),
    "b64": (KEY, "ES256", {"crit": ["b64"], "b64": True}),
}


@pytest.mark.parametrize("name", WRONG_HEADERS)
def test_a_header_that_is_wrong_is_refused(name: str) -> None:
    key, alg, header = WRONG_HEADERS[name]
    with pytest.raises(InvalidDpopProof):
        read_proof(make_proof("POST", TOKEN, NOW, key, alg=alg, header=header))


def test_what_a_header_says_beside_is_ignored() -> None:
    extra = {"kid": "k", "x5u": "https://evil.example/", "strange": {"a": 1}}
    jwk = {**KEY.as_dict(private=False), "use": "enc", "key_ops": ["sign"], "alg": "RS256"}
    proof = read_proof(make_proof("POST", TOKEN, NOW, header={**extra, "jwk": jwk}))
    assert proof.jkt == KEY.thumbprint(), "the thumbprint is of the key alone: RFC 7638"


STRANGE = [
    "", " ", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", "ü.ü.ü", '{"payload":"x"}', "\x00.\x00.\x00",
    "a" * 100_000,
    f"{part([])}.{part({})}.AA", f"{part(5)}.{part({})}.AA", f"{part(b'{')}.e30.AA", "e30.e30.AA",
    f"{TOKEN_PROOF}, {TOKEN_PROOF}", f"{TOKEN_PROOF},{RESOURCE_PROOF}", f"{TOKEN_PROOF} ", f"{TOKEN_PROOF}\n",
    TOKEN_PROOF + "=", f"{part(b'[' * 5000)}.e30.AA",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(InvalidDpopProof):
        read_proof(text)


@pytest.mark.parametrize("payload", ["[]", "5", "", "{", '{"jti":"a","jti":"b"}', '{"iat":NaN}', "\ud800"])
def test_a_payload_that_is_no_object_is_refused(payload: str) -> None:
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": KEY.as_dict(private=False)}
    with pytest.raises(InvalidDpopProof):
        read_proof(sign(header, payload.encode("utf-8", "surrogatepass"), KEY, "ES256"))


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"jti": ...}, {"jti": ""}, {"jti": 5}, {"jti": None}, {"jti": ["a"]},
    {"htm": ...}, {"htm": "GET"}, {"htm": "post"}, {"htm": ["POST"]},
    {"htu": ...}, {"htu": ""}, {"htu": 5}, {"htu": [TOKEN]}, {"htu": "/token"}, {"htu": USERINFO},
    {"htu": f"{ISSUER}/token/"}, {"htu": f"{ISSUER}/TOKEN"}, {"htu": TOKEN.replace("https", "http")},
    {"htu": "https://evil.example/token"}, {"htu": TOKEN.replace("https://", "https://a@")},
    {"htu": f"{ISSUER}:8443/token"}, {"htu": f"{TOKEN}%2f"}, {"htu": f"{TOKEN} "}, {"htu": "https://[::1/token"},
    {"iat": ...}, {"iat": NOW - 61}, {"iat": NOW + 11}, {"iat": NOW - 3600}, {"iat": NOW + 3600},
    {"iat": str(NOW)}, {"iat": None}, {"iat": True}, {"iat": 0}, {"iat": -NOW}, {"iat": [NOW]},
]  # fmt: skip


@pytest.mark.parametrize("changes", WRONG_CLAIMS, ids=range(len(WRONG_CLAIMS)))
def test_a_claim_that_is_wrong_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDpopProof, match=next(iter(changes))):
        check(make_proof("POST", TOKEN, NOW, **changes))


@pytest.mark.parametrize("iat", [NOW - 60, NOW - 10, NOW, NOW + 8, NOW + 10, NOW - 0.5])
def test_a_clock_that_is_a_little_off_is_forgiven(iat: float) -> None:
    assert check(make_proof("POST", TOKEN, NOW, iat=iat))


def test_exp_and_nbf_are_not_asked() -> None:
    assert check(make_proof("POST", TOKEN, NOW, exp=NOW + 60, nbf=NOW))


@pytest.mark.parametrize(
    "htu",
    [
        f"{TOKEN}?a=b", f"{TOKEN}#x", f"{TOKEN}?a=b#x", f"{ISSUER}:443/token", f"{ISSUER}/%74oken",
        f"{ISSUER}/a/../token", f"{ISSUER}/./token", TOKEN.replace("https", "HTTPS"),
        TOKEN.replace("thainguyen", "THAINGUYEN"),
    ],
)  # fmt: skip
def test_htu_is_compared_in_normal_form_without_query_and_fragment(htu: str) -> None:
    assert check(make_proof("POST", TOKEN, NOW, htu=htu))


@pytest.mark.parametrize(
    ("uri", "normal"),
    [
        ("https://A.example", "https://a.example/"),
        ("http://a.example:80/", "http://a.example/"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://a.example/%c3%a9%2f", "https://a.example/%C3%A9%2F"),
        ("https://a.example/b/c/./../../g", "https://a.example/g"),  # RFC 3986 §5.2.4
        ("https://a.example/../../g/.", "https://a.example/g/"),
        ("https://a.example/x/..", "https://a.example/"),
        ("https://a.example:99999/", None),
        ("https:///token", None),
        ("urn:x", None),
        ("https://" + "a" * 3000, None),
    ],
)
def test_addresses_in_normal_form(uri: str, normal: str | None) -> None:
    assert normalize(uri) == normal


def test_a_proof_works_once_for_as_long_as_it_would_be_good() -> None:
    proofs, text = new_proofs(), make_proof("POST", TOKEN, NOW, jti="one")
    asked: dict[str, Any] = {"htm": "POST", "htu": (TOKEN,)}
    proofs.check(text, now=NOW, **asked)
    with pytest.raises(InvalidDpopProof, match="before"):
        proofs.check(text, now=NOW + 60, **asked)
    with pytest.raises(InvalidDpopProof, match="before"):
        proofs.check(make_proof("POST", TOKEN, NOW, jti="one"), now=NOW, **asked)
    assert proofs.check(make_proof("POST", TOKEN, NOW, OTHER_KEY, jti="one"), now=NOW, **asked), (
        "another's jti"
    )


def test_what_is_refused_spends_no_jti() -> None:
    proofs = new_proofs(requires_nonce=True)
    text = make_proof("POST", TOKEN, NOW, jti="one")
    with pytest.raises(UseDpopNonce) as refused:
        proofs.check(text, htm="POST", htu=(TOKEN,), now=NOW)
    again = make_proof("POST", TOKEN, NOW, jti="one", nonce=refused.value.nonce)
    assert proofs.check(again, htm="POST", htu=(TOKEN,), now=NOW)


# §8 and §9: nonces


def test_a_nonce_is_good_until_the_one_after_the_next_is_offered() -> None:
    nonces = Nonces(b"n" * 32)
    begin = NOW - NOW % NONCE_SECONDS
    nonce = nonces.current(begin)
    assert nonces.current(begin + NONCE_SECONDS - 1) == nonce != nonces.current(begin + NONCE_SECONDS)
    assert nonces.is_ours(nonce, begin) and nonces.is_ours(nonce, begin + 2 * NONCE_SECONDS - 1)
    assert not nonces.is_ours(nonce, begin + 2 * NONCE_SECONDS)
    assert not Nonces(b"o" * 32).is_ours(nonce, begin)
    for strange in (None, "", "x", "ü", 5, [nonce]):
        assert not nonces.is_ours(strange, begin)


def test_a_new_nonce_is_offered_before_the_old_one_is_out_of_date() -> None:
    proofs, begin = new_proofs(requires_nonce=True), NOW - NOW % NONCE_SECONDS
    with pytest.raises(UseDpopNonce) as refused:
        proofs.check(make_proof("POST", TOKEN, begin), htm="POST", htu=(TOKEN,), now=begin)
    nonce = refused.value.nonce
    proved = proofs.check(make_proof("POST", TOKEN, begin, nonce=nonce), htm="POST", htu=(TOKEN,), now=begin)
    assert proved.next_nonce == ""
    later = begin + NONCE_SECONDS
    text = make_proof("POST", TOKEN, later, nonce=nonce)
    assert proofs.check(text, htm="POST", htu=(TOKEN,), now=later).next_nonce not in ("", nonce)


@pytest.mark.parametrize("nonce", ["", "x", None, 5])
def test_a_nonce_that_is_not_ours_is_refused_where_none_is_needed_too(nonce: Any) -> None:
    with pytest.raises(UseDpopNonce):
        check(make_proof("POST", TOKEN, NOW, nonce=nonce))


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
        assert 'error="invalid_token"' in found["Bearer"] and found["DPoP"] == 'algs="ES256 PS256 EdDSA"'
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
