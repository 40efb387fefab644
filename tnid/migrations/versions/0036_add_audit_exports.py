"""Keep how far the audit log was handed on to whoever watches it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "audit_exports",
        sa.Column("way", sa.String(64), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("way", name="pk_audit_exports"),
    )


def downgrade() -> None:
    op.drop_table("audit_exports")
