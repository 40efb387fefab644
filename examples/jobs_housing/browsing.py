"""Looking around: listings as a list, one listing, and saving it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examples.jobs_housing.parts import CLIENT_ID, find_person, get_listing, now, parts
from examples.jobs_housing.places import PARKS, WARDS
from examples.jobs_housing.search import read_search
from examples.relying_party.web import own_path

blueprint = Blueprint("listings", __name__)


@blueprint.get("/")
def show_all() -> str:
    search = read_search(request.args)
    return render_template(
        "listings.html",
        search=search,
        found=parts().search.search(search, now()),
        parks=PARKS,
        wards=WARDS,
        has_ended=parts().relying_party.has_ended(CLIENT_ID),
    )


@blueprint.get("/listings/<listing_id>")
def show(listing_id: str) -> str:
    listing, person = get_listing(listing_id), find_person()
    is_saved = bool(person) and listing in parts().listings.list_saved(person.sub)
    return render_template("listing.html", listing=listing, is_saved=is_saved)


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


def _go_on(listing_id: str) -> Response:
    here = url_for("listings.show", listing_id=listing_id)
    if find_person() is None:
        return redirect(url_for("account.sign_in", next=here), 303)
    return redirect(own_path(request.form.get("next", here)), 303)
