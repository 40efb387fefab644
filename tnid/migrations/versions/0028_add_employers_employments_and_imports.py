"""Add employers, employments and imports."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "employers",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("tax_code", sa.String(length=14), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("park", sa.String(length=32), nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("domain_verified_at", sa.BigInteger(), nullable=True),
        sa.Column("requested_by", sa.String(length=22), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["requested_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
    )
    op.create_index("ix_employers_requested_by", "employers", ["requested_by"], unique=False)
    op.create_index("ix_employers_tax_code", "employers", ["tax_code"], unique=False)
    op.create_index(
        "uq_employers_tax_code_approved",
        "employers",
        ["tax_code"],
        unique=True,
        sqlite_where=sa.text("approved_at IS NOT NULL"),
        postgresql_where=sa.text("approved_at IS NOT NULL"),
    )
    op.create_table(
        "employer_tokens",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("employer_id", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_employer_tokens_token_hash")),
    )
    op.create_index("ix_employer_tokens_employer_id", "employer_tokens", ["employer_id"], unique=False)
    op.create_index("ix_employer_tokens_expires_at", "employer_tokens", ["expires_at"], unique=False)
    op.create_index("ix_employer_tokens_made_by", "employer_tokens", ["made_by"], unique=False)
    op.create_table(
        "employments",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("employer_id", sa.String(length=22), nullable=False),
        sa.Column("staff_code", sa.String(length=64), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=True),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("invitation_hash", sa.String(length=64), nullable=True),
        sa.Column("invitation_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("linked_at", sa.BigInteger(), nullable=True),
        sa.Column("declined_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("is_hidden", sa.Integer(), nullable=False),
        sa.Column("attested_at", sa.BigInteger(), nullable=False),
        sa.Column("attested_by", sa.String(length=22), nullable=True),
        sa.Column("attested_through", sa.String(length=16), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("history_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["attested_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_employments_invitation_hash")),
    )
    op.create_index("ix_employments_account_id", "employments", ["account_id"], unique=False)
    op.create_index("ix_employments_attested_by", "employments", ["attested_by"], unique=False)
    op.create_index("ix_employments_employer_id", "employments", ["employer_id", "id"], unique=False)
    op.create_index(
        "ix_employments_ends_at",
        "employments",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_employments_number_index", "employments", ["number_index"], unique=False)
    op.create_index(
        "ix_employments_untold",
        "employments",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index(
        "ix_employments_valid_until",
        "employments",
        ["valid_until"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_employments_employer_id_number_index_current",
        "employments",
        ["employer_id", "number_index"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_employments_employer_id_staff_code_current",
        "employments",
        ["employer_id", "staff_code"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("employer_id", sa.String(length=22), nullable=False),
        sa.Column("begun_by", sa.String(length=22), nullable=True),
        sa.Column("through", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_applied", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["begun_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_begun_by", "imports", ["begun_by"], unique=False)
    op.create_index("ix_imports_employer_id", "imports", ["employer_id", "created_at"], unique=False)
    op.create_index("ix_imports_expires_at", "imports", ["expires_at"], unique=False)
    op.create_index(
        "ix_imports_open",
        "imports",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "representatives",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("employer_id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("invited_by", sa.String(length=22), nullable=True),
        sa.Column("invitation_hash", sa.String(length=64), nullable=True),
        sa.Column("invitation_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invited_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representatives")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_representatives_invitation_hash")),
    )
    op.create_index("ix_representatives_account_id", "representatives", ["account_id"], unique=False)
    op.create_index("ix_representatives_employer_id", "representatives", ["employer_id"], unique=False)
    op.create_index("ix_representatives_invited_by", "representatives", ["invited_by"], unique=False)
    op.create_index(
        "uq_representatives_employer_id_account_id_active",
        "representatives",
        ["employer_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "employment_cards",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("employment_id", sa.String(length=22), nullable=True),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["employment_id"], ["employments.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment_cards")),
        sa.UniqueConstraint("status_index", name=op.f("uq_employment_cards_status_index")),
    )
    op.create_index("ix_employment_cards_account_id", "employment_cards", ["account_id"], unique=False)
    op.create_index("ix_employment_cards_employment_id", "employment_cards", ["employment_id"], unique=False)
    op.create_index("ix_employment_cards_expires_at", "employment_cards", ["expires_at"], unique=False)
    op.create_table(
        "import_parts",
        sa.Column("import_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_parts")),
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.String(length=22), nullable=False),
        sa.Column("row_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staff_code", sa.String(length=64), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=True),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("field", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("is_applied", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "row_number", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_number_index", "import_rows", ["import_id", "number_index"], unique=False)
    op.create_index(
        "ix_import_rows_outcome", "import_rows", ["import_id", "outcome", "row_number"], unique=False
    )
    op.create_index("ix_import_rows_staff_code", "import_rows", ["import_id", "staff_code"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_import_rows_staff_code", table_name="import_rows")
    op.drop_index("ix_import_rows_outcome", table_name="import_rows")
    op.drop_index("ix_import_rows_number_index", table_name="import_rows")
    op.drop_table("import_rows")
    op.drop_table("import_parts")
    op.drop_index("ix_employment_cards_expires_at", table_name="employment_cards")
    op.drop_index("ix_employment_cards_employment_id", table_name="employment_cards")
    op.drop_index("ix_employment_cards_account_id", table_name="employment_cards")
    op.drop_table("employment_cards")
    op.drop_index(
        "uq_representatives_employer_id_account_id_active",
        table_name="representatives",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("ix_representatives_invited_by", table_name="representatives")
    op.drop_index("ix_representatives_employer_id", table_name="representatives")
    op.drop_index("ix_representatives_account_id", table_name="representatives")
    op.drop_table("representatives")
    op.drop_index(
        "ix_imports_open",
        table_name="imports",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index("ix_imports_expires_at", table_name="imports")
    op.drop_index("ix_imports_employer_id", table_name="imports")
    op.drop_index("ix_imports_begun_by", table_name="imports")
    op.drop_table("imports")
    op.drop_index(
        "uq_employments_employer_id_staff_code_current",
        table_name="employments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "uq_employments_employer_id_number_index_current",
        table_name="employments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_employments_valid_until",
        table_name="employments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_employments_untold",
        table_name="employments",
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.drop_index("ix_employments_number_index", table_name="employments")
    op.drop_index(
        "ix_employments_ends_at",
        table_name="employments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_employments_employer_id", table_name="employments")
    op.drop_index("ix_employments_attested_by", table_name="employments")
    op.drop_index("ix_employments_account_id", table_name="employments")
    op.drop_table("employments")
    op.drop_index("ix_employer_tokens_made_by", table_name="employer_tokens")
    op.drop_index("ix_employer_tokens_expires_at", table_name="employer_tokens")
    op.drop_index("ix_employer_tokens_employer_id", table_name="employer_tokens")
    op.drop_table("employer_tokens")
    op.drop_index(
        "uq_employers_tax_code_approved",
        table_name="employers",
        sqlite_where=sa.text("approved_at IS NOT NULL"),
        postgresql_where=sa.text("approved_at IS NOT NULL"),
    )
    op.drop_index("ix_employers_tax_code", table_name="employers")
    op.drop_index("ix_employers_requested_by", table_name="employers")
    op.drop_table("employers")
