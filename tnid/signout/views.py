"""Sign-out: RP-Initiated Logout 1.0. Where anyone could have sent the link, the person is asked."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from oidc.errors import InvalidRequest
from oidc.http import redirect as protocol_redirect
from oidc.logout.end_session import LogoutRequest
from oidc.parameters import FORM, Parameters, parse
from tnid import services, web
from tnid.access import Guard, declare
from tnid.consent.applications import describe
from tnid.signin.session import find_end_user, sign_out
from tnid.signout.forms import SignOutForm

logout = declare(Blueprint("logout", __name__), Guard.PROTOCOL)
confirmation = declare(Blueprint("logout_confirmation", __name__, url_prefix="/logout"), Guard.PUBLIC)


@logout.route("/logout", methods=["GET", "POST"])
def end_session() -> ResponseReturnValue:
    """The end_session_endpoint. Raises InvalidRequest, shown as a page, for what can't be trusted."""
    asked = _check(_read_parameters())
    if asked.is_confirmed:
        return _leave(asked)
    if find_end_user() is None:
        return render_template("logout/signed_out.html", app=None, return_uri=None)
    if asked.redirect_uri:
        web.allow_form_redirect(asked.redirect_uri)
    return render_template("logout/confirm.html", app=_app(asked), form=SignOutForm.of(asked))


@confirmation.post("/confirm")
def confirm() -> ResponseReturnValue:
    """The person said yes."""
    form = SignOutForm()
    values = {name: field.data for name, field in form._fields.items() if name != "csrf_token" and field.data}
    return _leave(_check(Parameters(values, frozenset())))


@confirmation.get("/done")
def done() -> ResponseReturnValue:
    return render_template("logout/signed_out.html", app=None, return_uri=None)


def _read_parameters() -> Parameters:
    if request.method == "GET":
        return parse(request.query_string.decode("latin-1"))
    if request.mimetype != FORM:
        raise InvalidRequest(f"The body must be {FORM}.")
    return parse(request.get_data(cache=True))


def _check(parameters: Parameters) -> LogoutRequest:
    endpoint = services.current().provider.end_session
    return endpoint.check(parameters, find_end_user(), services.now())


def _leave(asked: LogoutRequest) -> ResponseReturnValue:
    """End the session, and go where the application asked, if it may ask that."""
    sign_out()
    if asked.redirect_uri is None:
        return redirect(url_for("logout_confirmation.done"), 303)
    answer = protocol_redirect(asked.redirect_uri, asked.redirect_parameters)
    response = make_response(answer.body, answer.status)
    response.headers.update(dict(answer.headers))
    return response


def _app(asked: LogoutRequest) -> object:
    return describe(asked.client) if asked.client else None
