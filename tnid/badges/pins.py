"""The PIN of a printed card: six digits that its person chose, and that nobody guesses from what is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

DIGITS = 6
MOST_TYPED_CHARACTERS = 32

_SIX_DIGITS = re.compile(rf"[0-9]{{{DIGITS}}}")
_RUNS = "01234567890123456789"
# What people choose first, beside what repeats or runs on
_COMMON = frozenset(
    (
        *("112233", "223344", "332211", "123321", "147258", "258369", "159753", "246810"),
        *("135790", "102030", "131313", "520520", "131420", "686868", "868686", "888666"),
    )
)


def read_pin(typed: str) -> str | None:
    """Return the six digits, whatever width and spaces they came with, or None."""
    if len(typed) > MOST_TYPED_CHARACTERS:
        return None
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    return digits if _SIX_DIGITS.fullmatch(digits) else None


def is_common(pin: str) -> bool:
    """Say whether many people have this PIN: one that repeats, runs on, or comes to mind first."""
    repeats = any(pin == pin[:size] * (DIGITS // size) for size in (1, 2, 3))
    halves = len(set(pin[:3])) == 1 and len(set(pin[3:])) == 1
    runs = pin in _RUNS or pin in _RUNS[::-1]
    return repeats or halves or runs or pin in _COMMON


def is_personal(pin: str, profile: Mapping[str, Any], numbers: Iterable[str]) -> bool:
    """Say whether somebody who knows the person would try it: a date of birth, the end of a number.

    `numbers` are those that others know, beside the profile's phone number.
    """
    known = (*numbers, str(profile.get("phone_number", "")))
    ends = (digits[-DIGITS:] for number in known if (digits := re.sub(r"\D", "", number)))
    return pin in {*_forms_of_date(str(profile.get("birthdate", ""))), *ends}


def _forms_of_date(birthdate: str) -> Iterator[str]:
    """Return what six digits a date (YYYY-MM-DD, or a year alone) is written in."""
    year, _, rest = birthdate.partition("-")
    month, _, day = rest.partition("-")
    if len(year) != 4:
        return
    if month:
        yield from (month + year, year + month)
    if day:
        short = year[2:]
        yield from (day + month + short, month + day + short, short + month + day, short + day + month)
        yield from (day + year, year + day)
