"""How many wrong guesses are taken, from where, at what: nobody guesses on, nobody locks another out.

A guess is counted under the account and the place it came from, under the account wherever it came from, and
under the network whatever it was at. A browser that the person signed in with before is a place of its own:
strangers' guesses shut no door that it comes through.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import NamedTuple

from tnid.interfaces import BlindIndex
from tnid.stores.throttles import ThrottleStore

QUARTER_HOUR_SECONDS = 15 * 60
HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
WEEK_SECONDS = 7 * 24 * HOUR_SECONDS
TEN_YEARS_SECONDS = 10 * 365 * 24 * HOUR_SECONDS


class Limit(NamedTuple):
    """So many failures within so long."""

    name: str
    allowed: int
    window_seconds: int


PASSWORD_AT_PLACE = Limit("password_at_place", 10, QUARTER_HOUR_SECONDS)
# NIST SP 800-63B-4 section 3.2.2: no more than 100 failures in a row on one account
PASSWORD = Limit("password", 100, WEEK_SECONDS)
# One password tried on many accounts; wide, for a factory's thousands share one address
PASSWORD_FROM_NETWORK = Limit("password_from_network", 300, QUARTER_HOUR_SECONDS)
# Counted apart from the password's, and no new password login resets it
SECOND_FACTOR = Limit("second_factor", 100, TEN_YEARS_SECONDS)
RECOVERY_CODE = Limit("recovery_code", 100, TEN_YEARS_SECONDS)
SECOND_FACTOR_IN_SESSION = Limit("second_factor_in_session", 10, TEN_YEARS_SECONDS)
REGISTRATION_FROM_NETWORK = Limit("registration_from_network", 100, HOUR_SECONDS)
# RFC 8628 §5.1: of 20^8 codes that live ten minutes nobody guesses one by five tries
USER_CODE = Limit("user_code", 5, QUARTER_HOUR_SECONDS)
USER_CODE_FROM_NETWORK = Limit("user_code_from_network", 50, QUARTER_HOUR_SECONDS)
# A code that one person hands to another: a mandate's, a guardian's
PERSONAL_CODE = Limit("personal_code", 5, QUARTER_HOUR_SECONDS)
PERSONAL_CODE_FROM_NETWORK = Limit("personal_code_from_network", 50, QUARTER_HOUR_SECONDS)
# A screen that waits costs a row, a phone's guess a look; a factory's thousands share one address
QR_FROM_NETWORK = Limit("qr_from_network", 300, QUARTER_HOUR_SECONDS)
QR_IN_BROWSER = Limit("qr_in_browser", 30, QUARTER_HOUR_SECONDS)
QR_CODE = Limit("qr_code", 5, QUARTER_HOUR_SECONDS)
QR_CODE_FROM_NETWORK = Limit("qr_code_from_network", 50, QUARTER_HOUR_SECONDS)
# 128 random bits: what is bounded is the noise
QR_MADE_UP = Limit("qr_made_up", 50, QUARTER_HOUR_SECONDS)
# Given back once a screen is signed in: who is pressed again and again to scan gets ten minutes of peace
QR_OF_ACCOUNT = Limit("qr_of_account", 5, 10 * 60)
# Of a terminal, whose people follow one another: 34 bits of a code and four digits, one try each
ROOM_CODE = Limit("room_code", 30, QUARTER_HOUR_SECONDS)
DEVICE_FROM_NETWORK = Limit("device_from_network", 300, QUARTER_HOUR_SECONDS)
# What is bounded is the noise of cards that nobody has, and no good one is refused for it
BADGE_FROM_NETWORK = Limit("badge_from_network", 50, QUARTER_HOUR_SECONDS)
# 256 random bits: what is bounded is the noise, and no good token is refused for it
SCIM_TOKEN_FROM_NETWORK = Limit("scim_token_from_network", 50, QUARTER_HOUR_SECONDS)
# Messages cost money, and each names somebody who may have an account
RECOVERY_FROM_NETWORK = Limit("recovery_from_network", 100, HOUR_SECONDS)
# The same at a browser that the account knows, whatever others of its network do
RECOVERY_AT_DEVICE = Limit("recovery_at_device", 20, HOUR_SECONDS)
RECOVERY_STOP_FROM_NETWORK = Limit("recovery_stop_from_network", 30, QUARTER_HOUR_SECONDS)
# An official serves people one after the other; who goes through numbers is no official at work
COUNTER_SEARCH = Limit("counter_search", 120, HOUR_SECONDS)
# 29^16 codes: what is bounded is the noise
ACTIVATION_FROM_NETWORK = Limit("activation_from_network", 50, QUARTER_HOUR_SECONDS)
# Under attack: what one puzzle is good for, and how many of a network may wait instead
TRIES_OF_PASS = Limit("tries_of_pass", 10, HOUR_SECONDS)
CHALLENGE_WAITS_FROM_NETWORK = Limit("challenge_waits_from_network", 300, QUARTER_HOUR_SECONDS)
CURRENT_PASSWORD_IN_SESSION = Limit("current_password_in_session", 10, QUARTER_HOUR_SECONDS)


class Bucket(NamedTuple):
    """One counter: a limit and what it is held against."""

    limit: Limit
    subject: str


class Limits:
    """Counts failures in the caller's unit of work; of up to three buckets together where it only looks."""

    def __init__(self, store: ThrottleStore, blind: BlindIndex) -> None:
        self._store = store
        self._blind = blind

    def seconds_shut(self, buckets: tuple[Bucket, ...], now: int) -> int:
        """Return for how many seconds no guess is taken; 0 where one is."""
        return self._store.seconds_shut(self._allowed(buckets), now)

    def count(self, buckets: tuple[Bucket, ...], now: int) -> None:
        """Count a wrong guess."""
        for bucket in buckets:
            self._store.count(self._key(bucket), bucket.limit.window_seconds, now)

    def take(self, bucket: Bucket, now: int) -> bool:
        """Count a guess before it is looked at; False where there were too many already."""
        return self._store.count(self._key(bucket), bucket.limit.window_seconds, now) <= bucket.limit.allowed

    def give_back(self, bucket: Bucket) -> None:
        """Take back the count of a guess that was right, and of no other."""
        self._store.give_back(self._key(bucket))

    def clear(self, buckets: tuple[Bucket, ...], now: int) -> bool:
        """Forgive wrong guesses after a right one; False where the right one came too late to count."""
        return self._store.clear(self._allowed(buckets), now)

    def forget(self, bucket: Bucket) -> None:
        """Remove a counter, by an operator or after a new enrolment."""
        self._store.forget(self._key(bucket))

    def _allowed(self, buckets: tuple[Bucket, ...]) -> dict[str, int]:
        return {self._key(bucket): bucket.limit.allowed for bucket in buckets}

    def _key(self, bucket: Bucket) -> str:
        return self._blind.blind_index("throttle", f"{bucket.limit.name}:{bucket.subject}")


@lru_cache(4096)
def network_of(ip: str) -> str:
    """Return what counts as one network: an IPv4 address, or the /64 that an IPv6 line is given."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is None:
            return str(ipaddress.ip_network(f"{address}/64", strict=False))
        address = mapped
    return str(address)


def neighbourhood_of(ip: str) -> str:
    """Return the wider network that one attacker may well hold: a /24, or an IPv6 /48."""
    network = network_of(ip)
    if not network:
        return ""
    if ":" in network:
        return str(ipaddress.ip_network(f"{network.partition('/')[0]}/48", strict=False))
    return str(ipaddress.ip_network(f"{network}/24", strict=False))
