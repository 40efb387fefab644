"""Who may post: people who showed two factors, and for which organisations by the word of Thai Nguyen ID."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from examples.jobs_housing.listings import Listing
from examples.relying_party.sign_in import SignedIn, Wish

LEAST_ACR, LEAST_LEVEL = "LoA2", "identity_level_2"
ASKED_SCOPE = "phone"
"""What no other sign-in here asks for, by which one to post is known again."""
_NAME_VERIFIED = {
    "verification": {"trust_framework": None, "assurance_level": None},
    "claims": {"name": None},
}
POSTING = Wish(
    ("openid", ASKED_SCOPE),
    acr=LEAST_ACR,
    is_acr_essential=True,
    claims={"name": {"essential": True}, "represents": None, "verified_claims": _NAME_VERIFIED},
)
"""Whoever represents nobody, or doesn't say so, posts in their own name."""
HIRING = replace(POSTING, claims={**POSTING.claims, "represents": {"essential": True}})
"""Jobs are posted by organisations alone."""
FRESH_SECONDS = 3600
USED_CLAIMS = ("name", "phone_number", "represents", "verified_claims/name")
"""What a poster's sign-in says; once they take any of it back it says nothing any more."""
POSTING_ROLES = ("manager", "clerk")
"""A reader looks, and says nothing in the organisation's name."""


class Organisation(NamedTuple):
    """An organisation as the provider vouches for it in the claim `represents`."""

    name: str
    tax_code: str
    domain: str | None


class Poster(NamedTuple):
    """Somebody who may post, by this very sign-in."""

    sub: str
    name: str
    organisations: tuple[Organisation, ...]
    has_verified_phone: bool
    is_identity_verified: bool

    @property
    def tax_codes(self) -> list[str]:
        return [one.tax_code for one in self.organisations]

    def find_organisation(self, tax_code: str | None) -> Organisation | None:
        """Return the organisation of this tax code, if they speak for it."""
        return next((one for one in self.organisations if one.tax_code == tax_code), None)

    def manages(self, listing: Listing) -> bool:
        """Say whether the listing is theirs, or of an organisation that they still speak for."""
        if listing.tax_code:
            return self.find_organisation(listing.tax_code) is not None
        return listing.posted_by == self.sub


def find_poster(person: SignedIn | None) -> Poster | None:
    """Return the person as a poster; None where nobody signed in for that, or not strongly enough."""
    if person is None or not person.reaches(LEAST_ACR) or ASKED_SCOPE not in person.asked_scopes:
        return None
    claims = person.claims
    return Poster(
        person.sub,
        person.name,
        _read_organisations(claims.get("represents")),
        claims.get("phone_number_verified") is True,
        _is_identity_verified(claims.get("verified_claims")),
    )


def is_fresh(person: SignedIn, now: int, *, is_writing: bool) -> bool:
    """Say whether what the provider said of them is new enough to act on.

    Who spoke for an organisation this morning may not any more; what is being written goes through.
    """
    return person.came_at >= now - (2 if is_writing else 1) * FRESH_SECONDS


def to_values(poster: Poster, organisation: Organisation | None, now: int) -> dict[str, Any]:
    """Return what a listing says of who offers it."""
    if organisation:
        return {
            "offered_by": organisation.name,
            "tax_code": organisation.tax_code,
            "domain": organisation.domain,
            "verified_at": now,
        }
    return {"offered_by": poster.name, "is_identity_verified": int(poster.is_identity_verified)}


def _read_organisations(represents: object) -> tuple[Organisation, ...]:
    """Read the claim; what isn't of the agreed form gives no mark."""
    found = []
    for one in represents if isinstance(represents, list) else ():
        if not isinstance(one, dict) or one.get("role") not in POSTING_ROLES:
            continue
        name, tax_code, domain = one.get("name"), one.get("tax_code"), one.get("domain")
        if isinstance(name, str) and name and isinstance(tax_code, str) and tax_code:
            found.append(Organisation(name, tax_code, domain if isinstance(domain, str) else None))
    return tuple(found)


def _is_identity_verified(verified: object) -> bool:
    """Say whether somebody saw the person and their papers: OpenID Connect for Identity Assurance 1.0 §5."""
    entries = verified if isinstance(verified, list) else [verified]
    return any(
        isinstance(one, dict) and _reaches_level(one) and "name" in (one.get("claims") or {})
        for one in entries
    )


def _reaches_level(verified: dict[str, Any]) -> bool:
    verification = verified.get("verification")
    level = verification.get("assurance_level") if isinstance(verification, dict) else None
    return isinstance(level, str) and level.startswith("identity_level_") and level >= LEAST_LEVEL
