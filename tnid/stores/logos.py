"""Logos of applications: drawn anew by us, and served from our own origin. One is never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.applications import applications
from tnid.stores.teams import may_change

logos = db.Table(
    "logos",
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    # A PNG
    Column("image", LargeBinary, nullable=False),
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
    # Since when people may see it: somebody of the province looked at it
    Column("approved_at", BigInteger),
)
Index("ix_logos_application_id", logos.c.application_id)
Index("ix_logos_made_by", logos.c.made_by)

_ROW = logos.c
_COLUMNS = tuple(column.name for column in logos.columns)
_applications_team = (
    select(applications.c.team_id)
    .where(applications.c.id == bindparam("application_id", type_=_ROW.application_id.type))
    .scalar_subquery()
)
_INSERT = insert(logos).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _ROW[name].type) for name in _COLUMNS)).where(
        may_change(_applications_team, bindparam("made_by"))
    ),
)
_FIND = select(_ROW.image, _ROW.approved_at).where(_ROW.id == bindparam("of_id"))
_COUNT = select(func.count().label("kept")).where(
    _ROW.application_id == bindparam("of_application"), _ROW.approved_at.is_(None)
)
_IS_OF = (
    select(_ROW.id)
    .join(applications, applications.c.id == _ROW.application_id)
    .where(
        _ROW.id == bindparam("of_id"),
        or_(
            applications.c.sandbox_client_id == bindparam("of_client"),
            and_(
                applications.c.live_client_id == bindparam("of_client"),
                _ROW.approved_at.is_not(None),
            ),
        ),
    )
)
_APPROVE = (
    update(logos)
    .where(_ROW.id == bindparam("of_id"), _ROW.application_id == bindparam("of_application"))
    .values(approved_at=bindparam("now"))
)
# What people were shown stays, for the certificates that name it; so does the one in use
_FORGET = delete(logos).where(
    _ROW.application_id == bindparam("of_application"),
    _ROW.approved_at.is_(None),
    _ROW.created_at < bindparam("before"),
    _ROW.id != bindparam("but"),
)


class LogoStore:
    """Keeps pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Store a picture; False where `made_by` may not change what is the team's."""
        return self._database.execute(_INSERT, approved_at=None, **columns) == 1

    def find(self, logo_id: str) -> Any:
        """Return image and approved_at, or None."""
        return self._database.fetch_one(_FIND, of_id=logo_id)

    def is_of(self, logo_id: str, client_id: str) -> bool:
        """Say whether people of this client may be shown the picture: in the sandbox at once, live once it
        was approved."""
        return self._database.fetch_one(_IS_OF, of_id=logo_id, of_client=client_id) is not None

    def count(self, application_id: str) -> int:
        """Return how many pictures of an application are kept that nobody approved."""
        return int(self._database.fetch_one(_COUNT, of_application=application_id).kept)

    def approve(self, logo_id: str, application_id: str, now: int) -> bool:
        """Let people see an application's picture; False where there is no such one."""
        return self._database.execute(_APPROVE, of_id=logo_id, of_application=application_id, now=now) == 1

    def forget(self, application_id: str, before: int, but: str) -> int:
        """Remove pictures that were never approved, and are neither new nor this one; return how many."""
        return self._database.execute(_FORGET, of_application=application_id, before=before, but=but)
