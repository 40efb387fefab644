"""How somebody becomes a representative: by the code that a manager handed them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PersonalCodeForm
from tnid.accounts.personal_codes import Taken, take_offer
from tnid.employers.representatives import Offer
from tnid.employers.roles import HINTS, NAMES

blueprint = declare(Blueprint("joining", __name__, url_prefix="/employers"), Guard.REPRESENTATIVE)

EVENT = "representative.accept"


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Take the code, show what is offered, and take it up where the person says so."""
    representatives, form = services.current().employers.representatives, PersonalCodeForm()
    taken = take_offer(EVENT, form, representatives.find_offer, representatives.accept)
    if isinstance(taken, Taken):
        return after_acceptance(taken.offer) if taken.is_accepted else show_offer(taken.offer, taken.typed)
    return answer_form(render_template("employers/join.html", form=form), form, taken)


def show_offer(offer: Offer, typed: str) -> ResponseReturnValue:
    return render_template(
        "employers/offer.html", offer=offer, role=NAMES[offer.role], hint=HINTS[offer.role], code=typed
    )


def after_acceptance(offer: Offer) -> ResponseReturnValue:
    flash(gettext("You now represent %(employer)s.", employer=offer.employer.name), "good")
    return redirect(url_for("employers.show", employer_id=offer.employer.id), 303)
