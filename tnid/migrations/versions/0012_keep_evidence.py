"""Keep what an identity level rests on, and the numbers that documents had before."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("pin_kind", sa.String(length=32), nullable=True))
    op.add_column("verifications", sa.Column("check_method", sa.String(length=32), nullable=True))
    op.add_column("verifications", sa.Column("organisation", sa.String(length=16), nullable=True))
    op.add_column("verifications", sa.Column("warnings_sealed", sa.LargeBinary(), nullable=True))
    # Until now level 2 meant, and was given out as, an official's look at the document
    op.execute("UPDATE verifications SET check_method = 'vpip' WHERE level = 2")
    op.create_table(
        "former_numbers",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_numbers")),
    )
    op.create_index(op.f("ix_former_numbers_account_id"), "former_numbers", ["account_id"])
    op.create_index(op.f("ix_former_numbers_number_index"), "former_numbers", ["number_index"])


def downgrade() -> None:
    op.drop_table("former_numbers")
    op.drop_column("verifications", "warnings_sealed")
    op.drop_column("verifications", "organisation")
    op.drop_column("verifications", "check_method")
    op.drop_column("accounts", "pin_kind")
