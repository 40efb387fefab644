"""What support may do for an account: shut and open it, sign it out, forget wrong tries. Never a factor."""

from __future__ import annotations

from collections.abc import Callable

from tnid.accounts.account import Account
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Accounts
from tnid.admin.operators import Operators
from tnid.admin.people import People
from tnid.admin.requests import read_reason
from tnid.signin.limits import PASSWORD, RECOVERY_CODE, SECOND_FACTOR, USER_CODE, Bucket, Limits
from tnid.signin.sessions import Sessions

Act = Callable[["Care", Account, dict[str, str], int], Refused | None]


class Care:
    """Each act runs in the caller's unit of work, needs a reason, and is kept where the person reads it."""

    def __init__(
        self,
        people: People,
        accounts: Accounts,
        operators: Operators,
        sessions: Sessions,
        limits: Limits,
        end_screens: Callable[[str, int], object],
    ) -> None:
        self._people = people
        self._accounts = accounts
        self._operators = operators
        self._sessions = sessions
        self._limits = limits
        self._end_screens = end_screens

    def do(self, act: str, account: Account, typed: str, by: str, now: int) -> Refused | None:
        """Do one of ACTS; `typed` is the reason. Else: what was wrong with that, or stood in the way."""
        reason = read_reason(typed)
        if isinstance(reason, Refused):
            return self._people.refuse(act, reason.reason, account.id, by, now, reason.field)
        refused = ACTS[act](self, account, {"actor": by, "why": reason}, now)
        if refused is not None:
            return self._people.refuse(act, refused.reason, account.id, by, now, refused.field)
        self._people.note(act, account.id, by, now, reason=reason)
        return None

    def _disable(self, account: Account, by: dict[str, str], now: int) -> Refused | None:
        if self._operators.list_roles(account.id, now):
            return Refused("", "is_operator")
        return None if self._accounts.disable(account.id, now, by) else Refused("", "is_disabled")

    def _enable(self, account: Account, by: dict[str, str], now: int) -> Refused | None:
        # Of an account that its owner shut, or that waits to be erased, nothing changes by this
        return self._accounts.enable(account.id, now, by)

    def _end_sessions(self, account: Account, _by: dict[str, str], now: int) -> Refused | None:
        self._sessions.end_all(account.id, now)
        self._end_screens(account.id, now)
        return None

    def _unlock(self, account: Account, _by: dict[str, str], _now: int) -> Refused | None:
        self.forget_guesses(account.id)
        return None

    def forget_guesses(self, account_id: str) -> None:
        """Remove the counters of wrong guesses at an account; the caller records it."""
        self._limits.forget(Bucket(PASSWORD, f"account:{account_id}"))
        for limit in (SECOND_FACTOR, RECOVERY_CODE, USER_CODE):
            self._limits.forget(Bucket(limit, account_id))

    def end_session(self, account: Account, sid: str, by: str, now: int) -> Refused | None:
        """End one session; `no_session` where it is none of the account's, or over."""
        if self._sessions.find_account(sid) != account.id or not self._sessions.end(sid, now):
            return self._people.refuse("end_sessions", "no_session", account.id, by, now)
        self._people.note("end_sessions", account.id, by, now)
        return None


ACTS: dict[str, Act] = {
    "disable": Care._disable,
    "enable": Care._enable,
    "end_sessions": Care._end_sessions,
    "unlock": Care._unlock,
}
