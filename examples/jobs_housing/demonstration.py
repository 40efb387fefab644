"""The made-up listings of `listings.toml`, in the database beside what people post."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from examples.jobs_housing.database import Database
from examples.jobs_housing.illustrations import draw
from examples.jobs_housing.listings import DAY, LIFETIME_DAYS, LISTINGS, make_search_key
from examples.jobs_housing.pictures import PICTURES
from examples.jobs_housing.places import find_position

FILE = Path(__file__).with_name("listings.toml")

_OURS = sa.select(LISTINGS.c.id, LISTINGS.c.state).where(LISTINGS.c.posted_by.is_(None))
_CHANGE = sa.update(LISTINGS).where(LISTINGS.c.id == sa.bindparam("the_id"))


def load(database: Database, now: int, file: Path = FILE) -> None:
    """Take over the listings of a TOML file, open for another while; what isn't in it any more is gone.

    Nothing that a person posted is touched, nor what a moderator took down. Loading again changes no address
    and no date of publication.
    """
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["listing"]
    with database.writing_alone() as connection:
        known = {row.id: row.state for row in connection.execute(_OURS)}
        new = [_new_row(row, now) for row in rows if row["id"] not in known]
        if new:
            connection.execute(sa.insert(LISTINGS), new)
        for row in rows:
            if known.get(row["id"], "taken_down") != "taken_down":
                connection.execute(_CHANGE.values(**_to_values(row, now)), {"the_id": row["id"]})
        _draw_pictures(connection, rows, now)
        for gone in known.keys() - {row["id"] for row in rows}:
            connection.execute(_CHANGE.values(state="deleted"), {"the_id": gone})


def _new_row(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    published_at = now - int(row.get("days_ago", 1) * DAY)
    times = {"created_at": published_at, "updated_at": published_at, "published_at": published_at}
    return {"id": row["id"], **_to_values(row, now), **times}


def _to_values(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    amount_from, amount_to = row["amount"]
    park = row.get("park")
    return {
        **{name: row[name] for name in ("kind", "title", "offered_by", "ward", "places", "summary")},
        "state": "open",
        "park": park,
        "position": find_position(row["kind"], park, row["ward"]),
        "amount_from": amount_from,
        "amount_to": amount_to,
        "details": "\n".join(row["details"]),
        "search_key": make_search_key({**row, "park": park}),
        "tax_code": row.get("tax_code"),
        "domain": row.get("domain"),
        "verified_at": now if row.get("is_verified") else None,
        "expires_at": now + LIFETIME_DAYS * DAY,
    }


def _draw_pictures(connection: sa.Connection, rows: Sequence[Mapping[str, Any]], now: int) -> None:
    """Draw what the file says of each home, where that isn't there yet."""
    there = set(connection.execute(sa.select(PICTURES.c.id)).scalars())
    drawn = [
        {
            **draw(scene, row["id"])._asdict(),
            "id": f"{row['id']}-{place}",
            "listing_id": row["id"],
            "place": place,
            "description": description,
            "created_at": now,
        }
        for row in rows
        for place, (scene, description) in enumerate(row.get("pictures", ()), 1)
        if f"{row['id']}-{place}" not in there
    ]
    if drawn:
        connection.execute(sa.insert(PICTURES), drawn)
