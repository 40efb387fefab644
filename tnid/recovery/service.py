"""Recoveries under way: begun for whatever name was typed, carried on by what is proved, in one browser.

A name that nobody has goes the same way, by the same statements, as far as a code that never comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from oidc.authorization.interaction import hash_browser
from oidc.token.handles import new_identifier
from tnid.accounts.contacts import parse_email
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Accounts, Events
from tnid.accounts.usernames import username_key
from tnid.accounts.vault import Vault
from tnid.interfaces import BlindIndex
from tnid.messages.contacts import EMAIL, PHONE
from tnid.recovery import waits as waiting
from tnid.recovery.standing import Standing, can_be_warned, channels_of_codes
from tnid.recovery.waits import Waits
from tnid.recovery.ways import Shown, Way, find_way
from tnid.signin.factors import Factors
from tnid.stores.accounts import AccountStore
from tnid.stores.recoveries import RecoveryStore

LIFETIME_SECONDS = 1800
TRIES = 10
PURPOSE = "recover"
MOST_NAME_CHARACTERS = 128
STAND_IN_CHARACTERS = 22
APP, RECOVERY_CODE, PASSKEY = "app", "recovery_code", "passkey"

Verify = Callable[[str, str, int], bool]


class Codes(Protocol):
    """What is needed of tnid.messages.codes."""

    def send(
        self, account_id: str, purpose: str, channel: str, now: int, *, device: str = ""
    ) -> Refused | None: ...
    def consume(self, account_id: str, purpose: str, code: str, now: int, *, device: str = "") -> bool: ...


class Recovery(NamedTuple):
    """One recovery: its row, and the account's, which is None where nobody was found."""

    row: Any
    account: Any

    @property
    def id(self) -> str:
        return str(self.row.id)

    @property
    def is_message_proved(self) -> bool:
        return self.row.message_proved_at is not None

    @property
    def shown(self) -> Shown:
        return Shown(
            app=self.row.second_method == APP,
            recovery_code=self.row.second_method == RECOVERY_CODE,
            passkey=self.row.second_method == PASSKEY,
            message=self.is_message_proved,
        )


class Recoveries:
    """The life of recoveries, without Flask; each method runs in the caller's unit of work."""

    def __init__(
        self,
        store: RecoveryStore,
        people: Accounts,
        accounts: AccountStore,
        vault: Vault,
        factors: Factors,
        codes: Codes,
        waits: Waits,
        blind: BlindIndex,
        events: Events,
    ) -> None:
        self._store = store
        self._people = people
        self._accounts = accounts
        self._vault = vault
        self._factors = factors
        self._codes = codes
        self._waits = waits
        self._blind = blind
        self._events = events

    # Begun

    def begin(
        self, name: str, browser: str, interaction_uid: str | None, now: int, *, device: str | None = None
    ) -> str:
        """Begin a recovery for whoever the name belongs to, and send a code; return the recovery's id.

        What a stranger sees of it is the same for everyone: nobody, a disabled account, a family's phone.
        `device`: this browser, where the account knows it; strangers' attempts shut nothing there.
        """
        account = self._people.find_row_by_sign_in_name(name)
        if account is not None and account.disabled_at is not None:
            self._record("recovery.begin", account.id, now, refused="disabled")
            account = None
        else:
            self._record("recovery.begin", account and account.id, now, refused="" if account else "unknown")
        recovery_id = new_identifier()
        self._store.insert(
            id=recovery_id,
            browser_hash=hash_browser(browser),
            account_id=None if account is None else account.id,
            stands_for=self._stand_in(name) if account is None else account.id,
            password_changed_at=None if account is None else account.password_changed_at,
            device=None if account is None or device is None else self._shorten(device),
            channel=_channel_of(name),
            interaction_uid=interaction_uid,
            created_at=now,
            expires_at=now + LIFETIME_SECONDS,
        )
        recovery = self.find(recovery_id, browser, now)
        if recovery is not None:
            self.send_code(recovery, recovery.row.channel, now)
        return recovery_id

    def _stand_in(self, name: str) -> str:
        """Return what a name that nobody has is counted under; no account's id looks like it."""
        key = username_key(name[:MOST_NAME_CHARACTERS])
        return self._blind.blind_index("recovery_stand_in", key)[:STAND_IN_CHARACTERS]

    def _shorten(self, device: str) -> str:
        return self._blind.blind_index("recovery_device", device)[:STAND_IN_CHARACTERS]

    def send_code(self, recovery: Recovery, channel: str, now: int) -> None:
        """Send a code to the contact asked for, or to the other where there is none; say nothing of it."""
        allowed = self._channels(recovery)
        chosen = channel if channel in allowed else next(iter(allowed), None)
        stands_for = recovery.row.stands_for if chosen else self._stand_in(recovery.row.stands_for)
        self._codes.send(stands_for, PURPOSE, chosen or channel, now, device=recovery.row.device or "")
        self._store.set_channel(recovery.id, chosen or channel, now)

    def _channels(self, recovery: Recovery) -> list[str]:
        if recovery.account is None:
            return []
        profile = self._vault.open_profile(recovery.account)
        return channels_of_codes(profile, recovery.account.identity_level)

    # Gone on with

    def find(self, recovery_id: str, browser: str, now: int) -> Recovery | None:
        """Return this browser's open recovery.

        None where it is unknown, another's, over, or where the account has been disabled or has got another
        password since it began.
        """
        row = self._store.find(recovery_id, hash_browser(browser), now)
        if row is None:
            return None
        account = self._accounts.find(row.stands_for)
        if row.account_id is None:
            return Recovery(row, None)
        is_same = account is not None and account.password_changed_at == row.password_changed_at
        return Recovery(row, account) if is_same and account.disabled_at is None else None

    def prove_message(self, recovery: Recovery, code: str, now: int) -> Refused | None:
        """Count a try, then look at the code that was sent."""
        tries = self._store.count_message_try(recovery.id, TRIES, now)
        is_right = tries is not None and self._codes.consume(
            recovery.row.stands_for, PURPOSE, code, now, device=recovery.row.device or ""
        )
        if not is_right or recovery.account is None:
            return self._refuse(recovery, "recovery.message", tries, now)
        wait = self._waits.find_ready(recovery.account.id, waiting.MESSAGE, now)
        self._store.prove_message(recovery.id, wait and wait.id, now)
        self._record("recovery.message", recovery.account.id, now, details={"channel": recovery.row.channel})
        return None

    def prove_second(
        self, recovery: Recovery, method: str, verify: Verify, code: str, now: int
    ) -> Refused | None:
        """Count a try, then have `verify` look at an authentication or recovery code of the account."""
        tries = self._store.count_second_try(recovery.id, TRIES, now)
        is_right = tries is not None and recovery.is_message_proved and verify(recovery.account.id, code, now)
        if not is_right:
            return self._refuse(recovery, "recovery.second", tries, now)
        self.note_second(recovery, method, now)
        return None

    def note_second(self, recovery: Recovery, method: str, now: int) -> bool:
        """Note that a second thing beside the message's code was shown: APP, RECOVERY_CODE or PASSKEY."""
        is_noted = self._store.prove_second(recovery.id, method, now)
        if is_noted:
            self._record("recovery.second", recovery.account.id, now, details={"method": method})
        return is_noted

    def _refuse(self, recovery: Recovery, event: str, tries: int | None, now: int) -> Refused:
        is_last = tries is None or tries >= TRIES
        if is_last:
            self._store.end(recovery.id, now)
        account_id = recovery.account and recovery.account.id
        self._record(event, account_id, now, refused="too_many" if is_last else "wrong_code")
        return Refused("code", "recovery_over" if is_last else "wrong_recovery_message")

    def find_standing(self, account: Any) -> Standing:
        """Return what the account of this row has to show, whoever has it now."""
        kinds = self._factors.find_kinds(account.id)
        return Standing(
            identity_level=account.identity_level,
            has_app=kinds.totp,
            has_passkey=kinds.passkey,
            has_recovery_codes=self._factors.count_recovery_codes(account.id) > 0,
            can_be_warned=can_be_warned(self._vault.open_profile(account)),
        )

    def get_standing(self, account_id: str) -> Standing:
        """Return the same of an account by its id; raises LookupError."""
        account = self._accounts.find(account_id)
        if account is None:
            raise LookupError("no such account")
        return self.find_standing(account)

    def find_way(self, recovery: Recovery) -> Way:
        """Return where what was proved so far leads."""
        standing = self.find_standing(recovery.account)
        way = find_way(recovery.shown, has_factor=standing.has_factor, identity_level=standing.identity_level)
        # Not where the identity was checked in person meanwhile: the wait was for less
        has_waited = recovery.row.wait_id is not None
        return Way.NEW_PASSWORD if way is Way.WAIT and has_waited else way

    def begin_wait(self, recovery: Recovery, now: int) -> Any:
        """Begin to wait, for want of anything to show beside the message's code; return the wait's row."""
        return self._waits.begin(recovery.account.id, waiting.MESSAGE, now)

    def complete(self, recovery: Recovery, now: int) -> bool:
        """Consume the recovery, and the wait that it came from; True for one caller, once."""
        if not self._store.complete(recovery.id, now):
            return False
        return recovery.row.wait_id is None or self._waits.complete(recovery.row.wait_id, now)

    def _record(
        self,
        event: str,
        account_id: str | None,
        now: int,
        *,
        refused: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        self._events.record(
            event,
            outcome="refused" if refused else "ok",
            reason=refused or None,
            account_id=account_id,
            now=now,
            details=details,
        )


def _channel_of(name: str) -> str:
    """Return where whoever typed this expects the code: at the address itself, else on the phone."""
    if "@" in name and parse_email(name) is not None:
        return EMAIL
    return PHONE
