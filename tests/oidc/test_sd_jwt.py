"""SD-JWTs (RFC 9901): another library reads what we write, and we read as narrowly as we write."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from keys.compact import InvalidToken
from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import RotationPolicy
from oidc.credentials import sd_jwt
from oidc.credentials.sd_jwt import InvalidCredential

NOW = 1_795_000_000
ISSUER = "https://id.thainguyen.example"
PLAIN = {"iss": ISSUER, "iat": NOW, "exp": NOW + 86400, "vct": f"{ISSUER}/vct/employment"}
DISCLOSED = {
    "name": "Nông Thị Bích",
    "employer": {"name": "Công ty TNHH Chè Tân Cương", "tax_code": "4600123456"},
    "job_title": "Công nhân may",
}


@cache
def keyring() -> Keyring:
    made = Keyring(MemoryKeyStore(), bytes(32), RotationPolicy())
    made.ensure(NOW)
    return made


def verify(signed: str) -> dict[str, Any]:
    return keyring().verify(signed, typ=sd_jwt.TYP, now=NOW)


def issue(**changes: Any) -> str:
    return sd_jwt.issue(keyring(), PLAIN | changes, DISCLOSED, NOW)


def encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def decode(segment: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(segment + "=="))


def public_key(_issuer: str, header: dict[str, Any]) -> JWK:
    keys = json.loads(keyring().jwks(NOW))["keys"]
    return JWK(**next(key for key in keys if key["kid"] == header["kid"]))


def test_another_library_reads_what_we_issue() -> None:
    assert SDJWTVerifier(issue(), public_key).get_verified_payload() == PLAIN | DISCLOSED


def test_another_library_reads_what_is_left_of_it() -> None:
    shown = sd_jwt.leave_out(issue(), {"job_title", "name"})
    read = SDJWTVerifier(shown, public_key).get_verified_payload()
    assert read == PLAIN | {"employer": DISCLOSED["employer"]}
    assert sd_jwt.read(shown, verify) == read


def test_we_read_what_another_library_issues() -> None:
    key = JWK.generate(kty="EC", crv="P-256", kid="k1")
    claims = {SDObj(name): value for name, value in DISCLOSED.items()} | PLAIN
    issued = SDJWTIssuer(claims, key, extra_header_parameters={"typ": sd_jwt.TYP}).sd_jwt_issuance
    assert sd_jwt.read(issued, lambda signed: decode(signed.split(".")[1])) == PLAIN | DISCLOSED


def test_its_form_is_that_of_the_rfc() -> None:
    signed, *disclosures, last = issue().split("~")
    header, payload = (decode(part) for part in signed.split(".")[:2])
    assert (header["typ"], header["alg"], last) == ("dc+sd-jwt", "ES256", "")
    assert payload["_sd_alg"] == "sha-256"
    # RFC 9901 §4.2.3
    digests = [hashlib.sha256(one.encode()).digest() for one in disclosures]
    encoded = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in digests]
    assert payload["_sd"] == sorted(encoded)
    assert not any(name in payload for name in DISCLOSED)
    assert [decode(one)[1:] for one in disclosures] == [[name, value] for name, value in DISCLOSED.items()]


def test_a_digest_is_that_of_the_rfcs_example() -> None:
    # RFC 9901 §4.2.3, the disclosure of §4.2.1
    encoded = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert sd_jwt.Disclosure(encoded, "", "").digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert sd_jwt.split(f"a.b.c~{encoded}~")[1] == [sd_jwt.Disclosure(encoded, "family_name", "Möbius")]


def test_each_salt_has_128_bits_and_comes_once() -> None:
    salts = [decode(one)[0] for _ in range(20) for one in issue().split("~")[1:-1]]
    assert len(set(salts)) == len(salts)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", salt) for salt in salts)


@pytest.mark.parametrize("name", ["iss", "exp", "status", "vct", "_sd", "..."])
def test_what_everybody_must_see_is_never_in_a_disclosure(name: str) -> None:
    with pytest.raises(ValueError, match="never"):
        sd_jwt.issue(keyring(), PLAIN, {name: "x"}, NOW)


def altered(change: Callable[[str, list[str]], str]) -> str:
    signed, *disclosures, _last = issue().split("~")
    return change(signed, disclosures)


ATTACKS: dict[str, tuple[Callable[[str, list[str]], str], str]] = {
    "a claim of their own": (
        lambda s, d: "~".join([s, *d, encode(["AAAAAAAAAAAAAAAAAAAAAA", "job_title", "Giám đốc"]), ""]),
        "not_signed",
    ),
    "a claim twice": (lambda s, d: "~".join([s, *d, d[0], ""]), "not_signed"),
    "another value": (
        lambda s, d: "~".join([s, encode([decode(d[0])[0], "name", "Người Khác"]), ""]),
        "not_signed",
    ),
    "an issuer of their own": (
        lambda s, _d: "~".join([s, encode(["AAAAAAAAAAAAAAAAAAAAAA", "iss", "https://evil.example"]), ""]),
        "malformed",
    ),
    "digests in a value": (
        lambda s, _d: "~".join([s, encode(["AAAAAAAAAAAAAAAAAAAAAA", "name", {"_sd": ["x"]}]), ""]),
        "malformed",
    ),
    "no array": (lambda s, _d: "~".join([s, encode({"name": "x"}), ""]), "malformed"),
    "an element of an array": (
        lambda s, _d: "~".join([s, encode(["AAAAAAAAAAAAAAAAAAAAAA", "x"]), ""]),
        "malformed",
    ),
    "no JSON": (lambda s, _d: f"{s}~e30x~", "malformed"),
    "padding": (lambda s, d: f"{s}~{d[0]}=~", "malformed"),
    "nothing at its end": (lambda s, d: "~".join([s, *d]), "malformed"),
    "a key binding": (lambda s, d: "~".join([s, *d, "e30.e30.AAAA"]), "malformed"),
    "two hundred disclosures": (lambda s, d: "~".join([s, *(d * 70), ""]), "malformed"),
    "a JWT alone": (lambda s, _d: s, "malformed"),
    "nothing": (lambda _s, _d: "", "malformed"),
    "a megabyte": (lambda s, d: s + "~" + "A" * 1_000_000 + "~", "malformed"),
    "letters of no alphabet": (lambda s, d: f"{s}~ñ~", "malformed"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_not_signed_is_refused(attack: str) -> None:
    change, reason = ATTACKS[attack]
    with pytest.raises(InvalidCredential) as refused:
        sd_jwt.read(altered(change), verify)
    assert refused.value.reason == reason


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256"])
def test_its_signature_is_ours_by_its_own_algorithm(alg: str) -> None:
    signed, rest = issue().split("~", 1)
    header, payload, signature = signed.split(".")
    forged = encode(decode(header) | {"alg": alg})
    for end in (signature, ""):
        with pytest.raises(InvalidToken):
            sd_jwt.read(f"{forged}.{payload}.{end}~{rest}", verify)


def test_a_token_of_another_kind_is_no_card() -> None:
    token = keyring().sign(PLAIN, alg="ES256", typ="JWT", now=NOW)
    with pytest.raises(InvalidToken) as refused:
        sd_jwt.read(f"{token}~", verify)
    assert refused.value.reason == "typ"


@pytest.mark.parametrize(
    "payload",
    [{"_sd": ["a", "a"]}, {"_sd": "a"}, {"_sd": [], "_sd_alg": "sha-1"}, {"_sd": [], "_sd_alg": None}],
)
def test_a_payload_that_we_never_write_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(InvalidCredential):
        sd_jwt.read("a.b.c~", lambda _signed: payload)


def test_a_disclosed_claim_never_stands_beside_a_plain_one() -> None:
    made = sd_jwt.make_disclosure("name", "x")
    with pytest.raises(InvalidCredential) as refused:
        sd_jwt.read(f"a.b.c~{made.encoded}~", lambda _signed: {"name": "y", "_sd": [made.digest]})
    assert refused.value.reason == "claim_twice"


@given(
    text=st.text(max_size=300),
    cut=st.integers(0, 2000),
    disclosures=st.lists(st.text(max_size=40), max_size=3),
)
def test_whatever_comes_is_read_or_refused(text: str, cut: int, disclosures: list[str]) -> None:
    card = issue()
    presented = card[:cut] + text + "~".join(disclosures) + card[cut:]
    try:
        assert sd_jwt.read(presented, verify) == PLAIN | DISCLOSED or presented != card
    except (InvalidCredential, InvalidToken):
        assert presented != card
