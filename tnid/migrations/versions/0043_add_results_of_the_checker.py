"""Add results of the checker."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "client_checks",
        sa.Column("application_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("application_id", "name", name=op.f("pk_client_checks")),
    )
    op.create_table(
        "sandbox_requests",
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_sandbox_requests")),
    )


def downgrade() -> None:
    op.drop_table("sandbox_requests")
    op.drop_table("client_checks")
