"""Whatever comes in a token's place is InvalidToken or a good token of ours, never another exception."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from keys.compact import InvalidToken
from keys.envelope import KeyEnvelope
from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import RotationPolicy
from keys.signing_key import SigningKey

KEK = bytes(range(32))
NOW = 1_795_000_000
CLAIMS = {"iss": "https://id.example", "sub": "s", "exp": NOW + 600, "iat": NOW}
STORE = MemoryKeyStore()
KEYRING = Keyring(STORE, KEK, RotationPolicy())
KEYRING.ensure(NOW)
KEYS: dict[str, SigningKey] = {key.alg: KeyEnvelope(KEK).open(key) for key in STORE.find_all()}
ES256 = KEYS["ES256"]
HEADER = {"alg": "ES256", "kid": ES256.kid, "typ": "JWT"}
GOOD = KEYRING.sign(CLAIMS, alg="ES256", typ="JWT", now=NOW)


def segment(content: bytes | str | dict[str, Any]) -> bytes:
    if isinstance(content, dict):
        content = json.dumps(content)
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(content).rstrip(b"=")


def signed(header: bytes | str | dict[str, Any], payload: bytes | str | dict[str, Any]) -> str:
    """A token that our own key really signed, whatever stands in it."""
    signing_input = segment(header) + b"." + segment(payload)
    return (signing_input + b"." + segment(ES256.sign(signing_input))).decode()


def refuse(token: Any, reason: str, *, typ: str | None = "JWT", now: int = NOW) -> None:
    with pytest.raises(InvalidToken) as raised:
        KEYRING.verify(token, typ=typ, now=now)
    assert raised.value.reason == reason
    assert isinstance(raised.value, ValueError), "what knows no keys catches it so"


def test_what_the_cases_vary_is_good() -> None:
    assert KEYRING.verify(signed(HEADER, CLAIMS), typ="JWT", now=NOW) == CLAIMS


@pytest.mark.parametrize(
    "alg", ["none", "None", "nOnE", "HS256", "HS384", "HS512", "ES384", "PS256", "EdDSA", ""]
)
def test_other_algorithms(alg: str) -> None:
    refuse(signed({**HEADER, "alg": alg}, CLAIMS), "unknown_key")


def test_unsigned() -> None:
    payload = segment(CLAIMS).decode()
    refuse(f"{segment({**HEADER, 'alg': 'none'}).decode()}.{payload}.", "unknown_key")
    refuse(f"{segment(HEADER).decode()}.{payload}.", "signature")
    refuse(f"{segment(HEADER).decode()}.{payload}", "malformed")


def test_mac_by_the_public_key() -> None:
    for secret in (json.dumps(ES256.public_jwk), KEYRING.jwks(NOW), ES256.kid):
        key = OctKey.import_key(secret)
        token = jws.serialize_compact({**HEADER, "alg": "HS256"}, json.dumps(CLAIMS), key)
        refuse(token, "unknown_key")


def test_one_of_our_keys_under_the_other_algorithm() -> None:
    refuse(signed({**HEADER, "alg": "RS256"}, CLAIMS), "unknown_key")
    refuse(signed({**HEADER, "kid": KEYS["RS256"].kid}, CLAIMS), "unknown_key")
    refuse(signed({**HEADER, "alg": "RS256", "kid": KEYS["RS256"].kid}, CLAIMS), "signature")


@pytest.mark.parametrize("curve", ["P-384", "P-521", "secp256k1"])
def test_another_curve(curve: str) -> None:
    alg = {"P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K"}[curve]
    key = ECKey.generate_key(curve)
    refuse(jws.serialize_compact({**HEADER, "alg": alg}, json.dumps(CLAIMS), key, [alg]), "unknown_key")


def test_a_strangers_key_under_our_kid() -> None:
    for alg, key in (("ES256", ECKey.generate_key()), ("RS256", RSAKey.generate_key())):
        header = {"alg": alg, "kid": KEYS[alg].kid, "typ": "JWT"}
        refuse(jws.serialize_compact(header, json.dumps(CLAIMS), key), "signature")


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "../../../etc/passwd",
        "/dev/null",
        "' OR 1=1 --",
        "x' UNION SELECT sealed FROM signing_keys --",
        "\0",
        "𝕜",
    ],
)
def test_strange_kids(kid: str) -> None:
    refuse(signed({**HEADER, "kid": kid}, CLAIMS), "unknown_key")


@pytest.mark.parametrize("kid", [None, 1, 1.5, True, [], [ES256.kid], {}, {"kid": ES256.kid}])
def test_kids_that_are_no_strings(kid: Any) -> None:
    refuse(signed({**HEADER, "kid": kid}, CLAIMS), "header")


def test_a_kid_of_ten_kibibytes() -> None:
    refuse(signed({**HEADER, "kid": "k" * 10_240}, CLAIMS), "malformed")


@pytest.mark.parametrize(
    "members",
    [
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"x5c": []},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"enc": "A256GCM"},
    ],
)
def test_header_members_that_we_never_write(members: dict[str, Any]) -> None:
    refuse(signed({**HEADER, **members}, CLAIMS), "header")


@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_missing_header_members(missing: str) -> None:
    refuse(signed({name: value for name, value in HEADER.items() if name != missing}, CLAIMS), "header")


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "jwt", "", "JWT "])
def test_another_type(typ: str) -> None:
    refuse(signed({**HEADER, "typ": typ}, CLAIMS), "typ")
    refuse(GOOD, "typ", typ="at+jwt")


def test_json_serialization() -> None:
    header, payload, signature = GOOD.split(".")
    flattened = {"protected": header, "payload": payload, "signature": signature}
    refuse(json.dumps(flattened), "malformed")
    refuse(json.dumps({"payload": payload, "signatures": [flattened]}), "malformed")
    refuse(flattened, "malformed")


def test_duplicate_members() -> None:
    header, payload = json.dumps(HEADER), json.dumps(CLAIMS)
    refuse(signed(header[:-1] + f', "kid": "{ES256.kid}"}}', payload), "malformed")
    refuse(signed(header, payload[:-1] + ', "sub": "another"}'), "malformed")
    refuse(signed(header, payload[:-1] + ', "address": {"a": 1, "\\u0061": 2}}'), "malformed")


NO_OBJECTS = [
    *(b"", b"[]", b"5", b"null", b'"x"', b"{", b"{}x", b"'{}'", b"\xff", b"\xef\xbb\xbf{}"),
    *(
        b'{"exp": NaN}',
        b'{"exp": Infinity}',
        b'{"exp": ' + b"9" * 5000 + b"}",
        b"[" * 20_000,
        b'{"a":' * 4000,
    ),
]


@pytest.mark.parametrize("content", NO_OBJECTS, ids=lambda content: repr(content[:20]))
def test_content_that_is_no_json_object(content: bytes) -> None:
    refuse(signed(HEADER, content), "malformed")
    refuse(signed(content, CLAIMS), "malformed")


NO_TOKENS: list[Any] = [
    *(None, 5, b"", GOOD.encode(), [], {}),
    *("", ".", "..", "...", "a.b.c", "=.=.=", "é.é.é", "\ud800", "." * 10_000, "x" * 10_000_000),
    *(GOOD + ".", GOOD + "=", GOOD + "\n", " " + GOOD, GOOD.replace(".", ".."), GOOD[:-1]),
]


@pytest.mark.parametrize("token", NO_TOKENS, ids=lambda token: repr(token)[:20])
def test_forms_that_are_no_token(token: Any) -> None:
    refuse(token, "malformed")


def test_one_token_has_one_spelling() -> None:
    """The last character of 64 bytes has four spare bits: a lenient decoder takes 16 spellings for one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for character in alphabet:
        if character != GOOD[-1]:
            with pytest.raises(InvalidToken):
                KEYRING.verify(GOOD[:-1] + character, typ="JWT", now=NOW)


def test_each_changed_character_is_seen() -> None:
    for index in range(len(GOOD)):
        changed = GOOD[:index] + ("A" if GOOD[index] != "A" else "B") + GOOD[index + 1 :]
        with pytest.raises(InvalidToken):
            KEYRING.verify(changed, typ="JWT", now=NOW)


def test_times_are_checked() -> None:
    refuse(GOOD, "expired", now=NOW + 600)
    assert KEYRING.verify(GOOD, typ="JWT", now=NOW + 600, allow_expired=True) == CLAIMS
    refuse(signed(HEADER, {**CLAIMS, "nbf": NOW + 3600}), "not_yet_valid")
    refuse(signed(HEADER, {**CLAIMS, "iat": NOW + 3600}), "not_yet_valid")
    assert KEYRING.verify(signed(HEADER, {**CLAIMS, "iat": NOW + 30}), typ="JWT", now=NOW)
    refuse(signed(HEADER, {"sub": "s", "iat": NOW}), "times")


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", [None, "1", 1.5, True, [], {}, 1e300])
def test_times_that_are_no_numbers(name: str, value: Any) -> None:
    refuse(signed(HEADER, {**CLAIMS, name: value}), "times")
    with pytest.raises(InvalidToken):
        KEYRING.verify(signed(HEADER, {**CLAIMS, name: value}), typ="JWT", now=NOW, allow_expired=True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(token=st.text() | st.binary() | JSON)
def test_anything_in_a_tokens_place_is_refused(token: Any) -> None:
    with pytest.raises(InvalidToken):
        KEYRING.verify(token, typ=None, now=NOW)


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk"]), JSON), payload=JSON)
def test_anything_that_our_own_key_signed_is_refused_unless_a_token(
    header: dict[str, Any], payload: Any
) -> None:
    for first in (header, HEADER):
        with pytest.raises(InvalidToken):
            KEYRING.verify(signed(first, json.dumps(payload)), typ=None, now=NOW)
