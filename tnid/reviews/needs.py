"""What reviews need of other parts: narrow protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from oidc.models import Client


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def find_now(self, client_id: str) -> Client | None: ...
    def add(self, client: Client) -> None: ...
    def set_agreed(self, client: Client, now: int) -> bool: ...


class Acts(Protocol):
    """What is needed of tnid.developers.acts: the log, and the team's own page."""

    def record(
        self,
        event: str,
        team_id: str,
        account_id: str | None,
        now: int,
        *,
        application_id: str | None = None,
        **details: str,
    ) -> None: ...

    def tell(
        self,
        event: str,
        team_id: str,
        account_id: str | None,
        now: int,
        *,
        application_id: str | None = None,
        **details: str,
    ) -> None: ...


class Changes(Protocol):
    """What is needed of tnid.developers.changes: what the live client's settings wait for."""

    def apply(
        self, application_id: str, live: Client, agreed: Mapping[str, Any], now: int
    ) -> Sequence[object]: ...
