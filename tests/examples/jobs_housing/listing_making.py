"""Listings for tests: one that is whole, of whatever the test cares about."""

from __future__ import annotations

from typing import Any

from examples.jobs_housing.database import Database
from examples.jobs_housing.listings import Listing, ListingStore
from tests.conftest import Clock

NOW = Clock().now()
SUB = "sub-of-hien"


def make_draft(database: Database, *, kind: str = "home", sub: str = SUB, **values: Any) -> Listing:
    """Return a draft that may be published."""
    store = ListingStore(database)
    listing = store.begin(kind, sub, {"offered_by": "Nhà trọ cô Hiền"}, NOW)
    assert listing
    whole = {
        "title": "Phòng trọ khép kín", "summary": "Có gác xép và chỗ để xe", "ward": "05890", "park": None,
        "amount_from": 1_200_000, "amount_to": 1_400_000, "places": 3, "details": ("Có gác xép",),
    }  # fmt: skip
    assert store.change(listing, {**whole, **values}, NOW)
    found = store.find(listing.id)
    assert found
    return found


def make_open(database: Database, *, at: int = NOW, **values: Any) -> Listing:
    """Return a listing that everybody finds."""
    store = ListingStore(database)
    draft = make_draft(database, **values)
    assert store.publish(draft, at)
    found = store.find(draft.id)
    assert found
    return found
