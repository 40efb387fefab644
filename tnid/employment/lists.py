"""Employments as their worker reads them: who confirmed what and until when, and what of it may be known."""

from __future__ import annotations

from typing import Any, NamedTuple

from tnid.employment.service import Employment
from tnid.employment.words import FIELD_HINTS, FIELD_LABELS, HIDDEN_INCOME, WAYS, write_value

OFFERED, DECLINED, LIVE, LAPSED, SUSPENDED, OVER = (
    "offered", "declined", "live", "lapsed", "suspended", "over",
)  # fmt: skip


class Field(NamedTuple):
    """One field. `is_new` where it changed since the worker decided about it."""

    name: str
    label: str
    value: str
    hint: str
    is_accepted: bool
    is_new: bool


class Work(NamedTuple):
    """An employment in words. `state` is one of OFFERED to OVER; times are epoch seconds."""

    id: str
    version: int
    state: str
    employer: str
    tax_code: str
    fields: list[Field]
    confirmed_at: int
    way: str
    valid_until: int
    ends_at: int | None
    linked_at: int | None
    is_hidden: bool

    @property
    def accepted(self) -> list[Field]:
        return [one for one in self.fields if one.is_accepted]

    @property
    def undecided(self) -> list[Field]:
        return [one for one in self.fields if one.is_new]

    @property
    def last_day(self) -> int | None:
        """Return a second of the last day of work."""
        return None if self.ends_at is None else self.ends_at - 1


def describe(one: Employment, now: int) -> Work:
    row, is_own = one.row, one.row.account_id is not None
    return Work(
        id=one.id,
        version=one.version,
        state=_state_of(row, now),
        employer=row.employer_name,
        tax_code=row.tax_code,
        fields=[_field(one, name, is_own=is_own) for name in one.fields],
        confirmed_at=row.attested_at,
        way=str(WAYS.get(row.attested_through, "")),
        valid_until=row.valid_until,
        ends_at=row.ends_at,
        linked_at=row.linked_at,
        is_hidden=bool(row.is_hidden),
    )


def _field(one: Employment, name: str, *, is_own: bool) -> Field:
    return Field(
        name=name,
        label=str(FIELD_LABELS[name]),
        value=_write(one, name),
        hint=str(FIELD_HINTS.get(name, "")),
        is_accepted=name in one.accepted,
        is_new=is_own and one.row.ended_at is None and name in one.undecided,
    )


def _write(one: Employment, name: str) -> str:
    if name == "employer":
        return str(one.row.employer_name)
    shown = one.shown_values
    return write_value(name, shown[name]) if name in shown else str(HIDDEN_INCOME)


def _state_of(row: Any, now: int) -> str:
    """Return the first of these that is so."""
    states = (
        (OVER, row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now)),
        (DECLINED, row.account_id is None and row.declined_at is not None),
        (OFFERED, row.account_id is None),
        (SUSPENDED, row.suspended_at is not None),
        (LAPSED, row.valid_until <= now),
    )
    return next((state for state, is_so in states if is_so), LIVE)
