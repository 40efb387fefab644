"""What is sealed opens only under its key, in its place, unchanged to the bit; and errors tell nothing."""

from __future__ import annotations

import dataclasses
import traceback

import pytest

from keys.envelope import Envelope, KeyEnvelope, KeyUnreadable, SealBroken
from keys.generate import generate_key
from keys.signing_key import Es256Key, SigningKey
from keys.store import StoredKey

KEK = bytes(range(32))
OTHER_KEK = bytes(range(1, 33))


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return generate_key(Es256Key.alg)


@pytest.fixture(scope="module")
def stored(key: SigningKey) -> StoredKey:
    return StoredKey(key.kid, key.alg, 1, 1000, 1000, KeyEnvelope(KEK).seal(key))


def test_a_sealed_value_opens_in_its_context() -> None:
    sealed = Envelope(KEK).seal(b"plaintext", "row 1")
    assert b"plaintext" not in sealed
    assert Envelope(KEK).open(sealed, "row 1") == b"plaintext"


def test_the_same_value_is_never_sealed_alike() -> None:
    assert Envelope(KEK).seal(b"plaintext", "row 1") != Envelope(KEK).seal(b"plaintext", "row 1")


def test_a_sealed_value_does_not_open_elsewhere() -> None:
    sealed = Envelope(KEK).seal(b"plaintext", "row 1")
    with pytest.raises(SealBroken):
        Envelope(KEK).open(sealed, "row 2")
    with pytest.raises(SealBroken):
        Envelope(OTHER_KEK).open(sealed, "row 1")


def test_each_single_bit_matters() -> None:
    sealed = Envelope(KEK).seal(b"x", "row")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            Envelope(KEK).open(bytes(changed), "row")


@pytest.mark.parametrize("length", range(30))
def test_a_cut_value_is_broken(length: int) -> None:
    with pytest.raises(SealBroken):
        Envelope(KEK).open(Envelope(KEK).seal(b"x", "row")[:length], "row")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Envelope(b"k" * length)
    with pytest.raises(KeyUnreadable, match="32 bytes"):
        KeyEnvelope(b"k" * length)


def test_a_stored_key_opens(key: SigningKey, stored: StoredKey) -> None:
    assert KeyEnvelope(KEK).open(stored).public_jwk == key.public_jwk


def changed_keys(stored: StoredKey) -> list[StoredKey]:
    flipped = stored.sealed[:-1] + bytes([stored.sealed[-1] ^ 1])
    return [
        dataclasses.replace(stored, sealed=flipped),
        dataclasses.replace(stored, sealed=b""),
        dataclasses.replace(stored, kid=generate_key(Es256Key.alg).kid),
        dataclasses.replace(stored, alg="RS256"),
        dataclasses.replace(stored, alg="none"),
        dataclasses.replace(stored, sealed=Envelope(KEK).seal(b"not a key", stored.kid)),
        dataclasses.replace(
            stored, sealed=Envelope(KEK).seal(generate_key(Es256Key.alg).to_der(), stored.kid)
        ),
    ]


@pytest.mark.parametrize("case", range(7))
def test_a_changed_key_is_unreadable(stored: StoredKey, case: int) -> None:
    with pytest.raises(KeyUnreadable):
        KeyEnvelope(KEK).open(changed_keys(stored)[case])


def test_an_unreadable_key_names_its_kid_and_no_key_material(key: SigningKey, stored: StoredKey) -> None:
    with pytest.raises(KeyUnreadable) as raised:
        KeyEnvelope(OTHER_KEK).open(stored)
    text = "".join(traceback.format_exception(raised.value))
    assert stored.kid in text
    assert raised.value.__cause__ is None
    for secret in (KEK, OTHER_KEK, stored.sealed, key.to_der()):
        assert secret.hex() not in text
        assert repr(secret) not in text


def test_a_stored_key_is_not_shown_with_its_sealed_part(stored: StoredKey) -> None:
    assert "sealed" not in repr(stored)
