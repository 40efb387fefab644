"""Stopping a recovery that waits: by the code in its warnings, or by its owner who is signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.recovery.allowances import take_from_network
from tnid.recovery.forms import PlainForm, StopForm
from tnid.signin.limits import RECOVERY_STOP_FROM_NETWORK
from tnid.signin.session import get_end_user

by_code = declare(Blueprint("recovery_stop", __name__, url_prefix="/recover/stop"), Guard.PUBLIC)
by_owner = declare(Blueprint("recovery_owner", __name__, url_prefix="/account/recovery"), Guard.SIGNED_IN)


@by_code.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for the code of a warning."""
    form = StopForm()
    refused = None
    if form.validate_on_submit():
        refused = stop(form.code.data)
        if refused is None:
            return redirect(url_for("recovery_stop.stopped"), 303)
        show_refusal(form, refused)
    return answer_form(render_template("recovery/stop.html", form=form), form, refused)


def stop(typed: str) -> Refused | None:
    refused = take_from_network("recovery.stop", RECOVERY_STOP_FROM_NETWORK)
    if refused is not None:
        return refused
    parts, now = services.current(), services.now()
    if parts.recovery.waits.stop_by_code(typed, now):
        return None
    parts.audit.record("recovery.stop", outcome="refused", reason="wrong_code", now=now)
    return Refused("code", "wrong_stop_code")


@by_code.get("/done")
def stopped() -> ResponseReturnValue:
    return render_template("recovery/stopped.html")


@by_owner.post("")
def stop_own() -> ResponseReturnValue:
    """Stop the recovery of one's own account, and go to where the password is changed."""
    if PlainForm().validate_on_submit():
        services.current().recovery.waits.stop(get_end_user().account_id, "person", services.now())
        flash(
            gettext("The recovery is stopped. If it was not you who began it, change the password now."),
            "care",
        )
    return redirect(url_for("security.show"), 303)
