"""Who touched my account: what officials did with it, and a recovery that its person can stop."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.officials.desk import name_of_commune
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("touched", __name__, url_prefix="/account/touched"), Guard.SIGNED_IN)


@blueprint.get("")
def show() -> ResponseReturnValue:
    counter, account_id, now = services.current().counter, get_end_user().account_id, services.now()
    recovery = counter.recoveries.find_of_account(account_id, now)
    slip = counter.activations.find_of_account(account_id, now)
    correction = counter.corrections.find_of_account(account_id, now)
    return render_template(
        "officials/touched.html",
        correction_of=name_of_commune(correction.commune) if correction else "",
        acts=counter.acts.list_by_account(account_id),
        recovery=recovery,
        slip_of=name_of_commune(slip.commune) if slip else "",
        commune=name_of_commune(recovery.commune) if recovery else "",
        is_ready=recovery is not None and (recovery.agreed_at is not None or recovery.ready_at <= now),
    )


@blueprint.post("/stop")
def stop() -> ResponseReturnValue:
    """Stop a recovery that somebody asked for in the person's name."""
    if PlainForm().validate_on_submit():
        counter, account_id = services.current().counter, get_end_user().account_id
        if counter.recoveries.stop_by_person(account_id, services.now()):
            flash(gettext("Stopped. Nobody gets a code for the account."), "good")
    return redirect(url_for("touched.show"), 303)


@blueprint.post("/stop-correction")
def stop_correction() -> ResponseReturnValue:
    """Stop the correction of what was checked of the person."""
    if PlainForm().validate_on_submit():
        corrections, account_id = services.current().counter.corrections, get_end_user().account_id
        if corrections.stop_by_person(account_id, services.now()):
            flash(gettext("Stopped. What was checked of you stays as it is."), "good")
    return redirect(url_for("touched.show"), 303)
