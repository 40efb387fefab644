"""The scopes that no live client gives to itself: an operator does, or a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oidc.attested import STANDING_SCOPE_CLAIMS
from oidc.errors import InvalidClientMetadata


def check_given_scopes(metadata: Mapping[str, Any], held: Iterable[str] = ()) -> None:
    """Raise InvalidClientMetadata for what only an operator gives; `held` are the scopes that it has."""
    asked = str(metadata.get("scope", "")).split()
    beyond = [name for name in asked if name in STANDING_SCOPE_CLAIMS and name not in held]
    if beyond:
        text = f"Only an operator registers a client for: {' '.join(beyond)}."
        raise InvalidClientMetadata(text, member="scope", reason="operators_only", value=" ".join(beyond))
