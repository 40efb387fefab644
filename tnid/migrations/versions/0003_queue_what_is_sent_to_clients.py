"""Queue what is sent to clients."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("dead_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "kind", "client_id", "reference", name=op.f("uq_outbox_kind_client_id_reference")
        ),
    )
    op.create_index("ix_outbox_due_at_host", "outbox", ["due_at", "host"], unique=False)
    op.create_index(op.f("ix_outbox_expires_at"), "outbox", ["expires_at"], unique=False)
    op.create_index("ix_outbox_host_due_at", "outbox", ["host", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_host_due_at", table_name="outbox")
    op.drop_index(op.f("ix_outbox_expires_at"), table_name="outbox")
    op.drop_index("ix_outbox_due_at_host", table_name="outbox")
    op.drop_table("outbox")
