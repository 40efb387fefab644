"""A person's own card: seen, given a PIN, revoked by one tap; and what to do with one that is lost."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.badges.forms import NewPinForm
from tnid.badges.known import known_of
from tnid.badges.state import OVER, state_of
from tnid.officials.acts import name_of
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("own_badge", __name__, url_prefix="/account/card"), Guard.SIGNED_IN)
lost = declare(Blueprint("lost_badge", __name__, url_prefix="/card"), Guard.PUBLIC)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show the card that there is, or was last: from where, until when, where it was used."""
    badge, now = services.current().badges.find_last(get_end_user().account_id), services.now()
    return render_template(
        "badges/own.html",
        badge=badge,
        state=state_of(badge, now) if badge else None,
        commune=name_of(badge.commune) if badge else "",
        terminal=name_of_terminal(badge.last_client_id) if badge and badge.last_client_id else "",
    )


def name_of_terminal(client_id: str) -> str:
    client = services.current().clients.find(client_id)
    return client.text("client_name", web.current_locale()) if client else client_id


@blueprint.route("/pin", methods=["GET", "POST"])
def pin() -> ResponseReturnValue:
    """Choose the card's PIN, or another, after a fresh sign-in with all that the account has."""
    obstacle = find_obstacle(url_for("own_badge.pin"))
    if obstacle is not None:
        return obstacle
    account_id = get_end_user().account_id
    badge = services.current().badges.find_current(account_id)
    if badge is None or state_of(badge, services.now()) in OVER:
        return redirect(url_for("own_badge.show"), 303)
    form = NewPinForm()
    if form.validate_on_submit():
        refused = set_pin(account_id, form)
        if refused is None:
            flash(gettext("The card's PIN is chosen. It works at every terminal from now on."), "good")
            return redirect(url_for("own_badge.show"), 303)
        show_refusal(form, refused)
    page = render_template("badges/own_pin.html", form=form, has_pin=badge.pin_hash is not None)
    return answer_form(page, form)


def set_pin(account_id: str, form: NewPinForm) -> Refused | None:
    if form.pin.data != form.again.data:
        return Refused("again", "pin_differs")
    return services.current().badges.set_pin(account_id, form.pin.data, known_of(account_id), services.now())


@blueprint.post("/revoke")
def revoke() -> ResponseReturnValue:
    """Revoke the card at once. It only takes away, so that any sign-in of the person's will do."""
    if PlainForm().validate_on_submit():
        if services.current().badges.revoke_by_person(get_end_user().account_id, services.now()):
            flash(gettext("The card is revoked. Nobody signs in with it any more."), "good")
        else:
            flash(message_of(Refused("", "badge_over")), "care")
    return redirect(url_for("own_badge.show"), 303)


@lost.get("")
def show_lost() -> ResponseReturnValue:
    """Say what to do with a card that is lost, or found: its address is printed on each."""
    return render_template("badges/lost.html")
