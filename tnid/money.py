"""Amounts of money as people write them here."""

from __future__ import annotations

import re

from flask_babel import format_decimal

MOST_CHARACTERS = 32
_AMOUNT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+")
_CURRENCY = re.compile(r"(?:₫|đ|vnd|vnđ|đồng)$", re.IGNORECASE)


def write_dong(amount: int) -> str:
    """Return an amount in đồng, its thousands told apart as in the person's language: 8.000.000 đ."""
    return f"{format_decimal(amount)}\u00a0đ"


def read_dong(typed: str) -> int | None:
    """Return the amount that somebody typed: 8.000.000, 8,000,000, 8000000 đ; None where it is none."""
    bare = _CURRENCY.sub("", "".join(typed.split()))
    if len(bare) > MOST_CHARACTERS or not _AMOUNT.fullmatch(bare):
        return None
    return int(re.sub(r"[.,]", "", bare))
