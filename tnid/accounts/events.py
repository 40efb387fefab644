"""What acts on accounts need of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol


class Events(Protocol):
    """What is needed of tnid.audit."""

    def record(
        self,
        event: str,
        *,
        now: int,
        outcome: Literal["ok", "refused"] = "ok",
        reason: str | None = None,
        account_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None: ...
