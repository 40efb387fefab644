"""At the counter: a representative stands beside a child, shows card and papers, and agrees for them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.officials import acts
from tnid.officials.card import read_card
from tnid.officials.desk import may_open
from tnid.officials.forms import GuardianForm
from tnid.officials.serving import Served, get_served
from tnid.officials.views import STATUS_OF_REASON, ask_to_sign_in_anew, count_search, tell

blueprint = declare(
    Blueprint("guardianship", __name__, url_prefix="/officials/visits/<visit_id>/guardian"), Guard.STAFF
)

EVENT = f"counter.{acts.RECORDED_GUARDIAN}"


@blueprint.route("", methods=["GET", "POST"])
def record(visit_id: str) -> ResponseReturnValue:
    """Record that a guardian agrees for the child at the counter, whose card is on the table."""
    served = get_served(visit_id)
    if not served.may_have_guardian:
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    if not may_open():
        return ask_to_sign_in_anew(url_for("guardianship.record", visit_id=visit_id))
    form, refused = GuardianForm(), None
    if form.validate_on_submit():
        refused = agree(served, form.card.data)
        if refused is None:
            tell(gettext("Recorded: the guardian agreed. Both are told."))
            return redirect(url_for("serving.show", visit_id=visit_id), 303)
        show_refusal(form, refused)
    page = render_template("officials/guardian.html", official=served.official, served=served, form=form)
    reason = refused.reason if refused else ""
    return page, STATUS_OF_REASON.get(reason, 400 if form.is_submitted() else 200)


def agree(served: Served, typed: str) -> Refused | None:
    """Find the guardian by their card, and record it; nothing of their account is shown."""
    found = count_search() or read_card(typed)
    if isinstance(found, Refused):
        return found
    parts, official, child = services.current(), served.official, get_child(served)
    guardian_id = parts.accounts.identity.find_account_id(found.number) if found.number else None
    refused = _find_obstacle(guardian_id, child.id, official.account_id)
    if refused is None and guardian_id is not None:
        refused = parts.guardians.agree_at_counter(child.id, guardian_id, official.account_id, services.now())
    if refused is not None or guardian_id is None:
        return _refuse(child.id, refused.reason if refused else "guardian_unknown", official)
    note(served, child.id, guardian_id)
    return None


def get_child(served: Served) -> Any:
    """Return the child's account; raises LookupError, which `may_have_guardian` rules out."""
    if served.account is None:
        raise LookupError("nobody is at the counter")
    return served.account


def _find_obstacle(guardian_id: str | None, child_id: str, official_id: str) -> Refused | None:
    if guardian_id is None:
        return Refused("card", "guardian_unknown")
    if guardian_id == child_id:
        return Refused("card", "guardian_of_oneself")
    return Refused("card", "own_account") if official_id in (guardian_id, child_id) else None


def note(served: Served, child_id: str, guardian_id: str) -> None:
    """Keep it as an act on the child's account, and tell the guardian, too."""
    parts, now, official = services.current(), services.now(), served.official
    parts.counter.acts.note(acts.RECORDED_GUARDIAN, official.account_id, child_id, official.commune, now)
    parts.messages.announce(guardian_id, "counter_guardian", now, commune=official.commune_name)


def _refuse(child_id: str, reason: str, official: Any) -> Refused:
    services.current().audit.record(
        EVENT, outcome="refused", reason=reason, account_id=child_id, now=services.now(),
        details={"actor": official.account_id, "commune": official.commune},
    )  # fmt: skip
    return Refused("card", reason)
