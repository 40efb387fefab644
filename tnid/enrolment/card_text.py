"""The text in the QR code of an identity card: what it says, as far as it can be told.

`number|old number or empty|full name|ddmmyyyy birth|Nam or Nữ|address|ddmmyyyy issue`, and four more fields
on cards since July 2024. It is not signed and proves nothing by itself: whoever reads it checks it with the
person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from tnid.accounts.refusal import Refused

MOST_CHARACTERS = 2000
_LEAST_FIELDS = 6
_NUMBER = re.compile(r"(?<![0-9])[0-9]{12}(?= ?\|)")
_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_SEXES = {"nam": "male", "nữ": "female"}
# A health-insurance card begins with its own code, writes dates with strokes and ends with a dollar sign
_HEALTH_CODE = re.compile(r"^\s*(?:[A-Z]{2}[0-9]{13}|[0-9]{10})\s*\|")
_HEALTH_DATE = re.compile(r"^[0-9]{2}/[0-9]{2}/[0-9]{4}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """What a card says. `birthdate` and `issued_on` are YYYY-MM-DD; what can't be read is ""."""

    number: str = field(repr=False)
    old_number: str = field(repr=False)
    name: str = field(repr=False)
    birthdate: str = field(repr=False)
    gender: str = field(repr=False)
    address: str = field(repr=False)
    issued_on: str = field(repr=False)


def parse_card_text(text: str) -> CardText | Refused:
    """Read the text of a card's code; refuses what is no identity card, and names a health-insurance card."""
    if len(text) > MOST_CHARACTERS:
        return Refused("card", "card_text")
    text = text.partition("\x00")[0]
    if is_health_card(text):
        return Refused("card", "health_card")
    found = _NUMBER.search(text)
    if found is None:
        return Refused("card", "card_text")
    fields = [clean_field(part) for part in text[found.start() :].split("|")]
    if len(fields) < _LEAST_FIELDS or not fields[2]:
        return Refused("card", "card_text")
    fields += [""] * (7 - len(fields))
    return CardText(
        number=fields[0],
        old_number=fields[1] if re.fullmatch(r"[0-9]{9}", fields[1]) else "",
        name=fields[2],
        birthdate=read_card_date(fields[3]),
        gender=_SEXES.get(fields[4].casefold(), ""),
        address=fields[5],
        issued_on=read_card_date(fields[6]),
    )


def is_health_card(text: str) -> bool:
    fields = [part.strip() for part in text.strip().split("|")]
    if len(fields) < _LEAST_FIELDS:
        return False
    return bool(_HEALTH_CODE.match(text)) or bool(_HEALTH_DATE.match(fields[2])) or fields[-1] == "$"


def clean_field(part: str) -> str:
    """Return a field in NFC on one line, without the control characters that readers leave in."""
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", part)
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(visible.split())


def read_card_date(digits: str) -> str:
    """Return ddmmyyyy as YYYY-MM-DD; the year alone where day and month are zeros; "" for no date."""
    found = _DATE.fullmatch(digits)
    if found is None or not digits.isascii():
        return ""
    day, month, year = found.groups()
    if (day, month) == ("00", "00"):
        return year if year != "0000" else ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
