"""Keep how a waiting client is told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("decoupled_requests", sa.Column("notification_token", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("decoupled_requests", "notification_token")
