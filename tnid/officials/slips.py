"""Slips: what the person takes home. Their codes are made when the slip is, and are seen this once."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.officials import acts
from tnid.officials.activations import ENROL, LIFETIME_SECONDS, RECOVER
from tnid.officials.desk import may_open
from tnid.officials.serving import Served, get_served
from tnid.officials.views import ask_to_sign_in_anew, tell

blueprint = declare(Blueprint("slips", __name__, url_prefix="/officials/visits/<visit_id>/slip"), Guard.STAFF)


@blueprint.post("")
def print_first(visit_id: str) -> ResponseReturnValue:
    """Print the slip of an account that was begun and checked here, and is nobody's yet."""
    served = get_served(visit_id)
    if not PlainForm().validate_on_submit() or not served.may_have_slip:
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    parts, official = services.current(), served.official
    assert served.account is not None  # noqa: S101  one that waits is one
    parts.counter.acts.note(
        acts.PRINTED, official.account_id, served.account.id, official.commune, services.now()
    )
    return show_slip(served, ENROL)


@blueprint.post("/recover")
def print_for_recovery(visit_id: str) -> ResponseReturnValue:
    """Print the slip that gives an account back: after two officials' word, or one's and the waiting."""
    served = get_served(visit_id)
    recovery = served.recovery
    if not PlainForm().validate_on_submit() or recovery is None or not served.has_own_number:
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    if not may_open():
        return ask_to_sign_in_anew(url_for("serving.show", visit_id=visit_id))
    refused = services.current().counter.recoveries.complete(
        recovery, served.official.account_id, services.now()
    )
    if refused is not None:
        tell(gettext("A second official has to agree first, or the waiting time has to be over."), "care")
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    return show_slip(served, RECOVER)


def show_slip(served: Served, purpose: str) -> ResponseReturnValue:
    """Answer with the print view itself: what it holds is kept nowhere, and no address shows it again."""
    parts, now, official, account = services.current(), services.now(), served.official, served.account
    if account is None:
        abort(404)
    codes, hashes = parts.factors.draft_recovery_codes(account.id)
    code = parts.counter.activations.issue(
        account.id, purpose, official.account_id, official.commune, hashes, now
    )
    return render_template(
        "officials/slip.html",
        official=official,
        served=served,
        purpose=purpose,
        code=code,
        codes=codes,
        expires_at=now + LIFETIME_SECONDS,
        address=parts.settings.issuer.removeprefix("https://") + url_for("activation.enter"),
    )
