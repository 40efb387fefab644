"""Faults of the machines' endpoints, set by a developer for their sandbox: `/developers/apps/<id>/faults`."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.developers.desk import get_application
from tnid.developers.records import Standing
from tnid.developers.roles import Permission
from tnid.sandbox.active import list_active
from tnid.sandbox.faults import MOST_MINUTES
from tnid.sandbox.forms import MINUTES, FaultForm
from tnid.sandbox.words import WORDS
from tnid.signin.forms import ContinueForm

blueprint = declare(
    Blueprint("sandbox_faults", __name__, url_prefix="/developers/apps/<application_id>/faults"),
    Guard.DEVELOPER,
)


@blueprint.route("", methods=["GET", "POST"])
def show(application_id: str) -> ResponseReturnValue:
    """Show what is on, and set something else; of one endpoint one fault at a time."""
    standing = get_application(application_id, Permission.LOOK)
    form = FaultForm()
    if form.is_submitted():
        standing = get_application(application_id, Permission.CHANGE)
    if form.validate_on_submit():
        set_fault(standing, form)
        return redirect(url_for("sandbox_faults.show", application_id=application_id), 303)
    page = render_template(
        "sandbox/faults.html",
        standing=standing,
        team=standing.team,
        application=standing.application,
        form=form,
        words=WORDS,
        faults_on=list_active(standing.application.sandbox_client_id),
        may_change=standing.may(Permission.CHANGE),
    )
    return answer_form(page, form)


@blueprint.post("/end")
def end(application_id: str) -> ResponseReturnValue:
    """End what is on."""
    standing = get_application(application_id, Permission.CHANGE)
    if ContinueForm().validate_on_submit():
        faults, client_id = services.current().sandbox.faults, standing.application.sandbox_client_id
        faults.end(client_id, standing.member.account_id, services.now())
        flash(gettext("Nothing goes wrong on purpose any more."))
    return redirect(url_for("sandbox_faults.show", application_id=application_id), 303)


def set_fault(standing: Standing, form: FaultForm) -> None:
    """Set what was chosen; a number of requests is forgotten after an hour, too."""
    is_minutes = form.unit.data == MINUTES
    minutes = form.number.data if is_minutes else MOST_MINUTES
    is_set = services.current().sandbox.faults.set(
        standing.application.sandbox_client_id,
        form.fault.data,
        until=services.now() + minutes * 60,
        left=None if is_minutes else form.number.data,
        by=standing.member.account_id,
        now=services.now(),
    )
    if is_set:
        flash(gettext("From now on: %(what)s.", what=WORDS[form.fault.data].label))
    else:
        flash(gettext("The sandbox client isn't there any more."), "bad")
