"""What a poster types, one form a step: read into values of a listing, or into what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from examples.jobs_housing.listings import Listing, write_amount
from examples.jobs_housing.places import PARKS, WARDS
from examples.jobs_housing.search import find_amount

TITLE_LETTERS = (8, 90)
SUMMARY_LETTERS = (15, 220)
MOST_DETAILS = 12
DETAIL_LETTERS = 140
DESCRIPTION_LETTERS = (5, 140)
MOST_PLACES = 9999
AMOUNTS = {"job": (1_000_000, 500_000_000), "home": (100_000, 500_000_000)}

# Eight digits and more in a row are a telephone, however they are spaced; amounts are grouped by three
_CONTACTS = (
    re.compile(r"(?<![\d.])(?:\+?84|0)(?:[\s.\-]?\d){8,10}(?![\d.])"),
    re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    re.compile(r"https?://|www\.|\b(?:zalo|facebook|fb|telegram|viber)\b", re.IGNORECASE),
)


class Typed(NamedTuple):
    """The values of a step, and the words' keys of what is wrong, by field."""

    values: dict[str, Any]
    errors: dict[str, str]


def tidy(text: str) -> str:
    """Return one line as it is kept: composed, without control and direction marks, single spaces."""
    plain = unicodedata.normalize("NFC", text)
    kept = (" " if letter.isspace() else letter for letter in plain if not _is_hidden(letter))
    return " ".join("".join(kept).split())


def has_contact(text: str) -> bool:
    """Say whether somebody could be reached by these words: that goes through letters here."""
    return any(pattern.search(text) for pattern in _CONTACTS)


def read_about(kind: str, form: Mapping[str, str]) -> Typed:
    values = {"title": tidy(form.get("title", "")), "summary": tidy(form.get("summary", ""))}
    errors = {}
    for name, letters in (("title", TITLE_LETTERS), ("summary", SUMMARY_LETTERS)):
        if error := check_words(values[name], *letters):
            errors[name] = error
    return Typed(values, errors)


def read_where(kind: str, form: Mapping[str, str]) -> Typed:
    park, ward = form.get("park", ""), form.get("ward", "")
    errors = {} if ward in WARDS else {"ward": "choose"}
    if park and park not in PARKS:
        errors["park"] = "choose"
    return Typed({"park": park or None, "ward": ward}, errors)


def read_amount(kind: str, form: Mapping[str, str]) -> Typed:
    least, most = AMOUNTS[kind]
    errors = {}
    amount_from = find_amount(form.get("amount_from", ""))
    amount_to = find_amount(form["amount_to"]) if form.get("amount_to", "").strip() else amount_from
    if amount_from is None or not least <= amount_from <= most:
        errors["amount_from"] = "amount"
    if amount_to is None or not least <= amount_to <= most:
        errors.setdefault("amount_to" if amount_from is not None else "amount_from", "amount")
    elif amount_from is not None and amount_to < amount_from:
        errors["amount_to"] = "less"
    places = form.get("places", "").strip()
    if not re.fullmatch(r"[0-9]{1,4}", places) or int(places) == 0:
        return Typed({}, {**errors, "places": "places"})
    return Typed({"amount_from": amount_from, "amount_to": amount_to, "places": int(places)}, errors)


def read_details(kind: str, form: Mapping[str, str]) -> Typed:
    lines = [line for line in map(tidy, form.get("details", "").splitlines()) if line]
    errors = {}
    if len(lines) > MOST_DETAILS:
        errors["details"] = "many_lines"
    elif any(len(line) > DETAIL_LETTERS for line in lines):
        errors["details"] = "long_line"
    elif any(map(has_contact, lines)):
        errors["details"] = "contact"
    return Typed({"details": tuple(lines)}, errors)


READERS: Mapping[str, Callable[[str, Mapping[str, str]], Typed]] = {
    "about": read_about,
    "where": read_where,
    "amount": read_amount,
    "details": read_details,
}
"""The steps of every listing, in their order; a home has pictures too."""


def to_form(listing: Listing) -> dict[str, str]:
    """Return what a listing's fields are filled in with."""
    amounts = listing.amount_from, listing.amount_to
    return {
        "title": listing.title,
        "summary": listing.summary,
        "park": listing.park or "",
        "ward": listing.ward or "",
        "amount_from": write_amount(amounts[0]) if amounts[0] is not None else "",
        "amount_to": write_amount(amounts[1]) if amounts[1] is not None and amounts[1] != amounts[0] else "",
        "places": str(listing.places or ""),
        "details": "\n".join(listing.details),
    }


def find_missing_steps(listing: Listing) -> list[str]:
    """Return the steps that must be done before a draft can be shown to anybody."""
    form = to_form(listing)
    return [step for step, read in READERS.items() if read(listing.kind, form).errors]


def check_words(text: str, least: int, most: int) -> str | None:
    """Return the key of what is wrong with a line of words, if anything."""
    if len(text) < least:
        return "short"
    if len(text) > most:
        return "long"
    return "contact" if has_contact(text) else None


def _is_hidden(letter: str) -> bool:
    """Say whether a letter is control or format: such turn a line round, or hide in it."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") and not letter.isspace()
