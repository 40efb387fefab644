"""What may be known of somebody's work: the fields that its worker accepted, as they are attested now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One employment as others may know it: what the worker did not accept is not in it.

    `tax_code` and `employer_name` are "" unless `employer` was accepted; `staff_code` is for the employer's
    own applications; `income` is VND a month, from which answers are made and which is never itself
    released. `is_hidden` keeps the employer from listings. Times are epoch seconds, dates YYYY-MM-DD.
    """

    id: str
    accepted: frozenset[str]
    tax_code: str = ""
    employer_name: str = ""
    staff_code: str = ""
    park: str = ""
    title: str = ""
    start_date: str = ""
    contract_type: str = ""
    income: int | None = field(default=None, repr=False)
    is_hidden: bool = False
    confirmed_at: int
    valid_until: int


def shown_of(row: Any, values: Mapping[str, Any]) -> Shown:
    """Return what of a live row and its opened values the worker lets be known."""
    accepted = frozenset(row.accepted.split())
    released = {name: values[name] for name in accepted if name in values}
    named = {"tax_code": row.tax_code, "employer_name": row.employer_name} if "employer" in accepted else {}
    return Shown(
        id=row.id,
        accepted=accepted,
        staff_code=row.staff_code or "",
        is_hidden=bool(row.is_hidden),
        confirmed_at=row.attested_at,
        valid_until=min(row.valid_until, row.ends_at or row.valid_until),
        **named,
        **released,
    )
