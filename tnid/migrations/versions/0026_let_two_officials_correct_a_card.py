"""Let two officials correct a card."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "card_corrections",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("claims_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=22), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_corrections")),
    )
    op.create_index("ix_card_corrections_account_id", "card_corrections", ["account_id"], unique=False)
    op.create_index("ix_card_corrections_asked_by", "card_corrections", ["asked_by"], unique=False)
    op.create_index("ix_card_corrections_expires_at", "card_corrections", ["expires_at"], unique=False)
    op.create_index(
        "uq_card_corrections_account_id_open",
        "card_corrections",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_card_corrections_account_id_open",
        table_name="card_corrections",
        sqlite_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
    )
    op.drop_index("ix_card_corrections_expires_at", table_name="card_corrections")
    op.drop_index("ix_card_corrections_asked_by", table_name="card_corrections")
    op.drop_index("ix_card_corrections_account_id", table_name="card_corrections")
    op.drop_table("card_corrections")
