"""Claims about somebody's work: what an employer vouches for and the worker let be known, and what they say
of themselves.

What is vouched for is kept with no grant and no profile. It is looked up whenever it is told, so that what
has ended is told no more from that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALWAYS = ("is_worker", "employment_confirmed_at", "employment_valid_until")
"""What is told beside anything else of an employment."""

EMPLOYER_CLAIM, HOUSING_INCOME, REPRESENTS = "employer", "social_housing_income", "represents"
EMPLOYEE_NUMBER = "employee_number"
"""The employer's own code of the worker: told to its own applications alone."""

OF_EMPLOYMENT = (
    *ALWAYS,
    EMPLOYER_CLAIM,
    EMPLOYEE_NUMBER,
    "job_title",
    "industrial_park",
    "employment_start_date",
    "employment_contract_type",
    HOUSING_INCOME,
)
ATTESTED = frozenset({*OF_EMPLOYMENT, REPRESENTS})
SELF_DECLARED = ("job_seeker", "housing_seeker")

INCOME_AT_LEAST, WORKS_IN_PARK, TENURE_AT_LEAST = "income_at_least", "works_in_park", "tenure_at_least_months"
QUESTIONS = (INCOME_AT_LEAST, WORKS_IN_PARK, TENURE_AT_LEAST)
"""Yes/no claims that are answered from what an employer vouches for."""

_OF_WORK = ATTESTED.union(QUESTIONS)
VERIFIED = "verified_claims/"
"""Begins the names of verified claims, as consent has them."""

SCOPES = ("worker", "employer", "employee", "jobs", "housing")
LISTINGS = frozenset({"jobs", "housing"})
"""Scopes of applications that list jobs or homes: from them a worker may hide the employer."""


def is_of_work(name: str) -> bool:
    """Say whether a claim is vouched for or answered from what is, verified or by value too."""
    bare = name.removeprefix(VERIFIED).partition("=")[0]
    return bare in (OF_EMPLOYMENT if name.startswith(VERIFIED) else _OF_WORK)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What is known of somebody's work at one moment, of what an application asked for and nothing else.

    `answers` are those of yes/no questions, by their names. `record` has `verification` and `claims`, as
    verified claims have them, None where there is none.
    """

    claims: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    record: Mapping[str, Any] | None = None

    def within(self, names: frozenset[str]) -> Vouched:
        """Return what of it these names cover; a record is whole, or not there."""
        return Vouched(
            {name: value for name, value in self.claims.items() if name in names},
            {name: answer for name, answer in self.answers.items() if name in names},
            self.record if any(name.startswith(VERIFIED) for name in names) else None,
        )


NOTHING = Vouched()
