"""Pages on which something grave is done or asked for: after a sign-in of the last minutes, with a reason.

Whoever opens such a page signs in first where the last time is too long ago. Whoever then takes too long to
send it gets the page back with all that was typed, and signs in in another window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import desk, services
from tnid.access import send_to_sign_in
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin import notices
from tnid.admin.acts import ACTS, Act
from tnid.admin.desk import get_operator
from tnid.admin.forms import ReasonForm
from tnid.admin.roles import Permission
from tnid.signin.assurance import LOA2

NOT_FRESH = Refused("", "not_fresh")


def find_obstacle() -> ResponseReturnValue | None:
    """Return the way to a fresh sign-in for who opens a grave page too long after the last one."""
    if request.method != "GET" or desk.may_open():
        return None
    max_age = services.current().settings.fresh_sign_in_seconds
    return send_to_sign_in(max_age=max_age, least_acr=LOA2)


def check_fresh(event: str, account_id: str) -> Refused | None:
    """Return the refusal of what is sent too long after the last sign-in; the log keeps it."""
    if desk.may_open():
        return None
    services.current().audit.record(
        event, outcome="refused", reason=NOT_FRESH.reason, account_id=account_id, now=services.now()
    )
    return NOT_FRESH


def ask_for(act_name: str, arguments: Mapping[str, str], reason: str) -> str | Refused:
    """Ask for an act of ACTS, by the operator who is here."""
    operator = get_operator(ACTS[act_name].permission)
    stale = check_fresh("operator_request.ask", operator.account_id)
    requests = services.current().admin.requests
    return stale or requests.ask(act_name, arguments, reason, operator.account_id, services.now())


def show_asked() -> ResponseReturnValue:
    """Say that a second operator is asked, and show what waits."""
    flash(gettext("Asked for. It is done as soon as a second operator agrees."), "good")
    return redirect(url_for("admin_requests.index"), 303)


def ask_page(act_name: str, arguments: Mapping[str, str], back: str) -> ResponseReturnValue:
    """Answer the page on which an act is asked for with a reason: shown, and sent."""
    act = ACTS[act_name]
    get_operator(act.permission)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = ReasonForm(), None
    if form.validate_on_submit():
        asked = ask_for(act_name, arguments, form.reason.data or "")
        if not isinstance(asked, Refused):
            return show_asked()
        refused = asked
        show_refusal(form, refused)
    page = render_template(
        "admin/ask.html",
        act=act,
        what=act.describe(services.current(), arguments),
        form=form,
        back=back,
        is_stale=refused == NOT_FRESH,
        is_alone=not _list_others(act, arguments),
    )
    return answer_form(page, form)


def _list_others(act: Act, arguments: Mapping[str, str]) -> list[str]:
    but = (get_operator(act.permission).account_id, act.concerns(arguments))
    return notices.list_who_may_agree(services.current(), act.permission, but, services.now())


def do_page(
    event: str, do: Callable[[str], Refused | None], back: str, done: str, **texts: Any
) -> ResponseReturnValue:
    """Answer the page on which one operator does something grave alone: `do` takes the reason.

    `texts` are the page's: title, text, label and kind of its button, whether a reason `is_needed`.
    """
    operator = get_operator(Permission.ENTER)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = ReasonForm(), None
    if form.validate_on_submit():
        refused = check_fresh(event, operator.account_id) or do(form.reason.data or "")
        if refused is None:
            flash(done, "good")
            return redirect(back, 303)
        show_refusal(form, refused)
    page = render_template("admin/do.html", form=form, back=back, is_stale=refused == NOT_FRESH, **texts)
    return answer_form(page, form)
