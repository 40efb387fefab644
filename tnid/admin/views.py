"""The operators' first pages: the desk is opened, and what waits is shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tnid import desk, services
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.admin.desk import find_operator, get_operator
from tnid.admin.roles import NAMES, Permission
from tnid.admin.sections import SECTIONS
from tnid.admin.waiting import list_waiting
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

door = declare(Blueprint("admin_door", __name__, url_prefix="/admin/open"), Guard.SIGNED_IN)
blueprint = declare(Blueprint("admin", __name__, url_prefix="/admin"), Guard.OPERATOR)


@door.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Open the desk: after a fresh sign-in with two factors, and by a button of ours alone."""
    roles = _get_roles()
    if find_operator() is not None:
        return redirect(url_for("admin.index"), 303)
    form = PlainForm()
    if form.validate_on_submit():
        if not desk.may_open():
            max_age = services.current().settings.fresh_sign_in_seconds
            return send_to_sign_in(max_age=max_age, least_acr=LOA2, return_to=url_for("admin_door.enter"))
        desk.open_desk(desk.ADMIN, roles[0])
        services.current().admin.operators.note_use(get_end_user().account_id, services.now())
        return redirect(url_for("admin.index"), 303)
    page = render_template(
        "admin/open.html",
        form=form,
        roles=[NAMES[row.role] for row in roles],
        minutes=services.current().settings.staff_idle_seconds // 60,
    )
    return answer_form(page, form)


def _get_roles() -> list[Any]:
    """Return the roles of who is signed in; 403 and a row in the log for everybody else."""
    parts, account_id = services.current(), get_end_user().account_id
    roles = parts.admin.operators.list_roles(account_id, services.now())
    if not roles:
        parts.audit.record(
            "operator_desk.open",
            outcome="refused",
            reason="no_role",
            account_id=account_id,
            now=services.now(),
        )
        abort(403)
    return roles


@blueprint.post("/close")
def close() -> ResponseReturnValue:
    desk.close_desk(desk.ADMIN)
    return redirect(url_for("accounts.overview"), 303)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what waits for this operator, and where they may go."""
    operator = get_operator(Permission.ENTER)
    return render_template(
        "admin/index.html",
        waiting=list_waiting(services.current(), operator, services.now()),
        sections=[section for section in SECTIONS if operator.may(section.permission)],
        roles=[NAMES[role] for role in sorted(operator.roles)],
    )


@blueprint.get("/fresh")
def fresh() -> ResponseReturnValue:
    """Sign in anew in a window of its own, for a form that waits in another."""
    operator = get_operator(Permission.ENTER)
    if not desk.may_open():
        max_age = services.current().settings.fresh_sign_in_seconds
        return send_to_sign_in(max_age=max_age, least_acr=LOA2)
    return render_template("signin/again.html", operator=operator)
