"""`/developers/apps/<id>/playground`: builds a request, runs it, and explains each part of what comes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.clients.signed_object import decode_base64url
from oidc.discovery import endpoint_uri
from tnid import services
from tnid.access import Guard, declare
from tnid.developers.desk import get_application
from tnid.developers.records import Standing
from tnid.developers.roles import Permission
from tnid.playground.calls import Calls
from tnid.playground.forms import RequestForm
from tnid.playground.runs import Held, Run, Step
from tnid.sandbox.json_shown import show_json
from tnid.sandbox.people import group, people
from tnid.signin.forms import ContinueForm

blueprint = declare(
    Blueprint("playground", __name__, url_prefix="/developers/apps/<application_id>/playground"),
    Guard.DEVELOPER,
)
# The answer comes through the browser by a redirect, or by a form that our own answer posts
answers = declare(
    Blueprint("playground_answers", __name__, url_prefix="/developers/playground"), Guard.PROTOCOL
)


@blueprint.route("", methods=["GET", "POST"])
def build(application_id: str) -> ResponseReturnValue:
    """Ask what the request is to be, and keep it."""
    standing = get_application(application_id, Permission.LOOK)
    form, parts, now = RequestForm(), services.current(), services.now()
    mirror = parts.playground.mirrors.get(standing.application, now)
    if not form.is_submitted() and mirror is not None:
        form.scope.data = " ".join(mirror.scope)
    if mirror is not None and form.validate_on_submit():
        usual = {"client_id": mirror.client_id, "response_type": "code"}
        asked = {**usual, "redirect_uri": parts.playground.mirrors.redirect_uri, **form.parameters()}
        run_id = parts.playground.runs.begin(
            application_id, standing.member.account_id, mirror.client_id, asked, now
        )
        return redirect(url_for("playground.show", application_id=application_id, run_id=run_id), 303)
    page = render_template(
        "playground/build.html",
        **_context(standing),
        form=form,
        mirror=mirror,
        groups=group(people().values()),
    )
    return page, (400 if form.errors else 200)


@blueprint.get("/<run_id>")
def show(application_id: str, run_id: str) -> ResponseReturnValue:
    """Show how far a run is, and what each part of it means."""
    standing = get_application(application_id, Permission.LOOK)
    run = find_run(standing, run_id)
    if run is None:
        flash(gettext("This run is over: each is kept for an hour."), "care")
        return redirect(url_for("playground.build", application_id=application_id), 303)
    # Many words, for this page alone
    from tnid.playground import words  # noqa: PLC0415  as above

    held = run.held
    return render_template(
        "playground/run.html",
        **_context(standing),
        run=run,
        words=words,
        address=address_of(held),
        steps=[shown(step) for step in held.steps],
        possible=Calls(services.current().provider).list_possible(held),
        logout_uri=logout_uri(held),
        expected=expected(held),
    )


@blueprint.post("/<run_id>/<kind>")
def call(application_id: str, run_id: str, kind: str) -> ResponseReturnValue:
    """Ask an endpoint of ours, as the application would."""
    standing = get_application(application_id, Permission.LOOK)
    run, parts = find_run(standing, run_id), services.current()
    if run is None or not ContinueForm().validate_on_submit():
        return redirect(url_for("playground.build", application_id=application_id), 303)
    calls = Calls(parts.provider)
    if kind not in ("token", "userinfo", "refresh", "revoke"):
        abort(404)
    step = calls.call(kind, run.held, services.now()) if kind in calls.list_possible(run.held) else None
    if step is None or not parts.playground.runs.add_step(run, step):
        flash(gettext("This can't be asked now."), "care")
    to = url_for("playground.show", application_id=application_id, run_id=run_id, _anchor="latest")
    return redirect(to, 303)


@answers.route("/callback", methods=["GET", "POST"])
def callback() -> ResponseReturnValue:
    """Take the answer to the run that its state names, and lead to it."""
    given = request.form if request.method == "POST" else request.args
    parameters = {name: value[:4096] for name, value in given.items() if len(name) <= 64}
    run = services.current().playground.runs.take_response(parameters, services.now())
    if run is None:
        flash(gettext("This answer belongs to no run of the playground, or came before."), "care")
        return redirect("/developers", 303)
    to = url_for("playground.show", application_id=run.application_id, run_id=run.id, _anchor="answer")
    return redirect(to, 303)


@answers.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    """Where a sign-out of the playground ends."""
    flash(gettext("Signed out of the sandbox."))
    return redirect("/developers", 303)


def find_run(standing: Standing, run_id: str) -> Run | None:
    return services.current().playground.runs.find(
        run_id, standing.application.id, standing.member.account_id, services.now()
    )


def address_of(held: Held) -> str:
    """Return the authorization request as the browser is sent to it."""
    issuer = services.current().settings.issuer
    return f"{endpoint_uri(issuer, 'authorization_endpoint')}?{urlencode(held.request)}"


def logout_uri(held: Held) -> str | None:
    """Return where the browser signs out with the ID token of the run, None before there is one."""
    id_token = held.find_token("id_token")
    if id_token is None:
        return None
    parts = services.current()
    to = {"id_token_hint": id_token, "post_logout_redirect_uri": parts.playground.mirrors.signed_out_uri}
    return f"{endpoint_uri(parts.settings.issuer, 'end_session_endpoint')}?{urlencode(to)}"


def expected(held: Held) -> dict[str, bool]:
    """Return what an application compares first, and whether it holds."""
    response = held.response or {}
    return {
        "state": response.get("state") == held.request["state"],
        "iss": response.get("iss") == services.current().settings.issuer,
    }


def shown(step: Step) -> dict[str, Any]:
    """Return a step as the page shows it: what was sent, the answer, and an ID token taken apart."""
    document = _load(step.answer)
    id_token = document.get("id_token") if step.kind in ("token", "refresh") else None
    claims = _load(decode_base64url(id_token.split(".")[1]).decode()) if isinstance(id_token, str) else {}
    return {
        "step": step,
        "document": document,
        "json": show_json(document) if document else "",
        "claims": claims,
        "claims_json": show_json(claims) if claims else "",
    }


def _load(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _context(standing: Standing) -> dict[str, Any]:
    return {"standing": standing, "team": standing.team, "application": standing.application}
