"""The authenticator app beside other factors: set up, or moved to a new phone without a gap."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.signin import kept, totp
from tnid.signin.enrolment import find_or_make_secret
from tnid.signin.forms import CodeForm
from tnid.signin.limits import SECOND_FACTOR, Bucket
from tnid.signin.screen import begin_local, go_to
from tnid.signin.session import get_end_user

blueprint = declare(
    Blueprint("authenticator_app", __name__, url_prefix="/account/security/app"), Guard.SIGNED_IN
)


@blueprint.route("", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    """Show a new key; a code made with it puts it in the old one's place, which worked until then."""
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    end_user, parts = get_end_user(), services.current()
    if not parts.factors.is_enrolled(end_user.account_id):
        return go_to("enrolment.enrol", begin_local(url_for("security.show")))
    seal = parts.factors.find_totp_seal(end_user.account_id)
    account = parts.accounts.get(end_user.account_id)
    secret = find_or_make_secret(account.id)
    form = CodeForm()
    if form.validate_on_submit():
        refused = take(account.id, end_user.sid, secret, form.code.data, seal)
        if refused is None:
            flash(done_text(is_new=seal is None), "good")
            return redirect(url_for("security.show"), 303)
        show_refusal(form, refused)
    page = render_template(
        "accounts/authenticator_app.html",
        form=form,
        is_new=seal is None,
        qr_svg=totp.qr_svg(secret, account.username),
        secret_text=totp.grouped(secret),
        otpauth_uri=totp.provisioning_uri(secret, account.username),
        account_label=account.username,
    )
    return answer_form(page, form)


def done_text(*, is_new: bool) -> str:
    if is_new:
        return str(gettext("The authenticator app is set up."))
    return str(gettext("The authenticator app is set up. Codes of the old one no longer work."))


def take(account_id: str, sid: str, secret: str, code: str, seal: bytes | None) -> Refused | None:
    """Store the key if the code was made with it. With an old phone's key end the sessions elsewhere."""
    parts, now = services.current(), services.now()
    digits = totp.normalise(code)
    step = None if digits is None else totp.find_step(secret, digits, now)
    if step is None:
        return Refused("code", "wrong_code")
    is_done = (
        parts.factors.enrol(account_id, secret, step, now)
        if seal is None
        else parts.factors.replace_totp(account_id, seal, secret, step, now)
    )
    if not is_done:
        return Refused("code", "wrong_code")  # another tab was faster with another key
    kept.drop(kept.ENROLMENT)
    parts.limits.forget(Bucket(SECOND_FACTOR, account_id))
    parts.audit.record("factor.add" if seal is None else "factor.replace", account_id=account_id, now=now)
    if seal is not None:
        parts.sessions.end_all(account_id, now, except_sid=sid)
        parts.qr_sign_ins.end_all(account_id, now)
    parts.messages.announce(account_id, "factor_added" if seal is None else "factor_replaced", now)
    return None
