"""What was verified about a person, when and how: the province in OpenID Connect for Identity Assurance.

A person may change their profile at any time. What was verified is kept apart, as it was when their identity
level was set, and is given out with that and nothing that wasn't recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from oidc.verified_claims import IdentityAssurance
from tnid.accounts.vault import Vault
from tnid.stores.verifications import VerificationStore

TRUST_FRAMEWORK = "vn_thai_nguyen_id"
LEAST_VERIFIED_LEVEL = 1
SEEN_IN_PERSON_LEVEL = 2
IDENTITY_CARD = "idcard"
SEEN_BY_AN_OFFICIAL = "vpip"  # visual inspection of the physical document, in person
VERIFIED_CLAIMS = ("name", "family_name", "middle_name", "given_name", "birthdate", "gender")

ASSURANCE = IdentityAssurance(
    trust_frameworks=(TRUST_FRAMEWORK,),
    claims=VERIFIED_CLAIMS,
    evidence=("document",),
    documents=(IDENTITY_CARD,),
    check_methods=(SEEN_BY_AN_OFFICIAL,),
)


class Verifications:
    """Records what was verified and tells it; each method runs in the caller's unit of work."""

    def __init__(self, store: VerificationStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def record(
        self, account_id: str, level: int, profile: Mapping[str, Any], now: int, *, has_card: bool
    ) -> None:
        """Keep what a person of this identity level is vouched to be; nothing is kept for level 0."""
        claims = {name: profile[name] for name in VERIFIED_CLAIMS if name in profile}
        if level < LEAST_VERIFIED_LEVEL or not claims:
            return
        document = IDENTITY_CARD if has_card else None
        sealed = self._vault.seal_verified(account_id, claims)
        self._store.record(account_id, level, document, sealed, now)

    def list(self, account_id: str) -> list[dict[str, Any]]:
        """Return what is verified about an active account, as `oidc.interfaces.Subjects` has it."""
        row = self._store.find(account_id)
        if row is None:
            return []
        return [{"verification": describe(row), "claims": self._vault.open_verified(row)}]


def describe(row: Any) -> dict[str, Any]:
    """Return the verification element. At level 2 an official has seen the person and compared the card."""
    verification: dict[str, Any] = {
        "trust_framework": TRUST_FRAMEWORK,
        "assurance_level": f"identity_level_{row.level}",
        "time": datetime.fromtimestamp(row.verified_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if row.level >= SEEN_IN_PERSON_LEVEL:
        evidence: dict[str, Any] = {
            "type": "document",
            "check_details": [{"check_method": SEEN_BY_AN_OFFICIAL}],
        }
        if row.document:
            evidence["document_details"] = {"type": row.document}
        verification["evidence"] = [evidence]
    return verification
