"""Lists of workers that employers upload: the file in sealed pieces, its rows, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    tuple_,
    update,
)

from tnid.db import Database, db

imports = db.Table(
    "imports",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    Column("begun_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    # As on the employment: "list" or "operator"
    Column("through", String(16), nullable=False),
    # SHA-256 of the whole file, as the browser said it: the same file again is the same import
    Column("digest", String(64)),
    Column("size_bytes", BigInteger, nullable=False),
    Column("received_bytes", BigInteger, nullable=False),
    # receiving, waiting, reading, applying, done, refused: tnid.imports.state
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("rows_read", Integer, nullable=False),
    Column("rows_applied", Integer, nullable=False),
    # How many rows there are of each outcome, in JSON
    Column("counts", Text, nullable=False),
    # Whoever works on it holds it until then
    Column("lease_until", BigInteger, nullable=False),
    Column("holder", String(32)),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_imports_employer_id", imports.c.employer_id, imports.c.created_at)
Index("ix_imports_begun_by", imports.c.begun_by)
Index("ix_imports_expires_at", imports.c.expires_at)
_IS_OPEN = imports.c.finished_at.is_(None)
Index("ix_imports_open", imports.c.created_at, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)

import_parts = db.Table(
    "import_parts",
    Column("import_id", String(22), ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    # Where in the file the piece begins
    Column("position", BigInteger, primary_key=True),
    Column("content_sealed", LargeBinary, nullable=False),
)

import_rows = db.Table(
    "import_rows",
    Column("import_id", String(22), ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    # As the spreadsheet counts: the heading is row 1
    Column("row_number", Integer, primary_key=True, autoincrement=False),
    Column("staff_code", String(64)),
    Column("number_index", String(64)),
    # None once the row is applied
    Column("values_sealed", LargeBinary),
    # matched, invited, ended, unknown, ambiguous, bad; None until the row is applied
    Column("outcome", String(16)),
    Column("field", String(32)),
    Column("reason", String(64)),
    Column("is_applied", Integer, nullable=False),
)
Index("ix_import_rows_outcome", import_rows.c.import_id, import_rows.c.outcome, import_rows.c.row_number)
Index("ix_import_rows_staff_code", import_rows.c.import_id, import_rows.c.staff_code)
Index("ix_import_rows_number_index", import_rows.c.import_id, import_rows.c.number_index)

# How far an import is

RECEIVING, WAITING, READING, APPLYING, DONE, REFUSED = (
    *("receiving", "waiting", "reading", "applying", "done", "refused"),
)
_IMPORT, _PART, _LINE = imports.c, import_parts.c, import_rows.c
_THIS = (_IMPORT.id == bindparam("of_id"), _IMPORT.employer_id == bindparam("of_employer"))
_INSERT = insert(imports)
_FIND = select(imports).where(*_THIS)
_FIND_ANY = select(imports).where(_IMPORT.id == bindparam("of_id"))
_OF_EMPLOYER = _IMPORT.employer_id == bindparam("of_employer")
_FIND_SAME = (
    select(imports)
    .where(
        _OF_EMPLOYER,
        _IMPORT.digest == bindparam("of_digest"),
        _IMPORT.size_bytes == bindparam("of_size"),
        _IMPORT.state != REFUSED,
        or_(_IS_OPEN, _IMPORT.finished_at > bindparam("since")),
    )
    .order_by(_IMPORT.created_at.desc())
    .limit(1)
)
_LIST_OF_EMPLOYER = (
    select(imports)
    .where(_OF_EMPLOYER)
    .order_by(_IMPORT.created_at.desc(), _IMPORT.id)
    .limit(bindparam("most"))
)
_COUNT_OPEN = select(func.count().label("number")).select_from(imports).where(_OF_EMPLOYER, _IS_OPEN)
_after_this = bindparam("position", type_=BigInteger) + bindparam("length", type_=BigInteger)
_RECEIVE = (
    update(imports)
    .where(
        *_THIS,
        _IMPORT.state == RECEIVING,
        _IMPORT.received_bytes == bindparam("position"),
        _IMPORT.size_bytes >= _after_this,
    )
    .values(
        received_bytes=_after_this,
        state=case((_IMPORT.size_bytes == _after_this, WAITING), else_=RECEIVING),
        updated_at=bindparam("now"),
    )
)
_DROP = delete(imports).where(*_THIS, _IMPORT.state == RECEIVING)
_INSERT_PART = insert(import_parts)
_LIST_POSITIONS = select(_PART.position).where(_PART.import_id == bindparam("of_id")).order_by(_PART.position)
_FIND_PART = select(_PART.content_sealed).where(
    _PART.import_id == bindparam("of_id"), _PART.position == bindparam("of_position")
)

# Whoever works on it: each step says in its WHERE that it is still theirs

_IS_DUE = and_(_IS_OPEN, _IMPORT.state != RECEIVING, _IMPORT.lease_until <= bindparam("now"))
_NEXT = select(_IMPORT.id).where(_IS_DUE).order_by(_IMPORT.created_at).limit(1).scalar_subquery()
_TAKE: dict[str, Any] = {"holder": bindparam("of_holder"), "lease_until": bindparam("until")}
_CLAIM = update(imports).where(_IMPORT.id == _NEXT, _IS_DUE).values(_TAKE).returning(*imports.c)
_CLAIM_ONE = (
    update(imports).where(_IMPORT.id == bindparam("of_id"), _IS_DUE).values(_TAKE).returning(*imports.c)
)
_IS_HELD = (_IMPORT.id == bindparam("of_id"), _IMPORT.holder == bindparam("of_holder"), _IS_OPEN)
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
_REPORTED = (_LINE.row_number, _LINE.staff_code, _LINE.outcome, _LINE.field, _LINE.reason)
_LIST_REPORT = (
    select(*_REPORTED)
    .where(_OF_LIST, _LINE.outcome.is_not(None), _LINE.row_number > bindparam("after"))
    .order_by(_LINE.row_number)
    .limit(bindparam("most"))
)
_LIST_OUTCOME = (
    select(*_REPORTED)
    .where(_OF_LIST, _LINE.outcome == bindparam("of_outcome"), _LINE.row_number > bindparam("after"))
    .order_by(_LINE.row_number)
    .limit(bindparam("most"))
)
PURGE_ROWS = delete(import_rows).where(
    tuple_(_LINE.import_id, _LINE.row_number).in_(
        select(_LINE.import_id, _LINE.row_number)
        .join(imports, _IMPORT.id == _LINE.import_id)
        .where(_IMPORT.expires_at < bindparam("before"))
        .limit(bindparam("most"))
    )
)
"""Rows of imports that are over, before the imports themselves: hundreds of thousands may hang on one."""


class ImportStore:
    """Keeps imports for the pages: begun, received, looked at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        new = {"received_bytes": 0, "rows_read": 0, "rows_applied": 0, "counts": "{}", "lease_until": 0}
        self._database.execute(_INSERT, **new, **columns)

    def find(self, employer_id: str, import_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_employer=employer_id, of_id=import_id)

    def find_same(self, employer_id: str, digest: str, size_bytes: int, since: int) -> Any:
        """Return the import of this very file that is under way or was done since, the latest; or None."""
        found = {"of_employer": employer_id, "of_digest": digest, "of_size": size_bytes}
        return self._database.fetch_one(_FIND_SAME, **found, since=since)

    def list_of_employer(self, employer_id: str, most: int) -> list[Any]:
        return self._database.fetch_all(_LIST_OF_EMPLOYER, of_employer=employer_id, most=most)

    def count_open(self, employer_id: str) -> int:
        return int(self._database.fetch_one(_COUNT_OPEN, of_employer=employer_id).number)

    def receive(self, row: Any, position: int, length: int, sealed: bytes, now: int) -> bool:
        """Keep the piece that comes next; False where another is expected, or none."""
        found = {"of_employer": row.employer_id, "of_id": row.id, "position": position}
        if not self._database.execute(_RECEIVE, **found, length=length, now=now):
            return False
        part = {"import_id": row.id, "position": position, "content_sealed": sealed}
        self._database.execute(_INSERT_PART, **part)
        return True

    def drop(self, employer_id: str, import_id: str) -> bool:
        """Remove what was never received whole."""
        return self._database.execute(_DROP, of_employer=employer_id, of_id=import_id) == 1

    def list_report(self, import_id: str, outcomes: Iterable[str], after: int, most: int) -> list[Any]:
        """Return rows that have one of these outcomes, or any where none is named, in the list's order."""
        found = {"of_id": import_id, "after": after, "most": most}
        of_each = [self._database.fetch_all(_LIST_OUTCOME, **found, of_outcome=one) for one in outcomes]
        if not of_each:
            return self._database.fetch_all(_LIST_REPORT, **found)
        rows = [row for rows in of_each for row in rows]
        return sorted(rows, key=lambda row: row.row_number)[:most]


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

    def add_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
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

    def list_open(self, import_id: str, most: int) -> list[Any]:
        return self._database.fetch_all(_LIST_OPEN, of_id=import_id, most=most)

    def drop_rows(self, import_id: str, most: int) -> int:
        return self._database.execute(_DROP_ROWS, of_id=import_id, most=most)
