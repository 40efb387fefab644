"""How near a screen and a phone seem: it opens nothing, and keeps back what is most private."""

from __future__ import annotations

import pytest

from oidc.models import AuthorizationRequest
from oidc.sensitive import is_sensitive
from tnid.qr.proximity import Nearness, is_too_far, names_asked, nearness_of


@pytest.mark.parametrize(
    ("screen", "phone", "nearness"),
    [
        ("192.0.2.1", "192.0.2.1", Nearness.SAME_NETWORK),
        ("192.0.2.1", "::ffff:192.0.2.1", Nearness.SAME_NETWORK),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", Nearness.SAME_NETWORK),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", Nearness.NEIGHBOURING),
        ("192.0.2.1", "192.0.2.200", Nearness.NEIGHBOURING),
        ("192.0.2.1", "198.51.100.1", Nearness.FAR),
        ("2001:db8:1:2::1", "192.0.2.1", Nearness.FAR),
        ("", "", Nearness.FAR),
        ("192.0.2.1", "no address", Nearness.FAR),
    ],
)
def test_how_near_two_addresses_are(screen: str, phone: str, nearness: Nearness) -> None:
    assert nearness_of(screen, phone) == nearness


def test_a_registered_terminal_is_near_and_no_more() -> None:
    assert nearness_of("192.0.2.1", "198.51.100.1", is_terminal=True) == Nearness.NEIGHBOURING
    assert nearness_of("192.0.2.1", "192.0.2.1", is_terminal=True) == Nearness.SAME_NETWORK


PRIVATE = (
    *("pid", "income", "income:read", "employment.proof", "Health_record", "worker", "employer", "jobs"),
    *("housing", "industrial_park", "job_title", "represents", "social_housing_income", "job_seeker"),
    *("housing_seeker", "income_at_least=8000000", "works_in_park=diem-thuy", "tenure_at_least_months=12"),
    *("employment_start_date", "verified_claims/employer", "verified_claims/evidence"),
)


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_most_private(name: str) -> None:
    assert is_sensitive(name)
    assert is_too_far(Nearness.FAR, ["openid", name])
    assert not is_too_far(Nearness.NEIGHBOURING, [name])


@pytest.mark.parametrize(
    "name",
    ["openid", "profile", "phone", "healthy", "", "bookings:read", "is_worker", "jobs:read", "age_over=18"],
)
def test_what_is_not(name: str) -> None:
    assert not is_sensitive(name)
    assert not is_too_far(Nearness.FAR, [name])


def test_claims_that_are_asked_for_by_name_count_too() -> None:
    asked = AuthorizationRequest("jobs", "", "query", ("openid",), userinfo_claims=("income",))
    assert is_too_far(Nearness.FAR, names_asked(asked))
    assert names_asked(None) == frozenset()
