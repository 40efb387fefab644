"""Who is an operator, as operators see it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.admin.desk import get_operator
from tnid.admin.roles import NAMES, Permission

blueprint = declare(Blueprint("admin_operators", __name__, url_prefix="/admin/operators"), Guard.OPERATOR)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the operators and their roles."""
    get_operator(Permission.OPERATORS)
    operators, now = services.current().admin.operators, services.now()
    listed = [(row, NAMES[row.role], operators.is_asleep(row, now)) for row in operators.list_all()]
    return render_template("admin/operators.html", listed=listed)
