"""What developers read of the sign-ins to their application: stage, outcome, reason, time, never who."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text

from tnid.db import db
from tnid.stores.audit import RowNumber

client_log = db.Table(
    "client_log",
    # That of the audit event that it was made of: nothing is entered twice
    Column("id", RowNumber, primary_key=True, autoincrement=False),
    Column("client_id", String(255), nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    # Stands on the error page, and in the answer of an endpoint that failed
    Column("request_id", String(64), nullable=False),
    # What belongs together, made of the interaction or the grant; "" for what belongs to none
    Column("flow", String(64), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),
    # The OAuth error code, "" where there is none; what we say of it to the developer
    Column("error", String(64), nullable=False),
    Column("description", Text, nullable=False),
    # Since the flow began, None where nobody knows
    Column("seconds", Integer),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_client_log_client_id_id", client_log.c.client_id, client_log.c.id)
Index("ix_client_log_client_id_request_id", client_log.c.client_id, client_log.c.request_id)
Index("ix_client_log_client_id_error_id", client_log.c.client_id, client_log.c.error, client_log.c.id)
Index("ix_client_log_expires_at", client_log.c.expires_at)

client_hours = db.Table(
    "client_hours",
    Column("client_id", String(255), primary_key=True),
    # The hour's first second
    Column("hour", BigInteger, primary_key=True),
    Column("stage", String(32), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("error", String(64), primary_key=True),
    Column("times", BigInteger, nullable=False),
    # Over those whose time is known
    Column("timed", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_client_hours_expires_at", client_hours.c.expires_at)
