"""The pages: listings for everybody; saving them, and a page of one's own, for who signed in."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examples.jobs_housing.listings import Listing, ListingStore, Search
from examples.jobs_housing.places import PARKS, WARDS
from examples.relying_party.claims import describe, find_missing
from examples.relying_party.refusals import Refusal
from examples.relying_party.sign_in import RelyingParty, SignedIn, Wish
from examples.relying_party.visits import Visits
from examples.relying_party.web import own_path, show_refusal

PARTS = "jobs_housing"
CLIENT_ID = "jobs-housing"
SCOPES = ("openid", "profile", "phone")
LATER_SCOPES = ("worker", "jobs", "housing")
"""What the provider will offer later: a proof of employment, and profiles for jobs and homes."""

KINDS = ("job", "home")

blueprint = Blueprint("listings", __name__)


class Parts(NamedTuple):
    """What the views work with."""

    base_url: str
    listings: ListingStore
    relying_party: RelyingParty
    visits: Visits


def parts() -> Parts:
    return current_app.extensions[PARTS]


def find_person() -> SignedIn | None:
    """Return who is signed in at this browser, if anybody."""
    return parts().visits.find(CLIENT_ID)


def get_listing(listing_id: str) -> Listing:
    return parts().listings.find(listing_id) or abort(404)


@blueprint.get("/")
def show_all() -> str:
    given = request.args
    search = Search(
        text=given.get("q", "")[:100],
        kind=_known(given.get("kind"), KINDS),
        park=_known(given.get("park"), PARKS),
        ward=_known(given.get("ward"), WARDS),
    )
    return render_template(
        "listings.html",
        search=search,
        listings=parts().listings.search(search),
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
    return _change_saved(get_listing(listing_id), ListingStore.save)


@blueprint.post("/listings/<listing_id>/forget")
def forget(listing_id: str) -> Response:
    return _change_saved(get_listing(listing_id), ListingStore.forget)


@blueprint.get("/me")
def show_me() -> str | Response:
    person = find_person()
    if person is None:
        return redirect(url_for("listings.sign_in", next=request.path), 303)
    return render_template(
        "me.html",
        lines=describe(person.claims, current_app.extensions["say"]),
        missing=find_missing(SCOPES, person.claims),
        later_scopes=LATER_SCOPES,
        saved=parts().listings.list_saved(person.sub),
    )


@blueprint.get("/sign-in")
def sign_in() -> Response:
    wish = Wish(SCOPES, purpose=own_path(request.args.get("next", "/me")))
    return _answer(parts().relying_party.begin(CLIENT_ID, _address("callback"), wish))


@blueprint.get("/callback")
def callback() -> Response:
    person = parts().relying_party.complete(CLIENT_ID)
    if isinstance(person, Refusal):
        return _answer(person)
    parts().visits.open(person)
    return redirect(person.purpose, 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    person = find_person()
    if person is None:
        return redirect("/", 303)
    parts().visits.close(CLIENT_ID)
    return _answer(parts().relying_party.end(person, _address("show_all")))


def _change_saved(listing: Listing, change: object) -> Response:
    person = find_person()
    here = url_for("listings.show", listing_id=listing.id)
    if person is None:
        return redirect(url_for("listings.sign_in", next=here), 303)
    change(parts().listings, person.sub, listing.id)
    return redirect(own_path(request.form.get("next", here)), 303)


def _known(given: str | None, choices: object) -> str:
    return given if given in choices else ""


def _address(view: str) -> str:
    """Return the address as it is registered at the provider."""
    return parts().base_url + url_for(f"listings.{view}")


def _answer(outcome: Response | Refusal) -> Response:
    if isinstance(outcome, Refusal):
        return show_refusal(outcome, try_again=url_for("listings.sign_in"))
    return outcome
