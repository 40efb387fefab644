"""Numbers of identity documents: the 12 digits of a citizen, or a foreigner's passport or residence card."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from tnid.accounts.refusal import Refused

IDENTITY_CARD = "idcard"
PASSPORT = "passport"
RESIDENCE_CARD = "residence_permit"
RENEWED = frozenset({PASSPORT, RESIDENCE_CARD})
"""Which get another number when they are issued anew; twelve digits are somebody's for life."""
DOCUMENTS = (IDENTITY_CARD, PASSPORT, RESIDENCE_CARD)
"""As OpenID Connect for Identity Assurance names them."""

HOME_COUNTRY = "VN"
PIN_DIGITS = 12
OLD_CARD_DIGITS = 9
HIDDEN_NUMBER = "•" * PIN_DIGITS
"""What stands for a citizen's number that nobody needs to recognise: it stays sealed."""
_MOST_TYPED_CHARACTERS = 64
_SEPARATORS = re.compile(r"[\s.\-]")
_FOREIGN_NUMBER = re.compile(r"[A-Z0-9]{5,20}")
_TWELVE_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ .\-/]?[0-9]){11}(?![0-9])")
_COUNTRY = re.compile(r"[A-Z]{2}")

# Of the 63 provinces as they were numbered before July 2025; a birth registered abroad has another
_PREFIXES = """
001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040
042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084
086 087 089 091 092 093 094 095 096
"""
PROVINCE_PREFIXES = frozenset(_PREFIXES.split())


class DocumentNumber(NamedTuple):
    """The number of one document. Two passports of different countries may have the same number."""

    kind: str
    number: str
    country: str = HOME_COUNTRY

    def __repr__(self) -> str:
        return f"DocumentNumber({self.kind})"

    @property
    def text(self) -> str:
        """Return what is sealed, and what the blind index is made of."""
        return self.number if self.kind == IDENTITY_CARD else f"{self.country}:{self.number}"

    @property
    def masked(self) -> str:
        """Return the number as screens show it: its last three characters."""
        return "•" * (len(self.number) - 3) + self.number[-3:]


def number_of_text(kind: str, text: str) -> DocumentNumber:
    """Return the number that `DocumentNumber.text` was made of."""
    country, _, number = text.rpartition(":")
    return DocumentNumber(kind, number, country or HOME_COUNTRY)


def parse_number(kind: str, typed: str, country: str = HOME_COUNTRY) -> DocumentNumber | Refused:
    """Return the number as people type or a card holds it: spaces, dots and dashes make no difference."""
    if kind not in DOCUMENTS:
        return Refused("document", "document")
    if len(typed) > _MOST_TYPED_CHARACTERS:
        return Refused("number", "too_long")
    text = _SEPARATORS.sub("", typed)
    if kind == IDENTITY_CARD:
        return _parse_personal_id_number(text)
    text = unicodedata.normalize("NFKC", text).upper()
    if not _FOREIGN_NUMBER.fullmatch(text):
        return Refused("number", "document_number")
    if kind == RESIDENCE_CARD:
        return DocumentNumber(kind, text)
    return (
        DocumentNumber(kind, text, country) if _COUNTRY.fullmatch(country) else Refused("country", "required")
    )


def _parse_personal_id_number(text: str) -> DocumentNumber | Refused:
    if is_personal_id_number(text):
        return DocumentNumber(IDENTITY_CARD, text)
    is_old = len(text) == OLD_CARD_DIGITS and text.isascii() and text.isdigit()
    return Refused("number", "old_card_number" if is_old else "personal_id_number")


def is_personal_id_number(number: str) -> bool:
    """Twelve ASCII digits is the whole of the hard check: there is no check digit."""
    return len(number) == PIN_DIGITS and number.isascii() and number.isdigit()


def is_number_in_disguise(text: str) -> bool:
    """Say whether a staff code or the like is somebody's number with signs between its digits."""
    digits = "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())
    return is_personal_id_number(digits) and digits[:3] in PROVINCE_PREFIXES


def holds_personal_number(text: str) -> bool:
    """Say whether somebody's number stands somewhere in a text, in groups or not."""
    runs = _TWELVE_DIGITS.findall(unicodedata.normalize("NFKC", text))
    return any(is_number_in_disguise(run) for run in runs)


def find_warnings(number: DocumentNumber, birthdate: str, gender: str) -> tuple[str, ...]:
    """Return what an official should look at: numbers with such faults were given out, so none refuses.

    A citizen's number is `PPP G YY NNNNNN`: where the birth was registered, sex and century, year of birth.
    """
    if number.kind != IDENTITY_CARD:
        return ()
    century_and_sex = int(number.number[3])
    century = 1900 + 100 * (century_and_sex // 2)
    sex = ("male", "female")[century_and_sex % 2]
    checks = (
        ("unknown_prefix", number.number[:3] not in PROVINCE_PREFIXES),
        ("birth_year_differs", bool(birthdate) and birthdate[:4] != str(century + int(number.number[4:6]))),
        ("sex_differs", gender in ("male", "female") and gender != sex),
    )
    return tuple(warning for warning, is_due in checks if is_due)
