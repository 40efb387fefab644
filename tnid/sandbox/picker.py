"""The sandbox's sign-in: who is made up is picked, and proves nothing. What comes after is everybody's."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.authorization.prompts import required_prompt
from oidc.errors import ExpiredInteraction
from oidc.models import LOA2, Client, Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.sandbox import session as sandbox_session
from tnid.sandbox.forms import ONE, TWO, PickForm
from tnid.sandbox.people import people
from tnid.signin import session
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import asking_app, find_client, get_interaction, resume

blueprint = declare(Blueprint("sandbox", __name__, url_prefix="/sandbox"), Guard.PUBLIC)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask whom to sign in as, and how; a login_hint that names somebody made up picks them at once."""
    interaction, client = _get()
    form = PickForm()
    hinted = interaction.request.login_hint if interaction.request else ""
    if request.method == "GET" and is_pickable(hinted) and interaction.authenticated_sid is None:
        return pick(interaction, hinted, _least_factors(interaction, client))
    if form.validate_on_submit():
        return pick(interaction, form.person.data, form.factors.data)
    if not form.is_submitted():
        form.factors.data = _least_factors(interaction, client)
    return _page(form, interaction), (400 if form.is_submitted() else 200)


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


def _page(form: PickForm, interaction: Interaction) -> str:
    picked = session.find_account()
    return render_template(
        "sandbox/sign_in.html",
        app=asking_app(interaction),
        form=form,
        uid=interaction.uid,
        people=list(people().values()),
        picked=picked,
        may_go_on=picked is not None and _asked_by(interaction) == "select_account",
        owes_factor=picked is not None and owes_factor(interaction),
    )
