"""A sign-in made anew in a window of its own, for a form that waits in another one."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.developers.desk import find_obstacle

blueprint = declare(Blueprint("developer_again", __name__, url_prefix="/developers/again"), Guard.DEVELOPER)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Ask for both factors where the last sign-in is too long ago for anything of the portal; then say so."""
    fresh = services.current().settings.fresh_sign_in_seconds
    obstacle = find_obstacle(url_for("developer_again.show"), within_seconds=fresh)
    return obstacle or render_template("signin/again.html")
