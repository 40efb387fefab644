"""The tokens of personnel systems: made once, shown once, and looked up at each request.

256 random bits need no slow hash; there is nothing to guess, and what is bounded is the noise. Each method
runs in the caller's unit of work.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any, NamedTuple

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.claims import Unfit, clean_text
from tnid.accounts.refusal import Refused
from tnid.signin.limits import SCIM_TOKEN_FROM_NETWORK, Bucket, Limits
from tnid.stores.employer_tokens import EmployerTokenStore

LIFETIME_SECONDS = 365 * 86400
# So that a scanner of source code knows one where it lies about
PREFIX = "tnid_scim_"
TOUCH_SECONDS = 60
MOST_LABEL = 60
MOST_TOKENS = 10
_FORM = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")


class Made(NamedTuple):
    """A new token, seen this once."""

    token_id: str
    token: str
    label: str
    expires_at: int


class Denied(NamedTuple):
    """Why a token opens nothing: `reason` for the log; `status` is 401, 403 or 429."""

    status: int
    reason: str
    employer_id: str | None = None


class EmployerTokens:
    """What managers and operators do with tokens, and what a request's token is worth."""

    def __init__(self, store: EmployerTokenStore, limits: Limits, events: Events) -> None:
        self._store = store
        self._limits = limits
        self._events = events

    def make(self, employer_id: str, label: str, made_by: str | None, now: int) -> Made | Refused:
        """Make a token for an employer that may act; `made_by` is None for an operator.

        Refused with `represents_no_more` where that person doesn't manage the employer any more.
        """
        try:
            name = clean_text(label)
        except Unfit as unfit:
            return Refused("label", str(unfit))
        if not name:
            return Refused("label", "required")
        if len(name) > MOST_LABEL:
            return Refused("label", "too_long")
        if len(self._store.list_live(employer_id, now)) >= MOST_TOKENS:
            return Refused("label", "too_many_tokens")
        made = Made(new_identifier(), PREFIX + secrets.token_urlsafe(32), name, now + LIFETIME_SECONDS)
        is_made = self._store.add(
            id=made.token_id,
            employer_id=employer_id,
            token_hash=hash_of(made.token),
            label=name,
            made_by=made_by,
            created_at=now,
            expires_at=made.expires_at,
        )
        if not is_made:
            return Refused("label", "represents_no_more")
        self._record("employer_token.make", employer_id, made.token_id, made_by, now)
        return made

    def list_live(self, employer_id: str, now: int) -> list[Any]:
        """Return the rows of the tokens that work, the newest first."""
        return self._store.list_live(employer_id, now)

    def revoke(self, employer_id: str, token_id: str, by: str | None, now: int) -> str | None:
        """End a token at once; return its label, None where the employer has no such token."""
        row = self._store.revoke(employer_id, token_id, now)
        if row is None:
            return None
        self._record("employer_token.revoke", employer_id, token_id, by, now)
        return str(row.label)

    def find_employer(self, authorization: str, network: str, now: int) -> Any | Denied:
        """Return the employer's row that an Authorization header speaks for (`id` is the employer's).

        Each wrong one is counted for its network; a right one is never refused for others' noise.
        """
        row = self._find(authorization)
        denied = _find_fault(row, now)
        if denied is None:
            if row.last_used_at is None or row.last_used_at + TOUCH_SECONDS <= now:
                self._store.touch(row.token_id, now)
            return row
        if not self._limits.take(Bucket(SCIM_TOKEN_FROM_NETWORK, network), now):
            return Denied(429, "too_many_attempts")
        return denied

    def _find(self, authorization: str) -> Any:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not _FORM.fullmatch(token):
            return None
        return self._store.find_bearer(hash_of(token))

    def _record(self, event: str, employer_id: str, token_id: str, by: str | None, now: int) -> None:
        details = {"employer": employer_id, "key": token_id}
        self._events.record(event, account_id=by, details=details, now=now)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _find_fault(row: Any, now: int) -> Denied | None:
    if row is None:
        return Denied(401, "wrong_token")
    if row.revoked_at is not None:
        return Denied(401, "revoked_token", row.id)
    if row.expires_at <= now:
        return Denied(401, "expired_token", row.id)
    if row.approved_at is None or row.suspended_at is not None:
        return Denied(403, "employer_suspended", row.id)
    return None
