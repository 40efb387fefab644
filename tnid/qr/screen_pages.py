"""The screen that shows a QR and waits for a phone: one address, whose page follows the state."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from oidc.decoupled.user_code import show_user_code
from oidc.models import Interaction
from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.qr import screen
from tnid.qr.forms import DigitsForm
from tnid.qr.frames import step_of
from tnid.qr.image import data_uri
from tnid.qr.state import APPROVED, CLAIMED, COLLECTED, LIVE, READY, SCREEN_COOKIE, WAITING, state_of
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import address, asking_app, get_interaction, go_to, may_be_elsewhere, resume
from tnid.signin.session import end_waiting_screen, find_terminal

blueprint = declare(Blueprint("qr_screen", __name__, url_prefix="/login/qr"), Guard.PUBLIC)

SHOW = "qr_screen.show"


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show the QR, then where the sign-in stands; looking changes nothing."""
    interaction = get_interaction()
    row = screen.find_row(interaction)
    if row is not None and find_terminal() is not None:
        screen.stay_for_phone(interaction, row)
    return show_screen(interaction, row, DigitsForm(formdata=None))


@blueprint.post("")
def begin() -> ResponseReturnValue:
    """Begin one; or another, after one that is over."""
    interaction = get_interaction()
    if not may_be_elsewhere(interaction):
        return go_to("signin.login", interaction)
    refused = screen.begin(interaction)
    if refused is None:
        return go_to(SHOW, interaction)
    page = show_over(interaction, refused.reason, minutes=-(-refused.retry_after_seconds // 60))
    return page, 429, {"Retry-After": str(refused.retry_after_seconds)}


@blueprint.get("/digits")
def look_again() -> ResponseReturnValue:
    """Lead back from the address of a form that was refused, which a reload asks for."""
    return go_to(SHOW, get_interaction())


@blueprint.post("/digits")
def digits() -> ResponseReturnValue:
    """Take the digits: right ones of an approved sign-in are the last step."""
    interaction = get_interaction()
    row = screen.find_row(interaction)
    form = DigitsForm()
    if row is None or not form.validate_on_submit():
        return show_screen(interaction, row, form)
    qr_sign_ins, now = services.current().qr_sign_ins, services.now()
    refused = qr_sign_ins.try_digits(row, form.digits.data, now)
    if refused is not None and refused.reason == "qr_not_claimed":
        show_refusal(form, refused)
        return show_screen(interaction, row, form)
    row = qr_sign_ins.find(row.id)
    return complete(row, interaction) if state_of(row, now) == READY else go_to(SHOW, interaction)


@blueprint.post("/finish")
def finish() -> ResponseReturnValue:
    """Collect what the phone approved after the digits were typed."""
    interaction = get_interaction()
    row = screen.find_row(interaction)
    if row is None or state_of(row, services.now()) != READY:
        return go_to(SHOW, interaction)
    return complete(row, interaction)


def complete(row: Any, interaction: Interaction) -> ResponseReturnValue:
    return resume(interaction) if screen.collect(row, interaction) else go_to(SHOW, interaction)


@blueprint.post("/cancel")
def cancel() -> ResponseReturnValue:
    """Wait no more, and go where the other ways to sign in are."""
    interaction = get_interaction()
    if ContinueForm().validate_on_submit():
        end_waiting_screen()
    return resume(interaction)


def show_screen(interaction: Interaction, row: Any, form: DigitsForm) -> ResponseReturnValue:
    """Answer with the page of a sign-in's state; 400 where the form on it was refused."""
    if row is None:
        return show_over(interaction, screen.why_lost(interaction))
    state = state_of(row, services.now())
    if state == COLLECTED:
        return resume(interaction)
    if state not in LIVE:
        return show_over(interaction, state)
    page = render_template(
        "qr/screen.html",
        app=asking_app(interaction),
        form=form,
        state=state,
        **(describe_waiting(row) if state == WAITING else {}),
        name=screen.masked_name(row) if state in (CLAIMED, APPROVED) else "",
        digits_url=address("qr_screen.digits", interaction),
        finish_url=address("qr_screen.finish", interaction),
        cancel_url=address("qr_screen.cancel", interaction),
    )
    return answer_form(page, form)


def describe_waiting(row: Any) -> dict[str, Any]:
    """Return what a screen shows that waits for a phone: the picture of this moment, and the code to type."""
    parts, now = services.current(), services.now()
    shown = parts.qr_sign_ins.frames.address(row, now)
    return {
        "qr_address": shown,
        "qr_image": data_uri(shown),
        "step": step_of(row.created_at, now),
        "typed_code": show_user_code(parts.qr_sign_ins.typed_code_of(web.cookie(SCREEN_COOKIE))),
        "typing_address": parts.settings.issuer.partition("://")[2] + "/qr",
    }


def show_over(interaction: Interaction, reason: str, minutes: int = 0) -> str:
    """Return the page that says why this sign-in by QR is over, and what to do now."""
    return render_template(
        "qr/screen_over.html",
        app=asking_app(interaction),
        reason=reason,
        minutes=minutes,
        again_url=address("qr_screen.begin", interaction),
        other_url=f"/resume/{interaction.uid}",
    )
