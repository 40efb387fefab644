"""Who did what in a team, as its members read it: the audit log keeps the same for operators, and longer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Text, bindparam, insert, select

from tnid.db import Database, db
from tnid.stores.audit import RowNumber

team_acts = db.Table(
    "team_acts",
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("team_id", String(22), ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # What it was about, None for the team itself
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE")),
    # None where a program did it, or its account is erased
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    # As in the audit log, one of tnid.developers.words
    Column("event", String(64), nullable=False),
    # JSON: what else there is to say, never a secret nor who somebody is
    Column("details", Text, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_team_acts_team_id_id", team_acts.c.team_id, team_acts.c.id)
Index("ix_team_acts_application_id_id", team_acts.c.application_id, team_acts.c.id)
Index("ix_team_acts_account_id", team_acts.c.account_id)
Index("ix_team_acts_expires_at", team_acts.c.expires_at)

_INSERT = insert(team_acts).inline()
_BEFORE = team_acts.c.id < bindparam("before_id")
_PAGE = select(team_acts).where(_BEFORE).order_by(team_acts.c.id.desc()).limit(bindparam("most"))
_LIST_OF_TEAM = _PAGE.where(team_acts.c.team_id == bindparam("of_team"))
_LIST_OF_APPLICATION = _PAGE.where(team_acts.c.application_id == bindparam("of_application"))
LATEST = 2**62


class TeamActStore:
    """Keeps what was done; nothing is changed afterwards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns)

    def list_of_team(self, team_id: str, *, before_id: int = LATEST, most: int) -> list[Any]:
        """Return up to `most` acts, the newest first, from before that number."""
        return self._database.fetch_all(_LIST_OF_TEAM, of_team=team_id, before_id=before_id, most=most)

    def list_of_application(self, application_id: str, *, most: int) -> list[Any]:
        """Return the latest acts that were about one application, the newest first."""
        return self._database.fetch_all(
            _LIST_OF_APPLICATION, of_application=application_id, before_id=LATEST, most=most
        )
