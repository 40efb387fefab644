"""The appointment slip: a request waits while its person goes to a commune, and goes on afterwards."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.officials.desk import name_of_commune
from tnid.officials.news import describe_appointment
from tnid.signin.screen import get_interaction, resume
from tnid.signin.session import get_end_user
from tnid.wards import all_wards

blueprint = declare(Blueprint("waiting", __name__, url_prefix="/appointment"), Guard.SIGNED_IN)


@blueprint.post("")
def make() -> ResponseReturnValue:
    """Make the appointment that this request waits for; one that needs none goes on at once."""
    interaction = get_interaction()
    parts, now, end_user = services.current(), services.now(), get_end_user()
    client = parts.clients.find(interaction.request.client_id) if interaction.request else None
    is_needed = client is not None and end_user.identity_level < client.least_identity_level
    if client is None or not is_needed or not PlainForm().validate_on_submit():
        return resume(interaction)
    appointments = parts.counter.appointments
    until = now + appointments.lifetime_seconds
    found = appointments.find_by_interaction(interaction.uid, end_user.account_id, now)
    if found is None:
        if not parts.provider.waiting.begin(interaction, until, now):
            return resume(interaction)
        web.keep_browser()
        found = appointments.make(end_user.account_id, client.client_id, interaction.uid, now)
    if found is None:
        flash(
            gettext("Somebody else at this browser waits with this request. Begin again at the application."),
            "care",
        )
        return resume(interaction)
    return redirect(url_for("waiting.show", appointment_id=found.id), 303)


@blueprint.get("/<appointment_id>")
def show(appointment_id: str) -> ResponseReturnValue:
    """Show the slip: what to bring, where to go, and how it goes on. It holds no personal number."""
    row = _get(appointment_id)
    parts, end_user = services.current(), get_end_user()
    account = parts.accounts.get(end_user.account_id)
    commune = parts.counter.people.find_commune(account)
    return render_template(
        "officials/appointment.html",
        appointment=describe_appointment(row, end_user.identity_level) or abort(404),
        person=account,
        commune=name_of_commune(commune) if commune else None,
        communes_count=len(all_wards()),
    )


@blueprint.post("/<appointment_id>/cancel")
def cancel(appointment_id: str) -> ResponseReturnValue:
    """Cancel it: the application is told that nothing comes, where its browser is."""
    row = _get(appointment_id)
    parts, now, account_id = services.current(), services.now(), get_end_user().account_id
    if PlainForm().validate_on_submit() and parts.counter.appointments.cancel(row.id, account_id, now):
        parts.interactions.deny(row.interaction_uid, now)
        interaction = parts.interactions.find(row.interaction_uid, web.browser_id(), now)
        if interaction is not None:
            return resume(interaction)
        flash(gettext("The appointment is cancelled."), "good")
    return redirect(url_for("accounts.overview"), 303)


def _get(appointment_id: str) -> Any:
    """Return one's own appointment; 404, and a row in the log, for another's and for none."""
    parts, now, account_id = services.current(), services.now(), get_end_user().account_id
    rows = parts.counter.appointments.list_by_account(account_id, now)
    found = next((row for row in rows if row.id == appointment_id), None)
    if found is None:
        parts.audit.record(
            "appointment.look", outcome="refused", reason="not_found", account_id=account_id, now=now
        )
        abort(404)
    return found
