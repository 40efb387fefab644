"""Remind those who manage an organisation once a week of whom it is to confirm again."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("employers", sa.Column("reminded_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("employers", "reminded_at")
