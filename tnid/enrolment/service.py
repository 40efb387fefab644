"""Identity level 1: a phone that answers, and details of a document that belong to no other account.

Nobody learns here whether a number has an account. A number that is taken and a limit that is reached get the
same answer, an account that was confirmed asks for no second number, and the number's owner is told.
"""

from __future__ import annotations

from typing import Protocol

from oidc.interfaces import Events
from tnid.accounts.identity import RAISE
from tnid.accounts.numbers import DocumentNumber
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account, Accounts
from tnid.accounts.verification import LEAST_VERIFIED_LEVEL, Evidence
from tnid.enrolment.details import Details, check_details
from tnid.signin.limits import DAY_SECONDS, HOUR_SECONDS, Bucket, Limit, Limits

UNCONFIRMED = Refused("", "unconfirmed")
"""All that is said of a number that an account has, and of one too many."""

TRIES = Limit("identity", 3, DAY_SECONDS)
TRIES_OF_NUMBER = Limit("identity_number", 10, DAY_SECONDS)
WARNINGS_TO_OWNER = Limit("identity_warning", 1, DAY_SECONDS)
PHOTOS = Limit("identity_photo", 30, HOUR_SECONDS)


class Announcements(Protocol):
    """What is needed of tnid.messages."""

    def announce(self, account_id: str, name: str, now: int, **values: str) -> None: ...


class Enrolment:
    """Confirms identities online; each method runs in the caller's unit of work."""

    def __init__(
        self, accounts: Accounts, limits: Limits, announcements: Announcements, events: Events
    ) -> None:
        self._accounts = accounts
        self._limits = limits
        self._announcements = announcements
        self._events = events

    def confirm(self, account_id: str, details: Details, now: int) -> Refused | None:
        """Give an account level 1; None also where it has it already, so that twice sent is once done.

        Refused("phone", "phone_unverified") asks for a step more, and records nothing.
        """
        account = self._accounts.get(account_id)
        if account.identity_level >= LEAST_VERIFIED_LEVEL:
            return None
        person = check_details(details, str(account.profile.get("name", "")), now)
        if isinstance(person, tuple):
            return self._refuse(account_id, person[0], person[0].reason, now)
        if not account.profile.get("phone_number_verified"):
            return Refused("phone", "phone_unverified")
        if not self._take(account, person.number, now):
            return self._refuse(account_id, UNCONFIRMED, "too_many", now)
        evidence = Evidence(number=person.number, warnings=person.warnings)
        refused = self._accounts.raise_identity_level(
            account_id, LEAST_VERIFIED_LEVEL, person.claims, evidence, now
        )
        if refused is not None and refused.reason == "number_taken":
            self._warn_owner(person.number, now)
            return UNCONFIRMED
        if refused is None:
            self._announcements.announce(account_id, "identity_confirmed", now)
        return refused

    def check(self, account_id: str, details: Details, now: int) -> tuple[Refused, ...]:
        """Say what is wrong with each bad field, before anything else is asked of the person."""
        account = self._accounts.get(account_id)
        person = check_details(details, str(account.profile.get("name", "")), now)
        if not isinstance(person, tuple):
            return ()
        self._refuse(account_id, person[0], person[0].reason, now)
        return person

    def take_photo(self, account_id: str, now: int) -> bool:
        """Count a photo before it is looked at; False where there were too many."""
        return self._limits.take(Bucket(PHOTOS, account_id), now)

    def _take(self, account: Account, number: DocumentNumber, now: int) -> bool:
        """Count the try. The number's counter also makes those who bring one number wait for each other."""
        is_open = self._limits.take(Bucket(TRIES_OF_NUMBER, f"{number.kind}:{number.text}"), now)
        return self._limits.take(Bucket(TRIES, account.id), now) and is_open

    def _refuse(self, account_id: str, refused: Refused, reason: str, now: int) -> Refused:
        self._events.record(RAISE, outcome="refused", reason=reason, account_id=account_id, now=now)
        return refused

    def _warn_owner(self, number: DocumentNumber, now: int) -> None:
        owner = self._accounts.identity.find_account_id(number)
        if owner is not None and self._limits.take(Bucket(WARNINGS_TO_OWNER, owner), now):
            self._announcements.announce(owner, "identity_tried_elsewhere", now)
