"""Who belongs to a team, as its members see it and its owners change it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.decoupled.user_code import show_user_code
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.desk import end, find_obstacle_of_team, get_member
from tnid.developers.forms import RoleForm
from tnid.developers.members import CODE_SECONDS, Listed
from tnid.developers.records import TeamStanding
from tnid.developers.roles import HINTS, NAMES, Permission
from tnid.developers.team_pages import shared
from tnid.signin import kept

blueprint = declare(
    Blueprint("members", __name__, url_prefix="/developers/teams/<team_id>/members"), Guard.DEVELOPER
)

CODE = "member_code"


@blueprint.get("")
def index(team_id: str) -> ResponseReturnValue:
    """List who belongs to the team, and the invitations that are open; all who look may know."""
    standing = get_member(team_id, Permission.LOOK)
    return render_template(
        "developers/members.html", **shared(standing), listed=list_all(standing), roles=NAMES
    )


def list_all(standing: TeamStanding) -> list[Listed]:
    return services.current().developers.members.list_of_team(standing.team.id, services.now())


@blueprint.route("/new", methods=["GET", "POST"])
def invite(team_id: str) -> ResponseReturnValue:
    """Ask which role, and make the code that offers it."""
    standing = get_member(team_id, Permission.MANAGE)
    if (obstacle := find_obstacle_of_team(standing, url_for("members.invite", team_id=team_id))) is not None:
        return obstacle
    form = RoleForm()
    if form.validate_on_submit():
        code = services.current().developers.members.invite(
            standing.team.id, form.role.data, standing.member.account_id, services.now()
        )
        if not isinstance(code, Refused):
            kept.keep(CODE, standing.member.account_id, [team_id, code, form.role.data])
            return redirect(url_for("members.show_code", team_id=team_id), 303)
        show_refusal(form, code)
    page = render_template("developers/invite.html", **shared(standing), form=form, hints=HINTS)
    return answer_form(page, form)


@blueprint.get("/code")
def show_code(team_id: str) -> ResponseReturnValue:
    """Show the code that was just made; after half an hour it is shown no more."""
    standing = get_member(team_id, Permission.MANAGE)
    found = kept.find(CODE, standing.member.account_id)
    if found is None or found[0] != team_id:
        return redirect(url_for("members.index", team_id=team_id), 303)
    return render_template(
        "developers/code.html",
        **{**shared(standing), "role": NAMES[found[2]]},
        code=show_user_code(found[1]),
        address=f"{services.current().settings.issuer}{url_for('developer_joining.join')}",
        days=CODE_SECONDS // 86400,
    )


@blueprint.route("/<member_id>", methods=["GET", "POST"])
def change(team_id: str, member_id: str) -> ResponseReturnValue:
    """Show one member, and change the role."""
    standing = get_member(team_id, Permission.MANAGE)
    one = get_listed(standing, member_id)
    here = url_for("members.change", team_id=team_id, member_id=one.id)
    if (obstacle := find_obstacle_of_team(standing, here)) is not None:
        return obstacle
    form = RoleForm(role=one.role)
    if form.validate_on_submit() and not one.is_invitation:
        if services.current().developers.members.change_role(
            one.id, standing.team.id, form.role.data, standing.member.account_id, services.now()
        ):
            flash(gettext("Saved. %(name)s is told.", name=one.name), "good")
            return redirect(url_for("teams.show", team_id=team_id), 303)
        show_refusal(form, Refused("role", "last_owner"))
    page = render_template(
        "developers/member.html", **shared(standing), one=one, form=form, hints=HINTS, roles=NAMES
    )
    return answer_form(page, form)


@blueprint.route("/<member_id>/hand-over", methods=["GET", "POST"])
def hand_over(team_id: str, member_id: str) -> ResponseReturnValue:
    """Make a member the owner in one's own stead, once that was asked about."""
    standing = get_member(team_id, Permission.MANAGE)
    one = get_listed(standing, member_id)
    if one.is_invitation or one.id == standing.member.id:
        return redirect(url_for("members.change", team_id=team_id, member_id=one.id), 303)
    here = url_for("members.hand_over", team_id=team_id, member_id=one.id)
    if (obstacle := find_obstacle_of_team(standing, here)) is not None:
        return obstacle
    form = PlainForm()
    if form.validate_on_submit():
        if services.current().developers.members.hand_over(
            one.id, standing.team.id, standing.member.id, standing.member.account_id, services.now()
        ):
            flash(
                gettext("%(name)s owns the team now. You stay in it as a developer.", name=one.name), "good"
            )
        else:
            flash(gettext("The team could not be handed over: this account can't own it now."), "care")
        return redirect(url_for("teams.show", team_id=team_id), 303)
    return render_template("developers/hand_over.html", **shared(standing), one=one, form=form)


@blueprint.post("/<member_id>/remove")
def remove(team_id: str, member_id: str) -> ResponseReturnValue:
    """End somebody's part, or an invitation."""
    standing = get_member(team_id, Permission.MANAGE)
    one = get_listed(standing, member_id)
    back = url_for("members.change", team_id=team_id, member_id=one.id)
    if (obstacle := find_obstacle_of_team(standing, back)) is not None:
        return obstacle
    if not PlainForm().validate_on_submit():
        return redirect(back, 303)
    if not services.current().developers.members.remove(
        one.id, standing.team.id, standing.member.account_id, services.now()
    ):
        flash(gettext("Nobody would own the team any more. Make somebody else an owner first."), "care")
        return redirect(back, 303)
    kept.drop(CODE)
    if one.id == standing.member.id:
        flash(gettext("You left the team."), "good")
        return redirect(url_for("developers.index"), 303)
    flash(said_of_removal(one), "good")
    return redirect(url_for("members.index", team_id=team_id), 303)


def said_of_removal(one: Listed) -> str:
    if one.is_invitation:
        return str(gettext("Done. From now on it opens nothing."))
    return str(
        gettext("%(name)s is out. Client secrets that they knew still work: change them.", name=one.name)
    )


@blueprint.post("/leave")
def leave(team_id: str) -> ResponseReturnValue:
    """Leave a team, in whatever role, while somebody else owns it."""
    standing = get_member(team_id, Permission.LOOK)
    if not PlainForm().validate_on_submit():
        return redirect(url_for("members.index", team_id=team_id), 303)
    if not services.current().developers.members.leave(
        standing.team.id, standing.member.account_id, services.now()
    ):
        flash(gettext("Nobody would own the team any more. Make somebody else an owner first."), "care")
        return redirect(url_for("members.index", team_id=team_id), 303)
    flash(gettext("You left the team."), "good")
    return redirect(url_for("developers.index"), 303)


def get_listed(standing: TeamStanding, member_id: str) -> Listed:
    """Return one of the team's own members and invitations, or end the request."""
    found = next((one for one in list_all(standing) if one.id == member_id), None)
    return found if found is not None else end(standing.member.account_id, "not_found", 404)
