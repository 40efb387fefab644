"""/recover: from a name to a new password, one question a page.

The address holds an id without meaning; what was proved lies with us, and belongs to one browser.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from tnid import errors, services, web
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import MESSAGES, show_refusal
from tnid.accounts.refusal import Refused
from tnid.messages.contacts import CHANNELS
from tnid.recovery.allowances import find_device, take_begin
from tnid.recovery.forms import (
    AppCodeForm,
    MessageCodeForm,
    NameForm,
    NewPasswordForm,
    PlainForm,
    RecoveryCodeForm,
)
from tnid.recovery.service import APP, PASSKEY, RECOVERY_CODE, Recovery, Verify
from tnid.recovery.ways import Way
from tnid.signin import typed
from tnid.signin.forms import PasskeyForm
from tnid.signin.limits import (
    PASSWORD,
    PASSWORD_AT_PLACE,
    SECOND_FACTOR,
    Bucket,
    network_of,
)
from tnid.signin.limits import RECOVERY_CODE as RECOVERY_CODES
from tnid.signin.passkeys import Used
from tnid.signin.screen import address, context_of, find_interaction
from tnid.signin.session import find_terminal

blueprint = declare(Blueprint("recovery", __name__, url_prefix="/recover"), Guard.PUBLIC)


# NIST SP 800-63B-4 section 3.2.2: guesses at one thing are counted together, wherever they are made
LIMITS = {APP: (SECOND_FACTOR,), RECOVERY_CODE: (RECOVERY_CODES,)}


class RecoveryOver(Exception):
    """The recovery that the address names is unknown, another's, used or too old."""


@blueprint.errorhandler(RecoveryOver)
def answer_over(_error: RecoveryOver) -> Response:
    errors.record_refusal("recovery.refuse", "not_found")
    return errors.error_page("recovery_over", 400)


@blueprint.route("", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """Ask whose account it is. What comes next is the same for every name."""
    interaction, form, refused = find_interaction(), NameForm(), None
    if find_terminal() is not None:
        # It goes on for long, on pages that no idle end clears, and the next person would finish it
        return redirect(address("terminal.choose", interaction), 303)
    if form.validate_on_submit():
        device = find_device(form.name.data)
        refused = take_begin(device)
        if refused is None:
            parts, uid = services.current().recovery, interaction.uid if interaction else None
            recovery_id = parts.recoveries.begin(
                form.name.data, web.browser_id(), uid, services.now(), device=device
            )
            return go_to("code", recovery_id)
        show_refusal(form, refused)
    typed.restore(form)
    login_url = address("signin.login", interaction)
    return answer_form(render_template("recovery/begin.html", form=form, login_url=login_url), form, refused)


def go_to(page: str, recovery_id: str) -> Response:
    return redirect(url_for(f"recovery.{page}", recovery_id=recovery_id), 303)


def get_recovery(recovery_id: str) -> Recovery:
    """Return this browser's open recovery; raises RecoveryOver."""
    found = services.current().recovery.recoveries.find(recovery_id, web.browser_id(), services.now())
    if found is None:
        raise RecoveryOver
    return found


def go_on(recovery: Recovery) -> Response:
    """Go to the page that is next, by what was proved so far."""
    return go_to(find_page(recovery), recovery.id)


def find_page(recovery: Recovery) -> str:
    if not recovery.is_message_proved:
        return "code"
    recoveries = services.current().recovery.recoveries
    if recoveries.find_way(recovery) is Way.NEW_PASSWORD:
        return "password"
    return "proof" if recoveries.find_standing(recovery.account).has_factor else "nothing"


@blueprint.route("/<recovery_id>/code", methods=["GET", "POST"])
def code(recovery_id: str) -> ResponseReturnValue:
    """Ask for the code that was sent, if there was anybody to send it to."""
    recovery = get_recovery(recovery_id)
    if recovery.is_message_proved:
        return go_on(recovery)
    form = MessageCodeForm()
    if form.validate_on_submit():
        refused = services.current().recovery.recoveries.prove_message(
            recovery, form.code.data, services.now()
        )
        if refused is None:
            return go_on(get_recovery(recovery_id))
        if refused.reason == "recovery_over":
            return begin_again()
        show_refusal(form, refused)
    return answer_form(render_template("recovery/code.html", form=form, recovery_id=recovery_id), form)


@blueprint.post("/<recovery_id>/send")
def send(recovery_id: str) -> ResponseReturnValue:
    """Send another code, by text message or e-mail as asked; say the same whether one was sent or not."""
    recovery = get_recovery(recovery_id)
    refused = take_begin(recovery.row.device)
    if refused is not None:
        return errors.error_page(
            "too_many_recoveries", 429, retry_after_seconds=max(1, refused.retry_after_seconds)
        )
    channel = request.form.get("to", "")
    if channel in CHANNELS and not recovery.is_message_proved:
        services.current().recovery.recoveries.send_code(recovery, channel, services.now())
        flash(gettext("If there is such an account, another code is on its way."), "good")
    return go_on(recovery)


def begin_again() -> Response:
    flash(str(MESSAGES["recovery_over"]), "care")
    return redirect(url_for("recovery.begin"), 303)


@blueprint.get("/<recovery_id>/proof")
def proof(recovery_id: str) -> ResponseReturnValue:
    """Ask what else the person can show, of what the account has."""
    recovery = get_recovery(recovery_id)
    if find_page(recovery) != "proof":
        return go_on(recovery)
    standing = services.current().recovery.recoveries.find_standing(recovery.account)
    return render_template("recovery/proof.html", standing=standing, recovery_id=recovery_id)


@blueprint.route("/<recovery_id>/app", methods=["GET", "POST"])
def app(recovery_id: str) -> ResponseReturnValue:
    verify = services.current().factors.verify_totp
    return ask_for_second(recovery_id, AppCodeForm(), APP, verify, "wrong_code")


@blueprint.route("/<recovery_id>/recovery-code", methods=["GET", "POST"])
def recovery_code(recovery_id: str) -> ResponseReturnValue:
    verify = services.current().factors.consume_recovery_code
    return ask_for_second(recovery_id, RecoveryCodeForm(), RECOVERY_CODE, verify, "wrong_recovery_code")


@blueprint.route("/<recovery_id>/passkey", methods=["GET", "POST"])
def passkey(recovery_id: str) -> ResponseReturnValue:
    """Ask for a passkey beside the message's code; the device must know who unlocks it."""
    recovery = get_recovery(recovery_id)
    if find_page(recovery) != "proof":
        return go_on(recovery)
    parts, account_id = services.current(), recovery.account.id
    context = context_of("recover", recovery_id, account_id)

    def verify(_account_id: str, credential: str, now: int) -> bool:
        used = parts.passkeys.use(credential, context, now, account_id=account_id)
        return isinstance(used, Used) and used.user_verified

    form = PasskeyForm()
    if form.validate_on_submit():
        refused = prove_second(recovery, PASSKEY, verify, form.credential.data)
        if refused is None:
            return go_on(get_recovery(recovery_id))
        if refused.reason == "recovery_over":
            return begin_again()
        show_refusal(form, Refused("", "passkey_refused"))
    options = parts.passkeys.request_options(context, services.now(), account_id=account_id)
    page = render_template(
        "recovery/passkey.html", form=form, recovery_id=recovery_id, action=request.path, options=options
    )
    return answer_form(page, form)


def ask_for_second(
    recovery_id: str, form: Any, method: str, verify: Verify, wrong: str
) -> ResponseReturnValue:
    """Ask for a code of the account's second factor, beside the message's."""
    recovery = get_recovery(recovery_id)
    if find_page(recovery) != "proof":
        return go_on(recovery)
    if form.validate_on_submit():
        refused = prove_second(recovery, method, verify, form.code.data)
        if refused is None:
            return go_on(get_recovery(recovery_id))
        if refused.reason == "recovery_over":
            return begin_again()
        show_refusal(form, Refused("code", "too_many_codes" if refused.reason == "too_many" else wrong))
    page = render_template(f"recovery/{method}.html", form=form, recovery_id=recovery_id)
    return answer_form(page, form)


def prove_second(recovery: Recovery, method: str, verify: Verify, typed: str) -> Refused | None:
    """Count the guess with those of ordinary sign-ins, then look at it."""
    parts, now = services.current(), services.now()
    account_id = recovery.account.id
    buckets = tuple(Bucket(limit, account_id) for limit in LIMITS.get(method, ()))
    if not all(parts.limits.take(bucket, now) for bucket in buckets):
        parts.audit.record(
            "recovery.second", outcome="refused", reason="too_many", account_id=account_id, now=now
        )
        return Refused("code", "too_many")
    refused = parts.recovery.recoveries.prove_second(recovery, method, verify, typed, now)
    if refused is None:
        for bucket in buckets:
            parts.limits.forget(bucket)
    return refused


@blueprint.route("/<recovery_id>/nothing", methods=["GET", "POST"])
def nothing(recovery_id: str) -> ResponseReturnValue:
    """Say what is left where nothing else can be shown: to wait, or the counter."""
    recovery = get_recovery(recovery_id)
    if find_page(recovery) not in ("proof", "nothing"):
        return go_on(recovery)
    parts, now = services.current().recovery, services.now()
    if parts.recoveries.find_way(recovery) is Way.COUNTER:
        return render_template("recovery/counter.html", proof_url=proof_url_of(recovery))
    wait = parts.waits.find_open(recovery.account.id, now)
    form = PlainForm()
    if wait is None and form.validate_on_submit():
        parts.recoveries.begin_wait(recovery, now)
        return go_to("nothing", recovery_id)
    return render_template(
        "recovery/wait.html",
        form=form,
        wait=wait,
        hours=services.current().settings.recovery_wait_seconds // 3600,
        back_url=proof_url_of(recovery),
        again_url=url_for("recovery.begin"),
    )


def proof_url_of(recovery: Recovery) -> str | None:
    """Return the page to go back to where there is something else that might be shown."""
    has_factor = services.current().recovery.recoveries.find_standing(recovery.account).has_factor
    return url_for("recovery.proof", recovery_id=recovery.id) if has_factor else None


@blueprint.route("/<recovery_id>/password", methods=["GET", "POST"])
def password(recovery_id: str) -> ResponseReturnValue:
    """Ask for the new password; what is needed for it is looked at again when it comes."""
    recovery = get_recovery(recovery_id)
    form = NewPasswordForm()
    if form.validate_on_submit():
        refused = services.current().recovery.completion.set_password(
            recovery, form.new.data, services.now(), is_app_lost=bool(form.app_lost.data)
        )
        if refused is None:
            forgive_guesses(recovery.account.id)
            helped = "1" if has_helpers(recovery.account.id) else None
            uid = recovery.row.interaction_uid
            return redirect(url_for("recovery.done", interaction=uid, helped=helped), 303)
        if refused.reason == "recovery_over":
            return errors.error_page("recovery_over", 400)
        show_refusal(form, refused)
    elif find_page(recovery) != "password":
        return go_on(recovery)
    page = render_template(
        "recovery/password.html",
        form=form,
        username=recovery.account.username,
        asks_for_app=recovery.row.second_method == RECOVERY_CODE,
    )
    return answer_form(page, form)


def forgive_guesses(account_id: str) -> None:
    """Open the sign-in again that a stranger's guesses at the old password had shut here."""
    limits, network = services.current().limits, network_of(request.remote_addr or "")
    limits.forget(Bucket(PASSWORD, f"account:{account_id}"))
    limits.forget(Bucket(PASSWORD_AT_PLACE, f"account:{account_id} network:{network}"))


def has_helpers(account_id: str) -> bool:
    given = services.current().mandates.list_given(account_id, services.now())
    return any(held.row.accepted_at is not None for held in given)


@blueprint.get("/done")
def done() -> ResponseReturnValue:
    """Say that the password is set; the next step is an ordinary sign-in. Who helps may still do so."""
    login_url = address("signin.login", find_interaction())
    return render_template("recovery/done.html", login_url=login_url, is_helped="helped" in request.args)


@blueprint.get("/help")
def counter() -> ResponseReturnValue:
    """Say what to do with nothing left."""
    return render_template("recovery/counter.html", proof_url=None)
