"""What stands on an employment card, in words: on the card's own page and where it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from tnid.accounts.dates import write_date
from tnid.employment.cards import CARD_FIELDS, CLAIM_OF, day_of
from tnid.employment.words import CONTRACT_TYPES

LABELS = {
    "employer": _("Employer"),
    "title": _("Job title"),
    "park": _("Industrial park"),
    "start_date": _("Works there since"),
    "contract_type": _("Kind of contract"),
}


class Line(NamedTuple):
    """One field in words. `more` stands beside its text, smaller."""

    field: str
    label: str
    text: str
    more: str = ""


def lines_of(claims: Mapping[str, Any]) -> list[Line]:
    """Return what a card says beside the name, in order; what is not of our form is left out."""
    found = [(name, claims.get(CLAIM_OF[name])) for name in CARD_FIELDS]
    return [line_of(name, value) for name, value in found if value]


def line_of(field: str, value: Any) -> Line:
    label, named = str(LABELS[field]), value if isinstance(value, dict) else {}
    if field == "employer":
        more = gettext("Tax code %(tax_code)s", tax_code=named.get("tax_code", ""))
        return Line(field, label, str(named.get("name", "")), more)
    if field == "park":
        return Line(field, label, str(named.get("name", "")))
    if field == "contract_type":
        return Line(field, label, str(CONTRACT_TYPES.get(value, value)))
    return Line(field, label, write_date(value) if field == "start_date" else str(value))


def last_day(expires_at: int) -> str:
    """Return the last day on which something counts that ends at this moment."""
    return write_date(day_of(expires_at - 1))


def first_day(at: int) -> str:
    return write_date(day_of(at))
