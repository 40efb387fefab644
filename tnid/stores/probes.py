"""What each application has asked about a person by yes/no claims: few different questions a year."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Text, bindparam, select, text

from tnid.db import Database, db

probes = db.Table(
    "probes",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    # The sector of the clients that ask
    Column("client_id", String(255), primary_key=True),
    Column("about", String(32), primary_key=True),
    Column("asked", Text, nullable=False),  # the values, with a space before and after each
    Column("times", Integer, nullable=False),
    Column("began_at", BigInteger, nullable=False),
)

_FIND = select(probes.c.asked, probes.c.began_at).where(
    probes.c.account_id == bindparam("account_id"),
    probes.c.client_id == bindparam("client_id"),
    probes.c.about == bindparam("about"),
)
# One statement counts and judges, however many ask at once
_TAKE = text(
    "INSERT INTO probes (account_id, client_id, about, asked, times, began_at)"
    " VALUES (:account_id, :client_id, :about, :first, 1, :now)"
    " ON CONFLICT (account_id, client_id, about) DO UPDATE SET"
    " asked = CASE WHEN probes.began_at <= :since THEN excluded.asked ELSE probes.asked || :rest END,"
    " times = CASE WHEN probes.began_at <= :since THEN 1 ELSE probes.times + 1 END,"
    " began_at = CASE WHEN probes.began_at <= :since THEN excluded.began_at ELSE probes.began_at END"
    " WHERE probes.began_at <= :since OR (probes.times < :most AND probes.asked NOT LIKE :pattern)"
)


_LIST = (
    select(probes)
    .where(probes.c.account_id == bindparam("account_id"))
    .order_by(probes.c.client_id, probes.c.about)
)


class ProbeStore:
    """Counts what was asked; each method runs in the caller's unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_by_account(self, account_id: str) -> list[Any]:
        """Return what was ever asked about somebody, by sector and line of questions."""
        return self._database.fetch_all(_LIST, account_id=account_id)

    def is_asked(self, account_id: str, client_id: str, about: str, value: str, since: int) -> bool:
        """Say whether this was asked already, in the year that counts."""
        row: Any = self._database.fetch_one(_FIND, account_id=account_id, client_id=client_id, about=about)
        return row is not None and row.began_at > since and f" {value} " in row.asked

    def take(
        self, account_id: str, client_id: str, about: str, value: str, *, since: int, most: int, now: int
    ) -> bool:
        """Count a new question; False, with nothing counted, where there were enough."""
        taken = self._database.execute(
            _TAKE,
            account_id=account_id,
            client_id=client_id,
            about=about,
            first=f" {value} ",
            rest=f"{value} ",
            pattern=f"% {value} %",
            since=since,
            most=most,
            now=now,
        )
        return taken == 1
