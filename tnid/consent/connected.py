"""One connected application, as its person sees it: what it may see item by item, what was decided when, and
what it answered when something was taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from oidc.consent import decided
from oidc.models import Client
from oidc.security_events.models import (
    ATTESTATION_ENDED,
    CONSENT_NARROWED,
    CONSENT_WITHDRAWN,
    DELETED,
    KEPT,
    SecurityEvent,
)
from tnid import services, web
from tnid.access import Guard, declare
from tnid.consent.applications import describe
from tnid.consent.items import is_offline, show_items
from tnid.consent.ledger import CHANGED, GIVEN, WITHDRAWN, Entry
from tnid.consent.question import hold
from tnid.consent.scopes import find_scope_texts
from tnid.consent.service import Consent, items_agreed
from tnid.signin.forms import ContinueForm
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("connected", __name__, url_prefix="/account/applications"), Guard.SIGNED_IN)

ACTIONS = {GIVEN: _("Agreed"), CHANGED: _("Changed what is shared"), WITHDRAWN: _("Took everything back")}
ABOUT = {
    CONSENT_WITHDRAWN: _("You took everything back."),
    CONSENT_NARROWED: _("You turned something off."),
    ATTESTATION_ENDED: _("What your employer had confirmed counts no more."),
}


@blueprint.route("/<path:client_id>", methods=["GET", "POST"])
def show(client_id: str) -> ResponseReturnValue:
    """Show the application, and take other ticks: what is turned off ends at once, in live tokens, too."""
    parts, account_id = services.current(), get_end_user().account_id
    client = parts.clients.find(client_id)
    entries = parts.consents.ledger.list_by_account(account_id, client_id)
    consent = parts.consents.find(account_id, client_id, services.now())
    if client is None or not (entries or consent):
        parts.audit.record(
            "consent.look", outcome="refused", reason="not_found", account_id=account_id, now=services.now()
        )
        abort(404)
    has_changed = False
    if consent is not None and ContinueForm().validate_on_submit():
        if change(account_id, client, consent):
            flash(gettext("Saved. It is in force from this moment."), "good")
            return redirect(url_for("connected.show", client_id=client_id), 303)
        has_changed = True
        consent = parts.consents.find(account_id, client_id, services.now())
    page = render_template(
        "consent/application.html",
        app=describe(client),
        client_id=client_id,
        public=parts.going_live.find_public(client_id),
        has_changed=has_changed,
        entries=[describe_entry(one) for one in entries],
        notices=[
            describe_notice(one) for one in parts.consents.notices.list_by_account(account_id, client_id)
        ],
        **(describe_consent(consent, client) if consent is not None else {"consent": None, "items": []}),
    )
    return page, (409 if has_changed else 200)


def change(account_id: str, client: Client, consent: Consent) -> bool:
    """Record the ticks of the form; False where they were set on a page that is out of date."""
    if request.form.get("revision") != str(consent.revision):
        return False
    chosen = request.form.getlist("share")
    return services.current().consents.change(
        account_id, client, consent, chosen, services.now(), web.current_locale()
    )


def describe_consent(consent: Consent, client: Client) -> dict[str, Any]:
    agreed = consent.agreed
    person = services.current().accounts.get(get_end_user().account_id)
    held = hold(person, client, decided(agreed))
    texts = find_scope_texts(agreed.scope)
    return {
        "consent": consent,
        "items": show_items(items_agreed(agreed, client), client, held, agreed, texts),
        "offline": is_offline(agreed),
    }


def describe_entry(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "text": ACTIONS.get(entry.action, entry.action),
        "when": entry.occurred_at,
    }


def describe_notice(event: SecurityEvent) -> dict[str, Any]:
    """Say what the application was told, and how far its answer has come."""
    if event.outcome == DELETED:
        state = gettext("The application says that it deleted the data.")
    elif event.outcome == KEPT:
        state = gettext("The application says that it kept data, because: %(reason)s", reason=event.reason)
    elif event.delivered_at is not None:
        state = gettext("The application was told, and has not answered yet.")
    else:
        state = gettext("The application is being told.")
    moments = (event.answered_at, event.delivered_at, event.created_at)
    about = str(ABOUT.get(event.kind, ""))
    return {"about": about, "state": state, "when": next(moment for moment in moments if moment is not None)}
