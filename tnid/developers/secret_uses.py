"""When a secret was last used, to the hour: enough to see that an application has changed over."""

from __future__ import annotations

from tnid.stores.client_secrets import ClientSecretStore

EVERY_SECONDS = 3600
MOST_REMEMBERED = 20_000


class SecretUses:
    """Notes uses as they happen. Each process writes once an hour a secret at most."""

    def __init__(self, store: ClientSecretStore) -> None:
        self._store = store
        self._noted: dict[tuple[str, bytes], int] = {}

    def note(self, client_id: str, digest: bytes, now: int) -> None:
        """Note, in the caller's unit of work, that a secret opened a client."""
        key = (client_id, digest)
        if now - self._noted.get(key, -EVERY_SECONDS) < EVERY_SECONDS:
            return
        if len(self._noted) >= MOST_REMEMBERED:
            self._noted.clear()
        self._noted[key] = now
        # Another process may have noted it a moment ago
        self._store.note_use(client_id, digest.hex(), now, before=now - EVERY_SECONDS)
