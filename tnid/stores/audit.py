"""Audit events, the sealed batches that chain them, and the lease of whoever seals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from tnid.db import Database, db

# SQLite numbers rows by itself only in a column that is exactly INTEGER
RowNumber = BigInteger().with_variant(Integer(), "sqlite")

audit_events = db.Table(
    "audit_events",
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("batch", BigInteger, nullable=True, index=True),  # NULL until sealed
    Column("occurred_at", BigInteger, nullable=False),
    Column("event", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(64), nullable=True),
    Column("account_id", String(64), nullable=True),
    Column("client_id", String(255), nullable=True),
    Column("ip", String(45), nullable=True),
    Column("port", Integer, nullable=True),
    Column("user_agent", String(255), nullable=True),
    Column("request_id", String(64), nullable=True),
    Column("details", Text, nullable=True),
    db.Index(None, "account_id", "occurred_at"),
)

audit_batches = db.Table(
    "audit_batches",
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("event_count", Integer, nullable=False),
    Column("sealed_at", BigInteger, nullable=False),
    Column("purged_at", BigInteger, nullable=True),  # its events were removed when their time was over
)

leases = db.Table(
    "leases",
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

EVENT_COLUMNS = [c for c in audit_events.c if c.name != "batch"]

# Events by name and outcome
Kinds = tuple[tuple[str, str], ...]

# What the caller says of an event of which the row says the rest
_GIVEN = ("occurred_at", "event", "ip", "port", "user_agent", "request_id")
# inline: nobody asks for the new row's number
INSERT_EVENT = insert(audit_events).inline()
INSERT_BATCH = insert(audit_batches)
# Two that seal at once take the rows' locks in one order, or PostgreSQL ends one of them for a deadlock
_NEXT_UNSEALED = (
    select(audit_events.c.id)
    .where(audit_events.c.batch.is_(None))
    .order_by("id")
    .limit(bindparam("most"))
    .with_for_update()
)
SEAL_EVENTS = (
    update(audit_events)
    .where(audit_events.c.id.in_(_NEXT_UNSEALED), audit_events.c.batch.is_(None))
    .values(batch=bindparam("number"))
)
EVENTS_OF_BATCH = select(*EVENT_COLUMNS).where(audit_events.c.batch == bindparam("b")).order_by("id")
EVENTS_OF_ACCOUNT = (
    select(audit_events)
    .where(audit_events.c.account_id == bindparam("account"))
    .order_by(audit_events.c.occurred_at.desc(), audit_events.c.id.desc())
    .limit(bindparam("most"))
)


def _events_of_account(kinds: Kinds) -> Select[Any]:
    """Return the statement for one page of an account's events of these kinds, the newest first.

    The place where the page before ended is a time and a number; the index leads to it.
    """
    names = {outcome: [name for name, of in kinds if of == outcome] for outcome in ("ok", "refused")}
    chosen = [
        and_(audit_events.c.outcome == outcome, or_(*(audit_events.c.event == name for name in of)))
        for outcome, of in names.items()
        if of
    ]
    return (
        select(audit_events)
        .where(
            audit_events.c.account_id == bindparam("account"),
            audit_events.c.occurred_at >= bindparam("since"),
            audit_events.c.occurred_at <= bindparam("until"),
            or_(audit_events.c.occurred_at < bindparam("until"), audit_events.c.id < bindparam("before_id")),
            or_(*chosen),
        )
        .order_by(audit_events.c.occurred_at.desc(), audit_events.c.id.desc())
        .limit(bindparam("most"))
    )


_READS = (
    select(
        audit_events.c.client_id,
        audit_events.c.event,
        func.count().label("times"),
        func.max(audit_events.c.occurred_at).label("last_at"),
    )
    .where(
        audit_events.c.account_id == bindparam("account"),
        audit_events.c.occurred_at >= bindparam("since"),
        audit_events.c.outcome == "ok",
        or_(audit_events.c.event == "token.issued", audit_events.c.event == "token.refreshed"),
    )
    .group_by(audit_events.c.client_id, audit_events.c.event)
)
LAST_BATCH = select(audit_batches).order_by(audit_batches.c.id.desc()).limit(1)
BATCHES_AFTER = (
    select(audit_batches)
    .where(audit_batches.c.id > bindparam("after"))
    .order_by(audit_batches.c.id)
    .limit(bindparam("most"))
)
FIND_UNSEALED = text("SELECT id FROM audit_events WHERE batch IS NULL LIMIT 1")
COUNT_UNSEALED = text("SELECT COUNT(*) AS unsealed FROM audit_events WHERE batch IS NULL")
COUNT_STRAY = text(
    "SELECT COUNT(*) AS stray FROM audit_events WHERE batch IS NOT NULL"
    " AND batch NOT IN (SELECT id FROM audit_batches WHERE purged_at IS NULL)"
)
OLDEST_BATCH = text(
    "SELECT id FROM audit_batches WHERE purged_at IS NULL AND sealed_at < :before ORDER BY id LIMIT 1"
)
PURGE_EVENTS = text("DELETE FROM audit_events WHERE batch = :batch")
PURGE_BATCH = text("UPDATE audit_batches SET purged_at = :now WHERE id = :batch AND purged_at IS NULL")
ENSURE_LEASE = text(
    "INSERT INTO leases (name, holder, expires_at) VALUES (:name, '', 0) ON CONFLICT (name) DO NOTHING"
)
TAKE_LEASE = text(
    "UPDATE leases SET holder = :holder, expires_at = :until"
    " WHERE name = :name AND (holder = :holder OR expires_at <= :now)"
)


class Details(NamedTuple):
    """What a recorded write says beside its event: made of its row, there and here alike."""

    in_sql: Callable[[Any], ColumnElement[str]]
    of_row: Callable[[Any], str]


# Which sign-in it was, and since when: no columns of an event's own
FLOW = Details(
    lambda row: func.concat(
        literal_column("""'{"flow":"'"""), row.id, literal_column("""'","since":'"""), row.created_at,
        literal_column("'}'"),
    ),
    lambda row: f'{{"flow":"{row.id}","since":{row.created_at}}}',
)  # fmt: skip


class RecordedWrite:
    """A write with RETURNING and the event of it, recorded where it touches a row.

    One statement does both where the database can (PostgreSQL); two of one transaction do elsewhere. The row
    must have `account_id` and `client_id`.
    """

    def __init__(self, write: ReturningUpdate[Any], details: Details | None = None) -> None:
        self._write = write
        self._details = details
        done = write.cte("done")
        given = [cast(bindparam(f"event_{name}"), audit_events.c[name].type) for name in _GIVEN]
        said = cast(null(), Text) if details is None else details.in_sql(done.c)
        chosen = select(*given, literal("ok"), done.c.account_id, done.c.client_id, said)
        names = [*_GIVEN, "outcome", "account_id", "client_id", "details"]
        noted = insert(audit_events).from_select(names, chosen).cte("noted")
        self._together = select(done).add_cte(noted)

    def execute(self, database: Database, event: Mapping[str, Any], **parameters: Any) -> Any:
        """Write; return the row, or None where no row matched and nothing was recorded."""
        if not database.is_sqlite:
            named = {f"event_{name}": value for name, value in event.items()}
            return database.execute_alone(self._together, **named, **parameters)
        row = database.execute_returning(self._write, **parameters)
        if row is not None:
            details = None if self._details is None else self._details.of_row(row)
            rest = {"outcome": "ok", "reason": None, "details": details}
            database.execute(
                INSERT_EVENT, **event, **rest, account_id=row.account_id, client_id=row.client_id
            )
        return row


class AuditStore:
    """Audit events as rows; appended freely, sealed in batches."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # One statement a choice of events; the pages have a handful of them
        self._pages: dict[Kinds, Select[Any]] = {}

    def append(self, **event: Any) -> None:
        """Write one event, with every column but its number and batch, in the current unit of work."""
        self._database.execute(INSERT_EVENT, **event)

    def list_by_account(self, account_id: str, *, most: int) -> list[Any]:
        """Return the account's latest events, newest first."""
        return self._database.fetch_all(EVENTS_OF_ACCOUNT, account=account_id, most=most)

    def list_page(
        self, account_id: str, kinds: Kinds, *, since: int, until: int, before_id: int, most: int
    ) -> list[Any]:
        """Return up to `most` events of these kinds, newest first, from (`until`, `before_id`) backwards."""
        if kinds not in self._pages:
            self._pages[kinds] = _events_of_account(kinds)
        return self._database.fetch_all(
            self._pages[kinds], account=account_id, since=since, until=until, before_id=before_id, most=most
        )

    def list_reads(self, account_id: str, *, since: int) -> list[Any]:
        """Return how often, and when last, each client was given access to a person's data."""
        return self._database.fetch_all(_READS, account=account_id, since=since)

    def find_last_batch(self) -> Any:
        return self._database.fetch_one(LAST_BATCH)

    def begin_batch(self, batch: int, *, most: int) -> list[Any]:
        """Give up to `most` unsealed events this batch number; return them in their order."""
        if self._database.execute(SEAL_EVENTS, number=batch, most=most) == 0:
            return []
        return self.list_by_batch(batch)

    def complete_batch(
        self, batch: int, *, previous_hash: bytes, digest: bytes, event_count: int, now: int
    ) -> None:
        """Write the batch's row; raises Conflict where another process sealed that number."""
        self._database.execute(
            INSERT_BATCH,
            id=batch, previous_hash=previous_hash, hash=digest,
            event_count=event_count, sealed_at=now, purged_at=None,
        )  # fmt: skip

    def list_by_batch(self, batch: int) -> list[Any]:
        return self._database.fetch_all(EVENTS_OF_BATCH, b=batch)

    def list_batches(self, *, after: int, most: int) -> list[Any]:
        return self._database.fetch_all(BATCHES_AFTER, after=after, most=most)

    def has_unsealed(self) -> bool:
        return self._database.fetch_one(FIND_UNSEALED) is not None

    def count_unsealed(self) -> int:
        return int(self._database.fetch_one(COUNT_UNSEALED).unsealed)

    def count_stray(self) -> int:
        """Return how many events name a batch that isn't there."""
        return int(self._database.fetch_one(COUNT_STRAY).stray)

    def purge_batch(self, *, before: int, now: int) -> bool:
        """Remove the events of the oldest batch sealed before then; say whether there was one."""
        oldest = self._database.fetch_one(OLDEST_BATCH, before=before)
        if oldest is None:
            return False
        with self._database.unit():
            self._database.execute(PURGE_BATCH, batch=oldest.id, now=now)
            self._database.execute(PURGE_EVENTS, batch=oldest.id)
        return True


class LeaseStore:
    """Who does a chore that one process at a time should do. For economy only: no correctness hangs on it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, holder: str, *, now: int, seconds: int) -> bool:
        """Take or keep the lease; say whether this holder has it until `now + seconds`."""
        taken = {"name": name, "holder": holder, "until": now + seconds, "now": now}
        if self._database.execute(TAKE_LEASE, **taken):
            return True
        self._database.execute(ENSURE_LEASE, name=name)
        return self._database.execute(TAKE_LEASE, **taken) == 1
