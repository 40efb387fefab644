"""Receipts: proof of one decision, for the person who made it, as a page and to keep."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.models import WITHHELD_SCOPE
from oidc.sensitive import is_sensitive
from tnid import services
from tnid.access import Guard, declare
from tnid.consent.connected import ACTIONS
from tnid.consent.items import label_of
from tnid.consent.ledger import Entry
from tnid.employment.words import FIELD_LABELS, FIELD_PREFIX, list_decided
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("receipts", __name__, url_prefix="/account/receipts"), Guard.SIGNED_IN)

VERSION = "KI-CR-v1.1.0"  # Kantara Initiative, Consent Receipt Specification


@blueprint.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """Show a receipt, to be read and printed."""
    entry = get_entry(number)
    return render_template(
        "consent/receipt.html",
        entry=entry,
        action=ACTIONS.get(entry.action, entry.action),
        person=services.current().accounts.get(get_end_user().account_id),
        terms=[{**item, "label": label(item)} for item in items_of(entry)],
        is_about_work=bool(list_decided(entry.terms)),
    )


@blueprint.get("/<int:number>.json")
def download(number: int) -> ResponseReturnValue:
    """Give a receipt as a file."""
    answer = jsonify(receipt_of(get_entry(number)))
    answer.headers["Content-Disposition"] = f'attachment; filename="bien-nhan-{number}.json"'
    return answer


def get_entry(number: int) -> Entry:
    """Return a decision of one's own; 404 for anything else."""
    account_id = get_end_user().account_id
    found = services.current().consents.ledger.find(account_id, number) if number < 2**31 else None
    if found is None:
        services.current().audit.record(
            "consent.look", outcome="refused", reason="not_found", account_id=account_id, now=services.now()
        )
        abort(404)
    return found


def items_of(entry: Entry) -> list[dict[str, Any]]:
    """Return what was decided; what an employer vouches for is decided field by field."""
    return [*entry.terms.get("items", ()), *list_decided(entry.terms)]


def label(item: dict[str, Any]) -> str:
    name = str(item["name"])
    if name.startswith(FIELD_PREFIX):
        return str(FIELD_LABELS[name.removeprefix(FIELD_PREFIX)])
    return label_of(name, name.removeprefix(WITHHELD_SCOPE) if name.startswith(WITHHELD_SCOPE) else None)


def receipt_of(entry: Entry) -> dict[str, Any]:
    """Return the fields of the Consent Receipt Specification, with the place in our ledger beside them."""
    parts, account_id, terms = services.current(), get_end_user().account_id, entry.terms
    client = parts.clients.find(entry.client_id)
    subject = parts.provider.subjects.subject(client, account_id) if client is not None else ""
    name = terms.get("client_name") or entry.client_id
    purposes = [_purpose(item, name) for item in items_of(entry)]
    private = [label(item) for item in items_of(entry) if item["shared"] and _is_private(item)]
    issuer = parts.settings.issuer
    return {
        "version": VERSION,
        "jurisdiction": "VN",
        "consentTimestamp": entry.occurred_at,
        "collectionMethod": "web form",
        "consentReceiptID": entry.hash.hex(),
        "publicKey": f"{issuer}/jwks",
        "language": terms.get("locale", "vi"),
        "piiPrincipalId": subject,
        "piiControllers": [{"piiController": terms.get("organisation") or name, "onBehalf": False}],
        "policyUrl": terms.get("policy_uri") or "",
        "services": [{"service": name, "purposes": purposes}],
        "sensitive": bool(private),
        "spiCat": private,
        "issuer": issuer,
        "action": entry.action,
        "number": entry.number,
        "clientId": entry.client_id,
        "validUntil": terms.get("until"),
    }


def _is_private(item: dict[str, Any]) -> bool:
    name = str(item["name"])
    return name.startswith(FIELD_PREFIX) or is_sensitive(name.removeprefix(WITHHELD_SCOPE))


def _purpose(item: dict[str, Any], name: str) -> dict[str, Any]:
    """What was declined is in the receipt, too, and said to be so."""
    is_field = str(item["name"]).startswith(FIELD_PREFIX)
    default = (
        gettext("To be told to applications, each of which asks first")
        if is_field
        else gettext("Signing in to %(app)s, and the service asked for there", app=name)
    )
    return {
        "purpose": item.get("purpose") or default,
        "consentType": "EXPLICIT",
        "piiCategory": [label(item)],
        "primaryPurpose": bool(item["required"]),
        "termination": item.get("kept") or "",
        "thirdPartyDisclosure": False,
        "shared": bool(item["shared"]),
        "purposeVersion": item.get("version", ""),
    }
