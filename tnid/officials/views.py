"""The counter's first pages: the desk is opened, and the next person found."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.officials import acts
from tnid.officials.card import read_card
from tnid.officials.desk import (
    close_desk,
    find_official,
    get_official,
    may_open,
    name_of_commune,
    open_desk,
)
from tnid.officials.forms import FindByNameForm, FindForm, ReferenceForm
from tnid.officials.visits import Card, Visit
from tnid.signin.assurance import LOA2
from tnid.signin.limits import COUNTER_SEARCH, Bucket
from tnid.signin.session import get_end_user

door = declare(Blueprint("counter_door", __name__, url_prefix="/officials/open"), Guard.SIGNED_IN)
counter = declare(Blueprint("counter", __name__, url_prefix="/officials"), Guard.STAFF)

STATUS_OF_REASON = {"other_commune": 403, "own_account": 403, "too_many_searches": 429}


@door.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Open the desk: after a fresh sign-in with two factors, and by a button of ours alone."""
    role = _get_role()
    if find_official() is not None:
        return redirect(url_for("counter.index"), 303)
    form = PlainForm()
    if form.validate_on_submit():
        if may_open():
            open_desk(role)
            return redirect(url_for("counter.index"), 303)
        return ask_to_sign_in_anew(url_for("counter_door.enter"))
    page = render_template(
        "officials/open.html",
        form=form,
        commune=name_of_commune(role.commune),
        minutes=services.current().settings.staff_idle_seconds // 60,
    )
    return answer_form(page, form)


def ask_to_sign_in_anew(return_to: str) -> ResponseReturnValue:
    """Ask for both factors again: a desk left open, or a session taken, does nothing grave."""
    max_age = services.current().settings.fresh_sign_in_seconds
    return send_to_sign_in(max_age=max_age, least_acr=LOA2, return_to=return_to)


def _get_role() -> Any:
    """Return the role of who is signed in; 403 and a row in the log for everybody else."""
    account_id = get_end_user().account_id
    role = services.current().counter.roles.find_official(account_id, services.now())
    if role is None:
        services.current().audit.record(
            "desk.open", outcome="refused", reason="no_role", account_id=account_id, now=services.now()
        )
        abort(403)
    return role


@counter.post("/close")
def close() -> ResponseReturnValue:
    services.current().counter.visits.end_all(get_official().account_id, services.now())
    close_desk()
    return redirect(url_for("accounts.overview"), 303)


# The next person


@counter.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Find a person by the number of their card, typed or as the card's code gives it."""
    form = FindForm()
    if form.validate_on_submit():
        found = find_by_card(form.card.data)
        return show_index(form, found) if isinstance(found, Refused) else show_visit(found)
    return show_index(form)


def show_index(form: FindForm, refused: Refused | None = None) -> ResponseReturnValue:
    parts, official, now = services.current(), get_official(), services.now()
    if refused is not None:
        show_refusal(form, refused)
    page = render_template(
        "officials/index.html",
        official=official,
        form=form,
        today=parts.counter.acts.list_today(official.account_id, now),
        recoveries_count=len(parts.counter.recoveries.list_of_commune(official.commune, now)),
    )
    return page, _status(form, refused)


def _status(form: Any, refused: Refused | None) -> int:
    if refused is not None:
        return STATUS_OF_REASON.get(refused.reason, 400)
    return 400 if form.is_submitted() else 200


def show_visit(visit: Visit) -> ResponseReturnValue:
    return redirect(url_for("serving.show", visit_id=visit.id), 303)


def find_by_card(typed: str) -> Visit | Refused:
    """Begin the visit of whoever has this card; one without an account begins one."""
    parts = services.current()
    refused = count_search()
    card = read_card(typed) if refused is None else refused
    if isinstance(card, Refused):
        return card
    assert card.number is not None  # noqa: S101  read_card() refuses otherwise
    return begin_visit(parts.accounts.identity.find_account_id(card.number), card)


def count_search() -> Refused | None:
    """Count a search; who goes through numbers is stopped, and noted."""
    parts, now, official = services.current(), services.now(), get_official()
    bucket = Bucket(COUNTER_SEARCH, official.account_id)
    if parts.limits.take(bucket, now):
        return None
    _note_refusal("too_many_searches", None)
    return Refused("card", "too_many_searches", parts.limits.seconds_shut((bucket,), now))


def begin_visit(account_id: str | None, card: Card) -> Visit | Refused:
    """Begin a visit, unless the person is another commune's or the official; the look is noted.

    `card` holds what was read off the card on the table, never what the account says: what is given back or
    recorded rests on the official having had the card.
    """
    parts, now, official = services.current(), services.now(), get_official()
    if account_id == official.account_id:
        return _note_refusal("own_account", account_id)
    if account_id is not None:
        if parts.counter.people.find_served(account_id, official.commune) is None:
            return _note_refusal("other_commune", account_id)
        parts.counter.acts.note(acts.LOOKED, official.account_id, account_id, official.commune, now)
    return parts.counter.visits.begin(official.account_id, official.commune, account_id, card, now)


def _note_refusal(reason: str, account_id: str | None) -> Refused:
    official = get_official()
    details = {"actor": official.account_id, "commune": official.commune}
    services.current().audit.record(
        "counter.find", outcome="refused", reason=reason, account_id=account_id, now=services.now(),
        details=details,
    )  # fmt: skip
    return Refused("card", reason)


@counter.route("/by-name", methods=["GET", "POST"])
def by_name() -> ResponseReturnValue:
    """Find a person of this commune who has no number here yet: by phone or username, and the full name."""
    form = FindByNameForm()
    refused = None
    if form.validate_on_submit():
        found = find_by_name(form)
        if not isinstance(found, Refused):
            return show_visit(found)
        refused = Refused("contact" if found.reason == "nobody_here" else "", found.reason)
        show_refusal(form, refused)
    page = render_template("officials/by_name.html", official=get_official(), form=form)
    return page, _status(form, refused)


def find_by_name(form: Any) -> Visit | Refused:
    refused = count_search()
    if refused is not None:
        return refused
    people, official = services.current().counter.people, get_official()
    account = people.find_by_name(form.contact.data, form.name.data, official.commune)
    if account is None:
        return _note_refusal("nobody_here", None)
    return begin_visit(account.id, Card())


@counter.route("/by-reference", methods=["GET", "POST"])
def by_reference() -> ResponseReturnValue:
    """Find a person by the number of their appointment."""
    form = ReferenceForm()
    refused = None
    if form.validate_on_submit():
        found = find_by_reference(form.reference.data)
        if not isinstance(found, Refused):
            return show_visit(found)
        refused = Refused("reference", found.reason)
        show_refusal(form, refused)
    page = render_template("officials/by_reference.html", official=get_official(), form=form)
    return page, _status(form, refused)


def find_by_reference(typed: str) -> Visit | Refused:
    refused = count_search()
    if refused is not None:
        return refused
    parts = services.current()
    appointment = parts.counter.appointments.find_by_reference(typed, services.now())
    if appointment is None:
        return _note_refusal("no_appointment", None)
    return begin_visit(appointment.account_id, Card())


def tell(text: str, kind: str = "good") -> None:
    """Say on the next page what was done."""
    flash(text, kind)


@counter.post("/end-visit")
def end_visit() -> ResponseReturnValue:
    """Let the person go: nothing more is done for them before they are found anew."""
    services.current().counter.visits.end_all(get_official().account_id, services.now())
    tell(gettext("Done. Who is next?"))
    return redirect(url_for("counter.index"), 303)
