"""Applications as they are registered: looked at, stopped at once, and let go on."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.models import Client
from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.passwords import squash
from tnid.accounts.refusal import Refused
from tnid.admin.acts import END_OF_CLIENT
from tnid.admin.asking import ask_page, do_page
from tnid.admin.desk import get_operator
from tnid.admin.forms import SearchForm
from tnid.admin.lists import cut_page, read_choice, read_query
from tnid.admin.requests import read_reason
from tnid.admin.roles import Permission
from tnid.consent.applications import describe

blueprint = declare(Blueprint("admin_clients", __name__, url_prefix="/admin/clients"), Guard.OPERATOR)

FILTERS = ("all", "live", "sandbox", "stopped", "abandoned")
# What of the policy is shown, where it says anything
POLICY = (
    *("profile", "least_acr", "least_identity_level", "require_pkce", "agreed_only", "accepts_mandates"),
    *("resources", "exchange_resources", "protected_resource", "consent_items", "terminal", "employer"),
)


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the clients; by a part of their name, organisation or client_id, or by what they are."""
    get_operator(Permission.CLIENTS)
    form, chosen = SearchForm(), read_choice(FILTERS)
    query = read_query(form)
    shown, paging = cut_page([one for one in _list(chosen) if _fits(one, chosen, query)])
    return render_template(
        "admin/clients.html",
        form=form,
        clients=[(one, describe(one)) for one in shown],
        chosen=chosen,
        filters=FILTERS,
        is_search=bool(query),
        **paging,
    )


def _list(chosen: str) -> list[Client]:
    found = list(services.current().clients.list_all())
    if chosen != "abandoned":
        return found
    alone = services.current().admin.clients.list_abandoned()
    return [one for one in found if one.client_id in alone]


def _fits(client: Client, chosen: str, query: str) -> bool:
    is_chosen = {
        "all": True,
        "live": not client.is_sandbox and client.disabled_at is None,
        "sandbox": client.is_sandbox,
        "stopped": client.disabled_at is not None,
        "abandoned": True,
    }[chosen]
    texts = (client.client_id, client.organisation, client.text("client_name", "vi"), client.employer)
    return is_chosen and (not query or any(query in squash(text or "") for text in texts))


def get_client(client_id: str) -> Client:
    found = services.current().clients.find_now(client_id)
    if found is None:
        abort(404)
    return found


@blueprint.get("/of/<path:client_id>")
def show(client_id: str) -> ResponseReturnValue:
    """Show one client: metadata, policy, and whose it is. Its secrets are hashes, and not even those."""
    operator = get_operator(Permission.CLIENTS)
    client, overview = get_client(client_id), services.current().admin.clients
    application = overview.find_application(client_id)
    return render_template(
        "admin/client.html",
        client=client,
        app=describe(client),
        metadata=list_lines(client.metadata),
        policy=list_lines({name: getattr(client, name) for name in POLICY if getattr(client, name)}),
        secrets=overview.list_secrets(client_id),
        secrets_count=len(client.secret_hashes),
        application=application,
        agreements=overview.list_agreements(application.id) if application else [],
        may_stop=operator.may(Permission.STOP_CLIENTS),
        may_end=operator.may(Permission.SESSIONS),
    )


def list_lines(values: Any) -> list[tuple[str, list[str]]]:
    """Return each member with its value as lines of text."""
    return [(name, _lines(value)) for name, value in sorted(values.items())]


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return list(value)
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode().splitlines()


@blueprint.route("/stop/<path:client_id>", methods=["GET", "POST"])
def stop(client_id: str) -> ResponseReturnValue:
    """Stop an application at once: within a second it gets nothing more."""
    operator, client = get_operator(Permission.STOP_CLIENTS), get_client(client_id)
    return do_page(
        "client.disable",
        lambda typed: turn(client, typed, operator.account_id, is_on=False),
        url_for("admin_clients.show", client_id=client_id),
        gettext("The application is stopped."),
        title=gettext("Stop this application"),
        what=_name(client),
        warning=gettext("Nobody signs in to it any more, and it reads nothing. It can be let go on later."),
        label=gettext("Stop it now"),
        kind="grave",
    )


@blueprint.route("/resume/<path:client_id>", methods=["GET", "POST"])
def resume(client_id: str) -> ResponseReturnValue:
    """Let a stopped application go on."""
    operator, client = get_operator(Permission.STOP_CLIENTS), get_client(client_id)
    return do_page(
        "client.enable",
        lambda typed: turn(client, typed, operator.account_id, is_on=True),
        url_for("admin_clients.show", client_id=client_id),
        gettext("The application goes on."),
        title=gettext("Let this application go on"),
        what=_name(client),
        warning="",
        label=gettext("Let it go on"),
    )


def _name(client: Client) -> str:
    return client.text("client_name", web.current_locale()) or client.client_id


def turn(client: Client, typed: str, by: str, *, is_on: bool) -> Refused | None:
    """Stop a client or let it go on; one row in the log, of a refusal too."""
    parts, now, reason = services.current(), services.now(), read_reason(typed)
    refused = reason if isinstance(reason, Refused) else None
    if refused is None and is_on:
        refused = parts.going_live.lives.resume_client(client.client_id, by, now)
    elif refused is None:
        refused = None if parts.clients.disable(client.client_id, now) else Refused("", "client_stands")
    parts.audit.record(
        "client.enable" if is_on else "client.disable", outcome="refused" if refused else "ok",
        reason=refused.reason if refused else None, account_id=by, client_id=client.client_id, now=now,
        details=None if refused else {"why": reason},
    )  # fmt: skip
    return refused


@blueprint.route("/end-sign-ins/<path:client_id>", methods=["GET", "POST"])
def end_sign_ins(client_id: str) -> ResponseReturnValue:
    """Ask for the end of every sign-in at this application."""
    get_client(client_id)
    return ask_page(END_OF_CLIENT, {"client": client_id}, url_for("admin_clients.show", client_id=client_id))
