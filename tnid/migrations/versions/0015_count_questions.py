"""Count the yes/no questions that applications ask."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "probes",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "client_id", "about", name=op.f("pk_probes")),
    )


def downgrade() -> None:
    op.drop_table("probes")
