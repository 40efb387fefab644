"""Recoveries under way: what somebody at a browser has proved on the way back into an account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, bindparam, insert, select, update

from tnid.db import Database, db

recoveries = db.Table(
    "recoveries",
    Column("id", String(22), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    # None where nobody was found: that goes the same way, and no further than the code
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    # Whom the codes are for: the account, or what stands for a name that nobody has
    Column("stands_for", String(22), nullable=False),
    # Of the account when this began: another one since then ends it
    Column("password_changed_at", BigInteger),
    # Where it was begun, if the account knows that browser: a keyed hash. Codes and tries there are its own
    Column("device", String(22)),
    Column("channel", String(8), nullable=False),
    Column("interaction_uid", String(32)),
    Column("message_tries", Integer, nullable=False),
    Column("second_tries", Integer, nullable=False),
    Column("message_proved_at", BigInteger),
    Column("second_proved_at", BigInteger),
    Column("second_method", String(16)),
    Column("wait_id", String(22)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("completed_at", BigInteger),
)

_INSERT = insert(recoveries)
_FIND = select(recoveries).where(
    recoveries.c.id == bindparam("of_id"),
    recoveries.c.browser_hash == bindparam("of_browser"),
    recoveries.c.expires_at > bindparam("now"),
    recoveries.c.completed_at.is_(None),
)
_OPEN = (
    recoveries.c.id == bindparam("of_id"),
    recoveries.c.expires_at > bindparam("now"),
    recoveries.c.completed_at.is_(None),
)


def _count(column: Column[int]) -> Any:
    counted = update(recoveries).where(*_OPEN, column < bindparam("allowed"))
    return counted.values({column.name: column + 1}).returning(column.label("tries"))


_COUNT_MESSAGE_TRY = _count(recoveries.c.message_tries)
_COUNT_SECOND_TRY = _count(recoveries.c.second_tries)
_SET_CHANNEL = update(recoveries).where(*_OPEN).values(channel=bindparam("new_channel"))
_PROVE_MESSAGE = (
    update(recoveries)
    .where(*_OPEN, recoveries.c.message_proved_at.is_(None))
    .values(message_proved_at=bindparam("now"), wait_id=bindparam("new_wait"))
)
_PROVE_SECOND = (
    update(recoveries)
    .where(*_OPEN, recoveries.c.message_proved_at.is_not(None))
    .values(second_proved_at=bindparam("now"), second_method=bindparam("new_method"))
)
_COMPLETE = (
    update(recoveries)
    .where(*_OPEN, recoveries.c.message_proved_at.is_not(None))
    .values(completed_at=bindparam("now"))
)
_END = update(recoveries).where(*_OPEN).values(completed_at=bindparam("now"))


class RecoveryStore:
    """Keeps recoveries; of the browser that may go on with one, only a hash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, **columns: Any) -> None:
        self._database.execute(
            _INSERT,
            **columns,
            message_tries=0,
            second_tries=0,
            message_proved_at=None,
            second_proved_at=None,
            second_method=None,
            wait_id=None,
            completed_at=None,
        )

    def find(self, recovery_id: str, browser_hash: str, now: int) -> Any:
        """Return the browser's open recovery, or None."""
        return self._database.fetch_one(_FIND, of_id=recovery_id, of_browser=browser_hash, now=now)

    def count_message_try(self, recovery_id: str, allowed: int, now: int) -> int | None:
        """Count a try before it is looked at; return its number, or None where none is left."""
        return self._count(_COUNT_MESSAGE_TRY, recovery_id, allowed, now)

    def count_second_try(self, recovery_id: str, allowed: int, now: int) -> int | None:
        return self._count(_COUNT_SECOND_TRY, recovery_id, allowed, now)

    def _count(self, statement: Any, recovery_id: str, allowed: int, now: int) -> int | None:
        found = self._database.execute_returning(statement, of_id=recovery_id, allowed=allowed, now=now)
        return None if found is None else int(found.tries)

    def set_channel(self, recovery_id: str, channel: str, now: int) -> None:
        self._database.execute(_SET_CHANNEL, of_id=recovery_id, new_channel=channel, now=now)

    def prove_message(self, recovery_id: str, wait_id: str | None, now: int) -> bool:
        """Note that the code was right, and the wait that was over by then; True once."""
        return self._database.execute(_PROVE_MESSAGE, of_id=recovery_id, new_wait=wait_id, now=now) == 1

    def prove_second(self, recovery_id: str, method: str, now: int) -> bool:
        return self._database.execute(_PROVE_SECOND, of_id=recovery_id, new_method=method, now=now) == 1

    def complete(self, recovery_id: str, now: int) -> bool:
        """Consume the recovery; True for one caller, once, and never before the code was right."""
        return self._database.execute(_COMPLETE, of_id=recovery_id, now=now) == 1

    def end(self, recovery_id: str, now: int) -> bool:
        """End a recovery that leads nowhere: too many wrong codes, or a wait begun."""
        return self._database.execute(_END, of_id=recovery_id, now=now) == 1
