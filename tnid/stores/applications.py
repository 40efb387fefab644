"""Applications of teams: a sandbox client each from the first moment, a live one after a review."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Text

from tnid.db import db

applications = db.Table(
    "applications",
    Column("id", String(22), primary_key=True),
    Column("team_id", String(22), ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # One of tnid.developers.presets
    Column("preset", String(16), nullable=False),
    # JSON: name, purpose and so on, each by language
    Column("texts", Text, nullable=False),
    # JSON: what each claim that it asks for is for, on what legal ground, how long it is kept
    Column("disclosure", Text, nullable=False, server_default="{}"),
    # No foreign keys: a client may be deleted by whoever holds its registration access token (RFC 7592)
    Column("sandbox_client_id", String(255), nullable=False, unique=True),
    Column("live_client_id", String(255), unique=True),
    # Made of the form that it comes from: the same form sent twice makes one application
    Column("form_key", String(64), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
)
Index("ix_applications_team_id", applications.c.team_id)
