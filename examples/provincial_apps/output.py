"""What a sewing line made, and what its people earn: made up, and the same for a worker every time."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

HOURS = ("06:00 – 08:00", "08:00 – 10:00", "10:00 – 12:00", "12:30 – 14:30")
NORM = 120
MONTHS = ("10/2026", "09/2026", "08/2026")
LEAST_WAGE = 8_200_000


class Piece(NamedTuple):
    """What was sewn in two hours."""

    hours: str
    pieces: int


class Month(NamedTuple):
    """What was earned in a month, as written in Vietnam."""

    month: str
    amount: str


def list_output(employee_number: str) -> list[Piece]:
    """Return what this worker made today."""
    made = hashlib.sha256(employee_number.encode()).digest()
    return [Piece(hours, NORM - 20 + made[place] % 45) for place, hours in enumerate(HOURS)]


def list_income(employee_number: str) -> list[Month]:
    """Return what this worker earned in the last months."""
    made = hashlib.sha256(f"income of {employee_number}".encode()).digest()
    amounts = (LEAST_WAGE + made[place] * 20_000 for place in range(len(MONTHS)))
    return [
        Month(month, f"{amount:,} đ".replace(",", ".")) for month, amount in zip(MONTHS, amounts, strict=True)
    ]
