"""The parts of going live, wired from the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tnid.reviews.agreements import Agreements
from tnid.reviews.lives import Lives
from tnid.reviews.service import Reviews
from tnid.stores.agreements import AgreementStore
from tnid.stores.applications import ApplicationStore
from tnid.stores.logos import LogoStore
from tnid.stores.reviews import ReviewStore
from tnid.stores.teams import TeamStore

if TYPE_CHECKING:
    from tnid.services import Services


class Public(NamedTuple):
    """Since when an application is suspended or ended, None for one that isn't."""

    suspended_at: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class GoingLive:
    """What the pages and commands of reviews work with."""

    reviews: Reviews
    agreements: Agreements
    lives: Lives
    applications: ApplicationStore

    def find_public(self, client_id: str) -> Public | None:
        """Return what people may be told of a live client's life, None where nothing was ever agreed."""
        row = self.applications.find_by_client(client_id)
        if row is None or row.live_client_id != client_id:
            return None
        found = self.agreements.list_of_application(row.id)
        return Public(row.suspended_at, row.ended_at) if found else None


def build_reviews(parts: Services) -> GoingLive:
    """Wire reviews and what follows from them."""
    database, events, messages = parts.database, parts.audit, parts.messages
    applications, store = ApplicationStore(database), ReviewStore(database)
    agreements = Agreements(AgreementStore(database), parts.keyring, events, parts.settings.issuer)
    clients, acts, changes = parts.clients, parts.developers.acts, parts.developers.changes
    reviews = Reviews(
        store, applications, clients, agreements, changes, acts, events, messages, LogoStore(database)
    )
    lives = Lives(applications, TeamStore(database), store, clients, agreements, acts, events, messages)
    return GoingLive(reviews, agreements, lives, applications)
