"""What a representative does about one worker: confirms again, says the last day, prints an invitation."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from oidc.decoupled.user_code import new_user_code, show_user_code
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.ages import VIETNAM
from tnid.accounts.answers import answer_form
from tnid.accounts.dates import read_date
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employers.desk import find_obstacle, get_representative
from tnid.employers.forms import LeftForm
from tnid.employers.people import PAGE_PEOPLE, Worker
from tnid.employers.people_pages import get_worker
from tnid.employers.representatives import Representative
from tnid.employers.roles import Permission
from tnid.employment.attestation import ends_at_of
from tnid.employment.attestations import PAGE, By
from tnid.stores.employer_people import DUE

blueprint = declare(
    Blueprint("employer_acts", __name__, url_prefix="/employers/<employer_id>/people"), Guard.REPRESENTATIVE
)

INVITATION_SECONDS = 14 * 86400
# Who says a last day years away has mistyped it
LONGEST_AGO, FURTHEST_AHEAD = timedelta(days=10 * 365), timedelta(days=2 * 365)


@blueprint.post("/confirm")
def confirm_shown(employer_id: str) -> ResponseReturnValue:
    """Say of everybody on the page that was shown that all of it is still so."""
    representative = get_representative(employer_id, Permission.ATTEST)
    back = url_for("employer_people.index", employer_id=employer_id, state=DUE)
    if (obstacle := find_obstacle(employer_id, back)) is not None:
        return obstacle
    parts, by, now = services.current(), By(representative.account_id, PAGE), services.now()
    shown = request.form.getlist("worker")[:PAGE_PEOPLE] if PlainForm().validate_on_submit() else []
    confirmed = sum(parts.attestations.confirm(representative.employer.id, id_, by, now) for id_ in shown)
    if confirmed:
        details = {"employer": representative.employer.id, "workers": confirmed}
        parts.audit.record("employer.confirm", account_id=representative.account_id, now=now, details=details)
        words = ngettext("%(num)s worker confirmed.", "%(num)s workers confirmed.", confirmed)
        flash(words, "good")
    return redirect(back, 303)


@blueprint.post("/<employment_id>/confirm")
def confirm(employer_id: str, employment_id: str) -> ResponseReturnValue:
    """Say that all of it is still so, for another six months."""
    representative = get_representative(employer_id, Permission.ATTEST)
    worker = get_worker(representative, employment_id)
    back = _address_of(employer_id, worker)
    if (obstacle := find_obstacle(employer_id, back)) is not None:
        return obstacle
    by, now = By(representative.account_id, PAGE), services.now()
    if PlainForm().validate_on_submit() and services.current().attestations.confirm(
        representative.employer.id, worker.id, by, now
    ):
        _record("employer.confirm", representative, worker)
        flash(gettext("Confirmed for another six months."), "good")
    return redirect(back, 303)


@blueprint.route("/<employment_id>/left", methods=["GET", "POST"])
def leave(employer_id: str, employment_id: str) -> ResponseReturnValue:
    """Ask for the last day of work, after which the employment is known to nobody."""
    representative = get_representative(employer_id, Permission.ATTEST)
    worker = get_worker(representative, employment_id)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    form = LeftForm()
    if form.validate_on_submit():
        refused = _end(representative, worker, form.end_date.data)
        if refused is None:
            _record("employer.end", representative, worker)
            flash(gettext("Noted. The worker is told when it takes effect."), "good")
            return redirect(_address_of(employer_id, worker), 303)
        show_refusal(form, refused)
    page = render_template(
        "employers/left.html", representative=representative, employer=representative.employer,
        worker=worker, form=form,
    )  # fmt: skip
    return answer_form(page, form)


def _end(representative: Representative, worker: Worker, typed: str) -> Refused | None:
    now = services.now()
    last_day = read_last_day(typed, datetime.fromtimestamp(now, VIETNAM).date())
    ends_at = ends_at_of(last_day) if last_day else None
    if ends_at is None:
        return Refused("end_date", "last_day")
    refused = services.current().attestations.end(representative.employer.id, worker.id, ends_at, now)
    return refused and Refused("end_date", refused.reason)


def read_last_day(typed: str, today: date) -> str | None:
    """Return the day as YYYY-MM-DD, None for what is no day near today."""
    text = read_date(typed)
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day.isoformat() if today - LONGEST_AGO <= day <= today + FURTHEST_AHEAD else None


@blueprint.post("/<employment_id>/invitation")
def print_invitation(employer_id: str, employment_id: str) -> ResponseReturnValue:
    """Print a slip with a code by which the worker finds the offer; any code before it ends.

    Its answer is the slip itself: the code is kept nowhere, and no address shows it again.
    """
    representative = get_representative(employer_id, Permission.ATTEST)
    worker = get_worker(representative, employment_id)
    back = _address_of(employer_id, worker)
    if (obstacle := find_obstacle(employer_id, back)) is not None:
        return obstacle
    parts, code, until = services.current(), new_user_code(), services.now() + INVITATION_SECONDS
    if not PlainForm().validate_on_submit() or not parts.attestations.invite(
        representative.employer.id, worker.id, code, until
    ):
        return redirect(back, 303)
    _record("employer.invitation", representative, worker)
    return render_template(
        "employers/slip.html",
        representative=representative,
        employer=representative.employer,
        worker=worker,
        code=show_user_code(code),
        expires_at=until,
        address=parts.settings.issuer.removeprefix("https://") + "/account/work/code",
    )


def _address_of(employer_id: str, worker: Worker) -> str:
    return url_for("employer_people.show", employer_id=employer_id, employment_id=worker.id)


def _record(event: str, representative: Representative, worker: Worker) -> None:
    details = {"employer": representative.employer.id, "employment": worker.id}
    services.current().audit.record(
        event, account_id=representative.account_id, now=services.now(), details=details
    )
