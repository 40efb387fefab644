"""People as this application knows them: by the subject that Thai Nguyen ID gave it alone.

A row is made at the first sign-in and says nothing but that. Whoever links their identity may apply; whoever
takes it back, here or at the provider, leaves a mark of when, so that nothing that came before is ever used
again: neither a sign-in that is still open nor an answer that was on its way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, Text, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from examples.jobs_housing.database import METADATA, Database

KEEP_DRAFT_SECONDS = 30 * 86400
# Longer than any sign-in lasts
KEEP_MARK_SECONDS = 30 * 86400
EVERYTHING = ""

people = Table(
    "people",
    METADATA,
    Column("sub", String(255), primary_key=True),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    # When the provider answered the latest sign-in, by its own clock
    Column("came_at", BigInteger, nullable=False),
    # When the person linked their identity; None while they only look around
    Column("linked_at", BigInteger),
)
taken_back = Table(
    "taken_back",
    METADATA,
    Column("sub", String(255), primary_key=True),
    # A claim by the provider's name for it, "" for everything
    Column("claim", String(200), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
drafts = Table(
    "drafts",
    METADATA,
    Column("sub", String(255), primary_key=True),
    Column("listing_id", String(64), primary_key=True),
    Column("letter", Text, nullable=False),
    # Names of the items that were ticked, as a JSON list
    Column("ticked", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)
Index(None, drafts.c.saved_at)


class Profile(NamedTuple):
    """What is known of a person here."""

    sub: str
    linked_at: int | None


class Draft(NamedTuple):
    """An application that was written and not sent yet."""

    letter: str
    ticked: tuple[str, ...]


_PERSON = people.c.sub == bindparam("who")
_FIND = select(people.c.sub, people.c.linked_at).where(_PERSON)
_LINK = people.update().where(_PERSON, people.c.linked_at.is_(None)).values(linked_at=bindparam("now"))
_COME = people.update().where(_PERSON, people.c.came_at < bindparam("at")).values(came_at=bindparam("at"))
_FORGET = delete(people).where(_PERSON, people.c.came_at <= bindparam("at"))
_TAKEN_BACK = select(taken_back.c.claim, taken_back.c.at).where(taken_back.c.sub == bindparam("who"))
_DRAFT_KEY = (drafts.c.sub == bindparam("who"), drafts.c.listing_id == bindparam("listing"))
_FIND_DRAFT = select(drafts.c.letter, drafts.c.ticked).where(*_DRAFT_KEY)
_DROP_DRAFT = delete(drafts).where(*_DRAFT_KEY)
_DROP_DRAFTS = delete(drafts).where(drafts.c.sub == bindparam("who"), drafts.c.saved_at <= bindparam("at"))
_DROP_OLD_MARKS = delete(taken_back).where(
    taken_back.c.sub == bindparam("who"), taken_back.c.at < bindparam("before")
)
_DROP_OLD_DRAFTS = delete(drafts).where(drafts.c.saved_at < bindparam("before"))


def upsert(connection: Connection, table: Table, row: dict[str, Any], changed: Iterable[str]) -> None:
    """Insert the row, or change these columns of the one that has its primary key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(row)
    new = {name: insert.excluded[name] for name in changed}
    connection.execute(insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=new))


class People:
    """Profiles, and drafts. What takes a connection runs in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def greet(self, sub: str, came_at: int, now: int) -> None:
        """Remember that the person signed in; the first time makes their profile."""
        with self._database.writing() as connection:
            self.hold(connection, sub, now)
            connection.execute(_COME, {"who": sub, "at": came_at})

    def hold(self, connection: Connection, sub: str, now: int) -> None:
        """Have whatever else is about this person wait until this transaction is over."""
        row = {"sub": sub, "first_seen_at": now, "last_seen_at": now, "came_at": 0, "linked_at": None}
        upsert(connection, people, row, ["last_seen_at"])

    def find(self, sub: str) -> Profile | None:
        with self._database.reading() as connection:
            row = connection.execute(_FIND, {"who": sub}).one_or_none()
        return Profile(row.sub, row.linked_at) if row else None

    def link(self, connection: Connection, sub: str, now: int) -> bool:
        """Link the identity; False where it is linked already."""
        return connection.execute(_LINK, {"who": sub, "now": now}).rowcount == 1

    def is_current(self, sub: str, came_at: int) -> bool:
        """Say whether a sign-in of that moment still counts: not once everything was taken back."""
        with self._database.reading() as connection:
            return came_at > self.list_taken_back(connection, sub).get(EVERYTHING, -1)

    def list_taken_back(self, connection: Connection, sub: str) -> dict[str, int]:
        """Return when what was taken back last, by claim; EVERYTHING is the name of all of them."""
        rows = connection.execute(_TAKEN_BACK, {"who": sub})
        return {row.claim: row.at for row in rows}

    def mark_taken_back(self, connection: Connection, sub: str, claims: Iterable[str], at: int) -> None:
        """Note what came before that moment for good; the order in which events come in doesn't matter."""
        known = self.list_taken_back(connection, sub)
        for claim in claims:
            latest = max(at, known.get(claim, at))
            upsert(connection, taken_back, {"sub": sub, "claim": claim, "at": latest}, ["at"])
        connection.execute(_DROP_OLD_MARKS, {"who": sub, "before": at - KEEP_MARK_SECONDS})

    def forget(self, connection: Connection, sub: str, at: int) -> None:
        """Remove the profile and what wasn't sent, unless the person came back after that moment."""
        connection.execute(_FORGET, {"who": sub, "at": at})
        connection.execute(_DROP_DRAFTS, {"who": sub, "at": at})

    def save_draft(self, sub: str, listing_id: str, draft: Draft, now: int) -> None:
        row = {
            "sub": sub,
            "listing_id": listing_id,
            "letter": draft.letter,
            "ticked": json.dumps(draft.ticked),
            "saved_at": now,
        }
        with self._database.writing() as connection:
            upsert(connection, drafts, row, ["letter", "ticked", "saved_at"])
            connection.execute(_DROP_OLD_DRAFTS, {"before": now - KEEP_DRAFT_SECONDS})

    def find_draft(self, sub: str, listing_id: str) -> Draft | None:
        with self._database.reading() as connection:
            row = connection.execute(_FIND_DRAFT, {"who": sub, "listing": listing_id}).one_or_none()
        return Draft(row.letter, tuple(json.loads(row.ticked))) if row else None

    def drop_draft(self, connection: Connection, sub: str, listing_id: str) -> None:
        connection.execute(_DROP_DRAFT, {"who": sub, "listing": listing_id})
