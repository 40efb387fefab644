"""How far the audit log was handed on: for each way, the last batch of which all was taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, String, text

from tnid.db import Database, db

audit_exports = db.Table(
    "audit_exports",
    Column("way", String(64), primary_key=True),
    Column("batch", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

_FIND = text("SELECT batch FROM audit_exports WHERE way = :way")
_LIST = text(
    "SELECT way, batch, updated_at, (SELECT COALESCE(MAX(id), 0) FROM audit_batches) AS newest"
    " FROM audit_exports ORDER BY way"
)
_ENSURE = text(
    "INSERT INTO audit_exports (way, batch, updated_at) VALUES (:way, 0, :now) ON CONFLICT (way) DO NOTHING"
)
_MOVE = text(
    "UPDATE audit_exports SET batch = :batch, updated_at = :now WHERE way = :way AND batch = :before"
)
_REWIND = text(
    "UPDATE audit_exports SET batch = :batch, updated_at = :now WHERE way = :way AND batch >= :batch"
)


class AuditExportStore:
    """The cursors, a row a way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, way: str, now: int) -> int:
        """Return the last batch that was taken; 0 before the first, and a way that is new begins there."""
        found = self._database.fetch_one(_FIND, way=way)
        if found is None:
            self._database.execute(_ENSURE, way=way, now=now)
        return 0 if found is None else int(found.batch)

    def move(self, way: str, now: int, *, before: int, batch: int) -> bool:
        """Note that all up to `batch` was taken; False where the cursor is no longer where it was."""
        return self._database.execute(_MOVE, way=way, before=before, batch=batch, now=now) == 1

    def rewind(self, way: str, now: int, *, batch: int) -> bool:
        """Have everything after `batch` sent again; False where that much was never taken."""
        return self._database.execute(_REWIND, way=way, batch=batch, now=now) == 1

    def list_all(self) -> list[Any]:
        """Return way, batch and updated_at of each, and the `newest` batch that there is."""
        return self._database.fetch_all(_LIST)
