"""The pages of what waits elsewhere: a device's code is typed, a request is looked at, allowed or refused."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from oidc.decoupled.models import DecoupledRequest
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.consent.question import describe_question, put_question, take_answer
from tnid.consent.service import Question
from tnid.decoupled.forms import UserCodeForm
from tnid.decoupled.pings import queue_ping
from tnid.decoupled.user_codes import claim
from tnid.decoupled.waiting import Waiting
from tnid.qr.approval import SIGN_IN, find_obstacle, send_to_prove
from tnid.signin.forms import ContinueForm
from tnid.signin.limits import QR_OF_ACCOUNT, Bucket
from tnid.signin.session import get_end_user

device = declare(Blueprint("device", __name__, url_prefix="/device"), Guard.SIGNED_IN)
requests = declare(Blueprint("requests", __name__, url_prefix="/account/requests"), Guard.SIGNED_IN)


@device.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Take the code of a device. A link that holds one fills it in and no more: RFC 8628 §3.3.1, §5.4."""
    form = UserCodeForm()
    refused = None
    if form.validate_on_submit():
        found = claim(form.user_code.data, get_end_user().account_id)
        if not isinstance(found, Refused):
            return redirect(url_for("requests.decide", request_id=found.id), 303)
        refused = found
        show_refusal(form, refused)
    elif not form.is_submitted():
        form.user_code.data = request.args.get("user_code", "")[:16]
    return answer_form(render_template("decoupled/enter.html", form=form), form, refused)


@requests.get("")
def index() -> ResponseReturnValue:
    """List what waits for the person."""
    records = services.current().provider.decoupled.list_waiting(get_end_user().account_id, services.now())
    return render_template("decoupled/requests.html", waiting=[w for r in records if (w := _with_client(r))])


@requests.route("/<request_id>", methods=["GET", "POST"])
def decide(request_id: str) -> ResponseReturnValue:
    """Ask once, and afterwards say what became of it; neither silence nor a link is an answer."""
    waiting = _get(request_id)
    if not waiting.record.is_waiting(services.now()):
        return render_template("decoupled/answered.html", waiting=waiting, app=waiting.app)
    decision = request.form.get("decision")
    if ContinueForm().validate_on_submit() and decision in ("allow", "deny"):
        return refuse(waiting) if decision == "deny" else allow(waiting)
    return show(waiting)


def question_of(waiting: Waiting) -> Question:
    """Return all that the request asks for, decided again each time: the page is a warning, too."""
    return put_question(get_end_user().account_id, waiting.record.asked, waiting.client, anew=True)


def show(waiting: Waiting, *, has_changed: bool = False) -> ResponseReturnValue:
    """Show who asks, from where, for what, before anything else is asked for."""
    end_user, ip = get_end_user(), request.remote_addr or ""
    person = services.current().accounts.get(end_user.account_id)
    obstacle = find_obstacle(waiting.case(end_user, ip, services.now()))
    page = render_template(
        "decoupled/decide.html",
        app=waiting.app,
        waiting=waiting,
        terminal=waiting.terminal,
        nearness=waiting.nearness(ip).name,
        has_changed=has_changed,
        **describe_question(question_of(waiting), waiting.client, person),
        obstacle=obstacle,
        person=person,
        form=ContinueForm(),
    )
    if request.method == "POST" and obstacle not in (None, SIGN_IN):
        return page, 403
    return page, (409 if has_changed else 200)


def allow(waiting: Waiting) -> ResponseReturnValue:
    """Note the yes, with the consent that it is; a sign-in too weak or too old is made anew first."""
    parts, end_user, now = services.current(), get_end_user(), services.now()
    address = url_for("requests.decide", request_id=waiting.record.id)
    case = waiting.case(end_user, request.remote_addr or "", now)
    obstacle = find_obstacle(case)
    if obstacle == SIGN_IN:
        return send_to_prove(case, address)
    if obstacle is not None:
        _refuse_to_allow(waiting, obstacle)
        return show(waiting)
    if not take_answer(end_user.account_id, question_of(waiting)):
        return show(waiting, has_changed=True)
    if parts.provider.decoupled.allow(waiting.record, waiting.client, end_user, now):
        _note("decoupled.allow", waiting)
        queue_ping(parts.outbox, waiting.record, waiting.client, now)
        if waiting.is_device:
            tell_of_device(waiting, end_user.account_id, now)
    return redirect(address, 303)


def tell_of_device(waiting: Waiting, account_id: str, now: int) -> None:
    """Tell the person what may use their account now, with the way to say that it wasn't them."""
    parts, record = services.current(), waiting.record
    parts.limits.give_back(Bucket(QR_OF_ACCOUNT, account_id))
    parts.alerts.raise_for(account_id, record.id, record.asked_from, waiting.browser, now)


def refuse(waiting: Waiting) -> ResponseReturnValue:
    parts = services.current()
    if parts.provider.decoupled.deny(waiting.record, get_end_user(), services.now()):
        _note("decoupled.deny", waiting)
        queue_ping(parts.outbox, waiting.record, waiting.client, services.now())
    return redirect(url_for("requests.decide", request_id=waiting.record.id), 303)


def _get(request_id: str) -> Waiting:
    """Return the person's own request; 404, and a row in the log, for another's and for none at all."""
    account_id = get_end_user().account_id
    found = services.current().provider.decoupled.find_of(request_id, account_id)
    waiting = _with_client(found) if found is not None else None
    if waiting is None:
        services.current().audit.record(
            "decoupled.look", outcome="refused", reason="not_found", account_id=account_id, now=services.now()
        )
        abort(404)
    return waiting


def _with_client(record: DecoupledRequest) -> Waiting | None:
    client = services.current().clients.find(record.client_id)
    return None if client is None or client.disabled_at is not None else Waiting(record, client)


def _refuse_to_allow(waiting: Waiting, reason: str) -> None:
    services.current().audit.record(
        "decoupled.allow",
        outcome="refused",
        reason=reason,
        account_id=get_end_user().account_id,
        client_id=waiting.client.client_id,
        now=services.now(),
    )


def _note(event: str, waiting: Waiting) -> None:
    record, now = waiting.record, services.now()
    details: dict[str, Any] = {"scope": record.scope.split(), "asked_from": record.asked_from}
    details |= {"flow": record.id, "seconds": max(0, now - record.created_at)}
    services.current().audit.record(
        event,
        account_id=get_end_user().account_id,
        client_id=waiting.client.client_id,
        now=now,
        details=details,
    )
