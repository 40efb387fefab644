"""The switches of features: off with a reason that people read, on again by one press."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.asking import NOT_FRESH, check_fresh, find_obstacle
from tnid.admin.desk import get_operator
from tnid.admin.forms import SwitchOffForm
from tnid.admin.names import name_of_operator
from tnid.admin.requests import read_reason
from tnid.admin.roles import Permission
from tnid.switches import SWITCHES

blueprint = declare(Blueprint("admin_switches", __name__, url_prefix="/admin/switches"), Guard.OPERATOR)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the switches as they stand."""
    get_operator(Permission.SWITCHES)
    states = services.current().switches.list_all()
    return render_template(
        "admin/switches.html",
        states=[(state, name_of_operator(state.changed_by)) for state in states],
        off_count=sum(not state.is_on for state in states),
    )


@blueprint.route("/<name>/off", methods=["GET", "POST"])
def turn_off(name: str) -> ResponseReturnValue:
    """Turn a feature off; one that people need to get in only after a second question."""
    operator = get_operator(Permission.SWITCHES)
    if name not in SWITCHES:
        abort(404)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = SwitchOffForm(), None
    if form.validate_on_submit():
        refused = check_fresh("switch.off", operator.account_id) or _turn_off(name, form, operator.account_id)
        if refused is None:
            flash(gettext("Turned off: %(what)s", what=SWITCHES[name].label), "good")
            return redirect(url_for("admin_switches.index"), 303)
        show_refusal(form, refused)
    page = render_template(
        "admin/switch_off.html",
        switch=SWITCHES[name],
        form=form,
        is_stale=refused == NOT_FRESH,
        asks_again=refused is not None and refused.field == "is_meant",
    )
    return answer_form(page, form)


def _turn_off(name: str, form: SwitchOffForm, by: str) -> Refused | None:
    parts, now = services.current(), services.now()
    reason = read_reason(form.reason.data or "")
    if not isinstance(reason, Refused) and SWITCHES[name].is_needed and not form.is_meant.data:
        reason = Refused("is_meant", "switch_needed")
    if isinstance(reason, Refused):
        parts.audit.record(
            "switch.off", outcome="refused", reason=reason.reason, account_id=by, now=now,
            details={"switch": name},
        )  # fmt: skip
        return reason
    return parts.switches.turn(name, is_on=False, reason=reason, by=by, now=now)


@blueprint.post("/<name>/on")
def turn_on(name: str) -> ResponseReturnValue:
    """Turn a feature on again."""
    operator = get_operator(Permission.SWITCHES)
    if name not in SWITCHES:
        abort(404)
    if PlainForm().validate_on_submit():
        refused = services.current().switches.turn(
            name, is_on=True, reason="", by=operator.account_id, now=services.now()
        )
        if refused is None:
            flash(gettext("Turned on again: %(what)s", what=SWITCHES[name].label), "good")
        else:
            flash(message_of(refused), "care")
    return redirect(url_for("admin_switches.index"), 303)


@blueprint.post("/all-on")
def turn_all_on() -> ResponseReturnValue:
    """Turn on whatever is off."""
    operator = get_operator(Permission.SWITCHES)
    if PlainForm().validate_on_submit():
        services.current().switches.turn_all_on(operator.account_id, services.now())
        flash(gettext("Everything is on."), "good")
    return redirect(url_for("admin_switches.index"), 303)
