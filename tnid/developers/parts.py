"""The parts of the developers' portal, wired from the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.developers.applications import Applications
from tnid.developers.teams import Teams
from tnid.stores.applications import ApplicationStore
from tnid.stores.teams import TeamStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Developers:
    """What the pages and commands of teams and applications work with."""

    teams: Teams
    applications: Applications


def build_developers(parts: Services) -> Developers:
    """Wire teams and their applications."""
    database, events = parts.database, parts.audit
    teams = Teams(TeamStore(database), events)
    applications = Applications(ApplicationStore(database), parts.clients, events, parts.sealer)
    return Developers(teams, applications)
