"""Time-based one-time codes (RFC 6238), as every authenticator app makes them."""

from __future__ import annotations

import hmac
import re
import unicodedata

import pyotp
from markupsafe import Markup

from tnid.qr import image

ISSUER = "Thai Nguyen ID"
STEP_SECONDS = 30
DRIFT_STEPS = 1
MOST_CHARACTERS = 32

_SIX_DIGITS = re.compile(r"^[0-9]{6}$")


def new_secret() -> str:
    """Return 160 random bits in base32: RFC 4226 section 4."""
    return pyotp.random_base32()


def grouped(secret: str) -> str:
    """Return the secret as a person can type it."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def provisioning_uri(secret: str, account_label: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account_label, issuer_name=ISSUER)


def qr_svg(secret: str, account_label: str) -> Markup:
    """Return the QR code to scan as an SVG element, without style or script."""
    return image.svg(provisioning_uri(secret, account_label), "L")


def normalise(code: str) -> str | None:
    """Return the six digits, whatever width and spaces they came with, or None."""
    if len(code) > MOST_CHARACTERS:
        return None
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    return digits if _SIX_DIGITS.match(digits) else None


def find_step(secret: str, code: str, now: int) -> int | None:
    """Return the time step whose code this is, one before and one after allowed for; None for a wrong one."""
    totp = pyotp.TOTP(secret)
    current = now // STEP_SECONDS
    found = None
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found
