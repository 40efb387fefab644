"""Add workers as personnel systems know them."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "scim_users",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("employer_id", sa.String(length=22), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("employment_id", sa.String(length=22), nullable=True),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["employment_id"], ["employments.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_users")),
    )
    op.create_index(
        "ix_scim_users_employer_id", "scim_users", ["employer_id", "created_at", "id"], unique=False
    )
    op.create_index("ix_scim_users_employment_id", "scim_users", ["employment_id"], unique=False)
    op.create_index("ix_scim_users_expires_at", "scim_users", ["expires_at"], unique=False)
    op.create_index("ix_scim_users_external_id", "scim_users", ["employer_id", "external_id"], unique=False)
    op.create_index(
        "uq_scim_users_employer_id_user_name", "scim_users", ["employer_id", "user_name"], unique=True
    )


def downgrade() -> None:
    op.drop_index("uq_scim_users_employer_id_user_name", table_name="scim_users")
    op.drop_index("ix_scim_users_external_id", table_name="scim_users")
    op.drop_index("ix_scim_users_expires_at", table_name="scim_users")
    op.drop_index("ix_scim_users_employment_id", table_name="scim_users")
    op.drop_index("ix_scim_users_employer_id", table_name="scim_users")
    op.drop_table("scim_users")
