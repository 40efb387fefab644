"""`tnid employer token`: the tokens by which an employer's personnel system speaks for it."""

from __future__ import annotations

from typing import Any

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.employer import get_employer
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.scim.tokens import MOST_TOKENS

_REASONS = {
    "required": "The label must not be empty: it says which system has the token.",
    "too_long": "The label has 60 characters at most.",
    "too_many_tokens": f"There are {MOST_TOKENS} tokens already: revoke one first.",
}


@click.group(cls=Commands)
def token() -> None:
    """Make and revoke tokens for an organisation's personnel system (SCIM).

    EMPLOYER is the id, or the tax code of one that is approved.
    """


@token.command()
@click.argument("employer")
@click.argument("label")
@with_json
def add(employer: str, label: str, as_json: bool) -> None:
    """Make a token, printed this once; LABEL says which system gets it."""
    with open_services() as services:
        row = get_employer(services, employer)
        if row.approved_at is None or row.suspended_at is not None:
            raise Refusal(f"{employer} is not approved, or suspended.")
        made = services.employer_tokens.make(row.id, label, None, clock.now())
        if isinstance(made, Refused):
            raise Refusal(_REASONS.get(made.reason, "The label must be one line of text."))
        base = f"{services.settings.issuer}/scim/v2"
    shown = {
        "id": made.token_id,
        "label": made.label,
        "token": made.token,
        "expires_at": utc(made.expires_at),
        "base": base,
    }
    answer(as_json, shown, "\n".join(f"{name}: {value}" for name, value in shown.items()))


@token.command("list")
@click.argument("employer")
@with_json
def list_tokens(employer: str, as_json: bool) -> None:
    """List the tokens that work, without themselves."""
    with open_services() as services:
        row = get_employer(services, employer)
        found = [_describe(one) for one in services.employer_tokens.list_live(row.id, clock.now())]
    columns = ("id", "label", "created_at", "last_used_at", "expires_at")
    answer(as_json, {"tokens": found}, table(columns, [[one[name] for name in columns] for one in found]))


def _describe(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "created_at": utc(row.created_at),
        "last_used_at": utc(row.last_used_at),
        "expires_at": utc(row.expires_at),
    }


@token.command()
@click.argument("employer")
@click.argument("token_id")
@with_json
def revoke(employer: str, token_id: str, as_json: bool) -> None:
    """End a token: from now on it opens nothing."""
    with open_services() as services:
        row = get_employer(services, employer)
        label = services.employer_tokens.revoke(row.id, token_id, None, clock.now())
        if label is None:
            raise Refusal(f"{row.name} has no token {token_id} that works.")
    answer(as_json, {"id": token_id, "label": label, "is_revoked": True}, f"{label} is revoked.")
