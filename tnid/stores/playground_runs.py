"""Runs of the playground: a request that a developer built, and what came of it, sealed, for an hour."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    bindparam,
    insert,
    select,
    update,
)

from tnid.db import Database, db

playground_runs = db.Table(
    "playground_runs",
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    # The state parameter's hash: by it the answer finds its run
    Column("state_hash", String(64), nullable=False, unique=True),
    # Holds the verifier and tokens of made-up people
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_playground_runs_application_id", playground_runs.c.application_id)
Index("ix_playground_runs_account_id", playground_runs.c.account_id)
Index("ix_playground_runs_expires_at", playground_runs.c.expires_at)

_RUN = playground_runs.c
_IS_OPEN = _RUN.expires_at > bindparam("now")
_INSERT = insert(playground_runs)
_FIND = select(playground_runs).where(
    _RUN.id == bindparam("of_id"),
    _RUN.application_id == bindparam("of_application"),
    _RUN.account_id == bindparam("of_account"),
    _IS_OPEN,
)
_BY_STATE = select(playground_runs).where(_RUN.state_hash == bindparam("of_state"), _IS_OPEN)
# Of two that add a step at the same moment, neither takes the other's away
_CHANGE = (
    update(playground_runs)
    .where(_RUN.id == bindparam("of_id"), _RUN.sealed == bindparam("was"))
    .values(sealed=bindparam("new_sealed"))
)


class PlaygroundRunStore:
    """Keeps runs; knows nothing of what is in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns)

    def find(self, run_id: str, application_id: str, account_id: str, now: int) -> Any:
        """Return this person's run, None where there is none or its hour is over."""
        return self._database.fetch_one(
            _FIND, of_id=run_id, of_application=application_id, of_account=account_id, now=now
        )

    def find_by_state(self, state_hash: str, now: int) -> Any:
        return self._database.fetch_one(_BY_STATE, of_state=state_hash, now=now)

    def change(self, run_id: str, was: bytes, sealed: bytes) -> bool:
        """Replace what a run holds; False where it is no longer what it was."""
        return self._database.execute(_CHANGE, of_id=run_id, was=was, new_sealed=sealed) == 1
