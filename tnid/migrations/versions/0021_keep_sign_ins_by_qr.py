"""Keep sign-ins by QR."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "qr_sign_ins",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("typed_hash", sa.String(length=64), nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("interaction_uid", sa.String(length=32), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=True),
        sa.Column("asked_from", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("acr", sa.String(length=16), nullable=True),
        sa.Column("amr", sa.String(length=64), nullable=True),
        sa.Column("digits_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.Column("collected_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qr_sign_ins")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_qr_sign_ins_secret_hash")),
        sa.UniqueConstraint("typed_hash", name=op.f("uq_qr_sign_ins_typed_hash")),
    )
    op.create_index(op.f("ix_qr_sign_ins_account_id"), "qr_sign_ins", ["account_id"], unique=False)
    op.create_index("ix_qr_sign_ins_changed_at", "qr_sign_ins", ["changed_at"], unique=False)
    op.create_index("ix_qr_sign_ins_expires_at", "qr_sign_ins", ["expires_at"], unique=False)
    op.create_index("ix_qr_sign_ins_interaction_uid", "qr_sign_ins", ["interaction_uid"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_qr_sign_ins_interaction_uid", table_name="qr_sign_ins")
    op.drop_index("ix_qr_sign_ins_expires_at", table_name="qr_sign_ins")
    op.drop_index("ix_qr_sign_ins_changed_at", table_name="qr_sign_ins")
    op.drop_index(op.f("ix_qr_sign_ins_account_id"), table_name="qr_sign_ins")
    op.drop_table("qr_sign_ins")
