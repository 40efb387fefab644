"""Lists of workers that employers upload: the file in sealed pieces, its rows, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
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
    bindparam,
    case,
    delete,
    func,
    insert,
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
IS_OPEN = imports.c.finished_at.is_(None)
Index("ix_imports_open", imports.c.created_at, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)

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
_OF_EMPLOYER = _IMPORT.employer_id == bindparam("of_employer")
_FIND_SAME = (
    select(imports)
    .where(
        _OF_EMPLOYER,
        _IMPORT.digest == bindparam("of_digest"),
        _IMPORT.size_bytes == bindparam("of_size"),
        _IMPORT.state != REFUSED,
        or_(IS_OPEN, _IMPORT.finished_at > bindparam("since")),
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
_COUNT_OPEN = select(func.count().label("number")).select_from(imports).where(_OF_EMPLOYER, IS_OPEN)
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
# Rows

_OF_LIST = _LINE.import_id == bindparam("of_id")
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
