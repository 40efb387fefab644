"""Registration: an account, then the second factor as its next step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.forms import RegistrationForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account, NewAccount
from tnid.signin import session
from tnid.signin.assurance import PASSWORD
from tnid.signin.limits import REGISTRATION_FROM_NETWORK, Bucket, network_of
from tnid.signin.screen import address, asking_app, find_interaction, go_to
from tnid.signin.views import answer_form, begin_local

blueprint = declare(Blueprint("registration", __name__), Guard.PUBLIC)

# What the form calls a field that the claims call otherwise
FIELD_OF_CLAIM = {"phone_number": "phone"}


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Create an account and sign its person in."""
    interaction = find_interaction()
    form = RegistrationForm()
    refused = None
    if form.validate_on_submit():
        created = create_account(form)
        if isinstance(created, Account):
            return after_registration(created, interaction or begin_local("/account"))
        refused = created
        record_refusal(refused)
        show_refusal(form, refused)
    page = render_template(
        "accounts/register.html",
        app=asking_app(interaction),
        form=form,
        login_url=address("signin.login", interaction),
    )
    return answer_form(page, form, refused)


def record_refusal(refused: Refused) -> None:
    services.current().audit.record(
        "account.create", outcome="refused", reason=refused.reason, now=services.now()
    )


def create_account(form: Any) -> Account | Refused:
    """Create the account that the form asks for, unless its network made very many of late."""
    parts, now = services.current(), services.now()
    bucket = Bucket(REGISTRATION_FROM_NETWORK, network_of(request.remote_addr or ""))
    seconds = parts.limits.seconds_shut((bucket,), now)
    if seconds:
        return Refused("", "too_many", seconds)
    if not (form.phone.data or form.email.data):
        return Refused("phone", "contact_required")
    claims = {"name": form.name.data, "phone_number": form.phone.data, "email": form.email.data}
    new = NewAccount(
        username=form.username.data,
        password=form.password.data,
        claims=claims,
        locale=web.current_locale(),
    )
    created = parts.accounts.create(new, now)
    # Refusals too: they tell which usernames are taken
    parts.limits.count((bucket,), now)
    if isinstance(created, Refused):
        return Refused(FIELD_OF_CLAIM.get(created.field, created.field), created.reason)
    return created


def after_registration(account: Account, interaction: Interaction) -> ResponseReturnValue:
    """Sign the person in as far as the password alone may, and offer the second factor."""
    if account.factor_required:
        session.begin_half_sign_in(account.id)
    else:
        sid = session.begin_session(account.id, PASSWORD, account)
        services.current().interactions.mark_authenticated(interaction.uid, sid, services.now())
    return go_to("enrolment.enrol", interaction)
