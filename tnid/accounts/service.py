"""Accounts as the rest of the program sees them: created, found, changed, disabled.

`/register`, `tnid account create` and the demonstration data all come in by `create`. Personal data is sealed
here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts import passwords as policy
from tnid.accounts import usernames
from tnid.accounts.account import Account, NewAccount, is_open
from tnid.accounts.ages import child_until
from tnid.accounts.claims import LOCALES, check_profile, claims_of
from tnid.accounts.contacts import parse_email, parse_phone
from tnid.accounts.identity import Identity
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber, is_personal_id_number
from tnid.accounts.passwords import Passwords
from tnid.accounts.profile_changes import ProfileChanges
from tnid.accounts.refusal import Refused
from tnid.accounts.vault import Vault
from tnid.accounts.verification import (
    SEEN_BY_AN_OFFICIAL,
    SEEN_IN_PERSON_LEVEL,
    Evidence,
    Verifications,
)
from tnid.db import Conflict
from tnid.signin import totp
from tnid.signin.factors import Factors
from tnid.stores.accounts import AccountStore

IDENTITY_LEVELS = range(3)

__all__ = ["Account", "Accounts", "Events", "NewAccount", "Refused"]


class Notices(Protocol):
    """What is needed of tnid.messages."""

    def announce(self, account_id: str, name: str, now: int, **values: str) -> None: ...


class Accounts:
    """Every act on an account. Each runs in the caller's unit of work and records what it changed."""

    def __init__(
        self,
        store: AccountStore,
        factors: Factors,
        vault: Vault,
        passwords: Passwords,
        verifications: Verifications,
        identity: Identity,
        profiles: ProfileChanges,
        notices: Notices,
        events: Events,
        endings: Iterable[Callable[[str, int], object]] = (),
    ) -> None:
        """`endings` end what is open for an account: each takes its id and the time, when it is shut."""
        self._store = store
        self._factors = factors
        self._vault = vault
        self._passwords = passwords
        self._verifications = verifications
        self.identity = identity
        self._profiles = profiles
        self._notices = notices
        self._events = events
        self._endings = tuple(endings)

    # Creating

    def create(self, new: NewAccount, now: int, *, trusted: bool = False) -> Account | Refused:
        """Create an account, or say what is wrong with the first bad field.

        A password that can't stand alone makes a second factor required: where `totp` makes none now, it is
        asked for at the first sign-in, before anything else. `trusted` lifts the rules on passwords and
        reserved names: for an operator who moves people over, and for demonstration data.
        Raises Busy.
        """
        profile = check_profile(new.claims)
        if isinstance(profile, Refused):
            return profile
        refused = self._find_fault(new, profile, trusted=trusted)
        if refused is not None:
            return refused
        password_hash = self._passwords.hash(new.password)
        needs_factor = not (trusted or policy.is_strong_alone(new.password))
        return self._insert(new, profile, password_hash, now, factor_required=needs_factor)

    def _find_fault(self, new: NewAccount, profile: Mapping[str, Any], *, trusted: bool) -> Refused | None:
        fault = usernames.find_fault(new.username)
        if fault is None and not trusted and usernames.is_reserved(new.username):
            fault = "username_reserved"
        if fault is not None:
            return Refused("username", fault)
        if new.identity_level not in IDENTITY_LEVELS:
            return Refused("identity_level", "identity_level")
        if new.personal_id_number is not None and not is_personal_id_number(new.personal_id_number):
            return Refused("personal_id_number", "personal_id_number")
        personal = personal_words(new.username, profile, new.personal_id_number)
        weakness = None if trusted else policy.find_weakness(new.password, personal)
        if weakness is not None:
            return Refused("password", weakness)
        return self._find_taken(new)

    def _find_taken(self, new: NewAccount) -> Refused | None:
        if self._store.find_by_username_key(usernames.username_key(new.username)) is not None:
            return Refused("username", "username_taken")
        number = _number_of(new)
        if number is not None and self._store.is_pin_taken(self._vault.number_index(number)):
            return Refused("personal_id_number", "personal_id_number_taken")
        return None

    def _insert(
        self,
        new: NewAccount,
        profile: Mapping[str, Any],
        password_hash: str,
        now: int,
        *,
        factor_required: bool,
    ) -> Account | Refused:
        account_id, number = new.id or new_identifier(), _number_of(new)
        is_inserted = self._store.insert(
            id=account_id,
            username=usernames.clean(new.username),
            username_key=usernames.username_key(new.username),
            password_hash=password_hash,
            password_changed_at=now,
            factor_required_at=now if factor_required else None,
            profile_sealed=self._vault.seal_profile(account_id, profile),
            phone_index=self._vault.phone_index(profile.get("phone_number")),
            email_index=self._vault.email_index(profile.get("email")),
            pin_sealed=self._vault.seal_number(account_id, number) if number else None,
            pin_index=self._vault.number_index(number) if number else None,
            identity_level=new.identity_level,
            locale=new.locale if new.locale in LOCALES else LOCALES[0],
            created_at=now,
            updated_at=now,
        )
        if not is_inserted:  # somebody else was faster by a moment
            return self._find_taken(new) or Refused("username", "username_taken")
        is_seen = new.identity_level >= SEEN_IN_PERSON_LEVEL
        evidence = Evidence(number=number, check_method=SEEN_BY_AN_OFFICIAL if is_seen else None)
        self._verifications.record(account_id, new.identity_level, profile, evidence, now)
        details = {"organisation": new.organisation} if new.organisation else None
        self._events.record("account.create", account_id=account_id, now=now, details=details)
        if "birthdate" in profile:
            self._store.set_guardian_awaited(account_id, child_until(profile["birthdate"], now))
        return self._with_factor(account_id, now) if new.totp else self.get(account_id)

    def _with_factor(self, account_id: str, now: int) -> Account:
        secret = totp.new_secret()
        # Step 0: no code of this secret was spent yet
        self._factors.enrol(account_id, secret, 0, now)
        codes = self._factors.replace_recovery_codes(account_id, now)
        row = self._store.find(account_id)
        return self._vault.open_account(row, totp_secret=secret, recovery_codes=tuple(codes))

    # Finding

    def find(self, account_id: str) -> Account | None:
        row = self._store.find(account_id)
        return None if row is None else self._vault.open_account(row)

    def find_name(self, account_id: str | None) -> str:
        """Return how somebody is called, "" for nobody and for who is gone."""
        account = self.find(account_id) if account_id else None
        return account.display_name if account is not None else ""

    def get(self, account_id: str) -> Account:
        """Return the account; raises LookupError."""
        account = self.find(account_id)
        if account is None:
            raise LookupError("no such account")
        return account

    def find_by_username(self, username: str) -> Account | None:
        row = self._store.find_by_username_key(usernames.username_key(username[: usernames.MOST_CHARACTERS]))
        return None if row is None else self._vault.open_account(row)

    def find_id_by_username(self, username: str) -> str | None:
        """Return the id of the open account of this name; opens nothing."""
        row = self._store.find_by_username_key(usernames.username_key(username[: usernames.MOST_CHARACTERS]))
        return str(row.id) if row is not None and is_open(row) else None

    def find_row_by_sign_in_name(self, name: str) -> Any:
        """Return the row of the one account that a username, phone number or e-mail address names.

        Disabled ones too where named by username. A phone that several people share names none of them.
        """
        if len(name) > policy.MOST_RAW_CHARACTERS:
            return None
        found = self._store.find_by_username_key(usernames.username_key(name))
        if found is not None:
            return found
        sharing = list(self._rows_by_contact(name))
        return sharing[0] if len(sharing) == 1 else None

    def _rows_by_contact(self, name: str) -> Iterator[Any]:
        if "@" in name:
            email = parse_email(name)
            if email is not None:
                yield from self._store.list_by_email(self._vault.email_index(email) or "")
            return
        phone = parse_phone(name)
        if phone is not None:
            yield from self._store.list_by_phone(self._vault.phone_index(phone) or "")

    def claims(self, account_id: str) -> dict[str, Any] | None:
        """Return the standard claims of an active account; None for one that is shut or unknown."""
        account = self.find(account_id)
        return account.claims if account is not None and account.is_open else None

    def claims_of_row(self, row: Any) -> dict[str, Any]:
        """Return the standard claims of a row with an account's columns, however it was fetched."""
        profile = self._vault.open_profile(row)
        return claims_of(profile, username=row.username, locale=row.locale, updated_at=row.updated_at)

    def verified_claims(self, account_id: str) -> list[dict[str, Any]]:
        """Return what was verified about an active account, and how."""
        return self._verifications.list(account_id)

    def reveal_personal_id_number(self, account_id: str) -> str | None:
        """Return a citizen's identification number. Whoever asks shows it masked and records why."""
        number = self.identity.find_number(account_id)
        return number.number if number is not None and number.kind == IDENTITY_CARD else None

    # Changing

    def change_profile(self, account_id: str, changes: Mapping[str, Any], now: int) -> Refused | None:
        """Replace the claims that `changes` names, as ProfileChanges says; an empty value removes one."""
        return self._profiles.change(account_id, changes, now)

    def confirm_contact(self, account_id: str, contact: str, now: int) -> bool:
        """Note that the person reads "phone_number" or "email"; False where it is gone."""
        return self._profiles.confirm_contact(account_id, contact, now)

    def raise_identity_level(
        self, account_id: str, level: int, claims: Mapping[str, Any], evidence: Evidence, now: int
    ) -> Refused | None:
        """Record what was verified of a person, and on what it rests: see Identity.raise_level."""
        return self.identity.raise_level(account_id, level, claims, evidence, now, self.change_profile)

    def change_password(self, account_id: str, current: str, new: str, now: int) -> Refused | None:
        """Replace the password of a person who knows the current one. Raises Busy."""
        row = self._store.find(account_id)
        if not self._passwords.verify(row.password_hash, current).is_right:
            self._record_refusal("account.change_password", "wrong_password", account_id, now)
            return Refused("current", "password_wrong")
        refused = self._find_fault_of_new(self._vault.open_account(row), current, new)
        if refused is not None:
            return refused
        new_hash = self._passwords.hash(new)
        required_at = None if policy.is_strong_alone(new) else now
        if not self._store.set_password(account_id, row.password_hash, new_hash, required_at, now):
            return Refused("current", "password_wrong")
        self._events.record("account.change_password", account_id=account_id, now=now)
        self._notices.announce(account_id, "password_changed", now)
        return None

    def _record_refusal(self, event: str, reason: str, account_id: str, now: int) -> None:
        self._events.record(event, outcome="refused", reason=reason, account_id=account_id, now=now)

    def _find_fault_of_new(self, account: Account, current: str, new: str) -> Refused | None:
        personal = personal_words(
            account.username, account.profile, self.reveal_personal_id_number(account.id)
        )
        weakness = policy.find_weakness(new, personal)
        if weakness is not None:
            return Refused("new", weakness)
        if policy.normalise(new) == policy.normalise(current):
            return Refused("new", "password_same")
        if not policy.is_strong_alone(new) and not self._factors.is_enrolled(account.id):
            return Refused("new", "password_too_short_alone")
        return None

    def change_locale(self, account_id: str, locale: str) -> None:
        if locale in LOCALES:
            self._store.set_locale(account_id, locale)

    def hold_password(self, row: Any) -> bool:
        """Say whether the account is still open and its password that of the row; hold it so."""
        return self._store.hold_password(row.id, row.password_hash)

    def rehash_password(self, row: Any, new_hash: str) -> None:
        self._store.rehash_password(row.id, row.password_hash, new_hash)

    def disable(self, account_id: str, now: int, by: Mapping[str, Any] | None = None) -> bool:
        """Shut the account: no session, grant or sign-in of it works again, even if it is enabled later.

        `by` says for the log who does, and why.
        """
        is_done = self._store.disable(account_id, now)
        if is_done:
            self._end_all(account_id, now)
            self._events.record("account.disable", account_id=account_id, now=now, details=by)
        return is_done

    def _end_all(self, account_id: str, now: int) -> None:
        for end in self._endings:
            end(account_id, now)

    def enable(self, account_id: str, now: int, by: Mapping[str, Any] | None = None) -> Refused | None:
        """Open a disabled account again, unless its identification number is another active person's."""
        row = self._store.find(account_id)
        if row is None or row.disabled_at is None:
            return Refused("", "not_disabled")
        if row.pin_index is not None and self._store.is_pin_taken(row.pin_index):
            return Refused("personal_id_number", "personal_id_number_taken")
        try:
            self._store.enable(account_id)
        except Conflict:
            return Refused("personal_id_number", "personal_id_number_taken")
        self._events.record("account.enable", account_id=account_id, now=now, details=by)
        return None

    def delete(self, account_id: str, now: int) -> bool:
        """Erase the account and all that hangs on it."""
        self._end_all(account_id, now)
        is_done = self._store.delete(account_id)
        if is_done:
            self._events.record("account.delete", account_id=account_id, now=now)
        return is_done


def _number_of(new: NewAccount) -> DocumentNumber | None:
    number = new.personal_id_number
    return None if number is None else DocumentNumber(IDENTITY_CARD, number)


def personal_words(username: str, profile: Mapping[str, Any], number: str | None) -> list[str]:
    """Return what a password must not hold, since others know it."""
    phone = str(profile.get("phone_number", ""))
    local_part = str(profile.get("email", "")).partition("@")[0]
    # Without country code and leading zero, so that every way of writing the number holds it
    return [username, str(profile.get("name", "")), phone[3:], local_part, number or ""]
