"""Applications for a job or a home: what was sent with each, how far it has come, and what is left of it when
the person takes something back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
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
from examples.jobs_housing.sharing import ITEMS, Sent, find_item, to_text

SENT, SEEN, INVITED, ACCEPTED, REFUSED, WITHDRAWN = (
    "sent", "seen", "invited", "accepted", "refused", "withdrawn",
)  # fmt: skip
OPEN = (SENT, SEEN, INVITED)
DECIDED = (ACCEPTED, REFUSED)
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

application_items = Table(
    "application_items",
    METADATA,
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("place", Integer, nullable=False),
    # JSON; None once it may no longer be used
    Column("value", Text),
    # What a yes/no question asked about, as JSON
    Column("asked", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("confirmed_at", String(10), nullable=False),
    Column("valid_until", String(10), nullable=False),
    # When the provider answered, by its own clock
    Column("came_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

_PLACES = {item.name: place for place, item in enumerate(ITEMS)}
_ROW = applications.c
_ITEM = application_items.c
_ID = _ROW.id == bindparam("application")
_IS_FOR = _ROW.recipient.in_(bindparam("recipients", expanding=True))
_THEIRS = _ROW.sub == bindparam("who")
_FIND_OF = select(applications).where(_THEIRS, _ROW.listing_id == bindparam("listing"))
_FIND_OWN = select(applications).where(_ID, _THEIRS)
_FIND_FOR = select(applications).where(_ID, _IS_FOR)
_LIST_OWN = select(applications).where(_THEIRS).order_by(_ROW.changed_at.desc()).limit(200)
_LIST_FOR = (
    select(applications)
    .where(_IS_FOR)
    .order_by(_ROW.changed_at.desc())
    .limit(bindparam("most"))
    .offset(bindparam("start"))
)
_ITEMS_OF = (
    select(application_items).where(_ITEM.application_id == bindparam("application")).order_by(_ITEM.place)
)
_NAMES_IN = (
    select(_ITEM.application_id, _ITEM.value)
    .where(_ITEM.application_id.in_(bindparam("applications", expanding=True)), _ITEM.name == "name")
)  # fmt: skip
_DROP_SHELL = delete(applications).where(
    _THEIRS, _ROW.listing_id == bindparam("listing"), _ROW.state == WITHDRAWN
)
_MOVE = (
    update(applications)
    .where(_ID, _ROW.state.in_(bindparam("before", expanding=True)))
    .values(state=bindparam("after"), changed_at=bindparam("now"))
)
_SEE = (
    update(applications)
    .where(_ID, _ROW.state == SENT)
    .values(state=SEEN, seen_at=bindparam("now"), changed_at=bindparam("now"))
)
_DECIDE = update(applications).where(_ID).values(decided_at=bindparam("now"))
_EMPTY = update(applications).where(_ID).values(letter="", emptied_at=bindparam("now"))
_DROP_ITEMS = delete(application_items).where(_ITEM.application_id == bindparam("application"))
_PART = update(applications).where(_THEIRS, _ROW.emptied_at.is_not(None)).values(sub=None)
_OLDER = (
    select(_ROW.id, _ROW.state)
    .where(_THEIRS, _ROW.came_at <= bindparam("at"))
    .order_by(_ROW.id)
)  # fmt: skip
_END_ITEMS = (
    update(application_items)
    .where(
        _ITEM.application_id.in_(select(_ROW.id).where(_THEIRS)),
        _ITEM.name.in_(bindparam("names", expanding=True)),
        _ITEM.came_at <= bindparam("at"),
        _ITEM.ended_at.is_(None),
    )
    .values(value=None, source="", ended_at=bindparam("now"))
)
_EXPIRE = (
    update(application_items)
    .where(_ITEM.ended_at.is_(None), _ITEM.valid_until != "", _ITEM.valid_until < bindparam("today"))
    .values(value=None, source="", ended_at=bindparam("now"))
)
_IS_DUE = _ITEM.ended_at.is_(None)
Index(None, _ITEM.valid_until, sqlite_where=_IS_DUE, postgresql_where=_IS_DUE)
_HAS_DUE = (
    select(_ITEM.application_id)
    .where(_ITEM.ended_at.is_(None), _ITEM.valid_until != "", _ITEM.valid_until < bindparam("today"))
    .limit(1)
)
_COUNT_SENT = select(func.count()).where(_THEIRS, _ROW.sent_at > bindparam("since"))
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


class SentItem(NamedTuple):
    """An item of an application as it is shown; `value` is None once `ended_at` says that it is over."""

    name: str
    value: Any
    asked: Any
    source: str
    confirmed_at: str
    valid_until: str
    ended_at: int | None


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


def add_items(connection: Connection, application_id: str, sent: Iterable[Sent], came_at: int) -> None:
    rows = [
        {
            **one._asdict(),
            "application_id": application_id,
            "place": _PLACES[one.name],
            "value": to_text(one.value),
            "asked": to_text(one.asked),
            "came_at": came_at,
        }
        for one in sent
    ]
    if rows:
        connection.execute(application_items.insert(), rows)


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


def list_for(connection: Connection, recipients: Iterable[str], start: int, most: int) -> list[Row[Any]]:
    """Return what was sent to these recipients, the latest change first."""
    given = {"recipients": list(recipients), "start": start, "most": most}
    return list(connection.execute(_LIST_FOR, given))


def close_for(connection: Connection, recipient: str, now: int) -> None:
    """Have nobody wait for an answer of somebody who is gone."""
    connection.execute(_CLOSE_FOR, {"reader": recipient, "now": now})


def list_items(connection: Connection, application_id: str) -> list[SentItem]:
    """Return what was sent with an application, ended items too."""
    rows = connection.execute(_ITEMS_OF, {"application": application_id})
    return [_shown(row) for row in rows if find_item(row.name) is not None]


def _shown(row: Row[Any]) -> SentItem:
    value = None if row.value is None else json.loads(row.value)
    dates = (row.confirmed_at, row.valid_until)
    return SentItem(row.name, value, json.loads(row.asked), row.source, *dates, row.ended_at)


def list_names(connection: Connection, application_ids: Iterable[str]) -> dict[str, str]:
    """Return the applicants' names that may be used, by application."""
    rows = connection.execute(_NAMES_IN, {"applications": list(application_ids)})
    return {row.application_id: json.loads(row.value) for row in rows if row.value is not None}


def see(connection: Connection, application_id: str, now: int) -> bool:
    """Note that the recruiter looked at it; False where that was before."""
    return connection.execute(_SEE, {"application": application_id, "now": now}).rowcount == 1


def move(connection: Connection, application_id: str, after: str, now: int) -> bool:
    """Invite, accept or refuse; False where it has gone elsewhere meanwhile."""
    given = {"application": application_id, "before": list(MOVES[after]), "after": after, "now": now}
    has_moved = connection.execute(_MOVE, given).rowcount == 1
    if has_moved and after in DECIDED:
        connection.execute(_DECIDE, {"application": application_id, "now": now})
    return has_moved


def withdraw(connection: Connection, application_id: str, now: int) -> bool:
    """Withdraw an application that is open, and remove what it held; False where it isn't open any more."""
    given = {"application": application_id, "before": list(OPEN), "after": WITHDRAWN, "now": now}
    if connection.execute(_MOVE, given).rowcount != 1:
        return False
    _empty(connection, application_id, now)
    return True


def _empty(connection: Connection, application_id: str, now: int) -> None:
    connection.execute(_DROP_ITEMS, {"application": application_id})
    connection.execute(_EMPTY, {"application": application_id, "now": now})


def empty_all(connection: Connection, sub: str, at: int, now: int) -> tuple[list[str], int]:
    """Remove all that the person's applications of up to `at` hold, and withdraw those that are open.

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


def end_items(connection: Connection, sub: str, names: Iterable[str], at: int, now: int) -> int:
    """Remove the values of these items that came up to `at`; what is left says that they are over."""
    given = {"who": sub, "names": list(names), "at": at, "now": now}
    return connection.execute(_END_ITEMS, given).rowcount


def has_due_items(connection: Connection, today: str) -> bool:
    """Say whether there are values whose day is over."""
    return connection.execute(_HAS_DUE, {"today": today}).one_or_none() is not None


def expire_items(connection: Connection, today: str, now: int) -> int:
    """Remove the values whose day is over; `today` is an ISO date."""
    return connection.execute(_EXPIRE, {"today": today, "now": now}).rowcount
