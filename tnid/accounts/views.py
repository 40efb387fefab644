"""The account pages: is it safe, where is it signed in, who sees what, what happened."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from oidc.clients.browser_uris import initiate_login_address
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.activity import describe_events
from tnid.accounts.browsers import describe_browser
from tnid.consent.applications import describe
from tnid.consent.items import is_offline, labels_of
from tnid.consent.scopes import find_scope_texts
from tnid.consent.service import Consent
from tnid.signin import session
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("accounts", __name__, url_prefix="/account"), Guard.SIGNED_IN)

FEW_CODES = 3
SHOWN_ON_OVERVIEW = 3


@blueprint.get("")
def overview() -> ResponseReturnValue:
    parts, end_user = services.current(), get_end_user()
    consents = parts.consents.list_by_account(end_user.account_id, services.now())
    factor_on = parts.factors.is_enrolled(end_user.account_id)
    return render_template(
        "accounts/overview.html",
        person=parts.accounts.get(end_user.account_id),
        factor_on=factor_on,
        sessions_count=len(parts.sessions.list_live(end_user.account_id, services.now())),
        applications=_applications(consents[:SHOWN_ON_OVERVIEW]),
        requests_count=len(parts.provider.decoupled.list_waiting(end_user.account_id, services.now())),
        alerts=_alerts(end_user.account_id) if factor_on else [],
    )


def _alerts(account_id: str) -> list[str]:
    left = services.current().factors.count_recovery_codes(account_id)
    if left > FEW_CODES:
        return []
    return [ngettext("Only %(num)s recovery code is left.", "Only %(num)s recovery codes are left.", left)]


@blueprint.get("/sessions")
def sessions() -> ResponseReturnValue:
    end_user = get_end_user()
    rows = services.current().sessions.list_live(end_user.account_id, services.now())
    shown = [
        {
            "sid": row.sid,
            "browser": describe_browser(row.user_agent),
            "ip": row.ip,
            "started_at": row.created_at,
            "last_seen_at": row.last_seen_at,
            "is_current": row.sid == end_user.sid,
        }
        for row in rows
    ]
    return render_template("accounts/sessions.html", sessions=shown)


@blueprint.post("/sessions")
def end_session() -> ResponseReturnValue:
    """End one session of one's own, or all but this one. Somebody else's is not found."""
    end_user = get_end_user()
    rows = services.current().sessions.list_live(end_user.account_id, services.now())
    named = request.form.get("sid", "")
    others = [row.sid for row in rows if row.sid != end_user.sid]
    chosen = others if "others" in request.form else [row.sid for row in rows if row.sid == named]
    if "others" not in request.form and not chosen:
        not_found("session.end", end_user.account_id)
    for sid in chosen:
        session.end_session(end_user.account_id, sid)
    flash(gettext("Signed out there."), "good")
    return redirect(url_for("accounts.sessions"), 303)


def not_found(event: str, account_id: str) -> NoReturn:
    """Answer 404, the same for what is another's and for what never was; the log keeps the try."""
    services.current().audit.record(
        event, outcome="refused", reason="not_found", account_id=account_id, now=services.now()
    )
    abort(404)


@blueprint.get("/applications")
def applications() -> ResponseReturnValue:
    consents = services.current().consents.list_by_account(get_end_user().account_id, services.now())
    return render_template("accounts/applications.html", applications=_applications(consents))


@blueprint.post("/applications")
def withdraw() -> ResponseReturnValue:
    """Take a consent back: the application's access ends in the same transaction."""
    account_id, client_id = get_end_user().account_id, request.form.get("client_id", "")
    if not services.current().consents.withdraw(account_id, client_id, services.now()):
        not_found("consent.withdraw", account_id)
    flash(gettext("Taken back. The application can no longer read your information."), "good")
    return redirect(url_for("accounts.applications"), 303)


def _applications(consents: list[Consent]) -> list[dict[str, Any]]:
    texts = find_scope_texts(scope for consent in consents for scope in consent.agreed.scope)
    clients, issuer = services.current().clients, services.current().settings.issuer
    found = [(consent, clients.find(consent.client_id)) for consent in consents]
    return [
        {
            "client_id": consent.client_id,
            "app": describe(client),
            "open_uri": initiate_login_address(client, issuer),
            "granted_at": consent.granted_at,
            "items": labels_of(consent.agreed, texts),
            "offline": is_offline(consent.agreed),
        }
        for consent, client in found
        if client is not None
    ]


@blueprint.get("/activity")
def activity() -> ResponseReturnValue:
    rows = services.current().audit.list_by_account(get_end_user().account_id)
    return render_template("accounts/activity.html", events=describe_events(rows))
