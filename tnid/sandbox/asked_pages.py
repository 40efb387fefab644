"""What a developer's counter asked of somebody made up (CIBA): answered in their place, at the same page as a
device's request: `/developers/apps/<id>/requests`."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from oidc.decoupled.models import DecoupledRequest
from tnid import services
from tnid.access import Guard, declare
from tnid.developers.desk import get_application
from tnid.developers.records import Standing
from tnid.developers.roles import Permission
from tnid.sandbox import session as sandbox_session
from tnid.sandbox.forms import TWO, AnswerForm
from tnid.sandbox.people import people

blueprint = declare(
    Blueprint("sandbox_asked", __name__, url_prefix="/developers/apps/<application_id>/requests"),
    Guard.DEVELOPER,
)


class Asked(NamedTuple):
    """A request that waits, and of whom."""

    record: DecoupledRequest
    name: str


@blueprint.get("")
def show(application_id: str) -> ResponseReturnValue:
    """List what waits for an answer of somebody made up."""
    standing = get_application(application_id, Permission.LOOK)
    return render_template(
        "sandbox/asked.html",
        standing=standing,
        team=standing.team,
        application=standing.application,
        waiting=[Asked(one, _name_of(one.account_id)) for one in _list(standing)],
        form=AnswerForm(),
        may_change=standing.may(Permission.CHANGE),
    )


@blueprint.post("/<request_id>")
def answer(application_id: str, request_id: str) -> ResponseReturnValue:
    """Sign in whom a request is about, and show it to them: they say yes or no."""
    standing, form = get_application(application_id, Permission.CHANGE), AnswerForm()
    found = next((one for one in _list(standing) if one.id == request_id), None)
    if not form.validate_on_submit():
        abort(400)
    if found is None:
        return redirect(url_for("sandbox_asked.show", application_id=application_id), 303)
    account_id = ensure(found)
    two = form.factors.data == TWO
    sandbox_session.enter()
    sandbox_session.begin(account_id, sandbox_session.TWO_FACTORS if two else sandbox_session.ONE_FACTOR)
    return redirect(url_for("sandbox_device.decide", request_id=found.id), 303)


def ensure(asked: DecoupledRequest) -> str:
    """Have whom a request is about be joined to whom they are, a guardian for one; return their account."""
    parts = services.current()
    account = parts.accounts.get(asked.account_id or "")
    name = account.username.rpartition(":")[2]
    return parts.sandbox.ensure(people()[name], services.now(), parts.clients.find(asked.client_id))


def _list(standing: Standing) -> list[DecoupledRequest]:
    parts, client_id = services.current(), standing.application.sandbox_client_id
    return parts.sandbox.list_asked(client_id, services.now())


def _name_of(account_id: str | None) -> str:
    account = services.current().accounts.find(account_id) if account_id else None
    return account.display_name if account is not None else ""
