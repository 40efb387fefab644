"""At a terminal: the card is scanned, then its PIN typed, each on a page of its own.

Between the two pages the browser keeps which card it is, sealed, for two minutes and this request alone.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.badges.forms import ActivationForm, CardForm, PinForm
from tnid.badges.known import known_of
from tnid.badges.service import Activation
from tnid.badges.state import ACTIVE, state_of
from tnid.badges.terminals import needs_phone
from tnid.signin import kept, session
from tnid.signin.assurance import CARD_AND_PIN
from tnid.signin.limits import BADGE_FROM_NETWORK, Bucket, network_of
from tnid.signin.screen import address, asking_app, get_interaction, go_to, resume
from tnid.signin.sessions import Proof

blueprint = declare(Blueprint("badge", __name__, url_prefix="/login/card"), Guard.PUBLIC)

BETWEEN_PAGES_SECONDS = 120


@blueprint.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Take the card."""
    interaction = get_interaction()
    elsewhere = find_way_elsewhere(interaction)
    if elsewhere is not None:
        return elsewhere
    web.allow_camera()
    form = CardForm()
    refused = None
    if form.validate_on_submit():
        found = find_presented(form.card.data or "")
        if not isinstance(found, Refused):
            keep(interaction, found)
            is_active = state_of(found, services.now()) == ACTIVE
            return go_to("badge.pin" if is_active else "badge.activate", interaction)
        if not found.field:
            return show_over(interaction, found)
        refused = found
        show_refusal(form, refused)
    page = render_template("badges/enter.html", app=asking_app(interaction), form=form, **ways(interaction))
    return answer_form(page, form, refused)


def find_way_elsewhere(interaction: Interaction) -> ResponseReturnValue | None:
    """Return where to go instead, where no card is taken, or what is asked needs more than one."""
    if session.find_terminal() is None:
        return go_to("signin.login", interaction)
    return go_to("badge.phone", interaction) if needs_phone(interaction) else None


def find_presented(typed: str) -> Any | Refused:
    """Return the card; unknown ones are counted, and beyond so many answered alike and later."""
    parts, now = services.current(), services.now()
    found = parts.badges.find_presented(typed, now)
    if not isinstance(found, Refused) or found.reason != "badge_unknown":
        return found
    bucket = Bucket(BADGE_FROM_NETWORK, network_of(request.remote_addr or ""))
    if parts.limits.take(bucket, now):
        return found
    return Refused("card", "too_many_badges", parts.limits.seconds_shut((bucket,), now))


def ways(interaction: Interaction) -> dict[str, str]:
    """Return where the other ways to sign in are: by the phone at once, or all of them."""
    return {
        "qr_url": f"/login/qr?interaction={interaction.uid}",
        "other_url": address("terminal.choose", interaction),
        "card_url": address("badge.enter", interaction),
    }


@blueprint.route("/pin", methods=["GET", "POST"])
def pin() -> ResponseReturnValue:
    """Take the PIN; a right one signs in."""
    interaction = get_interaction()
    elsewhere, badge = find_way_elsewhere(interaction), find_kept(interaction)
    if elsewhere is not None or badge is None:
        return elsewhere or go_to("badge.enter", interaction)
    form = PinForm()
    if form.validate_on_submit():
        terminal = id_of_terminal(interaction)
        refused = services.current().badges.try_pin(badge, form.pin.data, terminal, services.now())
        if refused is None:
            return let_in(interaction, badge)
        if not refused.field:
            return show_over(interaction, refused)
        show_refusal(form, refused)
    page = render_template("badges/pin.html", app=asking_app(interaction), form=form, **ways(interaction))
    return answer_form(page, form, None)


@blueprint.route("/activate", methods=["GET", "POST"])
def activate() -> ResponseReturnValue:
    """Have whoever holds a new card and its slip choose the PIN, and sign them in."""
    interaction = get_interaction()
    elsewhere, badge = find_way_elsewhere(interaction), find_kept(interaction)
    if elsewhere is not None or badge is None:
        return elsewhere or go_to("badge.enter", interaction)
    form = ActivationForm()
    if form.validate_on_submit():
        refused = choose_pin(form, badge, interaction)
        if refused is None:
            return let_in(interaction, badge)
        if not refused.field:
            return show_over(interaction, refused)
        show_refusal(form, refused)
    page = render_template(
        "badges/activate.html", app=asking_app(interaction), form=form, **ways(interaction)
    )
    return answer_form(page, form, None)


def choose_pin(form: Any, badge: Any, interaction: Interaction) -> Refused | None:
    if form.pin.data != form.again.data:
        return Refused("again", "pin_differs")
    given = Activation(form.activation_code.data, form.pin.data, id_of_terminal(interaction))
    return services.current().badges.activate(badge, given, known_of(badge.account_id), services.now())


def id_of_terminal(interaction: Interaction) -> str:
    return interaction.request.client_id if interaction.request else ""


@blueprint.get("/phone")
def phone() -> ResponseReturnValue:
    """Say that what is asked for here needs the phone; a card that was used before is not enough."""
    interaction = get_interaction()
    kept.drop(_NAME)
    return render_template("badges/phone.html", app=asking_app(interaction), **ways(interaction))


def let_in(interaction: Interaction, badge: Any) -> ResponseReturnValue:
    """Sign in who holds the card and its PIN: shortly, at LoA1, and told where it is another terminal."""
    kept.drop(_NAME)
    parts, now = services.current(), services.now()
    proof = Proof(now, parts.settings.terminal_session_lifetime_seconds)
    sid = session.begin_remote_session(
        badge.account_id, CARD_AND_PIN, proof, is_usual=badge.last_client_id == id_of_terminal(interaction)
    )
    parts.interactions.mark_authenticated(interaction.uid, sid, now)
    return resume(interaction)


def show_over(interaction: Interaction, refused: Refused) -> ResponseReturnValue:
    """Say what became of a card, and the one thing to do."""
    kept.drop(_NAME)
    page = render_template(
        "badges/over.html",
        app=asking_app(interaction),
        reason=refused.reason.removeprefix("badge_"),
        **ways(interaction),
    )
    return page, 400


_NAME = "badge"


def keep(interaction: Interaction, badge: Any) -> None:
    """Keep which card was scanned, for the next page."""
    until = services.now() + BETWEEN_PAGES_SECONDS
    kept.keep(_NAME, interaction.uid, [badge.id, str(until)])


def find_kept(interaction: Interaction) -> Any:
    """Return the card that was scanned a moment ago in this request, or None."""
    badge_id, until = kept.find(_NAME, interaction.uid) or ("", "0")
    return services.current().badges.find(badge_id) if int(until) > services.now() else None
