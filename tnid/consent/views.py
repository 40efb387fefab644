"""The consent page: who asks, for what, and one decision."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.consent.items import is_offline, items_of
from tnid.consent.scopes import find_scope_texts
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import asking_app, get_interaction, resume
from tnid.signin.session import find_end_user

blueprint = declare(Blueprint("consent", __name__), Guard.PUBLIC)


@blueprint.route("/consent", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask once; neither silence nor a form without the decision is consent."""
    interaction = get_interaction()
    end_user = find_end_user()
    if end_user is None or interaction.request is None:
        return resume(interaction)
    decision = request.form.get("decision")
    form = ContinueForm()
    if form.validate_on_submit() and decision in ("allow", "deny"):
        decide(interaction, end_user.account_id, is_allowed=decision == "allow")
        return resume(interaction)
    asked = interaction.request
    person = services.current().accounts.get(end_user.account_id)
    texts = find_scope_texts(asked.scope, asked.resource)
    return render_template(
        "consent/consent.html",
        app=asking_app(interaction),
        items=items_of(asked, person.claims, person.identity_level, texts),
        offline=is_offline(asked),
        person=person,
        form=form,
    )


def decide(interaction: Interaction, account_id: str, *, is_allowed: bool) -> None:
    """Record the decision on the interaction, and in the log either way."""
    parts, now, asked = services.current(), services.now(), interaction.request
    if asked is None:
        return
    if is_allowed:
        parts.consents.give(account_id, asked, now)
        parts.interactions.mark_consented(interaction.uid, account_id)
        return
    parts.interactions.deny(interaction.uid, now)
    parts.audit.record("consent.refuse", account_id=account_id, client_id=asked.client_id, now=now)
