"""The life of a sign-in by QR: begun by a screen, claimed by one phone, approved there, collected here, once.

Never a grant: what comes of it is a session of ours. Each step is one conditional statement, and each method
runs in the caller's unit of work. See docs/qr-login.md for what every step protects from.
"""

from __future__ import annotations

import hmac
from typing import Any, NamedTuple

from oidc.authorization.interaction import hash_browser
from oidc.decoupled.user_code import read_user_code, user_code_of
from oidc.interfaces import Events
from oidc.models import EndUser
from tnid.accounts.refusal import Refused
from tnid.interfaces import BlindIndex
from tnid.qr.frames import Frames, new_id, split_code
from tnid.qr.state import (
    APPROVED,
    CLAIMED,
    COLLECTED,
    EXPIRED,
    LIVE,
    OTHER_PERSON,
    READY,
    REFUSED,
    REPLACED,
    WAITING,
    WRONG_DIGITS,
    state_of,
)
from tnid.signin.assurance import QR, Assurance
from tnid.signin.sessions import MOST_COOKIE_CHARACTERS, hash_cookie, new_cookie_value
from tnid.stores.qr_sign_ins import QrSignInStore

SCREEN, ROOM = "screen", "room"
LIFETIME_SECONDS = {SCREEN: 120, ROOM: 1800}
# What is approved at the last moment still leaves time to type two digits, or to walk back inside
COLLECT_SECONDS = 60
LEAST_SECONDS = {SCREEN: COLLECT_SECONDS, ROOM: 900}
# Nobody holds the screen of a room meanwhile: whoever learns its code is kept out by the digits alone
DIGITS = {SCREEN: 2, ROOM: 4}


class Screen(NamedTuple):
    """What a sign-in by QR is bound to: the browser that shows it, its place, and what it is for.

    `browser` is the browser's secret id, `network` where it is (tnid.signin.limits.network_of).
    """

    browser: str
    interaction_uid: str
    client_id: str | None
    network: str
    asked_from: str
    user_agent: str


class Begun(NamedTuple):
    """`secret` goes into the screen's cookie, `typed_code`, which follows from it, onto the screen.

    Neither is stored.
    """

    row: Any
    secret: str
    typed_code: str


class QrSignIns:
    """What screens and phones do with them."""

    def __init__(
        self, store: QrSignInStore, frames: Frames, blind: BlindIndex, codes_key: bytes, events: Events
    ) -> None:
        self.frames = frames
        self._store = store
        self._blind = blind
        self._codes_key = codes_key
        self._events = events

    # The screen's side

    def begin(self, screen: Screen, now: int, kind: str = SCREEN) -> Begun:
        """Begin one for a screen; the one before of the same interaction is over."""
        self._store.end_of_interaction(screen.interaction_uid, REPLACED, now)
        secret, qr_id = new_cookie_value(), new_id()
        typed_code = self.typed_code_of(secret)
        self._store.add(
            id=qr_id,
            kind=kind,
            secret_hash=hash_cookie(secret),
            typed_hash=self._typed_hash(typed_code),
            browser_hash=hash_browser(screen.browser),
            interaction_uid=screen.interaction_uid,
            network=screen.network,
            client_id=screen.client_id,
            asked_from=screen.asked_from,
            user_agent=screen.user_agent[:255],
            created_at=now,
            expires_at=now + LIFETIME_SECONDS[kind],
            changed_at=now,
            **dict.fromkeys(_EMPTY),
        )
        self._events.record("qr.begin", client_id=screen.client_id, now=now)
        return Begun(self._store.find(qr_id), secret, typed_code)

    def typed_code_of(self, secret: str) -> str:
        """Return the code to type that belongs to a screen's secret: shown at each reload, kept nowhere."""
        return user_code_of(hmac.digest(self._codes_key, f"typed:{secret}".encode(), "sha256"))

    def find_of_screen(self, secret: str, screen: Screen) -> Any:
        """Return this screen's own row, in whatever state; None in another browser, network, interaction."""
        if not secret or len(secret) > MOST_COOKIE_CHARACTERS:
            return None
        row = self._store.find_by_secret(hash_cookie(secret))
        if row is None or not hmac.compare_digest(row.browser_hash, hash_browser(screen.browser)):
            return None
        is_same = row.interaction_uid == screen.interaction_uid and row.network == screen.network
        return row if is_same else None

    def is_of_other_network(self, secret: str, screen: Screen) -> bool:
        """Say whether the one that this screen lost would be its own in the network where it began."""
        row = self._store.find_by_secret(hash_cookie(secret[:MOST_COOKIE_CHARACTERS]))
        return (
            row is not None and self.find_of_screen(secret, screen._replace(network=row.network)) is not None
        )

    def try_digits(self, row: Any, typed: str, now: int) -> Refused | None:
        """Judge the digits that the screen's person typed. One try: wrong ones end it for good.

        Nothing is judged before a phone has claimed it: then there are no digits to know.
        """
        state = state_of(row, now)
        if state not in (CLAIMED, APPROVED):
            return Refused("digits", "qr_not_claimed" if state == WAITING else f"qr_{state}")
        is_right = hmac.compare_digest(typed.strip().encode(), self.digits_of(row).encode())
        if not self._store.try_digits(row.id, is_right=is_right, reason=WRONG_DIGITS, now=now):
            return Refused("digits", "qr_over")
        if is_right:
            return None
        self._refuse("qr.digits", WRONG_DIGITS, row, now)
        return Refused("digits", "qr_wrong_digits")

    def find_room(self, typed: str, now: int) -> Any | Refused:
        """Return what a code stands for that somebody brings back to a terminal, claimed or not.

        Whose terminal it is, and how many guesses it takes, is the caller's to judge.
        """
        code = read_user_code(typed)
        row = self._store.find_room(self._typed_hash(code), now) if code else None
        return row if row is not None else Refused("typed_code", "room_wrong_code")

    def collect_room(self, row: Any, digits: str, now: int) -> Any | Refused:
        """Take a room's digits, one try, and consume it where they are right; return the row, once.

        Before the phone has said yes there is nothing to try, and nothing is lost by coming too early.
        """
        state = state_of(row, now)
        if state in (WAITING, CLAIMED):
            return Refused("typed_code", "room_not_approved")
        refused = self.try_digits(row, digits, now)
        if refused is not None:
            return Refused(
                "digits", "room_wrong_digits" if refused.reason == "qr_wrong_digits" else "room_over"
            )
        collected = self._store.collect(row.id, row.secret_hash, now)
        if collected is None:
            self._refuse("qr.collect", self._why_not(row.id, now), row, now)
            return Refused("typed_code", "room_over")
        self._events.record("qr.collect", account_id=row.account_id, client_id=row.client_id, now=now)
        return collected

    def collect(self, row: Any, secret: str, now: int) -> Any:
        """Consume a ready one by its screen's secret; return the row, once, and None ever after.

        The account must be open, and its password still the one that it was approved under.
        """
        collected = self._store.collect(row.id, hash_cookie(secret), now)
        if collected is None:
            reason = self._why_not(row.id, now)
            self._refuse("qr.collect", reason, row, now)
            if reason == READY:
                # Its person's no more: it would look ready until it expires
                self.abandon(secret, REFUSED, now)
            return None
        self._events.record(
            "qr.collect", account_id=collected.account_id, client_id=collected.client_id, now=now
        )
        return collected

    def abandon(self, secret: str, reason: str, now: int) -> bool:
        """End the one whose screen holds this secret, from its side; False where it is over."""
        row = self._store.find_by_secret(hash_cookie(secret[:MOST_COOKIE_CHARACTERS]))
        return row is not None and self._store.end(row.id, reason, now)

    # The phone's side

    def find_shown(self, code: str, now: int) -> Any | Refused:
        """Return the row that an address from a QR names, where it still waits and the picture is fresh."""
        parts = split_code(code)
        row = self._store.find(parts[0]) if parts else None
        if row is None or parts is None:
            return Refused("", "qr_unknown")
        state = state_of(row, now)
        if state != WAITING:
            return Refused("", "qr_taken" if state in LIVE or state == COLLECTED else f"qr_{state}")
        return row if self.frames.is_fresh(row, parts[1], now) else Refused("", "qr_stale")

    def find_typed(self, typed: str, now: int) -> Any | Refused:
        """Return the row that waits under a code as somebody typed it; the caller counts wrong guesses."""
        code = read_user_code(typed)
        row = self._store.find_by_typed(self._typed_hash(code), now) if code else None
        return row if row is not None else Refused("typed_code", "qr_wrong_code")

    def find(self, qr_id: str) -> Any:
        """Return the row of an id, in whatever state, or None."""
        return self._store.find(qr_id)

    def claim(self, row: Any, account_id: str, phone: str, now: int) -> Any | Refused:
        """Give it to the phone whose browser's id is `phone`, and to this person; return the row.

        Again by the same phone and person it is theirs already. Anybody else is second: refused and noted.
        """
        phone_hash = hash_browser(phone)
        claimed = self._store.claim(row.id, account_id, phone_hash, now)
        if claimed is None:
            return self._refuse_claim(row.id, account_id, phone_hash, now)
        if row.claimed_at is None:
            self._events.record("qr.claim", account_id=account_id, client_id=row.client_id, now=now)
        return claimed

    def _refuse_claim(self, qr_id: str, account_id: str, phone_hash: str, now: int) -> Refused:
        """A phone that signed in as somebody else half-way ends it: which of the two should be signed in?"""
        row = self._store.find(qr_id)
        state = state_of(row, now)
        reason = "second_phone" if state in LIVE or state == COLLECTED else state
        if state == WAITING:
            reason = "shut"  # nobody has it, so it is the account that may not
        if state in LIVE and row.phone_hash == phone_hash and row.account_id != account_id:
            self._store.end(qr_id, OTHER_PERSON, now)
            reason = OTHER_PERSON
        self._refuse("qr.claim", reason, row, now, account_id)
        return Refused("", f"qr_{reason}")

    def digits_of(self, row: Any) -> str:
        """Return the digits of the phone that claimed it: stored nowhere, another phone's are others."""
        return self._digits(row, row.phone_hash)

    def digits_on(self, row: Any, phone: str) -> str:
        """Return those of the phone whose browser's id is `phone`: good once it has claimed."""
        return self._digits(row, hash_browser(phone))

    def _digits(self, row: Any, phone_hash: str) -> str:
        message = f"digits:{row.id}:{phone_hash}".encode()
        number, places = int.from_bytes(hmac.digest(self._codes_key, message, "sha256")), DIGITS[row.kind]
        return f"{number % 10**places:0{places}d}"

    def approve(self, row: Any, end_user: EndUser, phone: str, now: int) -> bool:
        """Note the yes of the phone that claimed it; False where it is over, another's, or was said already.

        What the person must prove first is the caller's to judge (tnid/qr/approval.py).
        """
        is_approved = self._store.approve(
            row.id,
            end_user.account_id,
            hash_browser(phone),
            acr=end_user.acr,
            amr=" ".join(end_user.amr),
            now=now,
            least_expiry=now + LEAST_SECONDS[row.kind],
        )
        if is_approved:
            self._events.record(
                "qr.approve", account_id=end_user.account_id, client_id=row.client_id, now=now
            )
        else:
            self._refuse("qr.approve", self._why_not(row.id, now), row, now, end_user.account_id)
        return is_approved

    def deny(self, row: Any, end_user: EndUser, phone: str, now: int) -> bool:
        """Note the no: final. Only who claimed it can say it."""
        is_own = row.account_id == end_user.account_id and row.phone_hash == hash_browser(phone)
        if not is_own or not self._store.end(row.id, REFUSED, now):
            self._refuse("qr.deny", "over", row, now, end_user.account_id)
            return False
        self._events.record("qr.deny", account_id=end_user.account_id, client_id=row.client_id, now=now)
        return True

    def end_all(self, account_id: str, now: int) -> int:
        """End whatever is under way for an account."""
        return self._store.end_of_account(account_id, REFUSED, now)

    def end_of_phone(self, account_id: str, phone: str, now: int) -> int:
        """End what this phone claimed for its person, who signs out there and could answer no more."""
        return self._store.end_of_phone(account_id, hash_browser(phone), REFUSED, now)

    def note_expired(self, now: int, *, most: int) -> bool:
        """End those whose time ran out, up to `most`, and count them; say whether there may be more."""
        expired = self._store.end_expired(EXPIRED, now, most=most)
        if expired:
            self._events.record("qr.expired", details={"times": expired}, now=now)
        return expired == most

    def _why_not(self, qr_id: str, now: int) -> str:
        row = self._store.find(qr_id)
        return state_of(row, now) if row is not None else "unknown"

    def _typed_hash(self, code: str) -> str:
        return self._blind.blind_index("qr_typed_code", code)

    def _refuse(self, event: str, reason: str, row: Any, now: int, account_id: str | None = None) -> None:
        self._events.record(
            event,
            outcome="refused",
            reason=reason,
            account_id=account_id or row.account_id,
            client_id=row.client_id,
            now=now,
        )


def assurance_of(row: Any) -> Assurance:
    """Return what a screen's session proves: what the phone did, never more, and that it was done there."""
    return Assurance(row.acr, (*row.amr.split(), *(() if QR in row.amr.split() else (QR,))))


_EMPTY = (
    *("account_id", "phone_hash", "claimed_at", "approved_at", "acr", "amr"),
    *("digits_at", "ended_at", "end_reason", "collected_at"),
)
