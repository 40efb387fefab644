"""What waits for a second operator: agreed to, refused, withdrawn."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.acts import EXPORT_AUDIT
from tnid.admin.asking import NOT_FRESH, check_fresh, find_obstacle
from tnid.admin.audit_desk import AGREED_SECONDS
from tnid.admin.desk import Operator, get_operator
from tnid.admin.names import name_of_operator
from tnid.admin.requests import Asked
from tnid.admin.roles import Permission

blueprint = declare(Blueprint("admin_requests", __name__, url_prefix="/admin/requests"), Guard.OPERATOR)


class Shown(NamedTuple):
    """A request as the page has it."""

    row: Any
    label: Any
    warning: Any
    what: str
    asked_by: str
    decided_by: str
    is_own: bool
    may_decide: bool
    may_take: bool


def show(asked: Asked, operator: Operator) -> Shown:
    return Shown(
        asked.row,
        asked.act.label,
        asked.act.warning,
        asked.act.describe(services.current(), asked.arguments),
        name_of_operator(asked.row.asked_by),
        name_of_operator(asked.row.decided_by),
        asked.row.asked_by == operator.account_id,
        may_decide(asked, operator),
        may_take(asked, operator),
    )


def may_decide(asked: Asked, operator: Operator) -> bool:
    """Say whether this operator is the second pair of eyes."""
    is_other = operator.account_id not in (asked.row.asked_by, asked.act.concerns(asked.arguments))
    return is_other and operator.may(asked.act.permission)


def may_take(asked: Asked, operator: Operator) -> bool:
    """Say whether this is a part of the log that this operator may take along now."""
    row = asked.row
    is_own = row.act == EXPORT_AUDIT and row.asked_by == operator.account_id
    is_agreed = is_own and row.decision == "approved"
    return bool(is_agreed and row.decided_at > services.now() - AGREED_SECONDS)


def list_seen(asked: list[Asked], operator: Operator) -> list[Shown]:
    """Return what this operator may know of: what they asked for, or what their role allows."""
    return [
        show(one, operator)
        for one in asked
        if one.row.asked_by == operator.account_id or operator.may(one.act.permission)
    ]


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what waits, and what was decided lately."""
    operator, requests = get_operator(Permission.ENTER), services.current().admin.requests
    return render_template(
        "admin/requests.html",
        waiting=list_seen(requests.list_open(services.now()), operator),
        over=list_seen(requests.list_over(services.now()), operator),
    )


@blueprint.route("/<request_id>", methods=["GET", "POST"])
def decide(request_id: str) -> ResponseReturnValue:
    """Show one request, and decide it: agree, refuse, or take one's own back."""
    operator = get_operator(Permission.ENTER)
    asked = services.current().admin.requests.find(request_id)
    if asked is None or not list_seen([asked], operator):
        abort(404)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = PlainForm(), None
    if form.validate_on_submit():
        refused = act(asked, operator)
        if refused is None:
            return redirect(url_for("admin_requests.index"), 303)
        if refused != NOT_FRESH:
            flash(message_of(refused), "bad")
            return redirect(url_for("admin_requests.index"), 303)
        show_refusal(form, refused)
    page = render_template(
        "admin/request.html",
        one=show(asked, operator),
        form=form,
        is_open=asked.row.decided_at is None and asked.row.expires_at > services.now(),
        is_stale=refused == NOT_FRESH,
    )
    return answer_form(page, form)


def act(asked: Asked, operator: Operator) -> Refused | None:
    """Do what the pressed button says."""
    parts, now, id_ = services.current(), services.now(), asked.row.id
    pressed = request.form.get("decision", "")
    if pressed == "withdraw":
        refused = parts.admin.requests.withdraw(id_, operator.account_id, now)
        return _tell(refused, gettext("Taken back. Nothing was done."))
    get_operator(asked.act.permission)
    if pressed == "refuse":
        refused = parts.admin.requests.refuse(id_, operator.account_id, now)
        return _tell(refused, gettext("Refused. Nothing was done."))
    if pressed != "agree":
        abort(400)
    refused = check_fresh("operator_request.agree", operator.account_id)
    refused = refused or parts.admin.requests.agree(id_, operator.account_id, now)
    return _tell(refused, gettext("Agreed, and done."))


def _tell(refused: Refused | None, text: str) -> Refused | None:
    if refused is None:
        flash(text, "good")
    return refused
