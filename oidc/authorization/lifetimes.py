"""How long what an authorization request leads to lasts."""

from __future__ import annotations

from dataclasses import dataclass

from oidc.models import FAPI2, Client
from oidc.parts import ProviderConfig

FAPI2_CODE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """In seconds. A grant lasts `online` if it ends with the session, `offline` if it outlives it.

    `terminal_idle` is how long a shared screen waits for anybody to go on.
    """

    code: int
    online: int
    offline: int
    terminal_idle: int

    @classmethod
    def of(cls, config: ProviderConfig) -> Lifetimes:
        return cls(
            code=config.code_lifetime_seconds,
            online=config.session_lifetime_seconds,
            offline=config.refresh_token_lifetime_seconds,
            terminal_idle=config.terminal_idle_seconds,
        )

    def of_code(self, client: Client) -> int:
        """FAPI 2.0 §5.3.2.1: a code lives a minute at most."""
        return min(self.code, FAPI2_CODE_SECONDS) if client.profile == FAPI2 else self.code
