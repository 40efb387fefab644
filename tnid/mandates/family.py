"""The pages of guardians: a child's code, an adult's consent, and the children whom an adult stands for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.decoupled.user_code import show_user_code
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PersonalCodeForm
from tnid.accounts.messages import message_of
from tnid.accounts.personal_codes import Taken, take_offer
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.consent.applications import describe
from tnid.consent.items import labels_of
from tnid.consent.scopes import find_scope_texts
from tnid.mandates.guardians import Child
from tnid.mandates.views import not_found
from tnid.signin import kept
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import asking_app, get_interaction, resume
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("family", __name__, url_prefix="/account/family"), Guard.SIGNED_IN)
screen = declare(Blueprint("guardian_screen", __name__, url_prefix="/guardian"), Guard.PUBLIC)

CODE = "guardian_code"
EVENT = "guardian.give"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show a child who agreed for them, and an adult for whom they agreed."""
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    guardians = parts.guardians
    return render_template(
        "mandates/family.html",
        child_until=guardians.find_child_until(account_id, now),
        is_waiting=get_end_user().is_waiting,
        guardians=guardians.list_guardians(account_id, now),
        children=[show_child(child) for child in guardians.list_children(account_id, now)],
    )


def show_child(child: Child) -> dict[str, Any]:
    """Return what a guardian sees of a child: the applications, what each may read, and nothing else."""
    parts = services.current()
    consents = parts.consents.list_by_account(child.account.id, services.now())
    found = [(consent, parts.clients.find(consent.client_id)) for consent in consents]
    return {
        "id": child.row.id,
        "name": child.account.display_name,
        "agreed_at": child.row.agreed_at,
        "expires_at": child.row.expires_at,
        "applications": [
            (describe(client), labels_of(consent.agreed, find_scope_texts(consent.agreed.scope), client))
            for consent, client in found
            if client is not None
        ],
    }


@blueprint.post("/code")
def make_code() -> ResponseReturnValue:
    """Make the code that the child hands to their guardian; older ones end."""
    account_id = get_end_user().account_id
    if ContinueForm().validate_on_submit():
        code = services.current().guardians.make_code(account_id, services.now())
        if code is not None:
            kept.keep(CODE, account_id, [code])
            return redirect(url_for("family.show_code"), 303)
    return redirect(url_for("family.index"), 303)


@blueprint.get("/code")
def show_code() -> ResponseReturnValue:
    found = kept.find(CODE, get_end_user().account_id)
    if found is None:
        return redirect(url_for("family.index"), 303)
    return render_template("mandates/guardian_code.html", code=show_user_code(found[0]))


@blueprint.route("/agree", methods=["GET", "POST"])
def agree() -> ResponseReturnValue:
    """Take the child's code, say plainly what is agreed to, and take the guardian's word."""
    obstacle = find_obstacle(url_for("family.agree"))
    if obstacle is not None:
        return obstacle
    parts, account_id = services.current(), get_end_user().account_id
    unfit = parts.guardians.find_obstacle(account_id, services.now())
    if unfit is not None:
        return show_unfit(unfit, account_id)
    form = PersonalCodeForm()
    taken = take_offer(EVENT, form, parts.guardians.find_offer, parts.guardians.agree, yes="agree")
    if isinstance(taken, Taken):
        return after_code(taken)
    page = render_template("mandates/guardian_enter.html", form=form, unfit=None)
    return answer_form(page, form, taken)


def after_code(taken: Taken[Child]) -> ResponseReturnValue:
    child = taken.offer
    if taken.is_accepted:
        name = child.account.display_name
        flash(gettext("Agreed. %(name)s can now sign in to applications.", name=name), "good")
        return redirect(url_for("family.index"), 303)
    return render_template(
        "mandates/guardian_agree.html", child=child.account, row=child.row, code=taken.typed
    )


def show_unfit(unfit: Refused, account_id: str) -> ResponseReturnValue:
    """Say why this person can't be a guardian; who tried is noted, and no code is looked at."""
    is_tried = request.method == "POST"
    if is_tried:
        services.current().audit.record(
            EVENT, outcome="refused", reason=unfit.reason, account_id=account_id, now=services.now()
        )
    page = render_template("mandates/guardian_enter.html", form=PersonalCodeForm(), unfit=message_of(unfit))
    return page, (403 if is_tried else 200)


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    """Take the guardian's consent back: the child's applications stop in the same transaction."""
    account_id = get_end_user().account_id
    if not ContinueForm().validate_on_submit():
        return redirect(url_for("family.index"), 303)
    named = request.form.get("guardianship", "")
    if not services.current().guardians.end(named, account_id, services.now()):
        not_found("guardian.end", account_id)
    flash(gettext("Taken back. The child's applications have stopped."), "good")
    return redirect(url_for("family.index"), 303)


@screen.route("", methods=["GET", "POST"])
def wait() -> ResponseReturnValue:
    """Tell a child on the way to an application that the account waits for a guardian."""
    interaction = get_interaction()
    if ContinueForm().validate_on_submit():
        if "back" in request.form:
            services.current().interactions.deny(interaction.uid, services.now())
        return resume(interaction)
    return render_template("mandates/waits.html", app=asking_app(interaction))
