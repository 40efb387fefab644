"""A phone number or an e-mail address, one a page: changed after a fresh sign-in, verified by a code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import ContactForm, MessageCodeForm, PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.messages.contacts import CLAIM_OF_CHANNEL, find_address, is_verified, mask, show_address
from tnid.signin import kept
from tnid.signin.limits import HOUR_SECONDS, Bucket, Limit, network_of
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("contact", __name__, url_prefix="/account/profile"), Guard.SIGNED_IN)

CODES_FROM_NETWORK = Limit("message_codes_from_network", 200, HOUR_SECONDS)
STATUS_OF_REASON = {"too_many_messages": 429}


def purpose_of(channel: str) -> str:
    """Return what a code by this channel is for."""
    return f"verify_{channel}"


def get_account() -> Account:
    return services.current().accounts.get(get_end_user().account_id)


@blueprint.route("/<any(phone, email):channel>", methods=["GET", "POST"])
def change(channel: str) -> ResponseReturnValue:
    """Ask for a new number or address; what was typed outlasts a sign-in on the way."""
    account = get_account()
    form = ContactForm()
    obstacle = find_obstacle(url_for("contact.change", channel=channel))
    if obstacle is not None:
        if form.validate_on_submit():
            kept.keep(kept.CONTACT, account.id, [channel, form.contact.data])
        return obstacle
    if not form.is_submitted():
        form.contact.data = _kept_contact(channel, account)
    elif form.validate_on_submit():
        refused = save(account, channel, form.contact.data)
        if refused is None:
            kept.drop(kept.CONTACT)
            return send_or_return(channel)
        show_refusal(form, refused)
    page = render_template(
        "accounts/contact.html",
        form=form,
        channel=channel,
        has_other=_has_other(account, channel),
        address=find_address(account.profile, channel),
    )
    return answer_form(page, form)


def _kept_contact(channel: str, account: Account) -> str:
    found = kept.find(kept.CONTACT, account.id)
    if found is not None and found[0] == channel:
        return found[1]
    return show_address(account.profile, channel)


def _has_other(account: Account, channel: str) -> bool:
    return any(find_address(account.profile, other) for other in CLAIM_OF_CHANNEL if other != channel)


def save(account: Account, channel: str, typed: str) -> Refused | None:
    parts = services.current()
    refused = parts.accounts.change_profile(account.id, {CLAIM_OF_CHANNEL[channel]: typed}, services.now())
    return None if refused is None else Refused("contact", refused.reason)


def send_or_return(channel: str) -> ResponseReturnValue:
    """Send a code to what was just typed, where that can be done; go on to where it is typed in."""
    account = get_account()
    if is_verified(account.profile, channel):
        flash(gettext("Saved."), "good")
        return redirect(url_for("profile.show"), 303)
    if channel not in services.current().messages.sendable:
        flash(gettext("Saved."), "good")
        return redirect(url_for("profile.show"), 303)
    return _send(account, channel)


@blueprint.post("/<any(phone, email):channel>/send")
def send(channel: str) -> ResponseReturnValue:
    """Send a code to the number or address that the account has."""
    account = get_account()
    if not PlainForm().validate_on_submit() or not can_verify(account, channel):
        return redirect(url_for("profile.show"), 303)
    return _send(account, channel)


def _send(account: Account, channel: str) -> ResponseReturnValue:
    parts, now = services.current(), services.now()
    refused: Refused | None = Refused("", "too_many_messages", HOUR_SECONDS)
    if parts.limits.take(Bucket(CODES_FROM_NETWORK, network_of(request.remote_addr or "")), now):
        refused = parts.message_codes.send(account.id, purpose_of(channel), channel, now)
    if refused is not None:
        form = MessageCodeForm(formdata=None)
        show_refusal(form, refused)
        return show_code_form(account, channel, form, STATUS_OF_REASON[refused.reason])
    return redirect(url_for("contact.verify", channel=channel), 303)


def can_verify(account: Account, channel: str) -> bool:
    """Say whether a code would tell anything new, and could be sent."""
    has_new = find_address(account.profile, channel) is not None and not is_verified(account.profile, channel)
    return has_new and channel in services.current().messages.sendable


@blueprint.route("/<any(phone, email):channel>/verify", methods=["GET", "POST"])
def verify(channel: str) -> ResponseReturnValue:
    """Take the code; the contact is verified by it."""
    account = get_account()
    if not can_verify(account, channel):
        return redirect(url_for("profile.show"), 303)
    form = MessageCodeForm()
    if form.validate_on_submit():
        if confirm(account, channel, form.code.data):
            words = {
                "phone": gettext("The phone number is verified."), "email": gettext("The email is verified."),
            }  # fmt: skip
            flash(words[channel], "good")
            return redirect(url_for("profile.show"), 303)
        show_refusal(form, Refused("code", "wrong_message_code"))
    return show_code_form(account, channel, form, 400 if form.is_submitted() else 200)


def confirm(account: Account, channel: str, code: str) -> bool:
    """Spend the code and note what it proves; a refusal leaves its row in the audit log."""
    parts, now = services.current(), services.now()
    is_right = parts.message_codes.consume(account.id, purpose_of(channel), code, now)
    if is_right and parts.accounts.confirm_contact(account.id, CLAIM_OF_CHANNEL[channel], now):
        return True
    parts.audit.record(
        "account.verify_contact", outcome="refused", reason="wrong_code", account_id=account.id, now=now
    )
    return False


def show_code_form(account: Account, channel: str, form: FlaskForm, status: int) -> ResponseReturnValue:
    address = find_address(account.profile, channel)
    if address is None:
        abort(404)
    context: dict[str, Any] = {
        "form": form,
        "channel": channel,
        "masked": mask(channel, address),
        "is_demonstration": services.current().messages.keeps,
    }
    return render_template("accounts/verify_contact.html", **context), status


@blueprint.post("/<any(phone, email):channel>/remove")
def remove(channel: str) -> ResponseReturnValue:
    """Remove a number or address, unless the person could then no longer be reached."""
    obstacle = find_obstacle(url_for("contact.change", channel=channel))
    if obstacle is not None:
        return obstacle
    account = get_account()
    if PlainForm().validate_on_submit():
        if _has_other(account, channel):
            save(account, channel, "")
            flash(gettext("Removed."), "good")
        else:
            flash(gettext("Keep at least one: a phone number or an email address."), "care")
    return redirect(url_for("profile.show"), 303)
