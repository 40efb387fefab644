"""The screens of a helper's sign-in: for whom, and a last look at what the mandate covers.

Never silently: the first button is for oneself, and what was chosen is marked on the interaction, by this
very session. Whether the mandate holds is decided anew by resume, and by the INSERT of the grant.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.authorization.prompts import Situation
from oidc.mandates import Mandate
from oidc.models import EndUser, Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.mandates.lists import labels_of_scopes
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import asking_app, get_interaction, resume
from tnid.signin.session import find_end_user

blueprint = declare(Blueprint("in_stead", __name__, url_prefix="/in-stead"), Guard.PUBLIC)


@blueprint.route("", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Ask for whom the person signs in: for themselves, or by one of the mandates that they hold."""
    interaction, end_user = get_interaction(), find_end_user()
    situation = find_situation(interaction, end_user)
    if situation is None or end_user is None:
        return resume(interaction)
    parts = services.current()
    status = 200
    if ContinueForm().validate_on_submit():
        if "back" in request.form:
            parts.interactions.deny(interaction.uid, services.now())
            return resume(interaction)
        named = "" if "self" in request.form else request.form.get("mandate", "?")
        if named in {"", *(one.id for one in situation.mandates)}:
            parts.interactions.mark_represented(interaction.uid, end_user.sid, named)
            return resume(interaction)
        # Another's, one that has ended, or one that is for another application: the same to whoever tries
        parts.audit.record(
            "mandate.choose",
            outcome="refused",
            reason="not_found",
            account_id=end_user.account_id,
            client_id=situation.client.client_id,
            now=services.now(),
        )
        status = 400
    page = render_template(
        "mandates/choose.html",
        app=asking_app(interaction),
        person=parts.accounts.get(end_user.account_id),
        principals=[(one.id, parts.accounts.get(one.principal_id)) for one in situation.mandates],
        has_ended=status == 400 or (situation.has_chosen and situation.mandate is None),
    )
    return page, status


@blueprint.route("/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Show for whom the helper goes on, and what the application will see; nothing can be added to it."""
    interaction, end_user = get_interaction(), find_end_user()
    situation = find_situation(interaction, end_user)
    if situation is None or situation.mandate is None or end_user is None:
        return resume(interaction)
    decision = request.form.get("decision")
    if ContinueForm().validate_on_submit() and decision in ("allow", "deny"):
        decide(interaction, end_user, situation.mandate, is_allowed=decision == "allow")
        return resume(interaction)
    return render_template(
        "mandates/confirm.html",
        app=asking_app(interaction),
        person=services.current().accounts.get(end_user.account_id),
        principal=principal_of(situation.mandate),
        labels=labels_of_scopes(situation.asked.scope),
        expires_at=situation.mandate.expires_at,
    )


def decide(interaction: Interaction, end_user: EndUser, mandate: Mandate, *, is_allowed: bool) -> None:
    parts, now = services.current(), services.now()
    if is_allowed:
        parts.interactions.mark_consented(interaction.uid, mandate.principal_id)
        return
    parts.interactions.deny(interaction.uid, now)
    parts.audit.record("mandate.refuse", account_id=end_user.account_id, client_id=mandate.client_id, now=now)


def principal_of(mandate: Mandate) -> Account:
    return services.current().accounts.get(mandate.principal_id)


def find_situation(interaction: Interaction, end_user: EndUser | None) -> Situation | None:
    """Return what the prompts look at, for a request of an application that is still there."""
    asked = interaction.request
    client = services.current().clients.find(asked.client_id) if asked else None
    if asked is None or client is None or end_user is None:
        return None
    authorization = services.current().provider.authorization
    return authorization.situation(asked, client, end_user, services.now(), interaction)
