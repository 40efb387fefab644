"""Let owners shut accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("shut_by_owner_at", sa.BigInteger(), nullable=True))
    op.add_column("accounts", sa.Column("shut_by_owner_sid", sa.String(length=43), nullable=True))
    op.add_column("accounts", sa.Column("deletion_due_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_accounts_deletion_due_at",
        "accounts",
        ["deletion_due_at"],
        unique=False,
        sqlite_where=sa.text("deletion_due_at IS NOT NULL"),
        postgresql_where=sa.text("deletion_due_at IS NOT NULL"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("sid", sa.String(length=43), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("link_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("link_used_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_alerts_link_hash")),
    )
    op.create_index("ix_alerts_account_id_created_at", "alerts", ["account_id", "created_at"], unique=False)
    op.create_index(op.f("ix_alerts_expires_at"), "alerts", ["expires_at"], unique=False)
    op.create_table(
        "data_requests",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledge_by", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index(
        "ix_data_requests_account_id_created_at", "data_requests", ["account_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_data_requests_due_at_open",
        "data_requests",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_data_requests_due_at_open",
        table_name="data_requests",
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.drop_index("ix_data_requests_account_id_created_at", table_name="data_requests")
    op.drop_table("data_requests")
    op.drop_index(op.f("ix_alerts_expires_at"), table_name="alerts")
    op.drop_index("ix_alerts_account_id_created_at", table_name="alerts")
    op.drop_table("alerts")
    op.drop_index(
        "ix_accounts_deletion_due_at",
        table_name="accounts",
        sqlite_where=sa.text("deletion_due_at IS NOT NULL"),
        postgresql_where=sa.text("deletion_due_at IS NOT NULL"),
    )
    op.drop_column("accounts", "deletion_due_at")
    op.drop_column("accounts", "shut_by_owner_sid")
    op.drop_column("accounts", "shut_by_owner_at")
