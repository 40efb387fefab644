"""Codes as people type them: so many wrong ones a person and a network, and no more (RFC 8628 §5.1)."""

from __future__ import annotations

from flask import request

from oidc.decoupled.models import DecoupledRequest
from tnid import services
from tnid.accounts.refusal import Refused
from tnid.signin.limits import QR_OF_ACCOUNT, USER_CODE, USER_CODE_FROM_NETWORK, Bucket, network_of


def claim(typed: str, account_id: str) -> DecoupledRequest | Refused:
    """Return the request that waits under this code, from now on this person's to answer.

    A guess is counted before it is looked at, so that many at once share one allowance; a right one is given
    back, and forgives no wrong one: anybody can have a terminal give them right codes. Many right
    ones that are not allowed are somebody who is pressed, here or by QR.
    """
    parts, now = services.current(), services.now()
    buckets = (
        Bucket(USER_CODE, account_id),
        Bucket(USER_CODE_FROM_NETWORK, network_of(request.remote_addr or "")),
    )
    taken = [parts.limits.take(bucket, now) for bucket in buckets]
    if not all(taken):
        seconds = parts.limits.seconds_shut(buckets, now)
        return _refuse("too_many_user_codes", account_id, seconds)
    claims = Bucket(QR_OF_ACCOUNT, account_id)
    if not parts.limits.take(claims, now):
        return _refuse("too_many_claims", account_id, parts.limits.seconds_shut((claims,), now))
    found = parts.provider.decoupled.claim(typed, account_id, now)
    if found is None:
        parts.limits.give_back(claims)
        return _refuse("wrong_user_code", account_id)
    for bucket in buckets:
        parts.limits.give_back(bucket)
    return found


def _refuse(reason: str, account_id: str, seconds: int = 0) -> Refused:
    services.current().audit.record(
        "decoupled.user_code", outcome="refused", reason=reason, account_id=account_id, now=services.now()
    )
    return Refused("user_code", reason, seconds)
