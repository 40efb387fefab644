"""Setting up the authenticator app, and the recovery codes that are shown once."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from oidc.models import EndUser, Interaction
from tnid import services
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account
from tnid.signin import kept, second_factor, session, totp
from tnid.signin.assurance import LOA2, is_remote
from tnid.signin.forms import CodeForm, ContinueForm
from tnid.signin.limits import SECOND_FACTOR, Bucket
from tnid.signin.screen import (
    address,
    asking_app,
    find_interaction,
    get_interaction,
    go_to,
    resume,
    second_factor_screen,
)
from tnid.signin.second_factor import Candidate

blueprint = declare(Blueprint("enrolment", __name__, url_prefix="/mfa"), Guard.PUBLIC)


@blueprint.route("/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Set up the first second factor: show a new key; a code made with it turns the factor on."""
    interaction = get_interaction()
    candidate = second_factor.find_candidate()
    if candidate is None:
        return resume(interaction)
    if session.find_terminal() is not None:
        # Everybody's screen, whoever is half signed in there
        return go_to("terminal.choose", interaction)
    kinds = services.current().factors.find_kinds(candidate.account_id)
    if any(kinds):
        return go_to(second_factor_screen(kinds), interaction)
    if candidate.end_user is not None and not is_fresh(candidate.end_user):
        return sign_in_afresh(candidate.end_user)
    account = services.current().accounts.get(candidate.account_id)
    secret = find_or_make_secret(account.id)
    form = CodeForm()
    if form.validate_on_submit():
        refused = turn_on(candidate, secret, form.code.data, interaction)
        if refused is None:
            return go_to("enrolment.codes", interaction)
        show_refusal(form, refused)
    return show_enrolment(candidate, account, secret, form, interaction)


def show_enrolment(
    candidate: Candidate, account: Account, secret: str, form: CodeForm, interaction: Interaction
) -> ResponseReturnValue:
    """Show the key. `skip_url` is where "not now" leads, None where `need` says why there is no such way."""
    page = render_template(
        "signin/enrol.html",
        app=asking_app(interaction),
        form=form,
        qr_svg=totp.qr_svg(secret, account.username),
        secret_text=totp.grouped(secret),
        otpauth_uri=totp.provisioning_uri(secret, account.username),
        account_label=account.username,
        passkey_url=address("passkey.enrol", interaction),
        skip_url=find_skip_url(candidate, interaction),
        put_off_url=find_put_off_url(candidate, interaction),
        need=find_need(candidate, interaction),
    )
    return answer_form(page, form)


@blueprint.post("/put-off")
def put_off() -> ResponseReturnValue:
    """Go on without a second factor where the application wished for one and no more.

    OpenID Connect Core §5.5.1.1: acr_values is voluntary, and what can't be met is answered by what was done.
    """
    interaction, candidate = get_interaction(), second_factor.find_candidate()
    parts = services.current()
    has_factor = candidate is not None and any(parts.factors.find_kinds(candidate.account_id))
    if candidate and interaction.request and not has_factor and may_skip(candidate, interaction):
        parts.interactions.ask_otherwise(interaction, replace(interaction.request, wanted_acr=""))
    return resume(interaction)


def find_need(candidate: Candidate, interaction: Interaction) -> str | None:
    """Return what needs the second factor: "password" (too short), "application", "page"; None for nothing.

    Half a sign-in that comes as far as here is of a password that can't stand alone.
    """
    if may_skip(candidate, interaction):
        return None
    if candidate.end_user is None:
        return "password"
    return "page" if interaction.request is None else "application"


def find_skip_url(candidate: Candidate, interaction: Interaction) -> str | None:
    """Return where "not now" leads, None where it is no mere link."""
    may_go = may_skip(candidate, interaction) and not is_wished_for(interaction)
    return f"/resume/{interaction.uid}" if may_go else None


def find_put_off_url(candidate: Candidate, interaction: Interaction) -> str | None:
    """Return where "not now" is sent to, None where that would leave no wish unmet."""
    may_go = may_skip(candidate, interaction) and is_wished_for(interaction)
    return address("enrolment.put_off", interaction) if may_go else None


def is_wished_for(interaction: Interaction) -> bool:
    return interaction.request is not None and interaction.request.wanted_acr == LOA2


def may_skip(candidate: Candidate, interaction: Interaction) -> bool:
    """Say whether "not now" leads anywhere: not for a password too short, nor where two factors are asked."""
    if candidate.end_user is None:
        return False
    if interaction.request is None:
        return interaction.least_acr != LOA2
    asked, client = interaction.request, services.current().clients.find(interaction.request.client_id)
    return LOA2 not in (asked.essential_acr, asked.resource_acr, client.least_acr if client else "")


def is_fresh(end_user: EndUser) -> bool:
    """Say whether the sign-in is so recent that factors may be changed, and was made at this browser.

    Never at a terminal, which is everybody's.
    """
    if is_remote(end_user.amr) or session.find_terminal() is not None:
        return False
    return services.now() - end_user.auth_time <= services.current().settings.fresh_sign_in_seconds


def sign_in_afresh(end_user: EndUser, *, least_acr: str = "", return_to: str | None = None) -> Response:
    """Begin a sign-in after which `is_fresh` holds: at this browser, however recent one elsewhere was."""
    fresh = 0 if is_remote(end_user.amr) else services.current().settings.fresh_sign_in_seconds
    return send_to_sign_in(max_age=fresh, least_acr=least_acr, return_to=return_to)


def find_or_make_secret(account_id: str) -> str:
    """Return the key shown before, so that a wrong code or a reload doesn't change it."""
    found = kept.find(kept.ENROLMENT, account_id)
    if found is not None:
        return found[0]
    secret = totp.new_secret()
    kept.keep(kept.ENROLMENT, account_id, [secret])
    return secret


def turn_on(candidate: Candidate, secret: str, code: str, interaction: Interaction) -> Refused | None:
    """Store the key if the code was made with it, and sign in with both factors."""
    parts, now = services.current(), services.now()
    digits = totp.normalise(code)
    step = None if digits is None else totp.find_step(secret, digits, now)
    if step is None:
        return Refused("code", "wrong_code")
    if not parts.factors.enrol(candidate.account_id, secret, step, now):
        return Refused("code", "wrong_code")  # another tab was faster with another key
    kept.drop(kept.ENROLMENT)
    parts.limits.forget(Bucket(SECOND_FACTOR, candidate.account_id))
    parts.audit.record("factor.add", account_id=candidate.account_id, now=now)
    parts.messages.announce(candidate.account_id, "factor_added", now)
    if not parts.factors.count_recovery_codes(candidate.account_id):
        # Whoever was at a counter has them in an envelope
        make_codes(candidate.account_id)
    second_factor.complete(candidate, candidate.with_factor("otp"), interaction)
    return None


def make_codes(account_id: str) -> None:
    """Make new recovery codes and keep them for the page that shows them."""
    parts, now = services.current(), services.now()
    kept.keep(kept.CODES, account_id, parts.factors.replace_recovery_codes(account_id, now))
    parts.audit.record("recovery_codes.replace", account_id=account_id, now=now)


@blueprint.route("/codes", methods=["GET", "POST"])
def codes() -> ResponseReturnValue:
    """Show the recovery codes until the person says that they are kept."""
    interaction = find_interaction()
    end_user = session.find_end_user()
    found = kept.find(kept.CODES, end_user.account_id) if end_user is not None else None
    form = ContinueForm()
    if found is None or form.validate_on_submit():
        kept.drop(kept.CODES)
        return resume(interaction)
    account = services.current().accounts.get(end_user.account_id) if end_user else None
    return render_template(
        "signin/recovery_codes.html",
        app=asking_app(interaction),
        form=form,
        codes=found,
        account_label=account.username if account else "",
        made_at=services.now(),
    )
