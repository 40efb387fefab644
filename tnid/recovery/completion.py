"""The end of a recovery: a new password or a lost factor gone, everything that was open ended, all told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tnid.accounts import passwords as policy
from tnid.accounts.closures import Closures
from tnid.accounts.passwords import Passwords
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Accounts, Events, personal_words
from tnid.accounts.vault import Vault
from tnid.interfaces import Announcer
from tnid.recovery import waits as waiting
from tnid.recovery.service import RECOVERY_CODE, Recoveries, Recovery
from tnid.recovery.waits import Waits
from tnid.recovery.ways import Way
from tnid.signin.factors import Factors
from tnid.signin.passkeys import Passkeys
from tnid.stores.accounts import AccountStore

OVER = Refused("", "recovery_over")
"""What was proved is worth nothing any more: used, too old, or the account has changed since."""

YOUNG_SECONDS = 7 * 24 * 3600
"""As long as the link in an alert works: what was added since may be the stranger's whom it told of."""


class Completion:
    """Completes recoveries; each method runs in the caller's unit of work."""

    def __init__(
        self,
        recoveries: Recoveries,
        waits: Waits,
        people: Accounts,
        accounts: AccountStore,
        vault: Vault,
        factors: Factors,
        passkeys: Passkeys,
        passwords: Passwords,
        closures: Closures,
        messages: Announcer,
        events: Events,
        endings: Iterable[Callable[[str, int], object]],
    ) -> None:
        self._recoveries = recoveries
        self._waits = waits
        self._people = people
        self._accounts = accounts
        self._vault = vault
        self._factors = factors
        self._passkeys = passkeys
        self._passwords = passwords
        self._closures = closures
        self._messages = messages
        self._events = events
        self._endings = tuple(endings)

    def set_password(
        self, recovery: Recovery, new: str, now: int, *, is_app_lost: bool = False
    ) -> Refused | None:
        """Set a new password for what was proved; end every session, half sign-in and grant; tell the person.

        Whoever could show no second thing, and waited, has the account's factors removed, and so has whoever
        showed a recovery code and says that the app is lost: a new one is set up at the next sign-in, before
        anything else. Hashes before it writes. Raises Busy.
        """
        if recovery.account is None or self._recoveries.find_way(recovery) is not Way.NEW_PASSWORD:
            return self._refuse(recovery, "not_proved", now)
        refused = self._find_fault(recovery.account, new)
        if refused is not None:
            return refused
        new_hash = self._passwords.hash(new)
        drops = recovery.row.wait_id is not None or (
            is_app_lost and recovery.row.second_method == RECOVERY_CODE
        )
        required_at = now if drops or not policy.is_strong_alone(new) else None
        if not self._recoveries.complete(recovery, now):
            return self._refuse(recovery, "used", now)
        account_id, old_hash = recovery.account.id, recovery.account.password_hash
        if not self._accounts.recover_password(account_id, old_hash, new_hash, required_at, now):
            return self._refuse(recovery, "changed", now)
        if drops:
            self._drop_factors(account_id)
        elif recovery.account.shut_by_owner_at is not None:
            self._drop_young_passkeys(account_id, recovery.account.shut_by_owner_at, now)
        self._end_everything(account_id, now)
        # "It wasn't me" shut it until its owner proved who they are
        self._closures.reopen(account_id, now)
        self._events.record("recovery.set_password", account_id=account_id, now=now, details={"drops": drops})
        self._messages.announce(account_id, "recovery_password_set", now)
        return None

    def _find_fault(self, account: Any, new: str) -> Refused | None:
        number = self._people.reveal_personal_id_number(account.id)
        personal = personal_words(account.username, self._vault.open_profile(account), number)
        weakness = policy.find_weakness(new, personal)
        if weakness is not None:
            return Refused("new", weakness)
        if self._passwords.verify(account.password_hash, new).is_right:
            return Refused("new", "password_same_as_old")
        return None

    def _refuse(self, recovery: Recovery, reason: str, now: int) -> Refused:
        account_id = recovery.account and recovery.account.id
        self._events.record(
            "recovery.set_password", outcome="refused", reason=reason, account_id=account_id, now=now
        )
        return OVER

    def remove_lost_factor(self, account_id: str, now: int, *, wait: Any = None) -> bool:
        """Remove the second factor of somebody who proved the password, and a recovery code or a wait.

        Another one is required from now on. False where the wait was used, stopped or isn't over.
        """
        if wait is not None and not (wait.shown == waiting.PASSWORD and self._waits.complete(wait.id, now)):
            self._events.record(
                "recovery.remove_factor",
                outcome="refused",
                reason="not_proved",
                account_id=account_id,
                now=now,
            )
            return False
        self._drop_factors(account_id)
        self._accounts.require_factor(account_id, now)
        self._end_everything(account_id, now)
        self._events.record("recovery.remove_factor", account_id=account_id, now=now)
        self._messages.announce(account_id, "recovery_factor_removed", now)
        return True

    def _drop_factors(self, account_id: str) -> None:
        """Remove every second factor: who has the lost phone has all that was on it."""
        self._factors.remove_totp(account_id)
        self._factors.remove_codes(account_id)
        for passkey in self._passkeys.list_by_account(account_id):
            self._passkeys.remove(account_id, passkey.id)

    def _drop_young_passkeys(self, account_id: str, shut_at: int, now: int) -> None:
        """Remove the passkeys made shortly before "it wasn't me", or since.

        Each signs in alone, and may be the stranger's. Without another factor, one is set up at the next
        sign-in.
        """
        young = [
            passkey
            for passkey in self._passkeys.list_by_account(account_id)
            if passkey.created_at > shut_at - YOUNG_SECONDS
        ]
        for passkey in young:
            self._passkeys.remove(account_id, passkey.id)
        if not young:
            return
        self._events.record("recovery.remove_passkeys", account_id=account_id, now=now)
        self._messages.announce(account_id, "factor_removed", now)
        if not self._factors.is_enrolled(account_id):
            self._accounts.require_factor(account_id, now)

    def _end_everything(self, account_id: str, now: int) -> None:
        self._waits.stop(account_id, "recovery", now)
        for end in self._endings:
            end(account_id, now)
