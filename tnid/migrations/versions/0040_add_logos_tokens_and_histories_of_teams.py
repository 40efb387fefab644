"""Add logos, tokens and histories of teams."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "team_tokens",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("team_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_tokens")),
    )
    op.create_index("ix_team_tokens_expires_at", "team_tokens", ["expires_at"], unique=False)
    op.create_index("ix_team_tokens_made_by", "team_tokens", ["made_by"], unique=False)
    op.create_index("ix_team_tokens_team_id", "team_tokens", ["team_id"], unique=False)
    op.create_table(
        "logos",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("application_id", sa.String(length=22), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logos")),
    )
    op.create_index("ix_logos_application_id", "logos", ["application_id"], unique=False)
    op.create_index("ix_logos_made_by", "logos", ["made_by"], unique=False)
    op.create_table(
        "team_acts",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("team_id", sa.String(length=22), nullable=False),
        sa.Column("application_id", sa.String(length=22), nullable=True),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_acts")),
    )
    op.create_index("ix_team_acts_account_id", "team_acts", ["account_id"], unique=False)
    op.create_index("ix_team_acts_application_id_id", "team_acts", ["application_id", "id"], unique=False)
    op.create_index("ix_team_acts_expires_at", "team_acts", ["expires_at"], unique=False)
    op.create_index("ix_team_acts_team_id_id", "team_acts", ["team_id", "id"], unique=False)
    op.add_column("clients", sa.Column("presentation", sa.Text(), server_default="{}", nullable=False))
    op.add_column(
        "clients", sa.Column("registration_generation", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("clients", "registration_generation")
    op.drop_column("clients", "presentation")
    op.drop_index("ix_team_acts_team_id_id", table_name="team_acts")
    op.drop_index("ix_team_acts_expires_at", table_name="team_acts")
    op.drop_index("ix_team_acts_application_id_id", table_name="team_acts")
    op.drop_index("ix_team_acts_account_id", table_name="team_acts")
    op.drop_table("team_acts")
    op.drop_index("ix_logos_made_by", table_name="logos")
    op.drop_index("ix_logos_application_id", table_name="logos")
    op.drop_table("logos")
    op.drop_index("ix_team_tokens_team_id", table_name="team_tokens")
    op.drop_index("ix_team_tokens_made_by", table_name="team_tokens")
    op.drop_index("ix_team_tokens_expires_at", table_name="team_tokens")
    op.drop_table("team_tokens")
