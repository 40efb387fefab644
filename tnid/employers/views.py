"""Organisations as a person finds them: those they represent, what they asked for, each one's first page."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import LEAST_LEVEL_OF_REPRESENTATIVES, Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employers.desk import get_representative
from tnid.employers.forms import AskForm
from tnid.employers.organisations import NewEmployer
from tnid.employers.people import DUE_SOON_SECONDS
from tnid.employers.roles import NAMES, Permission
from tnid.imports.service import Import
from tnid.parks import name_of_park
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("employers", __name__, url_prefix="/employers"), Guard.REPRESENTATIVE)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the organisations that the person represents, and what they asked for."""
    end_user, parts = get_end_user(), services.current()
    return render_template(
        "employers/index.html",
        is_known=end_user.identity_level >= LEAST_LEVEL_OF_REPRESENTATIVES,
        represented=parts.employers.representatives.list_of_account(end_user.account_id),
        asked=parts.employers.organisations.list_asked_by(end_user.account_id),
        roles=NAMES,
    )


@blueprint.route("/new", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Take the request for an organisation, which an operator decides."""
    form = AskForm()
    if form.validate_on_submit():
        new = NewEmployer(form.tax_code.data, form.name.data, form.park.data or "")
        made = services.current().employers.organisations.ask(new, get_end_user().account_id, services.now())
        if not isinstance(made, Refused):
            flash(gettext("Your request is noted. You get a message when it is decided."), "good")
            return redirect(url_for("employers.index"), 303)
        show_refusal(form, made)
    return answer_form(render_template("employers/ask.html", form=form), form)


class Numbers(NamedTuple):
    """How many people an organisation has on its list, and how far they are."""

    people: int
    linked: int
    waiting: int
    due: int


@blueprint.get("/<employer_id>")
def show(employer_id: str) -> ResponseReturnValue:
    """Show what is looked for first: where to upload, and how many have linked, wait or are due."""
    representative = get_representative(employer_id, Permission.ENTER)
    may_look = representative.may(Permission.LOOK)
    return render_template(
        "employers/show.html",
        representative=representative,
        employer=representative.employer,
        role=NAMES[representative.role],
        park=name_of_park(representative.employer.park),
        numbers=count(representative.employer.id) if may_look else None,
        latest=find_latest(representative.employer.id) if may_look else None,
        may_attest=representative.may(Permission.ATTEST),
        may_manage=representative.may(Permission.MANAGE),
    )


def find_latest(employer_id: str) -> Import | None:
    """Return the list that was uploaded last: how far it is."""
    return next(iter(services.current().lists.list_of_employer(employer_id)), None)


def count(employer_id: str) -> Numbers:
    """Count the people on an organisation's list by how far they are."""
    found = services.current().attestations.count(employer_id, services.now() + DUE_SOON_SECONDS)
    return Numbers(found.people, found.linked, found.people - found.linked, found.due)
