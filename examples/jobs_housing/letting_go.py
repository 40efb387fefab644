"""What happens to data that may no longer be used: gone from here, and from what a recruiter sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete

from examples.jobs_housing import applications, letters
from examples.jobs_housing.listings import SAVED
from examples.jobs_housing.people import EVERYTHING, People
from examples.jobs_housing.sharing import find_names_of

DELETED, KEPT = "deleted", "kept"
KEPT_REASON = "Giữ ngày nộp và kết quả của đơn đã có quyết định, không còn thông tin cá nhân"

_DROP_SAVED = delete(SAVED).where(SAVED.c.sub == bindparam("who"), SAVED.c.saved_at <= bindparam("at"))


class Outcome(NamedTuple):
    """What is answered to the provider; `reason` says why something was kept."""

    outcome: str
    reason: str = ""


def let_go_of_all(connection: Connection, people: People, sub: str, at: int, now: int) -> Outcome:
    """Remove all that came from a person up to a moment: their profile, what they sent, what they wrote.

    What was decided keeps its dates and its outcome, and no longer says whose it was.
    """
    people.hold(connection, sub, now)
    people.mark_taken_back(connection, sub, [EVERYTHING], at)
    ids, decided = applications.empty_all(connection, sub, at, now)
    if ids:
        letters.drop(connection, ids)
    connection.execute(_DROP_SAVED, {"who": sub, "at": at})
    people.forget(connection, sub, at)
    return Outcome(KEPT, KEPT_REASON) if decided else Outcome(DELETED)


def let_go_of(
    connection: Connection, people: People, sub: str, claims: Iterable[str], at: int, now: int
) -> Outcome:
    """Remove the values of these claims that came up to a moment; what is left says that they are over."""
    given = list(claims)
    people.hold(connection, sub, now)
    people.mark_taken_back(connection, sub, given, at)
    if names := find_names_of(given):
        applications.end_items(connection, sub, names, at, now)
    # Nothing may be left of somebody who was only known by this event
    people.forget(connection, sub, 0)
    return Outcome(DELETED)
