"""When each of a client's secrets was made and last used; which ones work is the client's to say."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String

from tnid.db import db
from tnid.stores.clients import clients

client_secrets = db.Table(
    "client_secrets",
    Column("client_id", String(255), ForeignKey(clients.c.client_id, ondelete="CASCADE"), primary_key=True),
    # The SHA-256 digest of the secret, as in the client's row
    Column("digest", String(64), primary_key=True),
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("ends_at", BigInteger),
)
Index("ix_client_secrets_made_by", client_secrets.c.made_by)
