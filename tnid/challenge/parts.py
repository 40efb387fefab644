"""The parts of the challenge, wired by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.challenge.alarm import Alarm
from tnid.challenge.passes import Passes
from tnid.challenge.puzzles import Tickets
from tnid.stores.replay import ReplayStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page and the guard before others work with."""

    alarm: Alarm
    tickets: Tickets
    passes: Passes


def build_challenge(parts: Services) -> Challenge:
    database, sealer = parts.database, parts.sealer
    passes = Passes(sealer.derive("challenge.pass"), parts.limits, ReplayStore(database), parts.audit)
    return Challenge(Alarm(database, parts.audit), Tickets(sealer.derive("challenge.ticket")), passes)
