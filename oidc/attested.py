"""Claims that somebody else vouches for: about work, what an employer says and the worker let be known, and
what the province itself knows of somebody's standing. Beside them, what people say of themselves about work.

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
OF_WORK = frozenset({*OF_EMPLOYMENT, REPRESENTS})
SELF_DECLARED = ("job_seeker", "housing_seeker")

INCOME_AT_LEAST, WORKS_IN_PARK, TENURE_AT_LEAST = "income_at_least", "works_in_park", "tenure_at_least_months"
QUESTIONS = (INCOME_AT_LEAST, WORKS_IN_PARK, TENURE_AT_LEAST)
"""Yes/no claims that are answered from what an employer vouches for."""

_OF_WORK = OF_WORK.union(QUESTIONS)
VERIFIED = "verified_claims/"
"""Begins the names of verified claims, as consent has them."""

SCOPES = ("worker", "employer", "employee", "jobs", "housing")
LISTINGS = frozenset({"jobs", "housing"})
"""Scopes of applications that list jobs or homes: from them a worker may hide the employer."""

IDENTITY_LEVEL, RESIDENCE_WARD = "identity_level", "residence_ward"
PERSONAL_ID_NUMBER, GUARDIAN_OF, STAFF_ROLES = "personal_id_number", "guardian_of", "staff_roles"
STANDING_SCOPE_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "citizen": (IDENTITY_LEVEL, RESIDENCE_WARD),
    "pid": (PERSONAL_ID_NUMBER,),
    "guardian": (GUARDIAN_OF,),
    "staff": (STAFF_ROLES,),
}
"""What the province knows of a person's standing, by scope: no live client gives such a scope to itself."""

OF_STANDING = frozenset(name for names in STANDING_SCOPE_CLAIMS.values() for name in names)
ATTESTED = OF_WORK | OF_STANDING
USERINFO_ALONE = frozenset({PERSONAL_ID_NUMBER})
"""What no token ever holds: UserInfo tells it, of a sign-in with two factors, and not as what is signed and
lies open: nobody can show it around as our word."""

PERSONAL_SCOPES = frozenset({"pid", "guardian", "staff"})
PERSONAL = frozenset(name for scope in PERSONAL_SCOPES for name in STANDING_SCOPE_CLAIMS[scope])
"""What nobody is told through a helper: a mandate hands over no number, no children and no office."""


def is_of_work(name: str) -> bool:
    """Say whether a claim is vouched for or answered from what is, verified or by value too."""
    bare = name.removeprefix(VERIFIED).partition("=")[0]
    return bare in (OF_EMPLOYMENT if name.startswith(VERIFIED) else _OF_WORK)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What is vouched for about somebody at one moment, of what an application asked for and nothing else.

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
