"""The playground's clients: none outlives the sandbox's client that it is the mirror of."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, literal, select, update

from tnid.stores.applications import applications
from tnid.stores.client_rows import clients

PREFIX = "playground."

_IS_MIRROR = clients.c.client_id.in_(
    select(literal(PREFIX).concat(applications.c.id)).where(
        applications.c.sandbox_client_id == bindparam("of_client")
    )
)
DISABLE_MIRROR = (
    update(clients)
    .where(_IS_MIRROR, clients.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"), updated_at=bindparam("now"))
)
DELETE_MIRROR = delete(clients).where(_IS_MIRROR)
