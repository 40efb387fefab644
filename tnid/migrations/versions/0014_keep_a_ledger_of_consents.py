"""Keep a ledger of consents, and what applications are told and answer."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The database itself refuses: neither a mistake of ours nor a careless hand changes what was agreed to
POSTGRESQL = (
    "CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'the ledger of consents is only ever added to'"
    " USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER consent_ledger_is_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_ledger"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()",
)
SQLITE = tuple(
    f"CREATE TRIGGER consent_ledger_no_{verb.lower()} BEFORE {verb} ON consent_ledger"
    " BEGIN SELECT RAISE(ABORT, 'the ledger of consents is only ever added to'); END"
    for verb in ("UPDATE", "DELETE")
)


def upgrade() -> None:
    op.create_table(
        "consent_heads",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("subject", sa.String(22), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_consent_heads")),
        sa.UniqueConstraint("subject", name=op.f("uq_consent_heads_subject")),
    )
    op.create_table(
        "consent_ledger",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_ledger")),
        sa.UniqueConstraint("subject", "number", name=op.f("uq_consent_ledger_subject_number")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "security_events",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=True),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
    )
    op.create_index(op.f("ix_security_events_account_id"), "security_events", ["account_id"])


def downgrade() -> None:
    op.drop_table("security_events")
    op.drop_table("consent_ledger")
    op.drop_table("consent_heads")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_ledger_change()")
