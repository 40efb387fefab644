"""The master key is taken only from a sound file, and what is derived from it never crosses over."""

from __future__ import annotations

import base64
import hmac
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tnid.sealing import MasterKeyError, SealBroken, Sealer, load_master_key

KEY = bytes(range(32))
TEXT = base64.b64encode(KEY)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "master.key"


def write(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refusal(path: Path, **options: bool) -> str:
    with pytest.raises(MasterKeyError) as raised:
        load_master_key(path, **options)
    return str(raised.value)


def test_a_master_key_is_made_once_for_its_owner_only(key_file: Path) -> None:
    made = load_master_key(key_file)
    assert len(made) == 32
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert load_master_key(key_file) == load_master_key(key_file, create=False) == made
    assert [path.name for path in key_file.parent.iterdir()] == ["master.key"]


def test_all_who_make_it_at_once_get_the_same(key_file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load_master_key, [key_file] * 16))) == 1
    assert [path.name for path in key_file.parent.iterdir()] == ["master.key"]


@pytest.mark.parametrize("content", [TEXT, TEXT + b"\n", b" " + TEXT + b"\r\n"])
def test_a_given_key_is_read(key_file: Path, content: bytes) -> None:
    assert load_master_key(write(key_file, content)) == KEY


def test_a_missing_file_is_refused_where_it_must_exist(key_file: Path) -> None:
    assert str(key_file) in refusal(key_file, create=False)
    assert not key_file.parent.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o777, 0o620, 0o601])
def test_a_file_open_to_others_is_refused(key_file: Path, mode: int) -> None:
    assert "chmod 600" in refusal(write(key_file, TEXT, mode))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"changeme",
        TEXT[:-4],
        TEXT + TEXT,
        KEY,
        KEY.hex().encode(),
        base64.b64encode(KEY[:31]),
        base64.b64encode(KEY + b"x"),
        base64.b64encode(bytes(32)),
        base64.b64encode(b"changemechangemechangemechangeme"),
        "khoá".encode(),
    ],
)
def test_a_bad_key_is_refused_without_being_shown(key_file: Path, content: bytes) -> None:
    message = refusal(write(key_file, content))
    assert str(key_file) in message
    assert len(content.strip()) == 0 or content.strip().decode("latin-1") not in message


def test_a_folder_or_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "regular" in refusal(tmp_path)
    assert "regular" in refusal(tmp_path / "pipe")


def test_a_place_that_can_not_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "can't be used" in refusal(tmp_path / "file" / "master.key")


def test_derived_keys_are_stable_and_differ() -> None:
    assert Sealer(KEY).derive("signing keys") == Sealer(KEY).derive("signing keys")
    assert len(Sealer(KEY).derive("signing keys")) == 32
    others = [Sealer(KEY).derive("cookies"), Sealer(KEY[::-1]).derive("signing keys"), KEY]
    assert Sealer(KEY).derive("signing keys") not in others


def test_hkdf_is_the_rfcs() -> None:
    """RFC 5869 section 2, done by hand: no salt is 32 zero bytes, and one block is enough for 32 bytes."""
    pseudo_random_key = hmac_sha256(bytes(32), KEY)
    assert Sealer(KEY).derive("cookies") == hmac_sha256(pseudo_random_key, b"cookies\x01")


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def test_a_sealed_value_opens_in_its_place_only() -> None:
    sealed = Sealer(KEY).seal("Nguyễn".encode(), "accounts.profile:1")
    assert "Nguyễn".encode() not in sealed
    assert Sealer(KEY).open(sealed, "accounts.profile:1").decode() == "Nguyễn"
    with pytest.raises(SealBroken):
        Sealer(KEY).open(sealed, "accounts.profile:2")
    with pytest.raises(SealBroken):
        Sealer(KEY[::-1]).open(sealed, "accounts.profile:1")
    with pytest.raises(SealBroken):
        Sealer(KEY).open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "accounts.profile:1")


def test_a_blind_index_stands_for_one_value_of_one_kind() -> None:
    index = Sealer(KEY).blind_index("phone", "+84912345678")
    assert index == Sealer(KEY).blind_index("phone", "+84912345678")
    assert len(bytes.fromhex(index)) == 32
    assert index != Sealer(KEY).blind_index("phone", "+84912345679")
    assert index != Sealer(KEY).blind_index("email", "+84912345678")
    assert index != Sealer(KEY[::-1]).blind_index("phone", "+84912345678")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(length))


def test_a_sealer_does_not_show_its_key() -> None:
    assert repr(Sealer(KEY)) == "Sealer()"
