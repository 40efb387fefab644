"""Token Status List: packed as its examples are, and silent of what it doesn't hold."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from oidc.credentials import status_list
from oidc.credentials.status_list import InvalidStatusList, is_revoked, pack
from tests.oidc.test_sd_jwt import NOW, keyring

URI = "https://id.thainguyen.example/work/card/status"


def listed(packed: str) -> dict[str, Any]:
    return {"bits": 1, "lst": packed}


def test_it_reads_the_example_of_the_specification() -> None:
    # Token Status List §4.1: the bytes 0xB9 0xA3
    example = listed("eNrbuRgAAhcBXQ")
    values = [is_revoked(example, index) for index in range(16)]
    assert values == [bool(int(bit)) for bit in "1001110111000101"]
    assert zlib.decompress(base64.urlsafe_b64decode(example["lst"] + "==")) == b"\xb9\xa3"


def test_it_packs_as_the_example_does() -> None:
    assert pack((0, 3, 4, 5, 7, 8, 9, 13, 15), 16) == "eNrbuRgAAhcBXQ"


def test_a_million_cards_take_little_room() -> None:
    packed = pack(range(0, 2**20, 2**20 // 500), 2**20)
    assert len(packed) < 3000
    assert is_revoked(listed(packed), 0) and not is_revoked(listed(packed), 1)


@pytest.mark.parametrize("index", [16, 17, -1, 10**9])
def test_it_says_nothing_of_what_it_does_not_hold(index: int) -> None:
    with pytest.raises(InvalidStatusList):
        is_revoked(listed("eNrbuRgAAhcBXQ"), index)


@pytest.mark.parametrize(
    "found",
    [{}, {"bits": 2, "lst": "eNrbuRgAAhcBXQ"}, {"bits": 1, "lst": 3}, listed("AAAA"), listed("ä")],
)
def test_a_list_of_another_form_says_nothing(found: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatusList):
        is_revoked(found, 0)


def test_it_is_signed_dated_and_named_for_its_address() -> None:
    token = status_list.issue(keyring(), URI, pack((), 8), ttl=300, lifetime=7000, now=NOW)
    claims = keyring().verify(token, typ="statuslist+jwt", now=NOW)
    assert (claims["sub"], claims["iat"], claims["exp"], claims["ttl"]) == (URI, NOW, NOW + 7000, 300)
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header["typ"] == "statuslist+jwt"
