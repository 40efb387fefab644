"""Looking around: listings as a list or on a map, one listing, and saving it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from examples.jobs_housing.listings import Listing
from examples.jobs_housing.mapping import draw
from examples.jobs_housing.neighbourhood import list_nearest
from examples.jobs_housing.parts import CLIENT_ID, find_person, get_listing, now, parts
from examples.jobs_housing.places import PARKS, PLACES, WARDS
from examples.jobs_housing.posters import find_poster
from examples.jobs_housing.search import DISTANCES, Search, read_search
from examples.relying_party.web import own_path

blueprint = Blueprint("listings", __name__)


@blueprint.get("/")
def show_all() -> str | Response:
    if way_back := parts().relying_party.take_end(CLIENT_ID):
        return way_back
    search = read_search(request.args)
    found = parts().search.search(search, now())
    return render_template(
        "listings.html",
        found=found,
        first_pictures=_first_pictures(found.listings),
        has_ended=parts().relying_party.has_ended(CLIENT_ID),
        **_for_search(search),
    )


@blueprint.get("/listings")
@blueprint.get("/listings/")
def lead_to_all() -> Response:
    """Lead on who shortened the address of a listing."""
    return redirect(url_for("listings.show_all"), 308)


@blueprint.get("/map")
def show_map() -> str:
    search = read_search(request.args)
    counts = parts().search.count_places(search, now())
    count = sum(sum(counted) for place, counted in counts.items() if place in WARDS)
    return render_template("map.html", drawing=draw(counts), count=count, **_for_search(search))


@blueprint.get("/listings/<listing_id>")
def show(listing_id: str) -> ResponseReturnValue:
    """Show a listing; one that is over says so, and what is like it."""
    listing = parts().listings.find(listing_id)
    poster = find_poster(find_person())
    is_own = bool(listing and poster and poster.manages(listing))
    if listing is None or listing.state in ("draft", "deleted", "taken_down"):
        if is_own and listing and listing.state != "deleted":
            return redirect(url_for("posting.show", listing_id=listing_id), 303)
        return _show_gone(listing)
    return render_template(
        "listing.html",
        listing=listing,
        is_own=is_own,
        is_saved=_is_saved(listing),
        pictures=parts().pictures.list_of(listing.id),
        nearest=list_nearest(listing),
        **_for_similar(listing),
        now=now(),
    )


@blueprint.post("/listings/<listing_id>/save")
def save(listing_id: str) -> Response:
    listing, person = get_listing(listing_id), find_person()
    if person:
        parts().listings.save(person.sub, listing.id, now())
    return _go_on(listing.id)


@blueprint.post("/listings/<listing_id>/forget")
def forget(listing_id: str) -> Response:
    listing, person = get_listing(listing_id), find_person()
    if person:
        parts().listings.forget(person.sub, listing.id)
    return _go_on(listing.id)


def _show_gone(listing: Listing | None) -> ResponseReturnValue:
    """Say that a listing is no more, or never was; RFC 9110 §15.5.11 for the first."""
    was_there = listing is not None and listing.state != "draft"
    page = render_template("gone.html", was_there=was_there, **_for_similar(listing if was_there else None))
    return page, 410 if was_there else 404


def _for_search(search: Search) -> dict[str, Any]:
    return {"search": search, "parks": PARKS, "wards": WARDS, "places": PLACES, "distances": DISTANCES}


def _for_similar(listing: Listing | None) -> dict[str, Any]:
    similar = parts().search.list_similar(listing, now())
    return {"similar": similar, "first_pictures": _first_pictures(similar)}


def _first_pictures(listings: list[Listing]) -> dict[str, Any]:
    return parts().pictures.list_first([one.id for one in listings if one.kind == "home"])


def _is_saved(listing: Listing) -> bool:
    person = find_person()
    return person is not None and any(one.id == listing.id for one in parts().listings.list_saved(person.sub))


def _go_on(listing_id: str) -> Response:
    here = url_for("listings.show", listing_id=listing_id)
    if find_person() is None:
        return redirect(url_for("account.sign_in", next=here), 303)
    return redirect(own_path(request.form.get("next", here)), 303)
