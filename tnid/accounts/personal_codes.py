"""Codes that one person hands another: so many wrong ones a person and a network, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request

from tnid import services
from tnid.accounts.refusal import Refused
from tnid.signin.limits import PERSONAL_CODE, PERSONAL_CODE_FROM_NETWORK, Bucket, network_of

Found = TypeVar("Found")


def try_code(event: str, account_id: str, look: Callable[[], Found | None]) -> Found | Refused:
    """Return what `look` finds under a typed code, within the person's and the network's allowance.

    A guess is counted before it is looked at, so that many at once share one allowance; a right one is given
    back.
    """
    parts, now = services.current(), services.now()
    buckets = (
        Bucket(PERSONAL_CODE, account_id),
        Bucket(PERSONAL_CODE_FROM_NETWORK, network_of(request.remote_addr or "")),
    )
    taken = [parts.limits.take(bucket, now) for bucket in buckets]
    if not all(taken):
        return _refuse(event, "too_many_user_codes", account_id, parts.limits.seconds_shut(buckets, now))
    found = look()
    if found is None:
        return _refuse(event, "wrong_personal_code", account_id)
    for bucket in buckets:
        parts.limits.give_back(bucket)
    return found


def _refuse(event: str, reason: str, account_id: str, seconds: int = 0) -> Refused:
    services.current().audit.record(
        event, outcome="refused", reason=reason, account_id=account_id, now=services.now()
    )
    return Refused("code", reason, seconds)
