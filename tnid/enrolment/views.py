"""The pages on which a person confirms who they are: by the camera, by a photo, or typed.

All three ways fill in the same form, which the person checks. What it holds outlasts the pages between,
sealed in the browser's cookie, and stands in no address.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from oidc.models import Interaction
from tnid import errors, services, web
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.numbers import DOCUMENTS, IDENTITY_CARD
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account
from tnid.accounts.verification import LEAST_VERIFIED_LEVEL
from tnid.enrolment.card_text import parse_card_text
from tnid.enrolment.details import Details, details_of_card
from tnid.enrolment.forms import CardForm, PhotoForm, make_details_form, read_details
from tnid.enrolment.photo import MOST_BYTES, read_photo
from tnid.signin import kept, session
from tnid.signin.screen import asking_app, find_interaction, go_to, resume
from tnid.signin.session import get_end_user

PREFIX = "/account/identity"
PHOTO_PATH = f"{PREFIX}/photo"
# Beside the photo stand a token and the form's edges
MOST_UPLOAD_BYTES = MOST_BYTES + 64 * 1024

blueprint = declare(Blueprint("identity", __name__, url_prefix=PREFIX), Guard.SIGNED_IN)
photo_blueprint = declare(
    Blueprint("identity_photo", __name__, url_prefix=PREFIX),
    Guard.SIGNED_IN,
    most_bytes=MOST_UPLOAD_BYTES,
    files=("photo",),
)

STATUS_OF_REASON = {"photo_busy": 503, "photo_too_large": 413, "too_many_photos": 429}


def show_step(template: str, interaction: Interaction | None, **values: Any) -> str:
    """Render one step: who asks, if somebody does, stands on top of it and in each of its addresses."""
    uid = interaction.uid if interaction else None
    return render_template(template, app=asking_app(interaction), interaction_uid=uid, **values)


def find_request() -> Interaction | None:
    """Return the request that waits for this, with time enough for the next step."""
    interaction = find_interaction()
    if interaction is not None and request.method == "POST":
        services.current().interactions.prolong(interaction, services.now())
    return interaction


def get_account() -> Account:
    return services.current().accounts.get(get_end_user().account_id)


def is_confirmed(account: Account) -> bool:
    return account.identity_level >= LEAST_VERIFIED_LEVEL


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show what is verified, or the ways to have it so."""
    account, interaction = get_account(), find_request()
    if is_confirmed(account) and interaction is not None:
        return resume(interaction)
    identity = services.current().accounts.identity
    return show_step(
        "enrolment/start.html",
        interaction,
        verification=identity.find_verification(account.id),
        number=identity.find_number(account.id),
    )


@blueprint.route("/scan", methods=["GET", "POST"])
def scan() -> ResponseReturnValue:
    """Take the text that the camera read. Only this page may use the camera, and run a decoder."""
    interaction, form = find_request(), CardForm()
    web.allow_camera()
    refused = None
    if form.validate_on_submit():
        refused = keep_card(form.card_text.data or "")
        if refused is None:
            return go_to("identity.details", interaction)
        show_refusal(form, refused)
    return answer_form(show_step("enrolment/scan.html", interaction, form=form), form, refused)


@photo_blueprint.route("/photo", methods=["GET", "POST"])
def photo() -> ResponseReturnValue:
    """Read the code in a photo, which is forgotten with the request."""
    interaction, form = find_request(), PhotoForm()
    if not form.validate_on_submit():
        page = show_step("enrolment/photo.html", interaction, form=form)
        return answer_form(page, form)
    refused = keep_photo()
    if refused is None:
        return go_to("identity.details", interaction)
    show_refusal(form, refused)
    page = show_step("enrolment/photo.html", interaction, form=form)
    retry = {"Retry-After": str(refused.retry_after_seconds)} if refused.retry_after_seconds else {}
    return page, STATUS_OF_REASON.get(refused.reason, 400), retry


@photo_blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say beside the field that the photo is too large, where that is seen before its form is read."""
    if session.find_end_user() is None:
        return errors.error_page("too_large", 413)
    form = PhotoForm(formdata=None)
    show_refusal(form, Refused("photo", "photo_too_large"))
    return show_step("enrolment/photo.html", find_interaction(), form=form), 413


def keep_photo() -> Refused | None:
    """Keep what the card in the photo says, or say why there is nothing to keep."""
    parts, account_id = services.current(), get_end_user().account_id
    sent = request.files.get("photo")
    content = sent.read(MOST_BYTES + 1) if sent is not None else b""
    if not content:
        return Refused("photo", "photo_missing")
    if not parts.enrolment.take_photo(account_id, services.now()):
        return Refused("photo", "too_many_photos", 3600)
    text = read_photo(content)
    refused = text if isinstance(text, Refused) else keep_card(text)
    return Refused("photo", refused.reason, refused.retry_after_seconds) if refused else None


def keep_card(text: str) -> Refused | None:
    """Keep what a card's text says for the form, where the person checks it."""
    card = parse_card_text(text)
    if isinstance(card, Refused):
        return card
    keep_details(details_of_card(card))
    return None


def keep_details(details: Details) -> None:
    kept.keep(kept.IDENTITY, get_end_user().account_id, details.to_list())


def find_details(document: str) -> Details | None:
    """Return what was kept of this kind of document."""
    values = kept.find(kept.IDENTITY, get_end_user().account_id)
    details = Details.from_list(values) if values else None
    return details if details is not None and details.document == document else None


@blueprint.route("/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Have the person check what their document says, or type it; then confirm it."""
    account, interaction = get_account(), find_request()
    if is_confirmed(account):
        return finish(interaction)
    document = request.args.get("document", IDENTITY_CARD)
    if document not in DOCUMENTS:
        document = IDENTITY_CARD
    before = find_details(document)
    form = make_details_form(before or Details(document=document))
    if form.validate_on_submit():
        typed = read_details(form, document)
        faults = services.current().enrolment.check(account.id, typed, services.now())
        if not faults:
            keep_details(typed)
            return confirm(typed, interaction)
        for refused in faults:
            show_refusal(form, refused)
    page = show_step(
        "enrolment/details.html", interaction, form=form, document=document, is_read=before is not None
    )
    return answer_form(page, form)


def confirm(confirmed: Details, interaction: Interaction | None) -> ResponseReturnValue:
    """Confirm the identity, or ask for what is still missing."""
    account_id = get_end_user().account_id
    refused = services.current().enrolment.confirm(account_id, confirmed, services.now())
    if refused is None:
        return finish(interaction)
    if refused.reason == "phone_unverified":
        return go_to("identity_phone.ask", interaction)
    return go_to("identity.unconfirmed", interaction)


def finish(interaction: Interaction | None) -> ResponseReturnValue:
    """Go back to who asked, or show what is verified now."""
    kept.drop(kept.IDENTITY)
    flash(gettext("Your identity is confirmed."), "good")
    return resume(interaction) if interaction else redirect(url_for("identity.show"), 303)


@blueprint.get("/unconfirmed")
def unconfirmed() -> ResponseReturnValue:
    """Say that it could not be done online, and nothing of why: the same to everyone."""
    return show_step("enrolment/unconfirmed.html", find_request())
