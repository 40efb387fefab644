"""Recovery codes: ten random codes on paper, each good once in place of the authenticator app."""

from __future__ import annotations

import re
import secrets
import unicodedata

CODES = 10
GROUPS = 3
GROUP_CHARACTERS = 4
MOST_CHARACTERS = 64

# Crockford's base 32: no letter that is read as a digit. Twelve of them are 60 random bits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1"})
_CODE = re.compile(rf"^[{_ALPHABET}]{{{GROUPS * GROUP_CHARACTERS}}}$")


def generate() -> list[str]:
    """Return ten new codes as they are shown."""
    return [_generate_one() for _ in range(CODES)]


def _generate_one() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(GROUP_CHARACTERS)) for _ in range(GROUPS))
    return "-".join(groups)


def normalise(code: str) -> str | None:
    """Return what is hashed of a typed code: case, spaces and dashes make no difference. None for no code."""
    if len(code) > MOST_CHARACTERS:
        return None
    letters = re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", code)).casefold().translate(_READ_AS)
    return letters if _CODE.match(letters) else None
