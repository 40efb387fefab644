"""Posting: from the first word to a listing that everybody finds, one form a step, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from examples.jobs_housing.listings import Listing
from examples.jobs_housing.neighbourhood import list_nearest
from examples.jobs_housing.parts import find_person, go_to, now, parts
from examples.jobs_housing.places import PARKS, WARDS
from examples.jobs_housing.posters import USED_CLAIMS, Poster, find_poster, is_fresh, to_values
from examples.jobs_housing.search import KINDS
from examples.jobs_housing.typed import READERS, find_missing_steps, to_form
from examples.relying_party.sign_in import SignedIn

SIGN_INS = {"home": "posting", "job": "hiring"}
"""What a sign-in is for, by the kind that is to be posted."""

blueprint = Blueprint("posting", __name__, url_prefix="/post")


def steps_of(kind: str) -> tuple[str, ...]:
    """Return the steps in their order; dwellings are shown."""
    return (*READERS, "pictures") if kind == "home" else tuple(READERS)


@blueprint.get("")
def show_mine() -> str:
    """Say who may post what; and to whom posts already, what they posted."""
    poster = find_poster(find_person())
    mine = parts().listings.list_posted(poster.sub, poster.tax_codes) if poster else []
    own = [listing for listing in mine if poster and poster.manages(listing)]
    return render_template("posting/mine.html", poster=poster, mine=own, now=now())


@blueprint.get("/new")
def ask_name() -> ResponseReturnValue:
    """Ask in whose name."""
    kind = _get_kind()
    return _show_names(kind, get_poster(kind))


@blueprint.post("/new")
def begin() -> ResponseReturnValue:
    kind = _get_kind()
    poster = get_poster(kind)
    chosen = request.form.get("name", "")
    organisation = poster.find_organisation(chosen)
    if organisation is None and not (chosen == "self" and may_post_alone(poster, kind)):
        return _show_names(kind, poster, "choose")
    listing = parts().listings.begin(kind, poster.sub, to_values(poster, organisation, now()), now())
    if listing is None:
        return _show_names(kind, poster, "many_drafts")
    return go_to("posting.show_step", listing_id=listing.id, step="about")


@blueprint.get("/<listing_id>/<any(about, where, amount, details):step>")
def show_step(listing_id: str, step: str) -> ResponseReturnValue:
    listing = get_own(listing_id)
    return _show_form(listing, step, to_form(listing), {})


@blueprint.post("/<listing_id>/<any(about, where, amount, details):step>")
def take_step(listing_id: str, step: str) -> ResponseReturnValue:
    listing = get_own(listing_id)
    typed = READERS[step](listing.kind, request.form)
    if typed.errors:
        return _show_form(listing, step, request.form, typed.errors), 422
    if not parts().listings.change(listing, {**typed.values, **vouch(listing)}, now()):
        abort(404)
    return go_on(listing, step)


@blueprint.get("/<listing_id>")
def show(listing_id: str) -> ResponseReturnValue:
    """Show the listing as others see it, and what its poster can do with it."""
    listing = get_own(listing_id)
    return render_template(
        "posting/preview.html",
        listing=listing,
        pictures=parts().pictures.list_of(listing.id),
        nearest=list_nearest(listing),
        missing=find_missing_steps(listing),
        steps=steps_of(listing.kind),
        address_of=address_of,
        now=now(),
    )


@blueprint.post("/<listing_id>/<any(publish, renew, close, delete):change>")
def change(listing_id: str, change: str) -> ResponseReturnValue:
    listing = get_own(listing_id)
    if change == "delete":
        return _delete(listing)
    if change == "publish" and find_missing_steps(listing):
        return go_to("posting.show", listing_id=listing.id)
    if change != "close":
        parts().listings.change(listing, vouch(listing), now())
    if getattr(parts().listings, change)(listing, now()):
        flash(f"posting.done.{change}")
    return go_to("posting.show", listing_id=listing.id)


@blueprint.get("/<listing_id>/delete")
def ask_delete(listing_id: str) -> str:
    return render_template("posting/delete.html", listing=get_own(listing_id))


def get_poster(kind: str = "home") -> Poster:
    """Return who may post at this browser; lead anybody else to a sign-in that is strong enough, and back."""
    person, is_writing = find_person(), request.method == "POST"
    poster = find_poster(person)
    if person and poster and is_fresh(person, now(), is_writing=is_writing) and not has_taken_back(person):
        return poster
    here = url_for("posting.show_mine") if is_writing else request.full_path.rstrip("?")
    return abort(go_to("account.sign_in", next=here, **{"for": SIGN_INS[kind]}))


def has_taken_back(person: SignedIn) -> bool:
    """Say whether the person took something back, at the provider, of what this sign-in told."""
    with parts().database.reading() as connection:
        taken_back = parts().people.list_taken_back(connection, person.sub)
    return any(taken_back.get(claim, -1) >= person.came_at for claim in USED_CLAIMS)


def get_own(listing_id: str) -> Listing:
    """Return the poster's own listing; answer 404 for anybody else's."""
    listing = parts().listings.find(listing_id)
    poster = get_poster(listing.kind if listing else "home")
    if listing is None or listing.state == "deleted" or not poster.manages(listing):
        abort(404)
    return listing


def vouch(listing: Listing) -> dict[str, Any]:
    """Return what the provider says now of who offers a listing: its mark is as old as the last change."""
    poster = get_poster(listing.kind)
    return to_values(poster, poster.find_organisation(listing.tax_code), now())


def go_on(listing: Listing, step: str) -> Response:
    """Lead to the next step of a draft; who came from the whole of it goes back there."""
    steps = steps_of(listing.kind)
    if listing.state != "draft" or "back" in request.form or step == steps[-1]:
        return go_to("posting.show", listing_id=listing.id)
    return redirect(address_of(listing, steps[steps.index(step) + 1]), 303)


def address_of(listing: Listing, step: str, **more: str) -> str:
    if step == "pictures":
        return url_for("dwellings.show", listing_id=listing.id, **more)
    return url_for("posting.show_step", listing_id=listing.id, step=step, **more)


def may_post_alone(poster: Poster, kind: str) -> bool:
    """Say whether they may post in their own name: homes, by people whose telephone was verified."""
    return kind == "home" and poster.has_verified_phone and bool(poster.name)


def _get_kind() -> str:
    kind = request.values.get("kind", "")
    return kind if kind in KINDS else abort(404)


def _show_names(kind: str, poster: Poster, error: str = "") -> ResponseReturnValue:
    page = render_template(
        "posting/name.html",
        kind=kind,
        poster=poster,
        alone=may_post_alone(poster, kind),
        error=error,
        issuer=parts().relying_party.issuer,
    )
    return page, 422 if error else 200


def _show_form(listing: Listing, step: str, form: Mapping[str, str], errors: Mapping[str, str]) -> str:
    steps = steps_of(listing.kind)
    return render_template(
        f"posting/{step}.html",
        listing=listing,
        form=form,
        errors=errors,
        parks=PARKS,
        wards=WARDS,
        number=steps.index(step) + 1,
        before=address_of(listing, steps[max(0, steps.index(step) - 1)]),
        steps=steps,
        back="back" in request.values,
    )


def _delete(listing: Listing) -> Response:
    if parts().listings.delete(listing, now()):
        parts().pictures.remove_all(listing.id)
        flash("posting.done.delete")
    return go_to("posting.show_mine")
