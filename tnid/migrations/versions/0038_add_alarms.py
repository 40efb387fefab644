"""Add alarms."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("raised_by", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarms")),
    )


def downgrade() -> None:
    op.drop_table("alarms")
