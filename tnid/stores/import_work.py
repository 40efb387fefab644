"""Lists of workers for whoever carries them out: each step says in its WHERE that it is still theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, null, select, text, update

from tnid.db import Database
from tnid.stores.imports import IS_OPEN, RECEIVING, import_parts, import_rows, imports

_IMPORT, _PART, _LINE = imports.c, import_parts.c, import_rows.c
_FIND_ANY = select(imports).where(_IMPORT.id == bindparam("of_id"))
_LIST_POSITIONS = select(_PART.position).where(_PART.import_id == bindparam("of_id")).order_by(_PART.position)
_FIND_PART = select(_PART.content_sealed).where(
    _PART.import_id == bindparam("of_id"), _PART.position == bindparam("of_position")
)

_IS_DUE = and_(IS_OPEN, _IMPORT.state != RECEIVING, _IMPORT.lease_until <= bindparam("now"))
_NEXT = select(_IMPORT.id).where(_IS_DUE).order_by(_IMPORT.created_at).limit(1).scalar_subquery()
_TAKE: dict[str, Any] = {"holder": bindparam("of_holder"), "lease_until": bindparam("until")}
_CLAIM = update(imports).where(_IMPORT.id == _NEXT, _IS_DUE).values(_TAKE).returning(*imports.c)
_CLAIM_ONE = (
    update(imports).where(_IMPORT.id == bindparam("of_id"), _IS_DUE).values(_TAKE).returning(*imports.c)
)
_IS_HELD = (_IMPORT.id == bindparam("of_id"), _IMPORT.holder == bindparam("of_holder"), IS_OPEN)
_ADVANCE = (
    update(imports)
    .where(*_IS_HELD)
    .values(
        state=bindparam("new_state"), reason=bindparam("new_reason"), rows_read=bindparam("new_rows_read"),
        rows_applied=bindparam("new_rows_applied"), counts=bindparam("new_counts"),
        lease_until=bindparam("until"), finished_at=bindparam("new_finished_at"),
        expires_at=bindparam("new_expires_at"), updated_at=bindparam("now"),
    )
)  # fmt: skip
_RELEASE = update(imports).where(*_IS_HELD).values(holder=null(), lease_until=0)
_DROP_PARTS = delete(import_parts).where(
    _PART.import_id == bindparam("of_id"),
    _PART.position.in_(
        select(_PART.position).where(_PART.import_id == bindparam("of_id")).limit(bindparam("most"))
    ),
)

# Rows

_OF_LIST = _LINE.import_id == bindparam("of_id")
_INSERT_ROW = insert(import_rows)
# As many rows at once as a statement has room for on either database: each trip to it takes as long as a row
ROWS_AT_ONCE = 50
_COLUMNS = tuple(column.name for column in import_rows.columns)
_INSERT_ROWS = text(
    f"INSERT INTO import_rows ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608  names of columns, and nothing else
    + ", ".join(f"({', '.join(f':{name}_{place}' for name in _COLUMNS)})" for place in range(ROWS_AT_ONCE))
)
_LAST_ROW = select(func.max(_LINE.row_number).label("number")).where(_OF_LIST)
_IS_OPEN_ROW = _LINE.outcome.is_(None)
_TWICE = {
    column.name: select(column.label("value"))
    .where(_OF_LIST, column.is_not(None))
    .group_by(column)
    .having(func.count() > 1)
    for column in (_LINE.staff_code, _LINE.number_index)
}
_SETTLED = {
    "outcome": bindparam("new_outcome"), "field": bindparam("new_field"), "reason": bindparam("new_reason"),
    "values_sealed": null(), "is_applied": 1,
}  # fmt: skip
_SETTLE_EQUAL = {
    column.name: update(import_rows)
    .where(_OF_LIST, column == bindparam("of_value"), _IS_OPEN_ROW)
    .values(_SETTLED)
    for column in (_LINE.staff_code, _LINE.number_index)
}
_SETTLE = (
    update(import_rows)
    .where(_OF_LIST, _LINE.row_number == bindparam("of_row"), _IS_OPEN_ROW)
    .values(_SETTLED)
)
_SETTLE_RANGE = (
    update(import_rows)
    .where(_OF_LIST, _IS_OPEN_ROW, _LINE.row_number.between(bindparam("first"), bindparam("last")))
    .values(_SETTLED)
)
_ANALYZE = text("ANALYZE employments")
_LIST_OPEN = (
    select(_LINE.row_number, _LINE.values_sealed)
    .where(_OF_LIST, _IS_OPEN_ROW)
    .order_by(_LINE.row_number)
    .limit(bindparam("most"))
)
_DROP_ROWS = delete(import_rows).where(
    _OF_LIST,
    _LINE.row_number.in_(select(_LINE.row_number).where(_OF_LIST).limit(bindparam("most"))),
)


class ImportWorkStore:
    """Keeps imports for whoever works on them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, holder: str, now: int, until: int, import_id: str | None = None) -> Any:
        """Take the next import that nobody works on, or this one; None where there is none."""
        taken = {"of_holder": holder, "now": now, "until": until}
        if import_id is None:
            return self._database.execute_returning(_CLAIM, **taken)
        return self._database.execute_returning(_CLAIM_ONE, **taken, of_id=import_id)

    def find(self, import_id: str) -> Any:
        return self._database.fetch_one(_FIND_ANY, of_id=import_id)

    def advance(self, import_id: str, holder: str, **new: Any) -> bool:
        """Say how far it is; False where somebody else took it, and nothing of this unit counts."""
        return self._database.execute(_ADVANCE, of_id=import_id, of_holder=holder, **new) == 1

    def release(self, import_id: str, holder: str) -> None:
        self._database.execute(_RELEASE, of_id=import_id, of_holder=holder)

    def list_positions(self, import_id: str) -> list[int]:
        return [row.position for row in self._database.fetch_all(_LIST_POSITIONS, of_id=import_id)]

    def get_part(self, import_id: str, position: int) -> bytes:
        found = self._database.fetch_one(_FIND_PART, of_id=import_id, of_position=position)
        return bytes(found.content_sealed)

    def drop_parts(self, import_id: str, most: int) -> int:
        return self._database.execute(_DROP_PARTS, of_id=import_id, most=most)

    def add_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        whole = len(rows) - len(rows) % ROWS_AT_ONCE
        for begin in range(0, whole, ROWS_AT_ONCE):
            some = enumerate(rows[begin : begin + ROWS_AT_ONCE])
            values = {f"{name}_{place}": row[name] for place, row in some for name in _COLUMNS}
            self._database.execute(_INSERT_ROWS, **values)
        for row in rows[whole:]:
            self._database.execute(_INSERT_ROW, **row)

    def last_row(self, import_id: str) -> int:
        """Return the number of the last row that was read, 0 for none."""
        return int(self._database.fetch_one(_LAST_ROW, of_id=import_id).number or 0)

    def list_twice(self, import_id: str, column: str) -> list[str]:
        """Return the values of `staff_code` or `number_index` that more than one row has."""
        return [row.value for row in self._database.fetch_all(_TWICE[column], of_id=import_id)]

    def settle_equal(self, import_id: str, column: str, value: str, **outcome: Any) -> int:
        """Give every open row with this value an outcome; return how many there were."""
        return self._database.execute(_SETTLE_EQUAL[column], of_id=import_id, of_value=value, **outcome)

    def settle(self, import_id: str, row_number: int, **outcome: Any) -> bool:
        return self._database.execute(_SETTLE, of_id=import_id, of_row=row_number, **outcome) == 1

    def settle_range(self, import_id: str, first: int, last: int, **outcome: Any) -> int:
        """Give every open row from `first` to `last` an outcome."""
        return self._database.execute(_SETTLE_RANGE, of_id=import_id, first=first, last=last, **outcome)

    def list_open(self, import_id: str, most: int) -> list[Any]:
        return self._database.fetch_all(_LIST_OPEN, of_id=import_id, most=most)

    def refresh_statistics(self) -> None:
        """Have PostgreSQL look at the employments anew, and plan by what it finds; SQLite needs none."""
        if not self._database.is_sqlite:
            self._database.execute(_ANALYZE)

    def drop_rows(self, import_id: str, most: int) -> int:
        return self._database.execute(_DROP_ROWS, of_id=import_id, most=most)
