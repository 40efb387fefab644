"""How somebody becomes a representative: by the code that a manager handed them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import show_refusal
from tnid.accounts.personal_codes import try_code
from tnid.employers.forms import CodeForm
from tnid.employers.representatives import Offer
from tnid.employers.roles import HINTS, NAMES
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("joining", __name__, url_prefix="/employers"), Guard.REPRESENTATIVE)

EVENT = "representative.accept"


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Take the code, show what is offered, and take it up where the person says so."""
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    form = CodeForm()
    refused = None
    if form.validate_on_submit():
        typed = form.code.data
        is_agreed = request.form.get("decision") == "accept"

        def look() -> Offer | None:
            found = parts.employers.representatives.find_offer(typed, account_id, now)
            is_lost = is_agreed and not parts.employers.representatives.accept(typed, account_id, now)
            return None if is_lost else found

        found = try_code(EVENT, account_id, look)
        if isinstance(found, Offer):
            return after_acceptance(found) if is_agreed else show_offer(found, typed)
        refused = found
        show_refusal(form, refused)
    page = render_template("employers/join.html", form=form)
    if refused is not None and refused.retry_after_seconds:
        return page, 429, {"Retry-After": str(refused.retry_after_seconds)}
    return page, (400 if form.is_submitted() else 200)


def show_offer(offer: Offer, typed: str) -> ResponseReturnValue:
    return render_template(
        "employers/offer.html", offer=offer, role=NAMES[offer.role], hint=HINTS[offer.role], code=typed
    )


def after_acceptance(offer: Offer) -> ResponseReturnValue:
    flash(gettext("You now represent %(employer)s.", employer=offer.employer.name), "good")
    return redirect(url_for("employers.show", employer_id=offer.employer.id), 303)
