"""A person's copy of everything that is stored about them: a file for machines, a page for paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from oidc.consent import CLAIM_GROUPS
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.activity import describe_events
from tnid.accounts.copy_sections import list_sections
from tnid.accounts.devices import list_devices
from tnid.accounts.export import MOST_EVENTS, build_document, mask_number
from tnid.accounts.forms import PlainForm
from tnid.accounts.profile import write_date
from tnid.accounts.security import find_obstacle
from tnid.accounts.views import describe_consents
from tnid.consent.items import LABELS
from tnid.consent.values import write_value
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("export", __name__, url_prefix="/account/export"), Guard.SIGNED_IN)

FILE, PAGE = "file", "page"
ON_PAPER = 200


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Say what is in the copy; it is made by a button, after a fresh sign-in."""
    return render_template("accounts/export.html", is_masked=get_end_user().acr != LOA2)


@blueprint.post("")
def take() -> ResponseReturnValue:
    """Give the copy. Each one is in the history, and the person is told."""
    obstacle = find_obstacle()
    if obstacle is not None:
        return obstacle
    form = request.form.get("as", "")
    if not PlainForm().validate_on_submit() or form not in (FILE, PAGE):
        return redirect(url_for("export.show"), 303)
    parts, end_user, now = services.current(), get_end_user(), services.now()
    parts.audit.record("account.export", account_id=end_user.account_id, now=now, details={"as": form})
    parts.messages.announce(end_user.account_id, "data_exported", now)
    return give_file() if form == FILE else give_page()


def give_file() -> ResponseReturnValue:
    parts, end_user = services.current(), get_end_user()
    person = parts.accounts.get(end_user.account_id)
    document = build_document(parts, person, services.now(), in_full=end_user.acr == LOA2)
    headers = {"Content-Disposition": 'attachment; filename="thai-nguyen-id.json"'}
    body = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    return Response(body, mimetype="application/json", headers=headers)


def give_page() -> ResponseReturnValue:
    """Give the same to read: the latest of the history, the file has all of it."""
    parts, end_user, now = services.current(), get_end_user(), services.now()
    person = parts.accounts.get(end_user.account_id)
    number = parts.accounts.reveal_personal_id_number(person.id)
    rows = parts.audit.list_by_account(person.id, most=MOST_EVENTS)
    return render_template(
        "accounts/export_page.html",
        person=person,
        made_at=now,
        facts=_facts(person.claims),
        number=number if number is None or end_user.acr == LOA2 else mask_number(number),
        verified=[_when(one) for one in parts.accounts.verified_claims(person.id)],
        factor_on=parts.factors.is_enrolled(person.id),
        codes_left=parts.factors.count_recovery_codes(person.id),
        devices=list_devices(end_user),
        applications=describe_consents(person.id, parts.consents.list_by_account(person.id, now)),
        sections=list_sections(person, now),
        requests=parts.data_requests.list_by_account(person.id),
        events=describe_events(rows)[:ON_PAPER],
    )


def _facts(claims: dict[str, object]) -> list[tuple[str, str]]:
    """Return what the profile holds under the names that people know it by."""
    facts = []
    for group, members in CLAIM_GROUPS.items():
        values = [(name, claims[name]) for name in members if name in claims]
        shown = [write_value(name, value) for name, value in values if not isinstance(value, bool)]
        if shown and group != "updated_at":
            facts.append((str(LABELS.get(group, group)), ", ".join(dict.fromkeys(shown))))
    return facts


def _when(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return the day on which something was verified, and what it was."""
    return {"when": write_date(one["verification"]["time"][:10]), "facts": _facts(one["claims"])}
