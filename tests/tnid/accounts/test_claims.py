"""A person's claims as they come in: names of every script, and nothing that is no name."""

from __future__ import annotations

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tnid.accounts.claims import check_profile
from tnid.accounts.refusal import Refused
from tnid.services import Services

NAMES = (
    "Nguyễn Thị Lan", "H'Hen Niê", "Y Blô Êban", "Sùng Thị Máy", "김민준", "王小明", "アン・リー",
    "Jean-Pierre D’Angelo", "Trần T. An", "O'Connor", "محمد علي", "สมชาย ใจดี", "Иван Петров", "José Ñíguez",
)  # fmt: skip
NO_NAMES = (
    "An 2",
    "Lan 😀",
    "Lan❤️",
    "Lan & An",
    "<Lan>",
    "lan@example.vn",
    "0912345678",
    "...",
    "-",
    "An/Bình",
    "⅔",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_are_names(name: str) -> None:
    checked = check_profile({"name": name, "family_name": name, "given_name": name})
    assert not isinstance(checked, Refused) and checked["name"]


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("claim", ["name", "family_name", "middle_name", "given_name"])
def test_digits_emoji_and_symbols_are_no_name(claim: str, name: str) -> None:
    assert check_profile({claim: name}) == Refused(claim, "name_characters")


def test_a_name_from_before_the_rule_stays_and_lets_other_changes_through(
    lan: Someone, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(check_profile.__globals__["_CHECKS"], "name", str)
    services.accounts.change_profile(lan.id, {"name": "Lan 95"}, clock.now())
    monkeypatch.undo()
    assert services.accounts.change_profile(lan.id, {"email": "lan@example.vn"}, clock.now()) is None
    profile = services.accounts.get(lan.id).profile
    assert (profile["name"], profile["email"]) == ("Lan 95", "lan@example.vn")
