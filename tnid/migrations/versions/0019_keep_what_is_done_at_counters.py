"""Keep what is done at counters."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "activations",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("recovery_hashes", sa.Text(), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("official_id", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["official_id"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_activations_code_hash")),
    )
    op.create_index("ix_activations_account_id", "activations", ["account_id"], unique=False)
    op.create_index("ix_activations_expires_at", "activations", ["expires_at"], unique=False)
    op.create_index("ix_activations_official_id", "activations", ["official_id"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("interaction_uid", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("interaction_uid", name=op.f("uq_appointments_interaction_uid")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointments_reference")),
    )
    op.create_index("ix_appointments_account_id", "appointments", ["account_id"], unique=False)
    op.create_index("ix_appointments_expires_at", "appointments", ["expires_at"], unique=False)
    op.create_table(
        "assisted_recoveries",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("asked_by", sa.String(length=22), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_by", sa.String(length=22), nullable=True),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agreed_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_recoveries")),
    )
    op.create_index("ix_assisted_recoveries_account_id", "assisted_recoveries", ["account_id"], unique=False)
    op.create_index("ix_assisted_recoveries_asked_by", "assisted_recoveries", ["asked_by"], unique=False)
    op.create_index(
        "ix_assisted_recoveries_commune_asked_at",
        "assisted_recoveries",
        ["commune", "asked_at"],
        unique=False,
    )
    op.create_index("ix_assisted_recoveries_expires_at", "assisted_recoveries", ["expires_at"], unique=False)
    op.create_index(
        "uq_assisted_recoveries_account_id_open",
        "assisted_recoveries",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
    )
    op.create_table(
        "counter_people",
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_counter_people")),
    )
    op.create_table(
        "official_acts",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("official_id", sa.String(length=22), nullable=True),
        sa.Column("account_id", sa.String(length=22), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["official_id"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_acts")),
    )
    op.create_index(
        "ix_official_acts_account_id_occurred_at",
        "official_acts",
        ["account_id", "occurred_at"],
        unique=False,
    )
    op.create_index(
        "ix_official_acts_official_id_occurred_at",
        "official_acts",
        ["official_id", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("official_id", sa.String(length=22), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("card_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["official_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_account_id", "visits", ["account_id"], unique=False)
    op.create_index("ix_visits_expires_at", "visits", ["expires_at"], unique=False)
    op.create_index("ix_visits_official_id", "visits", ["official_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_visits_official_id", table_name="visits")
    op.drop_index("ix_visits_expires_at", table_name="visits")
    op.drop_index("ix_visits_account_id", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_official_acts_official_id_occurred_at", table_name="official_acts")
    op.drop_index("ix_official_acts_account_id_occurred_at", table_name="official_acts")
    op.drop_table("official_acts")
    op.drop_table("counter_people")
    op.drop_index(
        "uq_assisted_recoveries_account_id_open",
        table_name="assisted_recoveries",
        sqlite_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND completed_at IS NULL"),
    )
    op.drop_index("ix_assisted_recoveries_expires_at", table_name="assisted_recoveries")
    op.drop_index("ix_assisted_recoveries_commune_asked_at", table_name="assisted_recoveries")
    op.drop_index("ix_assisted_recoveries_asked_by", table_name="assisted_recoveries")
    op.drop_index("ix_assisted_recoveries_account_id", table_name="assisted_recoveries")
    op.drop_table("assisted_recoveries")
    op.drop_index("ix_appointments_expires_at", table_name="appointments")
    op.drop_index("ix_appointments_account_id", table_name="appointments")
    op.drop_table("appointments")
    op.drop_index("ix_activations_official_id", table_name="activations")
    op.drop_index("ix_activations_expires_at", table_name="activations")
    op.drop_index("ix_activations_account_id", table_name="activations")
    op.drop_table("activations")
