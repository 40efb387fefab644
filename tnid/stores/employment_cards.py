"""Cards of employment: which were issued, and which count no more."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Text

from tnid.db import db

employment_cards = db.Table(
    "employment_cards",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("employment_id", String(22), ForeignKey("employments.id", ondelete="SET NULL")),
    # Its place in the status list: never given twice
    Column("status_index", Integer, nullable=False, unique=True),
    # The fields that the card can show, by spaces
    Column("fields", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
Index("ix_employment_cards_account_id", employment_cards.c.account_id)
Index("ix_employment_cards_employment_id", employment_cards.c.employment_id)
Index("ix_employment_cards_expires_at", employment_cards.c.expires_at)
