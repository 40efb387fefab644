"""What lies around a dwelling: the parks that people live near to work in."""

from __future__ import annotations

from examples.jobs_housing.listings import Listing
from examples.jobs_housing.places import PARKS, PLACES, measure, round_up

FARTHEST_KM = 15
MOST = 3


def list_nearest(listing: Listing) -> list[tuple[str, int]]:
    """Return the nearest parks to a home, with about how many kilometres; nothing for a job."""
    if listing.kind != "home" or listing.position not in PLACES:
        return []
    distances = sorted((measure(listing.position, park), park) for park in PARKS)
    return [(PARKS[park], round_up(km)) for km, park in distances[:MOST] if km <= FARTHEST_KM]
