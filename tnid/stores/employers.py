"""Employers, and who represents each: an organisation asks to be one, and an operator approves it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Text

from tnid.db import db

employers = db.Table(
    "employers",
    Column("id", String(22), primary_key=True),
    # The enterprise code (mã số thuế): ten digits, or those of a branch after them
    Column("tax_code", String(14), nullable=False),
    Column("name", Text, nullable=False),
    # One of the industrial parks, None for elsewhere: where its people work unless the list says otherwise
    Column("park", String(32)),
    Column("domain", String(253)),
    Column("domain_verified_at", BigInteger),
    Column("requested_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("requested_at", BigInteger, nullable=False),
    Column("approved_at", BigInteger),
    Column("suspended_at", BigInteger),
)
_EMPLOYER = employers.c
# Anybody may ask in an organisation's name; one of those who asked is approved
_IS_APPROVED = _EMPLOYER.approved_at.is_not(None)
Index(
    "uq_employers_tax_code_approved",
    _EMPLOYER.tax_code,
    unique=True,
    sqlite_where=_IS_APPROVED,
    postgresql_where=_IS_APPROVED,
)
Index("ix_employers_tax_code", _EMPLOYER.tax_code)
Index("ix_employers_requested_by", _EMPLOYER.requested_by)

representatives = db.Table(
    "representatives",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    # None until somebody took the invitation up
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    # One of tnid.employers.roles
    Column("role", String(16), nullable=False),
    Column("invited_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("invitation_hash", String(64), unique=True),
    Column("invitation_expires_at", BigInteger),
    Column("granted_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("revoked_at", BigInteger),
)
_REPRESENTATIVE = representatives.c
_STANDS = _REPRESENTATIVE.revoked_at.is_(None)
Index(
    "uq_representatives_employer_id_account_id_active",
    _REPRESENTATIVE.employer_id,
    _REPRESENTATIVE.account_id,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)
Index("ix_representatives_account_id", _REPRESENTATIVE.account_id)
Index("ix_representatives_employer_id", _REPRESENTATIVE.employer_id)
Index("ix_representatives_invited_by", _REPRESENTATIVE.invited_by)

employer_tokens = db.Table(
    "employer_tokens",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
Index("ix_employer_tokens_employer_id", employer_tokens.c.employer_id)
Index("ix_employer_tokens_made_by", employer_tokens.c.made_by)
Index("ix_employer_tokens_expires_at", employer_tokens.c.expires_at)
