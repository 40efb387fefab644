"""What the service runs on: keys, sign-ins of everybody, what is to be sent, the settings as they are."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from tnid import services, setting_report, web
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of
from tnid.accounts.methods import describe_methods
from tnid.admin import setting_words
from tnid.admin.acts import END_EVERYBODY, ROTATE_KEYS, ROTATE_KEYS_NOW, WITHDRAW_KEY
from tnid.admin.asking import ask_page, do_page
from tnid.admin.desk import get_operator
from tnid.admin.outbox_care import mask_addresses
from tnid.admin.roles import Permission

keys = declare(Blueprint("admin_keys", __name__, url_prefix="/admin/keys"), Guard.OPERATOR)
sessions = declare(Blueprint("admin_sessions", __name__, url_prefix="/admin/sessions"), Guard.OPERATOR)
outbox = declare(Blueprint("admin_outbox", __name__, url_prefix="/admin/outbox"), Guard.OPERATOR)
settings = declare(Blueprint("admin_settings", __name__, url_prefix="/admin/settings"), Guard.OPERATOR)

MOST_MESSAGES = 100
MOST_CLIENTS = 50

# Keys


@keys.get("")
def list_keys() -> ResponseReturnValue:
    """List the signing keys and where each stands in its life."""
    get_operator(Permission.KEYS)
    order = {"active": 0, "next": 1, "retired": 2}
    found = sorted(services.current().keyring.list_keys(services.now()), key=lambda one: order[one.status])
    return render_template("admin/keys.html", keys=found)


@keys.route("/rotate", methods=["GET", "POST"])
def rotate() -> ResponseReturnValue:
    """Ask for new keys to be published, which sign once applications have had time to see them."""
    return ask_page(ROTATE_KEYS, {}, url_for("admin_keys.list_keys"))


@keys.route("/rotate-now", methods=["GET", "POST"])
def rotate_now() -> ResponseReturnValue:
    """Ask for new keys to sign at once."""
    return ask_page(ROTATE_KEYS_NOW, {}, url_for("admin_keys.list_keys"))


@keys.route("/<kid>/withdraw", methods=["GET", "POST"])
def withdraw(kid: str) -> ResponseReturnValue:
    """Ask for a retired key to be withdrawn, as one that leaked."""
    get_operator(Permission.KEYS)
    if kid not in [one.kid for one in services.current().keyring.list_keys(services.now())]:
        abort(404)
    return ask_page(WITHDRAW_KEY, {"kid": kid}, url_for("admin_keys.list_keys"))


# Sign-ins of everybody


@sessions.get("")
def count() -> ResponseReturnValue:
    """Show how many are signed in, by how they did, and at which applications."""
    get_operator(Permission.SESSIONS)
    parts, now = services.current(), services.now()
    by_method = parts.admin.mass_endings.count_sessions(now)
    kinds: dict[str, int] = {}
    for row in by_method:
        words = describe_methods(row.amr.split())
        kinds[words] = kinds.get(words, 0) + row.number
    clients = [
        (parts.clients.find(row.client_id), row)
        for row in parts.admin.mass_endings.count_grants(now, most=MOST_CLIENTS)
    ]
    return render_template(
        "admin/sessions.html",
        kinds=sorted(kinds.items(), key=lambda one: -one[1]),
        total=sum(kinds.values()),
        clients=[
            (client.text("client_name", web.current_locale()), row) for client, row in clients if client
        ],
    )


@sessions.route("/end-everybody", methods=["GET", "POST"])
def end_everybody() -> ResponseReturnValue:
    """Ask for everybody to be signed out."""
    return ask_page(END_EVERYBODY, {}, url_for("admin_sessions.count"))


# What is to be sent


@outbox.get("")
def list_messages() -> ResponseReturnValue:
    """List what waits to be sent, or what was given up; never what it says or to which address."""
    get_operator(Permission.OUTBOX)
    care, is_dead = services.current().admin.outbox, request.args.get("show") == "dead"
    rows = care.list_page(is_dead=is_dead, most=MOST_MESSAGES)
    return render_template(
        "admin/outbox.html",
        messages=[(row, _name_of(row.client_id), mask_addresses(row.error)) for row in rows],
        is_dead=is_dead,
        counted=care.count(),
        now=services.now(),
        most=MOST_MESSAGES,
    )


def _name_of(client_id: str) -> str:
    client = services.current().clients.find(client_id)
    return client.text("client_name", web.current_locale()) if client else client_id


@outbox.post("/<int:message_id>/retry")
def retry(message_id: int) -> ResponseReturnValue:
    """Have one message sent now."""
    operator = get_operator(Permission.OUTBOX)
    if PlainForm().validate_on_submit():
        refused = services.current().admin.outbox.retry(message_id, operator.account_id, services.now())
        flash(message_of(refused) if refused else gettext("It is sent now."), "care" if refused else "good")
    return redirect(url_for("admin_outbox.list_messages"), 303)


@outbox.post("/retry-dead")
def retry_dead() -> ResponseReturnValue:
    """Have all that was given up sent now."""
    operator = get_operator(Permission.OUTBOX)
    if PlainForm().validate_on_submit():
        number = services.current().admin.outbox.retry_dead(operator.account_id, services.now())
        flash(ngettext("%(num)s message is sent now.", "%(num)s messages are sent now.", number), "good")
    return redirect(url_for("admin_outbox.list_messages"), 303)


@outbox.route("/<int:message_id>/give-up", methods=["GET", "POST"])
def give_up(message_id: int) -> ResponseReturnValue:
    """Send one message no more."""
    operator = get_operator(Permission.OUTBOX)
    row = services.current().outbox.find(message_id)
    if row is None:
        abort(404)
    return do_page(
        "outbox.give_up_by_operator",
        lambda typed: services.current().admin.outbox.give_up(
            message_id, typed, operator.account_id, services.now()
        ),
        url_for("admin_outbox.list_messages"),
        gettext("Given up. It can still be sent for 30 days."),
        title=gettext("Give this message up"),
        what=f"{row.id} · {row.kind} · {_name_of(row.client_id)}",
        warning=gettext("It is tried no more. What it would have told stays untold."),
        label=gettext("Give it up"),
        kind="grave",
    )


# The settings


@settings.get("")
def show_settings() -> ResponseReturnValue:
    """Show every setting as it is; of what is secret, that it is set."""
    get_operator(Permission.SETTINGS)
    rows = setting_report.describe_running(services.current().settings)
    return render_template("admin/settings.html", groups=setting_words.group(rows))
