"""The pages in this process, on both databases: who may do what, and what comes of strange requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from examples.jobs_housing.app import create_app
from examples.jobs_housing.database import SETTING, Database
from examples.jobs_housing.illustrations import draw
from examples.jobs_housing.letting_go import let_go_of
from examples.jobs_housing.listings import Listing
from examples.jobs_housing.parts import CLIENT_ID, PARTS, Parts
from examples.relying_party.sign_in import SignedIn
from tests.examples.jobs_housing.listing_making import make_draft, make_open

TAX_CODE = "4601001213"
SignIn = Callable[..., FlaskClient]
ABOUT = {"title": "Phòng trọ khép kín", "summary": "Có gác xép và chỗ để xe"}
NASTY = '"><svg onload=alert(1)>{{7*7}}'


@pytest.fixture
def app(jobs_database: Database, tmp_path: Path) -> Iterator[Flask]:
    credentials = tmp_path / "demo.json"
    credentials.write_text(
        '{"clients": {"jobs-housing": {"client_id": "jobs-housing", "client_secret": "s"}}}'
    )
    url = jobs_database.engine.url.render_as_string(hide_password=False)
    made = create_app(
        {
            "DEMO_ISSUER": "http://127.0.0.1:9",
            "DEMO_CREDENTIALS": str(credentials),
            "DEMO_DATA_DIR": str(tmp_path),
            SETTING: url,
        }
    )
    made.config.update(WTF_CSRF_ENABLED=False)
    yield made
    parts: Parts = made.extensions[PARTS]
    parts.answering.wait()
    parts.database.close()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return browsers at which somebody is signed in to post."""

    def at(
        sub: str,
        acr: str = "LoA2",
        scopes: tuple[str, ...] = ("openid", "phone"),
        came_at: int = 2**40,
        **claims: Any,
    ) -> FlaskClient:
        told = {"name": "Hoàng Thị Hiền", "phone_number_verified": True, "represents": [], **claims}
        person = SignedIn(
            CLIENT_ID, sub, told, {"acr": acr, "iat": came_at}, scopes, scopes, "", "an ID token"
        )
        client = app.test_client()
        parts: Parts = app.extensions[PARTS]
        parts.visits._memory.set(f"visit-{sub}", {CLIENT_ID: person}, 3600)
        with client.session_transaction() as session:
            session["visit"] = f"visit-{sub}"
        return client

    return at


def organisation(role: str = "clerk") -> dict[str, Any]:
    return {"represents": [{"name": "May Chè Xanh", "tax_code": TAX_CODE, "role": role}]}


def store_of(app: Flask) -> Parts:
    parts: Parts = app.extensions[PARTS]
    return parts


def find(app: Flask, listing_id: str) -> Listing:
    found = store_of(app).listings.find(listing_id)
    assert found
    return found


def begin(client: FlaskClient, kind: str = "home", name: str = "self") -> str:
    """Begin a draft; return its id."""
    answer = client.post("/post/new", data={"kind": kind, "name": name})
    assert answer.status_code == 303, answer.text
    return str(answer.location).split("/")[2]


def test_a_home_is_posted_from_the_first_step_to_the_last(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hien")
    listing_id = begin(client)
    for step, typed in (
        ("about", ABOUT),
        ("where", {"ward": "05890", "park": ""}),
        ("amount", {"amount_from": "1,2tr", "places": "3"}),
        ("details", {"details": "Một\n\nHai"}),
    ):
        assert client.post(f"/post/{listing_id}/{step}", data=typed).status_code == 303, step
    client.post(f"/post/{listing_id}/publish")
    listing = find(app, listing_id)
    assert (listing.state, listing.details, listing.position) == ("open", ("Một", "Hai"), "05890")
    assert listing.tax_code is None and not listing.is_identity_verified
    page = app.test_client().get(f"/listings/{listing_id}")
    assert page.status_code == 200 and "mark_organisation" not in page.text


# Claims, and what is asked with them
NOT_THEIRS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "job", "self"),
    ({}, "job", TAX_CODE),
    ({}, "home", TAX_CODE),
    (organisation("reader"), "job", TAX_CODE),
    (organisation(), "job", "self"),
    (organisation(), "job", "4601011349"),
    ({"phone_number_verified": False}, "home", "self"),
    ({"name": ""}, "home", "self"),
    ({}, "home", ""),
)


def test_nobody_posts_in_a_name_that_is_not_theirs(app: Flask, sign_in: SignIn) -> None:
    for claims, kind, name in NOT_THEIRS:
        client = sign_in("hien", **claims)
        answer = client.post("/post/new", data={"kind": kind, "name": name})
        assert answer.status_code == 422, (claims, kind, name)
    assert store_of(app).listings.list_posted("hien", []) == []


def test_weaker_sign_ins_are_led_to_a_stronger_one(app: Flask, sign_in: SignIn) -> None:
    draft = make_draft(store_of(app).database, sub="hien")
    for client in (sign_in("hien", acr="LoA1"), sign_in("hien", scopes=("openid",)), app.test_client()):
        answer = client.get("/post/new?kind=job")
        assert (answer.status_code, answer.location) == (
            303, "/sign-in?next=/post/new?kind%3Djob&for=hiring",
        )  # fmt: skip
        assert client.post(f"/post/{draft.id}/publish").status_code == 303
    assert find(app, draft.id).state == "draft"


def test_what_the_provider_said_hours_ago_is_asked_again(app: Flask, sign_in: SignIn) -> None:
    draft = make_draft(store_of(app).database, sub="hien")
    for age, reads, writes in ((3000, 200, 303), (5000, 303, 303), (8000, 303, 303)):
        client = sign_in("hien", came_at=int(time.time()) - age)
        assert client.get(f"/post/{draft.id}/about").status_code == reads, age
        assert (
            client.post(f"/post/{draft.id}/about", data={**ABOUT, "title": f"Tên mới {age}"}).status_code
            == writes
        )
    changed = find(app, draft.id)
    assert changed.title == "Tên mới 5000", "what was being written went through, and no more after that"


def test_a_name_that_is_taken_back_leaves_no_listing_of_it(app: Flask, sign_in: SignIn) -> None:
    """The provider says it by an event; a sign-in that is still open is worth nothing either."""
    parts, at = store_of(app), int(time.time())
    own, named = make_open(parts.database, sub="hien"), make_open(parts.database, sub="hien")
    parts.listings.change(named, {"tax_code": TAX_CODE}, at)
    client = sign_in("hien", came_at=at - 60, **organisation())
    assert client.get(f"/post/{own.id}").status_code == 200
    with parts.database.writing() as connection:
        let_go_of(connection, parts.people, "hien", ["name"], at, at)
    assert find(app, own.id).state == "deleted" and find(app, own.id).offered_by == ""
    assert find(app, named.id).state == "open", "what an organisation posted is the organisation's"
    assert client.get("/post/new?kind=home").location.startswith("/sign-in?")
    assert client.post("/post/new", data={"kind": "home", "name": "self"}).status_code == 303
    assert parts.listings.list_posted("hien", []) == []


def test_a_verified_name_that_is_taken_back_takes_its_mark_along(app: Flask) -> None:
    parts = store_of(app)
    own = make_open(parts.database, sub="hien", is_identity_verified=1)
    assert own.is_identity_verified
    with parts.database.writing() as connection:
        let_go_of(connection, parts.people, "hien", ["verified_claims/name"], 2**40, 2**40)
    left = find(app, own.id)
    assert left.state == "open" and not left.is_identity_verified


def test_what_is_anothers_is_not_found(app: Flask, sign_in: SignIn) -> None:
    database = store_of(app).database
    shown, draft = make_open(database, sub="hien"), make_draft(database, sub="hien")
    store_of(app).pictures.add(draft.id, draw("room", "x"), "Phòng có cửa sổ", 0)
    [picture] = store_of(app).pictures.list_of(draft.id)
    other = sign_in("minh", **organisation())
    for listing in (shown, draft):
        for path in ("", "/about", "/where", "/amount", "/details", "/pictures", "/delete"):
            assert other.get(f"/post/{listing.id}{path}").status_code == 404, path
        for path in (
            "about",
            "publish",
            "renew",
            "close",
            "delete",
            "pictures",
            f"pictures/{picture.id}/remove",
        ):
            assert other.post(f"/post/{listing.id}/{path}", data=ABOUT).status_code == 404, path
    own = make_draft(database, sub="minh")
    other.post(f"/post/{own.id}/pictures/{picture.id}/remove")
    assert other.get(f"/pictures/{picture.id}").status_code == 404
    assert sign_in("hien").get(f"/pictures/{picture.id}/small").status_code == 200
    assert find(app, shown.id).state == "open" and store_of(app).pictures.list_of(draft.id) == [picture]


def test_the_mark_is_as_new_as_the_last_change(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("tuyen", **organisation())
    listing_id = begin(client, "job", TAX_CODE)
    store = store_of(app).listings
    store.change(find(app, listing_id), {"verified_at": 1, "offered_by": "Tên cũ"}, 1)
    client.post(f"/post/{listing_id}/about", data=ABOUT)
    listing = find(app, listing_id)
    assert listing.offered_by == "May Chè Xanh" and (listing.verified_at or 0) > 1
    gone = sign_in("tuyen", represents=[])
    assert gone.post(f"/post/{listing_id}/about", data=ABOUT).status_code == 404, "who speaks for it no more"


def test_words_of_people_are_words_on_every_page(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hien", name=NASTY)
    listing_id = begin(client)
    client.post(f"/post/{listing_id}/about", data={"title": NASTY, "summary": NASTY})
    client.post(f"/post/{listing_id}/where", data={"ward": "05890"})
    client.post(f"/post/{listing_id}/amount", data={"amount_from": "1tr", "places": "1"})
    client.post(f"/post/{listing_id}/details", data={"details": f"{NASTY}\n=HYPERLINK(1)\n@x"})
    store_of(app).pictures.add(listing_id, draw("room", "x"), NASTY, 0)
    client.post(f"/post/{listing_id}/publish")
    paths = (
        "/", f"/?q={NASTY}&least={NASTY}&most={NASTY}", f"/listings/{listing_id}",
        f"/listings/{listing_id}/report", "/post", f"/post/{listing_id}", f"/post/{listing_id}/about",
        f"/post/{listing_id}/details", f"/post/{listing_id}/pictures", f"/post/{listing_id}/delete",
        f"/map?q={NASTY}",
    )  # fmt: skip
    for path in paths:
        page = client.get(path)
        assert page.status_code == 200, path
        document = html.document_fromstring(page.data)
        assert not document.xpath("//*[@onload]") and "49" not in document.xpath("string(//h1)"), path
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


STRANGE = (
    "/?page=0", "/?page=99999999999", "/?page=%FF", "/?q=%00", "/?q=" + "x" * 3000, "/?near=x&within=1e9",
    "/?least=%F0%9F%98%80&most=-1", "/map?kind=%00&park=..", "/?sort=';DROP TABLE listings",
    "/listings/%00", "/listings/..%2f..%2fetc%2fpasswd", "/listings/" + "a" * 200, "/listings/CON.txt",
    "/listings/a%0d%0ab", "/listings/x/report", "/listings/x/apply", "/pictures/%00",
    "/pictures/..%2f..%2fx/small", "/pictures/x/large", "/post/new?kind=x", "/post/x/unknown",
)  # fmt: skip


def test_no_address_ends_in_an_error_of_ours(app: Flask, sign_in: SignIn) -> None:
    for client in (app.test_client(), sign_in("hien")):
        for path in STRANGE:
            assert client.get(path).status_code < 500, path
            assert client.post(path, data={"kind": "x", "title": "\0"}).status_code < 500, path


def test_what_is_gone_leads_on(app: Flask, sign_in: SignIn) -> None:
    listing = make_open(store_of(app).database, sub="hien", ward="05890")
    store_of(app).listings.delete(listing, 0)
    client = app.test_client()
    for path, status in ((f"/listings/{listing.id}", 410), ("/listings/chua-tung-co", 404)):
        page = client.get(path)
        assert page.status_code == status
        links = html.document_fromstring(page.data).xpath("//*[contains(@class, 'similar')]//a/@href")
        assert links and all(client.get(link).status_code == 200 for link in links)
    assert client.get("/listings/").location == "/"
    draft = make_draft(store_of(app).database, sub="hien")
    assert client.get(f"/listings/{draft.id}").status_code == 404
    assert sign_in("hien").get(f"/listings/{draft.id}").location == f"/post/{draft.id}"


def test_an_empty_search_says_what_to_try(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/?q=khongcogi&park=diem-thuy&least=9tr&near=05890&within=2")
    links = html.document_fromstring(page.data).xpath("//*[@id='nothing']//a/@href")
    assert len(links) == 5 and all(client.get(link).status_code == 200 for link in links)


def test_every_link_of_the_map_finds_as_many_as_it_says(app: Flask) -> None:
    client = app.test_client()
    document = html.document_fromstring(client.get("/map").data)
    places = document.xpath("//*[@id='places']//a")
    assert len(places) > 15
    for place in places:
        said = sum(
            int(word) for word in place.xpath("string(.//*[@class='small'])").split() if word.isdigit()
        )
        found = html.document_fromstring(client.get(place.get("href")).data)
        assert found.get_element_by_id("count").text_content().split()[1] == str(said), place.get("href")
    marks = document.xpath("//*[contains(@class, 'map-mark')]/@aria-label")
    assert len(marks) == len(places) and all(": " in mark for mark in marks)


def test_of_two_who_publish_at_once_one_does(app: Flask, sign_in: SignIn) -> None:
    draft = make_draft(store_of(app).database, sub="hien")
    done: list[bool] = []
    threads = [
        threading.Thread(target=lambda: done.append(store_of(app).listings.publish(draft, 2**31)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 5 + [True]


def test_a_database_that_is_away_is_said_in_plain_words(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("hien")
    assert client.get("/").status_code == 200

    engine = store_of(app).database.engine
    engine.dispose()
    error = engine.dialect.dbapi.OperationalError  # type: ignore[union-attr]

    def fail(*_: object) -> None:
        raise error("away")

    monkeypatch.setattr(engine.pool, "_creator", fail)
    for path in ("/", "/map", "/me", "/post", "/listings/phong-tro-van-xuan"):
        answer = client.get(path)
        assert (answer.status_code, "database_busy" in answer.text) == (503, True), path
        assert "đã nhập vẫn còn" in answer.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_page_is_there_in_each_language(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hien", **organisation())
    own = make_open(store_of(app).database, sub="hien")
    paths = (
        "/", "/map", f"/listings/{own.id}", f"/listings/{own.id}/report", "/post", "/post/new?kind=job",
        f"/post/{own.id}", f"/post/{own.id}/about", f"/post/{own.id}/where", f"/post/{own.id}/amount",
        f"/post/{own.id}/details", f"/post/{own.id}/pictures", f"/post/{own.id}/delete", "/listings/x",
    )  # fmt: skip
    for language in ("vi", "en", "ko"):
        client.post("/language", data={"language": language})
        for path in paths:
            page = client.get(path)
            assert page.status_code in (200, 404) and f'<html lang="{language}">' in page.text, path
