"""Keep settings' history and secrets' ends."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "client_versions",
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_client_versions")),
    )
    op.create_index("ix_client_versions_made_by", "client_versions", ["made_by"], unique=False)
    op.add_column("applications", sa.Column("pending_live", sa.Text(), server_default="{}", nullable=False))
    op.create_index("ix_client_secrets_ends_at", "client_secrets", ["ends_at"], unique=False)
    op.add_column("clients", sa.Column("secret_ends", sa.Text(), server_default="{}", nullable=False))
    note_secrets(op.get_bind())


def note_secrets(connection: sa.Connection) -> None:
    """Give each secret that works a row: made when its client was, for nobody wrote down when it was."""
    clients = sa.table("clients", *map(sa.column, ("client_id", "secret_hashes", "created_at")))
    names = ("client_id", "digest", "made_by", "created_at", "last_used_at", "ends_at")
    rows = sa.table("client_secrets", *map(sa.column, names))
    noted = {tuple(row) for row in connection.execute(sa.select(rows.c.client_id, rows.c.digest))}
    for client in connection.execute(sa.select(clients)).all():
        for digest in dict.fromkeys(client.secret_hashes.split()):
            if (client.client_id, digest) not in noted:
                values = {"client_id": client.client_id, "digest": digest, "created_at": client.created_at}
                connection.execute(sa.insert(rows).values(**values))


def downgrade() -> None:
    op.drop_column("clients", "secret_ends")
    op.drop_index("ix_client_secrets_ends_at", table_name="client_secrets")
    op.drop_column("applications", "pending_live")
    op.drop_index("ix_client_versions_made_by", table_name="client_versions")
    op.drop_table("client_versions")
