"""Amounts of money as people write them here."""

from __future__ import annotations

from flask_babel import format_decimal


def write_dong(amount: int) -> str:
    """Return an amount in đồng, its thousands told apart as in the person's language: 8.000.000 đ."""
    return f"{format_decimal(amount)}\u00a0đ"
