"""Confirming who one is in a real browser: by the camera, by a photo, without scripts, for others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser

from tests.flows.chromium import Window, pass_through, running_chromium
from tests.person import Person
from tests.province import Province

WIDTH, HEIGHT = 1280, 720
ADDRESS = "Tổ 5, Phường Gia Sàng, Thái Nguyên"
GIA_SANG = "05467"


def card_text(number: str) -> str:
    return f"{number}||Nguyễn Văn Thử|02011990|Nam|{ADDRESS}|01082024||||"


def picture_of(text: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    code = qrcode.QRCode(box_size=7, border=4)
    code.add_data(text)
    code.make()
    page = Image.new("L", size, 190)
    page.paste(code.make_image().get_image().convert("L"), (300, 60))
    return page


def film_of(picture: Image.Image, path: Path) -> Path:
    """Write a film in which the card is held still, as Chromium's fake camera plays it."""
    colours = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as film:
        film.write(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT))
        for _ in range(3):
            film.write(b"FRAME\n" + picture.tobytes() + colours)
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees a card."""
    path = tmp_path_factory.mktemp("film") / "card.y4m"
    film = film_of(picture_of(card_text("019090100001")), path)
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with running_chromium(*camera, whole=True) as running:
        yield running


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    opened = Window(chromium, scripts=True)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


@pytest.fixture
def plain_window(chromium: Browser) -> Iterator[Window]:
    opened = Window(chromium, scripts=False)
    yield opened
    opened.close()


def newcomer(province: Province) -> Person:
    """A person whose phone was verified, and nothing more."""
    return province.new_person(
        totp=False, identity_level=0, phone_number="+84912000111", phone_number_verified=True
    )


def sign_in(window: Window, province: Province, person: Person, path: str) -> None:
    window.open(f"{province.issuer}{path}")
    pass_through(window, person)


def test_the_camera_reads_the_card(window: Window, province: Province) -> None:
    sign_in(window, province, newcomer(province), "/account/identity")
    loaded: list[str] = []
    window.page.on("request", lambda request: loaded.append(request.url))
    window.click("identity_scan")
    window.page.wait_for_load_state()
    assert not [address for address in loaded if "zxing" in address], "nothing before the person taps"
    window.click("scan_start")
    window.page.wait_for_url("**/account/identity/details")
    assert [address for address in loaded if address.endswith("zxing_reader.wasm")]
    assert window.page.locator("#number").input_value() == "019090100001"
    assert window.page.locator("#ward").input_value() == GIA_SANG
    window.click("identity_submit")
    assert "Nguyễn Văn Thử" in window.text_of("verified_facts")
    assert "•••••••••001" in window.text_of("verified_facts")
    assert not [address for address in loaded if "019090100001" in address]
    assert {address.partition("/account")[0] for address in loaded if "/account" in address} == {
        province.issuer
    }


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_photo_on_the_way_to_an_application_that_needs_a_checked_identity(
    scripts: bool, chromium: Browser, province: Province
) -> None:
    window = Window(chromium, scripts=scripts)
    number = f"01909020{scripts:04}"
    photo = io.BytesIO()
    # Larger than what a browser with scripts sends on
    noise = Image.effect_noise((4000, 3000), 20)
    noise.paste(picture_of(card_text(number)).resize((2560, 1440)), (700, 700))
    noise.save(photo, "JPEG", quality=80)
    assert 1024 * 1024 < len(photo.getvalue()) < 6 * 1024 * 1024
    window.open(f"{province.apps_url}/giaoduc/")
    window.click("sign_in")
    pass_through(window, newcomer(province))
    window.arrive("**/requirement**")
    window.click("requirement_identity")
    window.click("identity_photo")
    card = {"name": "the.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    window.page.locator("#photo").set_input_files(card)
    window.click("photo_submit")
    window.arrive("**/account/identity/details*")
    assert window.has("number"), window.page.inner_text("main")
    assert window.page.locator("#number").input_value() == number
    window.click("identity_submit")
    assert window.has("consent_allow"), window.page.inner_text("main")
    window.click("consent_allow")
    window.arrive(f"{province.apps_url}/**")
    assert window.claims()["name"] == "Nguyễn Văn Thử"
    complaints = window.complaints
    window.close()
    assert complaints == []


def test_typed_without_scripts(plain_window: Window, province: Province) -> None:
    window = plain_window
    sign_in(window, province, newcomer(province), "/account/profile")
    window.click("profile_identity")
    window.click("identity_typed")
    window.fill(number="0190901", name="Nguyễn Văn Thử", birthdate="2/1/1990", address=ADDRESS)
    window.page.locator("#gender-0").check()
    window.page.locator("#ward").select_option(GIA_SANG)
    window.click("identity_submit")
    assert "12" in window.text_of("number-error")
    assert window.page.locator("#address").input_value() == ADDRESS, "what was typed is kept"
    window.fill(number="019 090 100 003")
    window.click("identity_submit")
    assert "Nguyễn Văn Thử" in window.text_of("verified_facts")
    window.open(f"{province.issuer}/account/profile")
    assert "02/01/1990" in window.text_of("verified_facts")


def test_the_camera_page_without_scripts_leads_on(plain_window: Window, province: Province) -> None:
    sign_in(plain_window, province, newcomer(province), "/account/identity/scan")
    assert not plain_window.page.locator("#scan_start").is_visible()
    plain_window.press(plain_window.page.get_by_role("link", name="Chọn ảnh chụp thẻ"))
    assert plain_window.has("photo_submit")
