"""The province's own rule about hints: no number of an identity card is kept or shown."""

from __future__ import annotations

import pytest

from oidc.authorization.prompts import Prompt
from tests.oidc.world import World
from tnid.provider import may_keep_login_hint


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ("an", True),
        ("0912345678", True),
        ("1234567890123", True),
        ("019090000123", False),
        (" 123456789 ", False),
    ],
)
def test_an_identity_number_is_no_hint(hint: str, kept: bool) -> None:
    world = World(may_keep_login_hint=may_keep_login_hint)
    prompt = world.authorize(login_hint=hint)
    assert isinstance(prompt, Prompt) and prompt.interaction.request
    assert prompt.interaction.request.login_hint == (hint if kept else "")
