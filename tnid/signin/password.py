"""The first factor: the same time and the same answer for a wrong, an unknown and a disabled account."""

from __future__ import annotations

from typing import Any

from flask import request

from tnid import services
from tnid.accounts.refusal import Refused
from tnid.accounts.usernames import username_key
from tnid.signin import known_device
from tnid.signin.limits import (
    PASSWORD,
    PASSWORD_AT_PLACE,
    PASSWORD_FROM_NETWORK,
    Bucket,
    neighbourhood_of,
    network_of,
)

EVENT = "sign_in.password"
SHUT_BY_OWNER = "shut_by_owner"
MOST_NAME_CHARACTERS = 128


def prove_password(name: str, password: str) -> Any | Refused:
    """Return the row of the account that the name and password open, or why none is.

    Reads, then hashes, then writes: no lock is held while a password is hashed. Raises Busy.
    """
    parts, now = services.current(), services.now()
    row = parts.accounts.find_row_by_sign_in_name(name)
    buckets, forgiven = _buckets(row, name)
    seconds = parts.limits.seconds_shut(buckets, now)
    if seconds:
        return _refuse(row, "too_many", seconds)
    is_open = row is not None and row.disabled_at is None
    verdict = parts.passwords.verify(row.password_hash if is_open else None, password)
    if not verdict.is_right or not _is_still(row):
        parts.limits.count(buckets, now)
        return _refuse(row, "wrong_credentials", 0)
    if not parts.limits.clear(forgiven, now):
        return _refuse(row, "too_many", parts.limits.seconds_shut(buckets, now))
    if row.shut_by_owner_at is not None:
        return _refuse(row, SHUT_BY_OWNER, 0)
    if verdict.new_hash is not None:
        parts.accounts.rehash_password(row, verdict.new_hash)
    parts.audit.record(EVENT, account_id=row.id, now=now)
    return row


def _is_still(row: Any) -> bool:
    """Say whether what was proved holds now: whoever changed the password or shut the account meanwhile
    has ended all that was open, and what begins here would come after."""
    return row.shut_by_owner_at is not None or services.current().accounts.hold_password(row)


def _buckets(row: Any, name: str) -> tuple[tuple[Bucket, ...], tuple[Bucket, ...]]:
    """Return the counters of a wrong password, and those of them that a right one sets back."""
    subject = f"account:{row.id}" if row is not None else f"name:{username_key(name[:MOST_NAME_CHARACTERS])}"
    device = known_device.find_device(row) if row is not None else None
    if device is not None:
        own = (
            Bucket(PASSWORD_AT_PLACE, f"{subject} device:{device}"),
            Bucket(PASSWORD, f"{subject} device:{device}"),
        )
        return own, own
    ip = request.remote_addr or ""
    by_account = (
        Bucket(PASSWORD_AT_PLACE, f"{subject} network:{network_of(ip)}"),
        Bucket(PASSWORD, subject),
    )
    return (*by_account, Bucket(PASSWORD_FROM_NETWORK, neighbourhood_of(ip))), by_account


def _refuse(row: Any, reason: str, retry_after_seconds: int) -> Refused:
    """The log says what was wrong; the person, who may be anyone, is told the same each time."""
    parts = services.current()
    detail = reason
    if reason == "wrong_credentials":
        detail = "unknown" if row is None else "disabled" if row.disabled_at is not None else "wrong_password"
    account_id = None if row is None else row.id
    parts.audit.record(EVENT, outcome="refused", reason=detail, account_id=account_id, now=services.now())
    return Refused("", reason, retry_after_seconds)
