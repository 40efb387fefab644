"""Workers as a personnel system knows them: its own identifiers, and what only it wants to read again.

What is attested lies with the employment. A row outlasts it for a while without anything of the worker, so
that the system finds what it knew, and reads that it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.employments import employments

scim_users = db.Table(
    "scim_users",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    # The staff code, as on the employment
    Column("user_name", String(64), nullable=False),
    Column("external_id", String(255)),
    # None where the worker doesn't work there, or not any more: an end clears it first. What else removes an
    # employment is the erasure of its worker's account, or of the employer
    Column("employment_id", String(22), ForeignKey("employments.id", ondelete="CASCADE")),
    # tnid.scim.records, under `scim_users.values:<id>`; None once the employment's data is erased
    Column("values_sealed", LargeBinary),
    # When the row of somebody who doesn't work there goes; None while they do
    Column("expires_at", BigInteger),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
_ROW, _WORK = scim_users.c, employments.c
Index("uq_scim_users_employer_id_user_name", _ROW.employer_id, _ROW.user_name, unique=True)
Index("ix_scim_users_external_id", _ROW.employer_id, _ROW.external_id)
Index("ix_scim_users_employer_id", _ROW.employer_id, _ROW.created_at, _ROW.id)
Index("ix_scim_users_employment_id", _ROW.employment_id)
Index("ix_scim_users_expires_at", _ROW.expires_at)

_IS_ACTIVE = and_(
    _WORK.id.is_not(None),
    _WORK.ended_at.is_(None),
    or_(_WORK.ends_at.is_(None), _WORK.ends_at > bindparam("now")),
)
_JOINED = scim_users.outerjoin(employments, _WORK.id == _ROW.employment_id)
_MODIFIED = case((_WORK.updated_at > _ROW.updated_at, _WORK.updated_at), else_=_ROW.updated_at)
_LIGHT = (
    _ROW.id,
    _ROW.user_name,
    _ROW.external_id,
    _ROW.created_at,
    _MODIFIED.label("modified_at"),
    case((_IS_ACTIVE, 1), else_=0).label("is_active"),
)
_WHOLE = select(
    *_LIGHT,
    _ROW.employer_id,
    _ROW.values_sealed,
    _ROW.version,
    _WORK.id.label("employment_id"),
    _WORK.values_sealed.label("work_sealed"),
    _WORK.ends_at,
    _WORK.attested_at,
    case((_WORK.account_id.is_not(None), 1), else_=0).label("is_linked"),
).select_from(_JOINED)
_OF = _ROW.employer_id == bindparam("of_employer")
_FIND = _WHOLE.where(_OF, _ROW.id == bindparam("of_id"))
_FIND_BY_NAME = _WHOLE.where(_OF, _ROW.user_name == bindparam("of_name"))
_LIST_BY_EXTERNAL_ID = _WHOLE.where(_OF, _ROW.external_id == bindparam("of_external_id")).order_by(
    _ROW.created_at, _ROW.id
)
_PAGE = (
    _WHOLE.where(_OF).order_by(_ROW.created_at, _ROW.id).limit(bindparam("most")).offset(bindparam("skipped"))
)
_COUNT = select(func.count().label("people")).where(_OF)
_LIST_LIGHT = select(*_LIGHT).select_from(_JOINED).where(_OF).order_by(_ROW.created_at, _ROW.id)
_INSERT = insert(scim_users)
_REPLACE = (
    update(scim_users)
    .where(_OF, _ROW.id == bindparam("of_id"), _ROW.version == bindparam("seen"))
    .values(
        user_name=bindparam("new_name"),
        external_id=bindparam("new_external_id"),
        employment_id=bindparam("new_employment"),
        values_sealed=bindparam("new_values"),
        expires_at=bindparam("new_expiry"),
        updated_at=bindparam("now"),
        version=_ROW.version + 1,
    )
)
_REMOVE = delete(scim_users).where(_OF, _ROW.id == bindparam("of_id"))
_CLEAR = (
    update(scim_users)
    .where(_ROW.employment_id == bindparam("of_employment"))
    .values(
        employment_id=null(),
        values_sealed=null(),
        expires_at=bindparam("until"),
        updated_at=bindparam("now"),
        version=_ROW.version + 1,
    )
)


class ScimUserStore:
    """Keeps one row a worker whom a personnel system told of. Each method is about one employer's alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, employer_id: str, user_id: str, now: int) -> Any:
        """Return the row with what is needed of its employment, or None."""
        return self._database.fetch_one(_FIND, of_employer=employer_id, of_id=user_id, now=now)

    def find_by_name(self, employer_id: str, user_name: str, now: int) -> Any:
        return self._database.fetch_one(_FIND_BY_NAME, of_employer=employer_id, of_name=user_name, now=now)

    def list_by_external_id(self, employer_id: str, external_id: str, now: int) -> list[Any]:
        return self._database.fetch_all(
            _LIST_BY_EXTERNAL_ID, of_employer=employer_id, of_external_id=external_id, now=now
        )

    def list_page(self, employer_id: str, skipped: int, most: int, now: int) -> list[Any]:
        """Return some rows, the oldest first."""
        return self._database.fetch_all(_PAGE, of_employer=employer_id, skipped=skipped, most=most, now=now)

    def count(self, employer_id: str) -> int:
        return int(self._database.fetch_one(_COUNT, of_employer=employer_id).people)

    def list_light(self, employer_id: str, now: int) -> list[Any]:
        """Return what may be searched of every row: nothing that is sealed."""
        return self._database.fetch_all(_LIST_LIGHT, of_employer=employer_id, now=now)

    def list_of(self, employer_id: str, user_ids: Sequence[str], now: int) -> list[Any]:
        """Return the rows of these, in this order; one that is gone by now is left out."""
        found = (self.find(employer_id, user_id, now) for user_id in user_ids)
        return [row for row in found if row is not None]

    def add(self, **columns: Any) -> None:
        """Add a row; raises Conflict where the employer has one of this name."""
        self._database.execute(_INSERT, **columns)

    def replace(self, employer_id: str, user_id: str, seen: int, **new: Any) -> bool:
        """Write a row anew, if it is as it was seen. Raises Conflict where another has its new name."""
        found = {"of_employer": employer_id, "of_id": user_id, "seen": seen}
        return self._database.execute(_REPLACE, **found, **new) == 1

    def remove(self, employer_id: str, user_id: str) -> bool:
        return self._database.execute(_REMOVE, of_employer=employer_id, of_id=user_id) == 1

    def clear(self, employment_id: str, until: int, now: int) -> None:
        """Erase what a row has of its worker, whose employment is over; its names stay until then."""
        self._database.execute(_CLEAR, of_employment=employment_id, until=until, now=now)
