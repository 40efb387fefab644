"""What was verified about a person, when and how: the province in OpenID Connect for Identity Assurance.

A person may change their profile at any time. What was verified is kept apart, as it was when their identity
level was set, and is given out with that and nothing that wasn't recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from oidc.attested import OF_EMPLOYMENT
from oidc.verified_claims import IdentityAssurance
from tnid.accounts.numbers import DOCUMENTS, DocumentNumber
from tnid.accounts.vault import Vault
from tnid.stores.verifications import VerificationStore
from tnid.wards import find_ward

TRUST_FRAMEWORK = "vn_thai_nguyen_id"
LEAST_VERIFIED_LEVEL = 1
SEEN_IN_PERSON_LEVEL = 2
SEEN_BY_AN_OFFICIAL = "vpip"  # visual inspection of the physical document, in person
ELECTRONIC_RECORD, EMPLOYMENT_RECORD = "electronic_record", "employment"
VERIFIED_CLAIMS = ("name", "family_name", "middle_name", "given_name", "birthdate", "gender", "address")

ASSURANCE = IdentityAssurance(
    trust_frameworks=(TRUST_FRAMEWORK,),
    claims=(*VERIFIED_CLAIMS, *OF_EMPLOYMENT),
    evidence=("document", ELECTRONIC_RECORD),
    documents=DOCUMENTS,
    check_methods=(SEEN_BY_AN_OFFICIAL,),
    electronic_records=(EMPLOYMENT_RECORD,),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an identity level rests on.

    `check_method` says how somebody compared the document; None where nobody has seen it. `organisation` is
    the code of the commune whose official did. `warnings` are for an official's review, and are the words of
    `tnid.accounts.numbers.find_warnings`.
    """

    number: DocumentNumber | None = None
    check_method: str | None = None
    organisation: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The last verification of an account, opened."""

    level: int
    document: str | None
    check_method: str | None
    organisation: str
    warnings: tuple[str, ...]
    verified_at: int
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def organisation_name(self) -> str:
        """Return the name of the commune whose official compared the document, or ""."""
        ward = find_ward(self.organisation)
        return ward.name if ward else ""


class Verifications:
    """Records what was verified and tells it; each method runs in the caller's unit of work."""

    def __init__(self, store: VerificationStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def record(
        self, account_id: str, level: int, profile: Mapping[str, Any], evidence: Evidence, now: int
    ) -> None:
        """Keep what a person of this identity level is vouched to be; nothing is kept for level 0."""
        claims = {name: profile[name] for name in VERIFIED_CLAIMS if name in profile}
        if level < LEAST_VERIFIED_LEVEL or not claims:
            return
        self._store.record(
            account_id,
            level=level,
            document=evidence.number.kind if evidence.number else None,
            check_method=evidence.check_method,
            organisation=evidence.organisation or None,
            claims_sealed=self._vault.seal_verified(account_id, claims),
            warnings_sealed=self._vault.seal_warnings(account_id, evidence.warnings),
            verified_at=now,
        )

    def find(self, account_id: str) -> Verification | None:
        """Return what is verified about an active account, as far as its identity level still covers it."""
        row = self._store.find(account_id)
        if row is None:
            return None
        return Verification(
            level=row.level,
            document=row.document,
            check_method=row.check_method,
            organisation=row.organisation or "",
            warnings=self._vault.open_warnings(row),
            verified_at=row.verified_at,
            claims=self._vault.open_verified(row),
        )

    def list(self, account_id: str) -> list[dict[str, Any]]:
        """Return what is verified about an active account, as `oidc.interfaces.Subjects` has it."""
        found = self.find(account_id)
        return [] if found is None else [{"verification": describe(found), "claims": dict(found.claims)}]


def describe(verification: Verification) -> dict[str, Any]:
    """Return the verification element. Evidence is what somebody compared, and nothing else."""
    when = datetime.fromtimestamp(verification.verified_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    element: dict[str, Any] = {
        "trust_framework": TRUST_FRAMEWORK,
        "assurance_level": f"identity_level_{verification.level}",
        "time": when,
    }
    if verification.check_method is None:
        return element
    check = {"check_method": verification.check_method}
    if verification.organisation_name:
        check |= {"organization": f"UBND {verification.organisation_name}", "time": when}
    evidence: dict[str, Any] = {"type": "document", "check_details": [check]}
    if verification.document:
        evidence["document_details"] = {"type": verification.document}
    return {**element, "evidence": [evidence]}
