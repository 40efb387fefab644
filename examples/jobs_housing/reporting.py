"""Telling a moderator of a listing that isn't right; nobody has to say who they are."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from examples.jobs_housing.listings import Listing
from examples.jobs_housing.parts import get_listing, go_to, now, parts
from examples.jobs_housing.reports import MOST_WORDS, REASONS

blueprint = Blueprint("reporting", __name__)


@blueprint.get("/listings/<listing_id>/report")
def ask(listing_id: str) -> str:
    return _show(get_listing(listing_id))


@blueprint.post("/listings/<listing_id>/report")
def take(listing_id: str) -> ResponseReturnValue:
    listing = get_listing(listing_id)
    reason, words = request.form.get("reason", ""), request.form.get("words", "").replace("\0", "").strip()
    errors = {}
    if reason not in REASONS:
        errors["reason"] = "choose"
    if reason == "other" and not words:
        errors["words"] = "say_what"
    if len(words) > MOST_WORDS:
        errors["words"] = "long"
    if errors:
        return _show(listing, reason, words, errors), 422
    parts().reports.add(listing.id, reason, words, now())
    flash("report.done")
    return go_to("listings.show", listing_id=listing.id)


def _show(listing: Listing, reason: str = "", words: str = "", errors: dict[str, str] | None = None) -> str:
    return render_template(
        "report.html",
        listing=listing,
        reasons=REASONS,
        reason=reason,
        words=words,
        errors=errors or {},
        most=MOST_WORDS,
    )
