"""The record of a security event: one a withdrawal, told to one application, and answered by it."""

from __future__ import annotations

from dataclasses import dataclass

CONSENT_WITHDRAWN = "consent-withdrawn"
CONSENT_NARROWED = "consent-narrowed"
ACCOUNT_DELETED = "account-deleted"
ATTESTATION_ENDED = "attestation-ended"
"""Nobody vouches for these claims any more, or the worker took them back. Why is not said."""

DELETED, KEPT = "deleted", "kept"
OUTCOMES = (DELETED, KEPT)


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """`id` is the `jti` of its token. `claims` are those that may no longer be used, none where all of them.

    `outcome` is what the application says it did, with the `reason` where it kept something. `account_id` is
    None once the account is gone. Times are epoch seconds.
    """

    id: str
    kind: str
    client_id: str
    account_id: str | None
    claims: tuple[str, ...]
    created_at: int
    delivered_at: int | None = None
    outcome: str | None = None
    reason: str | None = None
    answered_at: int | None = None
