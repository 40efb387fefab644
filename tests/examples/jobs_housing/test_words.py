"""Every word that the listings say is there, in three languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from examples.jobs_housing.app import WORDS
from examples.jobs_housing.applications import MOVES, STATES
from examples.jobs_housing.sharing import ITEMS

HERE = Path(__file__).parents[3] / "examples"
SAID = re.compile(r"""\bsay\(\s*["']([a-z_.]+)["']\s*[,)]""")


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def all_words() -> dict[str, list[str]]:
    files = [HERE / "relying_party/words.toml", *(HERE / "jobs_housing" / name for name in WORDS)]
    return {key: words for file in files for key, words in flatten(tomllib.loads(file.read_text()))}


def test_every_word_is_there_in_three_languages() -> None:
    for key, words in all_words().items():
        assert len(words) == 3 and all(words), key
        # The same values stand in each, or one of the three would say less
        assert len({frozenset(re.findall(r"\{([a-z_]+)\}", one)) for one in words}) == 1, key


def test_every_word_that_is_said_is_there() -> None:
    files = [*(HERE / "jobs_housing").rglob("*.html"), *(HERE / "jobs_housing").rglob("*.py")]
    said = {key for file in files for key in SAID.findall(file.read_text())}
    said |= {f"{room}.{item.name}" for item in ITEMS for room in ("items", "items_short", "hints")}
    said |= {f"{room}.{state}" for state in STATES for room in ("states", "state_words")}
    said |= {f"received.{state}" for state in MOVES}
    assert said <= all_words().keys(), said - all_words().keys()
