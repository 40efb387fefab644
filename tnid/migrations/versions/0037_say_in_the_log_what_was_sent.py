"""Keep in a client's log why something was refused and what was sent, and find entries by more than time."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

INDEXES = (
    ("ix_client_log_client_id_occurred_at", ("client_id", "occurred_at")),
    ("ix_client_log_client_id_flow", ("client_id", "flow")),
    ("ix_client_log_client_id_outcome_id", ("client_id", "outcome", "id")),
    ("ix_client_log_client_id_stage_id", ("client_id", "stage", "id")),
)


def upgrade() -> None:
    op.add_column("client_log", sa.Column("reason", sa.String(64), nullable=False, server_default=""))
    op.add_column("client_log", sa.Column("sent", sa.Text(), nullable=False, server_default="{}"))
    for name, columns in INDEXES:
        op.create_index(name, "client_log", list(columns), unique=False)


def downgrade() -> None:
    for name, _columns in reversed(INDEXES):
        op.drop_index(name, table_name="client_log")
    op.drop_column("client_log", "sent")
    op.drop_column("client_log", "reason")
