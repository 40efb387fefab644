"""Add runs of the playground."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "playground_runs",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("application_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playground_runs")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_playground_runs_state_hash")),
    )
    op.create_index("ix_playground_runs_account_id", "playground_runs", ["account_id"], unique=False)
    op.create_index("ix_playground_runs_application_id", "playground_runs", ["application_id"], unique=False)
    op.create_index("ix_playground_runs_expires_at", "playground_runs", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_playground_runs_expires_at", table_name="playground_runs")
    op.drop_index("ix_playground_runs_application_id", table_name="playground_runs")
    op.drop_index("ix_playground_runs_account_id", table_name="playground_runs")
    op.drop_table("playground_runs")
