"""The province's industrial parks (khu công nghiệp), as gathered in November 2026."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

_FILE = Path(__file__).parent / "data" / "parks.json"


class Park(NamedTuple):
    """An industrial park. `id` is for machines and never changes."""

    id: str
    name: str


@cache
def all_parks() -> tuple[Park, ...]:
    """Return every park, in the order of the file."""
    return tuple(Park(**one) for one in orjson.loads(_FILE.read_bytes())["parks"])


def find_park(text: str) -> Park | None:
    """Return the park of this identifier or name; marks, capitals and `KCN` before it make no difference."""
    return _by_key().get(_key(text))


@cache
def _by_key() -> dict[str, Park]:
    return {_key(text): park for park in all_parks() for text in park}


def _key(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    words = "".join(character if character.isalnum() else " " for character in bare).split()
    for prefix in (["kcn"], ["khu", "cong", "nghiep"]):
        if words[: len(prefix)] == prefix:
            words = words[len(prefix) :]
    return " ".join(words)


def name_of_park(park_id: str | None) -> str:
    """Return a park's name, "" for none."""
    park = find_park(park_id) if park_id else None
    return park.name if park else ""
