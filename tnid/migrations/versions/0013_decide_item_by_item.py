"""Decide item by item."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

YEAR_SECONDS = 365 * 86400


def upgrade() -> None:
    op.add_column("clients", sa.Column("consent_items", sa.Text(), server_default="{}", nullable=False))
    op.add_column("grants", sa.Column("withheld", sa.Text(), nullable=True))
    op.add_column("consents", sa.Column("withheld", sa.Text(), nullable=True))
    op.add_column("consents", sa.Column("versions", sa.Text(), nullable=True))
    op.add_column("consents", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("consents", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    # What was agreed to before consents had an end gets one
    op.execute(f"UPDATE consents SET expires_at = granted_at + {YEAR_SECONDS} WHERE withdrawn_at IS NULL")


def downgrade() -> None:
    for name in ("revision", "expires_at", "versions", "withheld"):
        op.drop_column("consents", name)
    op.drop_column("grants", "withheld")
    op.drop_column("clients", "consent_items")
