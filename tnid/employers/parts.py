"""The parts of employers, wired from the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.employers.organisations import Organisations
from tnid.employers.representatives import Representatives
from tnid.stores.employers import EmployerStore
from tnid.stores.representatives import RepresentativeStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Employers:
    """What the pages and commands of employers work with."""

    organisations: Organisations
    representatives: Representatives


def build_employers(parts: Services) -> Employers:
    """Wire organisations and those who act for them."""
    database, events, messages = parts.database, parts.audit, parts.messages
    store = EmployerStore(database)
    representatives = Representatives(
        RepresentativeStore(database), store, parts.accounts, events, messages, parts.sealer
    )
    return Employers(Organisations(store, representatives, events, messages), representatives)
