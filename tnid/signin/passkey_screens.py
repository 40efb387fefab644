"""Passkeys on the way of a sign-in: instead of the password, beside it, and as the first second factor."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.browsers import describe_browser
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.signin import second_factor, session
from tnid.signin.assurance import Assurance, by_passkey, key_methods
from tnid.signin.enrolment import find_need, find_skip_url, is_fresh, make_codes, sign_in_afresh
from tnid.signin.forms import LoginForm, PasskeyForm
from tnid.signin.passkeys import COPIED, Added, Distrusted, Unknown, Used
from tnid.signin.password import SHUT_BY_OWNER
from tnid.signin.screen import (
    CREATE,
    SIGN_IN,
    STEP_UP,
    address,
    asking_app,
    context_of,
    get_interaction,
    go_to,
    resume,
    second_factor_screen,
)
from tnid.signin.views import after_lock, show_login

blueprint = declare(Blueprint("passkey", __name__), Guard.PUBLIC)

EVENT = second_factor.PASSKEY

# Instead of the password


@blueprint.route("/login/passkey", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in with a passkey alone: the device and what unlocks it are two factors."""
    interaction = get_interaction()
    form = PasskeyForm()
    if not form.validate_on_submit():
        return go_to("signin.login", interaction)
    parts, now = services.current(), services.now()
    used = parts.passkeys.use(form.credential.data, context_of(SIGN_IN, interaction.uid), now)
    if isinstance(used, Refused):
        record_refusal(used)
        login_form = LoginForm(formdata=None)
        show_refusal(login_form, words_for(used))
        unknown = parts.passkeys.unknown_credential(used) if isinstance(used, Unknown) else None
        return show_login(interaction, login_form, unknown_passkey=unknown), 400
    return after_passkey(used, interaction)


def after_passkey(used: Used, interaction: Interaction) -> ResponseReturnValue:
    """Sign the person in, unless the account's owner shut it: recovery alone opens it then."""
    parts, account_id = services.current(), used.account_id
    account = parts.accounts.get(account_id)
    if account.shut_by_owner_at is not None:
        record_refusal(Distrusted("", SHUT_BY_OWNER, account_id=account_id))
        return go_to("signin.shut", interaction)
    parts.audit.record(EVENT, account_id=account_id, now=services.now())
    sid = session.begin_session(account_id, by_passkey(may_sync=used.may_sync), account)
    parts.interactions.mark_authenticated(interaction.uid, sid, services.now())
    return resume(interaction)


def record_refusal(refused: Refused) -> None:
    parts, now = services.current(), services.now()
    account_id = refused.account_id if isinstance(refused, Distrusted) else None
    parts.audit.record(EVENT, outcome="refused", reason=refused.reason, account_id=account_id, now=now)
    if account_id is not None and refused.reason == COPIED:
        parts.messages.announce(account_id, "passkey_copied", now)


def words_for(refused: Refused) -> Refused:
    """Return what the person is told; what exactly was wrong helps only whoever tries things out."""
    told = refused.reason in ("passkey_taken", "too_many_passkeys", "too_many_here")
    return refused if told else Refused("", "passkey_refused")


# Beside the password


@blueprint.route("/mfa/passkey", methods=["GET", "POST"])
def step_up() -> ResponseReturnValue:
    """Ask whoever owes a second factor for a passkey; everyone else goes on to resume."""
    interaction = get_interaction()
    candidate = second_factor.find_candidate()
    if candidate is None:
        return resume(interaction)
    kinds = services.current().factors.find_kinds(candidate.account_id)
    if not kinds.passkey:
        return go_to(second_factor_screen(kinds), interaction)
    form = PasskeyForm()
    context = context_of(STEP_UP, interaction.uid, candidate.account_id)
    if form.validate_on_submit():
        proved = second_factor.prove(candidate, second_factor.passkey(context), form.credential.data)
        if isinstance(proved, Assurance):
            second_factor.complete(candidate, proved, interaction)
            return resume(interaction)
        if proved.reason == "too_many_here":
            return after_lock(candidate, interaction)
        if proved.reason == COPIED:
            services.current().messages.announce(candidate.account_id, "passkey_copied", services.now())
        show_refusal(form, words_for(proved))
    page = render_template(
        "signin/passkey.html",
        app=asking_app(interaction),
        form=form,
        action=address("passkey.step_up", interaction),
        options=services.current().passkeys.request_options(
            context, services.now(), account_id=candidate.account_id
        ),
        totp_url=address("signin.totp", interaction) if kinds.totp else None,
        recovery_url=address("signin.recovery", interaction),
        lost_url=address("lost_factor.recovery_code", interaction),
    )
    return answer_form(page, form)


# As the first factor


@blueprint.route("/mfa/enrol/passkey", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Make a passkey, for somebody who has no second factor yet; it turns two-step authentication on."""
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
    context = context_of(CREATE, interaction.uid, candidate.account_id)
    form = PasskeyForm()
    if form.validate_on_submit():
        added = add(candidate.account_id, form.credential.data, context)
        if not isinstance(added, Refused):
            make_codes(candidate.account_id)
            second_factor.complete(
                candidate, candidate.with_factor(*key_methods(added.may_sync)), interaction
            )
            return go_to("enrolment.codes", interaction)
        show_refusal(form, words_for(added))
    return show_creation(
        candidate.account_id,
        form,
        context,
        app=asking_app(interaction),
        totp_url=address("enrolment.enrol", interaction),
        skip_url=find_skip_url(candidate, interaction),
        need=find_need(candidate, interaction),
    )


def show_creation(account_id: str, form: PasskeyForm, context: str, **more: Any) -> ResponseReturnValue:
    """Show the page on which a passkey is made; it is sent to its own address."""
    parts = services.current()
    options = parts.passkeys.creation_options(parts.accounts.get(account_id), context, services.now())
    page = render_template(
        "signin/new_passkey.html",
        form=form,
        action=request.full_path.rstrip("?"),
        options=options,
        **more,
    )
    return answer_form(page, form)


def add(account_id: str, credential: str, context: str) -> Added | Refused:
    """Add the passkey that the browser made, named for the browser; record and announce it."""
    parts, now = services.current(), services.now()
    name = describe_browser(request.user_agent.string[:255])
    added = parts.passkeys.register(account_id, credential, context, name, now)
    if isinstance(added, Refused):
        parts.audit.record(
            "passkey.add", outcome="refused", reason=added.reason, account_id=account_id, now=now
        )
        return added
    parts.audit.record(
        "passkey.add",
        account_id=account_id,
        now=now,
        details={"may_sync": added.may_sync},
    )
    parts.messages.announce(account_id, "factor_added", now)
    return added
