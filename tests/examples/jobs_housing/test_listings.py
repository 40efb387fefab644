"""A listing's life: draft, open, closed, renewed, taken down, deleted; and what is typed into it."""

from __future__ import annotations

import tomllib

import pytest

from examples.jobs_housing import demonstration
from examples.jobs_housing.database import Database
from examples.jobs_housing.listings import DAY, LIFETIME_DAYS, MOST_DRAFTS, ListingStore
from examples.jobs_housing.pictures import PictureStore
from examples.jobs_housing.posters import Organisation, Poster, find_poster
from examples.jobs_housing.reports import MOST_OPEN, ReportStore
from examples.jobs_housing.search import Search, SearchStore
from examples.jobs_housing.typed import READERS, find_missing_steps, has_contact, tidy, to_form
from examples.relying_party.sign_in import SignedIn
from tests.examples.jobs_housing.listing_making import NOW, SUB, make_draft, make_open
from tests.servers.provider import ROOT


@pytest.fixture
def store(jobs_database: Database) -> ListingStore:
    return ListingStore(jobs_database)


def test_a_draft_is_published_once_it_is_whole(store: ListingStore) -> None:
    draft = store.begin("home", SUB, {"offered_by": "Cô Hiền"}, NOW)
    assert draft and find_missing_steps(draft) == ["about", "where", "amount"]
    assert not store.publish(draft, NOW), "the database itself refuses half a listing"
    store.change(draft, {"title": "Phòng trọ khép kín", "summary": "Có gác xép và chỗ để xe"}, NOW)
    store.change(store.find(draft.id) or draft, {"ward": "05890", "park": "yen-binh-2"}, NOW)
    store.change(
        store.find(draft.id) or draft, {"amount_from": 1_000_000, "amount_to": 1_000_000, "places": 2}, NOW
    )
    whole = store.find(draft.id)
    assert whole and find_missing_steps(whole) == [] and whole.position == "05890"
    assert store.publish(whole, NOW)
    assert not store.publish(whole, NOW), "once"


def test_a_listing_is_closed_and_renewed_and_ends_by_itself(
    store: ListingStore, jobs_database: Database
) -> None:
    listing = make_open(jobs_database)
    end = NOW + LIFETIME_DAYS * DAY
    assert listing.is_open(end - 1) and listing.has_expired(end)
    assert not store.renew(listing, NOW + DAY), "not while most of its time is left"
    assert store.renew(listing, end + 3 * DAY)
    renewed = store.find(listing.id)
    assert renewed and renewed.is_open(end + 3 * DAY + LIFETIME_DAYS * DAY - 1)
    assert store.close(renewed, NOW) and not store.close(renewed, NOW)
    closed = store.find(listing.id)
    assert closed and store.renew(closed, NOW)


def test_a_change_is_found_by_its_new_words(store: ListingStore, jobs_database: Database) -> None:
    listing = make_open(jobs_database, title="Phòng trọ khép kín")
    assert store.change(listing, {"title": "Căn hộ mới xây"}, NOW + 5)
    search = SearchStore(jobs_database)
    assert search.search(Search(text="can ho moi"), NOW + 5).count == 1
    assert search.search(Search(text="khep kin"), NOW + 5).count == 0


def test_what_is_deleted_leaves_its_place_and_nothing_else(
    store: ListingStore, jobs_database: Database
) -> None:
    listing = make_open(jobs_database)
    assert store.delete(listing, NOW)
    gone = store.find(listing.id)
    assert gone and (gone.state, gone.title, gone.offered_by, gone.posted_by, gone.details) == (
        "deleted", "", "", None, (),
    )  # fmt: skip
    assert gone.ward == "05890", "what similar ones are found by"
    assert not store.change(gone, {"title": "Quay lại"}, NOW)
    assert not store.renew(gone, NOW + 60 * DAY)
    draft = make_draft(jobs_database)
    assert store.delete(draft, NOW) and store.find(draft.id) is None


def test_what_was_taken_down_comes_back_only_by_a_moderator(
    store: ListingStore, jobs_database: Database
) -> None:
    listing = make_open(jobs_database)
    assert store.take_down(listing.id, "Đòi tiền giữ chỗ", NOW)
    down = store.find(listing.id)
    assert down and down.note == "Đòi tiền giữ chỗ"
    assert not store.change(down, {"title": "Khác"}, NOW)
    assert not store.renew(down, NOW + 60 * DAY) and not store.publish(down, NOW)
    assert store.restore(listing.id, NOW)
    back = store.find(listing.id)
    assert back and (back.state, back.note) == ("closed", None)


def test_drafts_are_bounded(store: ListingStore) -> None:
    made = [store.begin("home", SUB, {"offered_by": "Cô Hiền"}, NOW) for _ in range(MOST_DRAFTS + 1)]
    assert made[-1] is None and all(made[:-1])
    assert store.begin("home", "another", {"offered_by": "Chú Thành"}, NOW)


def test_saving_twice_is_saving_once(store: ListingStore, jobs_database: Database) -> None:
    listing = make_open(jobs_database)
    store.save("lan", listing.id, NOW)
    store.save("lan", listing.id, NOW + 1)
    assert [one.id for one in store.list_saved("lan")] == [listing.id]
    store.save("lan", "khong-co", NOW)
    store.forget("lan", listing.id)
    assert store.list_saved("lan") == []


@pytest.mark.parametrize("name", ["", "x" * 81, "../../etc/passwd", "a\0b", "A", "%2e", "ä"])
def test_a_name_that_is_none_finds_nothing(store: ListingStore, jobs_database: Database, name: str) -> None:
    assert store.find(name) is None
    assert PictureStore(jobs_database).find_bytes(name, is_small=True) is None


def test_the_demonstration_keeps_to_its_own(store: ListingStore, jobs_database: Database) -> None:
    demonstration.load(jobs_database, NOW)
    posted = make_open(jobs_database)
    first = store.find("phong-tro-van-xuan")
    assert store.take_down("phong-tro-diem-thuy", "thử", NOW)
    demonstration.load(jobs_database, NOW + DAY)
    again, down = store.find("phong-tro-van-xuan"), store.find("phong-tro-diem-thuy")
    assert first and again and again.published_at == first.published_at
    assert down and down.state == "taken_down", "a moderator's word outlasts a restart"
    assert store.find(posted.id) == posted
    pictures = PictureStore(jobs_database).list_of("phong-tro-van-xuan")
    assert len(pictures) == 2 and all(picture.description for picture in pictures)


def test_only_who_the_provider_knows_has_its_mark_in_the_demonstration(
    store: ListingStore, jobs_database: Database
) -> None:
    demonstration.load(jobs_database, NOW)
    employers = tomllib.loads((ROOT / "tnid/demo/employers.toml").read_text(encoding="utf-8"))["employer"]
    known = {one["tax_code"]: one["name"] for one in employers}
    search = SearchStore(jobs_database)
    found = [one for page in (1, 2, 3) for one in search.search(Search(page=page), NOW).listings]
    marked = {one.tax_code: one.offered_by for one in found if one.verified_at}
    assert marked == {code: known[code] for code in marked} and len(marked) >= 2


def test_every_home_of_the_demonstration_has_a_picture(jobs_database: Database) -> None:
    demonstration.load(jobs_database, NOW)
    search = SearchStore(jobs_database)
    homes = [one for page in (1, 2) for one in search.search(Search(kind="home", page=page), NOW).listings]
    first = PictureStore(jobs_database).list_first([home.id for home in homes])
    assert len(homes) >= 10 and {home.id for home in homes} == set(first)
    assert search.search(Search(), NOW).count >= 24


def test_reports_are_counted_and_settled(jobs_database: Database) -> None:
    listing = make_open(jobs_database)
    store = ReportStore(jobs_database)
    for _ in range(MOST_OPEN + 5):
        store.add(listing.id, "money", "Đòi tiền trước", NOW)
    assert len(store.list_open()) == MOST_OPEN
    assert store.settle(listing.id, NOW) == MOST_OPEN
    assert store.list_open() == []


@pytest.mark.parametrize(
    ("step", "typed", "wrong"),
    [
        ("about", {}, {"title": "short", "summary": "short"}),
        ("about", {"title": "x" * 91, "summary": "Vừa đủ dài để đọc"}, {"title": "long"}),
        ("about", {"title": "Gọi 0912 345 678 ngay", "summary": "Vừa đủ dài để đọc"}, {"title": "contact"}),
        ("about", {"title": "Phòng trọ đẹp", "summary": "Nhắn zalo cho cô Hiền nhé"}, {"summary": "contact"}),
        ("where", {"ward": "99999"}, {"ward": "choose"}),
        ("where", {"ward": "05890", "park": "x"}, {"park": "choose"}),
        ("amount", {}, {"amount_from": "amount", "places": "places"}),
        ("amount", {"amount_from": "2tr", "amount_to": "1tr", "places": "1"}, {"amount_to": "less"}),
        ("amount", {"amount_from": "2tr", "amount_to": "x", "places": "1"}, {"amount_to": "amount"}),
        ("amount", {"amount_from": "2tr", "places": "0"}, {"places": "places"}),
        ("amount", {"amount_from": "2tr", "places": "²"}, {"places": "places"}),
        ("amount", {"amount_from": "1", "places": "1"}, {}),
        ("details", {"details": "x\n" * 13}, {"details": "many_lines"}),
        ("details", {"details": "x" * 141}, {"details": "long_line"}),
        ("details", {"details": "Liên hệ hien@example.vn"}, {"details": "contact"}),
        ("details", {"details": ""}, {}),
    ],
)
def test_what_is_wrong_is_said_by_its_field(step: str, typed: dict[str, str], wrong: dict[str, str]) -> None:
    assert READERS[step]("home", typed).errors == wrong


@pytest.mark.parametrize(
    "text",
    ["Thưởng 800.000 đ", "Lương 8.500.000 - 12.000.000", "Ca 06:00 - 14:00", "Phòng 05, tầng 2, số 12",
     "TOPIK 5", "Hợp đồng 2026 - 2028", "1.000.000 đ cọc, 30 ngày báo trước"],
)  # fmt: skip
def test_amounts_and_hours_are_no_telephone(text: str) -> None:
    assert not has_contact(text)


@pytest.mark.parametrize(
    "text",
    ["0912345678", "gọi 0912.345.678", "+84 912 345 678", "0208 3855 123", "a@b.vn", "www.tro.vn", "Zalo"],
)
def test_contacts_are_seen(text: str) -> None:
    assert has_contact(text)


def test_what_hides_in_a_line_is_taken_out() -> None:
    assert tidy("  Phòng\u202e trọ\x1b[31m\tkhép\u200b  kín\r\nđẹp\0 ") == "Phòng trọ[31m khép kín đẹp"
    assert tidy("Phòng") == "Phòng", "composed"


def test_a_form_is_filled_in_with_what_was_typed(jobs_database: Database) -> None:
    draft = make_draft(jobs_database, details=("Một", "Hai"))
    form = to_form(draft)
    assert (form["amount_from"], form["amount_to"], form["details"]) == ("1.200.000", "1.400.000", "Một\nHai")
    for step, read in READERS.items():
        values = read(draft.kind, form).values
        assert all(getattr(draft, name) == value for name, value in values.items()), step


def signed_in(acr: str = "LoA2", scopes: tuple[str, ...] = ("openid", "phone"), **claims: object) -> SignedIn:
    return SignedIn("jobs-housing", SUB, claims, {"acr": acr}, scopes, scopes, "", "an ID token")


def test_who_may_post_is_what_the_provider_says() -> None:
    sewing = {"name": "May Sông Cầu", "tax_code": "4601001213", "role": "clerk", "domain": "may.example"}
    represents = [
        sewing, {**sewing, "tax_code": "4601011349", "role": "reader"}, {"role": "manager"}, "x", None,
        {"name": "", "tax_code": "1", "role": "manager"}, {"name": 5, "tax_code": "1", "role": "manager"},
    ]  # fmt: skip
    poster = find_poster(signed_in(represents=represents, phone_number_verified="true"))
    assert poster and poster.organisations == (Organisation("May Sông Cầu", "4601001213", "may.example"),)
    assert not poster.has_verified_phone, "a word isn't true"
    assert find_poster(None) is None
    assert find_poster(signed_in(acr="LoA1", represents=[sewing])) is None
    assert find_poster(signed_in(scopes=("openid",))) is None, "a sign-in for something else"
    for nonsense in ("x", {}, {"name": "a"}, 5):
        assert find_poster(signed_in(represents=nonsense)) is not None


def test_an_organisations_listing_is_whoevers_speaks_for_it_now(jobs_database: Database) -> None:
    listing = make_open(jobs_database, kind="job", amount_from=9_000_000, amount_to=9_000_000)
    store = ListingStore(jobs_database)
    own = Poster(SUB, "Hiền", (), True, False)
    colleague = Poster("other", "Minh", (Organisation("May", "4601001213", None),), False, False)
    assert own.manages(listing) and not colleague.manages(listing)
    store.change(listing, {"tax_code": "4601001213"}, NOW)
    named = store.find(listing.id)
    assert named and colleague.manages(named)
    assert not own.manages(named), "who doesn't speak for it any more has no hand in it"
    assert [one.id for one in store.list_posted("other", colleague.tax_codes)] == [listing.id]
