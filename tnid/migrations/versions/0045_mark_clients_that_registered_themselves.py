"""Mark clients that registered themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column("clients", sa.Column("registered_openly", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("clients", "registered_openly")
