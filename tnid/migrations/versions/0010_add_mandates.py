"""Add mandates."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("principal_id", sa.String(length=22), nullable=False),
        sa.Column("helper_id", sa.String(length=22), nullable=True),
        sa.Column("offered_to", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("offer_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["principal_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_mandates_code_hash")),
    )
    op.create_index("ix_mandates_expires_at", "mandates", ["expires_at"], unique=False)
    op.create_index("ix_mandates_helper_id", "mandates", ["helper_id"], unique=False)
    op.create_index("ix_mandates_principal_id", "mandates", ["principal_id"], unique=False)
    op.create_table(
        "mandate_clients",
        sa.Column("mandate_id", sa.String(length=22), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mandate_id", "client_id", name=op.f("pk_mandate_clients")),
    )
    op.add_column("clients", sa.Column("accepts_mandates", sa.Integer(), server_default="0", nullable=False))
    op.add_column("grants", sa.Column("actor_id", sa.String(length=22), nullable=True))
    op.add_column("grants", sa.Column("mandate_id", sa.String(length=22), nullable=True))
    op.create_index(
        "ix_grants_actor_id",
        "grants",
        ["actor_id"],
        unique=False,
        sqlite_where=sa.text("actor_id IS NOT NULL"),
        postgresql_where=sa.text("actor_id IS NOT NULL"),
    )
    op.create_index(
        "ix_grants_mandate_id",
        "grants",
        ["mandate_id"],
        unique=False,
        sqlite_where=sa.text("mandate_id IS NOT NULL"),
        postgresql_where=sa.text("mandate_id IS NOT NULL"),
    )
    op.add_column("interactions", sa.Column("mandate_sid", sa.String(length=43), nullable=True))
    op.add_column("interactions", sa.Column("mandate_id", sa.String(length=22), nullable=True))


def downgrade() -> None:
    op.drop_column("interactions", "mandate_id")
    op.drop_column("interactions", "mandate_sid")
    op.drop_index(
        "ix_grants_mandate_id",
        table_name="grants",
        sqlite_where=sa.text("mandate_id IS NOT NULL"),
        postgresql_where=sa.text("mandate_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_grants_actor_id",
        table_name="grants",
        sqlite_where=sa.text("actor_id IS NOT NULL"),
        postgresql_where=sa.text("actor_id IS NOT NULL"),
    )
    op.drop_column("grants", "mandate_id")
    op.drop_column("grants", "actor_id")
    op.drop_column("clients", "accepts_mandates")
    op.drop_table("mandate_clients")
    op.drop_index("ix_mandates_principal_id", table_name="mandates")
    op.drop_index("ix_mandates_helper_id", table_name="mandates")
    op.drop_index("ix_mandates_expires_at", table_name="mandates")
    op.drop_table("mandates")
