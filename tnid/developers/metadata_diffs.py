"""What changes from one state of the settings to another, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tnid.developers.metadata_fields import label_of
from tnid.developers.metadata_forms import pretty


class Change(NamedTuple):
    """A member before and after, as text; "" for nothing."""

    member: str
    label: Any
    before: list[str]
    after: list[str]


def describe_changes(old: Mapping[str, Any], changed: Mapping[str, Any]) -> list[Change]:
    """Return what changes, line by line where there are several."""
    return [
        Change(name, label_of(name), lines_of(old.get(name)), lines_of(value))
        for name, value in changed.items()
    ]


def lines_of(value: Any) -> list[str]:
    """Return a member's value as lines to compare."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return list(value)
    return pretty(value).split("\n")
