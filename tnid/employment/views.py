"""The worker's page of work: what employers offer, what was decided, and what is over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.consent.connected import describe_entry
from tnid.employment.lists import OVER, describe
from tnid.employment.service import LEDGER_PREFIX
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("work", __name__, url_prefix="/account/work"), Guard.SIGNED_IN)

SHOWN_DECISIONS = 20


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List what is offered first, then what goes on, and last what is over or was declined."""
    parts, account_id, now = services.current(), get_end_user().account_id, services.now()
    own = [describe(one, now) for one in parts.employments.list_own(account_id)]
    return render_template(
        "employment/index.html",
        is_checked=parts.accounts.get(account_id).identity_level >= 1,
        offers=[describe(one, now) for one in parts.employments.list_offers(account_id, now)],
        current=[one for one in own if one.state != OVER],
        over=[one for one in own if one.state == OVER],
        declined=[describe(one, now) for one in parts.employments.list_declined(account_id, now)],
        decisions=list_decisions(account_id),
    )


def list_decisions(account_id: str) -> list[dict[str, Any]]:
    """Return what the person last decided about work, each with its receipt."""
    entries = services.current().consents.ledger.list_by_account(account_id)
    about_work = [entry for entry in entries if entry.client_id.startswith(LEDGER_PREFIX)]
    return [
        {**describe_entry(entry), "employer": entry.terms.get("client_name", "")}
        for entry in about_work[:SHOWN_DECISIONS]
    ]
