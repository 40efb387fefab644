"""Keep why an operator looked at something of somebody's, and what checks of the audit log found."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column(
        "official_acts", sa.Column("reason", sa.String(length=300), server_default="", nullable=False)
    )
    op.add_column(
        "official_acts", sa.Column("field", sa.String(length=16), server_default="", nullable=False)
    )
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_by", sa.String(length=22), nullable=True),
        sa.Column("is_whole", sa.Integer(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    op.create_index("ix_audit_checks_checked_at", "audit_checks", ["checked_at"], unique=False)
    op.create_index("ix_audit_checks_checked_by", "audit_checks", ["checked_by"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_audit_checks_checked_by", table_name="audit_checks")
    op.drop_index("ix_audit_checks_checked_at", table_name="audit_checks")
    op.drop_table("audit_checks")
    op.drop_column("official_acts", "field")
    op.drop_column("official_acts", "reason")
