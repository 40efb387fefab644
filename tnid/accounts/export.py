"""Everything that is stored about a person, as one document: for them to take along, and for an operator.

A section is one line of SECTIONS. What lies hashed, and what would open the account, is not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from tnid.accounts.account import Account
from tnid.accounts.activity import find_commune
from tnid.accounts.export_of_acts import (
    find_commune_of,
    find_recovery,
    list_appointments,
    list_questions,
    list_roles,
    list_told,
)
from tnid.accounts.readable import readable, utc
from tnid.messages.texts import TEXTS
from tnid.services import Services

FORMAT = "thai-nguyen-id/account/1"
MOST_EVENTS = 20_000
READ_SECONDS = 90 * 86400
# Of what an official did, these are the desk's
PLACE = ("ip", "port", "user_agent")

Section = Callable[[Services, Account, int], Any]


def build_document(services: Services, person: Account, now: int, *, in_full: bool) -> dict[str, Any]:
    """Return the document; the identification number is masked unless `in_full`."""
    number = services.accounts.reveal_personal_id_number(person.id)
    former = services.accounts.identity.list_former_numbers(person.id)
    shown = (lambda text: text) if in_full else mask_number
    return {
        "format": FORMAT,
        "issuer": services.settings.issuer,
        "made_at": utc(now),
        **describe_account(services, person),
        "claims": person.claims,
        "personal_id_number": number and shown(number),
        "former_numbers": [{"number": shown(one.number), "ended_at": utc(at)} for one, at in former],
        **{name: section(services, person, now) for name, section in SECTIONS.items()},
    }


def describe_account(services: Services, person: Account) -> dict[str, Any]:
    """Return what is known of an account without opening personal data."""
    return {
        "sub": person.id,
        "username": person.username,
        "identity_level": person.identity_level,
        "locale": person.locale,
        "second_factor": services.factors.is_enrolled(person.id),
        "created_at": utc(person.created_at),
        "updated_at": utc(person.updated_at),
        "disabled_at": utc(person.disabled_at),
        "shut_by_owner_at": utc(person.shut_by_owner_at),
        "deletion_due_at": utc(person.deletion_due_at),
    }


def _verified(services: Services, person: Account, _now: int) -> Any:
    return services.accounts.verified_claims(person.id)


def _factors(services: Services, person: Account, _now: int) -> Any:
    return {
        "password_changed_at": utc(person.password_changed_at),
        "second_factor": services.factors.is_enrolled(person.id),
        "recovery_codes_left": services.factors.count_recovery_codes(person.id),
    }


def _passkeys(services: Services, person: Account, _now: int) -> Any:
    return [
        {
            "name": row.name,
            "synced": bool(row.backup_eligible),
            "created_at": utc(row.created_at),
            "last_used_at": utc(row.last_used_at),
        }
        for row in services.passkeys.list_by_account(person.id)
    ]


def _sign_in_card(services: Services, person: Account, _now: int) -> Any:
    row = services.badges.find_last(person.id)
    hidden = ("id", "account_id", "secret_hash", "activation_hash", "pin_hash", "issued_by", "replaced_by")
    return None if row is None else readable(row, but=hidden)


def _sessions(services: Services, person: Account, now: int) -> Any:
    rows = services.sessions.list_live(person.id, now)
    return [readable(row, but=("id_hash", "account_id")) for row in rows]


def _consents(services: Services, person: Account, now: int) -> Any:
    return [
        {
            "client_id": one.client_id,
            "scope": sorted(one.agreed.scope),
            "claims": sorted(one.agreed.claims),
            "withheld": sorted(one.agreed.withheld),
            "granted_at": utc(one.granted_at),
            "expires_at": utc(one.agreed.expires_at),
        }
        for one in services.consents.list_by_account(person.id, now)
    ]


def _decisions(services: Services, person: Account, _now: int) -> Any:
    return [
        {"client_id": one.client_id, "action": one.action, "at": utc(one.occurred_at), "terms": one.terms}
        for one in services.consents.ledger.list_by_account(person.id)
    ]


def _accesses(services: Services, person: Account, now: int) -> Any:
    rows = services.audit.list_reads(person.id, since=now - READ_SECONDS)
    return [readable(row) for row in rows]


def _messages(services: Services, person: Account, _now: int) -> Any:
    return [
        {
            "title": TEXTS[row.text].title[person.locale] if row.text in TEXTS else row.text,
            "channel": row.channel,
            "to": services.messages.open(row).masked,
            "state": row.state,
            "created_at": utc(row.created_at),
        }
        for row in services.messages.list_by_account(person.id)
    ]


def _alerts(services: Services, person: Account, _now: int) -> Any:
    rows = services.alerts.list_by_account(person.id)
    return [readable(row, but=("link_hash", "account_id")) for row in rows]


def _requests(services: Services, person: Account, _now: int) -> Any:
    return [one.as_document() for one in services.data_requests.list_by_account(person.id)]


def _mandates(services: Services, person: Account, now: int) -> Any:
    given = services.mandates.list_given(person.id, now)
    held = services.mandates.list_received(person.id, now)
    return {
        side: [
            {
                "with": services.mandates.find_other_name(one.row, person.id),
                "scopes": {client_id: sorted(scope) for client_id, scope in one.scopes.items()},
                "created_at": utc(one.row.created_at),
                "accepted_at": utc(one.row.accepted_at),
                "expires_at": utc(one.row.expires_at),
            }
            for one in ones
        ]
        for side, ones in (("given", given), ("held", held))
    }


def _employments(services: Services, person: Account, now: int) -> Any:
    """Return what is linked, what is offered, and what was declined."""
    employments = services.employments
    offered = [*employments.list_offers(person.id, now), *employments.list_declined(person.id, now)]
    return [
        {
            "employer": one.row.employer_name,
            "tax_code": one.row.tax_code,
            "attested": one.shown_values,
            "attested_at": utc(one.row.attested_at),
            "valid_until": utc(one.row.valid_until),
            "accepted": sorted(one.accepted),
            "refused": sorted(one.refused),
            "hidden_from_listings": bool(one.row.is_hidden),
            "linked_at": utc(one.row.linked_at),
            "ends_at": utc(one.row.ends_at),
        }
        for one in [*employments.list_own(person.id), *offered]
    ]


def _employment_cards(services: Services, person: Account, now: int) -> Any:
    rows = services.employment_cards.list_live(person.id, now)
    return [readable(row, but=("id", "account_id", "employment_id", "status_index")) for row in rows]


def _guardians(services: Services, person: Account, now: int) -> Any:
    return [
        {"name": name, "agreed_at": utc(row.agreed_at), "expires_at": utc(row.expires_at)}
        for row, name in services.guardians.list_guardians(person.id, now)
    ]


def _children(services: Services, person: Account, now: int) -> Any:
    return [
        {
            "name": one.account.display_name,
            "agreed_at": utc(one.row.agreed_at),
            "expires_at": utc(one.row.expires_at),
        }
        for one in services.guardians.list_children(person.id, now)
    ]


def _events(services: Services, person: Account, _now: int) -> Any:
    rows = services.audit.list_by_account(person.id, most=MOST_EVENTS)
    return [
        {
            **readable(row, but=("account_id", "batch", *(PLACE if find_commune(row) is not None else ()))),
            "details": orjson.loads(row.details) if row.details else None,
        }
        for row in rows
    ]


def _organisations(services: Services, person: Account, _now: int) -> Any:
    represented = services.employers.representatives.list_of_account(person.id)
    asked = services.employers.organisations.list_asked_by(person.id)
    return {
        "represented": [
            {
                "tax_code": one.employer.tax_code,
                "name": one.employer.name,
                "role": one.role,
                "since": utc(one.employer.accepted_at),
            }
            for one in represented
        ],
        "asked_for": [
            {"tax_code": row.tax_code, "name": row.name, "requested_at": utc(row.requested_at)}
            for row in asked
        ],
    }


def _teams(services: Services, person: Account, _now: int) -> Any:
    """Teams of developers; their applications are the teams' own."""
    return [
        {
            "name": one.team.name,
            "organisation": one.team.organisation,
            "role": one.member.role,
            "archived_at": utc(one.team.archived_at),
        }
        for one in services.developers.teams.list_of_account(person.id)
    ]


SECTIONS: dict[str, Section] = {
    "verified_claims": _verified,
    "factors": _factors,
    "passkeys": _passkeys,
    "sign_in_card": _sign_in_card,
    "sessions": _sessions,
    "consents": _consents,
    "decisions": _decisions,
    "accesses": _accesses,
    "told_applications": list_told,
    "questions_asked": list_questions,
    "messages": _messages,
    "alerts": _alerts,
    "requests": _requests,
    "mandates": _mandates,
    "employments": _employments,
    "employment_cards": _employment_cards,
    "guardians": _guardians,
    "children": _children,
    "organisations": _organisations,
    "teams": _teams,
    "roles": list_roles,
    "appointments": list_appointments,
    "recovery_that_waits": find_recovery,
    "looked_after_by": find_commune_of,
    "events": _events,
}


def mask_number(number: str) -> str:
    """Return the number so that its owner knows it and nobody else learns it."""
    return f"{number[:3]}•••••••{number[-2:]}"
