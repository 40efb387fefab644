"""A worker's own employment card: what stands on it, on the screen and on paper, and its end."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.credentials import sd_jwt
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.employment.card_forms import NewCardForm
from tnid.employment.card_words import first_day, last_day, lines_of
from tnid.employment.cards import CARD_FIELDS, CLAIM_OF, claims_of, offered_fields
from tnid.qr.image import data_uri
from tnid.signin.session import get_end_user

PAGE = "/work/card"
# On paper a larger code bears dirt, and a small one needs modules that a camera tells apart
ON_SCREEN, SMALL, LARGE = "L", "L", "M"
DOTS_A_MODULE = 4
# What a QR of the largest version holds: ISO/IEC 18004, table 7
MOST_CHARACTERS = {"L": 2953, "M": 2331}

blueprint = declare(Blueprint("work_card", __name__, url_prefix="/account/work"), Guard.SIGNED_IN)


@blueprint.route("/<employment_id>/card", methods=["GET", "POST"])
def new(employment_id: str) -> ResponseReturnValue:
    """Choose what stands on the card; a new one takes the place of the one before."""
    cards, account_id, now = services.current().employment_cards, get_end_user().account_id, services.now()
    shown = cards.find_shown(account_id, employment_id, now)
    if shown is None:
        abort(404)
    obstacle = find_obstacle(url_for("work_card.new", employment_id=employment_id))
    if obstacle is not None:
        return obstacle
    form = NewCardForm()
    if form.validate_on_submit():
        made = cards.issue(account_id, employment_id, form.ticked(), now)
        if not isinstance(made, Refused):
            return redirect(url_for("work_card.show", card_id=made), 303)
        show_refusal(form, made)
    page = render_template(
        "employment/card_new.html",
        form=form,
        lines=lines_of(claims_of(shown, offered_fields(shown))),
        current_card=cards.find_of_employment(account_id, employment_id, now),
    )
    return answer_form(page, form)


@blueprint.get("/card/<card_id>")
def show(card_id: str) -> ResponseReturnValue:
    """Show a card, whole or without what its worker leaves out this time."""
    account_id = get_end_user().account_id
    card = services.current().employment_cards.find(account_id, card_id, services.now())
    if card is None:
        return render_template("employment/card_over.html"), 404
    lines = lines_of(card.claims)
    left_out = _left_out([line.field for line in lines])
    text = sd_jwt.leave_out(card.text, {CLAIM_OF[name] for name in left_out})
    address = f"{services.current().settings.issuer}{PAGE}#{text}"
    return render_template(
        "employment/card.html",
        card=card,
        lines=lines,
        left_out=left_out,
        confirmed=first_day(card.confirmed_at),
        until=last_day(card.expires_at),
        address=address,
        screen_code=draw(address, ON_SCREEN),
        small_code=draw(address, SMALL, DOTS_A_MODULE),
        large_code=draw(address, LARGE, DOTS_A_MODULE),
        host=services.current().settings.issuer.partition("://")[2],
    )


def draw(address: str, level: str, dots: int = 1) -> str:
    """Return the QR of an address, corrected less where it is long; "" where no QR holds it."""
    fitting = level if len(address) <= MOST_CHARACTERS[level] else "L"
    return data_uri(address, fitting, dots) if len(address) <= MOST_CHARACTERS[fitting] else ""


def _left_out(fields: list[str]) -> frozenset[str]:
    """Return which fields the worker doesn't show now; one at least is shown."""
    wanted = frozenset(request.args.getlist("show")).intersection(fields)
    return frozenset(fields) - wanted if wanted else frozenset()


@blueprint.post("/card/<card_id>")
def show_less(card_id: str) -> ResponseReturnValue:
    """Lead to the card with what was ticked; which, is no secret of anybody's."""
    is_sent = PlainForm().validate_on_submit()
    wanted = [name for name in CARD_FIELDS if is_sent and name in request.form.getlist("show")]
    return redirect(url_for("work_card.show", card_id=card_id, show=wanted), 303)


@blueprint.post("/card/<card_id>/end")
def end(card_id: str) -> ResponseReturnValue:
    """End a card at once. It only takes away, so that any sign-in of the person's will do."""
    if PlainForm().validate_on_submit():
        if services.current().employment_cards.revoke(get_end_user().account_id, card_id, services.now()):
            flash(gettext("The employment card is ended. Whoever checks it is told so."), "good")
        else:
            flash(message_of(Refused("", "card_gone")), "care")
    return redirect("/account/work", 303)
