"""What happens to data that may no longer be used: gone from here, and from what a recruiter sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from examples.jobs_housing import applications, letters, sent_items
from examples.jobs_housing.listings import LISTINGS, SAVED
from examples.jobs_housing.people import EVERYTHING, People
from examples.jobs_housing.pictures import PICTURES
from examples.jobs_housing.sharing import EMPLOYER, NAME, VERIFIED, find_names_of

DELETED, KEPT = "deleted", "kept"
KEPT_REASON = "Giữ ngày nộp và kết quả của đơn đã có quyết định, không còn thông tin cá nhân"

_MINE = (LISTINGS.c.posted_by == bindparam("who"), LISTINGS.c.created_at <= bindparam("at"))
_OWN = (*_MINE, LISTINGS.c.tax_code.is_(None))
_DROP_PICTURES = delete(PICTURES).where(PICTURES.c.listing_id.in_(select(LISTINGS.c.id).where(*_OWN)))
_BLANK = dict.fromkeys(("title", "offered_by", "summary", "details", "search_key"), "")
_END_LISTINGS = (
    update(LISTINGS).where(*_OWN).values(**_BLANK, state="deleted", posted_by="", updated_at=bindparam("now"))
)
# What was posted for an organisation is the organisation's
_PART_LISTINGS = update(LISTINGS).where(*_MINE, LISTINGS.c.tax_code.is_not(None)).values(posted_by="")
_UNMARK = update(LISTINGS).where(*_OWN).values(is_identity_verified=0)
_DROP_SAVED = delete(SAVED).where(SAVED.c.sub == bindparam("who"), SAVED.c.saved_at <= bindparam("at"))


class Outcome(NamedTuple):
    """What is answered to the provider; `reason` says why something was kept."""

    outcome: str
    reason: str = ""


def drop_held(connection: Connection, application_ids: list[str]) -> None:
    """Remove what was sent with these applications, and what was written about them."""
    sent_items.drop(connection, application_ids)
    letters.drop(connection, application_ids)


def let_go_of_all(connection: Connection, people: People, sub: str, at: int, now: int) -> Outcome:
    """Remove all that came from a person up to a moment: their profile, what they sent, what they wrote.

    What was decided keeps its dates and its outcome, and no longer says whose it was.
    """
    people.hold(connection, sub, now)
    people.mark_taken_back(connection, sub, [EVERYTHING], at)
    ids, decided = applications.empty_all(connection, sub, at, now)
    if ids:
        drop_held(connection, ids)
    connection.execute(_DROP_SAVED, {"who": sub, "at": at})
    _end_listings(connection, sub, at, now)
    people.forget(connection, sub, at)
    return Outcome(KEPT, KEPT_REASON) if decided else Outcome(DELETED)


def _end_listings(connection: Connection, sub: str, at: int, now: int) -> None:
    connection.execute(_DROP_PICTURES, {"who": sub, "at": at})
    if connection.execute(_END_LISTINGS, {"who": sub, "at": at, "now": now}).rowcount:
        recipient = applications.recipient_of(None, sub)
        applications.close_for(connection, str(recipient), now)
    connection.execute(_PART_LISTINGS, {"who": sub, "at": at})


def let_go_of(
    connection: Connection, people: People, sub: str, claims: Iterable[str], at: int, now: int
) -> Outcome:
    """Remove the values of these claims that came up to a moment; what is left says that they are over."""
    given = list(claims)
    people.hold(connection, sub, now)
    people.mark_taken_back(connection, sub, given, at)
    if names := find_names_of(given):
        sent_items.end(connection, sub, names, at, now)
        if EMPLOYER in names:
            # It stands beside everything else that the employer vouched for, too
            sent_items.forget_sources(connection, sub, at)
    if NAME in given:
        # Their own listings say who offers them
        _end_listings(connection, sub, at, now)
    elif f"{VERIFIED}/{NAME}" in given:
        connection.execute(_UNMARK, {"who": sub, "at": at})
    # Nothing may be left of somebody who was only known by this event
    people.forget(connection, sub, 0)
    return Outcome(DELETED)
