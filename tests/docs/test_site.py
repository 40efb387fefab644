"""The documentation as a site: built without a warning, no link or anchor dead, nothing inline."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html
from playwright.sync_api import Browser as Chromium

from tests.flows.accessibility import look_at
from tests.flows.chromium import DESKTOP, Window, running_chromium
from tests.servers.provider import Provider, running_provider

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build" / "docs"
HERE = "http://docs.test/docs/"
# Addresses of the provider that pages of the documentation lead to
OURS = {"/", "/developers", "/account", "/register", "/recover", "/login", "/work/card"}
# What holds an address that the browser fetches or goes to
LINKS = "//@href | //@src | //@action | //@srcset"
LEAST_PAGES = 50
# One of each kind
KINDS = ("", "developers/quick-starts/flask/", "developers/sign-in-button/", "vi/people/lost/", "search/")


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Build it as `make setup` does."""
    done = subprocess.run([ROOT / "bin/build-docs"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


@cache
def pages() -> dict[str, html.HtmlElement]:
    """Return every page by its address."""
    found = {}
    for path in sorted(SITE.rglob("*.html")):
        name = path.relative_to(SITE).as_posix().removesuffix("index.html")
        found[urljoin(HERE, name)] = html.document_fromstring(path.read_bytes())
    assert len(found) > LEAST_PAGES
    return found


@cache
def anchors(address: str) -> set[str]:
    return set(pages()[address].xpath("//@id"))


def find_fault(page: str, link: str) -> str | None:
    """Say what is wrong with a link of a page, None where it leads somewhere."""
    parts = urlsplit(urljoin(page, link))
    if parts.scheme not in ("http", "https"):
        return None if parts.scheme == "mailto" else "an odd scheme"
    if parts.netloc != urlsplit(HERE).netloc:
        return None if parts.hostname and " " not in link else "no host"
    if not parts.path.startswith("/docs/"):
        is_there = parts.path in OURS or (ROOT / "tnid" / parts.path[1:]).is_file()
        return None if is_there else "no address of the provider that is known here"
    address = f"http://{parts.netloc}{parts.path}"
    if address in pages():
        is_there = not parts.fragment or unquote(parts.fragment) in anchors(address)
        return None if is_there else "no such anchor"
    is_file = (SITE / unquote(parts.path).removeprefix("/docs/")).is_file()
    return None if is_file else "no such page"


def test_each_link_and_each_anchor_is_there() -> None:
    faults = [
        f"{page}: {link}: {fault}"
        for page, document in pages().items()
        for link in {str(found) for found in document.xpath(LINKS)}
        if (fault := find_fault(page, link))
    ]
    assert faults == []


@pytest.mark.parametrize(
    "link",
    [
        "nowhere/",
        "/docs/nowhere/",
        "/docs",
        "#nowhere",
        "../operations/#nowhere",
        "/nowhere",
        "javascript:1",
        "https:///x",
    ],
)
def test_a_link_that_leads_nowhere_is_seen(link: str) -> None:
    """The counter-proof: what is checked can fail."""
    assert find_fault(urljoin(HERE, "recovery/"), link) is not None


def test_the_policy_of_the_provider_lets_everything_through() -> None:
    """No script or style inline, no event in an attribute, nothing from elsewhere."""
    faults = []
    for address, document in pages().items():
        inline = document.xpath("//script[not(@src)] | //style | //@style | //@*[starts-with(name(), 'on')]")
        foreign = [src for src in document.xpath("//@src | //link/@href") if urlsplit(str(src)).netloc]
        faults += [(address, len(inline), foreign)] if inline or foreign else []
    assert faults == []


def test_every_page_says_its_language_and_has_one_heading() -> None:
    for address, document in pages().items():
        is_vi = urlsplit(address).path.startswith("/docs/vi/")
        assert document.get("lang") == ("vi" if is_vi else "en"), address
        assert len(document.xpath("//h1")) == 1, address
        assert document.get_element_by_id("main") is not None


def test_every_page_is_reached_by_links_from_the_first() -> None:
    seen, waiting = {HERE}, [HERE]
    while waiting:
        page = waiting.pop()
        for link in pages()[page].xpath("//a/@href"):
            target = urljoin(page, str(link)).partition("#")[0]
            if target in pages() and target not in seen:
                seen.add(target)
                waiting.append(target)
    assert set(pages()) - seen <= {urljoin(HERE, "search/")}


@pytest.fixture(scope="module")
def provider(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("docs")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with running_chromium() as running:
        yield running


def test_pages_leave_nobody_out(provider: Provider, chromium: Chromium) -> None:
    window = Window(chromium, scripts=True, size=DESKTOP)
    faults = []
    for path in KINDS:
        window.page.goto(f"{provider.issuer}/docs/{path}")
        faults += look_at(window.page)
    assert not [*faults, *window.complaints], "\n".join(faults)
    window.close()


def test_search_finds_words_with_and_without_their_marks(provider: Provider, chromium: Chromium) -> None:
    window = Window(chromium, scripts=True)
    for words in ("mã dự phòng", "ma du phong"):
        window.page.goto(f"{provider.issuer}/docs/")
        window.page.fill("#docs_search", words)
        window.page.press("#docs_search", "Enter")
        window.page.wait_for_selector("#search-results a[href*='vi/people/lost/']")
    assert window.complaints == []
    window.close()


def test_without_scripts_everything_is_read_and_reached(provider: Provider, chromium: Chromium) -> None:
    window = Window(chromium, scripts=False)
    window.page.goto(f"{provider.issuer}/docs/developers/quick-starts/flask/")
    assert "authorize_redirect" in window.page.inner_text("main")
    window.page.click(".docs-to-contents")
    window.page.click("#contents a:text('Errors')")
    assert window.page.inner_text("h1").startswith("Errors")
    window.page.goto(f"{provider.issuer}/docs/search/")
    assert "Searching needs scripts" in window.page.inner_text("main")
    window.close()
