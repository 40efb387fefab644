"""Keep roles and officials' desks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "roles",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index("ix_roles_account_id", "roles", ["account_id"], unique=False)
    op.create_index(
        "uq_roles_account_id_role_active",
        "roles",
        ["account_id", "role"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "desks",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("sid", sa.String(length=43), nullable=False),
        sa.Column("role_id", sa.String(length=22), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sid"], ["sessions.sid"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_desks")),
    )
    op.create_index("ix_desks_expires_at", "desks", ["expires_at"], unique=False)
    op.create_index("ix_desks_role_id", "desks", ["role_id"], unique=False)
    op.create_index(op.f("ix_desks_sid"), "desks", ["sid"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_desks_sid"), table_name="desks")
    op.drop_index("ix_desks_role_id", table_name="desks")
    op.drop_index("ix_desks_expires_at", table_name="desks")
    op.drop_table("desks")
    op.drop_index(
        "uq_roles_account_id_role_active",
        table_name="roles",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("ix_roles_account_id", table_name="roles")
    op.drop_table("roles")
