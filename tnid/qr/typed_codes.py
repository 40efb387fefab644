"""Codes as people type them, and codes that are made up: so many a browser and a network, and no more."""

from __future__ import annotations

from typing import Any

from flask import request

from tnid import services, web
from tnid.accounts.refusal import Refused
from tnid.signin import session
from tnid.signin.limits import QR_CODE, QR_CODE_FROM_NETWORK, QR_MADE_UP, Bucket, network_of


def find_by_code(typed: str) -> Any | Refused:
    """Return the row that waits under a code as somebody typed it.

    A guess is counted before it is looked at, so that many at once share one allowance; a right one is given
    back, and forgives no wrong one.
    """
    parts, now = services.current(), services.now()
    end_user = session.find_end_user()
    whose = end_user.account_id if end_user is not None else web.browser_id()
    buckets = (Bucket(QR_CODE, whose), Bucket(QR_CODE_FROM_NETWORK, network_of(request.remote_addr or "")))
    taken = [parts.limits.take(bucket, now) for bucket in buckets]
    if not all(taken):
        return _refuse("too_many_user_codes", parts.limits.seconds_shut(buckets, now))
    found = parts.qr_sign_ins.find_typed(typed, now)
    if isinstance(found, Refused):
        return _refuse(found.reason)
    for bucket in buckets:
        parts.limits.give_back(bucket)
    return found


def count_strange_code() -> int:
    """Count an address that no screen ever showed; return for how many seconds none is taken, mostly 0."""
    parts, now = services.current(), services.now()
    bucket = Bucket(QR_MADE_UP, network_of(request.remote_addr or ""))
    return 0 if parts.limits.take(bucket, now) else parts.limits.seconds_shut((bucket,), now)


def _refuse(reason: str, seconds: int = 0) -> Refused:
    end_user = session.find_end_user()
    services.current().audit.record(
        "qr.typed_code",
        outcome="refused",
        reason=reason,
        account_id=end_user.account_id if end_user is not None else None,
        now=services.now(),
    )
    return Refused("typed_code", reason, seconds)
