"""A live application, as operators see it: stopped at once, resumed, ended, with what was agreed."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import MESSAGES, show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.asking import NOT_FRESH, check_fresh
from tnid.admin.desk import get_operator
from tnid.admin.roles import Permission
from tnid.developers.records import Application
from tnid.reviews.document import find_excess
from tnid.reviews.forms import StopForm
from tnid.reviews.words import STATES

blueprint = declare(
    Blueprint("admin_applications", __name__, url_prefix="/admin/applications"), Guard.OPERATOR
)


@blueprint.route("/<application_id>", methods=["GET", "POST"])
def show(application_id: str) -> ResponseReturnValue:
    """Show its life, and carry out what a button asks."""
    operator = get_operator(Permission.STOP_CLIENTS)
    application = services.current().developers.applications.find(application_id)
    if application is None:
        abort(404)
    form, is_stale = StopForm(), False
    if form.validate_on_submit():
        outcome = find_stale(operator.account_id) or carry_out(application_id, form, operator.account_id)
        is_stale = outcome == NOT_FRESH
        if not isinstance(outcome, Refused):
            flash(outcome, "good")
            return redirect(url_for("admin_applications.show", application_id=application_id), 303)
        show_refusal(form, outcome)
    return _show(application, form, is_stale=is_stale), (409 if form.is_submitted() else 200)


def find_stale(by: str) -> Refused | None:
    """Return the refusal of what lets an application go on, or ends it, too long after the last sign-in; to
    stop one is always in time."""
    act = request.form.get("act")
    return check_fresh(f"application.{act}", by) if act in ("resume", "end") else None


def _show(application: Application, form: StopForm, *, is_stale: bool) -> str:
    going_live, parts = services.current().going_live, services.current()
    live = parts.clients.find_now(application.live_client_id) if application.live_client_id else None
    current = going_live.agreements.find_current(application.id)
    return render_template(
        "reviews/life.html",
        application=application,
        team=parts.developers.teams.find(application.team_id),
        live=live,
        beyond=find_excess(live, current.document) if live is not None and current is not None else [],
        agreements=going_live.agreements.list_of_application(application.id),
        reviews=going_live.reviews.list_of_application(application.id),
        states=STATES,
        form=form,
        is_stale=is_stale,
    )


def carry_out(application_id: str, form: StopForm, by: str) -> str | Refused:
    """Return what was done, in words, or why it wasn't."""
    lives, now = services.current().going_live.lives, services.now()
    match request.form.get("act"):
        case "suspend":
            refused = lives.suspend(application_id, form.reason.data or "", by, now)
            return refused or str(gettext("Suspended. Nobody signs in to it, and the team is told why."))
        case "resume":
            return lives.resume(application_id, by, now) or str(gettext("It goes on."))
        case "end" if request.form.get("sure") == "yes":
            return lives.end(application_id, by, now) or str(gettext("Ended for good."))
        case "end":
            form.form_errors.append(str(MESSAGES["review_end_sure"]))
    return Refused("", "choose_one")
