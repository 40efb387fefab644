"""An employment card: shown, printed, and checked by a stranger's phone, with a network and without one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Route, expect

from oidc.credentials import status_list
from tests.flows.accessibility import look_at
from tests.flows.chromium import DESKTOP, STEP_MILLISECONDS, Window, pass_through, running_chromium
from tests.flows.test_identity import HEIGHT, WIDTH, film_of
from tests.flows.work_card import DAY, Work, altered, check, forger, running_work, visit
from tests.person import Browser, Person
from tnid import clock
from tnid.employment.card_status import BLOCK
from tnid.employment.cards import CARD_FIELDS
from tnid.qr.image import png

MILLIMETRE = 96 / 25.4
AN_SIGNS_IN = Person("an", "chè xanh búp tím 2 nương")


@pytest.fixture(scope="session")
def chromium(whole_chromium: Chromium) -> Chromium:
    return whole_chromium


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    with running_work(tmp_path_factory.mktemp("work-card")) as running:
        yield running


@pytest.fixture
def stranger(chromium: Chromium) -> Iterator[BrowserContext]:
    """The phone of somebody whom a card is shown to."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    context.set_default_timeout(STEP_MILLISECONDS)
    yield context
    context.close()


def test_without_a_network_each_card_is_told_for_what_it_is(stranger: BrowserContext, work: Work) -> None:
    uri = work.services.employment_cards.addresses.status
    cards = {
        "valid": work.live,
        "revoked": work.ended,
        "altered": altered(work.live),
        "unknown_key": work.sign(forger()),
        "expired": work.sign(exp=clock.now() - 1),
        "no_status": work.sign(status={"status_list": {"idx": BLOCK, "uri": uri}}),
        "unreadable": "xin-chao",
    }
    page = visit(stranger, work)
    stranger.set_offline(True)
    assert {name: check(page, work, text) for name, text in cards.items()} == {name: name for name in cards}
    assert page.locator("[data-name]").count() == 0, "what isn't ours is not shown"
    check(page, work, cards["valid"])
    assert page.locator("[data-name]").inner_text() == "Nguyễn Văn An"
    assert page.locator(".work-card-line").count() == len(CARD_FIELDS)
    assert "#" not in page.url, "the card stays in nobody's history"
    page.reload()
    expect(page.locator("#card_verdict"), "nor is it lost").to_have_attribute("data-verdict", "valid")


def test_what_this_device_holds_grows_old(stranger: BrowserContext, work: Work) -> None:
    page = visit(stranger, work)
    stranger.set_offline(True)
    now = clock.now()
    found = {}
    for days in (0.5, 2, 8, -1):
        page.clock.set_fixed_time(now + days * DAY)
        found[days] = (check(page, work, work.live), page.locator("#list_age").get_attribute("class") or "")
    assert found == {
        0.5: ("valid", ""),
        2: ("aged", "care"),
        8: ("no_status", "bad"),
        -1: ("clock", ""),
    }
    page.clock.set_fixed_time(now + 8 * DAY)
    assert check(page, work, work.ended) == "revoked", "what an old list calls ended stays ended"


def test_an_older_list_from_the_network_takes_nothing_back(stranger: BrowserContext, work: Work) -> None:
    page = visit(stranger, work)
    uri, now = work.services.employment_cards.addresses.status, clock.now()
    older = status_list.issue(
        work.services.keyring, uri, status_list.pack((), BLOCK), ttl=60, lifetime=8 * DAY, now=now - DAY
    )
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=older)

    stranger.route("**/work/card/status", answer)
    page.clock.set_fixed_time(now + 120)
    assert check(page, work, work.ended) == "revoked"
    # What is held may be judged by before the answer is there
    while not asked:
        page.wait_for_timeout(50)
    assert check(page, work, work.ended) == "revoked"


def test_a_strangers_words_become_no_markup(stranger: BrowserContext, work: Work) -> None:
    evil = "<img src=x onerror=document.title='oh'>"
    claims = {"name": evil, "job_title": evil, "employer": {"name": evil, "tax_code": evil}}
    page = visit(stranger, work)
    assert check(page, work, work.sign(claims=claims)) == "valid"
    assert page.locator("[data-name]").inner_text() == evil
    assert page.locator("#card_result img[src='x']").count() == 0 and "oh" not in page.title()[:3]


@pytest.fixture
def own(chromium: Chromium, work: Work) -> Iterator[Window]:
    """An, signed in at a desk; what the browser or axe-core complains of fails the test."""
    opened = Window(chromium, scripts=True, size=DESKTOP)
    opened.open(f"{work.provider.issuer}/account/work/card/{work.live_id}")
    pass_through(opened, AN_SIGNS_IN)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


def codes_in(place: Locator) -> str:
    """Return what a camera reads there."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(place.screenshot())))
    return str(found.text)


def test_the_card_is_shown_printed_and_read_off_paper(own: Window, work: Work) -> None:
    address = own.page.locator("#card_code").get_attribute("data-address")
    assert address and address.startswith(f"{work.provider.issuer}/work/card#ey")
    assert codes_in(own.page.locator("#card_code")) == address
    own.page.emulate_media(media="print")
    for part, width, height in (("small_card", 171.2, 54), ("large_card", 105, 148)):
        box = own.page.locator(f"#{part}").bounding_box()
        assert box and abs(box["width"] - width * MILLIMETRE) < 1
        assert abs(box["height"] - height * MILLIMETRE) < 1
    for body in own.page.locator(".work-card-sheet :is(.work-card, .work-card-body)").all():
        assert body.evaluate("one => one.scrollHeight <= one.clientHeight + 1"), "nothing is cut off"


def test_what_others_see_leaves_nobody_out(own: Window) -> None:
    own.click("card_check")
    own.page.locator("#card_verdict[data-verdict=valid]").wait_for()
    own.page.locator("#card_typed summary").click()
    assert own.page.locator("#card_typed").get_attribute("open") is not None
    own.complaints += look_at(own.page)
    assert own.complaints == []


@pytest.mark.parametrize(("part", "dots"), [("small_code", 300), ("large_code", 200)])
def test_its_code_is_read_off_paper_at_a_printers_worst(
    chromium: Chromium, own: Window, work: Work, part: str, dots: int
) -> None:
    """Print at a resolution that any office printer has, and take a picture of it that is none too sharp."""
    context = chromium.new_context(
        viewport={"width": 794, "height": 1123},
        device_scale_factor=dots / 96,
        storage_state=own.page.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{work.provider.issuer}/account/work/card/{work.live_id}")
    page.emulate_media(media="print")
    address = page.locator("#card_code").get_attribute("data-address")
    code = page.locator(f"#{part}")
    picture = Image.open(io.BytesIO(code.screenshot())).convert("L")
    (found,) = zxingcpp.read_barcodes(picture.rotate(7, fillcolor=255, expand=True))
    assert found.text == address
    context.close()


def test_the_pages_own_camera_reads_a_card_without_a_network(tmp_path: Path, work: Work) -> None:
    address = f"{work.provider.issuer}/work/card#{work.live}"
    picture = Image.new("L", (WIDTH, HEIGHT), 200)
    picture.paste(Image.open(io.BytesIO(png(address, "L", 5))).convert("L"), (200, 5))
    film = film_of(picture, tmp_path / "card.y4m")
    camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    with running_chromium(*camera, f"--use-file-for-fake-video-capture={film}", whole=True) as running:
        context = running.new_context(viewport={"width": 360, "height": 740})
        context.set_default_timeout(STEP_MILLISECONDS)
        page = visit(context, work)
        # What reads a picture is fetched once the page is kept, where the browser can't
        page.wait_for_load_state("networkidle")
        context.set_offline(True)
        page.locator("#scan_start").click()
        page.locator("#card_verdict[data-verdict=valid]").wait_for()
        assert page.locator("#scan_start").is_visible(), "for the next card"
        context.close()


def test_without_scripts_the_text_is_checked_by_the_server(work: Work) -> None:
    with Browser() as browser:
        page = browser.open(f"{work.provider.issuer}/work/card")
        assert page.get("card_typed").get("open") is not None, "the one way there is"
        assert page.get("card_private").get("hidden") is not None, "the text is sent to the server"
        for text, expected in ((work.live, "valid"), (work.ended, "revoked"), ("xin chào", "unreadable")):
            page = browser.submit("check_submit", {"card_text": f"{work.provider.issuer}/work/card#{text}"})
            assert page.get("card_verdict").get("data-verdict") == expected
    assert work.live[:200] not in work.provider.log.read_text()
