"""How an account is shut by its owner, or waits for its deletion: columns of the account's own row."""

from __future__ import annotations

from sqlalchemy import bindparam, null, select, update

from tnid.db import Database
from tnid.stores.accounts import accounts

_OF_ACCOUNT = accounts.c.id == bindparam("account_id")
_SHUT = (
    update(accounts)
    .where(_OF_ACCOUNT, accounts.c.shut_by_owner_at.is_(None))
    # A deletion that waits may be the stranger's
    .values(shut_by_owner_at=bindparam("now"), shut_by_owner_sid=bindparam("by_sid"), deletion_due_at=null())
)
_REOPEN = (
    update(accounts)
    .where(_OF_ACCOUNT, accounts.c.shut_by_owner_at.is_not(None))
    .values(shut_by_owner_at=null(), shut_by_owner_sid=null())
)
_ASK_DELETION = (
    update(accounts)
    .where(_OF_ACCOUNT, accounts.c.deletion_due_at.is_(None), accounts.c.disabled_at.is_(None))
    .values(deletion_due_at=bindparam("due_at"))
)
_CANCEL_DELETION = (
    update(accounts)
    .where(_OF_ACCOUNT, accounts.c.deletion_due_at > bindparam("now"))
    .values(deletion_due_at=null())
)
_HOLD_DUE = (
    update(accounts)
    .where(_OF_ACCOUNT, accounts.c.deletion_due_at <= bindparam("now"))
    .values(deletion_due_at=accounts.c.deletion_due_at)
)
_DUE = (
    select(accounts.c.id)
    .where(accounts.c.deletion_due_at <= bindparam("now"))
    .order_by(accounts.c.deletion_due_at)
    .limit(bindparam("most"))
)


class ClosureStore:
    """Each of them is one conditional statement; True for the one caller that changed something."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def shut(self, account_id: str, sid: str | None, now: int) -> bool:
        return self._database.execute(_SHUT, account_id=account_id, by_sid=sid, now=now) == 1

    def reopen(self, account_id: str) -> bool:
        return self._database.execute(_REOPEN, account_id=account_id) == 1

    def ask_deletion(self, account_id: str, due_at: int) -> bool:
        return self._database.execute(_ASK_DELETION, account_id=account_id, due_at=due_at) == 1

    def cancel_deletion(self, account_id: str, now: int) -> bool:
        return self._database.execute(_CANCEL_DELETION, account_id=account_id, now=now) == 1

    def hold_due(self, account_id: str, now: int) -> bool:
        """Lock the row of an account whose deletion is due; False where it isn't."""
        return self._database.execute(_HOLD_DUE, account_id=account_id, now=now) == 1

    def list_due(self, now: int, *, most: int) -> list[str]:
        return [row.id for row in self._database.fetch_all(_DUE, now=now, most=most)]
