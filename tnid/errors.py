"""Error pages: what happened, why, what to do now, and a stable code for machines.

Nothing of an exception is ever shown: the request id leads to it in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from oidc.errors import ExpiredInteraction, OAuthError
from oidc.refusal import describe_refusal
from tnid import access, services
from tnid.accounts.passwords import Busy
from tnid.client_log.stages import LOGOUT
from tnid.consent.applications import RelyingParty, describe
from tnid.db import Conflict, DatabaseUnavailable
from tnid.settings import Settings
from tnid.switches import RETRY_AFTER_SECONDS as SWITCHED_OFF_SECONDS

RETRY_AFTER_SECONDS = 5


class Wording(NamedTuple):
    """What a person reads, in lazy translations."""

    title: Any
    message: Any
    advice: Any


_ = lazy_gettext
_START_AGAIN = _("Go back to the application and start again; nothing was shared.")
_TELL_APPLICATION = _("Tell the application's operator. Nothing was shared.")
WORDINGS: dict[str, Wording] = {
    "interaction_expired": Wording(
        _("This request has expired"),
        _("It was open for too long, was finished already, or was begun in another browser."),
        _START_AGAIN,
    ),
    "not_at_terminal": Wording(
        _("This page belongs to a terminal"),
        _("It was begun at a shared screen and opened somewhere else."),
        _("Go to the terminal and begin there. If somebody sent this address, don't go on."),
    ),
    "invalid_client": Wording(
        _("The application is not known here"),
        _("An application asked for a sign-in, but is not registered or is switched off."),
        _TELL_APPLICATION,
    ),
    "invalid_request": Wording(
        _("The request can't be understood"),
        _("Something in the address or in what was sent is missing or wrong."),
        _START_AGAIN,
    ),
    "bad_request": Wording(
        _("The request can't be understood"),
        _("Something in the address or in what was sent is missing or wrong."),
        _("Go back and try again."),
    ),
    "recovery_over": Wording(
        _("This recovery is over"),
        _("It was open for too long, was finished already, or was begun in another browser."),
        _("Begin the recovery again. Nothing was changed."),
    ),
    "csrf": Wording(
        _("The page was open for too long"),
        _("For safety the form has to be sent from a fresh page. Cookies must be allowed."),
        _("Go back, load the page again and send the form once more."),
    ),
    "no_cookies": Wording(
        _("This browser keeps no cookies"),
        _("Signing in needs them. Or this page was begun in another browser."),
        _("Allow cookies for this site, then begin at the sign-in page again."),
    ),
    "forbidden": Wording(
        _("Not allowed"),
        _("This page is not for this account."),
        _("Go back, or sign in with another account."),
    ),
    "not_found": Wording(
        _("Page not found"),
        _("There is no page at this address."),
        _("Check the address, or start from the front page."),
    ),
    "method_not_allowed": Wording(
        _("This can't be done here"),
        _("This page can't be opened by its address alone."),
        _("Start from the front page."),
    ),
    "too_large": Wording(
        _("Too much was sent"),
        _("The form holds more than this page accepts."),
        _("Send less, and try again."),
    ),
    "too_many_attempts": Wording(
        _("Too many tries"),
        _("There were too many tries from this network."),
        _("Wait some minutes, then try again."),
    ),
    "too_many_requests": Wording(
        _("Too many requests"),
        _("More pages were asked for within a minute than can be served to one network or account."),
        _("Wait a minute, then try again. Nothing was changed."),
    ),
    "too_many_recoveries": Wording(
        _("Too many tries"),
        _("There were too many tries to recover accounts."),
        _("Wait some minutes, or go to the one-stop desk of your commune or ward with your identity card."),
    ),
    "temporarily_unavailable": Wording(
        _("The system is busy"),
        _("It can't answer just now. Nothing was changed."),
        _("Try again in a few minutes."),
    ),
    "switched_off": Wording(
        _("Not available just now"),
        _("This was turned off for a while. Nothing was changed."),
        _("Try again later."),
    ),
    "server_error": Wording(
        _("Something went wrong on our side"),
        _("The mistake is ours and has been noted. Nothing was changed."),
        _("Try again in a few minutes. If it goes on, tell the support desk the number below."),
    ),
}
_CODES_OF_STATUS = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many_attempts",
    503: "temporarily_unavailable",
}


def error_page(
    code: str,
    status: int,
    *,
    description: str = "",
    retry_after_seconds: int | None = None,
    asker: RelyingParty | None = None,
    advice: str | None = None,
    message: str | None = None,
) -> Response:
    """Answer with an error: a page, or the RFC's JSON to a caller of the protocol that takes no page.

    `description` is for a client's developer, in English, and holds nothing that a stranger wrote. `asker` is
    the application to go back to, where it is known; `advice` and `message` say more than the code's own.
    """
    is_json = wants_json()
    response = error_json(code, description) if is_json else _page(code, description, asker, advice, message)
    response.status_code = status
    if retry_after_seconds is not None:
        response.headers["Retry-After"] = str(retry_after_seconds)
    return response


def protocol_error_page(error: OAuthError) -> Response:
    """Answer with an error of the protocol that is not the client's to be told."""
    if not isinstance(error, ExpiredInteraction):
        return error_page(error.code, error.status, description=error.description)
    left = find_left_terminal(error)
    if left is not None:
        return left
    asker = find_asker(error.client_id)
    advice = _way_back(asker, was_answered=error.was_answered) if asker else None
    return error_page(error.code, error.status, description=error.description, asker=asker, advice=advice)


def find_left_terminal(error: ExpiredInteraction) -> Response | None:
    """Return the way back to the terminal whose page was left alone for too long; None anywhere else."""
    client = services.current().clients.find(error.client_id) if error.client_id else None
    uid = request.args.get("interaction", "")
    is_left = client is not None and bool(client.terminal) and uid and not error.was_answered
    return make_response(redirect(f"/resume/{uid}", 303)) if is_left else None


def find_asker(client_id: str | None) -> RelyingParty | None:
    client = services.current().clients.find(client_id) if client_id else None
    return None if client is None or client.disabled_at is not None else describe(client)


def wants_json() -> bool:
    """Say whether a caller of the protocol asks that takes no page."""
    guard = access.find_guard(current_app, request.endpoint)
    return guard is access.Guard.PROTOCOL and not request.accept_mimetypes.accept_html


def error_json(code: str, description: str) -> Response:
    return jsonify(error=code, error_description=description or str(code))


def _page(
    code: str, description: str, asker: RelyingParty | None, advice: str | None, message: str | None
) -> Response:
    wording = WORDINGS.get(code, WORDINGS["invalid_request"])
    request_id = g.get("request_id", "")
    page = render_template(
        "errors/error.html",
        code=code,
        title=wording.title,
        message=message or wording.message,
        advice=advice or wording.advice,
        app=asker,
        description=description,
        request_id=request_id,
    )
    return make_response(page)


def _way_back(asker: RelyingParty, *, was_answered: bool) -> str:
    """Name the application to begin again at; what was answered may have been shared."""
    if was_answered:
        return str(gettext("Go back to %(app)s; this request has been answered already.", app=asker.name))
    return str(gettext("Go back to %(app)s and start again; nothing was shared.", app=asker.name))


def record_refusal(
    event: str, reason: str, client_id: str | None = None, details: Mapping[str, Any] | None = None
) -> None:
    """Write the audit row of a request that was refused before anything of it was done."""
    services.current().audit.record(
        event, outcome="refused", reason=reason, client_id=client_id, details=details, now=services.now()
    )


def describe_for_developer(error: OAuthError) -> dict[str, Any]:
    """Return what the log of the application says of an error that ended in a page of ours."""
    is_sign_out = (request.blueprint or "").startswith("logout")
    stage = {"stage": LOGOUT} if is_sign_out else {}
    return {**describe_refusal(error, services.now()), **stage}


def refuse_form(_error: CSRFError) -> Response:
    """Refuse a form that no page of ours gave to whoever sends it."""
    record_refusal("form.refuse", "csrf")
    return error_page("csrf", 403)


def install(app: Flask, settings: Settings) -> None:
    """Answer every error by a page; see `tnid.app` for what happens to the unit of work."""

    app.register_error_handler(CSRFError, refuse_form)

    @app.errorhandler(OAuthError)
    def handle_oauth(error: OAuthError) -> Response:
        record_refusal("request.refuse", error.reason, error.client_id, describe_for_developer(error))
        return protocol_error_page(error)

    @app.errorhandler(access.SwitchedOff)
    def handle_switched_off(error: access.SwitchedOff) -> Response:
        reason = str(error)
        # A machine is told in the protocol's word for it
        code = "temporarily_unavailable" if wants_json() else "switched_off"
        return error_page(code, 503, retry_after_seconds=SWITCHED_OFF_SECONDS, message=reason or None)

    @app.errorhandler(InternalServerError)
    def handle_failure(error: InternalServerError) -> Response:
        if isinstance(error.original_exception, (DatabaseUnavailable, Busy, Conflict)):
            return error_page("temporarily_unavailable", 503, retry_after_seconds=RETRY_AFTER_SECONDS)
        return error_page("server_error", 500)

    app.register_error_handler(HTTPException, answer_http)


def answer_http(error: HTTPException) -> Response:
    """Answer what the router or a view refused by its status."""
    status = error.code or 500
    if status < 400 and error.response is not None:  # a redirect of the router's
        return make_response(error.get_response())
    response = error_page(_CODES_OF_STATUS.get(status, "bad_request"), status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
