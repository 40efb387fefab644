"""Applications for a job or a home: what was sent with each, how far it has come, and what is left of it when
the person takes something back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)

from examples.jobs_housing.database import METADATA

SENT, SEEN, INVITED, ACCEPTED, REFUSED, WITHDRAWN = (
    "sent", "seen", "invited", "accepted", "refused", "withdrawn",
)  # fmt: skip
OPEN = (SENT, SEEN, INVITED)
DECIDED = (ACCEPTED, REFUSED)
STATES = (*OPEN, *DECIDED, WITHDRAWN)
# What a recruiter may make of an application, and from where
MOVES: Mapping[str, tuple[str, ...]] = {
    INVITED: (SENT, SEEN),
    ACCEPTED: (SENT, SEEN, INVITED),
    REFUSED: (SENT, SEEN, INVITED),
}

applications = Table(
    "applications",
    METADATA,
    Column("id", String(22), primary_key=True),
    Column("listing_id", String(64), nullable=False),
    # Of the listing as it was then: a listing may go, its applications stay
    Column("title", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    # Who may read this: see `recipient_of`
    Column("recipient", String(260), nullable=False),
    # None once the person took everything back
    Column("sub", String(255)),
    Column("state", String(12), nullable=False),
    Column("letter", Text, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    # When the provider answered the sign-in that sent it, by its own clock
    Column("came_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger),
    Column("decided_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    # When the person took everything back, here or at Thai Nguyen ID
    Column("emptied_at", BigInteger),
)
Index(None, applications.c.sub, applications.c.listing_id, unique=True)
Index(None, applications.c.recipient, applications.c.changed_at)

_ROW = applications.c
_ID = _ROW.id == bindparam("application")
_IS_FOR = _ROW.recipient.in_(bindparam("recipients", expanding=True))
_THEIRS = _ROW.sub == bindparam("who")
_FIND_OF = select(applications).where(_THEIRS, _ROW.listing_id == bindparam("listing"))
_FIND_OWN = select(applications).where(_ID, _THEIRS)
_FIND_FOR = select(applications).where(_ID, _IS_FOR)
_LIST_OWN = select(applications).where(_THEIRS).order_by(_ROW.changed_at.desc()).limit(200)
_LIST_FOR = (
    select(applications)
    .where(
        _IS_FOR,
        _ROW.state.in_(bindparam("states", expanding=True)),
        (_ROW.listing_id == bindparam("listing")) | (bindparam("listing") == ""),
    )
    .order_by(_ROW.changed_at.desc())
    .limit(bindparam("most"))
    .offset(bindparam("start"))
)
_DROP_SHELL = delete(applications).where(
    _THEIRS, _ROW.listing_id == bindparam("listing"), _ROW.state == WITHDRAWN
)
_MOVE = (
    update(applications)
    .where(_ID, _ROW.state.in_(bindparam("before", expanding=True)))
    .values(state=bindparam("after"), changed_at=bindparam("now"))
)
_TOUCH = update(applications).where(_ID, _ROW.state != WITHDRAWN).values(changed_at=bindparam("now"))
_SEE = (
    update(applications)
    .where(_ID, _ROW.state == SENT)
    .values(state=SEEN, seen_at=bindparam("now"), changed_at=bindparam("now"))
)
_DECIDE = update(applications).where(_ID).values(decided_at=bindparam("now"))
_EMPTY = update(applications).where(_ID).values(letter="", emptied_at=bindparam("now"))
_PART = update(applications).where(_THEIRS, _ROW.emptied_at.is_not(None)).values(sub=None)
_OLDER = (
    select(_ROW.id, _ROW.state)
    .where(_THEIRS, _ROW.came_at <= bindparam("at"))
    .order_by(_ROW.id)
)  # fmt: skip
_COUNT_SENT = select(func.count()).where(_THEIRS, _ROW.sent_at > bindparam("since"))
_PART_FOR = update(applications).where(_ROW.recipient == bindparam("reader")).values(recipient="")
_CLOSE_FOR = (
    update(applications)
    .where(_ROW.recipient == bindparam("reader"), _ROW.state.in_(OPEN))
    .values(state=REFUSED, decided_at=bindparam("now"), changed_at=bindparam("now"))
)


class Target(NamedTuple):
    """What of a listing an application keeps."""

    listing_id: str
    title: str
    kind: str
    recipient: str


class Page(NamedTuple):
    """Which part of a list."""

    start: int
    most: int


def recipient_of(tax_code: str | None, posted_by: str | None) -> str | None:
    """Return who reads what is sent to a listing: its organisation, else the person who posted it."""
    if tax_code:
        return f"org:{tax_code}"
    return f"sub:{posted_by}" if posted_by else None


def recipients_of(tax_codes: Iterable[str], sub: str) -> list[str]:
    """Return all as whom a person may read: the organisations that they represent, and themselves."""
    return [f"sub:{sub}", *(f"org:{tax_code}" for tax_code in tax_codes)]


def count_sent(connection: Connection, sub: str, since: int) -> int:
    """Return how many applications the person has sent since then."""
    return int(connection.execute(_COUNT_SENT, {"who": sub, "since": since}).scalar_one())


def add(
    connection: Connection, new_id: str, target: Target, sub: str, letter: str, came_at: int, now: int
) -> bool:
    """Send an application; False where there is one already, unless the person withdrew it."""
    connection.execute(_DROP_SHELL, {"who": sub, "listing": target.listing_id})
    if find_of(connection, sub, target.listing_id) is not None:
        return False
    row = {
        **target._asdict(),
        "id": new_id,
        "sub": sub,
        "state": SENT,
        "letter": letter,
        "sent_at": now,
        "came_at": came_at,
        "changed_at": now,
    }
    connection.execute(applications.insert(), row)
    return True


def find_of(connection: Connection, sub: str, listing_id: str) -> Row[Any] | None:
    """Return the person's application to a listing, a withdrawn one too."""
    return connection.execute(_FIND_OF, {"who": sub, "listing": listing_id}).one_or_none()


def find_own(connection: Connection, application_id: str, sub: str) -> Row[Any] | None:
    return connection.execute(_FIND_OWN, {"application": application_id, "who": sub}).one_or_none()


def find_for(connection: Connection, application_id: str, recipients: Iterable[str]) -> Row[Any] | None:
    """Return an application that was sent to one of these recipients."""
    given = {"application": application_id, "recipients": list(recipients)}
    return connection.execute(_FIND_FOR, given).one_or_none()


def list_own(connection: Connection, sub: str) -> list[Row[Any]]:
    """Return the person's applications, the latest change first."""
    return list(connection.execute(_LIST_OWN, {"who": sub}))


def list_for(
    connection: Connection, recipients: Iterable[str], states: Iterable[str], listing_id: str, page: Page
) -> list[Row[Any]]:
    """Return what was sent to these recipients, the latest change first; "" is any listing."""
    given = {"recipients": list(recipients), "states": list(states), "listing": listing_id}
    return list(connection.execute(_LIST_FOR, {**given, **page._asdict()}))


def close_for(connection: Connection, recipient: str, now: int) -> None:
    """Have nobody wait for an answer of somebody who is gone."""
    connection.execute(_CLOSE_FOR, {"reader": recipient, "now": now})
    connection.execute(_PART_FOR, {"reader": recipient})


def see(connection: Connection, application_id: str, now: int) -> bool:
    """Note that the recruiter looked at it; False where that was before."""
    return connection.execute(_SEE, {"application": application_id, "now": now}).rowcount == 1


def touch(connection: Connection, application_id: str, now: int) -> bool:
    """Bring an application to the top of lists; False where it is withdrawn.

    Whoever withdraws it waits until this transaction is over, and then finds what it wrote.
    """
    return connection.execute(_TOUCH, {"application": application_id, "now": now}).rowcount == 1


def move(connection: Connection, application_id: str, after: str, now: int) -> bool:
    """Invite, accept or refuse; False where it has gone elsewhere meanwhile."""
    given = {"application": application_id, "before": list(MOVES[after]), "after": after, "now": now}
    has_moved = connection.execute(_MOVE, given).rowcount == 1
    if has_moved and after in DECIDED:
        connection.execute(_DECIDE, {"application": application_id, "now": now})
    return has_moved


def withdraw(connection: Connection, application_id: str, now: int) -> bool:
    """Withdraw an open application; False where it is open no more. What it held is the caller's to drop."""
    given = {"application": application_id, "before": list(OPEN), "after": WITHDRAWN, "now": now}
    if connection.execute(_MOVE, given).rowcount != 1:
        return False
    _empty(connection, application_id, now)
    return True


def _empty(connection: Connection, application_id: str, now: int) -> None:
    connection.execute(_EMPTY, {"application": application_id, "now": now})


def empty_all(connection: Connection, sub: str, at: int, now: int) -> tuple[list[str], int]:
    """Forget whose the person's applications of up to `at` are, and withdraw those that are open.

    Returns their ids, and how many decided ones keep their date and outcome: those, and nobody's name.
    """
    rows = list(connection.execute(_OLDER, {"who": sub, "at": at}))
    for row in rows:
        given = {"application": row.id, "before": list(OPEN), "after": WITHDRAWN, "now": now}
        connection.execute(_MOVE, given)
        _empty(connection, row.id, now)
    if rows:
        connection.execute(_PART, {"who": sub})
    return [row.id for row in rows], sum(row.state in DECIDED for row in rows)
