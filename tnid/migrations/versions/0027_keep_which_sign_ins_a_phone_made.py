"""Keep of an alert whether a phone signed its person in, by QR."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("is_by_qr", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("alerts", "is_by_qr")
