"""A person's own applications: how far each has come, what was sent, and what was written about it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from sqlalchemy import Row
from werkzeug.wrappers import Response

from examples.jobs_housing import applications, letters, sent_items
from examples.jobs_housing.letters import PERSON
from examples.jobs_housing.letting_go import drop_held
from examples.jobs_housing.parts import find_person, go_to, now, parts
from examples.jobs_housing.wording import describe
from examples.jobs_housing.written import day_of

MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{22}")

blueprint = Blueprint("following", __name__)


@blueprint.get("/applications")
def show_all() -> str | Response:
    person = find_person()
    if person is None:
        return go_to("account.sign_in", next="/applications")
    return render_template("applications.html", mine=list_mine(person.sub))


def list_mine(sub: str) -> list[tuple[Row[Any], int]]:
    """Return the person's applications, each with how many messages wait."""
    with parts().database.reading() as connection:
        rows = applications.list_own(connection, sub)
        unread = letters.count_unread(connection, [row.id for row in rows], PERSON)
    return [(row, unread.get(row.id, 0)) for row in rows]


@blueprint.get("/applications/<application_id>")
def show(application_id: str) -> str | Response:
    if find_person() is None:
        return go_to("account.sign_in", next=request.path)
    return _show(application_id)


def _show(application_id: str, typed: str = "", problem: str = "") -> str:
    expire()
    row = _get_own(application_id)
    with parts().database.reading() as connection:
        lines = describe(sent_items.list_of(connection, row.id))
        written = letters.list_of(connection, row.id)
    return render_template(
        "application.html",
        one=row,
        lines=lines,
        written=written,
        mine=PERSON,
        message_id=secrets.token_urlsafe(16),
        most=letters.MOST_CHARACTERS,
        typed=typed,
        problem=problem,
        listing=parts().listings.find(row.listing_id),
    )


@blueprint.post("/applications/<application_id>/read")
def read(application_id: str) -> Response:
    """Look at an application, and have its messages read."""
    if find_person() is None:
        return go_to("account.sign_in", next="/applications")
    row = _get_own(application_id)
    with parts().database.writing() as connection:
        letters.mark_read(connection, row.id, PERSON, now())
    return go_to("following.show", application_id=row.id)


@blueprint.post("/applications/<application_id>/messages")
def write(application_id: str) -> str | Response:
    if find_person() is None:
        return go_to("account.sign_in", next=f"/applications/{application_id}")
    row = _get_own(application_id)
    problem = post_message(row.id, PERSON)
    if problem:
        page = _show(application_id, request.form.get("text", ""), problem)
        return Response(page, 400, mimetype="text/html")
    return go_to("following.show", application_id=row.id)


def post_message(application_id: str, author: str) -> str | None:
    """Send the form's message; return why that can't be, or None."""
    text, message_id = letters.clean(request.form.get("text", "")), request.form.get("message_id", "")
    if problem := letters.find_problem(text):
        return problem
    if not MESSAGE_ID.fullmatch(message_id):
        message_id = secrets.token_urlsafe(16)
    with parts().database.writing() as connection:
        if not applications.touch(connection, application_id, now()):
            return "over"
        letters.mark_read(connection, application_id, author, now())
        is_sent = letters.write(connection, message_id, application_id, author, text, now())
    return None if is_sent else "many"


@blueprint.get("/applications/<application_id>/withdraw")
def ask_withdraw(application_id: str) -> str | Response:
    if find_person() is None:
        return go_to("account.sign_in", next=request.path)
    row = _get_own(application_id)
    if row.state not in applications.OPEN:
        return go_to("following.show", application_id=row.id)
    return render_template("withdraw.html", one=row)


@blueprint.post("/applications/<application_id>/withdraw")
def withdraw(application_id: str) -> Response:
    if find_person() is None:
        return go_to("account.sign_in", next=f"/applications/{application_id}")
    row = _get_own(application_id)
    with parts().database.writing() as connection:
        if applications.withdraw(connection, row.id, now()):
            drop_held(connection, [row.id])
            flash("application.withdrawn")
    return go_to("following.show", application_id=row.id)


def expire() -> None:
    """Have gone whatever an employer confirmed until a day that is over."""
    today = day_of(now())
    with parts().database.reading() as connection:
        is_due = sent_items.has_due(connection, today)
    if is_due:
        with parts().database.writing() as connection:
            sent_items.expire(connection, today, now())


def _get_own(application_id: str) -> Row[Any]:
    """Return the signed-in person's application; answer 404 for anybody else's."""
    person = find_person()
    if person is None:
        abort(404)
    with parts().database.reading() as connection:
        row = applications.find_own(connection, application_id, person.sub)
    if row is None:
        abort(404)
    return row
