"""A sandbox's device without a browser: its code is typed, and who allows it is picked and asked."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from oidc.decoupled.models import DecoupledRequest
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import MESSAGES
from tnid.consent.question import describe_question, put_question, take_answer
from tnid.decoupled.pings import queue_ping
from tnid.decoupled.waiting import Waiting
from tnid.sandbox import session as sandbox_session
from tnid.sandbox.forms import TWO, DeviceForm
from tnid.sandbox.people import group, people
from tnid.signin import session
from tnid.signin.forms import ContinueForm
from tnid.signin.limits import USER_CODE_FROM_NETWORK, Bucket, network_of

blueprint = declare(Blueprint("sandbox_device", __name__, url_prefix="/sandbox/device"), Guard.PUBLIC)


@blueprint.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Take the code of a device, and who is to answer. A link that holds the code fills it in and no more."""
    sandbox_session.enter()
    form = DeviceForm()
    if form.validate_on_submit():
        found = claim(form)
        if found is not None:
            return redirect(url_for("sandbox_device.decide", request_id=found.id), 303)
        form.user_code.errors = [MESSAGES["wrong_user_code"]]
    elif not form.is_submitted():
        form.user_code.data = request.args.get("user_code", "")[:16]
    page = render_template("sandbox/device.html", form=form, groups=group(people().values()))
    return answer_form(page, form)


def claim(form: DeviceForm) -> DecoupledRequest | None:
    """Sign in whom was picked, and make the code's request theirs; None for a wrong code.

    Guesses are counted for the network: a code leads to nobody who lives, but it may be another developer's.
    """
    parts, now = services.current(), services.now()
    guesses = Bucket(USER_CODE_FROM_NETWORK, network_of(request.remote_addr or ""))
    if not parts.limits.take(guesses, now):
        return None
    account_id = parts.sandbox.ensure(people()[form.person.data], now)
    found = parts.provider.decoupled.claim(form.user_code.data, account_id, now)
    if found is not None:
        parts.limits.give_back(guesses)
        two = form.factors.data == TWO
        sandbox_session.begin(account_id, sandbox_session.TWO_FACTORS if two else sandbox_session.ONE_FACTOR)
    return found


@blueprint.route("/<request_id>", methods=["GET", "POST"])
def decide(request_id: str) -> ResponseReturnValue:
    """Ask once, and afterwards say what became of it."""
    sandbox_session.enter()
    waiting = _get(request_id)
    decision = request.form.get("decision")
    is_answer = ContinueForm().validate_on_submit() and decision in ("allow", "deny", "strengthen")
    if not waiting.record.is_waiting(services.now()):
        return render_template("sandbox/device_answered.html", waiting=waiting, app=waiting.app)
    if is_answer and answer(waiting, str(decision)):
        return redirect(url_for("sandbox_device.decide", request_id=request_id), 303)
    return show(waiting), (409 if is_answer else 200)


def show(waiting: Waiting) -> str:
    end_user, now = session.get_end_user(), services.now()
    decoupled, person = services.current().provider.decoupled, services.current().accounts
    account = person.get(end_user.account_id)
    question = put_question(account.id, waiting.record.asked, waiting.client, anew=True)
    return render_template(
        "sandbox/device_decide.html",
        app=waiting.app,
        waiting=waiting,
        person=account,
        obstacle=decoupled.find_obstacle(waiting.record, waiting.client, end_user, now),
        **describe_question(question, waiting.client, account),
    )


def answer(waiting: Waiting, decision: str) -> bool:
    """Note the answer; False where something else has to be looked at first."""
    parts, end_user, now = services.current(), session.get_end_user(), services.now()
    decoupled, record, client = parts.provider.decoupled, waiting.record, waiting.client
    if decision == "strengthen":
        sandbox_session.begin(end_user.account_id, sandbox_session.TWO_FACTORS)
        return True
    if decision == "deny":
        is_noted = decoupled.deny(record, end_user, now)
    else:
        if decoupled.find_obstacle(record, client, end_user, now) is not None:
            return False
        question = put_question(end_user.account_id, record.asked, client, anew=True)
        if not take_answer(end_user.account_id, question):
            return False
        is_noted = decoupled.allow(record, client, end_user, now)
    if is_noted:
        queue_ping(parts.outbox, record, client, now)
    return True


def _get(request_id: str) -> Waiting:
    """Return the request that whoever is picked answers; 404 for any other."""
    parts, end_user = services.current(), session.find_end_user()
    found = parts.provider.decoupled.find_of(request_id, end_user.account_id) if end_user else None
    client = parts.clients.find(found.client_id) if found else None
    if found is None or client is None or client.disabled_at is not None or not client.is_sandbox:
        abort(404)
    return Waiting(found, client)
