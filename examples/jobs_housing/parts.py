"""What the application's views work with, and who is at the browser."""

from __future__ import annotations

import time
from typing import NamedTuple

from flask import abort, current_app, redirect, url_for
from werkzeug.wrappers import Response

from examples.jobs_housing.answering import Answering
from examples.jobs_housing.database import Database
from examples.jobs_housing.listings import Listing, ListingStore
from examples.jobs_housing.people import People
from examples.jobs_housing.pictures import PictureStore
from examples.jobs_housing.reports import ReportStore
from examples.jobs_housing.search import SearchStore
from examples.relying_party.refusals import Refusal
from examples.relying_party.security_events import Receiver
from examples.relying_party.sign_in import RelyingParty, SignedIn
from examples.relying_party.sign_outs import SignOuts
from examples.relying_party.visits import Visits
from examples.relying_party.web import show_refusal

PARTS = "jobs_housing"
CLIENT_ID = "jobs-housing"


class Parts(NamedTuple):
    """Made once by `app.create_app`; whoever adds a noun adds its store here."""

    base_url: str
    database: Database
    listings: ListingStore
    search: SearchStore
    pictures: PictureStore
    reports: ReportStore
    people: People
    receiver: Receiver
    answering: Answering
    relying_party: RelyingParty
    visits: Visits
    sign_outs: SignOuts


def parts() -> Parts:
    found: Parts = current_app.extensions[PARTS]
    return found


def now() -> int:
    """Return the time, in epoch seconds; everything below the views is told it."""
    return int(time.time())


def find_person() -> SignedIn | None:
    """Return who is signed in at this browser, if anybody; not once they took everything back."""
    person = parts().visits.find(CLIENT_ID)
    if person is None or parts().people.is_current(person.sub, person.came_at):
        return person
    parts().visits.close(CLIENT_ID)
    return None


def get_listing(listing_id: str) -> Listing:
    """Return a listing that was published once; answer 404 where there is none."""
    listing = parts().listings.find(listing_id)
    if listing is None or listing.state == "draft":
        abort(404)
    return listing


def go_to(endpoint: str, **values: str) -> Response:
    """Lead on after a form."""
    return redirect(url_for(endpoint, **values), 303)


def address(endpoint: str) -> str:
    """Return the address as it is registered at the provider."""
    return parts().base_url + url_for(endpoint)


def answer(outcome: Response | Refusal) -> Response:
    """Answer with what came about, or with the page that says why it didn't."""
    if isinstance(outcome, Refusal):
        return show_refusal(outcome, try_again=url_for("account.sign_in"))
    return outcome
