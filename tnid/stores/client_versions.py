"""What a client's metadata were: the last ten, so that a change can be seen and brought back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from tnid.db import Database, db

KEPT = 10
# Whose hand a version is of: a form, the whole document, RFC 7592, a review, something brought back, or none
# of these: what there was when the first change came
FORM, DOCUMENT, REGISTRATION, REVIEW, UNDO, FIRST = (
    "form",
    "document",
    "registration",
    "review",
    "undo",
    "first",
)

client_versions = db.Table(
    "client_versions",
    Column("client_id", String(255), ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True),
    # From 1, without gaps as long as nobody wrote at the same moment
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("metadata", Text, nullable=False),
    Column("source", String(16), nullable=False),
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
)
Index("ix_client_versions_made_by", client_versions.c.made_by)

_VERSION = client_versions.c
_OF_CLIENT = _VERSION.client_id == bindparam("of_client")
_INSERT = insert(client_versions).from_select(
    ["client_id", "number", "metadata", "source", "made_by", "created_at"],
    select(
        bindparam("client_id", type_=String),
        select(func.coalesce(func.max(_VERSION.number), 0) + 1).where(_OF_CLIENT).scalar_subquery(),
        bindparam("metadata", type_=Text),
        bindparam("source", type_=String),
        bindparam("made_by", type_=String),
        bindparam("created_at", type_=BigInteger),
    ),
)
_TRIM = delete(client_versions).where(
    _OF_CLIENT,
    _VERSION.number <= select(func.max(_VERSION.number) - KEPT).where(_OF_CLIENT).scalar_subquery(),
)
_LIST = select(client_versions).where(_OF_CLIENT).order_by(_VERSION.number.desc())
_FIND = select(client_versions).where(_OF_CLIENT, _VERSION.number == bindparam("of_number"))
_HAS = select(_VERSION.number).where(_OF_CLIENT).limit(1)


class ClientVersionStore:
    """Keeps the versions of clients' metadata."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, client_id: str, metadata: str, now: int, *, source: str, by: str | None) -> None:
        """Keep one more; the oldest goes beyond the tenth. Raises Conflict where another came at once."""
        self._database.execute(
            _INSERT, of_client=client_id, client_id=client_id, metadata=metadata, source=source,
            made_by=by, created_at=now,
        )  # fmt: skip
        self._database.execute(_TRIM, of_client=client_id)

    def is_empty(self, client_id: str) -> bool:
        return self._database.fetch_one(_HAS, of_client=client_id) is None

    def list_of(self, client_id: str) -> list[Any]:
        """Return the versions that are kept, the newest, which is the one in force, first."""
        return self._database.fetch_all(_LIST, of_client=client_id)

    def find(self, client_id: str, number: int) -> Any:
        return self._database.fetch_one(_FIND, of_client=client_id, of_number=number)
