"""Remind workers once of what their employers confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_LINKED = "account_id IS NOT NULL AND ended_at IS NULL"


def upgrade() -> None:
    op.add_column("employments", sa.Column("reminded", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_employments_reminded",
        "employments",
        ["reminded", "valid_until"],
        unique=False,
        sqlite_where=sa.text(_LINKED),
        postgresql_where=sa.text(_LINKED),
    )


def downgrade() -> None:
    op.drop_index("ix_employments_reminded", table_name="employments")
    op.drop_column("employments", "reminded")
