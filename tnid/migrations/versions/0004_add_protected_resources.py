"""Add protected resources."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "resources",
        sa.Column("identifier", sa.String(length=255), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("token_format", sa.String(length=8), nullable=False),
        sa.Column("signing_alg", sa.String(length=8), nullable=False),
        sa.Column("least_acr", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("identifier", name=op.f("pk_resources")),
    )
    op.add_column("clients", sa.Column("resources", sa.Text(), server_default="{}", nullable=False))
    op.add_column("clients", sa.Column("exchange_resources", sa.Text(), server_default="{}", nullable=False))
    op.add_column(
        "clients", sa.Column("protected_resource", sa.String(length=255), server_default="", nullable=False)
    )
    op.add_column("grants", sa.Column("resource", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("grants", "resource")
    op.drop_column("clients", "protected_resource")
    op.drop_column("clients", "exchange_resources")
    op.drop_column("clients", "resources")
    op.drop_table("resources")
