"""Searching: what a visitor may look for, and what is found, in pages and in counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from examples.jobs_housing.database import Database
from examples.jobs_housing.listings import LISTING_COLUMNS, LISTINGS, Listing, fold, to_listing
from examples.jobs_housing.places import PARKS, PLACES, WARDS, measure, round_up

KINDS = ("job", "home")
SORTS = ("newest", "high", "low", "near")
DISTANCES = (2, 5, 10, 20)
PER_PAGE = 12
MOST_LETTERS = 100
MOST_WORDS = 8
MOST_PAGE = 10_000
MOST_AMOUNT = 1_000_000_000
MILLION = 1_000_000

_of = LISTINGS.c


@dataclass(frozen=True)
class Search:
    """What to look for; an empty part means anything. Amounts are VND a month, `within` is in kilometres.

    `wrong` names the parts that were typed and aren't understood; they are left out.
    """

    text: str = ""
    kind: str = ""
    park: str = ""
    ward: str = ""
    least: int | None = None
    most: int | None = None
    near: str = ""
    within: int | None = None
    sort: str = "newest"
    page: int = 1
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything but the kind was asked for."""
        return any((self.text, self.park, self.ward, self.least, self.most, self.near, self.wrong))

    def to_query(self, **changes: Any) -> dict[str, str]:
        """Return the search as parameters of an address, with changes; what says nothing is left out."""
        given = {
            "q": self.text, "kind": self.kind, "park": self.park, "ward": self.ward,
            "least": self.least, "most": self.most, "near": self.near, "within": self.within,
            "sort": self.sort if self.sort != "newest" else "", "page": self.page if self.page > 1 else "",
        }  # fmt: skip
        return {name: str(value) for name, value in (given | changes).items() if value}


class Found(NamedTuple):
    """One page of what was found; `distances` are whole kilometres by listing, where a place was named."""

    listings: list[Listing]
    count: int
    page: int
    pages: int
    distances: Mapping[str, int]


class Counted(NamedTuple):
    """How many jobs and homes there are."""

    jobs: int = 0
    homes: int = 0


def read_search(given: Mapping[str, str]) -> Search:
    """Return the search that an address asks for; what isn't known is left out, never refused."""
    least, least_wrong = _read_amount(given.get("least", ""))
    most, most_wrong = _read_amount(given.get("most", ""))
    near = _known(given.get("near"), PLACES)
    within = given.get("within", "")
    sort = _known(given.get("sort"), SORTS) or ("near" if near else "newest")
    page = given.get("page", "")
    return Search(
        text=given.get("q", "").replace("\0", "")[:MOST_LETTERS].strip(),
        kind=_known(given.get("kind"), KINDS),
        park=_known(given.get("park"), PARKS),
        ward=_known(given.get("ward"), WARDS),
        least=least,
        most=most,
        near=near,
        within=int(within) if near and within in {str(one) for one in DISTANCES} else None,
        sort="newest" if sort == "near" and not near else sort,
        page=min(int(page), MOST_PAGE) if re.fullmatch(r"[0-9]{1,6}", page) and int(page) else 1,
        wrong=tuple(name for name, wrong in (("least", least_wrong), ("most", most_wrong)) if wrong),
    )


def find_amount(typed: str) -> int | None:
    """Return the VND meant by 9.000.000, 9,5 triệu, 9tr or plain 9; None for nothing or nonsense."""
    text = fold(typed).strip().removesuffix("vnd").removesuffix("d").strip()
    if millions := re.fullmatch(r"([0-9]{1,3})(?:[.,]([0-9]))?(?:\s*(?:trieu|tr|m))?", text):
        return int(millions[1]) * MILLION + int(millions[2] or 0) * MILLION // 10
    if re.fullmatch(r"[0-9]{1,3}([., ][0-9]{3})*|[0-9]{4,10}", text):
        amount = int(re.sub(r"[., ]", "", text))
        return amount if amount <= MOST_AMOUNT else None
    return None


class SearchStore:
    """Looks among the listings that are open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, search: Search, now: int) -> Found:
        """Return the page that was asked for, or the last where there are fewer."""
        conditions = _conditions(search, now)
        counting = sa.select(sa.func.count()).select_from(LISTINGS).where(*conditions)
        with self._database.reading() as connection:
            count = connection.execute(counting).scalar_one()
            pages = max(1, -(-count // PER_PAGE))
            page = min(search.page, pages)
            looking = _ordered(sa.select(*LISTING_COLUMNS).where(*conditions), search)
            rows = connection.execute(looking.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
            listings = [to_listing(row) for row in rows]
        return Found(listings, count, page, pages, _distances(listings, search.near))

    def count_places(self, search: Search, now: int) -> dict[str, Counted]:
        """Return how many there are by each park, and in each ward: every listing has a ward."""
        conditions = _conditions(search, now)
        counts: dict[str, Counted] = {}
        with self._database.reading() as connection:
            for place_of in (_of.park, _of.ward):
                counting = sa.select(place_of, _of.kind, sa.func.count()).where(
                    *conditions, place_of.is_not(None)
                )
                for place, kind, count in connection.execute(counting.group_by(place_of, _of.kind)):
                    counts[place] = counts.get(place, Counted())._replace(**{f"{kind}s": count})
        return counts

    def list_similar(self, listing: Listing | None, now: int, most: int = 4) -> list[Listing]:
        """Return open listings of the same kind, nearest first; the newest where there is none to go by."""
        near = (listing.position if listing else None) or ""
        search = Search(kind=listing.kind if listing else "", near=near, sort="near" if near else "newest")
        conditions = _conditions(search, now)
        if listing:
            conditions.append(_of.id != listing.id)
        with self._database.reading() as connection:
            rows = connection.execute(
                _ordered(sa.select(*LISTING_COLUMNS).where(*conditions), search).limit(most)
            )
            return [to_listing(row) for row in rows]


def _conditions(search: Search, now: int) -> list[sa.ColumnElement[bool]]:
    conditions = [_of.state == "open", _of.expires_at > now]
    if search.kind:
        conditions.append(_of.kind == search.kind)
    if search.park:
        conditions.append(_of.park == search.park)
    if search.ward:
        conditions.append(_of.ward == search.ward)
    if search.least is not None:
        conditions.append(_of.amount_to >= search.least)
    if search.most is not None:
        conditions.append(_of.amount_from <= search.most)
    if search.within is not None:
        near = [place for place in PLACES if measure(search.near, place) <= search.within]
        conditions.append(_of.position.in_(near))
    words = fold(search.text).split()[:MOST_WORDS]
    conditions += [_of.search_key.contains(word, autoescape=True) for word in words]
    return conditions


def _ordered(selecting: sa.Select[Any], search: Search) -> sa.Select[Any]:
    last = (_of.published_at.desc(), _of.id)
    if search.sort == "high":
        return selecting.order_by(_of.amount_to.desc(), *last)
    if search.sort == "low":
        return selecting.order_by(_of.amount_from, *last)
    if search.sort == "near" and search.near in PLACES:
        distances = {place: sa.literal(measure(search.near, place), sa.Float) for place in PLACES}
        return selecting.order_by(
            sa.case(distances, value=_of.position, else_=sa.literal(1e6, sa.Float)), *last
        )
    return selecting.order_by(*last)


def _distances(listings: list[Listing], near: str) -> dict[str, int]:
    if not near:
        return {}
    return {one.id: round_up(measure(near, one.position)) for one in listings if one.position in PLACES}


def _read_amount(typed: str) -> tuple[int | None, bool]:
    amount = find_amount(typed)
    return amount, bool(typed.strip()) and amount is None


def _known(given: str | None, choices: object) -> str:
    return given if given in choices else ""
