"""Keep recoveries."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("stands_for", sa.String(length=22), nullable=False),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("interaction_uid", sa.String(length=32), nullable=True),
        sa.Column("message_tries", sa.Integer(), nullable=False),
        sa.Column("second_tries", sa.Integer(), nullable=False),
        sa.Column("message_proved_at", sa.BigInteger(), nullable=True),
        sa.Column("second_proved_at", sa.BigInteger(), nullable=True),
        sa.Column("second_method", sa.String(length=16), nullable=True),
        sa.Column("wait_id", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_index(op.f("ix_recoveries_account_id"), "recoveries", ["account_id"], unique=False)
    op.create_index(op.f("ix_recoveries_expires_at"), "recoveries", ["expires_at"], unique=False)
    op.create_table(
        "recovery_waits",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("shown", sa.String(length=8), nullable=False),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("next_warning_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_waits")),
    )
    op.create_index(op.f("ix_recovery_waits_account_id"), "recovery_waits", ["account_id"], unique=False)
    op.create_index(op.f("ix_recovery_waits_expires_at"), "recovery_waits", ["expires_at"], unique=False)
    op.create_index(
        op.f("ix_recovery_waits_next_warning_at"), "recovery_waits", ["next_warning_at"], unique=False
    )
    op.create_index(op.f("ix_recovery_waits_stop_hash"), "recovery_waits", ["stop_hash"], unique=False)
    op.create_index(
        "uq_recovery_waits_account_id_open",
        "recovery_waits",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_recovery_waits_account_id_open",
        table_name="recovery_waits",
        sqlite_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
    )
    op.drop_index(op.f("ix_recovery_waits_stop_hash"), table_name="recovery_waits")
    op.drop_index(op.f("ix_recovery_waits_next_warning_at"), table_name="recovery_waits")
    op.drop_index(op.f("ix_recovery_waits_expires_at"), table_name="recovery_waits")
    op.drop_index(op.f("ix_recovery_waits_account_id"), table_name="recovery_waits")
    op.drop_table("recovery_waits")
    op.drop_index(op.f("ix_recoveries_expires_at"), table_name="recoveries")
    op.drop_index(op.f("ix_recoveries_account_id"), table_name="recoveries")
    op.drop_table("recoveries")
