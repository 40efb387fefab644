"""How somebody comes into a team: by the code that its owner handed them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import show_refusal
from tnid.accounts.personal_codes import try_code
from tnid.developers.forms import CodeForm
from tnid.developers.members import Offer
from tnid.developers.roles import HINTS, NAMES
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("developer_joining", __name__, url_prefix="/developers"), Guard.DEVELOPER)

EVENT = "member.accept"


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Take the code, show what is offered, and take it up where the person says so."""
    members, account_id, now = (
        services.current().developers.members,
        get_end_user().account_id,
        services.now(),
    )
    form = CodeForm()
    refused = None
    if form.validate_on_submit():
        typed = form.code.data
        is_agreed = request.form.get("decision") == "accept"

        def look() -> Offer | None:
            found = members.find_offer(typed, account_id, now)
            is_lost = is_agreed and not members.accept(typed, account_id, now)
            return None if is_lost else found

        found = try_code(EVENT, account_id, look)
        if isinstance(found, Offer):
            return after_acceptance(found) if is_agreed else show_offer(found, typed)
        refused = found
        show_refusal(form, refused)
    page = render_template("developers/join.html", form=form)
    if refused is not None and refused.retry_after_seconds:
        return page, 429, {"Retry-After": str(refused.retry_after_seconds)}
    return page, (400 if form.is_submitted() else 200)


def show_offer(offer: Offer, typed: str) -> ResponseReturnValue:
    return render_template(
        "developers/offer.html", offer=offer, role=NAMES[offer.role], hint=HINTS[offer.role], code=typed
    )


def after_acceptance(offer: Offer) -> ResponseReturnValue:
    flash(gettext("You now belong to %(team)s.", team=offer.team.name), "good")
    return redirect(url_for("teams.show", team_id=offer.team.id), 303)
