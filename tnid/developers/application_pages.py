"""An application: made by one short form, and its first page."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from oidc.discovery import endpoint_uri
from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.client_log.service import LogEntry
from tnid.developers.desk import get_application
from tnid.developers.forms import ApplicationForm
from tnid.developers.making import Made, NewApplication
from tnid.developers.presets import CLI, PRESETS, SERVICE, TERMINAL
from tnid.developers.progress import list_steps
from tnid.developers.records import Standing, TeamStanding
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
    # Before its fields are looked at: what it made the first time may be among what there is to choose
    if form.is_submitted() and (again := find_again(form.attempt.data or "", account_id, now)) is not None:
        return redirect(again, 303)
    if form.validate_on_submit():
        made = make(form, account_id, now)
        if not isinstance(made, Refused):
            return redirect(made, 303)
        show_refusal(form, made)
    page = render_template("developers/new_application.html", form=form, teams=teams, hints=hints())
    return answer_form(page, form)


def hints() -> dict[str, str]:
    """Return what each kind means, and where its sign-ins come back to unless something else is typed."""
    return {one.id: " ".join((str(one.hint), *_beginning(one.redirect_uri))) for one in PRESETS.values()}


def _beginning(redirect_uri: str) -> list[str]:
    return [gettext("Begins with %(address)s", address=redirect_uri)] if redirect_uri else []


def list_teams(account_id: str) -> list[TeamStanding]:
    """Return the teams in which this person may make an application."""
    found = services.current().developers.teams.list_of_account(account_id)
    return [one for one in found if one.may(Permission.CHANGE)]


def make(form: ApplicationForm, account_id: str, now: int) -> str | Refused:
    """Return where to go on once the application is made."""
    made = make_anew(form, account_id, now)
    if isinstance(made, Refused):
        return made
    keep_made(made, account_id)
    return url_for("applications.show", application_id=made.application_id)


def find_again(attempt: str, account_id: str, now: int) -> str | None:
    """Return where to go on with what this very form made before, None where it made nothing."""
    made = services.current().developers.applications.find_made(attempt, account_id, now)
    if made is None:
        return None
    keep_made(made, account_id)
    return url_for("applications.show", application_id=made.application_id)


def keep_made(made: Made, account_id: str) -> None:
    """Have the next page show a secret, sealed in this browser and nowhere else."""
    if made.secret or made.private_key:
        kept.keep(SECRET, account_id, list(made))


def make_anew(form: ApplicationForm, account_id: str, now: int) -> Made | Refused:
    """Make the application, and a team where there is none yet."""
    parts = services.current().developers
    new = NewApplication(
        form.team.data, form.name.data, form.preset.data, form.redirect_uri.data or "", form.attempt.data
    )
    # No team is made for what can't be
    if (refused := parts.applications.find_fault(new, now)) is not None:
        return refused
    team_id = form.team.data or parts.teams.create(_own_team_name(), "", account_id, now)
    if isinstance(team_id, Refused):
        return team_id
    return parts.applications.create(new._replace(team_id=team_id), account_id, now)


def _own_team_name() -> str:
    account = find_account()
    return str(gettext("Team of %(name)s", name=account.display_name if account else ""))


@blueprint.get("/<application_id>")
def show(application_id: str) -> ResponseReturnValue:
    """Show what an application needs to be written: its client id and the addresses; what comes next."""
    standing, parts = get_application(application_id, Permission.LOOK), services.current()
    application, client = standing.application, find_client(standing.application.sandbox_client_id)
    last_error = parts.client_log.find_last_error(application.sandbox_client_id)
    return render_template(
        "developers/application.html",
        **shared(standing),
        preset=PRESETS.get(application.preset),
        client=client,
        addresses=list_addresses(application.preset, parts.settings.issuer),
        made=find_made(standing),
        attempt=secrets.token_urlsafe(16),
        steps=list_steps(standing) if client is not None else [],
        last_error=last_error,
        last_error_words=_say_error(last_error),
        faults_on=list_active(application.sandbox_client_id),
    )


def _say_error(entry: LogEntry | None) -> Any:
    # Here, for its words are many
    from tnid.client_log.explanations import say_shortly  # noqa: PLC0415  as above

    return "" if entry is None else say_shortly(entry)


def shared(standing: Standing) -> dict[str, Any]:
    """Return what every page of an application shows."""
    return {
        "standing": standing,
        "team": standing.team,
        "application": standing.application,
        "role": NAMES[standing.member.role],
        "may_change": standing.may(Permission.CHANGE),
        "may_manage": standing.may(Permission.MANAGE),
    }


def find_made(standing: Standing) -> Made | None:
    """Return the secret of what was made just now at this browser, None once it was put away."""
    found = kept.find(SECRET, standing.member.account_id)
    is_of_this = found is not None and found[0] == standing.application.id
    return Made(*found) if found is not None and is_of_this else None


def list_addresses(preset: str, issuer: str) -> list[tuple[str, str]]:
    """Return the addresses that a kind of application needs, by the names that libraries give them."""
    names = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"]
    if preset == SERVICE:
        names = ["token_endpoint"]
    elif preset == CLI:
        names[0] = "device_authorization_endpoint"
    elif preset == TERMINAL:
        names.insert(0, "pushed_authorization_request_endpoint")
    discovery = ("discovery", f"{issuer}/.well-known/openid-configuration")
    return [("issuer", issuer), discovery, *((name, endpoint_uri(issuer, name)) for name in names)]


def find_client(client_id: str | None) -> Client | None:
    return services.current().clients.find_now(client_id) if client_id else None
