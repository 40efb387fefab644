"""What a sandbox's client asked for last: which parameters there were, and whether any came before.

Nothing of what it sent is kept but that: of state, nonce and code_challenge a keyed hash each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from oidc.models import AuthorizationRequest
from tnid.interfaces import BlindIndex
from tnid.stores.client_checks import ClientCheckStore

FRESH = ("state", "nonce", "code_challenge")
# The same request once more so soon is somebody who reloads, or went back
RELOAD_SECONDS = 600


class Sent(NamedTuple):
    """The last request. `there` and `repeated` are names of FRESH."""

    there: list[str]
    repeated: list[str]
    response_mode: str
    digests: dict[str, str]
    noted_at: int


class SentRequests:
    """Notes each sound request of a sandbox's client in place of the one before."""

    def __init__(self, store: ClientCheckStore, blind: BlindIndex) -> None:
        self._store = store
        self._blind = blind

    def note(self, request: AuthorizationRequest, now: int) -> None:
        """Note a request, in the caller's unit of work."""
        before = self.find(request.client_id)
        values = {name: getattr(request, name) for name in FRESH}
        digests = {
            name: self._blind.blind_index(f"sent_{name}", value) for name, value in values.items() if value
        }
        repeated = [] if before is None else find_repeated(before, digests, now)
        if repeated is None:
            return
        sent = {
            "there": list(digests),
            "repeated": repeated,
            "response_mode": request.response_mode,
            "digests": digests,
        }
        self._store.note_sent(request.client_id, orjson.dumps(sent).decode(), now)

    def find(self, client_id: str) -> Sent | None:
        row: Any = self._store.find_sent(client_id)
        return None if row is None else Sent(**orjson.loads(row.sent), noted_at=row.noted_at)


def find_repeated(before: Sent, digests: dict[str, str], now: int) -> list[str] | None:
    """Return what of the request came in the one before; None where it is that one, loaded again."""
    if digests == before.digests and now - before.noted_at < RELOAD_SECONDS:
        return None
    return [name for name, digest in digests.items() if before.digests.get(name) == digest]
