"""Verified claims."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=32), nullable=True),
        sa.Column("claims_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_verifications")),
    )
    op.add_column("grants", sa.Column("verified_claims", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("grants", "verified_claims")
    op.drop_table("verifications")
