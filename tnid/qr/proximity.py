"""How near a screen seems to the phone that answers for it. It only lowers trust, and never proves anything.

A network tells little: a phone on mobile data stands beside a screen on Wi-Fi, and a carrier puts thousands
behind one address. So nearness opens nothing by itself, and where it lacks, only what is most private is
kept back. See docs/qr-login.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from oidc.models import AuthorizationRequest
from oidc.sensitive import is_sensitive
from tnid.signin.limits import neighbourhood_of, network_of
from tnid.signin.terminals import Terminal


class Nearness(IntEnum):
    """From the least trust to the most that there is."""

    FAR = 0
    NEIGHBOURING = 1
    SAME_NETWORK = 2


LEAST_FOR_SENSITIVE = Nearness.NEIGHBOURING


def nearness_of(screen_ip: str, phone_ip: str, *, is_terminal: bool = False) -> Nearness:
    """Return how near two addresses are; a registered terminal stands where its operator says it does."""
    here, there = network_of(phone_ip), network_of(screen_ip)
    if here and here == there:
        return Nearness.SAME_NETWORK
    around = neighbourhood_of(phone_ip)
    is_around = bool(around) and around == neighbourhood_of(screen_ip)
    return Nearness.NEIGHBOURING if is_around or is_terminal else Nearness.FAR


def nearness_at(
    terminal: Terminal | None, there: str, phone_ip: str, *, was_carried_off: bool = False
) -> Nearness:
    """Return how near a screen or device seems, which may be a terminal.

    What was carried away from a terminal is judged by the networks alone.
    """
    if terminal is None or not terminal.holds(there):
        return nearness_of(there, phone_ip)
    if terminal.holds(phone_ip):
        return Nearness.SAME_NETWORK
    return nearness_of(there, phone_ip, is_terminal=not was_carried_off)


def is_too_far(nearness: Nearness, names: Iterable[str]) -> bool:
    """Say whether something of what is asked is not for a screen that seems so far away."""
    return nearness < LEAST_FOR_SENSITIVE and any(is_sensitive(name) for name in names)


def names_asked(asked: AuthorizationRequest | None) -> frozenset[str]:
    """Return the scopes and claims of a request; nothing for our own pages."""
    return frozenset(asked.scope) | asked.asked_claims if asked is not None else frozenset()
