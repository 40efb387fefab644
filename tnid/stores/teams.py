"""Teams of developers and their members: invited by a code. What ended stays, as history."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String

from tnid.db import db

OWNER = "owner"

teams = db.Table(
    "teams",
    Column("id", String(22), primary_key=True),
    Column("name", String(200), nullable=False),
    # Who is behind it, as people read it on the consent page; "" for a single developer
    Column("organisation", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
)

members = db.Table(
    "members",
    Column("id", String(22), primary_key=True),
    Column("team_id", String(22), ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # None until somebody took the invitation up
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    # One of tnid.developers.roles
    Column("role", String(16), nullable=False),
    Column("invited_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("invitation_hash", String(64), unique=True),
    Column("invitation_expires_at", BigInteger),
    Column("granted_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("revoked_at", BigInteger),
)
_STANDS = members.c.revoked_at.is_(None)
Index(
    "uq_members_team_id_account_id_active",
    members.c.team_id,
    members.c.account_id,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)
Index("ix_members_account_id", members.c.account_id)
Index("ix_members_team_id", members.c.team_id)
Index("ix_members_invited_by", members.c.invited_by)
