"""Hold clients to what was agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("applications", sa.Column("suspended_at", sa.BigInteger(), nullable=True))
    op.add_column("applications", sa.Column("suspended_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("applications", sa.Column("ended_at", sa.BigInteger(), nullable=True))
    op.add_column("clients", sa.Column("agreed_only", sa.Integer(), server_default="0", nullable=False))
    op.add_column("reviews", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("reviews", sa.Column("previous", sa.Text(), nullable=True))
    op.add_column("reviews", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("reviews", sa.Column("first_by", sa.String(length=22), nullable=True))
    op.add_column("reviews", sa.Column("first_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("reviews", "first_at")
    op.drop_column("reviews", "first_by")
    op.drop_column("reviews", "reason")
    op.drop_column("reviews", "previous")
    op.drop_column("reviews", "revision")
    op.drop_column("clients", "agreed_only")
    op.drop_column("applications", "ended_at")
    op.drop_column("applications", "suspended_reason")
    op.drop_column("applications", "suspended_at")
