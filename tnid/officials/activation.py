"""At home: the code of a slip is typed, and its person chooses how to sign in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.officials.activations import RECOVER
from tnid.officials.forms import ActivationForm, CredentialsForm, NewPasswordForm
from tnid.signin import kept, known_device, session
from tnid.signin.assurance import PASSWORD
from tnid.signin.limits import ACTIVATION_FROM_NETWORK, Bucket, network_of
from tnid.signin.screen import begin_local, go_to

blueprint = declare(Blueprint("activation", __name__, url_prefix="/activate"), Guard.PUBLIC)

KEPT = "activation"
NOBODY = ""


@blueprint.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Take the code. Every code that does nothing gets the same answer for the same work."""
    form = ActivationForm()
    refused = None
    if form.validate_on_submit():
        refused = take_code(form.activation_code.data)
        if refused is None:
            return redirect(url_for("activation.choose"), 303)
        show_refusal(form, refused)
    return answer_form(render_template("officials/activate.html", form=form), form, refused)


def take_code(typed: str) -> Refused | None:
    """Keep a code that works in this browser, until its person has chosen; it isn't spent yet."""
    parts, now = services.current(), services.now()
    bucket = Bucket(ACTIVATION_FROM_NETWORK, network_of(request.remote_addr or ""))
    seconds = parts.limits.seconds_shut((bucket,), now)
    if seconds:
        parts.audit.record("activation.enter", outcome="refused", reason="too_many", now=now)
        return Refused("", "too_many_user_codes", seconds)
    code_hash = parts.counter.activations.hash(typed)
    if parts.counter.activations.find(code_hash, now) is None:
        parts.limits.count((bucket,), now)
        parts.audit.record("activation.enter", outcome="refused", reason="wrong_code", now=now)
        return Refused("activation_code", "wrong_activation_code")
    kept.keep(KEPT, NOBODY, [code_hash])
    return None


@blueprint.route("/account", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Have the person choose; then the code is spent, and they are signed in as far as that goes."""
    parts, now = services.current(), services.now()
    code_hash = (kept.find(KEPT, NOBODY) or [""])[0]
    activation = parts.counter.activations.find(code_hash, now) if code_hash else None
    if activation is None:
        kept.drop(KEPT)
        return redirect(url_for("activation.enter"), 303)
    is_recovery = activation.purpose == RECOVER
    form: Any = NewPasswordForm() if is_recovery else CredentialsForm()
    if form.validate_on_submit():
        username = None if is_recovery else form.username.data
        done = parts.counter.handover.complete(code_hash, username, form.password.data, now)
        if isinstance(done, Account):
            if not is_recovery:
                # Until now it spoke as the official's screen did
                parts.accounts.change_locale(done.id, web.current_locale())
            return let_in(done)
        show_refusal(form, done)
    page = render_template(
        "officials/choose.html",
        form=form,
        is_recovery=is_recovery,
        account=parts.accounts.get(activation.account_id),
    )
    return answer_form(page, form)


def let_in(account: Account) -> ResponseReturnValue:
    """Sign the person in as far as the password alone may, and go on to the second factor."""
    kept.drop(KEPT)
    interaction = begin_local("/account")
    known_device.remember(account)
    if account.factor_required:
        session.begin_half_sign_in(account.id)
    else:
        sid = session.begin_session(account.id, PASSWORD)
        services.current().interactions.mark_authenticated(interaction.uid, sid, services.now())
    return go_to("enrolment.enrol", interaction)
