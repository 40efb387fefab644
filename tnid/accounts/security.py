"""Password and second factor, changed by a person who signed in within the last minutes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.models import EndUser
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.forms import PasswordForm, PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.safety import judge
from tnid.badges.state import state_of
from tnid.signin import known_device
from tnid.signin.assurance import LOA2, without_second_factor
from tnid.signin.enrolment import is_fresh, make_codes, sign_in_afresh
from tnid.signin.limits import CURRENT_PASSWORD_IN_SESSION, Bucket
from tnid.signin.screen import begin_local, go_to
from tnid.signin.session import change_trust, get_end_user

blueprint = declare(Blueprint("security", __name__, url_prefix="/account/security"), Guard.SIGNED_IN)

STATUS_OF_REASON = {"password_wrong": 403, "too_many": 429}


def find_obstacle(return_to: str | None = None) -> ResponseReturnValue | None:
    """Return the way to a fresh sign-in where this one is too old, or lacks the account's second factor.

    It comes back to `return_to`, a path of ours, or to the page that the form was on.
    """
    end_user = get_end_user()
    if may_change():
        return None
    is_enrolled = services.current().factors.is_enrolled(end_user.account_id)
    return sign_in_afresh(end_user, least_acr=LOA2 if is_enrolled else "", return_to=return_to)


def may_change() -> bool:
    """Say whether nothing stands in `find_obstacle`'s way: no form is shown whose sending needs more."""
    end_user = get_end_user()
    is_enrolled = services.current().factors.is_enrolled(end_user.account_id)
    return is_fresh(end_user) and (not is_enrolled or end_user.acr == LOA2)


@blueprint.route("", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Show what protects the account, and change the password."""
    end_user = get_end_user()
    form = PasswordForm()
    status = 200
    if form.validate_on_submit():
        obstacle = find_obstacle()
        if obstacle is not None:
            return obstacle
        refused = change_password(end_user, form)
        if refused is None:
            flash(gettext("The password is changed."), "good")
            return redirect(url_for("security.show"), 303)
        show_refusal(form, refused)
        status = STATUS_OF_REASON.get(refused.reason, 400)
    elif form.is_submitted():
        status = 400
    return show_security(end_user.account_id, form), status


def show_security(account_id: str, form: PasswordForm) -> str:
    parts = services.current()
    badge = parts.badges.find_current(account_id)
    return render_template(
        "accounts/security.html",
        badge=badge,
        badge_state=state_of(badge, services.now()) if badge else None,
        form=form,
        may_change=may_change(),
        safety=judge(account_id),
        passkeys=parts.passkeys.list_by_account(account_id),
        has_app=parts.factors.has_totp(account_id),
        codes_left=parts.factors.count_recovery_codes(account_id),
    )


@blueprint.get("/password")
def sign_in_for_password() -> ResponseReturnValue:
    """Ask for the sign-in that a new password needs before anything is typed, which would be lost."""
    return find_obstacle(url_for("security.show")) or redirect(url_for("security.show"), 303)


@blueprint.get("/protect")
def protect() -> ResponseReturnValue:
    """Ask which second factor to set up."""
    if services.current().factors.is_enrolled(get_end_user().account_id):
        return redirect(url_for("security.show"), 303)
    return render_template("accounts/protect.html")


def change_password(end_user: EndUser, form: Any) -> Refused | None:
    """Change the password; end the other sessions unless told not to, and every refresh token in any case."""
    parts, now = services.current(), services.now()
    account_id = end_user.account_id
    bucket = Bucket(CURRENT_PASSWORD_IN_SESSION, end_user.sid)
    seconds = parts.limits.seconds_shut((bucket,), now)
    if seconds:
        return Refused("", "too_many", seconds)
    refused = parts.accounts.change_password(account_id, form.current.data, form.new.data, now)
    if refused is not None:
        if refused.reason == "password_wrong":
            parts.limits.count((bucket,), now)
        return refused
    parts.mandate_endings.end_grants(account_id, now)
    parts.grants.revoke_by_account(account_id, now)
    parts.half_sign_ins.end_all(account_id, now)
    if form.end_others.data:
        parts.sessions.end_all(account_id, now, except_sid=end_user.sid)
    known_device.remember(parts.accounts.get(account_id))
    return None


@blueprint.post("/factor")
def begin_enrolment() -> ResponseReturnValue:
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    if services.current().factors.is_enrolled(get_end_user().account_id):
        return redirect(url_for("authenticator_app.set_up"), 303)
    return go_to("enrolment.enrol", begin_local(url_for("security.show")))


@blueprint.post("/factor/remove")
def remove_factor() -> ResponseReturnValue:
    """Remove the authenticator app. Without another factor this session falls back to one."""
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    parts, end_user, now = services.current(), get_end_user(), services.now()
    if not PlainForm().validate_on_submit():
        return redirect(url_for("security.show"), 303)
    kinds = parts.factors.hold(end_user.account_id)
    if not may_remove_one(end_user.account_id, is_last=not kinds.passkey):
        return redirect(url_for("security.show"), 303)
    if parts.factors.remove_totp(end_user.account_id):
        parts.audit.record("factor.remove", account_id=end_user.account_id, now=now)
        flash(gettext("The authenticator app is removed."), "good")
        after_removal(end_user)
    return redirect(url_for("security.show"), 303)


def may_remove_one(account_id: str, *, is_last: bool) -> bool:
    """Say whether a factor may go: not the last one beside a password too short to stand alone."""
    if is_last and services.current().accounts.get(account_id).factor_required:
        flash(gettext("Choose a password of at least 15 characters first."), "care")
        return False
    return True


def after_removal(end_user: EndUser) -> None:
    """Tell the person, and end the other sessions.

    With the last factor go the recovery codes, and what it gave this session.
    """
    parts, now = services.current(), services.now()
    parts.messages.announce(end_user.account_id, "factor_removed", now)
    parts.sessions.end_all(end_user.account_id, now, except_sid=end_user.sid)
    parts.qr_sign_ins.end_all(end_user.account_id, now)
    if parts.factors.is_enrolled(end_user.account_id):
        return
    parts.factors.remove_codes(end_user.account_id)
    change_trust(without_second_factor(end_user.amr))
    flash(gettext("Two-step authentication is off."), "care")


@blueprint.post("/codes")
def replace_codes() -> ResponseReturnValue:
    """Make new recovery codes; the old ones end."""
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    account_id = get_end_user().account_id
    if not services.current().factors.is_enrolled(account_id):
        return redirect(url_for("security.show"), 303)
    make_codes(account_id)
    services.current().messages.announce(account_id, "recovery_codes_replaced", services.now())
    return go_to("enrolment.codes", begin_local(url_for("security.show")))
