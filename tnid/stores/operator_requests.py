"""What an operator asked to be done that a second one must agree to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Text

from tnid.db import db

operator_requests = db.Table(
    "operator_requests",
    Column("id", String(22), primary_key=True),
    # One of tnid.admin.acts, and what it is to be done with: JSON without secrets or personal data
    Column("act", String(32), nullable=False),
    Column("arguments", Text, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("asked_by", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("decided_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("decided_at", BigInteger),
    # approved, refused, withdrawn
    Column("decision", String(16)),
)
_IS_OPEN = operator_requests.c.decided_at.is_(None)
Index(
    "uq_operator_requests_act_arguments_open",
    operator_requests.c.act,
    operator_requests.c.arguments,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("ix_operator_requests_asked_by", operator_requests.c.asked_by)
Index("ix_operator_requests_decided_by", operator_requests.c.decided_by)
Index("ix_operator_requests_expires_at", operator_requests.c.expires_at)
