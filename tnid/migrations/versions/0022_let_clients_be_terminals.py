"""Let clients be terminals."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("clients", sa.Column("terminal", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("clients", "terminal")
