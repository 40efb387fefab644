"""Verified claims: OpenID Connect for Identity Assurance 1.0, asked for by the claims parameter.

A request is data that walks beside the data that there is: it says which elements are wanted, and which
values will do. Nothing is given that was not asked for, and what can't be given is left out, never an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from oidc.errors import InvalidRequest
from oidc.models import Grant

MEMBER = "verified_claims"
EVIDENCE = "evidence"
MOST_REQUESTS = 10
# What an answer is not valid without wherever its parent is given: Identity Assurance Schema Definition 1.0
REQUIRED = ("trust_framework", "type", "check_method")
CONSTRAINTS = ("value", "values", "max_age")


@dataclass(frozen=True, slots=True)
class IdentityAssurance:
    """What a source of verified claims can give, for discovery."""

    trust_frameworks: tuple[str, ...]
    claims: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    check_methods: tuple[str, ...] = ()
    electronic_records: tuple[str, ...] = ()

    def metadata(self) -> dict[str, Any]:
        """Return the members of §8; those of what there is none of are left out."""
        members = {
            "trust_frameworks_supported": self.trust_frameworks,
            "claims_in_verified_claims_supported": self.claims,
            "evidence_supported": self.evidence,
            "documents_supported": self.documents,
            "documents_check_methods_supported": self.check_methods,
            "electronic_records_supported": self.electronic_records,
        }
        return {"verified_claims_supported": True} | {name: list(v) for name, v in members.items() if v}


def check_request(asked: Any) -> None:
    """Raise InvalidRequest unless `asked` is a request of §5.3 to §5.5, or a list of them: §5.6."""
    requests = asked if isinstance(asked, list) else [asked]
    if not 0 < len(requests) <= MOST_REQUESTS:
        raise InvalidRequest(f"verified_claims takes one to {MOST_REQUESTS} requests.")
    for request in requests:
        verification = request.get("verification") if isinstance(request, dict) else None
        if not isinstance(verification, dict) or "trust_framework" not in verification:
            raise InvalidRequest("verified_claims needs a verification that asks for its trust_framework.")
        claims = request.get("claims")
        if not isinstance(claims, dict) or not claims:
            raise InvalidRequest("verified_claims needs claims, and at least one.")
        if not all(wish is None or isinstance(wish, dict) for wish in claims.values()):
            raise InvalidRequest("Each claim of verified_claims is asked for by null or an object.")
        for wish in (*claims.values(), *_wishes(verification)):
            _check_constraints(wish)


def _wishes(wish: Any) -> Iterator[Any]:
    """Return every element that is asked for, however deep."""
    yield wish
    children = wish.values() if isinstance(wish, dict) else wish if isinstance(wish, list) else ()
    for child in children:
        yield from _wishes(child)


def _check_constraints(wish: Any) -> None:
    if not isinstance(wish, dict):
        return
    if "values" in wish and (not isinstance(wish["values"], list) or not wish["values"]):
        raise InvalidRequest("values is a list, and not an empty one.")
    max_age = wish.get("max_age", 0)
    if not isinstance(max_age, int | float) or isinstance(max_age, bool) or max_age < 0:
        raise InvalidRequest("max_age is a number of seconds.")


def names_of(asked: Any) -> frozenset[str]:
    """Return what a person has to agree to, as `verified_claims/<claim>`, and `verified_claims/evidence`."""
    requests = asked if isinstance(asked, list) else [asked]
    names = {name for request in requests for name in request["claims"]}
    if any(EVIDENCE in request["verification"] for request in requests):
        names.add(EVIDENCE)
    return frozenset(f"{MEMBER}/{name}" for name in names)


def asked_of(grant: Grant, place: str) -> Any:
    """Return the checked request of a grant's `place` ("userinfo", "id_token"), without what is withheld."""
    if not grant.verified_claims:
        return None
    asked = json.loads(grant.verified_claims).get(place)
    return asked if asked is None or grant.withheld is None else without(asked, grant.withheld_names)


def without(asked: Any, withheld: frozenset[str]) -> Any:
    """Return what of a checked request the person agreed to, in its form; None where that is nothing."""
    requests = asked if isinstance(asked, list) else [asked]
    kept = [shortened for request in requests if (shortened := _shorten(request, withheld))["claims"]]
    if not kept:
        return None
    return kept if isinstance(asked, list) else kept[0]


def _shorten(request: Mapping[str, Any], withheld: frozenset[str]) -> dict[str, Any]:
    claims = {n: wish for n, wish in request["claims"].items() if f"{MEMBER}/{n}" not in withheld}
    hidden = EVIDENCE if f"{MEMBER}/{EVIDENCE}" in withheld else None
    verification = {n: wish for n, wish in request["verification"].items() if n != hidden}
    return {**request, "claims": claims, "verification": verification}


class _Unmet(Exception):
    """What there is does not meet what was asked for."""


def select_verified(asked: Any, records: Sequence[Mapping[str, Any]], now: int) -> Any:
    """Return the verified_claims for a checked request, in its form: an object or a list; None for nothing.

    Each record has `verification` and `claims`, as an answer has them. §5.6: each request is answered by
    itself, from the first record that meets it.
    """
    requests = asked if isinstance(asked, list) else [asked]
    answers = (_first_answer(request, records, now) for request in requests)
    given = [answer for answer in answers if answer is not None]
    if isinstance(asked, list):
        return given or None
    return next(iter(given), None)


def _first_answer(
    request: Mapping[str, Any], records: Sequence[Mapping[str, Any]], now: int
) -> dict[str, Any] | None:
    for record in records:
        try:
            # §5.7.4: a constraint on the verification that is not met leaves all of it out
            verification = _choose(record["verification"], request["verification"], now)
        except _Unmet:
            continue
        claims = {
            name: record["claims"][name]
            for name, wish in request["claims"].items()
            if name in record["claims"] and _is_met(record["claims"][name], wish, now)
        }
        if claims and "trust_framework" in verification:
            return {"verification": verification, "claims": claims}
    return None


def _choose(available: Mapping[str, Any], asked: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return the elements that were asked for; raise _Unmet where one is not as it must be."""
    chosen = {name: available[name] for name in REQUIRED if name in available}
    for name, wish in asked.items():
        if name in available:
            chosen[name] = _take(available[name], wish, now)
        elif any(_is_constraint(part) for part in _wishes(wish)):
            raise _Unmet
    return chosen


def _take(value: Any, wish: Any, now: int) -> Any:
    if wish is None:
        return value
    if isinstance(value, list):
        return _filter(value, wish if isinstance(wish, list) else [wish], now)
    if isinstance(value, Mapping) and isinstance(wish, Mapping):
        return _choose(value, wish, now)
    if not _is_met(value, wish, now):
        raise _Unmet
    return value


def _filter(items: Sequence[Any], templates: Sequence[Any], now: int) -> list[Any]:
    """§5.4: each template filters and shapes the list; an item that meets any of them is in the answer."""
    found = [taken for item in items for taken in _shapes(item, templates, now)]
    if not found:
        raise _Unmet
    return found


def _shapes(item: Any, templates: Sequence[Any], now: int) -> list[Any]:
    for template in templates:
        try:
            return [_take(item, template, now)]
        except _Unmet:
            continue
    return []


def _is_constraint(wish: Any) -> bool:
    """Say whether this part of a request by itself demands a value."""
    if isinstance(wish, Mapping):
        return any(name in wish for name in CONSTRAINTS)
    return wish is not None and not isinstance(wish, list)


def _is_met(value: Any, wish: Any, now: int) -> bool:
    """§5.5: value, values and max_age; a plain value in place of an object is read as `value`."""
    if wish is None:
        return True
    if not isinstance(wish, Mapping):
        return bool(value == wish)
    if "value" in wish and value != wish["value"]:
        return False
    if "values" in wish and value not in wish["values"]:
        return False
    return "max_age" not in wish or _is_fresh(value, wish["max_age"], now)


def _is_fresh(value: Any, max_age: float, now: int) -> bool:
    """§5.5.2: a date counts from its last second."""
    try:
        if len(value) == len("YYYY-MM-DD"):
            day = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
            moment = day + timedelta(days=1, seconds=-1)
        else:
            moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return moment.tzinfo is not None and now - moment.timestamp() <= max_age
