"""Let security events expire."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

DAY_SECONDS = 86400
OF_OLD_ROWS = f"""
UPDATE security_events
SET expires_at = COALESCE(answered_at + {365 * DAY_SECONDS}, created_at + {2 * 365 * DAY_SECONDS})
"""


def upgrade() -> None:
    op.add_column("security_events", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.execute(OF_OLD_ROWS)
    op.create_index(op.f("ix_security_events_expires_at"), "security_events", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_security_events_expires_at"), table_name="security_events")
    op.drop_column("security_events", "expires_at")
