"""Which claims each field of an employment opens: what may no longer be used where the field ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oidc.attested import (
    ALWAYS,
    EMPLOYER_CLAIM,
    HOUSING_INCOME,
    INCOME_AT_LEAST,
    TENURE_AT_LEAST,
    WORKS_IN_PARK,
)

FIELD_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "employer": (EMPLOYER_CLAIM,),
    "park": ("industrial_park", WORKS_IN_PARK),
    "title": ("job_title",),
    "start_date": ("employment_start_date", TENURE_AT_LEAST),
    "contract_type": ("employment_contract_type",),
    "income": (HOUSING_INCOME, INCOME_AT_LEAST),
}


def claims_of(ended: Iterable[str], left: Iterable[str] = ()) -> frozenset[str]:
    """Return the claims that end with these fields, while `left` are those that still stand.

    With the last field, what is told beside every field ends, too.
    """
    fields = frozenset(ended)
    names = frozenset(name for field in fields for name in FIELD_CLAIMS[field])
    return names if not fields or frozenset(left) - fields else names.union(ALWAYS)
