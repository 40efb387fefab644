"""What an application can carry, how Thai Nguyen ID is asked for it, and how what came is read.

A person ticks items; those and no others are asked for by the claims parameter, and go into that one
application. What an employer attested says so, with the day and until when.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

VERIFIED = "verified_claims"
NAME, EMPLOYER = "name", "employer"
LEAST_LEVEL = "identity_level_1"
CONFIRMED_AT, VALID_UNTIL = "employment_confirmed_at", "employment_valid_until"
TENURE_MONTHS = 12
RENTS_A_MONTH = 3
MILLION = 1_000_000
# Asked for by name: the person has ticked it here, so they are asked at the provider once, for all of it
ESSENTIAL = {"essential": True}


@dataclass(frozen=True)
class Item:
    """One thing to tick. `claims` are the provider's names for it, `kinds` the listings it is of use to."""

    name: str
    claims: tuple[str, ...]
    kinds: tuple[str, ...] = ("job", "home")
    is_attested: bool = True


ITEMS = (
    Item(NAME, (f"{VERIFIED}/name",), is_attested=False),
    Item("phone_number", ("phone_number", "phone_number_verified"), is_attested=False),
    Item("is_worker", ("is_worker",)),
    Item(EMPLOYER, (EMPLOYER,)),
    Item("industrial_park", ("industrial_park",)),
    Item("job_title", ("job_title",)),
    Item("employment_start_date", ("employment_start_date",)),
    Item("tenure_at_least_months", ("tenure_at_least_months",)),
    Item("works_in_park", ("works_in_park",), ("home",)),
    Item("income_at_least", ("income_at_least",), ("home",)),
    Item("social_housing_income", ("social_housing_income",), ("home",)),
)
_BY_NAME = {item.name: item for item in ITEMS}
ATTESTED_CLAIMS = tuple(claim for item in ITEMS if item.is_attested for claim in item.claims)


class Offer(NamedTuple):
    """An item as one listing has it: `value` is what a yes/no question asks about, None for the others."""

    item: Item
    value: int | str | None
    is_needed: bool

    @property
    def name(self) -> str:
        return self.item.name


class Sent(NamedTuple):
    """An item as it came. `source` is who says so, "" for an employer that isn't named; dates are ISO."""

    name: str
    value: Any
    asked: int | str | None
    source: str
    confirmed_at: str
    valid_until: str


def list_offers(kind: str, park: str | None, amount: int, needs: Iterable[str] = ()) -> list[Offer]:
    """Return what can be sent to a listing: `amount` is its rent, `needs` what it can't do without."""
    asked: dict[str, int | str | None] = {
        "tenure_at_least_months": TENURE_MONTHS,
        "works_in_park": park,
        # A landlord's rule of thumb, asked as yes or no instead of a payslip
        "income_at_least": -(-amount * RENTS_A_MONTH // MILLION) * MILLION,
    }
    needed = {NAME, *needs}
    fitting = (item for item in ITEMS if kind in item.kinds and (item.name != "works_in_park" or park))
    return [Offer(item, asked.get(item.name), item.name in needed) for item in fitting]


def choose(offers: Iterable[Offer], ticked: Iterable[str]) -> list[Offer]:
    """Return what is sent: what was ticked, and what the listing can't do without."""
    names = frozenset(ticked)
    return [offer for offer in offers if offer.is_needed or offer.name in names]


def claims_wish(chosen: Iterable[Offer]) -> dict[str, Any]:
    """Return the request for UserInfo: OpenID Connect Core §5.5.1, Identity Assurance 1.0 §5 (the name)."""
    wish: dict[str, Any] = {}
    for offer in chosen:
        if offer.name == NAME:
            wish[VERIFIED] = {
                "verification": {"trust_framework": None, "assurance_level": None, "time": None},
                "claims": {"name": ESSENTIAL},
            }
            continue
        value = {} if offer.value is None else {"value": offer.value}
        wish |= {claim: {**ESSENTIAL, **value} for claim in offer.item.claims}
        if offer.item.is_attested:
            wish |= {CONFIRMED_AT: ESSENTIAL, VALID_UNTIL: ESSENTIAL}
    return wish


def is_proofed(claims: Mapping[str, Any]) -> bool:
    """Say whether the provider vouches for who this is, at the level that applying needs."""
    verified = claims.get(VERIFIED)
    verification = verified.get("verification") if isinstance(verified, Mapping) else None
    level = verification.get("assurance_level") if isinstance(verification, Mapping) else None
    return isinstance(level, str) and level.startswith("identity_level_") and level >= LEAST_LEVEL


def read(chosen: Iterable[Offer], claims: Mapping[str, Any]) -> list[Sent]:
    """Return what came of what was asked, in the order of ITEMS; anything else is left alone."""
    return [sent for offer in chosen if (sent := _read_one(offer, claims)) is not None]


def _read_one(offer: Offer, claims: Mapping[str, Any]) -> Sent | None:
    if offer.name == NAME:
        return _read_name(claims)
    value = claims.get(offer.item.claims[0])
    if value in (None, "", {}, []):
        return None
    if not offer.item.is_attested:
        return Sent(offer.name, value, None, "", "", "")
    employer = claims.get(EMPLOYER)
    source = str(employer.get("name", "")) if isinstance(employer, Mapping) else ""
    confirmed_at = str(claims.get(CONFIRMED_AT, ""))
    if isinstance(value, Mapping) and "verified_at" in value:
        # It names the employer, too, whom the person may not have ticked
        value = {name: part for name, part in value.items() if name != "verified_by"}
        confirmed_at = str(value["verified_at"])
    until = str(claims.get(VALID_UNTIL, ""))
    return Sent(offer.name, value, offer.value, source, confirmed_at[:10], until[:10])


def _read_name(claims: Mapping[str, Any]) -> Sent | None:
    verified = claims.get(VERIFIED) or {}
    name = verified.get("claims", {}).get("name")
    when = str(verified.get("verification", {}).get("time", ""))
    return Sent(NAME, str(name), None, "", when[:10], "") if name else None


def find_item(name: str) -> Item | None:
    return _BY_NAME.get(name)


def find_names_of(claims: Iterable[str]) -> list[str]:
    """Return the items that any of these claims, as the provider names them, belong to.

    Once nobody vouches that somebody works, nothing that was vouched for with it stands.
    """
    bases = {claim.partition("=")[0] for claim in claims}
    if "is_worker" in bases:
        bases.update(ATTESTED_CLAIMS)
    return [item.name for item in ITEMS if bases.intersection(item.claims)]


def to_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
