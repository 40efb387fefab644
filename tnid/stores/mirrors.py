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
# One that an operator disabled by itself stays so
_ORIGINAL = clients.alias()
_ENABLE = update(clients).values(disabled_at=None, updated_at=bindparam("now"))
ENABLE_MIRROR = _ENABLE.where(
    _IS_MIRROR,
    clients.c.disabled_at
    == select(_ORIGINAL.c.disabled_at)
    .where(_ORIGINAL.c.client_id == bindparam("of_client"))
    .scalar_subquery(),
)
ENABLE_MIRROR_AGAIN = _ENABLE.where(_IS_MIRROR, clients.c.disabled_at == bindparam("since"))
DELETE_MIRROR = delete(clients).where(_IS_MIRROR)
