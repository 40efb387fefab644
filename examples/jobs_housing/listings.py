"""Listings and what people saved of them, in an SQLite database of the application's own."""

from __future__ import annotations

import sqlite3
import time
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.jobs_housing.places import PARKS, WARDS

HERE = Path(__file__).parent
BUSY_SECONDS = 5


@dataclass(frozen=True)
class Listing:
    """A job or a home. Amounts are VND a month: the wage, or the rent."""

    id: str
    kind: str
    title: str
    offered_by: str
    park: str | None
    ward: str
    amount_from: int
    amount_to: int
    places: int
    summary: str
    details: tuple[str, ...]

    @property
    def park_name(self) -> str:
        return PARKS[self.park] if self.park else ""

    @property
    def ward_name(self) -> str:
        return WARDS[self.ward]

    @property
    def amount(self) -> str:
        """The amounts as written in Vietnam: 8.500.000 – 12.000.000."""
        ends = [f"{end:,}".replace(",", ".") for end in (self.amount_from, self.amount_to)]
        return ends[0] if ends[0] == ends[1] else " – ".join(ends)


@dataclass(frozen=True)
class Search:
    """What to look for; an empty part means anything."""

    text: str = ""
    kind: str = ""
    park: str = ""
    ward: str = ""


_COLUMNS = "id, kind, title, offered_by, park, ward, amount_from, amount_to, places, summary, details"
_FIND = f"SELECT {_COLUMNS} FROM listings WHERE id = ?"  # noqa: S608  only our own column names
_SEARCH = f"""
    SELECT {_COLUMNS} FROM listings
    WHERE (:kind = '' OR kind = :kind) AND (:park = '' OR park = :park) AND (:ward = '' OR ward = :ward)
      AND search_key LIKE :pattern ESCAPE '!'
    ORDER BY place
"""  # noqa: S608  only our own column names
_SAVED = f"""
    SELECT {_COLUMNS} FROM listings JOIN saved ON listing_id = id WHERE sub = ? ORDER BY saved_at DESC, place
"""  # noqa: S608  only our own column names
_UPSERT = """
    INSERT INTO listings VALUES (:id, :place, :kind, :title, :offered_by, :park, :ward, :amount_from,
        :amount_to, :places, :summary, :details, :search_key)
    ON CONFLICT (id) DO UPDATE SET place = excluded.place, kind = excluded.kind, title = excluded.title,
        offered_by = excluded.offered_by, park = excluded.park, ward = excluded.ward,
        amount_from = excluded.amount_from, amount_to = excluded.amount_to, places = excluded.places,
        summary = excluded.summary, details = excluded.details, search_key = excluded.search_key
"""
_SAVE = "INSERT INTO saved VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def fold(text: str) -> str:
    """Return the text as people type it in a hurry: lower case, without diacritics."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


class ListingStore:
    """The database of listings; every method is one transaction on a connection of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript((HERE / "schema.sql").read_text(encoding="utf-8"))

    def load(self, file: Path = HERE / "listings.toml") -> None:
        """Take over the listings of a TOML file; what isn't in it any more goes, from people's pages too."""
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["listing"]
        with self._connection() as connection:
            connection.execute("CREATE TEMP TABLE kept (id TEXT PRIMARY KEY)")
            connection.executemany("INSERT INTO kept VALUES (:id)", rows)
            connection.execute("DELETE FROM listings WHERE id NOT IN (SELECT id FROM kept)")
            connection.executemany(_UPSERT, [_to_row(place, row) for place, row in enumerate(rows)])

    def find(self, listing_id: str) -> Listing | None:
        with self._connection() as connection:
            row = connection.execute(_FIND, (listing_id,)).fetchone()
        return _from_row(row) if row else None

    def search(self, search: Search) -> list[Listing]:
        """Return what matches, words with or without diacritics."""
        escaped = "".join(f"!{letter}" if letter in "!%_" else letter for letter in fold(search.text.strip()))
        values = {"kind": search.kind, "park": search.park, "ward": search.ward, "pattern": f"%{escaped}%"}
        with self._connection() as connection:
            return [_from_row(row) for row in connection.execute(_SEARCH, values)]

    def list_saved(self, sub: str) -> list[Listing]:
        """Return what the person saved, latest first."""
        with self._connection() as connection:
            return [_from_row(row) for row in connection.execute(_SAVED, (sub,))]

    def save(self, sub: str, listing_id: str) -> None:
        """Remember a listing for a person; doing it again changes nothing."""
        with self._connection() as connection:
            connection.execute(_SAVE, (sub, listing_id, int(time.time())))

    def forget(self, sub: str, listing_id: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM saved WHERE sub = ? AND listing_id = ?", (sub, listing_id))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._file, timeout=BUSY_SECONDS)
        connection.execute("PRAGMA foreign_keys = ON")
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def _to_row(place: int, listing: Mapping[str, Any]) -> dict[str, Any]:
    park = listing.get("park")
    names = (listing["title"], listing["offered_by"], PARKS[park] if park else "", WARDS[listing["ward"]])
    amount_from, amount_to = listing["amount"]
    return {
        **listing,
        "place": place,
        "park": park,
        "amount_from": amount_from,
        "amount_to": amount_to,
        "details": "\n".join(listing["details"]),
        "search_key": fold(" ".join((*names, listing["summary"]))),
    }


def _from_row(row: tuple[Any, ...]) -> Listing:
    *plain, details = row
    return Listing(*plain, details=tuple(details.splitlines()))
