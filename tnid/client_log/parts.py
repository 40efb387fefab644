"""The applications' log, wired from the program's own parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.client_log.abandoned import Abandoned
from tnid.client_log.entering import ClientLogWriter, Keeping
from tnid.client_log.service import ClientLog
from tnid.client_log.uses import Uses
from tnid.stores.client_log import ClientLogStore
from tnid.stores.interactions import InteractionStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_client_log(services: Services) -> ClientLog:
    return ClientLog(ClientLogStore(services.database))


def build_uses(services: Services) -> Uses:
    store, keep_seconds = ClientLogStore(services.database), services.settings.client_hours_keep_seconds
    return Uses(services.database, store, keep_seconds)


def build_abandoned(services: Services) -> Abandoned:
    """Return what looks for sign-ins that nobody finished; the housekeeper's alone."""
    return Abandoned(services.database, InteractionStore(services.database), services.audit)


def build_client_log_writer(services: Services) -> ClientLogWriter:
    """Return what enters sealed events; the housekeeper's alone."""
    settings = services.settings
    keeping = Keeping(
        settings.client_log_keep_seconds,
        settings.client_hours_keep_seconds,
        settings.client_log_most_a_minute,
    )

    def is_client(client_id: str) -> bool:
        return services.clients.find(client_id) is not None

    return ClientLogWriter(ClientLogStore(services.database), is_client, keeping)
