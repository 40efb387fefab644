"""The outbox: what is to be sent to clients, written in the unit of work that it tells of.

A row waits until `due_at`, is claimed for one attempt by one conditional statement, and then delivered, put
off or given up. Who claimed it says by the number of the attempt that the row is still theirs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, String, bindparam, func, select, text, update

from tnid.db import Database, db
from tnid.stores.audit import RowNumber

MOST_HOSTS = 5000

outbox = db.Table(
    "outbox",
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("account_id", String(22), nullable=False),
    Column("reference", String(64), nullable=False),  # what it tells of: a sid, or a request
    Column("host", String(255), nullable=False),  # whose turns it takes; the address itself is looked up anew
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger),  # NULL once it is delivered or given up
    Column("claimed_until", BigInteger, nullable=False),
    Column("error", String(200)),
    Column("created_at", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("dead_at", BigInteger),
    Column("expires_at", BigInteger, index=True),  # when it may be purged
    db.UniqueConstraint("kind", "client_id", "reference"),
)
Index("ix_outbox_host_due_at", outbox.c.host, outbox.c.due_at)
Index("ix_outbox_due_at_host", outbox.c.due_at, outbox.c.host)

_ADD = text(
    "INSERT INTO outbox"
    " (kind, client_id, account_id, reference, host, attempts, due_at, claimed_until, created_at)"
    " VALUES (:kind, :client_id, :account_id, :reference, :host, 0, :now, 0, :now)"
    " ON CONFLICT (kind, client_id, reference) DO NOTHING"
)
_IS_DUE = (outbox.c.due_at <= bindparam("now"), outbox.c.claimed_until <= bindparam("now"))
_WAITED_SINCE = func.min(outbox.c.due_at)
_DUE_HOSTS = (
    select(outbox.c.host)
    .where(*_IS_DUE)
    .group_by(outbox.c.host)
    .order_by(_WAITED_SINCE)
    .limit(bindparam("most"))
)
_waiting = outbox.alias("waiting")
_NEXT = (
    select(_waiting.c.id)
    .where(
        _waiting.c.host == bindparam("of_host"),
        _waiting.c.due_at <= bindparam("now"),
        _waiting.c.claimed_until <= bindparam("now"),
    )
    .order_by(_waiting.c.due_at, _waiting.c.id)
    .limit(1)
    .scalar_subquery()
)
# What it looks for stands in its own WHERE again: of two that chose the same row, the second finds it claimed
_CLAIM = (
    update(outbox)
    .where(outbox.c.id == _NEXT, *_IS_DUE)
    .values(attempts=outbox.c.attempts + 1, claimed_until=bindparam("until"))
    .returning(*outbox.c)
)
_IS_MINE = (
    outbox.c.id == bindparam("of_id"),
    outbox.c.attempts == bindparam("of_attempt"),
    outbox.c.due_at.is_not(None),
)
_DELIVERED = (
    update(outbox)
    .where(*_IS_MINE)
    .values(
        due_at=None, claimed_until=0, error=None, delivered_at=bindparam("now"), expires_at=bindparam("now")
    )
)
_PUT_OFF = (
    update(outbox)
    .where(*_IS_MINE)
    .values(due_at=bindparam("until"), claimed_until=0, error=bindparam("because"))
)
_GIVE_UP = (
    update(outbox)
    .where(*_IS_MINE)
    .values(
        due_at=None,
        claimed_until=0,
        error=bindparam("because"),
        dead_at=bindparam("now"),
        expires_at=bindparam("until"),
    )
)
_RETRY = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("of_id"),
        outbox.c.delivered_at.is_(None),
        outbox.c.claimed_until <= bindparam("now"),
    )
    .values(due_at=bindparam("now"), attempts=0, dead_at=None, expires_at=None)
)
_LIST_OPEN = (
    select(outbox).where(outbox.c.delivered_at.is_(None)).order_by(outbox.c.id).limit(bindparam("most"))
)
_FIND = select(outbox).where(outbox.c.id == bindparam("of_id"))
_LIST_WAITING_ROWS, _LIST_DEAD_ROWS = (
    select(outbox).where(condition).order_by(outbox.c.id).limit(bindparam("most"))
    for condition in (outbox.c.due_at.is_not(None), outbox.c.dead_at.is_not(None))
)
_COUNT = select(
    func.count(outbox.c.due_at).label("waiting"),
    func.count(outbox.c.dead_at).label("dead"),
    func.min(outbox.c.due_at).label("oldest_due_at"),
).where(outbox.c.delivered_at.is_(None))
_LIST_DEAD = select(outbox.c.id).where(outbox.c.dead_at.is_not(None)).order_by(outbox.c.id)


class OutboxStore:
    """Keeps what is to be sent; each method runs in the caller's unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, client_id: str, account_id: str, reference: str, host: str, now: int) -> bool:
        """Queue one message; False where the same was queued before."""
        added = self._database.execute(
            _ADD,
            kind=kind, client_id=client_id, account_id=account_id, reference=reference, host=host, now=now,
        )  # fmt: skip
        return added == 1

    def list_due_hosts(self, now: int) -> list[str]:
        """Return the hosts that something is due for, the one that has waited longest first."""
        return [row.host for row in self._database.fetch_all(_DUE_HOSTS, now=now, most=MOST_HOSTS)]

    def claim(self, host: str, now: int, *, until: int) -> Any:
        """Take the message that has been due longest for a host, for one attempt until then; None for none.

        No other caller gets it before `until`, however many try at once.
        """
        return self._database.execute_returning(_CLAIM, of_host=host, now=now, until=until)

    def mark_delivered(self, row: Any, now: int) -> bool:
        return self._database.execute(_DELIVERED, of_id=row.id, of_attempt=row.attempts, now=now) == 1

    def put_off(self, row: Any, because: str, *, until: int) -> bool:
        """Note why the attempt failed, and try again then."""
        done = self._database.execute(
            _PUT_OFF, of_id=row.id, of_attempt=row.attempts, because=because, until=until
        )
        return done == 1

    def give_up(self, row: Any, because: str, now: int, *, keep_until: int) -> bool:
        """Make it a dead letter, which an operator may see and retry until then."""
        done = self._database.execute(
            _GIVE_UP, of_id=row.id, of_attempt=row.attempts, because=because, now=now, until=keep_until
        )
        return done == 1

    def retry(self, id_: int, now: int) -> bool:
        """Have a waiting or dead message sent now, with all its attempts; False where there is none."""
        return self._database.execute(_RETRY, of_id=id_, now=now) == 1

    def list_open(self, *, most: int) -> list[Any]:
        """Return what waits and what was given up, the oldest first."""
        return self._database.fetch_all(_LIST_OPEN, most=most)

    def find(self, id_: int) -> Any:
        return self._database.fetch_one(_FIND, of_id=id_)

    def count(self) -> Any:
        """Return how many wait, since when the one that is due longest, and how many were given up."""
        return self._database.fetch_one(_COUNT)

    def list_page(self, *, is_dead: bool, most: int) -> list[Any]:
        """Return what was given up, or else what waits, the oldest first."""
        return self._database.fetch_all(_LIST_DEAD_ROWS if is_dead else _LIST_WAITING_ROWS, most=most)

    def list_dead(self) -> list[int]:
        """Return the numbers of all that was given up."""
        return [row.id for row in self._database.fetch_all(_LIST_DEAD)]
