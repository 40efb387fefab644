"""What a recruiter or landlord sees: applications to what they posted, and nobody else's."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from sqlalchemy import Row
from werkzeug.wrappers import Response

from examples.jobs_housing import applications, letters, sent_items
from examples.jobs_housing.following import expire, post_message
from examples.jobs_housing.letters import RECRUITER
from examples.jobs_housing.parts import find_person, go_to, now, parts
from examples.jobs_housing.posters import find_poster
from examples.jobs_housing.wording import describe

PER_PAGE = 50
FRESH_SECONDS = 3600

blueprint = Blueprint("recruiting", __name__, url_prefix="/recruiting")


def find_recipients() -> list[str] | None:
    """Return as whom the person at the browser may read; None unless they have shown two factors."""
    person = find_person()
    poster = find_poster(person)
    if person is None or poster is None:
        return None
    # Who was a representative this morning may be none by now; what is being written goes through
    fresh = FRESH_SECONDS if request.method == "GET" else 2 * FRESH_SECONDS
    if person.came_at < now() - fresh:
        return None
    return applications.recipients_of(poster.tax_codes, poster.sub)


@blueprint.get("/")
def show_all() -> str | Response:
    recipients = find_recipients()
    if recipients is None:
        return _sign_in("/recruiting/")
    given = request.args.get("page", "")
    page = int(given) if re.fullmatch(r"[1-9][0-9]{0,4}", given) else 1
    shows_all, listing_id = "all" in request.args, request.args.get("listing", "").replace("\0", "")
    states = applications.STATES if shows_all else applications.OPEN
    part = applications.Page((page - 1) * PER_PAGE, PER_PAGE + 1)
    with parts().database.reading() as connection:
        rows = applications.list_for(connection, recipients, states, listing_id, part)
        ids = [row.id for row in rows[:PER_PAGE]]
        names = sent_items.list_names(connection, ids)
        unread = letters.count_unread(connection, ids, RECRUITER)
    received = [(row, names.get(row.id), unread.get(row.id, 0)) for row in rows[:PER_PAGE]]
    query = {**({"all": "1"} if shows_all else {}), **({"listing": listing_id} if listing_id else {})}
    return render_template(
        "received.html",
        received=received,
        page=page,
        query=query,
        has_more=len(rows) > PER_PAGE,
        is_organisation=len(recipients) > 1,
    )


@blueprint.get("/<application_id>")
def show(application_id: str) -> str | Response:
    recipients = find_recipients()
    if recipients is None:
        return _sign_in(request.path)
    return _show(_get(application_id, recipients))


def _show(row: Row[Any], typed: str = "", problem: str = "") -> str:
    expire()
    with parts().database.reading() as connection:
        items = sent_items.list_of(connection, row.id)
        written = letters.list_of(connection, row.id)
    name = next((item.value for item in items if item.name == "name"), None)
    return render_template(
        "received_one.html",
        one=row,
        applicant=name,
        lines=describe(items),
        written=written,
        mine=RECRUITER,
        moves=[state for state, before in applications.MOVES.items() if row.state in before],
        message_id=secrets.token_urlsafe(16),
        most=letters.MOST_CHARACTERS,
        typed=typed,
        problem=problem,
    )


@blueprint.post("/<application_id>/read")
def read(application_id: str) -> Response:
    """Look at an application: its person is told that somebody has."""
    recipients = find_recipients()
    if recipients is None:
        return _sign_in("/recruiting/")
    row = _get(application_id, recipients)
    with parts().database.writing() as connection:
        applications.see(connection, row.id, now())
        letters.mark_read(connection, row.id, RECRUITER, now())
    return go_to("recruiting.show", application_id=row.id)


@blueprint.post("/<application_id>/state")
def move(application_id: str) -> Response:
    recipients = find_recipients()
    if recipients is None:
        return _sign_in(f"/recruiting/{application_id}")
    row, after = _get(application_id, recipients), request.form.get("state", "")
    if after not in applications.MOVES:
        abort(404)
    with parts().database.writing() as connection:
        has_moved = applications.move(connection, row.id, after, now())
    flash("received.moved" if has_moved or row.state == after else "received.not_moved")
    return go_to("recruiting.show", application_id=row.id)


@blueprint.post("/<application_id>/messages")
def write(application_id: str) -> str | Response:
    recipients = find_recipients()
    if recipients is None:
        return _sign_in(f"/recruiting/{application_id}")
    row = _get(application_id, recipients)
    if problem := post_message(row.id, RECRUITER):
        return Response(_show(row, request.form.get("text", ""), problem), 400, mimetype="text/html")
    return go_to("recruiting.show", application_id=row.id)


def _sign_in(then: str) -> Response:
    return go_to("account.sign_in", **{"next": then, "for": "posting"})


def _get(application_id: str, recipients: list[str]) -> Row[Any]:
    """Return an application that was sent to one of these; answer 404 for any other."""
    with parts().database.reading() as connection:
        row = applications.find_for(connection, application_id, recipients)
    return row or abort(404)
