"""How a helper accepts: by the code that the principal handed over, or what was offered to them by name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PersonalCodeForm
from tnid.accounts.personal_codes import Taken, take_offer
from tnid.mandates.lists import show_received
from tnid.mandates.views import not_found
from tnid.signin.forms import ContinueForm
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("acceptance", __name__, url_prefix="/account/mandates"), Guard.SIGNED_IN)

EVENT = "mandate.accept"


@blueprint.route("/accept", methods=["GET", "POST"])
def accept() -> ResponseReturnValue:
    """Take the code, show what is offered, and accept it where the person says so."""
    mandates, form = services.current().mandates, PersonalCodeForm()
    taken = take_offer(EVENT, form, mandates.find_offer, mandates.accept_code)
    if not isinstance(taken, Taken):
        return answer_form(render_template("mandates/enter.html", form=form), form, taken)
    if taken.is_accepted:
        return after_acceptance()
    return render_template("mandates/accept.html", mandate=show_received(taken.offer), code=taken.typed)


@blueprint.route("/offers/<mandate_id>", methods=["GET", "POST"])
def answer_offer(mandate_id: str) -> ResponseReturnValue:
    """Show what was offered to this very person, and take the answer."""
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    received = parts.mandates.list_received(account_id, now)
    offered = (one for one in received if one.row.id == mandate_id and one.row.accepted_at is None)
    found = next(offered, None)
    if found is None:
        not_found(EVENT, account_id)
    decision = request.form.get("decision")
    if ContinueForm().validate_on_submit() and decision in ("accept", "decline"):
        if decision == "accept" and parts.mandates.accept_offer(mandate_id, account_id, now):
            return after_acceptance()
        parts.mandates.end(mandate_id, account_id, now)
        return redirect(url_for("mandates.index"), 303)
    return render_template("mandates/accept.html", mandate=show_received(found), code=None)


def after_acceptance() -> ResponseReturnValue:
    flash(gettext("Accepted. The applications now ask at sign-in for whom you sign in."), "good")
    return redirect(url_for("mandates.index"), 303)
