"""Enterprise codes (mã số thuế): ten digits with a check digit, and `-NNN` after them for a branch."""

from __future__ import annotations

import re
import unicodedata

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
MOST_TYPED = 32
# Of the employer of those who are made up: codes begin with their province's number, and there is no 00
MADE_UP = "0000000017"
_WRITTEN = re.compile(r"[0-9]{10}(-[0-9]{3})?")
_TYPED = re.compile(r"([0-9]{10})-?([0-9]{3})?")
# What keyboards and word processors make of a hyphen, and what people put between groups of digits
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\u00ad"), "-")
_BETWEEN = re.compile(r"[\s.\u200b\ufeff]")


def is_tax_code(text: str) -> bool:
    """Say whether this is an enterprise's or a branch's code as it is written, its check digit included."""
    if _WRITTEN.fullmatch(text) is None or text.endswith("-000"):
        return False
    weighed = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=False))
    # Where this comes to ten, no code was given out
    return 10 - weighed % 11 == int(text[9])


def read_tax_code(typed: str) -> str | None:
    """Return the code that somebody typed or pasted, as it is written, or None where it is none."""
    if len(typed) > MOST_TYPED:
        return None
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed).translate(_DASHES))
    found = _TYPED.fullmatch(plain)
    if found is None or plain.endswith("-"):
        return None
    code = f"{found[1]}-{found[2]}" if found[2] else found[1]
    return code if is_tax_code(code) else None
