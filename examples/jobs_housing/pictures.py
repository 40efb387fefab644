"""Pictures of dwellings, kept in the database: as re-encoded here, never as they came."""

from __future__ import annotations

import re
import secrets
from typing import Any, NamedTuple

import sqlalchemy as sa

from examples.jobs_housing.database import METADATA, Database

MOST_PICTURES = 6

PICTURES = sa.Table(
    "pictures",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("listing_id", sa.Text, sa.ForeignKey("listings.id", ondelete="CASCADE"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("thumbnail", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index(None, "listing_id", "place"),
)
_of = PICTURES.c


class Image(NamedTuple):
    """A picture that may be shown: made by `picture_reader.py`, or drawn by `illustrations.py`."""

    media_type: str
    width: int
    height: int
    image: bytes
    thumbnail: bytes


class Picture(NamedTuple):
    """A picture of a listing, without its bytes; `description` is for who doesn't see it."""

    id: str
    listing_id: str
    place: int
    description: str
    media_type: str
    width: int
    height: int


_SHOWN = [PICTURES.c[name] for name in Picture._fields]
_LIST = sa.select(*_SHOWN).where(_of.listing_id == sa.bindparam("the_listing")).order_by(_of.place, _of.id)
_FIRST = (
    sa.select(*_SHOWN)
    .where(_of.listing_id.in_(sa.bindparam("listings", expanding=True)))
    .order_by(_of.listing_id, _of.place, _of.id)
)
_BYTES = {
    is_small: sa.select(_of.listing_id, _of.media_type, _of.thumbnail if is_small else _of.image).where(
        _of.id == sa.bindparam("the_id")
    )
    for is_small in (True, False)
}
_COUNT = sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(_of.place), 0)).where(
    _of.listing_id == sa.bindparam("the_listing")
)
_ONE = (_of.id == sa.bindparam("the_id"), _of.listing_id == sa.bindparam("the_listing"))
_DESCRIBE = sa.update(PICTURES).where(*_ONE).values(description=sa.bindparam("the_description"))
_REMOVE = sa.delete(PICTURES).where(*_ONE)
_REMOVE_ALL = sa.delete(PICTURES).where(_of.listing_id == sa.bindparam("the_listing"))
_BEFORE_ALL = (
    sa.update(PICTURES)
    .where(*_ONE)
    .values(
        place=sa.select(sa.func.min(_of.place) - 1)
        .where(_of.listing_id == sa.bindparam("the_listing"))
        .scalar_subquery()
    )
)


class PictureStore:
    """The pictures; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_of(self, listing_id: str) -> list[Picture]:
        """Return a listing's pictures in their order."""
        with self._database.reading() as connection:
            return [Picture(*row) for row in connection.execute(_LIST, {"the_listing": listing_id})]

    def list_first(self, listing_ids: list[str]) -> dict[str, Picture]:
        """Return the first picture of each listing that has any."""
        first: dict[str, Picture] = {}
        if listing_ids:
            with self._database.reading() as connection:
                for row in connection.execute(_FIRST, {"listings": listing_ids}):
                    first.setdefault(row.listing_id, Picture(*row))
        return first

    def find_bytes(self, picture_id: str, *, is_small: bool) -> tuple[str, str, bytes] | None:
        """Return the listing that a picture belongs to, its media type and its bytes."""
        if not re.fullmatch(r"[a-z0-9-]{1,80}", picture_id):
            return None
        with self._database.reading() as connection:
            row = connection.execute(_BYTES[is_small], {"the_id": picture_id}).one_or_none()
        return (row[0], row[1], bytes(row[2])) if row else None

    def add(self, listing_id: str, image: Image, description: str, now: int) -> bool:
        """Add a picture after the others; False where the listing has as many as it may."""
        with self._database.writing() as connection:
            count, last = connection.execute(_COUNT, {"the_listing": listing_id}).one()
            if count >= MOST_PICTURES:
                return False
            values: dict[str, Any] = {**image._asdict(), "id": secrets.token_hex(8), "created_at": now}
            values |= {"listing_id": listing_id, "place": last + 1, "description": description}
            connection.execute(sa.insert(PICTURES), values)
        return True

    def describe(self, listing_id: str, picture_id: str, description: str) -> bool:
        """Change the words for who doesn't see it; False where the listing has no such picture."""
        return self._change(_DESCRIBE, listing_id, picture_id, the_description=description)

    def put_first(self, listing_id: str, picture_id: str) -> bool:
        return self._change(_BEFORE_ALL, listing_id, picture_id)

    def remove(self, listing_id: str, picture_id: str) -> bool:
        return self._change(_REMOVE, listing_id, picture_id)

    def remove_all(self, listing_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(_REMOVE_ALL, {"the_listing": listing_id})

    def _change(self, statement: Any, listing_id: str, picture_id: str, **values: str) -> bool:
        which = {"the_listing": listing_id, "the_id": picture_id, **values}
        with self._database.writing() as connection:
            return bool(connection.execute(statement, which).rowcount)
