"""What a search finds: words, filters, distances, orders and pages, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from examples.jobs_housing.database import Database
from examples.jobs_housing.listings import DAY, LIFETIME_DAYS, ListingStore
from examples.jobs_housing.places import PARK_PLACES, PLACES, measure, round_up
from examples.jobs_housing.search import PER_PAGE, Search, SearchStore, find_amount, read_search
from tests.examples.jobs_housing.listing_making import NOW, make_draft, make_open

JOB: dict[str, Any] = {"kind": "job", "amount_from": 9_000_000, "amount_to": 9_000_000}


@pytest.fixture
def store(jobs_database: Database) -> SearchStore:
    return SearchStore(jobs_database)


def ids(store: SearchStore, search: Search, now: int = NOW) -> list[str]:
    return [listing.id for listing in store.search(search, now).listings]


def test_words_are_found_with_and_without_diacritics_in_any_order(
    store: SearchStore, jobs_database: Database
) -> None:
    found = make_open(jobs_database, title="Phòng trọ gần Điềm Thụy", ward="05941")
    make_open(jobs_database, title="Căn hộ 52 m² cho gia đình")
    for text in ("phòng trọ", "PHONG TRO", "tro phong", "điềm", "diem thuy tro", "gac xep diem"):
        assert ids(store, Search(text=text)) == [found.id], text
    assert ids(store, Search(text="phong tro ga-ra")) == []


def test_signs_are_letters_like_any_other(store: SearchStore, jobs_database: Database) -> None:
    make_open(jobs_database)
    for text in ("%", "_", "/", "\\", "'", "' OR 1=1 --", '"', "<script>", "%%", "[a-z]"):
        assert ids(store, Search(text=text)) == []
        marked = make_open(jobs_database, details=(f"Ghi chú {text} ở đây",))
        assert ids(store, Search(text=text)) == [marked.id]
        ListingStore(jobs_database).close(marked, NOW)


def test_only_what_is_open_is_found(store: SearchStore, jobs_database: Database) -> None:
    listings = ListingStore(jobs_database)
    make_draft(jobs_database)
    closed, taken, deleted, shown = (make_open(jobs_database) for _ in range(4))
    assert listings.close(closed, NOW)
    assert listings.take_down(taken.id, "lừa đảo", NOW)
    assert listings.delete(deleted, NOW)
    assert ids(store, Search()) == [shown.id]
    assert ids(store, Search(), NOW + LIFETIME_DAYS * DAY - 1) == [shown.id]
    assert ids(store, Search(), NOW + LIFETIME_DAYS * DAY) == []


def test_filters_narrow_by_kind_place_and_amount(store: SearchStore, jobs_database: Database) -> None:
    job = make_open(jobs_database, park="diem-thuy", ward="05941", **{**JOB, "amount_to": 12_000_000})
    home = make_open(jobs_database, park="diem-thuy", ward="05890", amount_from=900_000, amount_to=1_100_000)
    assert set(ids(store, Search(park="diem-thuy"))) == {job.id, home.id}
    assert ids(store, Search(park="diem-thuy", kind="home")) == [home.id]
    assert ids(store, Search(ward="05941")) == [job.id]
    assert ids(store, Search(least=12_000_000)) == [job.id], "a range that reaches it"
    assert ids(store, Search(least=12_000_001)) == []
    assert ids(store, Search(most=900_000)) == [home.id]
    assert ids(store, Search(most=899_999)) == []


def test_distance_is_from_where_a_job_or_a_home_is(store: SearchStore, jobs_database: Database) -> None:
    # In the park itself; and homes that say which park they are near to are where their ward is
    job = make_open(jobs_database, park="diem-thuy", ward="05941", **JOB)
    near = make_open(jobs_database, park="yen-binh-1", ward="05941")
    far = make_open(jobs_database, park="diem-thuy", ward="05443")
    found = store.search(read_search(MultiDict({"near": "diem-thuy"})), NOW)
    assert [listing.id for listing in found.listings] == [job.id, near.id, far.id]
    assert found.distances == {job.id: 1, near.id: 2, far.id: 16}
    assert ids(store, Search(near="diem-thuy", within=5, sort="near")) == [job.id, near.id]


def test_a_degree_of_latitude_is_111_km_and_of_longitude_less() -> None:
    assert measure("diem-thuy", "diem-thuy") == 0
    # Thượng Đình is 0.02° north of Điềm Thụy; Yên Bình (I) 0.03° east of the ward of Phổ Yên, on 21.43° N
    assert measure("thuong-dinh", "diem-thuy") == pytest.approx(0.02 * 111.195, abs=0.01)
    assert measure("yen-binh-1", "05860") == pytest.approx(0.03 * 111.195 * 0.93087, abs=0.01)
    assert all(measure(one, other) == measure(other, one) < 60 for one in PLACES for other in PARK_PLACES)
    assert [round_up(km) for km in (0, 0.2, 1.4, 3.6)] == [1, 1, 1, 4]


def test_orders(store: SearchStore, jobs_database: Database) -> None:
    old = make_open(jobs_database, at=NOW - DAY, amount_from=2_000_000, amount_to=3_000_000)
    new = make_open(jobs_database, at=NOW, amount_from=1_000_000, amount_to=4_000_000)
    cheap = make_open(jobs_database, at=NOW - 2 * DAY, amount_from=500_000, amount_to=600_000)
    assert ids(store, Search()) == [new.id, old.id, cheap.id]
    assert ids(store, Search(sort="high")) == [new.id, old.id, cheap.id]
    assert ids(store, Search(sort="low")) == [cheap.id, new.id, old.id]


def test_pages_show_each_listing_once(store: SearchStore, jobs_database: Database) -> None:
    made = {make_open(jobs_database, sub=f"sub-{number}").id for number in range(PER_PAGE + 3)}
    first, second = (store.search(Search(page=page), NOW) for page in (1, 2))
    assert (first.count, first.pages, len(second.listings)) == (PER_PAGE + 3, 2, 3)
    shown = [listing.id for listing in first.listings + second.listings]
    assert sorted(shown) == sorted(made)
    assert store.search(Search(page=99), NOW).page == 2, "the last where there are fewer"


def test_places_are_counted_by_park_and_ward(store: SearchStore, jobs_database: Database) -> None:
    make_open(jobs_database, park="diem-thuy", ward="05941", **JOB)
    make_open(jobs_database, park="diem-thuy", ward="05890")
    counts = store.count_places(Search(), NOW)
    assert counts == {"diem-thuy": (1, 1), "05941": (1, 0), "05890": (0, 1)}
    assert store.count_places(Search(kind="home"), NOW) == {"diem-thuy": (0, 1), "05890": (0, 1)}


def test_similar_ones_are_of_the_same_kind_and_nearest_first(
    store: SearchStore, jobs_database: Database
) -> None:
    one = make_open(jobs_database, ward="05890")
    far = make_open(jobs_database, ward="05443")
    near = make_open(jobs_database, ward="05860")
    make_open(jobs_database, ward="05890", **JOB)
    assert [listing.id for listing in store.list_similar(one, NOW)] == [near.id, far.id]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("9.000.000", 9_000_000), ("9,000,000", 9_000_000), ("9000000", 9_000_000), ("9 000 000", 9_000_000),
        ("9 triệu", 9_000_000), ("9tr", 9_000_000), ("9,5 triệu", 9_500_000), ("9.5tr", 9_500_000),
        ("9", 9_000_000), ("450.000 đ", 450_000), ("1.200.000 VND", 1_200_000), ("850000", 850_000),
        ("", None), ("abc", None), ("-5", None), ("9.00.000", None), ("99999999999", None), ("9e6", None),
        ("１２ triệu", None), ("1.000.000.001", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed: str, amount: int | None) -> None:
    assert find_amount(typed) == amount


def test_what_an_address_asks_for_is_read_or_left_out() -> None:
    given = {
        "q": " phòng \0", "kind": "x", "park": "y", "ward": "z", "least": "abc", "most": "2tr",
        "near": "nowhere", "within": "5", "sort": "near", "page": "-1",
    }  # fmt: skip
    search = read_search(MultiDict(given))
    assert search == Search(text="phòng", most=2_000_000)
    assert search.wrong == ("least",)
    assert search.to_query() == {"q": "phòng", "most": "2000000"}
    assert read_search(MultiDict({"page": "²"})).page == 1
    whole = Search("a", "job", "diem-thuy", "05941", 1, 2, "05890", 5, "low", 3)
    assert read_search(MultiDict(whole.to_query())) == Search(
        "a", "job", "diem-thuy", "05941", 1_000_000, 2_000_000, "05890", 5, "low", 3
    ), "an amount below a thousand is millions"
