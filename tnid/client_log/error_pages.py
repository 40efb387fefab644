"""From an error's number, as it stands on somebody's screen, to the entry of one's own application."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.client_log.filters import is_number, tidy_number
from tnid.developers.records import ENVIRONMENTS
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("error_numbers", __name__, url_prefix="/developers/errors"), Guard.DEVELOPER)

MOST_TYPED = 64


@blueprint.get("")
def ask() -> ResponseReturnValue:
    """Ask for the number that stands on an error page."""
    typed = request.args.get("number", "")[:MOST_TYPED]
    number = tidy_number(typed)
    if is_number(number):
        return redirect(url_for("error_numbers.find", number=number), 303)
    return render_template("client_log/ask_number.html", typed=typed), (400 if typed else 200)


@blueprint.get("/<number>")
def find(number: str) -> ResponseReturnValue:
    """Lead to the entry, or say in words that there is none for this person, whoever's it may be."""
    tidied = tidy_number(number[:MOST_TYPED])
    if not is_number(tidied):
        return render_template("client_log/ask_number.html", typed=number[:MOST_TYPED]), 404
    address = find_address(tidied)
    if address is not None:
        return redirect(address, 303)
    # What named no application is nobody's; whoever has the number may read what was wrong with it
    nobodys = services.current().client_log.find_by_request([""], tidied)
    explanation = None
    if nobodys is not None:
        # Here, for its words are many
        from tnid.client_log.explanations import explain  # noqa: PLC0415  as above

        explanation = explain(nobodys)
    page = render_template("client_log/no_entry.html", number=tidied, entry=nobodys, explanation=explanation)
    return page, (404 if nobodys is None else 200)


def find_address(number: str) -> str | None:
    """Return where the number's entry stands, in whichever log that this person may read."""
    parts = services.current()
    for standing in parts.developers.applications.list_of_account(get_end_user().account_id):
        application = standing.application
        for env in ENVIRONMENTS:
            client_id = application.client_id_of(env)
            found = parts.client_log.find_by_request([client_id], number) if client_id else None
            if found is not None:
                return url_for("client_log.entry", application_id=application.id, entry_id=found.id, env=env)
    return None
