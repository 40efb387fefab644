"""The demonstration's organisations and what they say of its people."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from tnid.accounts.ages import VIETNAM
from tnid.employers.organisations import NewEmployer
from tnid.employment.attestation import Attestation, parse
from tnid.employment.attestations import OPERATOR, By
from tnid.services import Services

FILE = Path(__file__).with_name("employers.toml")
BY_OPERATOR = By(None, OPERATOR)


def load_employers() -> list[dict[str, Any]]:
    return list(tomllib.loads(FILE.read_text())["employer"])


def add_employers(services: Services, now: int) -> None:
    """Add the organisations that aren't there, in the caller's unit of work; what is there stays as it is."""
    for entry in load_employers():
        if services.employers.organisations.find_approved(entry["tax_code"]) is None:
            _add(services, entry, now)


def _add(services: Services, entry: dict[str, Any], now: int) -> None:
    employers = services.employers
    new = NewEmployer(entry["tax_code"], entry["name"], entry.get("park", ""))
    domain = entry.get("domain")
    made = employers.organisations.create(new, now, domain=domain, is_domain_verified=domain is not None)
    if not isinstance(made, str):
        raise ValueError(f"employers.toml: {entry['tax_code']}: {made.field} {made.reason}")
    for one in entry.get("representatives", []):
        employers.representatives.add(made, _account_id(services, one["username"]), one["role"], now)
    employer = employers.organisations.find(made)
    for worker in entry.get("worker", []):
        _add_worker(services, employer, worker, now)


def _add_worker(services: Services, employer: Any, worker: dict[str, Any], now: int) -> None:
    said = parse(worker, datetime.fromtimestamp(now, VIETNAM).date())
    if not isinstance(said, Attestation):
        raise ValueError(f"employers.toml: {worker['staff_code']}: {said}")
    attested = services.attestations.attest(employer, said, BY_OPERATOR, now)
    if "accepted" in worker:
        account_id = _account_id(services, worker["username"])
        offers = services.employments.list_offers(account_id, now)
        offer = next(one for one in offers if one.id == attested.employment_id)
        services.employments.link(account_id, offer.id, offer.version, worker["accepted"], now)


def _account_id(services: Services, username: str) -> str:
    account_id = services.accounts.find_id_by_username(username)
    if account_id is None:
        raise ValueError(f"employers.toml: there is no demonstration person {username}")
    return account_id
