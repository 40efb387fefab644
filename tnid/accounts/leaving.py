"""Leaving: a deletion is asked for, may be cancelled for some days by signing in, and is then done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.accounts.security import find_obstacle
from tnid.signin import session
from tnid.signin.session import find_leaving, get_end_user

deletion = declare(Blueprint("deletion", __name__, url_prefix="/account/delete"), Guard.SIGNED_IN)
leaving = declare(Blueprint("leaving", __name__, url_prefix="/leaving"), Guard.PUBLIC)


@deletion.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Say what a deletion does; the button asks for it, after a fresh sign-in."""
    parts, now = services.current(), services.now()
    wait = parts.settings.deletion_wait_seconds
    if not PlainForm().validate_on_submit():
        consents = parts.consents.list_by_account(get_end_user().account_id, now)
        return render_template(
            "accounts/delete.html",
            due_at=now + wait,
            applications_count=len(consents),
            teams=[
                (left, services.current().accounts.find_name(left.heir_id), live)
                for left, live in parts.developers.foresee(get_end_user().account_id)
            ],
        )
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    due_at = parts.closures.ask_deletion(get_end_user().account_id, now, wait)
    session.leave()
    if due_at is None:
        return redirect(url_for("signin.login"), 303)
    return redirect(url_for("leaving.asked"), 303)


@leaving.get("/asked")
def asked() -> ResponseReturnValue:
    """Say that it is noted and how it is cancelled; names nobody, for nobody is signed in any more."""
    days = services.current().settings.deletion_wait_seconds // 86400
    return render_template("accounts/delete_asked.html", days=days)


@leaving.route("", methods=["GET", "POST"])
def stay() -> ResponseReturnValue:
    """Let somebody who signed in meanwhile cancel the deletion; nothing else is left to them."""
    row = find_leaving()
    if row is None:
        return redirect(url_for("accounts.overview"), 303)
    if not PlainForm().validate_on_submit():
        return render_template("accounts/leaving.html", due_at=row.deletion_due_at)
    if services.current().closures.cancel_deletion(row.account_id, services.now()):
        flash(gettext("The account stays. Sign in to your applications again when you need them."), "good")
    session.look_again()
    return redirect(url_for("accounts.overview"), 303)
