"""Take the documentation's pictures from a running demonstration (`make run`).

Arguments: the issuer (http://localhost:8000) and the instance folder (instance). Each walk needs a person
with a second factor of their own; Korean letters need a Korean font on the machine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyotp
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
PHONE, DESKTOP = (360, 740), (1280, 800)
REQUEST = {
    "response_type": "code",
    "client_id": "dienluc",
    "redirect_uri": "http://localhost:8002/dienluc/callback",
    "scope": "openid profile phone address",
    "claims": json.dumps({"userinfo": {"email": None}}),  # asked for, and optional
    "state": "picture",
    "nonce": "picture",
    # The SHA-256 of a verifier that nobody keeps: no code is ever redeemed here
    "code_challenge": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
    "code_challenge_method": "S256",
}


def take(page: Page, name: str) -> None:
    """Picture what one screen shows: pictures beside each other are of one height."""
    page.screenshot(path=str(HERE / f"{name}.png"))


def walk(browser: Browser, issuer: str, person: dict[str, Any], size: tuple[int, int], scheme: str) -> None:
    """Go from the landing page to the account, and picture each page on the way."""
    kind = f"{'phone' if size == PHONE else 'desktop'}-{scheme}"
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="vi-VN"
    )
    page = context.new_page()
    page.goto(issuer)
    take(page, f"home-{kind}")
    page.goto(f"{issuer}/authorize?{urlencode(REQUEST | {'prompt': 'consent'})}")
    take(page, f"sign-in-{kind}")
    page.fill("#login_username", person["username"])
    page.fill("#login_password", person["password"])
    page.click("#login_submit")
    page.wait_for_selector("#otp_code")
    take(page, f"code-{kind}")
    page.fill("#otp_code", pyotp.TOTP(person["totp_secret"]).now())
    page.click("#otp_submit")
    page.wait_for_selector("#consent_allow")
    take(page, f"consent-{kind}")
    if kind == "phone-light":
        picture_items(page)
    page.click("#consent_allow")
    page.goto(f"{issuer}/account")
    take(page, f"account-{kind}")
    context.close()


def picture_items(page: Page) -> None:
    """Picture the middle of the consent: item by item what would be sent, what for, and for how long."""
    for summary in page.locator("details.reveal-values > summary").all():
        summary.click()
    phone = page.locator("main li", has_text="Số điện thoại").first
    phone.evaluate("item => item.scrollIntoView({block: 'start'})")
    take(page, "consent-items-phone-light")


def main() -> None:
    issuer = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    instance = Path(sys.argv[2] if len(sys.argv) > 2 else "instance")
    people = json.loads((instance / "demo.json").read_text())["people"]
    # One person a walk: a code works once, and the next comes only after half a minute
    people = [person for person in people if person["totp_secret"]]
    walks = [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for person, (size, scheme) in zip(people, walks, strict=False):
            walk(browser, issuer, person, size, scheme)
        browser.close()


if __name__ == "__main__":
    main()
