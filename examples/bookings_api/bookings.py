"""Appointments, by the person's `sub`: made up, and gone when the API stops."""

from __future__ import annotations

import secrets
import threading
from typing import Any

COUNTERS = {
    "ho-tich": "Hộ tịch",
    "dat-dai": "Đất đai",
    "kinh-doanh": "Đăng ký kinh doanh",
}
MOST_BOOKINGS = 5
MOST_PEOPLE = 1000

Booking = dict[str, str]


class BadBooking(ValueError):
    """There is no such counter, or the person has as many appointments as one may have."""


class Bookings:
    """Everybody's appointments; bounded, as they live in memory."""

    def __init__(self) -> None:
        self._bookings: dict[str, list[Booking]] = {}
        self._lock = threading.Lock()

    def list_by_person(self, sub: str) -> list[Booking]:
        return list(self._bookings.get(sub, []))

    def add(self, sub: str, counter: str) -> Booking:
        """Make an appointment; raise BadBooking where the person has too many."""
        booking = {"id": secrets.token_hex(4), "counter": counter, "name": COUNTERS[counter]}
        with self._lock:
            own = self._bookings.setdefault(sub, [])
            if len(own) >= MOST_BOOKINGS or len(self._bookings) > MOST_PEOPLE:
                raise BadBooking
            own.append(booking)
        return booking


def read_booking(document: Any) -> str:
    """Return the counter that a request names; raise BadBooking."""
    counter = document.get("counter") if isinstance(document, dict) else None
    if not isinstance(counter, str) or counter not in COUNTERS:
        raise BadBooking
    return counter
