"""Half-finished sign-ins: the password was right, the second factor is still to come."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, bindparam, insert, select, update

from tnid.db import Database, db
from tnid.stores.accounts import NOT_SHUT, accounts

sign_ins = db.Table(
    "sign_ins",
    Column("id_hash", String(64), primary_key=True),
    Column(
        "account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("tries", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("ended_at", BigInteger),
)

_INSERT = insert(sign_ins)
_FIND = (
    select(
        sign_ins.c.id_hash,
        sign_ins.c.account_id,
        sign_ins.c.tries,
        sign_ins.c.created_at,
        accounts.c.password_changed_at,
    )
    .join(accounts, accounts.c.id == sign_ins.c.account_id)
    .where(
        sign_ins.c.id_hash == bindparam("id_hash"),
        sign_ins.c.ended_at.is_(None),
        sign_ins.c.expires_at > bindparam("now"),
        *NOT_SHUT,
    )
)
_COUNT_TRY = (
    update(sign_ins)
    .where(
        sign_ins.c.id_hash == bindparam("of_hash"),
        sign_ins.c.ended_at.is_(None),
        sign_ins.c.tries < bindparam("allowed"),
    )
    .values(tries=sign_ins.c.tries + 1)
    .returning(sign_ins.c.tries)
)
_END = (
    update(sign_ins)
    .where(sign_ins.c.id_hash == bindparam("of_hash"), sign_ins.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)

_END_OF_ACCOUNT = (
    update(sign_ins)
    .where(sign_ins.c.account_id == bindparam("of_account"), sign_ins.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)


class SignInStore:
    """Keeps half-logins: they end by success, by too many wrong codes, or after ten minutes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, id_hash: str, account_id: str, now: int, expires_at: int) -> None:
        self._database.execute(
            _INSERT,
            id_hash=id_hash,
            account_id=account_id,
            tries=0,
            created_at=now,
            expires_at=expires_at,
            ended_at=None,
        )

    def find(self, id_hash: str, now: int) -> Any:
        return self._database.fetch_one(_FIND, id_hash=id_hash, now=now)

    def count_try(self, id_hash: str, allowed: int) -> int | None:
        """Count one more try; return its number, or None where no try is left."""
        counted = self._database.execute_returning(_COUNT_TRY, of_hash=id_hash, allowed=allowed)
        return None if counted is None else int(counted.tries)

    def end(self, id_hash: str, now: int) -> bool:
        return self._database.execute(_END, of_hash=id_hash, now=now) == 1

    def end_all(self, account_id: str, now: int) -> int:
        return self._database.execute(_END_OF_ACCOUNT, of_account=account_id, now=now)
