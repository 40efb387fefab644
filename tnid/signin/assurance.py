"""What a sign-in proves: the methods it took (RFC 8176 where they have a name there), and their level."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LOA1 = "LoA1"
LOA2 = "LoA2"


# Where two factors are asked for elsewhere, both were shown just now, by whoever holds the phone
FRESH_FACTORS_SECONDS = 60


class Assurance(NamedTuple):
    """`acr` is never higher than what was done."""

    acr: str
    amr: tuple[str, ...]


SYNCED_KEY, DEVICE_KEY = "swk", "hwk"
PRESENT = "user"

# In every session that a phone opened on another screen; such a session is trusted with less
QR = "qr"
# A printed card and its PIN: paper that can be copied, digits that can be watched. Never more than LoA1
CARD = "card"

PASSWORD = Assurance(LOA1, ("pwd",))
PASSWORD_AND_TOTP = Assurance(LOA2, ("pwd", "otp", "mfa"))
CARD_AND_PIN = Assurance(LOA1, (CARD, "pin"))


def by_passkey(*, may_sync: bool) -> Assurance:
    """A passkey that verified its user is two factors by itself: the device, and finger, face or PIN."""
    return Assurance(LOA2, (*key_methods(may_sync), "mfa"))


def key_methods(may_sync: bool) -> tuple[str, ...]:
    """A key that may leave its device is secured by software, as far as anybody can tell."""
    return (SYNCED_KEY if may_sync else DEVICE_KEY, PRESENT)


def with_second_factor(first: tuple[str, ...], *second: str) -> Assurance:
    """What was proved before, and a factor of another kind beside it."""
    return Assurance(LOA2, (*first, *(method for method in second if method not in first), "mfa"))


def without_second_factor(amr: tuple[str, ...]) -> Assurance:
    """What is left of a session whose last second factor was removed."""
    return Assurance(LOA1, tuple(method for method in amr if method in ("pwd", PRESENT, QR)))


def is_remote(amr: tuple[str, ...]) -> bool:
    """Say whether the person proved who they are elsewhere, or by a printed card: such a session changes no
    factor."""
    return QR in amr or is_by_card(amr)


def is_by_card(amr: Iterable[str]) -> bool:
    """Say whether it began with a printed card: such a session never rises, and opens no account page."""
    return CARD in amr
