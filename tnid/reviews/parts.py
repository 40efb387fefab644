"""The parts of going live, wired from the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.reviews.agreements import Agreements
from tnid.reviews.lives import Lives
from tnid.reviews.service import Reviews
from tnid.stores.agreements import AgreementStore
from tnid.stores.applications import ApplicationStore
from tnid.stores.reviews import ReviewStore
from tnid.stores.teams import TeamStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class GoingLive:
    """What the pages and commands of reviews work with."""

    reviews: Reviews
    agreements: Agreements
    lives: Lives


def build_reviews(parts: Services) -> GoingLive:
    """Wire reviews and what follows from them."""
    database, events, messages = parts.database, parts.audit, parts.messages
    applications, store = ApplicationStore(database), ReviewStore(database)
    agreements = Agreements(AgreementStore(database), parts.keyring, events, parts.settings.issuer)
    reviews = Reviews(
        store, applications, parts.clients, agreements, parts.developers.changes, events, messages
    )
    lives = Lives(applications, TeamStore(database), store, parts.clients, agreements, events, messages)
    return GoingLive(reviews, agreements, lives)
