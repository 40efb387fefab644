"""Rows as people read them: their times in RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def readable(row: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a row with its times as people read them."""
    named = {name: value for name, value in row._asdict().items() if name not in but}
    return {name: utc(value) if _is_time(name) else value for name, value in named.items()}


def _is_time(name: str) -> bool:
    return name.endswith("_at") or name == "auth_time"


def utc(epoch_seconds: int | None) -> str | None:
    """Return the time in RFC 3339, None for none."""
    if epoch_seconds is None:
        return None
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
