"""DPoP proofs: RFC 9449, its own examples first, then each rule of §4.3, §8 and §11.1."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from oidc.errors import InvalidDpopProof, UseDpopNonce
from oidc.memory import MemoryReplays
from oidc.token.dpop import DPOP_ALGS, NONCE_SECONDS, Nonces, Proofs, read_proof
from oidc.token.htu import normalize
from tests.oidc.proof import KEY, OTHER_KEY, ath, make_proof, part, sign
from tests.oidc.world import ISSUER, NOW

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


@pytest.mark.parametrize(
    ("alg", "key"), [("ES256", KEY), ("PS256", RSA), ("Ed25519", ED25519), ("EdDSA", ED25519)]
)
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
