"""The phone of a person who confirms who they are: a code goes there and comes back."""

from __future__ import annotations

import phonenumbers
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from phonenumbers import PhoneNumberType

from oidc.models import Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.contacts import mask_phone, parse_phone
from tnid.accounts.messages import show_refusal
from tnid.accounts.numbers import DOCUMENTS
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.enrolment.forms import PhoneCodeForm, PhoneForm
from tnid.enrolment.views import PREFIX, confirm, find_details, find_request, get_account, show_step
from tnid.signin import kept
from tnid.signin.screen import go_to
from tnid.signin.session import get_end_user

PURPOSE = "verify_phone"
CHANNEL = "phone"
TYPED = "identity_phone_typed"

blueprint = declare(Blueprint("identity_phone", __name__, url_prefix=PREFIX), Guard.SIGNED_IN)


@blueprint.route("/phone", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask which phone the code goes to, and send it."""
    account, interaction = get_account(), find_request()
    if account.profile.get("phone_number_verified"):
        return go_on(interaction)
    if CHANNEL not in services.current().messages.sendable:
        return show_step("enrolment/no_codes.html", interaction)
    known = str(account.profile.get("phone_number", ""))
    form = PhoneForm(data={"phone": _kept_phone(account.id) or known})
    obstacle = None if known else find_obstacle(request.full_path.rstrip("?"))
    if obstacle is not None:
        return obstacle
    refused = None
    if form.validate_on_submit():
        phone = check_phone(form.phone.data or "")
        if isinstance(phone, Refused):
            refused = phone
        elif phone != known and (obstacle := find_obstacle(request.full_path.rstrip("?"))) is not None:
            kept.keep(TYPED, account.id, [phone])
            return obstacle
        else:
            refused = send_code(phone, known)
        if refused is None:
            kept.drop(TYPED)
            return go_to("identity_phone.answer", interaction)
        show_refusal(form, refused)
    return answer_form(show_step("enrolment/phone.html", interaction, form=form), form, refused)


def _kept_phone(account_id: str) -> str:
    """Return the number that somebody typed who had to sign in again first."""
    found = kept.find(TYPED, account_id)
    return found[0] if found else ""


def check_phone(typed: str) -> str | Refused:
    """Return the number in E.164; one of a fixed line gets no codes."""
    if not typed:
        return Refused("phone", "required")
    phone = parse_phone(typed)
    if phone is None:
        return Refused("phone", "phone")
    is_fixed = phonenumbers.number_type(phonenumbers.parse(phone)) == PhoneNumberType.FIXED_LINE
    return Refused("phone", "phone_fixed") if is_fixed else phone


def send_code(phone: str, known: str) -> Refused | None:
    """Send a code to the phone, which becomes the account's where it wasn't."""
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    if phone != known:
        refused = parts.accounts.change_profile(account_id, {"phone_number": phone}, now)
        if refused is not None:
            return Refused("phone", refused.reason)
    refused = parts.message_codes.send(account_id, PURPOSE, CHANNEL, now)
    if refused is None:
        # A code that went to one phone proves nothing of another that is typed in meanwhile
        kept.keep(kept.IDENTITY_PHONE, account_id, [phone])
    return refused


@blueprint.route("/phone/code", methods=["GET", "POST"])
def answer() -> ResponseReturnValue:
    """Take the code from the phone."""
    account, interaction = get_account(), find_request()
    sent_to = kept.find(kept.IDENTITY_PHONE, account.id)
    if account.profile.get("phone_number_verified") or sent_to is None:
        return redirect(
            url_for("identity_phone.ask", interaction=interaction.uid if interaction else None), 303
        )
    form, refused = PhoneCodeForm(), None
    if form.validate_on_submit():
        refused = take_code(sent_to[0], form.code.data or "")
        if refused is None:
            kept.drop(kept.IDENTITY_PHONE)
            return go_on(interaction)
        show_refusal(form, refused)
    page = show_step(
        "enrolment/phone_code.html", interaction, form=form, phone=sent_to[0], shown=mask_phone(sent_to[0])
    )
    return answer_form(page, form, refused)


def take_code(phone: str, code: str) -> Refused | None:
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    # A contact that changes ends its codes; this page may have been left open on the phone before
    is_same = parts.accounts.get(account_id).profile.get("phone_number") == phone
    is_right = parts.message_codes.consume(account_id, PURPOSE, code, now)
    if is_right and is_same and parts.accounts.confirm_contact(account_id, "phone_number", now):
        return None
    parts.audit.record(
        "account.verify_contact", outcome="refused", reason="wrong_code", account_id=account_id, now=now
    )
    return Refused("code", "wrong_message_code")


def go_on(interaction: Interaction | None) -> ResponseReturnValue:
    """Confirm what was typed before the phone was asked for, or ask for it."""
    found = next((details for details in map(find_details, DOCUMENTS) if details is not None), None)
    return confirm(found, interaction) if found is not None else go_to("identity.details", interaction)
