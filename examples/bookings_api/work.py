"""Shifts and income of a factory's workers: made up, the same for everybody."""

from __future__ import annotations

SHIFTS = (
    {"hours": "06:00 – 14:00", "place": "Xưởng may 2"},
    {"hours": "14:15 – 14:45", "place": "Họp tổ"},
)
INCOME = (
    {"month": "10/2026", "amount": "9.250.000 đ"},
    {"month": "09/2026", "amount": "8.900.000 đ"},
)
