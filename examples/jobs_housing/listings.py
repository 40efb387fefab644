"""Listings: jobs and homes, from a draft to its end, and which of them a person saved.

Who may change a listing, and what a visitor may look for, is said elsewhere: `posters.py`, `search.py`.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from examples.jobs_housing.database import METADATA, Database
from examples.jobs_housing.places import PARKS, WARDS, find_position

DAY = 24 * 3600
LIFETIME_DAYS = 30
RENEWABLE_DAYS = 7
"""So long before its end a listing can be renewed."""
MOST_DRAFTS = 20

LISTINGS = sa.Table(
    "listings",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("offered_by", sa.Text, nullable=False),
    sa.Column("posted_by", sa.Text),
    sa.Column("tax_code", sa.Text),
    sa.Column("domain", sa.Text),
    sa.Column("verified_at", sa.BigInteger),
    sa.Column("is_identity_verified", sa.Integer, nullable=False, server_default="0"),
    sa.Column("park", sa.Text),
    sa.Column("ward", sa.Text),
    sa.Column("position", sa.Text),
    sa.Column("amount_from", sa.BigInteger),
    sa.Column("amount_to", sa.BigInteger),
    sa.Column("places", sa.Integer),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("search_key", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("published_at", sa.BigInteger),
    sa.Column("expires_at", sa.BigInteger),
    sa.CheckConstraint("kind IN ('job', 'home')", name="kind"),
    sa.Index(None, "state", "published_at"),
    sa.Index(None, "state", "position"),
    sa.Index(None, "posted_by"),
    sa.Index(None, "tax_code"),
)
SAVED = sa.Table(
    "saved",
    METADATA,
    sa.Column("sub", sa.Text, primary_key=True),
    sa.Column("listing_id", sa.Text, sa.ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("saved_at", sa.BigInteger, nullable=False),
    sa.Index(None, "listing_id"),
)
_of = LISTINGS.c


@dataclass(frozen=True)
class Listing:
    """A job or a home. Amounts are VND a month: the wage, or the rent. Times are epoch seconds.

    A draft may lack park, ward, amounts and places. `tax_code` names the organisation that it was posted for,
    `verified_at` when the provider last said so; `posted_by` is the subject of whoever posted it.
    """

    id: str
    kind: str
    state: str
    title: str
    offered_by: str
    posted_by: str | None
    tax_code: str | None
    domain: str | None
    verified_at: int | None
    is_identity_verified: bool
    park: str | None
    ward: str | None
    position: str | None
    amount_from: int | None
    amount_to: int | None
    places: int | None
    summary: str
    details: tuple[str, ...]
    note: str | None
    created_at: int
    updated_at: int
    published_at: int | None
    expires_at: int | None

    @property
    def park_name(self) -> str:
        return PARKS.get(self.park or "", "")

    @property
    def ward_name(self) -> str:
        return WARDS.get(self.ward or "", "")

    @property
    def amount(self) -> str:
        """The amounts as written in Vietnam: 8.500.000 – 12.000.000."""
        ends = [write_amount(end) for end in (self.amount_from, self.amount_to) if end is not None]
        return " – ".join(dict.fromkeys(ends))

    def is_open(self, now: int) -> bool:
        """Say whether everybody finds it."""
        return self.state == "open" and now < (self.expires_at or 0)

    def has_expired(self, now: int) -> bool:
        return self.state == "open" and now >= (self.expires_at or 0)

    def is_renewable(self, now: int) -> bool:
        """Say whether it may be shown for another while: closed, or near its end."""
        ends_soon = now > (self.expires_at or 0) - RENEWABLE_DAYS * DAY
        return self.state == "closed" or (self.state == "open" and ends_soon)


LISTING_COLUMNS = tuple(LISTINGS.c[name] for name in Listing.__annotations__)


def write_amount(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def fold(text: str) -> str:
    """Return the text as people type it in a hurry: lower case, without diacritics."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def to_listing(row: sa.Row[Any]) -> Listing:
    """Return the listing of a row that begins with LISTING_COLUMNS."""
    found = dict(zip(Listing.__annotations__, row, strict=False))
    found["details"] = tuple(found["details"].splitlines())
    found["is_identity_verified"] = bool(found["is_identity_verified"])
    return Listing(**found)


_BY_ID = _of.id == sa.bindparam("the_id")
_FIND = sa.select(*LISTING_COLUMNS).where(_BY_ID)
_OF_POSTER = (_of.posted_by == sa.bindparam("the_sub")) | _of.tax_code.in_(
    sa.bindparam("tax_codes", expanding=True)
)
_POSTED = (
    sa.select(*LISTING_COLUMNS)
    .where(_OF_POSTER, _of.state != "deleted")
    .order_by(_of.created_at.desc(), _of.id)
)
_DRAFTS = sa.select(sa.func.count()).where(_of.posted_by == sa.bindparam("the_sub"), _of.state == "draft")
_CHANGE = sa.update(LISTINGS).where(_BY_ID, _of.state.in_(sa.bindparam("states", expanding=True)))
_FORGET_DRAFT = sa.delete(LISTINGS).where(_BY_ID, _of.state == "draft")
_LIST_SAVED = (
    sa.select(*LISTING_COLUMNS)
    .join(SAVED, SAVED.c.listing_id == _of.id)
    .where(SAVED.c.sub == sa.bindparam("the_sub"), _of.state.in_(("open", "closed")))
    .order_by(SAVED.c.saved_at.desc(), _of.published_at.desc(), _of.id)
)
_FORGET = sa.delete(SAVED).where(
    SAVED.c.sub == sa.bindparam("the_sub"), SAVED.c.listing_id == sa.bindparam("the_id")
)


class ListingStore:
    """The listings; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, listing_id: str) -> Listing | None:
        """Return the listing, whatever its state."""
        if not re.fullmatch(r"[a-z0-9-]{1,80}", listing_id):
            return None
        with self._database.reading() as connection:
            row = connection.execute(_FIND, {"the_id": listing_id}).one_or_none()
        return to_listing(row) if row else None

    def list_posted(self, sub: str, tax_codes: Iterable[str]) -> list[Listing]:
        """Return what the person, or an organisation that they represent, posted; latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_POSTED, {"the_sub": sub, "tax_codes": list(tax_codes)})
            return [to_listing(row) for row in rows]

    def begin(self, kind: str, sub: str, poster: Mapping[str, Any], now: int) -> Listing | None:
        """Begin a draft; None where the person has too many already."""
        listing_id = secrets.token_hex(8)
        values = {
            **dict.fromkeys(("title", "summary", "details", "search_key"), ""),
            **poster,
            **{"id": listing_id, "kind": kind, "state": "draft", "posted_by": sub},
            **{"created_at": now, "updated_at": now},
        }
        with self._database.writing() as connection:
            if connection.execute(_DRAFTS, {"the_sub": sub}).scalar_one() >= MOST_DRAFTS:
                return None
            connection.execute(sa.insert(LISTINGS), values)
        return self.find(listing_id)

    def change(self, listing: Listing, values: Mapping[str, Any], now: int) -> bool:
        """Write what a poster typed into a listing that isn't over; say whether it still could be."""
        merged = {name: values.get(name, getattr(listing, name)) for name in ("kind", "park", "ward")}
        written = {**values, "updated_at": now, "position": find_position(**merged)}
        if "details" in values:
            written["details"] = "\n".join(values["details"])
        written["search_key"] = make_search_key({**listing.__dict__, **values})
        return self._move(listing.id, ("draft", "open", "closed"), written)

    def publish(self, listing: Listing, now: int) -> bool:
        """Show a draft to everybody; False where it isn't whole, or is no draft any more."""
        values = {"state": "open", "published_at": now, "updated_at": now}
        values["expires_at"] = now + LIFETIME_DAYS * DAY
        try:
            return self._move(listing.id, ("draft",), values)
        except IntegrityError:
            return False

    def renew(self, listing: Listing, now: int) -> bool:
        """Show it for another while from now."""
        values = {"state": "open", "expires_at": now + LIFETIME_DAYS * DAY, "updated_at": now}
        return listing.is_renewable(now) and self._move(listing.id, ("open", "closed"), values)

    def close(self, listing: Listing, now: int) -> bool:
        return self._move(listing.id, ("open",), {"state": "closed", "updated_at": now})

    def delete(self, listing: Listing, now: int) -> bool:
        """Forget a draft altogether, and all but the bare place of what was published once."""
        with self._database.writing() as connection:
            if connection.execute(_FORGET_DRAFT, {"the_id": listing.id}).rowcount:
                return True
        words = dict.fromkeys(("title", "offered_by", "summary", "details", "search_key"), "")
        gone = dict.fromkeys(("posted_by", "tax_code", "domain", "verified_at"))
        values = {**words, **gone, "state": "deleted", "is_identity_verified": 0, "updated_at": now}
        return self._move(listing.id, ("open", "closed", "taken_down"), values)

    def take_down(self, listing_id: str, note: str, now: int) -> bool:
        """Hide what breaks the rules; its poster reads why."""
        values = {"state": "taken_down", "note": note, "updated_at": now}
        return self._move(listing_id, ("open", "closed"), values)

    def restore(self, listing_id: str, now: int) -> bool:
        """Give a listing that was taken down back to its poster, closed."""
        return self._move(listing_id, ("taken_down",), {"state": "closed", "note": None, "updated_at": now})

    def list_saved(self, sub: str) -> list[Listing]:
        """Return what the person saved, latest first."""
        with self._database.reading() as connection:
            return [to_listing(row) for row in connection.execute(_LIST_SAVED, {"the_sub": sub})]

    def save(self, sub: str, listing_id: str, now: int) -> None:
        """Remember a listing for a person; doing it again changes nothing."""
        try:
            with self._database.writing() as connection:
                connection.execute(sa.insert(SAVED), {"sub": sub, "listing_id": listing_id, "saved_at": now})
        except IntegrityError:
            return

    def forget(self, sub: str, listing_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(_FORGET, {"the_sub": sub, "the_id": listing_id})

    def _move(self, listing_id: str, states: tuple[str, ...], values: Mapping[str, Any]) -> bool:
        """Change a listing that is in one of these states; say whether it was."""
        with self._database.writing() as connection:
            where = {"the_id": listing_id, "states": states}
            return bool(connection.execute(_CHANGE.values(**values), where).rowcount)


def make_search_key(values: Mapping[str, Any]) -> str:
    """Return the words by which the listing is found."""
    names = PARKS.get(values["park"] or "", ""), WARDS.get(values["ward"] or "", "")
    return fold(
        " ".join((values["title"], values["offered_by"], *names, values["summary"], *values["details"]))
    )
