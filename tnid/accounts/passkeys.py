"""The passkeys of an account: seen, added, named and removed by a person who signed in just now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.models import EndUser
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PasskeyNameForm, PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.security import after_removal, find_obstacle, may_remove_one
from tnid.accounts.views import not_found
from tnid.signin.assurance import LOA2, key_methods, with_second_factor
from tnid.signin.enrolment import make_codes
from tnid.signin.forms import PasskeyForm
from tnid.signin.passkey_screens import add, show_creation, words_for
from tnid.signin.passkeys import MOST_NAME_CHARACTERS
from tnid.signin.screen import CREATE, begin_local, context_of, go_to
from tnid.signin.session import change_trust, get_end_user

blueprint = declare(Blueprint("passkeys", __name__, url_prefix="/account/security/passkeys"), Guard.SIGNED_IN)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """List the passkeys; the device learns which are left, and offers no other."""
    keys, account_id = services.current().passkeys, get_end_user().account_id
    return render_template(
        "accounts/passkeys.html",
        passkeys=keys.list_by_account(account_id),
        accepted=keys.accepted_credentials(account_id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a passkey. The first second factor brings recovery codes, and raises this session."""
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    end_user = get_end_user()
    context = context_of(CREATE, end_user.sid, end_user.account_id)
    form = PasskeyForm()
    if form.validate_on_submit():
        is_first = not services.current().factors.is_enrolled(end_user.account_id)
        added = add(end_user.account_id, form.credential.data, context)
        if not isinstance(added, Refused):
            return after_adding(end_user, key_methods(added.may_sync), is_first=is_first)
        show_refusal(form, words_for(added))
    return show_creation(end_user.account_id, form, context, app=None, back_url=url_for("passkeys.show"))


def after_adding(end_user: EndUser, methods: tuple[str, ...], *, is_first: bool) -> ResponseReturnValue:
    if end_user.acr != LOA2:
        change_trust(with_second_factor(end_user.amr, *methods))
    flash(gettext("The passkey is added. From now on it signs you in without a password."), "good")
    if not is_first:
        return redirect(url_for("passkeys.show"), 303)
    make_codes(end_user.account_id)
    return go_to("enrolment.codes", begin_local(url_for("passkeys.show")))


@blueprint.route("/<passkey_id>", methods=["GET", "POST"])
def edit(passkey_id: str) -> ResponseReturnValue:
    """Give a passkey another name."""
    account_id = get_end_user().account_id
    one = get_own(account_id, passkey_id)
    form = PasskeyNameForm(data={"name": one.name})
    if form.validate_on_submit():
        parts, now = services.current(), services.now()
        name = " ".join(form.name.data.split())
        if 0 < len(name) <= MOST_NAME_CHARACTERS and name.isprintable():
            parts.passkeys.rename(account_id, passkey_id, name)
            parts.audit.record("passkey.rename", account_id=account_id, now=now)
            flash(gettext("Saved."), "good")
            return redirect(url_for("passkeys.show"), 303)
        is_unseen = not name.isprintable() and len(name) <= MOST_NAME_CHARACTERS
        show_refusal(form, Refused("name", "characters" if is_unseen else "passkey_name"))
    return answer_form(render_template("accounts/passkey.html", form=form, one=one), form)


@blueprint.post("/<passkey_id>/remove")
def remove(passkey_id: str) -> ResponseReturnValue:
    """Remove a passkey, unless it is the last factor beside a password that can't stand alone."""
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    end_user = get_end_user()
    get_own(end_user.account_id, passkey_id)
    parts, now = services.current(), services.now()
    if not PlainForm().validate_on_submit():
        return redirect(url_for("passkeys.show"), 303)
    kinds = parts.factors.hold(end_user.account_id)
    is_last = not kinds.totp and len(parts.passkeys.list_by_account(end_user.account_id)) == 1
    if may_remove_one(end_user.account_id, is_last=is_last) and parts.passkeys.remove(
        end_user.account_id, passkey_id
    ):
        parts.audit.record("passkey.remove", account_id=end_user.account_id, now=now)
        flash(gettext("The passkey is removed. Delete it on the device, too."), "good")
        after_removal(end_user)
    return redirect(url_for("passkeys.show"), 303)


def get_own(account_id: str, passkey_id: str) -> Any:
    """Return the passkey's row; another's is not found, as one that never was."""
    rows = services.current().passkeys.list_by_account(account_id)
    found = next((row for row in rows if row.id == passkey_id), None)
    return not_found("passkey.edit", account_id) if found is None else found
