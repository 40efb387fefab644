"""At the counter: somebody without a Vietnamese identity card shows a passport or a residence card.

Either finds the person, or is added to a visit that began by name or by an appointment.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.numbers import DocumentNumber, parse_number
from tnid.accounts.refusal import Refused
from tnid.enrolment.forms import countries
from tnid.officials.desk import get_official
from tnid.officials.forms import DocumentForm
from tnid.officials.serving import get_served, note_number
from tnid.officials.views import STATUS_OF_REASON, begin_visit, count_search, show_visit
from tnid.officials.visits import Card, Visit

finding = declare(Blueprint("by_document", __name__, url_prefix="/officials/by-document"), Guard.STAFF)
adding = declare(
    Blueprint("visit_document", __name__, url_prefix="/officials/visits/<visit_id>/document"), Guard.STAFF
)


# Said in the address by the link that takes a visit's known number for the one of before
RENEWED = "renewed"


@finding.route("", methods=["GET", "POST"])
def find() -> ResponseReturnValue:
    """Find a person by a passport or residence card; one without an account begins one."""
    form = make_form()
    if not form.validate_on_submit():
        return answer_form(_page(form), form)
    found = find_by_document(form)
    if not isinstance(found, Refused):
        return show_visit(found)
    show_refusal(form, Refused("number" if found.field == "card" else found.field, found.reason))
    return _page(form), STATUS_OF_REASON.get(found.reason, 400)


def make_form() -> Any:
    form = DocumentForm()
    form.country.choices = countries()
    return form


def _page(form: Any, back: str = "/officials") -> str:
    return render_template("officials/document.html", official=get_official(), form=form, back=back)


def find_by_document(form: Any) -> Visit | Refused:
    refused = count_search()
    number = read_number(form) if refused is None else refused
    if isinstance(number, Refused):
        return number
    account_id = services.current().accounts.identity.find_account_id(number)
    return begin_visit(account_id, Card(number))


def read_number(form: Any) -> DocumentNumber | Refused:
    return parse_number(form.document.data, form.number.data, form.country.data or "")


@adding.route("", methods=["GET", "POST"])
def add(visit_id: str) -> ResponseReturnValue:
    """Take down the number of the document on the table, in a visit that knows none, or of one renewed."""
    served = get_served(visit_id)
    onward = url_for("serving.card", visit_id=visit_id)
    if served.number is not None and not (served.may_renew and RENEWED in request.args):
        return redirect(onward, 303)
    form = make_form()
    if form.validate_on_submit():
        number = read_number(form)
        if not isinstance(number, Refused):
            note_number(served.visit, number)
            return redirect(onward, 303)
        show_refusal(form, number)
    return answer_form(_page(form, back=onward), form)
