"""Add developers, reviews and operators."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "client_hours",
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "client_id", "hour", "stage", "outcome", "error", name=op.f("pk_client_hours")
        ),
    )
    op.create_index("ix_client_hours_expires_at", "client_hours", ["expires_at"], unique=False)
    op.create_table(
        "client_log",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_log")),
    )
    op.create_index(
        "ix_client_log_client_id_error_id", "client_log", ["client_id", "error", "id"], unique=False
    )
    op.create_index("ix_client_log_client_id_id", "client_log", ["client_id", "id"], unique=False)
    op.create_index(
        "ix_client_log_client_id_request_id", "client_log", ["client_id", "request_id"], unique=False
    )
    op.create_index("ix_client_log_expires_at", "client_log", ["expires_at"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("team_id", sa.String(length=22), nullable=False),
        sa.Column("preset", sa.String(length=16), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.Text(), server_default="{}", nullable=False),
        sa.Column("sandbox_client_id", sa.String(length=255), nullable=False),
        sa.Column("live_client_id", sa.String(length=255), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("form_key", name=op.f("uq_applications_form_key")),
        sa.UniqueConstraint("live_client_id", name=op.f("uq_applications_live_client_id")),
        sa.UniqueConstraint("sandbox_client_id", name=op.f("uq_applications_sandbox_client_id")),
    )
    op.create_index("ix_applications_team_id", "applications", ["team_id"], unique=False)
    op.create_table(
        "client_secrets",
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("client_id", "digest", name=op.f("pk_client_secrets")),
    )
    op.create_index("ix_client_secrets_made_by", "client_secrets", ["made_by"], unique=False)
    op.create_table(
        "members",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("team_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("invited_by", sa.String(length=22), nullable=True),
        sa.Column("invitation_hash", sa.String(length=64), nullable=True),
        sa.Column("invitation_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invited_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_members_invitation_hash")),
    )
    op.create_index("ix_members_account_id", "members", ["account_id"], unique=False)
    op.create_index("ix_members_invited_by", "members", ["invited_by"], unique=False)
    op.create_index("ix_members_team_id", "members", ["team_id"], unique=False)
    op.create_index(
        "uq_members_team_id_account_id_active",
        "members",
        ["team_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "operator_requests",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by", sa.String(length=22), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=22), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_requests")),
    )
    op.create_index("ix_operator_requests_asked_by", "operator_requests", ["asked_by"], unique=False)
    op.create_index("ix_operator_requests_decided_by", "operator_requests", ["decided_by"], unique=False)
    op.create_index("ix_operator_requests_expires_at", "operator_requests", ["expires_at"], unique=False)
    op.create_index(
        "uq_operator_requests_act_arguments_open",
        "operator_requests",
        ["act", "arguments"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("is_on", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("changed_by", sa.String(length=22), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_index("ix_switches_changed_by", "switches", ["changed_by"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("application_id", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.String(length=22), nullable=True),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=22), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["submitted_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_application_id", "reviews", ["application_id"], unique=False)
    op.create_index("ix_reviews_decided_by", "reviews", ["decided_by"], unique=False)
    op.create_index("ix_reviews_state", "reviews", ["state", "submitted_at"], unique=False)
    op.create_index("ix_reviews_submitted_by", "reviews", ["submitted_by"], unique=False)
    op.create_index(
        "uq_reviews_application_id_open",
        "reviews",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('submitted', 'changes_asked')"),
        postgresql_where=sa.text("state IN ('submitted', 'changes_asked')"),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("application_id", sa.String(length=22), nullable=False),
        sa.Column("review_id", sa.String(length=22), nullable=True),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("number", name=op.f("uq_agreements_number")),
    )
    op.create_index("ix_agreements_application_id", "agreements", ["application_id"], unique=False)
    op.create_index("ix_agreements_review_id", "agreements", ["review_id"], unique=False)
    op.create_table(
        "review_comments",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("review_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("by_reviewer", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
    )
    op.create_index("ix_review_comments_account_id", "review_comments", ["account_id"], unique=False)
    op.create_index("ix_review_comments_review_id", "review_comments", ["review_id"], unique=False)
    op.add_column("accounts", sa.Column("is_sandbox", sa.Integer(), server_default="0", nullable=False))
    op.add_column("clients", sa.Column("is_sandbox", sa.Integer(), server_default="0", nullable=False))
    op.add_column("clients", sa.Column("sandbox_faults", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("clients", "sandbox_faults")
    op.drop_column("clients", "is_sandbox")
    op.drop_column("accounts", "is_sandbox")
    op.drop_index("ix_review_comments_review_id", table_name="review_comments")
    op.drop_index("ix_review_comments_account_id", table_name="review_comments")
    op.drop_table("review_comments")
    op.drop_index("ix_agreements_review_id", table_name="agreements")
    op.drop_index("ix_agreements_application_id", table_name="agreements")
    op.drop_table("agreements")
    op.drop_index(
        "uq_reviews_application_id_open",
        table_name="reviews",
        sqlite_where=sa.text("state IN ('submitted', 'changes_asked')"),
        postgresql_where=sa.text("state IN ('submitted', 'changes_asked')"),
    )
    op.drop_index("ix_reviews_submitted_by", table_name="reviews")
    op.drop_index("ix_reviews_state", table_name="reviews")
    op.drop_index("ix_reviews_decided_by", table_name="reviews")
    op.drop_index("ix_reviews_application_id", table_name="reviews")
    op.drop_table("reviews")
    op.drop_index("ix_switches_changed_by", table_name="switches")
    op.drop_table("switches")
    op.drop_index(
        "uq_operator_requests_act_arguments_open",
        table_name="operator_requests",
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_operator_requests_expires_at", table_name="operator_requests")
    op.drop_index("ix_operator_requests_decided_by", table_name="operator_requests")
    op.drop_index("ix_operator_requests_asked_by", table_name="operator_requests")
    op.drop_table("operator_requests")
    op.drop_index(
        "uq_members_team_id_account_id_active",
        table_name="members",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("ix_members_team_id", table_name="members")
    op.drop_index("ix_members_invited_by", table_name="members")
    op.drop_index("ix_members_account_id", table_name="members")
    op.drop_table("members")
    op.drop_index("ix_client_secrets_made_by", table_name="client_secrets")
    op.drop_table("client_secrets")
    op.drop_index("ix_applications_team_id", table_name="applications")
    op.drop_table("applications")
    op.drop_table("teams")
    op.drop_index("ix_client_log_expires_at", table_name="client_log")
    op.drop_index("ix_client_log_client_id_request_id", table_name="client_log")
    op.drop_index("ix_client_log_client_id_id", table_name="client_log")
    op.drop_index("ix_client_log_client_id_error_id", table_name="client_log")
    op.drop_table("client_log")
    op.drop_index("ix_client_hours_expires_at", table_name="client_hours")
    op.drop_table("client_hours")
