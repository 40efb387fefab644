"""What is done with an application as a whole: its secret put away, the archive, another client, its
token."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.discovery import endpoint_uri
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of
from tnid.accounts.refusal import Refused
from tnid.developers.application_pages import SECRET, find_client, keep_made, shared
from tnid.developers.desk import find_obstacle_of_team, get_application
from tnid.developers.history import describe_acts
from tnid.developers.records import Standing, TeamStanding
from tnid.developers.roles import Permission
from tnid.signin import kept

blueprint = declare(
    Blueprint("application_acts", __name__, url_prefix="/developers/apps/<application_id>"), Guard.DEVELOPER
)

TOKEN = "registration_token"  # noqa: S105  what the browser's sealed member is called
FEW_ACTS = 10


def _to_overview(application_id: str) -> ResponseReturnValue:
    return redirect(url_for("applications.show", application_id=application_id), 303)


@blueprint.post("/kept")
def put_away(application_id: str) -> ResponseReturnValue:
    """Show the secret no more: the developer has it."""
    get_application(application_id, Permission.LOOK)
    if PlainForm().validate_on_submit():
        kept.drop(SECRET)
    return _to_overview(application_id)


@blueprint.post("/renew")
def renew(application_id: str) -> ResponseReturnValue:
    """Make another sandbox client where the registration API deleted the one there was."""
    standing = get_application(application_id, Permission.CHANGE)
    if not PlainForm().validate_on_submit():
        return _to_overview(application_id)
    by, now = standing.member.account_id, services.now()
    made = services.current().developers.applications.renew_client(
        standing.application, request.form.get("attempt", "")[:64], by, now
    )
    if isinstance(made, Refused):
        flash(message_of(made), "care")
    else:
        keep_made(made, by)
    return _to_overview(application_id)


@blueprint.route("/archive", methods=["GET", "POST"])
def archive(application_id: str) -> ResponseReturnValue:
    """Say what archiving does, and archive."""
    standing = get_application(application_id, Permission.MANAGE)
    here = url_for("application_acts.archive", application_id=application_id)
    if (obstacle := _find_obstacle(standing, here)) is not None:
        return obstacle
    form = PlainForm()
    if form.validate_on_submit():
        refused = services.current().developers.applications.archive(
            standing.application, standing.member.account_id, services.now()
        )
        if refused is None:
            flash(gettext("The application is in the archive. You can take it out again."), "good")
            return redirect(url_for("teams.show", team_id=standing.team.id), 303)
        flash(message_of(refused), "care")
    return render_template("developers/archive.html", **shared(standing), form=form)


@blueprint.post("/restore")
def restore(application_id: str) -> ResponseReturnValue:
    """Take an application out of the archive; only an owner may, which the statement asks."""
    standing = get_application(application_id, Permission.LOOK)
    if not PlainForm().validate_on_submit():
        return _to_overview(application_id)
    refused = services.current().developers.applications.restore(
        standing.application, standing.member.account_id, services.now()
    )
    if refused is None:
        flash(gettext("The application is back, with the sandbox client that it had."), "good")
    elif refused.reason == "applications_too_many":
        flash(message_of(refused), "care")
    return _to_overview(application_id)


@blueprint.route("/automation", methods=["GET", "POST"])
def automation(application_id: str) -> ResponseReturnValue:
    """Explain the registration API of the sandbox client (RFC 7592), and make its token anew."""
    standing = get_application(application_id, Permission.CHANGE)
    application, by, parts = standing.application, standing.member.account_id, services.current()
    if PlainForm().validate_on_submit():
        token = parts.developers.tokens.renew_registration_token(application, by, services.now())
        if token is not None:
            kept.keep(TOKEN, by, [application.id, token])
        return redirect(url_for("application_acts.automation", application_id=application_id), 303)
    found = kept.find(TOKEN, by)
    registration = endpoint_uri(parts.settings.issuer, "registration_endpoint")
    acts = parts.developers.acts.list_of_application(application.id, most=FEW_ACTS)
    return render_template(
        "developers/automation.html",
        **shared(standing),
        client=find_client(application.sandbox_client_id),
        address=f"{registration}/{application.sandbox_client_id}",
        token=found[1] if found is not None and found[0] == application.id else None,
        acts=describe_acts(acts),
        form=PlainForm(),
    )


def _find_obstacle(standing: Standing, here: str) -> ResponseReturnValue | None:
    return find_obstacle_of_team(TeamStanding(standing.team, standing.member), here)
