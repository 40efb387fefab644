"""How somebody comes into a team: by the code that its owner handed them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PersonalCodeForm
from tnid.accounts.personal_codes import Taken, take_offer
from tnid.developers.members import Offer
from tnid.developers.roles import HINTS, NAMES

blueprint = declare(Blueprint("developer_joining", __name__, url_prefix="/developers"), Guard.DEVELOPER)

EVENT = "member.accept"


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Take the code, show what is offered, and take it up where the person says so."""
    members, form = services.current().developers.members, PersonalCodeForm()
    taken = take_offer(EVENT, form, members.find_offer, members.accept)
    if isinstance(taken, Taken):
        return after_acceptance(taken.offer) if taken.is_accepted else show_offer(taken.offer, taken.typed)
    return answer_form(render_template("developers/join.html", form=form), form, taken)


def show_offer(offer: Offer, typed: str) -> ResponseReturnValue:
    return render_template(
        "developers/offer.html", offer=offer, role=NAMES[offer.role], hint=HINTS[offer.role], code=typed
    )


def after_acceptance(offer: Offer) -> ResponseReturnValue:
    flash(gettext("You now belong to %(team)s.", team=offer.team.name), "good")
    return redirect(url_for("teams.show", team_id=offer.team.id), 303)
