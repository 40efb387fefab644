"""The consent page: who asks, for what, item by item, and one decision."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.authorization.prompts import required_prompt
from oidc.models import AuthorizationRequest, Client, EndUser, Interaction
from tnid import services
from tnid.access import Guard, declare
from tnid.consent.question import describe_question, put_question, take_answer
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import asking_app, get_interaction, resume
from tnid.signin.session import find_account, find_end_user

blueprint = declare(Blueprint("consent", __name__), Guard.PUBLIC)


@blueprint.route("/consent", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask once; neither silence nor a form without the decision is consent."""
    interaction, end_user = get_interaction(), find_end_user()
    asked = interaction.request
    client = services.current().clients.find(asked.client_id) if asked else None
    person = find_account()
    if end_user is None or person is None or asked is None or client is None:
        return resume(interaction)
    if not is_asked_for(interaction, asked, client, end_user):
        return resume(interaction)
    question = put_question(end_user.account_id, asked, client, anew="consent" in asked.prompt)
    decision = request.form.get("decision")
    is_answer = ContinueForm().validate_on_submit() and decision in ("allow", "deny")
    if is_answer and decision == "deny":
        refuse(interaction, end_user.account_id, asked)
        return resume(interaction)
    if is_answer and take_answer(end_user.account_id, question):
        services.current().interactions.mark_consented(interaction.uid, end_user.account_id)
        return resume(interaction)
    if is_answer and is_settled(interaction.uid, end_user.account_id, asked, client):
        return resume(interaction)
    if is_answer:  # somebody changed the consent meanwhile, in another window for one
        question = put_question(end_user.account_id, asked, client, anew="consent" in asked.prompt)
    page = render_template(
        "consent/consent.html",
        app=asking_app(interaction),
        person=person,
        form=ContinueForm(),
        has_changed=is_answer,
        **describe_question(question, client, person),
    )
    return page, (409 if is_answer else 200)


def is_asked_for(
    interaction: Interaction, asked: AuthorizationRequest, client: Client, end_user: EndUser
) -> bool:
    """Say whether nothing comes before the consent: who has still to prove who they are agrees to nothing."""
    authorization = services.current().provider.authorization
    situation = authorization.situation(asked, client, end_user, services.now(), interaction)
    rule = required_prompt(situation)
    return rule is None or rule.name == "consent"


def is_settled(uid: str, account_id: str, asked: AuthorizationRequest, client: Client) -> bool:
    """Say whether the same form was answered a moment ago: a button pressed twice.

    The interaction is looked at anew, for the first press may have been under way when this one began.
    """
    interaction = services.current().interactions.recall(uid)
    answered = interaction is not None and interaction.consented_account_id == account_id
    return answered and not put_question(account_id, asked, client).items


def refuse(interaction: Interaction, account_id: str, asked: AuthorizationRequest) -> None:
    """Record the no on the interaction, and in the log."""
    parts, now = services.current(), services.now()
    parts.interactions.deny(interaction.uid, now)
    parts.audit.record("consent.refuse", account_id=account_id, client_id=asked.client_id, now=now)
