"""The life of printed cards: printed at a counter, given a PIN by their person, tried at terminals, revoked.

A card is paper that anybody can copy, and a PIN that anybody can watch: together they prove little (LoA1),
and terminals alone take them. Each method runs in the caller's unit of work. PINs are hashed before anything
is written, so that nobody waits for the lock meanwhile.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.passwords import Passwords
from tnid.accounts.refusal import Refused
from tnid.badges import pins
from tnid.badges.secret import new_secret, read_secret
from tnid.badges.state import ACTIVE, NEW, OVER, state_of
from tnid.interfaces import Announcer, BlindIndex
from tnid.stores.badges import MOST_WRONG_TRIES, BadgeStore

LIFETIME_SECONDS = 365 * 86400
ACTIVATION_SECONDS = 7 * 86400
ACTIVATION_DIGITS = 8
PERSON, OFFICIAL, CLOSURE = "person", "official", "closure"
PRESENT, TRY_PIN, ACTIVATE = "badge.present", "sign_in.card", "badge.activate"


class Issued(NamedTuple):
    """A new card. `secret` goes into its QR, `activation_code` onto the slip; both are seen this once."""

    badge_id: str
    secret: str
    activation_code: str
    expires_at: int


class Issuer(NamedTuple):
    """Who prints a card: an official's account, for a commune."""

    kind: str
    account_id: str
    commune: str


class Activation(NamedTuple):
    """What is typed at a terminal to make a new card one's own: the slip's code, and the PIN."""

    code: str
    pin: str
    client_id: str


class Known(NamedTuple):
    """What others know of a person, and a PIN should not be: the profile, and numbers of theirs."""

    profile: Mapping[str, Any]
    numbers: tuple[str, ...] = ()


class Badges:
    """What counters, terminals and the account's pages do with printed cards.

    `end_sign_ins` ends what came of an account's card: sessions and grants.
    """

    def __init__(
        self,
        store: BadgeStore,
        passwords: Passwords,
        blind: BlindIndex,
        messages: Announcer,
        events: Events,
        end_sign_ins: Callable[[str, int], object],
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._blind = blind
        self._messages = messages
        self._events = events
        self._end_sign_ins = end_sign_ins

    # Printed, and taken back

    def issue(self, account_id: str, issuer: Issuer, now: int) -> Issued:
        """Make a card; the one before is over in the same unit of work. Raises Conflict.

        The caller notes the act and tells the person.
        """
        issued = Issued(new_identifier(), new_secret(), _new_activation_code(), now + LIFETIME_SECONDS)
        self._store.revoke(account_id, None, issued.badge_id, now)
        self._end_sign_ins(account_id, now)
        self._store.add(
            id=issued.badge_id,
            account_id=account_id,
            secret_hash=self._hash(issued.secret),
            issued_by_kind=issuer.kind,
            issued_by=issuer.account_id,
            commune=issuer.commune,
            created_at=now,
            expires_at=issued.expires_at,
            activation_hash=self._hash_activation(issued.badge_id, issued.activation_code),
            activation_expires_at=now + ACTIVATION_SECONDS,
        )
        return issued

    def find_current(self, account_id: str) -> Any:
        """Return the account's card that nobody revoked, or None."""
        return self._store.find_current(account_id)

    def find_last(self, account_id: str) -> Any:
        """Return the same, else the one before, else None."""
        return self._store.find_last(account_id)

    def revoke(self, account_id: str, by_kind: str, now: int) -> bool:
        """End the account's card, and what was signed in to with it; False where there is none."""
        is_done = self._store.revoke(account_id, by_kind, None, now)
        # The row first: whoever signs in by it at this moment finds it revoked, or is found
        self._end_sign_ins(account_id, now)
        return is_done

    def revoke_by_person(self, account_id: str, now: int) -> bool:
        """Do so for its person, and tell them; False where there is none."""
        if not self.revoke(account_id, PERSON, now):
            return False
        self._events.record("badge.revoke", account_id=account_id, now=now)
        self._messages.announce(account_id, "badge_revoked", now)
        return True

    def end_all(self, account_id: str, now: int) -> bool:
        """End the card of an account that is shut or given back: who has it is not known."""
        return self.revoke(account_id, CLOSURE, now)

    # At a terminal

    def find_presented(self, typed: str, now: int) -> Any | Refused:
        """Return the row of a card that may go on to its PIN or to choosing one; why not, else.

        Whoever has the text of a card may hear what became of it: nobody guesses one.
        """
        secret = read_secret(typed)
        if secret is None:
            self._refuse(PRESENT, "unreadable", None, now)
            return Refused("card", "badge_unreadable")
        row = self._store.find_by_secret(self._hash(secret))
        if row is None:
            self._refuse(PRESENT, "unknown", None, now)
            return Refused("card", "badge_unknown")
        state = state_of(row, now)
        if state not in (ACTIVE, NEW):
            self._refuse(PRESENT, state, row.account_id, now)
            return Refused("", f"badge_{state}")
        return row

    def find(self, badge_id: str) -> Any:
        return self._store.find(badge_id)

    def try_pin(self, row: Any, typed: str, client_id: str, now: int) -> Refused | None:
        """Judge a PIN; the fifth wrong one locks the card. None where it was right. Raises Busy."""
        state, pin = state_of(row, now), pins.read_pin(typed)
        if state != ACTIVE:
            return self._refuse_try(TRY_PIN, row, state, now)
        is_right = pin is not None and self._passwords.verify(row.pin_hash, _bound(row.id, pin)).is_right
        tries = self._store.try_pin(row.id, row.pin_hash, client_id, is_right=is_right, now=now)
        if tries is None or not is_right:
            return self._refuse_wrong(TRY_PIN, row, "pin", "wrong_pin", tries, now)
        return None

    def activate(self, row: Any, given: Activation, known: Known, now: int) -> Refused | None:
        """Take the PIN that whoever has the card and its slip chose; a wrong code spends a try. Raises Busy.

        What others know of the person is compared only after the code was right.
        """
        if state_of(row, now) != NEW:
            return self._refuse_try(ACTIVATE, row, state_of(row, now), now)
        pin = given.pin
        fault = _find_public_fault(pin)
        if fault is not None:
            return fault
        presented = self._hash_activation(row.id, "".join(given.code.split()))
        is_right = hmac.compare_digest(presented, row.activation_hash)
        is_personal = pins.is_personal(_digits(pin), known.profile, known.numbers)
        new_hash = None if is_personal or not is_right else self._hash_pin(row.id, pin)
        tries = self._store.try_activation(row.id, new_hash, given.client_id, is_right=is_right, now=now)
        if tries is None or not is_right:
            return self._refuse_wrong(ACTIVATE, row, "activation_code", "wrong_activation", tries, now)
        if is_personal:
            return Refused("pin", "pin_personal")
        self._note_pin(row.account_id, now)
        return None

    # On the account's pages

    def set_pin(self, account_id: str, pin: str, known: Known, now: int) -> Refused | None:
        """Give the account's card another PIN, by its person, who signed in a moment ago. Raises Busy."""
        row = self._store.find_current(account_id)
        if row is None or state_of(row, now) in OVER:
            return Refused("", "badge_over")
        fault = _find_public_fault(pin)
        if fault is None and pins.is_personal(_digits(pin), known.profile, known.numbers):
            fault = Refused("pin", "pin_personal")
        if fault is not None:
            return fault
        if not self._store.set_pin(row.id, account_id, self._hash_pin(row.id, pin), now):
            return Refused("", "badge_over")
        self._note_pin(account_id, now)
        return None

    def _note_pin(self, account_id: str, now: int) -> None:
        self._events.record("badge.set_pin", account_id=account_id, now=now)
        self._messages.announce(account_id, "badge_pin_set", now)

    def _refuse_wrong(
        self, event: str, row: Any, field: str, reason: str, tries: int | None, now: int
    ) -> Refused:
        """Say what is left after a wrong try. `tries` None: it was revoked, locked or changed meanwhile."""
        if tries is None:
            return self._refuse_try(event, row, state_of(self._store.find(row.id), now), now)
        self._refuse(event, reason, row.account_id, now)
        if tries < MOST_WRONG_TRIES:
            return Refused(field, f"{reason}_last" if tries == MOST_WRONG_TRIES - 1 else reason)
        self._messages.announce(row.account_id, "badge_locked", now)
        return Refused("", "badge_locked")

    def _refuse_try(self, event: str, row: Any, state: str, now: int) -> Refused:
        """Refuse without a look. A card that seems fine is an account's that is shut, or has another PIN."""
        reason = "not_open" if state in (ACTIVE, NEW) else state
        self._refuse(event, reason, row.account_id, now)
        return Refused("", f"badge_{reason}")

    def _refuse(self, event: str, reason: str, account_id: str | None, now: int) -> None:
        self._events.record(event, outcome="refused", reason=reason, account_id=account_id, now=now)

    def _hash(self, secret: str) -> str:
        return self._blind.blind_index("badge", secret)

    def _hash_activation(self, badge_id: str, code: str) -> str:
        return self._blind.blind_index("badge_activation", f"{badge_id}:{code}")

    def _hash_pin(self, badge_id: str, typed: str) -> str:
        return self._passwords.hash(_bound(badge_id, _digits(typed)))


def _bound(badge_id: str, pin: str) -> str:
    """Return what is hashed of a PIN: worth nothing for another card."""
    return f"badge {badge_id} {pin}"


def _digits(typed: str) -> str:
    return pins.read_pin(typed) or ""


def _new_activation_code() -> str:
    """Return eight digits, which a terminal's keypad has: five tries are all that there are."""
    return "".join(secrets.choice("0123456789") for _ in range(ACTIVATION_DIGITS))


def _find_public_fault(typed: str) -> Refused | None:
    """Return what is wrong with a PIN whoever chooses it."""
    pin = pins.read_pin(typed)
    if pin is None:
        return Refused("pin", "pin_format")
    return Refused("pin", "pin_common") if pins.is_common(pin) else None
