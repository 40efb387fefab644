"""Let children wait for a guardian."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "guardianships",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("child_id", sa.String(length=22), nullable=False),
        sa.Column("guardian_id", sa.String(length=22), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["guardian_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianships")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_guardianships_code_hash")),
    )
    op.create_index("ix_guardianships_child_id", "guardianships", ["child_id"], unique=False)
    op.create_index("ix_guardianships_expires_at", "guardianships", ["expires_at"], unique=False)
    op.create_index("ix_guardianships_guardian_id", "guardianships", ["guardian_id"], unique=False)
    op.add_column("accounts", sa.Column("guardian_awaited_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "guardian_awaited_until")
    op.drop_index("ix_guardianships_guardian_id", table_name="guardianships")
    op.drop_index("ix_guardianships_expires_at", table_name="guardianships")
    op.drop_index("ix_guardianships_child_id", table_name="guardianships")
    op.drop_table("guardianships")
