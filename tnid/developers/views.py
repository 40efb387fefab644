"""The portal's first page: what it is, for whoever comes; one's teams and applications, for who signed in."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.developers.presets import PRESETS
from tnid.developers.roles import NAMES
from tnid.signin.session import find_end_user

blueprint = declare(Blueprint("developers", __name__, url_prefix="/developers"), Guard.PUBLIC)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what the portal offers, or one's own teams and applications."""
    end_user, parts = find_end_user(), services.current().developers
    if end_user is None:
        return render_template("developers/about.html")
    teams = parts.teams.list_of_account(end_user.account_id)
    standings = parts.applications.list_of_account(end_user.account_id)
    return render_template(
        "developers/index.html",
        teams=[one for one in teams if one.team.archived_at is None],
        standings=[
            one for one in standings if one.team.archived_at is None and one.application.archived_at is None
        ],
        roles=NAMES,
        presets=PRESETS,
    )
