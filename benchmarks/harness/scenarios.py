"""What is compared, and the ratio to the peer that each has to reach."""

from __future__ import annotations

from typing import NamedTuple

FROM_MEMORY = ("discovery", "jwks", "client_credentials")


class Scenario(NamedTuple):
    """`name` is the generator's; `needs` the metadata without which a provider can't be asked."""

    name: str
    title: str
    goal_sqlite: float
    goal_postgresql: float
    needs: str

    @property
    def is_stored(self) -> bool:
        """Whether an item reads or writes the database."""
        return self.name not in FROM_MEMORY

    def goal(self, target: str) -> float:
        return self.goal_sqlite if target == "sqlite" else self.goal_postgresql


SCENARIOS = (
    Scenario("discovery", "discovery", 2.0, 2.0, "issuer"),
    Scenario("jwks", "JWKS", 2.0, 2.0, "jwks_uri"),
    Scenario("client_credentials", "client_credentials", 1.0, 1.0, "token_endpoint"),
    Scenario("pair_rs256", "authorize + token, RS256", 1.5, 1.2, "authorization_endpoint"),
    Scenario("pair_es256", "authorize + token, ES256", 1.5, 1.2, "authorization_endpoint"),
    Scenario("refresh", "refresh, rotating", 1.5, 1.2, "token_endpoint"),
    Scenario("userinfo", "userinfo", 1.0, 1.0, "userinfo_endpoint"),
    Scenario("introspection", "introspection", 1.3, 1.3, "introspection_endpoint"),
)
