"""Name the employer whose workers a client may know."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("clients", sa.Column("employer", sa.String(length=14), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("clients", "employer")
