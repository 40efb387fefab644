"""A team as its members see it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.desk import get_member
from tnid.developers.forms import TeamForm
from tnid.developers.presets import PRESETS
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
    return render_template("developers/new_team.html", form=form), (400 if form.is_submitted() else 200)


@blueprint.get("/<team_id>")
def show(team_id: str) -> ResponseReturnValue:
    """Show a team: its applications, and who belongs to it."""
    standing = get_member(team_id, Permission.LOOK)
    return render_template(
        "developers/team.html",
        standing=standing,
        team=standing.team,
        role=NAMES[standing.member.role],
        applications=services.current().developers.applications.list_of_team(standing.team.id),
        presets=PRESETS,
        may_change=standing.may(Permission.CHANGE),
        may_manage=standing.may(Permission.MANAGE),
    )
