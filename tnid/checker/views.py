"""`/developers/apps/<id>/checks`: what is right with an application, what isn't, and how to mend it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.checker import checks
from tnid.checker.guided import ANSWERS
from tnid.checker.service import Row, list_checks
from tnid.checker.turns import Turns
from tnid.developers.desk import get_application
from tnid.developers.records import Application, Standing
from tnid.developers.roles import Permission
from tnid.signin.forms import ContinueForm
from tnid.signin.limits import HOUR_SECONDS, Bucket, Limit

blueprint = declare(
    Blueprint("checker", __name__, url_prefix="/developers/apps/<application_id>/checks"), Guard.DEVELOPER
)
# Each asks some ten times at the developer's own addresses
ASKS = Limit("checker_ask", 30, HOUR_SECONDS)
ASKS_OF_DEVELOPER = Limit("checker_ask_of_developer", 60, HOUR_SECONDS)
TURNS = Turns()


@blueprint.get("")
def show(application_id: str) -> ResponseReturnValue:
    """Show every check as it stands."""
    standing = get_application(application_id, Permission.LOOK)
    client = find_client(standing)
    # Many words, for this page alone
    from tnid.checker import words  # noqa: PLC0415  as above

    rows = list_rows(standing.application, client) if client else []
    return render_template(
        "checker/checks.html",
        standing=standing,
        team=standing.team,
        application=standing.application,
        may_change=standing.may(Permission.CHANGE),
        client=client,
        groups=[(kind, [row for row in rows if row.check.kind == kind]) for kind in words.KINDS],
        counts=count(rows),
        words=words,
        by_hand=lambda row: write_by_hand(row, client, words.BY_HAND),
    )


@blueprint.post("/ask")
def ask(application_id: str) -> ResponseReturnValue:
    """Ask the application's own addresses."""
    standing, client = get_to_change(application_id)
    if client is None:
        return back(application_id)
    by = standing.member.account_id
    with TURNS.take(by) as is_theirs:
        if is_theirs:
            return ask_now(standing.application, client, by)
    flash(gettext("Applications are being asked just now. Try again in a minute."), "care")
    return back(application_id)


def ask_now(application: Application, client: Client, by: str) -> Response:
    parts, now = services.current(), services.now()
    buckets = Bucket(ASKS, application.id), Bucket(ASKS_OF_DEVELOPER, by)
    if parts.limits.seconds_shut(buckets, now):
        flash(gettext("That was too often for one hour. Try again later."), "care")
        return back(application.id)
    # The first write comes after the last answer: the application may ask our endpoints meanwhile
    found = parts.checker.ask(application, client, by, now)
    parts.limits.count(buckets, now)
    bad = [one for one in found if one.result == checks.FAILED]
    flash(gettext("Every address was asked."), "care" if bad else "good")
    return back(application.id, "kind_ask")


@blueprint.post("/begin")
def begin(application_id: str) -> ResponseReturnValue:
    """Begin a check that the developer goes through."""
    standing, client = get_to_change(application_id)
    name = get_guided(standing.application)
    if client is not None:
        parts, by = services.current(), standing.member.account_id
        if not parts.checker.begin(standing.application, client, name, by, services.now()):
            flash(gettext("The sandbox client isn't there any more."), "bad")
    return back(application_id, f"check_{name}")


@blueprint.post("/answer")
def answer(application_id: str) -> ResponseReturnValue:
    """Take what the developer saw."""
    standing, client = get_to_change(application_id)
    name, said = get_guided(standing.application), request.form.get("answer", "")
    if client is None:
        return back(application_id)
    if said not in ANSWERS:
        flash(gettext("Choose what your application did."), "bad")
        return back(application_id, f"check_{name}")
    found = services.current().checker.answer(
        standing.application, client, name, said, standing.member.account_id, services.now()
    )
    if found is None:
        flash(gettext("This check isn't under way any more."), "care")
    return back(application_id, f"check_{name}")


def get_to_change(application_id: str) -> tuple[Standing, Client | None]:
    """Return who acts, and the sandbox client; None where it is gone, or the form isn't ours."""
    standing = get_application(application_id, Permission.CHANGE)
    is_ours = ContinueForm().validate_on_submit()
    return standing, find_client(standing) if is_ours else None


def get_guided(application: Application) -> str:
    """Return the guided check that the form names; 404 for any other."""
    name = request.form.get("check", "")
    if name not in {one.name for one in list_checks(application.preset) if one.kind == checks.GUIDED}:
        abort(404)
    return name


def find_client(standing: Standing) -> Client | None:
    return services.current().clients.find_now(standing.application.sandbox_client_id)


def list_rows(application: Application, client: Client) -> list[Row]:
    parts = services.current()
    live = parts.clients.find_now(application.live_client_id) if application.live_client_id else None
    return parts.checker.list_of(application, client, live)


def count(rows: list[Row]) -> dict[str, int]:
    """Return how many checks there are of each result."""
    results = [row.finding.result for row in rows]
    return {name: results.count(name) for name in (checks.PASSED, checks.FAILED, checks.UNTOLD)}


def write_by_hand(row: Row, client: Client | None, commands: Any) -> str:
    """Return how to try by hand what can't be reached from here, "" where there is no such way."""
    if client is None or row.finding.result != checks.UNTOLD:
        return ""
    command = commands.get(row.check.name, "")
    addresses = {
        checks.CALLBACK_ERROR: next(iter(client.redirect_uris), ""),
        checks.CALLBACK_CODE: next(iter(client.redirect_uris), ""),
        checks.FRONT_CHANNEL: client.frontchannel_logout_uri,
    }
    address = addresses.get(row.check.name, client.backchannel_logout_uri)
    return str(command).replace("{address}", address) if command and address else ""


def back(application_id: str, anchor: str | None = None) -> Response:
    return redirect(url_for("checker.show", application_id=application_id, _anchor=anchor), 303)
