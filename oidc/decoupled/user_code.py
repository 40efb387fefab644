"""User codes: RFC 8628 §6.1. Eight letters without vowels, so that no word comes out, nor one like another.

20^8 codes are 34 bits: beside ten minutes of life and a few tries a person, guessing is hopeless (§5.1).
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
MOST_TYPED = 64
DASHES = "-_.\u00b7\u2010\u2011\u2012\u2013\u2014"
# What a Vietnamese keyboard (Telex) makes of consonants: Đ of DD, Ư of W, and tone marks of the letters after
_TELEX = {
    "Đ": "DD",
    "U\u031b": "W",
    "\u0301": "S",
    "\u0300": "F",
    "\u0309": "R",
    "\u0303": "X",
    "\u0323": "J",
}


def new_user_code() -> str:
    """Return a random user code, without its dash."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def user_code_of(digest: bytes) -> str:
    """Return the user code that a keyed hash stands for: as good as random to who lacks the key."""
    number = int.from_bytes(digest)
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))


def show_user_code(code: str) -> str:
    """Return the code as people see it: XXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"


def read_user_code(typed: str) -> str | None:
    """Return the code that was typed, in whatever case, with or without dashes and spaces; None if none."""
    letters = unicodedata.normalize("NFKD", typed[:MOST_TYPED]).upper()
    for composed, struck in _TELEX.items():
        letters = letters.replace(composed, struck)
    code = "".join(letter for letter in letters if not (letter.isspace() or letter in DASHES))
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
