"""The systems of systems.toml as typed values; a mistake in the file stops the start."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.relying_party.sign_in import Wish

SYSTEMS_FILE = Path(__file__).with_name("systems.toml")


@dataclass(frozen=True)
class Step:
    """Something inside a system that needs a sign-in as strong as `acr`, and to know more: `scopes`."""

    slug: str
    name: str
    acr: str
    scopes: tuple[str, ...] = ()

    def is_asked_with(self, scopes: tuple[str, ...]) -> bool:
        """Say whether a sign-in that asked for these scopes asked for all that is needed here."""
        return set(self.scopes) <= set(scopes)


@dataclass(frozen=True)
class System:
    """One system of the province, which is one client of the provider."""

    slug: str
    name: str
    summary: str
    owner: str
    tone: str
    scopes: tuple[str, ...]
    acr: str
    essential: bool
    identity_level: int
    is_public: bool = False
    steps: tuple[Step, ...] = ()
    voluntary: tuple[str, ...] = ()

    def wish(self, step: Step | None = None, prompt: str | None = None) -> Wish:
        """Return what to ask at the door, or before a step."""
        if step:
            scopes = (*self.scopes, *step.scopes)
            return self._wish(scopes, step.acr, is_acr_essential=True, prompt=prompt, purpose=step.slug)
        return self._wish(self.scopes, self.acr, is_acr_essential=self.essential, prompt=prompt)

    def _wish(self, scopes: tuple[str, ...], acr: str, **rest: Any) -> Wish:
        return Wish(scopes, acr, voluntary=self.voluntary, **rest)

    def find_step(self, slug: str | None) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)


def load_systems(file: Path = SYSTEMS_FILE) -> dict[str, System]:
    """Return the systems by slug, in the file's order."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["system"]
    return {row["slug"]: _system(row) for row in rows}


def _system(row: Mapping[str, Any]) -> System:
    plain = _with_tuples(row)
    plain["steps"] = tuple(Step(**_with_tuples(step)) for step in plain.pop("step", ()))
    return System(**plain)


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
