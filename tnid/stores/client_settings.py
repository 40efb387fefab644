"""What a team writes about its client: metadata, each with its history, and secrets.

Written where they are still what the writer saw, and, in somebody's name, where that person at the very
moment of writing may change what the application's team has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BigInteger, String, Text, bindparam, column, exists, or_, select, table, update

from oidc.models import Client
from tnid.db import Database
from tnid.stores.client_secrets import ClientSecretStore
from tnid.stores.client_versions import FIRST, ClientVersionStore
from tnid.stores.teams import may_change

# By their names: the stores that have these tables build upon this one
_clients = table(
    "clients",
    column("client_id", String),
    column("metadata", Text),
    column("secret_hashes", Text),
    column("secret_ends", Text),
    column("created_at", BigInteger),
    column("updated_at", BigInteger),
)
_applications = table(
    "applications",
    column("team_id", String),
    column("sandbox_client_id", String),
    column("live_client_id", String),
)
_CLIENT = _clients.c
_BY_MEMBER = exists().where(
    or_(
        _applications.c.sandbox_client_id == bindparam("of_client"),
        _applications.c.live_client_id == bindparam("of_client"),
    ),
    may_change(_applications.c.team_id, bindparam("by")),
)
_FIND = select(_CLIENT.metadata, _CLIENT.created_at).where(_CLIENT.client_id == bindparam("of_client"))
_METADATA = (
    update(_clients)
    .where(_CLIENT.client_id == bindparam("of_client"), _CLIENT.metadata == bindparam("old_metadata"))
    .values(metadata=bindparam("new_metadata"), updated_at=bindparam("now"))
)
_SECRETS = (
    update(_clients)
    .where(
        _CLIENT.client_id == bindparam("of_client"),
        _CLIENT.secret_hashes == bindparam("old_hashes"),
        _CLIENT.secret_ends == bindparam("old_ends"),
    )
    .values(
        secret_hashes=bindparam("new_hashes"), secret_ends=bindparam("new_ends"), updated_at=bindparam("now")
    )
)
_METADATA_BY, _SECRETS_BY = _METADATA.where(_BY_MEMBER), _SECRETS.where(_BY_MEMBER)


class ClientSettingsStore:
    """Writes for `tnid.stores.clients`, which knows what is cached."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._secrets = ClientSecretStore(database)
        self._versions = ClientVersionStore(database)

    def note_secrets(self, client: Client, by: str | None) -> None:
        """Note when the secrets of a new client were made."""
        for digest in client.secret_hashes:
            self._secrets.add(client.client_id, digest.hex(), client.created_at, by)

    def set_metadata(
        self,
        client_id: str,
        metadata: Mapping[str, Any],
        now: int,
        *,
        source: str,
        by: str | None,
        seen: Mapping[str, Any] | None,
    ) -> bool:
        """Replace the metadata and keep both in the history; say whether it was done, as said above."""
        found = self._database.fetch_one(_FIND, of_client=client_id)
        if found is None:
            return False
        old = found.metadata if seen is None else orjson.dumps(seen).decode()
        values = {"old_metadata": old, "new_metadata": orjson.dumps(metadata).decode()}
        if not self._execute(_METADATA, _METADATA_BY, client_id, by, now, values):
            return False
        if self._versions.is_empty(client_id):
            self._versions.add(client_id, old, found.created_at, source=FIRST, by=None)
        self._versions.add(client_id, values["new_metadata"], now, source=source, by=by)
        return True

    def set_secrets(
        self, client: Client, hashes: Sequence[bytes], ends: Mapping[str, int], now: int, *, by: str | None
    ) -> bool:
        """Replace the digests of the secrets, the newest first, and their ends; say whether it was done."""
        values = {
            "old_hashes": join_hashes(client.secret_hashes),
            "old_ends": orjson.dumps(client.secret_ends).decode(),
            "new_hashes": join_hashes(hashes),
            "new_ends": orjson.dumps(ends).decode(),
        }
        return self._execute(_SECRETS, _SECRETS_BY, client.client_id, by, now, values)

    def _execute(
        self, alone: Any, by_member: Any, client_id: str, by: str | None, now: int, values: Mapping[str, str]
    ) -> bool:
        if by is None:
            return self._database.execute(alone, of_client=client_id, now=now, **values) == 1
        return self._database.execute(by_member, of_client=client_id, by=by, now=now, **values) == 1


def join_hashes(hashes: Sequence[bytes]) -> str:
    return " ".join(digest.hex() for digest in hashes)
