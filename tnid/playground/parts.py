"""The parts of the playground, wired by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.playground.mirror import Mirrors
from tnid.playground.runs import Runs
from tnid.stores.playground_runs import PlaygroundRunStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Playground:
    """What the playground's pages work with."""

    mirrors: Mirrors
    runs: Runs


def build_playground(parts: Services) -> Playground:
    runs = Runs(PlaygroundRunStore(parts.database), parts.sealer)
    return Playground(Mirrors(parts.clients, parts.settings.issuer), runs)
