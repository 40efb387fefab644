"""The province's own rule about hints: no number of an identity card is kept or shown."""

from __future__ import annotations

import pytest

from oidc.authorization.request import Draft, check_hints
from tests.oidc.world import NOW, REDIRECT_URI, World
from tnid.provider import may_keep_login_hint


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ("an", True),
        ("0912345678", True),
        ("019090000123", False),
        (" 123456789 ", False),
        ("1234567890123", True),
    ],
)
def test_an_identity_number_is_no_hint(hint: str, kept: bool) -> None:
    world = World()
    draft = Draft({"login_hint": hint}, frozenset(), world.client, REDIRECT_URI, world.keyring, NOW)
    draft.may_keep_login_hint = may_keep_login_hint
    check_hints(draft)
    assert draft.checked["login_hint"] == (hint if kept else "")
