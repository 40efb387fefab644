"""Pages within bounds: of the network that asks, and of the account that is signed in."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from tnid import access, errors, services
from tnid.access import Guard
from tnid.rates.rules import SILENT_SHUT
from tnid.signin.limits import network_of
from tnid.signin.session import find_end_user

CODE = "too_many_requests"
# Where somebody who isn't signed in begins to be, and a row with it
BEGINS = "oidc.authorize"
FREE = frozenset({"static", "pages.health", "pages.readiness"})


def install(app: Flask) -> None:
    """Refuse by 429 what goes beyond the bounds of a network, before anything is looked up."""
    app.before_request(check_network)


def install_for_accounts(app: Flask) -> None:
    """Refuse by 429 what goes beyond the bounds of an account, once its guard has let it in."""
    app.before_request(check_account)


def check_network() -> Response | None:
    if request.endpoint in FREE:
        return None
    parts, now = services.current(), services.now()
    if shut := request.environ.get(SILENT_SHUT):
        return refuse(shut)
    rules, network = parts.rate_rules, network_of(request.remote_addr or "")
    seconds = parts.rates.take(rules.pages_of_network, network, now)
    if not seconds and request.endpoint == BEGINS:
        seconds = parts.rates.take(rules.begun_of_network, network, now)
    return refuse(seconds) if seconds else None


def check_account() -> Response | None:
    if access.find_guard(current_app, request.endpoint) in (Guard.PUBLIC, Guard.PROTOCOL):
        return None
    parts, end_user = services.current(), find_end_user()
    if end_user is None:
        return None
    seconds = parts.rates.take(parts.rate_rules.pages_of_account, end_user.account_id, services.now())
    return refuse(seconds) if seconds else None


def refuse(seconds: int) -> Response:
    return errors.error_page(CODE, 429, retry_after_seconds=seconds)
