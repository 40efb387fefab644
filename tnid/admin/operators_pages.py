"""Who is an operator, as administrators see it: roles are asked for here, and granted by two."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.acts import GRANT_ROLE, REVOKE_ROLE
from tnid.admin.asking import NOT_FRESH, ask_for, ask_page, find_obstacle, show_asked
from tnid.admin.desk import get_operator
from tnid.admin.forms import NewOperatorForm
from tnid.admin.roles import HINTS, NAMES, OPERATOR_ROLES, Permission

blueprint = declare(Blueprint("admin_operators", __name__, url_prefix="/admin/operators"), Guard.OPERATOR)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the operators and their roles."""
    get_operator(Permission.OPERATORS)
    operators, now = services.current().admin.operators, services.now()
    listed: dict[str, list[Any]] = {}
    for row in operators.list_all():
        listed.setdefault(row.username, []).append((row, NAMES[row.role], operators.is_asleep(row, now)))
    return render_template("admin/operators.html", listed=sorted(listed.items()))


@blueprint.route("/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Ask for a role for somebody, by their username."""
    get_operator(Permission.OPERATORS)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = NewOperatorForm(), None
    if form.validate_on_submit():
        asked = ask_to_grant(form)
        if not isinstance(asked, Refused):
            return show_asked()
        refused = asked
        show_refusal(form, refused)
    page = render_template("admin/new_operator.html", form=form, hints=HINTS, is_stale=refused == NOT_FRESH)
    return answer_form(page, form)


def ask_to_grant(form: NewOperatorForm) -> str | Refused:
    account_id = services.current().accounts.find_id_by_username(form.username.data)
    given = {"account": account_id or "", "role": form.role.data}
    return ask_for(GRANT_ROLE, given, form.reason.data or "")


@blueprint.route("/revoke", methods=["GET", "POST"])
def revoke() -> ResponseReturnValue:
    """Ask for a role to be taken back."""
    get_operator(Permission.OPERATORS)
    account_id, role = request.args.get("of", ""), request.args.get("role", "")
    if role not in OPERATOR_ROLES or services.current().accounts.find(account_id) is None:
        abort(404)
    return ask_page(REVOKE_ROLE, {"account": account_id, "role": role}, url_for("admin_operators.index"))
