"""Keep printed cards."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "badges",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_by_kind", sa.String(length=16), nullable=False),
        sa.Column("issued_by", sa.String(length=22), nullable=True),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("activation_hash", sa.String(length=64), nullable=True),
        sa.Column("activation_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("pin_set_at", sa.BigInteger(), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("last_client_id", sa.String(length=255), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by_kind", sa.String(length=16), nullable=True),
        sa.Column("replaced_by", sa.String(length=22), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["issued_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_badges_secret_hash")),
    )
    op.create_index("ix_badges_account_id", "badges", ["account_id"], unique=False)
    op.create_index("ix_badges_expires_at", "badges", ["expires_at"], unique=False)
    op.create_index("ix_badges_issued_by", "badges", ["issued_by"], unique=False)
    op.create_index(
        "uq_badges_account_id_current",
        "badges",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_badges_account_id_current",
        table_name="badges",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("ix_badges_issued_by", table_name="badges")
    op.drop_index("ix_badges_expires_at", table_name="badges")
    op.drop_index("ix_badges_account_id", table_name="badges")
    op.drop_table("badges")
