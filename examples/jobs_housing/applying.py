"""Applying for a job or a home: what to send is ticked here, agreed to at Thai Nguyen ID, and then sent.

What was written waits as a draft, so that nothing is lost where the person turns round on the way, or the
provider is down.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from examples.jobs_housing import applications, letters, linking, sent_items, sharing
from examples.jobs_housing.listings import DAY, Listing
from examples.jobs_housing.parts import find_person, get_listing, go_to, now, parts
from examples.jobs_housing.people import EVERYTHING, Draft
from examples.jobs_housing.sharing import Offer, Sent
from examples.relying_party.refusals import Refusal
from examples.relying_party.sign_in import SignedIn

APPLY = "apply:"
MOST_A_DAY = 20

blueprint = Blueprint("applying", __name__)


def offers_of(listing: Listing) -> list[Offer]:
    return sharing.list_offers(listing.kind, listing.park, listing.amount_from or 0)


def find_recipient(listing: Listing) -> str | None:
    """Return who would read an application; None where nobody would."""
    return applications.recipient_of(listing.tax_code, listing.posted_by)


def may_apply(listing: Listing) -> bool:
    return listing.is_open(now()) and find_recipient(listing) is not None


def find_application(listing: Listing) -> Row[Any] | None:
    """Return what the person at the browser sent to a listing, unless they withdrew it."""
    person = find_person()
    return _find_open(person.sub, listing.id) if person else None


@blueprint.get("/listings/<listing_id>/apply")
def show(listing_id: str) -> str | Response:
    listing, person = get_listing(listing_id), find_person()
    if person is None:
        return go_to("account.sign_in", next=request.path)
    if known := _find_open(person.sub, listing.id):
        return go_to("following.show", application_id=known.id)
    if refused := _find_refusal(listing, person):
        return refused
    draft = parts().people.find_draft(person.sub, listing.id)
    return _show_form(person, listing, draft or Draft("", ()))


@blueprint.post("/listings/<listing_id>/apply")
def begin(listing_id: str) -> str | Response:
    """Keep what was written, and go to Thai Nguyen ID for what was ticked."""
    listing, person = get_listing(listing_id), find_person()
    if person is None:
        return go_to("account.sign_in", next=request.path)
    if known := _find_open(person.sub, listing.id):
        return go_to("following.show", application_id=known.id)
    if refused := _find_refusal(listing, person):
        return refused
    draft = Draft(letters.clean(request.form.get("letter", "")), tuple(request.form.getlist("send")))
    if len(draft.letter) > letters.MOST_LETTER_CHARACTERS:
        return Response(_show_form(person, listing, draft, "letter_long"), 400, mimetype="text/html")
    parts().people.save_draft(person.sub, listing.id, draft, now())
    chosen = sharing.choose(offers_of(listing), draft.ticked)
    return linking.ask(sharing.claims_wish(chosen), APPLY + listing.id)


def complete(person: SignedIn, listing_id: str) -> Response:
    """Send the application that waits, with what the person agreed to."""
    listing = parts().listings.find(listing_id)
    if listing is None:
        abort(404)
    if known := _find_open(person.sub, listing_id):
        return go_to("following.show", application_id=known.id)
    draft = parts().people.find_draft(person.sub, listing_id)
    if draft is None:
        return _show_stopped(listing, "nothing_written")
    return _find_refusal(listing, person) or _finish(person, listing, draft)


def _finish(person: SignedIn, listing: Listing, draft: Draft) -> Response:
    if not sharing.is_proofed(person.claims):
        return linking.show_unproofed("applying.show", listing_id=listing.id)
    chosen = sharing.choose(offers_of(listing), draft.ticked)
    sent = sharing.read(chosen, person.claims)
    missing = _list_missing(chosen, sent)
    if any(offer.is_needed for offer in missing):
        return _show_stopped(listing, "needed_missing", [offer.name for offer in missing if offer.is_needed])
    application_id = _send(person, listing, draft, sent)
    if isinstance(application_id, Refusal):
        return _show_stopped(listing, application_id.words)
    linking.remember()
    flash("application.sent")
    if missing:
        flash("|".join(["application.not_there", *(offer.name for offer in missing)]))
    return go_to("following.show", application_id=application_id)


def explain(refusal: Refusal, listing_id: str) -> Response:
    """Say why the provider sent the person back with nothing, and that what they wrote is kept."""
    listing = get_listing(listing_id)
    return _show_stopped(listing, "", refusal=refusal)


def _send(person: SignedIn, listing: Listing, draft: Draft, sent: list[Sent]) -> str | Refusal:
    people, moment, new_id = parts().people, now(), secrets.token_urlsafe(16)
    recipient = find_recipient(listing) or ""
    target = applications.Target(listing.id, listing.title, listing.kind, recipient)
    with parts().database.writing() as connection:
        people.hold(connection, person.sub, moment)
        marks = people.list_taken_back(connection, person.sub)
        if person.came_at <= marks.get(EVERYTHING, -1):
            return linking.refuse_late()
        people.link(connection, person.sub, moment)
        if applications.add(connection, new_id, target, person.sub, draft.letter, person.came_at, moment):
            kept = linking.drop_taken_back(person, sent, marks)
            sent_items.add(connection, new_id, kept, person.came_at)
        else:
            found = applications.find_of(connection, person.sub, listing.id)
            new_id = str(found.id) if found else new_id
        people.drop_draft(connection, person.sub, listing.id)
    return new_id


def _list_missing(chosen: list[Offer], sent: list[Sent]) -> list[Offer]:
    came = {one.name for one in sent}
    return [offer for offer in chosen if offer.name not in came]


def _find_open(sub: str, listing_id: str) -> Row[Any] | None:
    """Return the application that was sent to this listing already, unless it was withdrawn."""
    with parts().database.reading() as connection:
        row = applications.find_of(connection, sub, listing_id)
    return row if row is not None and row.state != applications.WITHDRAWN else None


def _find_refusal(listing: Listing, person: SignedIn) -> Response | None:
    """Return why nobody can apply here now; None where they can."""
    if not listing.is_open(now()):
        return _show_stopped(listing, "closed")
    if find_recipient(listing) is None:
        return _show_stopped(listing, "nobody_reads")
    if listing.posted_by == person.sub:
        return _show_stopped(listing, "own")
    with parts().database.reading() as connection:
        today = applications.count_sent(connection, person.sub, now() - DAY)
    return _show_stopped(listing, "many") if today >= MOST_A_DAY else None


def _show_form(person: SignedIn, listing: Listing, draft: Draft, problem: str = "") -> str:
    profile = parts().people.find(person.sub)
    return render_template(
        "apply.html",
        is_linked=bool(profile and profile.linked_at),
        listing=listing,
        draft=draft,
        offers=offers_of(listing),
        problem=problem,
        most=letters.MOST_LETTER_CHARACTERS,
        back=url_for("listings.show", listing_id=listing.id),
    )


def _show_stopped(
    listing: Listing, why: str, missing: list[str] | None = None, refusal: Refusal | None = None
) -> Response:
    page = render_template(
        "stopped.html",
        listing=listing,
        why=why,
        missing=missing or [],
        refusal=refusal,
        issuer=parts().relying_party.issuer,
    )
    status = refusal.status if refusal else _STATUSES.get(why, 403)
    return Response(page, status, mimetype="text/html")


_STATUSES: dict[str, Any] = {"closed": 410, "many": 429, "nothing_written": 409}
