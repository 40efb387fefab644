"""Sign-out: RP-Initiated and Front-Channel Logout 1.0. Who may have been sent here by a stranger is asked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from oidc.blueprint import MAX_MOVED
from oidc.clients.browser_uris import origin_of
from oidc.errors import InvalidRequest
from oidc.logout.end_session import LogoutRequest
from oidc.parameters import FORM, Parameters, parse
from tnid import services, web
from tnid.access import Guard, declare
from tnid.consent.applications import describe
from tnid.errors import refuse_form
from tnid.signin.onward import may_go_unasked, name_of
from tnid.signin.session import (
    clear_terminal,
    end_session_of,
    find_end_user,
    find_end_user_at,
    find_half_sign_in,
    find_leaving,
    sign_out,
)
from tnid.signin.terminals import start_uri_of
from tnid.signout.forms import SignOutForm

# What the frames have to load, before the browser goes on by itself
FRAME_SECONDS = 2
# For whoever still stands at a terminal to read that they are signed out
TERMINAL_SECONDS = 5

logout = declare(Blueprint("logout", __name__), Guard.PROTOCOL)
confirmation = declare(Blueprint("logout_confirmation", __name__, url_prefix="/logout"), Guard.PUBLIC)


@logout.route("/logout", methods=["GET", "POST"])
def end_session() -> ResponseReturnValue:
    """The end_session_endpoint. Raises InvalidRequest, shown as a page, for what can't be trusted."""
    parameters = _read_parameters()
    g.ui_locales = parameters.values.get("ui_locales", "").split()
    asked = _check(parameters)
    if request.method == "POST" and find_end_user() is None:
        moved = urlencode(parameters.values)
        if len(moved) <= MAX_MOVED:
            # A form that another site posts brings no session cookie; the address that it leads to does
            return redirect(f"{url_for('logout.end_session')}?{moved}", 303)
    if asked.is_confirmed:
        return _leave(asked)
    if not _is_anybody_here():
        return _signed_out(asked, strange_host=_find_strange_host(asked))
    if asked.redirect_uri:
        web.allow_form_redirect(asked.redirect_uri)
    return render_template("logout/confirm.html", app=_app(asked), form=SignOutForm.of(asked))


@confirmation.post("/confirm")
def confirm() -> ResponseReturnValue:
    """The person said yes."""
    form = SignOutForm()
    values = {name: field.data for name, field in form._fields.items() if name != "csrf_token" and field.data}
    return _leave(_check(Parameters(values, frozenset())))


@confirmation.errorhandler(CSRFError)
def refuse_confirmation(error: CSRFError) -> Response:
    """A page that stood open while somebody signed out in another tab has nothing left to end."""
    if _is_anybody_here():
        return refuse_form(error)
    return redirect(url_for("logout_confirmation.done"), 303)


@confirmation.get("/done")
def done() -> ResponseReturnValue:
    return render_template("logout/signed_out.html", app=None, return_uri=None, frames=[])


def _is_anybody_here() -> bool:
    """Say whether there is anything to end: a sign-in that is half done, or of a deletion to come, too."""
    return any(find() is not None for find in (find_end_user, find_leaving, find_half_sign_in))


def _read_parameters() -> Parameters:
    if request.method == "GET":
        return parse(request.query_string.decode("latin-1"))
    if request.mimetype != FORM:
        raise InvalidRequest(f"The body must be {FORM}.")
    return parse(request.get_data(cache=True))


def _check(parameters: Parameters) -> LogoutRequest:
    endpoint = services.current().provider.end_session
    return endpoint.check(parameters, find_end_user_at, services.now())


def _leave(asked: LogoutRequest) -> ResponseReturnValue:
    """End the session, and go where the application asked, if it may ask that."""
    strange_host = _find_strange_host(asked)
    if asked.client is not None and asked.client.terminal:
        return _leave_terminal(asked, strange_host)
    end_user = sign_out()
    provider = services.current().provider
    frames = provider.frontchannel_logout.list_frames(end_user.sid) if end_user else []
    if frames or strange_host:
        return _signed_out(asked, frames, strange_host)
    return redirect(asked.return_uri or url_for("logout_confirmation.done"), 303)


def _find_strange_host(asked: LogoutRequest) -> str:
    """Return the host that the sign-out would lead to, where the browser isn't to go there by itself; or "".

    RFC 9700 §4.11.2: an old ID token of a stranger's own client is as good a hint as any.
    """
    if asked.client is None or asked.return_uri is None:
        return ""
    return "" if may_go_unasked(asked.client, asked.return_uri) else name_of(asked.return_uri)


def _leave_terminal(asked: LogoutRequest, strange_host: str) -> ResponseReturnValue:
    """End what somebody signed in to at a terminal, and lead back to its start page."""
    if asked.terminal_sid:
        end_session_of(asked.terminal_sid)
    clear_terminal()
    if strange_host:
        return _signed_out(asked, strange_host=strange_host)
    if asked.return_uri:
        return redirect(asked.return_uri, 303)
    start_uri = start_uri_of(asked.client) if asked.client else "/"
    page = render_template(
        "logout/signed_out.html", app=_app(asked), return_uri=start_uri, frames=[], is_terminal=True
    )
    response = make_response(page)
    if asked.client is None or may_go_unasked(asked.client, start_uri):
        response.headers["Refresh"] = f"{TERMINAL_SECONDS}; url={start_uri}"
    return response


def _signed_out(
    asked: LogoutRequest, frames: Sequence[str] = (), strange_host: str = ""
) -> ResponseReturnValue:
    """Say that it is done while the frames load, Front-Channel Logout 1.0 §3; then go on, scripts or not.

    To a strange host nobody goes but by the link, which names it.
    """
    web.allow_frames(map(origin_of, frames))
    app, return_uri = _app(asked), asked.return_uri
    page = render_template(
        "logout/signed_out.html", app=app, return_uri=return_uri, frames=frames, host=strange_host
    )
    response = make_response(page)
    if frames and return_uri and not strange_host:
        response.headers["Refresh"] = f"{FRAME_SECONDS}; url={return_uri}"
    return response


def _app(asked: LogoutRequest) -> object:
    return describe(asked.client) if asked.client else None
