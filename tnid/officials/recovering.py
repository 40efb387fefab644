"""Giving an account back: asked for with the card on the table, agreed to by another official."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of
from tnid.accounts.refusal import Refused
from tnid.officials.desk import get_official, may_open
from tnid.officials.forms import ComparedForm
from tnid.officials.serving import get_served
from tnid.officials.views import ask_to_sign_in_anew, tell

asking = declare(
    Blueprint("asking", __name__, url_prefix="/officials/visits/<visit_id>/recover"), Guard.STAFF
)
agreeing = declare(Blueprint("agreeing", __name__, url_prefix="/officials/recoveries"), Guard.STAFF)


@asking.route("", methods=["GET", "POST"])
def ask(visit_id: str) -> ResponseReturnValue:
    """Ask for it, after the card was compared: for the person whom it was recorded for, and nobody else."""
    served = get_served(visit_id)
    if not may_open():
        return ask_to_sign_in_anew(url_for("asking.ask", visit_id=visit_id))
    if served.account is None or not served.has_own_number or served.recovery is not None:
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    parts, now, official = services.current(), services.now(), served.official
    form = ComparedForm()
    if form.validate_on_submit():
        refused = find_obstacle_of_commune(served.account, official.commune) or parts.counter.recoveries.ask(
            served.account.id, official.account_id, official.commune, now
        )
        tell(message_of(refused) if refused else gettext("Asked for. Another official has to agree."),
             "care" if refused else "good")  # fmt: skip
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    page = render_template(
        "officials/recover.html",
        official=official,
        served=served,
        form=form,
        hours=parts.settings.counter_recovery_wait_seconds // 3600,
    )
    return answer_form(page, form)


def find_obstacle_of_commune(account: Any, commune: str) -> Refused | None:
    is_claimed = services.current().counter.people.claim(account, commune, services.now())
    return None if is_claimed else Refused("", "other_commune")


@agreeing.get("")
def index() -> ResponseReturnValue:
    """List what waits in this commune for a second official."""
    parts, official, now = services.current(), get_official(), services.now()
    waiting = []
    for row in parts.counter.recoveries.list_of_commune(official.commune, now):
        account = parts.counter.people.find_served(row.account_id, official.commune)
        if account is not None and account.id != official.account_id:
            asked_by = parts.accounts.find_name(row.asked_by)
            waiting.append({"row": row, "person": account.display_name, "asked_by": asked_by})
    return render_template("officials/recoveries.html", official=official, waiting=waiting, now=now)


@agreeing.post("/<recovery_id>/agree")
def agree(recovery_id: str) -> ResponseReturnValue:
    """Agree as the second official, who signed in a moment ago."""
    recovery = _get(recovery_id)
    if not may_open():
        return ask_to_sign_in_anew(url_for("agreeing.index"))
    official = get_official()
    refused = services.current().counter.recoveries.agree(recovery, official.account_id, services.now())
    if refused is None:
        tell(gettext("Agreed. The slip can be printed at the counter where the person is."))
    else:
        tell(message_of(refused), "care")
    return redirect(url_for("agreeing.index"), 303)


@agreeing.post("/<recovery_id>/stop")
def stop(recovery_id: str) -> ResponseReturnValue:
    """Stop it: any official of the commune may, at any time."""
    recovery = _get(recovery_id)
    services.current().counter.recoveries.stop_by_official(
        recovery, get_official().account_id, services.now()
    )
    tell(gettext("Stopped. The person is told."))
    return redirect(url_for("agreeing.index"), 303)


def _get(recovery_id: str) -> Any:
    """Return what is under way in this commune; 404, and a row in the log, for another's and one's own."""
    parts, official, now = services.current(), get_official(), services.now()
    recovery = parts.counter.recoveries.find(recovery_id, official.commune, now)
    is_served = (
        recovery is not None
        and recovery.account_id != official.account_id
        and parts.counter.people.find_served(recovery.account_id, official.commune) is not None
    )
    if not PlainForm().validate_on_submit() or not is_served:
        parts.audit.record(
            "counter.agreed_to_recover", outcome="refused", reason="not_found", now=now,
            details={"actor": official.account_id, "commune": official.commune},
        )  # fmt: skip
        abort(404)
    return recovery
