"""Codes by message: six digits that prove, for ten minutes, that somebody reads a phone or a mailbox.

A code is worth ten tries and one success; a newer one for the same purpose ends it. Whoever has no such
contact, or no account at all, gets the same answer for the same work.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from oidc.interfaces import Events
from tnid.accounts.refusal import Refused
from tnid.interfaces import BlindIndex
from tnid.messages.contacts import find_address, is_verified
from tnid.messages.service import Messages
from tnid.messages.texts import TEXTS
from tnid.signin.limits import HOUR_SECONDS, WEEK_SECONDS, Bucket, Limit, Limits
from tnid.stores.message_codes import MessageCodeStore

LIFETIME_SECONDS = 600
DIGITS = 6
TRIES = 10
MOST_TYPED_CHARACTERS = 32

SENT = Limit("message_code_sent", 5, HOUR_SECONDS)
# Of one account, whatever the codes are for: nobody has us call on a street of strangers
SENT_BY_ACCOUNT = Limit("message_code_sent_by_account", 20, HOUR_SECONDS)
# To one phone or mailbox, whoever's account asks: a family's phone may ring, and not all night
SENT_TO_ADDRESS = Limit("message_code_sent_to_address", 15, HOUR_SECONDS)
# Anybody may give somebody else's phone as theirs: what they ask for shuts nothing for its owner
SENT_TO_UNVERIFIED = Limit("message_code_sent_to_unverified", 10, HOUR_SECONDS)
# As of passwords: nobody guesses on, and no stranger's guesses shut a way of recovery for good
MESSAGE_CODE = Limit("message_code", 100, WEEK_SECONDS)

_CODE = re.compile(rf"^[0-9]{{{DIGITS}}}$", re.ASCII)


class MessageCodes:
    """Sends codes and takes them back. Each method runs in the caller's unit of work."""

    def __init__(
        self, store: MessageCodeStore, messages: Messages, limits: Limits, blind: BlindIndex, events: Events
    ) -> None:
        self._store = store
        self._messages = messages
        self._limits = limits
        self._blind = blind
        self._events = events

    def send(
        self, account_id: str, purpose: str, channel: str, now: int, *, device: str = ""
    ) -> Refused | None:
        """Send a code to the contact that the account has; None says no more than that one was asked for.

        `account_id` may be anything that stands for a name that nobody has. Refused("", "too_many_messages")
        after five in an hour for one account and purpose. `device`: a browser that the account knows, whose
        codes and tries are apart from everybody else's.
        """
        profile = self._messages.find_profile(account_id)
        known_id = account_id if profile is not None else None
        asker = _asker_of(account_id, device)
        seconds = self._seconds_until_next(asker, purpose, now)
        if seconds:
            self._events.record(
                "message_code.send", outcome="refused", reason="too_many", account_id=known_id, now=now,
                details={"purpose": purpose},
            )  # fmt: skip
            return Refused("", "too_many_messages", seconds)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        code_hash, key = self._hash(asker, purpose, code), self._key(asker, purpose)
        self._store.replace(key, known_id, code_hash, expires_at=now + LIFETIME_SECONDS)
        self._messages.queue(
            account_id, text_of(purpose), channel, profile or {}, now,
            {"code": code, "minutes": str(LIFETIME_SECONDS // 60)},
            useful_until=now + LIFETIME_SECONDS,
            is_known=profile is not None,
            # Unsaid: a refusal here would tell which accounts share a phone
            is_sent=self._limits.take(_address_bucket(profile or {}, channel, account_id, device), now),
        )  # fmt: skip
        details = {"purpose": purpose, "channel": channel}
        self._events.record("message_code.send", account_id=known_id, now=now, details=details)
        return None

    def _seconds_until_next(self, asker: str, purpose: str, now: int) -> int:
        """Count a message that is asked for; return for how long there may be none, 0 where this one may."""
        # What is refused by the first is not counted by the second: it shuts nothing for other purposes
        for bucket in (Bucket(SENT, f"{asker}:{purpose}"), Bucket(SENT_BY_ACCOUNT, asker)):
            if not self._limits.take(bucket, now):
                return self._limits.seconds_shut((bucket,), now)
        return 0

    def consume(self, account_id: str, purpose: str, code: str, now: int, *, device: str = "") -> bool:
        """Spend a code: True for one caller, once. Records nothing: the caller knows what it was for.

        Counted before it is looked at; after 100 wrong ones in a week no code of the account is taken for
        this purpose. What strangers guess at a recovery shuts nothing for whoever is signed in, nor for a
        `device` that the account knows.
        """
        asker = _asker_of(account_id, device)
        bucket = Bucket(MESSAGE_CODE, f"{asker}:{purpose}")
        is_open = self._limits.take(bucket, now)
        typed = normalise(code) or ""
        presented = self._hash(asker, purpose, typed) if is_open else ""
        is_right = self._store.try_code(self._key(asker, purpose), presented, now, most_tries=TRIES)
        if is_right:
            self._limits.forget(bucket)
        return is_right

    def end_all(
        self, account_id: str, _before: Mapping[str, Any], _after: Mapping[str, Any], _now: int
    ) -> None:
        """End every code of an account whose contacts changed: they were sent to what is no longer there."""
        self._store.end_all(account_id)

    def _key(self, asker: str, purpose: str) -> str:
        return self._blind.blind_index("message_code_key", f"{asker}:{purpose}")

    def _hash(self, asker: str, purpose: str, code: str) -> str:
        return self._blind.blind_index("message_code", f"{asker}:{purpose}:{code}")


def _asker_of(account_id: str, device: str) -> str:
    """Return what codes and tries are counted under: anybody's of an account, or those at a known device."""
    return f"{account_id}@{device}" if device else account_id


def _address_bucket(profile: Mapping[str, Any], channel: str, account_id: str, device: str) -> Bucket:
    """Return the counter of messages to this account's contact."""
    address = find_address(profile, channel)
    if not is_verified(profile, channel):
        # Anybody may have an account with this address in it, and a device that it knows
        return Bucket(
            SENT_TO_UNVERIFIED, f"{address or account_id}@known" if device else address or account_id
        )
    return Bucket(SENT_TO_ADDRESS, f"{address}@{account_id}" if device else str(address))


def text_of(purpose: str) -> str:
    """Return the name of the text that brings a code for this purpose."""
    name = f"code_{purpose}"
    return name if name in TEXTS else "code"


def normalise(code: str) -> str | None:
    """Return the six digits of a typed code, however they were spaced; None for no code."""
    if len(code) > MOST_TYPED_CHARACTERS:
        return None
    digits = re.sub(r"[\s.\-–—]", "", unicodedata.normalize("NFKC", code))
    return digits if _CODE.match(digits) else None
