"""Switches of features: what an operator turned off, or on again. What was never touched has no row."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String

from tnid.db import db

switches = db.Table(
    "switches",
    # One of tnid.switches
    Column("name", String(32), primary_key=True),
    Column("is_on", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("changed_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("changed_at", BigInteger, nullable=False),
)
Index("ix_switches_changed_by", switches.c.changed_by)
