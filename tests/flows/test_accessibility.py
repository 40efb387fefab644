"""Every page that a link leads to, seen by axe-core in light and dark, and at 320 px: nobody is left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Error

from tests.flows.accessibility import look_at
from tests.flows.chromium import Window, pass_through
from tests.province import Province

MOST_PAGES = 80


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    opened = Window(chromium, scripts=True)
    yield opened
    opened.close()


def test_a_page_that_leaves_people_out_is_seen(window: Window) -> None:
    dark = "<style>@media (prefers-color-scheme: dark) { p { color: #222; background: #000 } }</style>"
    wide = "<div style='width:900px'>x</div>"
    window.page.set_content(f"<main id=main><img src=x>{wide}{dark}<p>in words</p></main>")
    faults = look_at(window.page)
    assert {fault.split(": ")[1] for fault in faults if "(light)" in fault} >= {"image-alt", "html-has-lang"}
    assert [fault.split(": ")[1] for fault in faults if "(dark)" in fault] == ["color-contrast"]
    assert "320 px" in faults[-1]


@pytest.mark.parametrize("language", ["vi", "en", "ko"])
def test_every_page_that_a_stranger_reaches(window: Window, province: Province, language: str) -> None:
    window.page.set_extra_http_headers({"Accept-Language": language})
    seen = crawl(window, province.issuer, ["/", "/login", "/register", "/device", "/no-such-page"])
    assert {"/", "/login", "/register"} <= seen
    assert window.complaints == []


@pytest.mark.parametrize("name", ["lan.nguyen", "newcomer"])
def test_every_page_that_a_person_reaches(window: Window, province: Province, name: str) -> None:
    """A person with all that the demonstration gives, and one who has nothing yet."""
    person = province.people.get(name) or province.new_person(totp=False, identity_level=0)
    window.open(f"{province.jobs_url}/")
    window.click("sign_in")
    pass_through(window, person)
    seen = crawl(window, province.issuer, ["/account"])
    assert {"/account", "/account/profile", "/account/security", "/account/applications"} <= seen
    assert window.complaints == []


def crawl(window: Window, origin: str, paths: list[str]) -> set[str]:
    """Look at every page of ours that links lead to; return the paths without what identifies."""
    waiting, known, seen = deque(paths), set(paths), set()
    faults: list[str] = []
    while waiting:
        if not is_page(window, urljoin(origin, waiting.popleft())):
            continue
        seen.add(urlsplit(window.page.url).path)
        faults += look_at(window.page)
        for link in links(window, origin):
            if link not in known and len(known) < MOST_PAGES:
                known.add(link)
                waiting.append(link)
    assert not faults, "\n".join(faults)
    return seen


def is_page(window: Window, address: str) -> bool:
    """Go there; say whether it is something to look at, and nothing to keep."""
    try:
        answer = window.page.goto(address)
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return False
    return answer is not None and answer.headers.get("content-type", "").startswith("text/html")


def links(window: Window, origin: str) -> list[str]:
    hrefs = window.page.locator("a[href]:not([download])").evaluate_all("all => all.map(one => one.href)")
    paths = {urldefrag(href)[0].removeprefix(origin) for href in hrefs if href.startswith(f"{origin}/")}
    # The documentation's pages are of few kinds, and looked at by tests/docs
    return sorted(path for path in paths if not path.startswith("/docs"))
