"""What visitors report of a listing: a fraud, a demand for money, somebody else's pictures."""

from __future__ import annotations

import secrets
from typing import NamedTuple

import sqlalchemy as sa

from examples.jobs_housing.database import METADATA, Database
from examples.jobs_housing.listings import LISTINGS

REASONS = ("money", "false", "gone", "pictures", "insult", "other")
MOST_WORDS = 1000
MOST_OPEN = 50
"""So many unsettled reports of one listing are enough to look at it."""

REPORTS = sa.Table(
    "reports",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("listing_id", sa.Text, sa.ForeignKey("listings.id", ondelete="CASCADE"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("settled_at", sa.BigInteger),
    sa.Index(None, "listing_id", "settled_at"),
)
_of = REPORTS.c
_OPEN = (_of.listing_id == sa.bindparam("the_listing"), _of.settled_at.is_(None))
_COUNT = sa.select(sa.func.count()).where(*_OPEN)
_SETTLE = sa.update(REPORTS).where(*_OPEN).values(settled_at=sa.bindparam("the_time"))
_LIST = (
    sa.select(_of.listing_id, LISTINGS.c.title, _of.reason, _of.words, _of.created_at)
    .join(LISTINGS, LISTINGS.c.id == _of.listing_id)
    .where(_of.settled_at.is_(None))
    .order_by(_of.created_at, _of.id)
)


class Report(NamedTuple):
    """One unsettled report, as a moderator reads it."""

    listing_id: str
    title: str
    reason: str
    words: str
    created_at: int


class ReportStore:
    """The reports; nobody's name is kept with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, listing_id: str, reason: str, words: str, now: int) -> None:
        """Keep a report; beyond so many unsettled ones of a listing, one more says nothing new."""
        values = {"id": secrets.token_hex(8), "listing_id": listing_id, "created_at": now}
        with self._database.writing() as connection:
            if connection.execute(_COUNT, {"the_listing": listing_id}).scalar_one() < MOST_OPEN:
                connection.execute(
                    sa.insert(REPORTS), {**values, "reason": reason, "words": words[:MOST_WORDS]}
                )

    def list_open(self) -> list[Report]:
        with self._database.reading() as connection:
            return [Report(*row) for row in connection.execute(_LIST)]

    def settle(self, listing_id: str, now: int) -> int:
        """Mark what was reported of a listing as looked at; return how many there were."""
        with self._database.writing() as connection:
            return connection.execute(_SETTLE, {"the_listing": listing_id, "the_time": now}).rowcount
