"""The counter's pages: the next person first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.forms import PlainForm
from tnid.officials.desk import close_desk, find_official, may_open, name_of_commune, open_desk
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

door = declare(Blueprint("counter_door", __name__, url_prefix="/officials/open"), Guard.SIGNED_IN)
counter = declare(Blueprint("counter", __name__, url_prefix="/officials"), Guard.STAFF)


@door.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Open the desk: after a fresh sign-in with two factors, and by a button of ours alone."""
    role = _get_role()
    if find_official() is not None:
        return redirect(url_for("counter.index"), 303)
    form = PlainForm()
    if form.validate_on_submit():
        if may_open():
            open_desk(role)
            return redirect(url_for("counter.index"), 303)
        return send_to_sign_in(
            max_age=services.current().settings.fresh_sign_in_seconds,
            least_acr=LOA2,
            return_to=url_for("counter_door.enter"),
        )
    page = render_template(
        "officials/open.html",
        form=form,
        commune=name_of_commune(role.commune),
        minutes=services.current().settings.staff_idle_seconds // 60,
    )
    return page, (400 if form.is_submitted() else 200)


def _get_role() -> Any:
    """Return the role of who is signed in; 403 and a row in the log for everybody else."""
    account_id = get_end_user().account_id
    role = services.current().roles.find_official(account_id, services.now())
    if role is None:
        services.current().audit.record(
            "desk.open", outcome="refused", reason="no_role", account_id=account_id, now=services.now()
        )
        abort(403)
    return role


@counter.get("")
def index() -> ResponseReturnValue:
    return render_template("officials/index.html", official=find_official())


@counter.post("/close")
def close() -> ResponseReturnValue:
    close_desk()
    return redirect(url_for("accounts.overview"), 303)
