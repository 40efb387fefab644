"""Who serves at the counter of which commune, as administrators see it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.asking import NOT_FRESH, check_fresh, do_page, find_obstacle
from tnid.admin.desk import get_operator
from tnid.admin.forms import OfficialForm
from tnid.admin.requests import read_reason
from tnid.admin.roles import Permission
from tnid.officials.desk import name_of_commune

blueprint = declare(Blueprint("admin_officials", __name__, url_prefix="/admin/officials"), Guard.OPERATOR)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the officials by their communes."""
    get_operator(Permission.OFFICIALS)
    roles, now = services.current().counter.roles, services.now()
    listed = [
        (row, name_of_commune(row.commune), roles.is_asleep(row, now)) for row in roles.list_officials()
    ]
    return render_template("admin/officials.html", listed=sorted(listed, key=lambda one: one[1]))


@blueprint.route("/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Make somebody an official of a commune, by their username."""
    operator = get_operator(Permission.OFFICIALS)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = OfficialForm(), None
    if form.validate_on_submit():
        refused = check_fresh("operator.act", operator.account_id) or grant(form, operator.account_id)
        if refused is None:
            flash(gettext("They can open the counter now."), "good")
            return redirect(url_for("admin_officials.index"), 303)
        show_refusal(form, refused)
    page = render_template("admin/new_official.html", form=form, is_stale=refused == NOT_FRESH)
    return answer_form(page, form)


def grant(form: OfficialForm, by: str) -> Refused | None:
    """Grant the role: never to oneself, nor to somebody whose account is shut."""
    parts, now = services.current(), services.now()
    reason = read_reason(form.reason.data or "")
    account_id = parts.accounts.find_id_by_username(form.username.data)
    refused = reason if isinstance(reason, Refused) else None
    if refused is None and (account_id is None or account_id == by):
        refused = Refused("username", "own_account" if account_id else "nobody_open")
    if refused is None and account_id is not None:
        refused = parts.counter.roles.grant_official(account_id, form.commune.data, now)
        if refused is not None and refused.reason == "has_role":
            refused = Refused("username", "is_official")
    note("role.grant", by, refused, now, of=account_id or "", commune=form.commune.data, why=str(reason))
    return refused


def note(act: str, by: str, refused: Refused | None, now: int, **details: str) -> None:
    """Keep who did it, and why; of what was refused the reason alone."""
    services.current().audit.record(
        "operator.act", outcome="refused" if refused else "ok", reason=refused.reason if refused else None,
        account_id=by, now=now, details={"act": act, **({} if refused else details)},
    )  # fmt: skip


@blueprint.route("/<account_id>/revoke", methods=["GET", "POST"])
def revoke(account_id: str) -> ResponseReturnValue:
    """Take the role back: their counter closes at once."""
    operator, row = get_operator(Permission.OFFICIALS), find_official(account_id)
    if row is None:
        abort(404)

    def do(typed: str) -> Refused | None:
        now, reason = services.now(), read_reason(typed)
        refused = reason if isinstance(reason, Refused) else None
        if refused is None and not services.current().counter.roles.revoke_official(account_id, now):
            refused = Refused("", "has_no_role")
        note("role.revoke", operator.account_id, refused, now, of=account_id, why=str(reason))
        return refused

    return do_page(
        "operator.act",
        do,
        url_for("admin_officials.index"),
        gettext("The role is taken back."),
        title=gettext("Take an official's role back"),
        what=f"{row.username} – {name_of_commune(row.commune)}",
        warning=gettext("Their counter closes at once."),
        label=gettext("Take it back"),
        kind="grave",
    )


def find_official(account_id: str) -> Any:
    """Return the role of an official, one that sleeps too, or None."""
    rows = services.current().counter.roles.list_officials()
    return next((row for row in rows if row.account_id == account_id), None)
