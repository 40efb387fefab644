"""A person at a browser without scripts: follows links and redirects, fills forms in by their stable ids.

The sign-in's screens may come in any order and number; `Person.pass_through` answers each as it comes.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pyotp
from lxml import html

MOST_SCREENS = 12
SHARE_ALL = "share all"
MOST_REDIRECTS = 20
TOTP_SECONDS = 30


class NoSuchElement(AssertionError):
    """The page has no element of this id; the message holds the page's text."""


class Page:
    """A page as received, after all redirects."""

    def __init__(self, answer: httpx.Response, url: str | None = None) -> None:
        self.url = url or str(answer.url)
        self.status = answer.status_code
        self.headers = answer.headers
        self.text = answer.text
        is_html = answer.headers.get("content-type", "").startswith("text/html")
        self.document = html.document_fromstring(answer.content) if is_html and answer.content else None

    def __repr__(self) -> str:
        return f"<Page {self.status} {self.url}: {self.words()[:600]}>"

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def find(self, element_id: str) -> Any | None:
        """Return the element of this id, or None."""
        return None if self.document is None else self.document.get_element_by_id(element_id, None)

    def get(self, element_id: str) -> Any:
        element = self.find(element_id)
        if element is None:
            raise NoSuchElement(f"no #{element_id} on {self!r}")
        return element

    def has(self, element_id: str) -> bool:
        return self.find(element_id) is not None

    def text_of(self, element_id: str) -> str:
        return " ".join(self.get(element_id).text_content().split())

    def words(self) -> str:
        """Return all the words of the page."""
        return self.text if self.document is None else " ".join(self.document.text_content().split())

    @property
    def error_code(self) -> str | None:
        return self.text_of("error_code") if self.has("error_code") else None

    def refresh_address(self) -> str | None:
        """Return where the page itself sends the browser at once, by HTML's own means."""
        if self.document is None:
            return None
        for element in self.document.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh') = 'refresh']"):
            if found := re.match(r"\s*0\s*;\s*url=(.+)", element.get("content", ""), re.IGNORECASE):
                return found[1].strip("'\" ")
        return None

    def claims(self) -> dict[str, str]:
        """Return the claims that an example application shows: each element marked data-claim."""
        assert self.document is not None
        marked = self.document.xpath("//*[@data-claim]")
        return {e.get("data-claim"): e.get("data-value") or e.text_content().strip() for e in marked}


@cache
def trusted() -> ssl.SSLContext:
    """Return whom everybody trusts; once, for it reads every certificate authority there is."""
    return ssl.create_default_context()


def new_http() -> httpx.Client:
    # A connection that was idle may be closed by the server at the very moment when it's used again
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(timeout=30, limits=limits, verify=trusted())


class Browser:
    """One browser: its cookies (which belong to hosts, not to ports), and the page that it shows.

    A redirect to an address that begins with `stops_at` isn't followed, as nobody need listen there; the
    page's url is then that address.
    """

    def __init__(self, *, stops_at: str | None = None, http: httpx.Client | None = None) -> None:
        """`http` is what its requests go by, where that isn't the network."""
        self._http = http or new_http()
        self._stops_at = stops_at
        self._page: Page | None = None

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    @property
    def page(self) -> Page:
        assert self._page is not None, "no page was opened yet"
        return self._page

    @property
    def cookies(self) -> httpx.Cookies:
        return self._http.cookies

    def open(self, address: str, **parameters: str) -> Page:
        """Go to an address, or a path of the present page's origin."""
        if self._page:
            address = urljoin(self._page.url, address)
        return self._show(self._http.get(address, params=parameters or None))

    def click(self, element_id: str) -> Page:
        """Follow the link, or press the button, of this id."""
        element = self.page.get(element_id)
        if element.tag == "a":
            return self.open(element.get("href"))
        return self.submit(element_id)

    def submit(self, button_id: str, fields: Mapping[str, str] | None = None) -> Page:
        """Fill fields in by their ids, then press the form's button of this id."""
        button = self.page.get(button_id)
        form = next(button.iterancestors("form"))
        for element_id, value in (fields or {}).items():
            self.page.get(element_id).value = value
        given = [*form.form_values()]
        if button.get("name"):
            given.append((button.get("name"), button.get("value", "")))
        return self._send(form, given, button.get("formaction"))

    def _send(self, form: Any, given: list[tuple[str, str]], action: str | None = None) -> Page:
        address = urljoin(self.page.url, action or form.get("action") or self.page.url)
        if form.method.upper() == "GET":
            return self._show(self._http.get(address, params=given))
        data: dict[str, list[str]] = {}
        for name, value in given:
            data.setdefault(name, []).append(value)
        return self._show(self._http.post(address, data=data, headers={"Origin": self.page.origin}))

    def _show(self, answer: httpx.Response) -> Page:
        for _ in range(MOST_REDIRECTS):
            onward = answer.next_request
            if onward is None or self._is_end(str(onward.url)):
                self._page = Page(answer, str(onward.url) if onward else None)
                refreshed = self._page.refresh_address()
                return self.open(refreshed) if refreshed else self._page
            answer = self._http.send(onward)
        raise AssertionError(f"too many redirects, last to {answer.url}")

    def _is_end(self, address: str) -> bool:
        return self._stops_at is not None and address.startswith(self._stops_at)


@dataclass
class Person:
    """Someone with an account: what they know, and the phone that shows their codes."""

    username: str
    password: str
    totp_secret: str | None = None
    recovery_codes: list[str] = field(default_factory=list)
    _last_step: int = 0

    def next_code(self) -> str:
        """Return a code that was not used before: each works once, and only for about its own half-minute.

        Waits where this person used up those that the clock's drift allows.
        """
        assert self.totp_secret, f"{self.username} has no second factor"
        step = max(self._last_step + 1, int(time.time()) // TOTP_SECONDS)
        while step > int(time.time()) // TOTP_SECONDS + 1:
            time.sleep(0.2)
        self._last_step = step
        return pyotp.TOTP(self.totp_secret).generate_otp(step)

    def pass_through(self, browser: Browser, *, consent: str = "allow") -> Page:
        """Answer the provider's screens until one comes that needs no answer of ours; return that page.

        `consent` is "allow" (what is required), "deny" or SHARE_ALL.
        """
        for _ in range(MOST_SCREENS):
            before = browser.page
            if not self._answer(browser, consent):
                return before
        raise AssertionError(f"the screens do not end: {browser.page!r}")

    def _answer(self, browser: Browser, consent: str) -> bool:
        page = browser.page
        if page.has("login_username"):
            fields = {"login_username": self.username, "login_password": self.password}
            return _moved(page, browser.submit("login_submit", fields))
        if page.has("secret_text"):
            self.enrol(browser)
        elif page.has("recovery_codes"):
            self.keep_recovery_codes(browser)
        elif page.has("otp_code"):
            return _moved(page, browser.submit("otp_submit", {"otp_code": self.next_code()}))
        elif page.has("consent_allow"):
            if consent == SHARE_ALL:
                tick_all(page)
            browser.click("consent_allow" if consent == SHARE_ALL else f"consent_{consent}")
        else:
            return False
        return True

    def enrol(self, browser: Browser) -> Page:
        """Take the secret that the page shows into the authenticator app, and prove it."""
        self.take_secret(browser.page.text_of("secret_text"))
        return browser.submit("otp_submit", {"otp_code": self.next_code()})

    def take_secret(self, shown: str) -> None:
        """Type the key into the authenticator app, as it stands on the page in groups of four."""
        self.totp_secret = "".join(shown.split())
        self._last_step = 0

    def keep_recovery_codes(self, browser: Browser) -> Page:
        self.recovery_codes = [item.text_content().strip() for item in browser.page.get("recovery_codes")]
        return browser.click("codes_submit")


def tick_all(page: Page) -> None:
    """Tick what the page leaves to the person."""
    assert page.document is not None
    for box in page.document.xpath("//input[@name='share' and @type='checkbox']"):
        box.checked = True


def _moved(before: Page, after: Page) -> bool:
    """Say whether a form led on; one that comes back with an error is for the test to look at."""
    return after.path != before.path or after.status != before.status
