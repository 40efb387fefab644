"""The sandbox's sign-in: who is made up is picked, and proves nothing. What comes after is everybody's."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.authorization.prompts import required_prompt
from oidc.errors import ExpiredInteraction
from oidc.models import LOA2, Client, Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.service import Account
from tnid.sandbox import session as sandbox_session
from tnid.sandbox.forms import ONE, TWO, FailForm, PickForm
from tnid.sandbox.people import Person, group, people
from tnid.sandbox.words import EXPIRED_REQUEST, SLOW, WORDS
from tnid.signin import session
from tnid.signin.forms import ContinueForm
from tnid.signin.onward import may_go_unasked
from tnid.signin.screen import address, asking_app, find_client, get_interaction, go_to, resume

# How long somebody has to wait who asked for it
WAIT_SECONDS = 20

blueprint = declare(Blueprint("sandbox", __name__, url_prefix="/sandbox"), Guard.PUBLIC)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask whom to sign in as, and how; a login_hint that names somebody made up picks them at once, unless a
    stranger to the application may have followed a link."""
    interaction, client = _get()
    form = PickForm()
    hinted = interaction.request.login_hint if interaction.request else ""
    is_first = request.method == "GET" and interaction.authenticated_sid is None
    if is_first and is_pickable(hinted) and _may_pick_unasked(interaction, client):
        return pick(interaction, hinted, _least_factors(interaction, client))
    if form.validate_on_submit():
        return pick(interaction, form.person.data, form.factors.data)
    if form.is_submitted():
        return _page(form, interaction), 400
    return _page(_new_form(interaction, client), interaction)


def _may_pick_unasked(interaction: Interaction, client: Client) -> bool:
    """Say whether a hint alone may sign somebody in: what follows may lead on to the application at once."""
    asked = interaction.request
    return asked is not None and may_go_unasked(client, asked.redirect_uri)


def _new_form(interaction: Interaction, client: Client) -> PickForm:
    """Return the form with as many factors as the request needs."""
    return PickForm(formdata=None, factors=_least_factors(interaction, client))


def is_pickable(username: str) -> bool:
    return username in people() and not people()[username].is_disabled


@blueprint.post("/go-on")
def go_on() -> ResponseReturnValue:
    """Go on as who is picked already, where the application asked that this be chosen."""
    interaction, _client = _get()
    end_user = session.find_end_user()
    if ContinueForm().validate_on_submit() and end_user is not None:
        services.current().interactions.mark_selected(interaction.uid, end_user.sid)
    return resume(interaction)


@blueprint.post("/fail")
def fail() -> ResponseReturnValue:
    """Have the sign-in end as the developer wants to see it."""
    interaction, client = _get()
    form = FailForm()
    asked = interaction.request
    if asked is None or not form.validate_on_submit():
        return _page(_new_form(interaction, client), interaction, form), 400
    parts = services.current()
    if form.fault.data == EXPIRED_REQUEST:
        parts.interactions.expire(interaction.uid, services.now())
    elif form.fault.data == SLOW:
        return go_to("sandbox.wait", interaction)
    else:
        parts.interactions.ask_otherwise(interaction, replace(asked, sandbox_fault=form.fault.data))
    return resume(interaction)


@blueprint.get("/wait")
def wait() -> ResponseReturnValue:
    """Hold the person back for a while: the browser waits, and nothing of ours does."""
    interaction, _client = _get()
    page = render_template("sandbox/wait.html", app=asking_app(interaction), seconds=WAIT_SECONDS)
    onward = address("sandbox.sign_in", interaction)
    return page, 200, {"Refresh": f"{WAIT_SECONDS}; url={onward}"}


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """Sign out whoever is picked at this browser, and pick anew."""
    interaction, _client = _get()
    if ContinueForm().validate_on_submit():
        sandbox_session.end()
    return resume(interaction)


def _get() -> tuple[Interaction, Client]:
    """Return the sandbox's request that the address names; raises ExpiredInteraction for any other."""
    interaction = get_interaction()
    client = find_client(interaction)
    if client is None or not client.is_sandbox:
        raise ExpiredInteraction("This is no request of a sandbox.")
    return interaction, client


def pick(interaction: Interaction, username: str, factors: str) -> ResponseReturnValue:
    """Sign somebody made up in, and go on; whoever is signed in and owes but a factor keeps their time."""
    parts, now = services.current(), services.now()
    account_id = parts.sandbox.ensure(people()[username], now, find_client(interaction))
    assurance = sandbox_session.TWO_FACTORS if factors == TWO else sandbox_session.ONE_FACTOR
    end_user = session.find_end_user()
    if end_user is not None and end_user.account_id == account_id and owes_factor(interaction):
        session.change_trust(assurance)
        return resume(interaction)
    sid = sandbox_session.begin(account_id, assurance)
    parts.interactions.mark_authenticated(interaction.uid, sid, now)
    return resume(interaction)


def owes_factor(interaction: Interaction) -> bool:
    return _asked_by(interaction) == "second_factor"


def _asked_by(interaction: Interaction) -> str:
    """Return which rule asks for this page, "" where none does any more."""
    asked, client = interaction.request, find_client(interaction)
    if asked is None or client is None:
        return ""
    authorization = services.current().provider.authorization
    rule = required_prompt(
        authorization.situation(asked, client, session.find_end_user(), services.now(), interaction)
    )
    return rule.name if rule else ""


def _least_factors(interaction: Interaction, client: Client) -> str:
    """Return how many factors the request needs."""
    authorization, asked = services.current().provider.authorization, interaction.request
    if asked is None:
        return ONE
    least = authorization.situation(asked, client, None, services.now(), interaction).least_acr
    return TWO if least == LOA2 else ONE


def _find_first(interaction: Interaction, picked: Account | None) -> Person | None:
    """Return who stands above the rest: whoever is picked already, else whom the application hints at."""
    hinted = interaction.request.login_hint if interaction.request else ""
    return people().get(picked.username if picked is not None else hinted)


def _page(form: PickForm, interaction: Interaction, failing: FailForm | None = None) -> str:
    picked = session.find_account()
    return render_template(
        "sandbox/sign_in.html",
        app=asking_app(interaction),
        form=form,
        failing=failing or FailForm(),
        fault=WORDS.get(interaction.request.sandbox_fault) if interaction.request else None,
        uid=interaction.uid,
        groups=group(people().values()),
        first=_find_first(interaction, picked),
        picked=picked,
        may_go_on=picked is not None and _asked_by(interaction) == "select_account",
        owes_factor=picked is not None and owes_factor(interaction),
    )
