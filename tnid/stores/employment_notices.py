"""What workers are still to be told of their employments: each once, whoever looks when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from tnid.db import Database
from tnid.stores.accounts import accounts
from tnid.stores.employers import employers
from tnid.stores.employments import IS_CURRENT, WITH_EMPLOYER, employments

_ROW = employments.c

NOTHING, NEAR, OVER, HELD = 0, 1, 2, 3
"""`employments.reminded`: the worker was told nothing of the confirmation's end, that it is near, or that it
is over; or is yet to be told that the employer was suspended."""

# Each row is looked at once. Who comes with its number later is told then
_LIST_UNTOLD = (
    WITH_EMPLOYER.add_columns(accounts.c.id.label("person_id"))
    .outerjoin(
        accounts,
        and_(
            accounts.c.pin_index == _ROW.number_index,
            accounts.c.identity_level >= 1,
            accounts.c.disabled_at.is_(None),
        ),
    )
    .where(_ROW.told_at.is_(None))
    .order_by(_ROW.created_at, _ROW.id)
    .limit(bindparam("most"))
)
_MARK_TOLD = (
    update(employments)
    .where(_ROW.id == bindparam("of_id"), _ROW.told_at.is_(None), _ROW.version == bindparam("seen"))
    .values(told_at=bindparam("now"))
)
_IS_LINKED = (_ROW.account_id.is_not(None), IS_CURRENT)
_LIST_DUE = (
    WITH_EMPLOYER.where(
        *_IS_LINKED, _ROW.reminded == bindparam("stage"), _ROW.valid_until <= bindparam("until")
    )
    .order_by(_ROW.valid_until, _ROW.id)
    .limit(bindparam("most"))
)
_MARK_REMINDED = (
    update(employments)
    .where(*_IS_LINKED, _ROW.id == bindparam("of_id"), _ROW.version == bindparam("seen"))
    .where(_ROW.reminded == bindparam("stage"))
    .values(reminded=bindparam("new_stage"))
)
_HOLD = (
    update(employments)
    .where(_ROW.employer_id == bindparam("of_employer"), *_IS_LINKED)
    .where(_ROW.accepted != "", _ROW.valid_until > bindparam("now"))
    .values(reminded=HELD)
)

_EMPLOYER = employers.c
_MAY_BE_REMINDED = (
    _EMPLOYER.suspended_at.is_(None),
    or_(_EMPLOYER.reminded_at.is_(None), _EMPLOYER.reminded_at <= bindparam("last_before")),
)
# Whoever has a last day is not confirmed again; who was due long ago is forgotten rather than nagged about
_LIST_EMPLOYERS_DUE = (
    select(_EMPLOYER.id, _EMPLOYER.name, func.count().label("due"))
    .join(employments, employments.c.employer_id == _EMPLOYER.id)
    .where(
        IS_CURRENT,
        _ROW.ends_at.is_(None),
        _ROW.valid_until > bindparam("after"),
        _ROW.valid_until <= bindparam("until"),
        *_MAY_BE_REMINDED,
    )
    .group_by(_EMPLOYER.id, _EMPLOYER.name)
    .order_by(_EMPLOYER.id)
    .limit(bindparam("most"))
)
_MARK_EMPLOYER = (
    update(employers)
    .where(_EMPLOYER.id == bindparam("of_employer"), *_MAY_BE_REMINDED)
    .values(reminded_at=bindparam("now"))
)


class EmploymentNoticeStore:
    """Keeps what was told. Marking says whether this very caller is to tell."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_untold(self, most: int) -> list[Any]:
        """Return what is new or has changed; `person_id` is whose number it is, None where nobody's yet."""
        return self._database.fetch_all(_LIST_UNTOLD, most=most)

    def mark_told(self, row: Any, now: int) -> bool:
        return self._database.execute(_MARK_TOLD, of_id=row.id, seen=row.version, now=now) == 1

    def list_due(self, stage: int, until: int, most: int) -> list[Any]:
        """Return linked rows of a stage whose confirmation holds no longer than this, the nearest first."""
        return self._database.fetch_all(_LIST_DUE, stage=stage, until=until, most=most)

    def mark_reminded(self, row: Any, stage: int) -> bool:
        found = {"of_id": row.id, "seen": row.version, "stage": row.reminded}
        return self._database.execute(_MARK_REMINDED, **found, new_stage=stage) == 1

    def list_employers_due(self, after: int, until: int, last_before: int, most: int) -> list[Any]:
        """Return employers not reminded since then, with how many confirmations end within this time."""
        within = {"after": after, "until": until, "last_before": last_before}
        return self._database.fetch_all(_LIST_EMPLOYERS_DUE, **within, most=most)

    def mark_employer(self, employer_id: str, last_before: int, now: int) -> bool:
        given = {"of_employer": employer_id, "last_before": last_before}
        return self._database.execute(_MARK_EMPLOYER, **given, now=now) == 1

    def hold(self, employer_id: str, now: int) -> int:
        """Note of every worker of an employer that they are to be told of its suspension."""
        return self._database.execute(_HOLD, of_employer=employer_id, now=now)
