"""What a sign-in proves: the methods it took (RFC 8176 where they have a name there), and their level."""

from __future__ import annotations

from typing import NamedTuple

LOA1 = "LoA1"
LOA2 = "LoA2"


class Assurance(NamedTuple):
    """`acr` is never higher than what was done."""

    acr: str
    amr: tuple[str, ...]


PASSWORD = Assurance(LOA1, ("pwd",))
PASSWORD_AND_TOTP = Assurance(LOA2, ("pwd", "otp", "mfa"))
PASSWORD_AND_RECOVERY_CODE = Assurance(LOA2, ("pwd", "rc", "mfa"))
