"""An application: made by one short form, and its first page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.desk import get_application
from tnid.developers.forms import ApplicationForm
from tnid.developers.making import Made, NewApplication
from tnid.developers.presets import PRESETS
from tnid.developers.records import TeamStanding
from tnid.developers.roles import NAMES, Permission
from tnid.sandbox.active import list_active
from tnid.signin import kept
from tnid.signin.session import find_account, get_end_user

blueprint = declare(Blueprint("applications", __name__, url_prefix="/developers/apps"), Guard.DEVELOPER)

SECRET = "application_secret"  # noqa: S105  what the browser's sealed member is called


@blueprint.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Make an application and its sandbox client; whoever has no team yet gets one of their own by it."""
    account_id, now = get_end_user().account_id, services.now()
    teams = list_teams(account_id)
    form = ApplicationForm(team=request.args.get("team") or (teams[0].team.id if teams else ""))
    form.team.choices = [SelectChoice(one.team.id, one.team.name) for one in teams] or [SelectChoice("", "")]
    if form.validate_on_submit():
        made = make(form, account_id, now)
        if not isinstance(made, Refused):
            return redirect(made, 303)
        show_refusal(form, made)
    page = render_template("developers/new_application.html", form=form, teams=teams, hints=hints())
    return page, (400 if form.is_submitted() else 200)


def hints() -> dict[str, str]:
    """Return what each kind means, and where its sign-ins come back to unless something else is typed."""
    return {
        one.id: f"{one.hint} {gettext('Begins with %(address)s', address=one.redirect_uri)}"
        if one.redirect_uri
        else str(one.hint)
        for one in PRESETS.values()
    }


def list_teams(account_id: str) -> list[TeamStanding]:
    """Return the teams in which this person may make an application."""
    found = services.current().developers.teams.list_of_account(account_id)
    return [one for one in found if one.may(Permission.CHANGE)]


def make(form: ApplicationForm, account_id: str, now: int) -> str | Refused:
    """Return where to go on once the application is made."""
    applications = services.current().developers.applications
    made = applications.find_made(form.attempt.data, account_id, now) or make_anew(form, account_id, now)
    if isinstance(made, Refused):
        return made
    if made.secret:
        kept.keep(SECRET, account_id, [made.application_id, made.secret])
    return url_for("applications.show", application_id=made.application_id)


def make_anew(form: ApplicationForm, account_id: str, now: int) -> Made | Refused:
    """Make the application, and a team where there is none yet."""
    parts = services.current().developers
    team_id = form.team.data or parts.teams.create(_own_team_name(), "", account_id, now)
    if isinstance(team_id, Refused):
        return team_id
    new = NewApplication(
        team_id, form.name.data, form.preset.data, form.redirect_uri.data or "", form.attempt.data
    )
    return parts.applications.create(new, account_id, now)


def _own_team_name() -> str:
    account = find_account()
    return str(gettext("Team of %(name)s", name=account.display_name if account else ""))


@blueprint.get("/<application_id>")
def show(application_id: str) -> ResponseReturnValue:
    """Show what an application needs to be written: its client id and the addresses; what comes next."""
    standing = get_application(application_id, Permission.LOOK)
    secret = kept.find(SECRET, standing.member.account_id)
    return render_template(
        "developers/application.html",
        standing=standing,
        team=standing.team,
        application=standing.application,
        role=NAMES[standing.member.role],
        preset=PRESETS.get(standing.application.preset),
        client=find_client(standing.application.sandbox_client_id),
        secret=secret[1] if secret is not None and secret[0] == application_id else None,
        issuer=services.current().settings.issuer,
        may_change=standing.may(Permission.CHANGE),
        faults_on=list_active(standing.application.sandbox_client_id),
    )


def find_client(client_id: str | None) -> Client | None:
    return services.current().clients.find_now(client_id) if client_id else None
