"""How often somebody may ask for a recovery: from one network, or at a browser that the account knows."""

from __future__ import annotations

from flask import request

from tnid import services
from tnid.accounts.refusal import Refused
from tnid.signin import known_device
from tnid.signin.limits import RECOVERY_AT_DEVICE, RECOVERY_FROM_NETWORK, Bucket, Limit, neighbourhood_of


def find_device(name: str) -> str | None:
    """Return this browser's id where whoever has the name signed in with it before.

    Looks nobody up for a browser that nobody signed in with.
    """
    if not known_device.is_marked():
        return None
    row = services.current().accounts.find_row_by_sign_in_name(name)
    return None if row is None else known_device.find_device(row)


def take_begin(device: str | None) -> Refused | None:
    """Count a message that is asked for: at a device that the account knows, or from the network."""
    if device is None:
        return take_from_network("recovery.begin", RECOVERY_FROM_NETWORK)
    return take("recovery.begin", Bucket(RECOVERY_AT_DEVICE, device))


def take_from_network(event: str, limit: Limit) -> Refused | None:
    """Count a try from the network where it came from; refuse one too many, whoever it is about."""
    return take(event, Bucket(limit, neighbourhood_of(request.remote_addr or "")))


def take(event: str, bucket: Bucket) -> Refused | None:
    parts, now = services.current(), services.now()
    if parts.limits.take(bucket, now):
        return None
    parts.audit.record(event, outcome="refused", reason="too_many", now=now)
    return Refused("", "too_many_recoveries", parts.limits.seconds_shut((bucket,), now))
