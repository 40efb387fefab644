"""A team as its members see it: its applications, what was done in it, and what it is called."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.acts import PAGE_ACTS
from tnid.developers.desk import find_obstacle_of_team, get_member
from tnid.developers.forms import TeamForm
from tnid.developers.history import describe_acts
from tnid.developers.presets import PRESETS
from tnid.developers.records import TeamStanding
from tnid.developers.roles import NAMES, Permission
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("teams", __name__, url_prefix="/developers/teams"), Guard.DEVELOPER)


@blueprint.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Make a team, which the person then owns."""
    form = TeamForm()
    if form.validate_on_submit():
        made = services.current().developers.teams.create(
            form.name.data, form.organisation.data or "", get_end_user().account_id, services.now()
        )
        if not isinstance(made, Refused):
            flash(gettext("The team is made. You own it."), "good")
            return redirect(url_for("teams.show", team_id=made), 303)
        show_refusal(form, made)
    return answer_form(render_template("developers/new_team.html", form=form), form)


@blueprint.get("/<team_id>")
def show(team_id: str) -> ResponseReturnValue:
    """Show a team: its applications, and who belongs to it."""
    standing, parts = get_member(team_id, Permission.LOOK), services.current().developers
    applications = parts.applications.list_of_team(standing.team.id)
    return render_template(
        "developers/team.html",
        **shared(standing),
        applications=[one for one in applications if one.archived_at is None],
        archived=[one for one in applications if one.archived_at is not None],
        members=parts.members.list_of_team(standing.team.id, services.now()),
        presets=PRESETS,
        roles=NAMES,
    )


def shared(standing: TeamStanding) -> dict[str, Any]:
    """Return what every page of a team shows."""
    return {
        "standing": standing,
        "team": standing.team,
        "role": NAMES[standing.member.role],
        "may_change": standing.may(Permission.CHANGE),
        "may_manage": standing.may(Permission.MANAGE),
    }


@blueprint.get("/<team_id>/history")
def history(team_id: str) -> ResponseReturnValue:
    """Show who did what, the newest first."""
    standing, parts = get_member(team_id, Permission.LOOK), services.current().developers
    before = web.find_row_number("before")
    acts = parts.acts.list_of_team(standing.team.id, before=before, most=PAGE_ACTS + 1)
    shown = acts[:PAGE_ACTS]
    return render_template(
        "developers/history.html",
        **shared(standing),
        acts=describe_acts(shown),
        older=shown[-1].id if len(acts) > PAGE_ACTS else None,
        is_older=before is not None,
    )


@blueprint.route("/<team_id>/settings", methods=["GET", "POST"])
def change(team_id: str) -> ResponseReturnValue:
    """Change what a team is called, and who is behind it."""
    standing = get_member(team_id, Permission.MANAGE)
    if (obstacle := find_obstacle_of_team(standing, url_for("teams.change", team_id=team_id))) is not None:
        return obstacle
    form = TeamForm(name=standing.team.name, organisation=standing.team.organisation)
    if form.validate_on_submit():
        refused = services.current().developers.teams.describe(
            standing.team.id, form.name.data, form.organisation.data or "", standing.member.account_id,
            services.now(),
        )  # fmt: skip
        if refused is None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("teams.show", team_id=team_id), 303)
        show_refusal(form, refused)
    page = render_template("developers/team_settings.html", **shared(standing), form=form)
    return answer_form(page, form)


@blueprint.post("/<team_id>/archive")
def archive(team_id: str) -> ResponseReturnValue:
    """Archive a team, after its applications."""
    standing = get_member(team_id, Permission.MANAGE)
    back = url_for("teams.change", team_id=team_id)
    if (obstacle := find_obstacle_of_team(standing, back)) is not None:
        return obstacle
    if not PlainForm().validate_on_submit():
        return redirect(back, 303)
    refused = services.current().developers.teams.archive(
        standing.team.id, standing.member.account_id, services.now()
    )
    if refused is not None:
        flash(message_of(refused), "care")
        return redirect(back, 303)
    flash(gettext("The team is in the archive. You can take it out again."), "good")
    return redirect(url_for("teams.show", team_id=team_id), 303)


@blueprint.post("/<team_id>/restore")
def restore(team_id: str) -> ResponseReturnValue:
    """Take a team out of the archive; only an owner may, which the statement asks."""
    standing = get_member(team_id, Permission.LOOK)
    if PlainForm().validate_on_submit() and services.current().developers.teams.restore(
        standing.team.id, standing.member.account_id, services.now()
    ):
        flash(gettext("The team is back. Take its applications out of the archive one by one."), "good")
    return redirect(url_for("teams.show", team_id=team_id), 303)
