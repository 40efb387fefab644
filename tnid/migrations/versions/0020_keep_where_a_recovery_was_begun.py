"""Keep where a recovery was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("recoveries", sa.Column("device", sa.String(length=22), nullable=True))


def downgrade() -> None:
    op.drop_column("recoveries", "device")
