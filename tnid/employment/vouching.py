"""What an application is told of somebody's work: looked up at that moment, and only what it asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from oidc.attested import (
    EMPLOYER_CLAIM,
    LISTINGS,
    NOTHING,
    QUESTIONS,
    REPRESENTS,
    VERIFIED,
    Vouched,
)
from oidc.models import Client
from oidc.yes_no import base_of
from tnid.accounts.verification import ELECTRONIC_RECORD, EMPLOYMENT_RECORD, TRUST_FRAMEWORK
from tnid.employers.representatives import Representative
from tnid.employers.tax_codes import MADE_UP
from tnid.employment.claims import answer, day_of, tell
from tnid.employment.shown import Shown


class Employments(Protocol):
    """What is needed of the worker's side."""

    def find_shown(self, account_id: str, now: int, tax_code: str | None = None) -> Shown | None: ...


class Representatives(Protocol):
    """What is needed of those who act for organisations."""

    def list_of_account(self, account_id: str) -> list[Representative]: ...


class Clients(Protocol):
    def find(self, client_id: str) -> Client | None: ...


class Vouching:
    """Each method runs in the caller's unit of work, and looks at no more than the names need."""

    def __init__(self, employments: Employments, representatives: Representatives, clients: Clients) -> None:
        self._employments = employments
        self._representatives = representatives
        self._clients = clients

    def vouched(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched:
        """Return what this client is told: see `oidc.interfaces.Subjects`.

        An application of one employer hears of the work there alone. From a listing of jobs or homes the
        employer is kept where the worker hides it.
        """
        client = self._clients.find(client_id)
        if client is None:
            return NOTHING
        found = NOTHING
        if names - {REPRESENTS}:
            shown = self._employments.find_shown(account_id, now, own_employer(client) or None)
            found = NOTHING if shown is None else _of_employment(shown, client, names, now)
        if REPRESENTS not in names:
            return found.within(names)
        roles = self._list_represented(account_id, client)
        return Vouched({**found.claims, REPRESENTS: roles}, found.answers, found.record).within(names)

    def _list_represented(self, account_id: str, client: Client) -> list[dict[str, str]]:
        return [
            _describe(one)
            for one in self._representatives.list_of_account(account_id)
            if one.employer.suspended_at is None and client.employer in ("", one.employer.tax_code)
        ]


def own_employer(client: Client) -> str:
    """Return the tax code of the one employer whose application this is, "" for none.

    At a sandbox the employer of those who are made up stands for it.
    """
    if client.is_sandbox:
        return MADE_UP if client.employer or "employee" in client.scope else ""
    return client.employer


def may_know_employer(shown: Shown, client: Client) -> bool:
    """Say whether the worker lets a client of this kind know where they work."""
    return not (shown.is_hidden and LISTINGS.intersection(client.scope))


def _of_employment(shown: Shown, client: Client, names: frozenset[str], now: int) -> Vouched:
    may_know = may_know_employer(shown, client)
    asked = (name for name in names if base_of(name) in QUESTIONS)
    answers = {name: told for name in asked if (told := answer(name, shown, now)) is not None}
    claims = tell(shown, now, names_employer=may_know, is_own=bool(own_employer(client)))
    return Vouched(claims, answers, _record(shown, claims, names) if may_know else None)


def _record(shown: Shown, claims: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return the employer's word as verified claims have it.

    Whose record it is stands in the evidence where the employer itself is asked for: who agreed to tell their
    job has not agreed to tell the company.
    """
    confirmed = datetime.fromtimestamp(shown.confirmed_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    record: dict[str, Any] = {
        "type": EMPLOYMENT_RECORD,
        "created_at": confirmed,
        "date_of_expiry": day_of(shown.valid_until - 1).isoformat(),
    }
    if VERIFIED + EMPLOYER_CLAIM in names and EMPLOYER_CLAIM in claims:
        record["source"] = {"name": shown.employer_name}
    evidence = {"type": ELECTRONIC_RECORD, "time": confirmed, "record": record}
    verification = {"trust_framework": TRUST_FRAMEWORK, "time": confirmed, "evidence": [evidence]}
    return {"verification": verification, "claims": claims}


def _describe(one: Representative) -> dict[str, str]:
    employer = one.employer
    told = {"name": employer.name, "tax_code": employer.tax_code, "role": one.role}
    return told | ({"domain": employer.domain} if employer.domain_verified_at is not None else {})
