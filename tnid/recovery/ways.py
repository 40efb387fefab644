"""Which way back there is, by what a person can show: the table in docs/recovery.md, as a function.

A phone is often a family's. So a code by message alone opens nothing that has a second factor, nor an account
whose identity was checked in person; nothing but time, warnings or an official opens those.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

SEEN_IN_PERSON = 2
"""The identity level from which the waiting is done at the commune's counter."""


class Way(Enum):
    """The ways back; the values are what docs/recovery.md calls them."""

    SIGN_IN = "sign in"
    NEW_PASSWORD = "new password"  # noqa: S105  the name of a way
    NEW_FACTOR = "new factor"
    WAIT = "wait"
    COUNTER = "counter"


class Shown(NamedTuple):
    """What a person has, or has proved to have. `message`: a code sent to their phone or e-mail address."""

    password: bool = False
    app: bool = False
    passkey: bool = False
    recovery_code: bool = False
    message: bool = False

    @property
    def has_second(self) -> bool:
        return self.app or self.passkey or self.recovery_code


def find_way(shown: Shown, *, has_factor: bool, identity_level: int) -> Way:
    """Return the best way back. `has_factor`: the account has a second factor, at hand or not."""
    if shown.password:
        return _way_with_password(shown, has_factor=has_factor, identity_level=identity_level)
    if shown.message and shown.has_second:
        return Way.NEW_PASSWORD
    if shown.passkey:
        return Way.SIGN_IN
    if not shown.message or identity_level >= SEEN_IN_PERSON:
        return Way.COUNTER
    return Way.WAIT if has_factor else Way.NEW_PASSWORD


def _way_with_password(shown: Shown, *, has_factor: bool, identity_level: int) -> Way:
    if not has_factor or shown.app or shown.passkey:
        return Way.SIGN_IN
    if shown.recovery_code:
        return Way.NEW_FACTOR
    return Way.COUNTER if identity_level >= SEEN_IN_PERSON else Way.WAIT
