"""What the QR of a printed card holds: a prefix of ours and 128 random bits; a camera opens no address by it.

A scanner types it as a keyboard does, through whatever Vietnamese input method is on. So it has no letter and
no digit that Telex, VNI or VIQR would make another character of: without a vowel, D or W nothing gets a mark.
Without 0, 1, O, I and S nobody mistypes it either.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

from markupsafe import Markup

from tnid.qr import image

PREFIX = "TNT2"
CHARACTERS = 28
GROUP_CHARACTERS = 4
MOST_TYPED_CHARACTERS = 128

_ALPHABET = "23456789BCFGHJKLMNPQRTVX"
_SECRET = re.compile(rf"(?:{PREFIX})?([{_ALPHABET}]{{{CHARACTERS}}})")


def new_secret() -> str:
    """Return 28 characters of 24: 128 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CHARACTERS))


def content_of(secret: str) -> str:
    """Return what the QR of a card holds."""
    return PREFIX + secret


def grouped(secret: str) -> str:
    """Return the secret as a person can type it."""
    return " ".join(secret[i : i + GROUP_CHARACTERS] for i in range(0, CHARACTERS, GROUP_CHARACTERS))


def read_secret(typed: str) -> str | None:
    """Return the secret of a card's text as it was scanned or typed; None for what is no card of ours."""
    if len(typed) > MOST_TYPED_CHARACTERS:
        return None
    squeezed = re.sub(r"[\s\-–—.]", "", unicodedata.normalize("NFKC", typed)).upper()
    found = _SECRET.fullmatch(squeezed)
    return found[1] if found else None


def qr_svg(secret: str) -> Markup:
    """Return the card's QR as an SVG element; a quarter of it may be worn off."""
    return image.svg(content_of(secret), "Q")
