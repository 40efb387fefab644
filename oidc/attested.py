"""Claims about somebody's work: what an employer vouches for and the worker let be known, and what they say
of themselves.

What is vouched for is kept with no grant and no profile. It is looked up whenever it is told, so that what
has ended is told no more from that moment.
"""

from __future__ import annotations

ALWAYS = ("is_worker", "employment_confirmed_at", "employment_valid_until")
"""What is told beside anything else of an employment."""

EMPLOYER_CLAIM, HOUSING_INCOME, REPRESENTS = "employer", "social_housing_income", "represents"
OF_EMPLOYMENT = (
    *ALWAYS,
    EMPLOYER_CLAIM,
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

SCOPES = ("worker", "employer", "jobs", "housing")
LISTINGS = frozenset({"jobs", "housing"})
"""Scopes of applications that list jobs or homes: from them a worker may hide the employer."""
