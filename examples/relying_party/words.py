"""Words in three languages, from TOML tables: a key holds its Vietnamese, English and Korean."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LANGUAGES = {"vi": "Tiếng Việt", "en": "English", "ko": "한국어"}
_PLACES = {language: place for place, language in enumerate(LANGUAGES)}


class Words:
    """Look words up by dotted key; Vietnamese stands in where a language lacks them."""

    def __init__(self, *files: Path) -> None:
        self._words: dict[str, list[str]] = {}
        for file in files:
            self._words.update(_flatten(tomllib.loads(file.read_text(encoding="utf-8"))))

    def say(self, key: str, language: str = "vi", **values: object) -> str:
        """Return the words for `key`; raise KeyError where there are none."""
        written = self._words[key]
        place = _PLACES[language]
        return (written[place] if place < len(written) else written[0]).format(**values)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
