"""/recover/factor: the password is known and the second factor is lost.

Whoever comes here is half signed in: the password was right within the last ten minutes.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import errors, services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.recovery import waits as waiting
from tnid.recovery.forms import PlainForm, RecoveryCodeForm
from tnid.recovery.ways import Shown, Way, find_way
from tnid.signin import second_factor, session
from tnid.signin.screen import address, asking_app, get_interaction, go_to, resume
from tnid.signin.second_factor import Candidate

blueprint = declare(Blueprint("lost_factor", __name__, url_prefix="/recover/factor"), Guard.PUBLIC)


def find_half_signed_in(interaction: Interaction) -> Candidate | ResponseReturnValue:
    """Return who proved the password just now, or the way to do so."""
    candidate = second_factor.find_candidate()
    if candidate is None:
        return resume(interaction)
    if candidate.half_id is None:
        # A session may have been left open by its owner: the password is asked for first
        return go_to("signin.login", interaction)
    if not services.current().factors.is_enrolled(candidate.account_id):
        return go_to("enrolment.enrol", interaction)
    return candidate


@blueprint.route("", methods=["GET", "POST"])
def recovery_code() -> ResponseReturnValue:
    """Ask for a recovery code: with it and the password a new factor is set up at once."""
    interaction = get_interaction()
    candidate = find_half_signed_in(interaction)
    if not isinstance(candidate, Candidate):
        return candidate
    form = RecoveryCodeForm()
    if form.validate_on_submit():
        proved = second_factor.prove(candidate, second_factor.recovery_code(), form.code.data)
        if not isinstance(proved, Refused):
            return set_up_another(candidate, interaction)
        if proved.reason == "too_many_here":
            return resume(interaction)
        reason = "wrong_recovery_code" if proved.reason == "wrong_code" else "too_many_codes"
        show_refusal(form, Refused("code", reason))
    page = render_template(
        "recovery/lost_factor.html",
        app=asking_app(interaction),
        form=form,
        none_url=address("lost_factor.nothing", interaction),
        totp_url=address("signin.totp", interaction),
    )
    return answer_form(page, form)


@blueprint.route("/nothing", methods=["GET", "POST"])
def nothing() -> ResponseReturnValue:
    """Say what is left without recovery codes: to wait, to go on when that is over, or the counter."""
    interaction = get_interaction()
    candidate = find_half_signed_in(interaction)
    if not isinstance(candidate, Candidate):
        return candidate
    parts, now = services.current().recovery, services.now()
    wait = parts.waits.find_open(candidate.account_id, now)
    standing = parts.recoveries.get_standing(candidate.account_id)
    way = find_way(
        Shown(password=True), has_factor=standing.has_factor, identity_level=standing.identity_level
    )
    back_url = address("lost_factor.recovery_code", interaction)
    if way is not Way.WAIT or not standing.can_be_warned:
        return render_template("recovery/counter.html", proof_url=back_url)
    form = PlainForm()
    if form.validate_on_submit():
        return begin_or_end(candidate, wait, interaction)
    return show_wait(form, wait, back_url)


def show_wait(form: PlainForm, wait: Any, back_url: str) -> ResponseReturnValue:
    is_usable = wait is not None and wait.shown == waiting.PASSWORD
    return render_template(
        "recovery/wait.html",
        form=form,
        wait=wait,
        is_ready=is_usable and waiting.is_ready(wait, services.now()),
        hours=services.current().settings.recovery_wait_seconds // 3600,
        back_url=back_url,
        again_url=url_for("signin.login"),
    )


def begin_or_end(candidate: Candidate, wait: Any, interaction: Interaction) -> ResponseReturnValue:
    """Begin the wait, or use the one that is over."""
    parts, now = services.current().recovery, services.now()
    if wait is None:
        parts.waits.begin(candidate.account_id, waiting.PASSWORD, now)
        return go_to("lost_factor.nothing", interaction)
    return set_up_another(candidate, interaction, wait)


def set_up_another(candidate: Candidate, interaction: Interaction, wait: Any = None) -> ResponseReturnValue:
    """Remove what was lost, and go on to a new factor with the password that was just proved."""
    if not services.current().recovery.completion.remove_lost_factor(
        candidate.account_id, services.now(), wait=wait
    ):
        return errors.error_page("recovery_over", 400)
    session.begin_half_sign_in(candidate.account_id)
    return go_to("enrolment.enrol", interaction)
