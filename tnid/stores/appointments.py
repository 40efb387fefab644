"""Appointments: requests of applications that wait until the person has been at a counter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, bindparam, select, text, update

from tnid.db import Database, db
from tnid.stores.interactions import interactions

appointments = db.Table(
    "appointments",
    Column("id", String(22), primary_key=True),
    Column("reference", String(16), nullable=False, unique=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(255), nullable=False),
    # The request itself ends with its browser's interaction, which is purged after it
    Column("interaction_uid", String(32), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("cancelled_at", BigInteger),
)
Index("ix_appointments_account_id", appointments.c.account_id)
Index("ix_appointments_expires_at", appointments.c.expires_at)

_INSERT = text(
    "INSERT INTO appointments (id, reference, account_id, client_id, interaction_uid, created_at, expires_at)"
    " VALUES (:id, :reference, :account_id, :client_id, :interaction_uid, :created_at, :expires_at)"
    " ON CONFLICT (interaction_uid) DO NOTHING"
)
_OPEN = (appointments.c.cancelled_at.is_(None), appointments.c.expires_at > bindparam("now"))
_SELECT = (
    select(appointments)
    .join(interactions, interactions.c.uid == appointments.c.interaction_uid)
    .where(*_OPEN, interactions.c.completed_at.is_(None))
)
_FIND_BY_INTERACTION = _SELECT.where(appointments.c.interaction_uid == bindparam("of_interaction"))
_FIND_BY_REFERENCE = select(appointments).where(appointments.c.reference == bindparam("of_reference"), *_OPEN)
_LIST = _SELECT.where(appointments.c.account_id == bindparam("of_account")).order_by(
    appointments.c.created_at.desc()
)
_CANCEL = (
    update(appointments)
    .where(
        appointments.c.id == bindparam("of_id"), appointments.c.account_id == bindparam("of_account"), *_OPEN
    )
    .values(cancelled_at=bindparam("now"))
)


class AppointmentStore:
    """Keeps appointments, one for each request that waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add an appointment; False where the request has one, whoever's it is and was."""
        return self._database.execute(_INSERT, **columns) == 1

    def find_by_interaction(self, uid: str, now: int) -> Any:
        """Return the appointment that a request waits for, or None."""
        return self._database.fetch_one(_FIND_BY_INTERACTION, of_interaction=uid, now=now)

    def find_by_reference(self, reference: str, now: int) -> Any:
        return self._database.fetch_one(_FIND_BY_REFERENCE, of_reference=reference, now=now)

    def list_by_account(self, account_id: str, now: int) -> list[Any]:
        """Return what still waits for the person, newest first."""
        return self._database.fetch_all(_LIST, of_account=account_id, now=now)

    def cancel(self, appointment_id: str, account_id: str, now: int) -> bool:
        """Cancel one's own; False where it is another's, or over."""
        return self._database.execute(_CANCEL, of_id=appointment_id, of_account=account_id, now=now) == 1
