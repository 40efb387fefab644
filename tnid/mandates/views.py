"""The pages of mandates: whom I let act for me, for whom I may act, and how one is given and ended."""

from __future__ import annotations

from typing import NoReturn

import orjson
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from oidc.decoupled.user_code import show_user_code
from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.security import find_obstacle
from tnid.consent.applications import describe
from tnid.mandates.forms import ClientsForm, MandateForm
from tnid.mandates.lists import scope_choices, show_given, show_received
from tnid.mandates.service import DAY_SECONDS, Offer, Offered, scopes_of
from tnid.signin import kept
from tnid.signin.forms import ContinueForm
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("mandates", __name__, url_prefix="/account/mandates"), Guard.SIGNED_IN)

DRAFT = "mandate_draft"
CODE = "mandate_code"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List what the person gave, what they hold, and what they are offered."""
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    received = [show_received(held) for held in parts.mandates.list_received(account_id, now)]
    return render_template(
        "mandates/index.html",
        given=[show_given(held) for held in parts.mandates.list_given(account_id, now)],
        held=[one for one in received if one.is_accepted],
        offers=[one for one in received if not one.is_accepted],
    )


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    """End a mandate that the person gave or holds: what came of it ends in the same transaction."""
    parts, account_id = services.current(), get_end_user().account_id
    if not ContinueForm().validate_on_submit():
        return redirect(url_for("mandates.index"), 303)
    if not parts.mandates.end(request.form.get("mandate", ""), account_id, services.now()):
        not_found("mandate.end", account_id)
    flash(gettext("Ended. Nobody can sign in by it any more."), "good")
    return redirect(url_for("mandates.index"), 303)


def not_found(event: str, account_id: str) -> NoReturn:
    """Answer 404, the same for what is another's and for what never was; the log keeps the try."""
    services.current().audit.record(
        event, outcome="refused", reason="not_found", account_id=account_id, now=services.now()
    )
    abort(404)


@blueprint.route("/new", methods=["GET", "POST"])
def choose_clients() -> ResponseReturnValue:
    """Ask for which applications."""
    clients = services.current().mandates.list_clients()
    form = ClientsForm()
    form.clients.choices = [SelectChoice(one.client_id, one.client_id) for one in clients]
    if form.validate_on_submit():
        return redirect(url_for("mandates.give", client=form.clients.data), 303)
    page = render_template(
        "mandates/clients.html", form=form, apps=[(one.client_id, describe(one)) for one in clients]
    )
    return answer_form(page, form)


@blueprint.route("/new/details", methods=["GET", "POST"])
def give() -> ResponseReturnValue:
    """Ask for what, until when and who, of a person who signed in just now; then offer the mandate."""
    named = dict.fromkeys(request.args.getlist("client"))
    clients = [one for one in services.current().mandates.list_clients() if one.client_id in named]
    if not clients:
        return redirect(url_for("mandates.choose_clients"), 303)
    account_id = get_end_user().account_id
    draft = kept.find(DRAFT, account_id)
    form = MandateForm(data=orjson.loads(draft[0]) if draft else None)
    choices = [choice for one in clients for choice in scope_choices(one, scopes_of(one))]
    form.offer_choices(choices, services.current().mandates.longest_seconds // DAY_SECONDS)
    obstacle = find_obstacle(request.full_path)
    if obstacle is not None:
        keep_draft(form, account_id)
        return obstacle
    if form.validate_on_submit():
        offered = offer(form, clients, account_id)
        if isinstance(offered, Offered):
            return after_offer(offered, form.to.data, account_id)
        show_refusal(form, offered)
    page = render_template(
        "mandates/give.html",
        form=form,
        choices=[(describe(one), set(scope_values(one))) for one in clients],
        day_choices=[(choice.value, choice.label) for choice in form.days.choices],
    )
    return answer_form(page, form)


def scope_values(client: Client) -> list[str]:
    return [f"{client.client_id} {scope}" for scope in scopes_of(client)]


def keep_draft(form: MandateForm, account_id: str) -> None:
    """Keep what was typed over the fresh sign-in that it needs."""
    if form.is_submitted():
        typed = {"scopes": form.scopes.data, "days": form.days.data, "to": form.to.data}
        kept.keep(DRAFT, account_id, [orjson.dumps(typed).decode()])


def offer(form: MandateForm, clients: list[Client], account_id: str) -> Offered | Refused:
    now = services.now()
    chosen: dict[str, list[str]] = {one.client_id: [] for one in clients}
    for value in form.scopes.data or ():
        client_id, _, scope = value.partition(" ")
        chosen[client_id].append(scope)
    until = now + int(form.days.data) * DAY_SECONDS
    asked = Offer(chosen, until, form.to.data or "", form.attempt.data or "")
    return services.current().mandates.offer(account_id, asked, now)


def after_offer(offered: Offered, to: str, account_id: str) -> ResponseReturnValue:
    """Show the code this once; of a username nobody says whether it is anybody's."""
    kept.drop(DRAFT)
    if offered.code is not None:
        kept.keep(CODE, account_id, [offered.code])
        return redirect(url_for("mandates.show_code"), 303)
    flash(gettext("Offered to %(name)s, who finds it on this same page after signing in.", name=to), "good")
    return redirect(url_for("mandates.index"), 303)


@blueprint.get("/code")
def show_code() -> ResponseReturnValue:
    """Show the code of the mandate that was just given; after half an hour it is shown no more."""
    found = kept.find(CODE, get_end_user().account_id)
    if found is None:
        return redirect(url_for("mandates.index"), 303)
    return render_template("mandates/code.html", code=show_user_code(found[0]))
