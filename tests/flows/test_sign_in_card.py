"""A sign-in card, from the counter's printer to a terminal's scanner and keys, in a real browser."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import httpx
import pytest
import zxingcpp
from joserfc import jwt
from joserfc.jwk import ECKey
from PIL import Image
from playwright.sync_api import Browser

from oidc.clients.assertion import ASSERTION_TYPE
from oidc.clients.terminal import TERMINAL_TYPE
from tests.flows.chromium import DESKTOP, Window
from tests.flows.test_counter import COMMUNE, compare, find, new_number, open_counter
from tests.province import Province
from tests.security.target import CHALLENGE
from tnid import clock
from tnid.badges.secret import PREFIX

KEY = ECKey.generate_key("P-256", parameters={"kid": "k1"})
GATE, PLACE = "Ki-ốt cổng A", "Nhà máy Yên Bình"
PIN = "204817"
# ISO/IEC 7810 ID-1, at the 96 dots an inch of CSS
WIDTH, HEIGHT = 85.6 / 25.4 * 96, 54 / 25.4 * 96


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Window]:
    opened = Window(chromium, scripts=True, size=DESKTOP)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Window]:
    """The terminal's."""
    opened = Window(chromium, scripts=True, size=DESKTOP)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


class Board(BaseHTTPRequestHandler):
    """What the terminal shows to whoever is signed in."""

    def do_GET(self) -> None:
        page = "<!doctype html><html lang=vi><title>Bảng tin</title><main><h1>Bảng tin</h1></main>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def callback() -> Iterator[str]:
    """The terminal's address that people come back to."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Board)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/cb"
    server.shutdown()
    server.server_close()


def print_card(desk: Window) -> tuple[str, str]:
    """Print a card; return what a scanner reads on the paper, and the slip's code."""
    desk.click("badge_link")
    compare(desk, "print_badge")
    for hidden in ("badge_qr", "badge_text", "badge_activation"):
        assert not desk.page.locator(f"#{hidden}").is_visible(), "for paper alone"
    desk.page.emulate_media(media="print")
    card = desk.page.locator(".badge")
    box = card.bounding_box()
    assert box and abs(box["width"] - WIDTH) < 1 and abs(box["height"] - HEIGHT) < 1
    assert card.evaluate(
        "card => card.scrollWidth <= card.clientWidth && card.scrollHeight <= card.clientHeight"
    )
    assert not desk.page.locator(".no-print").first.is_visible()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(desk.page.screenshot())))
    assert found.text == PREFIX + desk.text_of("badge_text").replace(" ", "")
    code = desk.text_of("badge_activation")
    desk.page.emulate_media(media="screen")
    return str(found.text), code.replace(" ", "")


def begin(screen: Window, province: Province, callback: str) -> None:
    """Push a terminal's request, and open it at its screen."""
    made = province.tnid(
        "client",
        "create",
        "-",
        given={
            "client_name": "Bảng tin nhà máy",
            "redirect_uris": [callback],
            "scope": "openid profile",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [KEY.as_dict(private=False)]},
            "terminal": {"name": {"vi": GATE}, "place": PLACE},
        },
    )
    client_id = made["client_id"]
    form = {
        **{"client_id": client_id, "redirect_uri": callback, "response_type": "code", "state": "s" * 32},
        **{"scope": "openid profile", "code_challenge": CHALLENGE, "code_challenge_method": "S256"},
        "authorization_details": json.dumps([{"type": TERMINAL_TYPE, "name": GATE, "place": PLACE}]),
        **assertion(client_id, province.issuer),
    }
    pushed: dict[str, Any] = httpx.post(f"{province.issuer}/par", data=form).json()
    screen.open(f"{province.issuer}/authorize?client_id={client_id}&request_uri={pushed['request_uri']}")


def assertion(client_id: str, issuer: str) -> dict[str, str]:
    now = clock.now()
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + 60,
    }
    token = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, KEY, algorithms=["ES256"])
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


def scan(screen: Window, content: str) -> None:
    """Have the scanner type what it reads where the cursor stands, and press Enter."""
    screen.click("terminal_card")
    screen.page.keyboard.type(content)
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_url("**/login/card/**")


def press(screen: Window, field: str, digits: str) -> None:
    """Touch a field, then the keys on the screen, of which one set is there."""
    screen.page.locator(f"#{field}").focus()
    keys = screen.page.locator(".keypad:visible")
    assert keys.count() == 1
    for digit in digits:
        keys.get_by_text(digit, exact=True).click()
    assert screen.page.locator(f"#{field}").input_value() == digits


def test_a_card_is_printed_given_a_pin_and_used(
    desk: Window, screen: Window, province: Province, callback: str
) -> None:
    number = new_number()
    province.new_person(personal_id_number=number, name="Nông Thị Bích")
    open_counter(desk, province, province.new_official(COMMUNE))
    find(desk, province, number)
    content, code = print_card(desk)

    begin(screen, province, callback)
    scan(screen, content)
    press(screen, "activation_code", code)
    press(screen, "pin", PIN)
    press(screen, "again", PIN)
    screen.click("activate_submit")
    assert screen.has("consent_allow"), screen.page.inner_text("main")
    screen.click("consent_allow")
    screen.arrive(f"{callback}?**")
    assert "code=" in screen.page.url

    begin(screen, province, callback)
    scan(screen, content)
    press(screen, "pin", PIN)
    screen.click("pin_submit")
    assert screen.has("consent_allow") or screen.page.url.startswith(callback)
