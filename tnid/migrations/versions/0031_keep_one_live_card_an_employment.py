"""Keep one live card an employment."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_index(
        "uq_employment_cards_employment_id_current",
        "employment_cards",
        ["employment_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(
        "ix_employment_cards_revoked",
        "employment_cards",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("revoked_at IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_employment_cards_revoked", table_name="employment_cards")
    op.drop_index("uq_employment_cards_employment_id_current", table_name="employment_cards")
