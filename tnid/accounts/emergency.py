"""What keeps an account safe in an emergency: the panic button, and the answers to an alert."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.alerts import MINE, THEIRS
from tnid.accounts.forms import PlainForm
from tnid.accounts.views import not_found
from tnid.signin import kept, session
from tnid.signin.assurance import is_remote
from tnid.signin.enrolment import sign_in_afresh
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("emergency", __name__, url_prefix="/account"), Guard.SIGNED_IN)
link = declare(Blueprint("alert_link", __name__, url_prefix="/alert"), Guard.PUBLIC)

ALERT_LINK = "alert_link"


@blueprint.route("/panic", methods=["GET", "POST"])
def panic() -> ResponseReturnValue:
    """Ask once, then shut the account. No fresh sign-in: whoever needs this has no time for it."""
    if PlainForm().validate_on_submit():
        services.current().closures.shut(get_end_user().account_id, services.now(), cause="panic")
        session.leave()
        return redirect(url_for("signin.shut"), 303)
    return render_template("accounts/panic.html")


@blueprint.post("/alerts")
def answer_alert() -> ResponseReturnValue:
    """Note whose sign-in it was. A stranger's shuts the account, and recovery is the next step."""
    alerts, end_user, now = services.current().alerts, get_end_user(), services.now()
    mine, theirs = request.form.get(MINE, ""), request.form.get(THEIRS, "")
    if mine and is_remote(end_user.amr):
        # Whoever was let in by a phone, perhaps under pressure, makes no other device a known one
        return sign_in_afresh(end_user, return_to=url_for("accounts.overview"))
    if mine and alerts.accept(mine, end_user.account_id, end_user.sid, now):
        flash(gettext("Thank you. The account knows this device now."), "good")
        return redirect(url_for("accounts.overview"), 303)
    if theirs and alerts.deny(theirs, end_user.account_id, end_user.sid, now):
        return redirect(url_for("signin.shut"), 303)
    return not_found("alert.answer", end_user.account_id)


@link.get("")
def look_at_link() -> ResponseReturnValue:
    """Ask whether to shut the account that a message told of. The same page for every link and none.

    The link is moved out of the address at once, so that no history or picture of the screen holds it.
    """
    given = request.args.get("link", "")
    if given:
        kept.keep(ALERT_LINK, "", [given[:128]])
        return redirect(url_for("alert_link.look_at_link"), 303)
    return render_template("accounts/alert_link.html", is_over=False)


@link.post("")
def follow_link() -> ResponseReturnValue:
    """Shut the account; nobody need be signed in, and nothing is said about it."""
    parts = services.current()
    found = kept.find(ALERT_LINK, "") or [""]
    kept.drop(ALERT_LINK)
    if PlainForm().validate_on_submit() and parts.alerts.deny_by_link(found[0], services.now()):
        return redirect(url_for("signin.shut"), 303)
    parts.audit.record("alert.deny", outcome="refused", reason="link", now=services.now())
    return render_template("accounts/alert_link.html", is_over=True), 400
