"""People, what they send with applications, what is written about it, and what the provider told."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Text, text


def upgrade(op: Operations, now: int) -> None:
    _create_people(op)
    _create_applications(op)
    _create_what_is_said(op)


def _create_people(op: Operations) -> None:
    op.create_table(
        "people",
        Column("sub", String(255), primary_key=True),
        Column("first_seen_at", BigInteger, nullable=False),
        Column("last_seen_at", BigInteger, nullable=False),
        Column("came_at", BigInteger, nullable=False),
        Column("linked_at", BigInteger),
    )
    op.create_table(
        "taken_back",
        Column("sub", String(255), primary_key=True),
        Column("claim", String(200), primary_key=True),
        Column("at", BigInteger, nullable=False),
    )
    op.create_table(
        "drafts",
        Column("sub", String(255), primary_key=True),
        Column("listing_id", String(64), primary_key=True),
        Column("letter", Text, nullable=False),
        Column("ticked", Text, nullable=False),
        Column("saved_at", BigInteger, nullable=False),
    )
    op.create_index(None, "drafts", ["saved_at"])


def _create_applications(op: Operations) -> None:
    op.create_table(
        "applications",
        Column("id", String(22), primary_key=True),
        Column("listing_id", String(64), nullable=False),
        Column("title", Text, nullable=False),
        Column("kind", String(8), nullable=False),
        Column("recipient", String(260), nullable=False),
        Column("sub", String(255)),
        Column("state", String(12), nullable=False),
        Column("letter", Text, nullable=False),
        Column("sent_at", BigInteger, nullable=False),
        Column("came_at", BigInteger, nullable=False),
        Column("seen_at", BigInteger),
        Column("decided_at", BigInteger),
        Column("changed_at", BigInteger, nullable=False),
        Column("emptied_at", BigInteger),
    )
    op.create_index(None, "applications", ["sub", "listing_id"], unique=True)
    op.create_index(None, "applications", ["recipient", "changed_at"])
    op.create_table(
        "application_items",
        Column(
            "application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True
        ),
        Column("name", String(40), primary_key=True),
        Column("place", Integer, nullable=False),
        Column("value", Text),
        Column("asked", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("confirmed_at", String(10), nullable=False),
        Column("valid_until", String(10), nullable=False),
        Column("came_at", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
    )
    where = {f"{name}_where": text("ended_at IS NULL") for name in ("sqlite", "postgresql")}
    op.create_index(None, "application_items", ["valid_until"], **where)


def _create_what_is_said(op: Operations) -> None:
    op.create_table(
        "messages",
        Column("id", String(22), primary_key=True),
        Column(
            "application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False
        ),
        Column("author", String(10), nullable=False),
        Column("text", Text, nullable=False),
        Column("sent_at", BigInteger, nullable=False),
        Column("read_at", BigInteger),
    )
    op.create_index(None, "messages", ["application_id", "sent_at"])
    op.create_table(
        "heard",
        Column("jti", String(255), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("outcome", String(8), nullable=False),
        Column("reason", Text, nullable=False),
        Column("heard_at", BigInteger, nullable=False),
        Column("answered_at", BigInteger),
    )
    where = {f"{name}_where": text("answered_at IS NULL") for name in ("sqlite", "postgresql")}
    op.create_index(None, "heard", ["heard_at"], **where)
