"""A team's tokens, by which programs register applications in the sandbox."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.discovery import endpoint_uri
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.desk import get_member
from tnid.developers.forms import TokenForm
from tnid.developers.records import TeamStanding
from tnid.developers.roles import Permission
from tnid.developers.team_pages import shared
from tnid.signin import kept

blueprint = declare(
    Blueprint("team_tokens", __name__, url_prefix="/developers/teams/<team_id>/tokens"), Guard.DEVELOPER
)

TOKEN = "team_token"  # noqa: S105  what the browser's sealed member is called


@blueprint.route("", methods=["GET", "POST"])
def index(team_id: str) -> ResponseReturnValue:
    """List the tokens, and make one."""
    standing, form = get_member(team_id, Permission.CHANGE), TokenForm()
    if form.validate_on_submit():
        by = standing.member.account_id
        token = services.current().developers.tokens.make(
            standing.team.id, form.name.data, int(form.days.data), by, services.now()
        )
        if not isinstance(token, Refused):
            kept.keep(TOKEN, by, [team_id, token])
            return redirect(url_for("team_tokens.show_token", team_id=team_id), 303)
        show_refusal(form, token)
    return answer_form(show_page(standing, form), form)


def show_page(standing: TeamStanding, form: TokenForm) -> str:
    parts = services.current()
    tokens = parts.developers.tokens.list_of_team(standing.team.id, services.now())
    return render_template(
        "developers/tokens.html",
        **shared(standing),
        form=form,
        tokens=[(one, parts.accounts.find_name(one.made_by)) for one in tokens],
        address=endpoint_uri(parts.settings.issuer, "registration_endpoint"),
    )


@blueprint.get("/made")
def show_token(team_id: str) -> ResponseReturnValue:
    """Show the token that was just made; after half an hour it is shown no more."""
    standing = get_member(team_id, Permission.CHANGE)
    found = kept.find(TOKEN, standing.member.account_id)
    if found is None or found[0] != team_id:
        return redirect(url_for("team_tokens.index", team_id=team_id), 303)
    return render_template(
        "developers/token.html",
        **shared(standing),
        token=found[1],
        address=endpoint_uri(services.current().settings.issuer, "registration_endpoint"),
    )


@blueprint.post("/<token_id>/revoke")
def revoke(team_id: str, token_id: str) -> ResponseReturnValue:
    """End a token at once; whatever it registered stays."""
    standing = get_member(team_id, Permission.CHANGE)
    if PlainForm().validate_on_submit() and services.current().developers.tokens.revoke(
        token_id, standing.team.id, standing.member.account_id, services.now()
    ):
        kept.drop(TOKEN)
        flash(gettext("Revoked. What it registered stays."), "good")
    return redirect(url_for("team_tokens.index", team_id=team_id), 303)
