"""Registration: an account, then the second factor as its next step.

A form that is sent twice, as happens where the signal is weak, makes one account and signs its person in: the
account's id comes from the form itself, so that the second finds what the first has made.
"""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.models import Interaction
from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts import usernames
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import RegistrationForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.registration_faults import list_faults
from tnid.accounts.service import Account, NewAccount
from tnid.signin import session, typed
from tnid.signin.assurance import PASSWORD
from tnid.signin.limits import REGISTRATION_FROM_NETWORK, Bucket, network_of
from tnid.signin.password import prove_password
from tnid.signin.screen import address, asking_app, begin_local, find_interaction, go_to, second_factor_screen

blueprint = declare(Blueprint("registration", __name__), Guard.PUBLIC)

MOST_ATTEMPT_CHARACTERS = 64
SUGGESTIONS = 5
# What the form calls a field that the claims call otherwise
FIELD_OF_CLAIM = {"phone_number": "phone"}
# Where a page of ours that leads here has people go on afterwards, by its word in the address
GO_ON_TO = {"developers": "/developers/apps/new"}


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Create an account and sign its person in."""
    interaction = find_interaction()
    # From the first page on: by it the same form is known again
    web.browser_id()
    form = RegistrationForm()
    refused = None
    if form.validate_on_submit():
        created = find_made_before(form) or create_account(form)
        if isinstance(created, Refused):
            # Perhaps the same form was faster on another line
            created = find_made_before(form) or created
        if isinstance(created, Account):
            return after_registration(created, interaction or begin_local(find_way_on()))
        refused = created
        record_refusal(refused)
        show_refusal(form, refused)
    if form.is_submitted() and not (refused is not None and refused.retry_after_seconds):
        show_other_faults(form)
    typed.restore(form)
    page = render_template(
        "accounts/register.html",
        app=asking_app(interaction),
        form=form,
        login_url=address("signin.login", interaction),
    )
    return answer_form(page, form, refused)


def find_way_on() -> str:
    """Return where somebody goes on who came from a page of ours, not from an application."""
    return GO_ON_TO.get(request.args.get("to", ""), "/account")


def account_id_of(form: Any) -> str | None:
    """Return the id of the account that this very form of this very browser makes; None where it has none."""
    attempt = form.attempt.data or ""
    if not attempt or len(attempt) > MOST_ATTEMPT_CHARACTERS:
        return None
    digest = services.current().sealer.blind_index("registration", f"{web.browser_id()}:{attempt}")
    return base64.urlsafe_b64encode(bytes.fromhex(digest)[:16]).rstrip(b"=").decode()


def find_made_before(form: Any) -> Account | Refused | None:
    """Return the account that this form made when it was sent before, to whoever knows its password."""
    account_id = account_id_of(form)
    account = services.current().accounts.find(account_id) if account_id else None
    if account is None:
        return None
    proved = prove_password(account.username, form.password.data)
    return (
        Refused("password", proved.reason, proved.retry_after_seconds)
        if isinstance(proved, Refused)
        else account
    )


def record_refusal(refused: Refused) -> None:
    services.current().audit.record(
        "account.create", outcome="refused", reason=refused.reason, now=services.now()
    )


def show_other_faults(form: Any) -> None:
    """Say of every field that nothing was said of yet what is wrong with it, not of the first alone."""
    for fault in list_faults(form.username.data or "", form.password.data or "", claims_of_form(form)):
        field = FIELD_OF_CLAIM.get(fault.field, fault.field)
        if not form[field].errors:
            show_refusal(form, Refused(field, fault.reason))


def claims_of_form(form: Any) -> dict[str, str]:
    return {"name": form.name.data, "phone_number": form.phone.data, "email": form.email.data}


def create_account(form: Any) -> Account | Refused:
    """Create the account that the form asks for, unless its network made very many of late."""
    parts, now = services.current(), services.now()
    bucket = Bucket(REGISTRATION_FROM_NETWORK, network_of(request.remote_addr or ""))
    seconds = parts.limits.seconds_shut((bucket,), now)
    if seconds:
        return Refused("", "too_many", seconds)
    if not (form.phone.data or form.email.data):
        return Refused("phone", "contact_required")
    new = NewAccount(
        id=account_id_of(form),
        username=form.username.data or make_username(form.name.data),
        password=form.password.data,
        claims=claims_of_form(form),
        locale=web.current_locale(),
    )
    created = parts.accounts.create(new, now)
    # Refusals too: they tell which usernames are taken
    parts.limits.count((bucket,), now)
    if isinstance(created, Refused):
        return Refused(FIELD_OF_CLAIM.get(created.field, created.field), created.reason)
    return created


def make_username(name: str) -> str:
    """Return a username for somebody who wants to invent none: one that is free, as far as can be seen."""
    made = [usernames.suggest(name) for _ in range(SUGGESTIONS)]
    accounts = services.current().accounts
    return next((one for one in made if accounts.find_by_username(one) is None), made[-1])


def after_registration(account: Account, interaction: Interaction) -> ResponseReturnValue:
    """Sign the person in as far as the password alone may, and offer the second factor."""
    kinds = services.current().factors.find_kinds(account.id)
    if any(kinds):
        # Sent again after the factor was set up: a page from back then opens nothing
        session.begin_half_sign_in(account.id)
        return go_to(second_factor_screen(kinds), interaction)
    if not request.form.get("username", "").strip():
        words = gettext("Your username is %(username)s. Note it down.", username=account.username)
        flash(words, "care")
    if account.factor_required:
        session.begin_half_sign_in(account.id)
    else:
        sid = session.begin_session(account.id, PASSWORD, account)
        services.current().interactions.mark_authenticated(interaction.uid, sid, services.now())
    return go_to("enrolment.enrol", interaction)
