"""Employments: what an employer attests of somebody, and which of it the worker accepted.

A row never names an account until its worker has linked it: whose number it is, is found from the worker's
side. What was attested is sealed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Text

from tnid.db import db

employments = db.Table(
    "employments",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    # The employer's own code of the worker; None once the employer's data is erased, as all that is sealed
    Column("staff_code", String(64)),
    # The blind index of the identification number, as accounts have it; None where the employer gave none
    Column("number_index", String(64)),
    # tnid.employment.attestation, under `employments.values:<id>`
    Column("values_sealed", LargeBinary),
    # Of the code by which a worker finds the offer without a number
    Column("invitation_hash", String(64), unique=True),
    Column("invitation_expires_at", BigInteger),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("linked_at", BigInteger),
    # Set where the person at this number said that it isn't them, or wants none of it
    Column("declined_at", BigInteger),
    # Fields that the worker accepted and refused, by spaces; any other is offered
    Column("accepted", Text, nullable=False),
    Column("refused", Text, nullable=False),
    Column("is_hidden", Boolean, nullable=False),
    # When the employer last said so, who of it and how ("list", "page", "scim", "operator")
    Column("attested_at", BigInteger, nullable=False),
    Column("attested_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("attested_through", String(16), nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    # The first second after the last day of work, None while no end is known
    Column("ends_at", BigInteger),
    # When the end was carried out: everybody told, and the employer's data erased
    Column("ended_at", BigInteger),
    # What the worker keeps of it, under `employments.history:<id>`
    Column("history_sealed", LargeBinary),
    # When the person with the number was told of the offer
    Column("told_at", BigInteger),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
_ROW = employments.c
_IS_CURRENT = _ROW.ended_at.is_(None)
Index(
    "uq_employments_employer_id_staff_code_current",
    _ROW.employer_id,
    _ROW.staff_code,
    unique=True,
    sqlite_where=_IS_CURRENT,
    postgresql_where=_IS_CURRENT,
)
Index(
    "uq_employments_employer_id_number_index_current",
    _ROW.employer_id,
    _ROW.number_index,
    unique=True,
    sqlite_where=_IS_CURRENT,
    postgresql_where=_IS_CURRENT,
)
Index("ix_employments_employer_id", _ROW.employer_id, _ROW.id)
Index("ix_employments_number_index", _ROW.number_index)
Index("ix_employments_account_id", _ROW.account_id)
Index("ix_employments_attested_by", _ROW.attested_by)
Index("ix_employments_ends_at", _ROW.ends_at, sqlite_where=_IS_CURRENT, postgresql_where=_IS_CURRENT)
Index("ix_employments_valid_until", _ROW.valid_until, sqlite_where=_IS_CURRENT, postgresql_where=_IS_CURRENT)
_IS_UNTOLD = _ROW.told_at.is_(None)
Index("ix_employments_untold", _ROW.created_at, sqlite_where=_IS_UNTOLD, postgresql_where=_IS_UNTOLD)

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
