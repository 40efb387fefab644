"""The account pages: is it safe, where is it signed in, who sees what, what happened."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.clients.browser_uris import initiate_login_address
from oidc.consent import decided
from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.devices import describe_alert, list_devices
from tnid.accounts.safety import judge
from tnid.consent.applications import describe
from tnid.consent.items import is_offline, labels_of
from tnid.consent.question import list_asked
from tnid.consent.questions import find_unanswered
from tnid.consent.scopes import find_scope_texts
from tnid.consent.service import Consent
from tnid.signin import session
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("accounts", __name__, url_prefix="/account"), Guard.SIGNED_IN)

SHOWN_ON_OVERVIEW = 3
ACCESS_DAYS = 90


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Answer first what people look for first: who sees my data, where am I signed in, is it safe."""
    parts, end_user, now = services.current(), get_end_user(), services.now()
    account_id = end_user.account_id
    person = parts.accounts.get(account_id)
    consents = parts.consents.list_by_account(account_id, now)
    devices = list_devices(end_user)
    return render_template(
        "accounts/overview.html",
        person=person,
        safety=judge(account_id),
        devices=devices[:SHOWN_ON_OVERVIEW],
        more_devices=max(0, len(devices) - SHOWN_ON_OVERVIEW),
        applications=describe_consents(account_id, consents[:SHOWN_ON_OVERVIEW]),
        more_applications=max(0, len(consents) - SHOWN_ON_OVERVIEW),
        recovery_wait=parts.recovery.waits.find_open(end_user.account_id, services.now()),
        work_count=parts.employments.count_waiting(account_id, now),
        requests_count=len(parts.provider.decoupled.list_waiting(account_id, now)),
        alerts=[describe_alert(row) for row in parts.alerts.list_open(account_id, end_user.sid)],
    )


@blueprint.get("/sessions")
def sessions() -> ResponseReturnValue:
    return render_template("accounts/sessions.html", sessions=list_devices(get_end_user()))


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
    if "others" in request.form:
        # What a screen was just allowed is to be a session elsewhere
        services.current().qr_sign_ins.end_all(end_user.account_id, services.now())
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
    account_id = get_end_user().account_id
    consents = services.current().consents.list_by_account(account_id, services.now())
    return render_template(
        "accounts/applications.html",
        applications=describe_consents(account_id, consents),
        accesses=find_accesses(account_id),
    )


@blueprint.post("/applications")
def withdraw() -> ResponseReturnValue:
    """Take a consent back: the application's access ends in the same transaction."""
    account_id, client_id = get_end_user().account_id, request.form.get("client_id", "")
    if not services.current().consents.withdraw(account_id, client_id, services.now()):
        not_found("consent.withdraw", account_id)
    flash(gettext("Taken back. The application can no longer read your information."), "good")
    return redirect(url_for("accounts.applications"), 303)


def find_accesses(account_id: str) -> dict[str, dict[str, int]]:
    """Return, by application, how often it was given access lately, and when last.

    Each time it gets what opens the person's data for some minutes. Whether it looked, it alone knows: that
    is not counted, for it would cost each look a write.
    """
    since = services.now() - ACCESS_DAYS * 86400
    found: dict[str, dict[str, int]] = {}
    for row in services.current().audit.list_reads(account_id, since=since):
        one = found.setdefault(row.client_id, {"sign_ins": 0, "renewals": 0, "last_at": 0})
        one["sign_ins" if row.event == "token.issued" else "renewals"] += row.times
        one["last_at"] = max(one["last_at"], row.last_at)
    return found


def describe_consents(account_id: str, consents: list[Consent]) -> list[dict[str, Any]]:
    texts = find_scope_texts(scope for consent in consents for scope in consent.agreed.scope)
    clients, issuer = services.current().clients, services.current().settings.issuer
    found = [(consent, clients.find(consent.client_id)) for consent in consents]
    asked, now = list_asked(account_id), services.now()

    def labels(consent: Consent, client: Client) -> list[str]:
        unanswered = find_unanswered(asked, client, decided(consent.agreed), now)
        return labels_of(consent.agreed, texts, client, unanswered)

    return [
        {
            "client_id": consent.client_id,
            "app": describe(client),
            "open_uri": initiate_login_address(client, issuer),
            "granted_at": consent.granted_at,
            "items": labels(consent, client),
            "offline": is_offline(consent.agreed),
        }
        for consent, client in found
        if client is not None
    ]
