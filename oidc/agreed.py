"""What a person decided to share with a client: the record that consents, prompts and grants look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person decided to share with a client, until `expires_at`.

    `scope` and `claims` hold what they decided about, `withheld` what of it they keep to themselves, and
    `versions` the version of each purpose that they were shown.
    """

    scope: frozenset[str]
    claims: frozenset[str]
    withheld: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    expires_at: int | None = None

    def is_over(self, now: int) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @property
    def withheld_text(self) -> str | None:
        """Return how a grant keeps what is withheld."""
        return " ".join(sorted(self.withheld)) or None
