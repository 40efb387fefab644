"""What a developer may read of a request that was refused: nothing that says who signs in."""

from __future__ import annotations

import pytest

from oidc.sent import HIDDEN, MOST_CHARACTERS, without_personal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("openid profile", "openid profile"),
        ("lan.nguyen@example.vn asked", f"{HIDDEN} asked"),
        ("for:lan@example.vn,minh%40example.vn", HIDDEN),
        ("a/lan@example.vn/b", f"a/{HIDDEN}/b"),
        ("019300001234", HIDDEN),
        ("call +84912345678 now", f"call {HIDDEN} now"),
        ("0912 345 678", HIDDEN),
        ("tiếng", "ti?ng"),
        ("level 2, 120 s", "level 2, 120 s"),
    ],
)
def test_mailboxes_and_numbers_are_hidden(text: str, shown: str) -> None:
    assert without_personal(text) == shown


@pytest.mark.parametrize("part", ["a", "a@", "0", "00-", "%40", " ", "ữ", "/"])
def test_a_text_as_long_as_a_stranger_likes_is_read_once(part: str) -> None:
    # Once over it takes milliseconds; once for each of its characters, hours, which the suite's limit ends
    assert len(without_personal(part * (1_000_000 // len(part)))) <= MOST_CHARACTERS
