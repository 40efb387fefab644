"""Keep requests that wait for the person elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "decoupled_requests",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("grant_type", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("handle_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("least_acr", sa.String(length=16), nullable=False),
        sa.Column("binding_message", sa.Text(), nullable=False),
        sa.Column("asked_from", sa.String(length=64), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("too_fast", sa.Integer(), nullable=False),
        sa.Column("auth_time", sa.BigInteger(), nullable=True),
        sa.Column("acr", sa.String(length=16), nullable=True),
        sa.Column("amr", sa.String(length=64), nullable=True),
        sa.Column("allowed_at", sa.BigInteger(), nullable=True),
        sa.Column("denied_at", sa.BigInteger(), nullable=True),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decoupled_requests")),
        sa.UniqueConstraint("handle_hash", name=op.f("uq_decoupled_requests_handle_hash")),
        sa.UniqueConstraint("user_code_hash", name=op.f("uq_decoupled_requests_user_code_hash")),
    )
    op.create_index("ix_decoupled_requests_account_id", "decoupled_requests", ["account_id"], unique=False)
    op.create_index("ix_decoupled_requests_expires_at", "decoupled_requests", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_decoupled_requests_expires_at", table_name="decoupled_requests")
    op.drop_index("ix_decoupled_requests_account_id", table_name="decoupled_requests")
    op.drop_table("decoupled_requests")
