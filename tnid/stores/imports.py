"""Lists of workers that employers upload: the file in sealed pieces, its rows, and what became of each."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Text

from tnid.db import db

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
