"""The screens of a sign-in. Each does one thing and goes to resume, which alone knows what comes next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import MESSAGES, show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.verification import LEAST_VERIFIED_LEVEL
from tnid.badges.terminals import takes_cards
from tnid.signin import second_factor, session, typed
from tnid.signin.assurance import PASSWORD, Assurance
from tnid.signin.forms import CodeForm, ContinueForm, LoginForm, RecoveryForm
from tnid.signin.password import SHUT_BY_OWNER, prove_password
from tnid.signin.screen import (
    PICKER,
    SIGN_IN,
    address,
    asking_app,
    begin_local,
    context_of,
    find_interaction,
    get_interaction,
    go_to,
    is_phone,
    may_be_elsewhere,
    resume,
    second_factor_screen,
)
from tnid.signin.second_factor import TOTP, Candidate, Method
from tnid.signin.worlds import is_sandbox

blueprint = declare(Blueprint("signin", __name__), Guard.PUBLIC)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """The password. Without an interaction it begins one that ends at the account page."""
    if not request.args.get("interaction"):
        return resume(begin_local("/account"))
    interaction = get_interaction()
    terminal = session.find_terminal()
    if terminal is not None and not terminal.allows_password:
        return go_to("terminal.choose", interaction)
    form = LoginForm()
    refused = None
    if form.validate_on_submit():
        proved = prove_password(form.username.data, form.password.data)
        if not isinstance(proved, Refused):
            return after_password(proved, interaction)
        if proved.reason == SHUT_BY_OWNER:
            return go_to("signin.shut", interaction)
        refused = proved
        show_refusal(form, refused)
    elif not form.is_submitted() and interaction.request is not None:
        form.username.data = interaction.request.login_hint[:128]
    typed.restore(form)
    return answer_form(show_login(interaction, form), form, refused)


def show_login(
    interaction: Interaction, form: LoginForm, *, unknown_passkey: dict[str, Any] | None = None
) -> str:
    """Return the sign-in page. What it asks of passkeys is the same whoever looks at it.

    `unknown_passkey`: what the device is told that just offered one which is nobody's.
    """
    passkeys = services.current().passkeys
    context = context_of(SIGN_IN, interaction.uid)
    return render_template(
        "signin/login.html",
        app=asking_app(interaction),
        form=form,
        uid=interaction.uid,
        register_url=address("registration.register", interaction),
        recover_url=address("recovery.begin", interaction),
        qr_url=address("qr_screen.begin", interaction) if offers_qr(interaction) else None,
        passkey_url=address("passkey.sign_in", interaction),
        passkey_options=passkeys.request_options(context, services.now()) if passkeys.are_possible else None,
        unknown_passkey=unknown_passkey,
        card_url=address("badge.enter", interaction) if takes_cards(interaction) else None,
    )


def offers_qr(interaction: Interaction) -> bool:
    return may_be_elsewhere(interaction) and not is_phone()


@blueprint.get("/login/shut")
def shut() -> ResponseReturnValue:
    """Say that an account which its owner shut is opened by recovery alone; names nobody."""
    interaction = find_interaction()
    recover_url = f"/recover?interaction={interaction.uid}" if interaction else "/recover"
    return render_template("signin/shut.html", app=asking_app(interaction), recover_url=recover_url)


def after_password(row: Any, interaction: Interaction | None) -> ResponseReturnValue:
    """Ask for the factor where there is one, or where the password is too short to stand alone."""
    parts = services.current()
    kinds = parts.factors.find_kinds(row.id)
    if any(kinds) or row.factor_required_at is not None:
        session.begin_half_sign_in(row.id)
        return go_to(second_factor_screen(kinds), interaction)
    sid = session.begin_session(row.id, PASSWORD, row)
    if interaction is not None:
        parts.interactions.mark_authenticated(interaction.uid, sid, services.now())
    return resume(interaction)


@blueprint.route("/mfa/totp", methods=["GET", "POST"])
def totp() -> ResponseReturnValue:
    return ask_for_code(second_factor.totp(), CodeForm(), "signin/totp.html", "wrong_code")


@blueprint.route("/mfa/recovery", methods=["GET", "POST"])
def recovery() -> ResponseReturnValue:
    return ask_for_code(
        second_factor.recovery_code(), RecoveryForm(), "signin/recovery.html", "wrong_recovery_code"
    )


def ask_for_code(method: Method, form: Any, template: str, wrong: str) -> ResponseReturnValue:
    """Ask whoever owes a second factor for one; everyone else goes on to resume."""
    interaction = get_interaction()
    candidate = second_factor.find_candidate()
    if candidate is None:
        return resume(interaction)
    kinds = services.current().factors.find_kinds(candidate.account_id)
    if not (kinds.totp or (kinds.passkey and method.event != TOTP)):
        # Whoever is signed in meanwhile, in another tab say, is perhaps asked for no second factor at all
        return resume(interaction) if candidate.end_user else go_to(second_factor_screen(kinds), interaction)
    if form.validate_on_submit():
        proved = second_factor.prove(candidate, method, form.code.data)
        if isinstance(proved, Assurance):
            second_factor.complete(candidate, proved, interaction)
            return resume(interaction)
        if proved.reason == "too_many_here":
            return after_lock(candidate, interaction)
        reason = wrong if proved.reason == "wrong_code" else "too_many_codes"
        show_refusal(form, Refused("code", reason))
    page = render_template(
        template,
        app=asking_app(interaction),
        form=form,
        recovery_url=address("signin.recovery", interaction),
        lost_url=address("lost_factor.recovery_code", interaction),
        totp_url=address("signin.totp", interaction) if kinds.totp else None,
        passkey_url=address("passkey.step_up", interaction) if kinds.passkey else None,
    )
    return answer_form(page, form)


def after_lock(candidate: Candidate, interaction: Interaction) -> ResponseReturnValue:
    """Too many wrong codes: what the password opened is shut, and it is asked for again."""
    if candidate.end_user is not None:
        session.end_here(candidate.end_user)
    flash(str(MESSAGES["too_many_here"]), "care")
    return resume(interaction)


@blueprint.route("/select-account", methods=["GET", "POST"])
def select_account() -> ResponseReturnValue:
    interaction = get_interaction()
    end_user = session.find_end_user()
    if end_user is None:
        return resume(interaction)
    form = ContinueForm()
    if form.validate_on_submit():
        if "other" in request.form:
            return go_to("signin.login", interaction)
        services.current().interactions.mark_selected(interaction.uid, end_user.sid)
        return resume(interaction)
    person = services.current().accounts.get(end_user.account_id)
    return render_template(
        "signin/select_account.html", app=asking_app(interaction), form=form, person=person
    )


@blueprint.route("/requirement", methods=["GET", "POST"])
def requirement() -> ResponseReturnValue:
    """The account's identity was not checked enough for this application: the ways on, and the way back."""
    interaction = get_interaction()
    form = ContinueForm()
    if form.validate_on_submit():
        services.current().interactions.deny(interaction.uid, services.now())
        return resume(interaction)
    return render_template(
        "signin/requirement.html",
        app=asking_app(interaction),
        form=form,
        identity_url=address("identity.show", interaction) if can_confirm_online(interaction) else None,
        picker_url=address(PICKER, interaction) if is_sandbox() else None,
    )


def can_confirm_online(interaction: Interaction) -> bool:
    """Say whether the level that the application needs is one that people reach by themselves."""
    parts, end_user = services.current(), session.find_end_user()
    client = parts.clients.find(interaction.request.client_id) if interaction.request else None
    if client is None or end_user is None:
        return False
    return end_user.identity_level < client.least_identity_level <= LEAST_VERIFIED_LEVEL
