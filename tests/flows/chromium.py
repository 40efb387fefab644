"""A person at a real browser: Debian's Chromium, driven by Playwright, with or without scripts.

Most look at pages in its headless shell, built of the same source: the whole browser draws toolbars that
nobody sees, and takes three times as long for each window.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, expect, sync_playwright

from tests.flows.accessibility import look_at
from tests.person import MOST_SCREENS, Person
from tests.servers.programs import find_program, get_program

# A sandbox needs rights that root in a container lacks; the rest keeps it from calling home
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
STEP_MILLISECONDS = 15_000
expect.set_options(timeout=STEP_MILLISECONDS)
PHONE, DESKTOP = (360, 740), (1280, 800)


@cache
def playwright() -> Playwright:
    """Return what drives browsers: one a process, as a second would find the first one's loop in its way."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started


@contextmanager
def running_chromium(*more: str, whole: bool = False) -> Iterator[Browser]:
    """Start a Chromium of one's own, with more arguments beside those that it always gets.

    The whole browser where it is asked for, or where there is no headless shell.
    """
    shell = None if whole else find_program("chromium-headless-shell")
    program = shell or get_program("chromium")
    browser = playwright().chromium.launch(executable_path=program, args=[*ARGUMENTS, *more])
    yield browser
    browser.close()


class Window:
    """A window of a browser that nobody used before; it notes what the browser complains of, and axe-core.

    One that is `trusting` takes any certificate, such as those of the tests' own servers. It is a phone's,
    unless its `size` is another.
    """

    def __init__(
        self,
        browser: Browser,
        *,
        scripts: bool,
        trusting: bool = False,
        size: tuple[int, int] = PHONE,
    ) -> None:
        self.scripts = scripts
        self._context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            ignore_https_errors=trusting,
            # A colour that is still on its way is none that anybody reads. Said here: said with each change
            # of the scheme it came too late for one change in ten
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(STEP_MILLISECONDS)
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def close(self) -> None:
        self._context.close()

    def open(self, address: str) -> None:
        self.page.goto(address)
        self._look()

    def has(self, element_id: str) -> bool:
        return self.page.locator(f"#{element_id}").count() > 0

    def text_of(self, element_id: str) -> str:
        return self.page.locator(f"#{element_id}").inner_text()

    def click(self, element_id: str) -> None:
        self.press(self.page.locator(f"#{element_id}"))

    def press(self, element: Locator) -> None:
        """Click on what need have no id, and look at the page that it leads to."""
        element.click()
        self._look()

    def arrive(self, address: str) -> None:
        """Wait until this is the page's address: what leads there may be a chain, or a script."""
        self.page.wait_for_url(address)

    def _look(self) -> None:
        """See whether a page as it is now leaves anybody out; axe-core is itself a script."""
        self.page.wait_for_load_state()
        if self.scripts:
            self.complaints += look_at(self.page)

    def fill(self, **values: str) -> None:
        for element_id, value in values.items():
            self.page.locator(f"#{element_id}").fill(value)

    def claims(self) -> dict[str, str]:
        """Return the claims that an example application shows."""
        return {
            str(one.get_attribute("data-claim")): one.get_attribute("data-value") or one.inner_text()
            for one in self.page.locator("[data-claim]").all()
        }

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium reports a refusal's page, whose status is 4xx, as a failed resource: that is no complaint
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")


def pass_through(window: Window, person: Person) -> list[str]:
    """Answer the provider's screens until one comes that needs no answer; return their names in order."""
    passed: list[str] = []
    for _ in range(MOST_SCREENS):
        screen = _answer(window, person)
        if screen is None:
            return passed
        assert screen not in passed, f"{screen} came again: {window.page.inner_text('main')}"
        passed.append(screen)
    raise AssertionError(f"the screens do not end: {window.page.url}")


def _answer(window: Window, person: Person) -> str | None:
    if window.has("login_username"):
        window.fill(login_username=person.username, login_password=person.password)
        window.click("login_submit")
        return "login"
    if window.has("secret_text"):
        person.take_secret(window.text_of("secret_text"))
        window.fill(otp_code=person.next_code())
        window.click("otp_submit")
        return "enrol"
    if window.has("recovery_codes"):
        person.recovery_codes = window.page.locator("#recovery_codes li").all_inner_texts()
        window.click("codes_submit")
        return "recovery_codes"
    if window.has("otp_code"):
        window.fill(otp_code=person.next_code())
        window.click("otp_submit")
        return "second_factor"
    if window.has("consent_allow"):
        window.click("consent_allow")
        return "consent"
    return None
