"""The first tables."""

from alembic import op

from tnid.db import db

revision = "0001"
down_revision = None


def upgrade() -> None:
    db.metadata.create_all(op.get_bind())


def downgrade() -> None:
    db.metadata.drop_all(op.get_bind())
