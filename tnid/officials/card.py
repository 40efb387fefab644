"""What an official types or scans of a card: its number, or the whole text of the code on it."""

from __future__ import annotations

from tnid.accounts.numbers import IDENTITY_CARD, find_warnings, parse_number
from tnid.accounts.refusal import Refused
from tnid.enrolment.card_text import parse_card_text
from tnid.officials.visits import Card

_SEPARATOR = "|"


def read_card(typed: str) -> Card | Refused:
    """Return what was read, or what is wrong with it; the number is always there."""
    if _SEPARATOR in typed:
        return _read_text(typed)
    number = parse_number(IDENTITY_CARD, typed)
    return Refused("card", number.reason) if isinstance(number, Refused) else Card(number)


def _read_text(typed: str) -> Card | Refused:
    read = parse_card_text(typed)
    if isinstance(read, Refused):
        return Refused("card", read.reason)
    number = parse_number(IDENTITY_CARD, read.number)
    if isinstance(number, Refused):
        return Refused("card", number.reason)
    claims = {"name": read.name, "birthdate": read.birthdate, "gender": read.gender}
    return Card(number, {name: value for name, value in claims.items() if value})


def warnings_of(card: Card) -> tuple[str, ...]:
    """Return what an official should look at again; none of it refuses."""
    if card.number is None:
        return ()
    claims = card.claims
    found = find_warnings(card.number, str(claims.get("birthdate", "")), str(claims.get("gender", "")))
    return tuple(dict.fromkeys((*card.warnings, *found)))
