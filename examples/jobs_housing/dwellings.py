"""The pages of pictures: showing them to everybody, and a poster's adding, describing and removing them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from examples.jobs_housing.listings import Listing
from examples.jobs_housing.parts import find_person, now, parts
from examples.jobs_housing.pictures import MOST_PICTURES
from examples.jobs_housing.posters import find_poster
from examples.jobs_housing.posting import address_of, get_own, steps_of
from examples.jobs_housing.typed import DESCRIPTION_LETTERS, check_words, tidy
from examples.jobs_housing.uploads import MOST_FORM_BYTES, read_picture

A_WEEK = 7 * 86400

blueprint = Blueprint("dwellings", __name__)


@blueprint.url_value_preprocessor
def allow_a_picture(_endpoint: str | None, _values: object) -> None:
    """Take a larger form than other pages do; before anything reads it."""
    request.max_content_length = MOST_FORM_BYTES


@blueprint.get("/pictures/<picture_id>")
@blueprint.get("/pictures/<picture_id>/<any(small):size>")
def picture(picture_id: str, size: str = "") -> ResponseReturnValue:
    """Show a picture: to everybody once its listing is public, before that to its poster."""
    found = parts().pictures.find_bytes(picture_id, is_small=size == "small")
    listing = parts().listings.find(found[0]) if found else None
    if found is None or listing is None or not _may_see(listing):
        abort(404)
    answer = make_response(found[2])
    answer.content_type = found[1]
    answer.headers["Content-Disposition"] = "inline"
    if listing.state == "open":
        answer.headers["Cache-Control"] = f"public, max-age={A_WEEK}, immutable"
    return answer


@blueprint.get("/post/<listing_id>/pictures")
def show(listing_id: str) -> str:
    return _show_form(get_own(listing_id))


@blueprint.post("/post/<listing_id>/pictures")
def add(listing_id: str) -> ResponseReturnValue:
    listing = get_own(listing_id)
    description = tidy(request.form.get("description", ""))
    errors = {}
    if error := check_words(description, *DESCRIPTION_LETTERS):
        errors["description"] = error
    sent = request.files.get("picture")
    image = read_picture(sent.read() if sent else b"")
    if isinstance(image, str):
        errors["picture"] = image
    elif not errors and not parts().pictures.add(listing.id, image, description, now()):
        errors["picture"] = "many"
    if errors:
        return _show_form(listing, description, errors), 422
    flash("posting.done.picture")
    return redirect(address_of(listing, "pictures"), 303)


@blueprint.post("/post/<listing_id>/pictures/<picture_id>/<any(describe, first, remove):change>")
def change(listing_id: str, picture_id: str, change: str) -> ResponseReturnValue:
    listing = get_own(listing_id)
    store = parts().pictures
    if change == "remove":
        store.remove(listing.id, picture_id)
    elif change == "first":
        store.put_first(listing.id, picture_id)
    else:
        description = tidy(request.form.get("description", ""))
        if error := check_words(description, *DESCRIPTION_LETTERS):
            return _show_form(listing, errors={picture_id: error}), 422
        store.describe(listing.id, picture_id, description)
    return redirect(address_of(listing, "pictures"), 303)


@blueprint.app_errorhandler(RequestEntityTooLarge)
def refuse_size(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say it on the page that the picture was chosen on; the form itself was not read."""
    if request.endpoint != f"{blueprint.name}.{add.__name__}":
        return render_template("posting/too_large.html"), 413
    listing = get_own((request.view_args or {})["listing_id"])
    return _show_form(listing, errors={"picture": "many_bytes"}), 413


def _show_form(listing: Listing, description: str = "", errors: dict[str, str] | None = None) -> str:
    if listing.kind != "home":
        abort(404)
    steps = steps_of(listing.kind)
    return render_template(
        "posting/pictures.html",
        listing=listing,
        pictures=parts().pictures.list_of(listing.id),
        most=MOST_PICTURES,
        description=description,
        errors=errors or {},
        number=len(steps),
        steps=steps,
    )


def _may_see(listing: Listing) -> bool:
    if listing.state in ("open", "closed"):
        return True
    poster = find_poster(find_person())
    return poster is not None and poster.manages(listing)
