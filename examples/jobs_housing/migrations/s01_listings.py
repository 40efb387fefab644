"""Listings that people post, with pictures and reports; takes over the SQLite file of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

OLD_COLUMNS = "id, kind, title, offered_by, park, ward, amount_from, amount_to, places, summary, details"


def upgrade(op: Operations, now: int) -> None:
    had_listings = sa.inspect(op.get_bind()).has_table("listings")
    if had_listings:
        op.rename_table("saved", "old_saved")
        op.rename_table("listings", "old_listings")
    _create_listings(op)
    _create_what_hangs_on_them(op)
    if had_listings:
        _take_over(op, now)


def _create_listings(op: Operations) -> None:
    op.create_table(
        "listings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("offered_by", sa.Text, nullable=False),
        sa.Column("posted_by", sa.Text),
        sa.Column("tax_code", sa.Text),
        sa.Column("domain", sa.Text),
        sa.Column("verified_at", sa.BigInteger),
        sa.Column("is_identity_verified", sa.Integer, nullable=False, server_default="0"),
        sa.Column("park", sa.Text),
        sa.Column("ward", sa.Text),
        sa.Column("position", sa.Text),
        sa.Column("amount_from", sa.BigInteger),
        sa.Column("amount_to", sa.BigInteger),
        sa.Column("places", sa.Integer),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("search_key", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger),
        sa.CheckConstraint("kind IN ('job', 'home')", name="kind"),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'deleted', 'taken_down')", name="state"),
        sa.CheckConstraint(
            "state <> 'open' OR (ward IS NOT NULL AND position IS NOT NULL AND amount_from IS NOT NULL"
            " AND amount_to >= amount_from AND places > 0 AND published_at IS NOT NULL"
            " AND expires_at IS NOT NULL)",
            name="whole",
        ),
    )
    op.create_index(None, "listings", ["state", "published_at"])
    op.create_index(None, "listings", ["state", "position"])
    op.create_index(None, "listings", ["posted_by"])
    op.create_index(None, "listings", ["tax_code"])


def _create_what_hangs_on_them(op: Operations) -> None:
    op.create_table(
        "saved",
        sa.Column("sub", sa.Text, primary_key=True),
        sa.Column("listing_id", sa.Text, sa.ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
    )
    op.create_index(None, "saved", ["listing_id"])
    op.create_table(
        "pictures",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("listing_id", sa.Text, sa.ForeignKey("listings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.Column("thumbnail", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index(None, "pictures", ["listing_id", "place"])
    op.create_table(
        "reports",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("listing_id", sa.Text, sa.ForeignKey("listings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
    )
    op.create_index(None, "reports", ["listing_id", "settled_at"])


def _take_over(op: Operations, now: int) -> None:
    # The first version knew what its file listed, and nothing of who posted or when
    op.get_bind().execute(
        sa.text(
            f"INSERT INTO listings ({OLD_COLUMNS}, search_key, state, position,"  # noqa: S608  our own names
            " created_at, updated_at, published_at, expires_at)"
            f" SELECT {OLD_COLUMNS}, search_key, 'open',"
            " CASE WHEN kind = 'home' THEN ward ELSE COALESCE(park, ward) END,"
            " :now, :now, :now, :now + 30 * 86400 FROM old_listings"
        ),
        {"now": now},
    )
    op.execute(
        "INSERT INTO saved (sub, listing_id, saved_at) SELECT sub, listing_id, saved_at FROM old_saved"
    )
    op.drop_table("old_saved")
    op.drop_table("old_listings")
