"""The documentation at /docs: sent as it was built, to anybody, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess
from tnid.app import create_app
from tnid.settings import Settings, load

PAGE = "<!doctype html><html lang=en><title>Start</title><main id=main>Ten minutes</main></html>"


@pytest.fixture
def database_kind() -> str:
    """One database will do here."""
    return "sqlite"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site as it would be built, in a folder with a secret beside it."""
    folder = tmp_path / "site"
    for name in ("index.html", "developers/index.html", "developers/flask/index.html", ".buildinfo"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PAGE)
    (folder / "_static").mkdir()
    (folder / "_static" / "docs.css").write_text("body { margin: 0 }")
    (tmp_path / "secret.txt").write_text("not for anybody")
    return folder


@pytest.fixture
def settings(database_url: str, tmp_path: Path, site: Path) -> Settings:
    instance = str(tmp_path / "instance")
    given = {"TNID_INSTANCE_DIR": instance, "TNID_DATABASE_URL": database_url, "TNID_DOCS_DIR": str(site)}
    return load(given)


@pytest.mark.parametrize("path", ["/docs/", "/docs/developers/", "/docs/developers/flask/"])
def test_a_page_is_sent_with_the_headers_of_our_own(browser: InProcess, path: str) -> None:
    page = browser.open(path)
    assert (page.status, page.text_of("main")) == (200, "Ten minutes")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("path", ["/docs", "/docs/developers", "/docs/developers/flask"])
def test_an_address_without_its_slash_leads_to_the_page(browser: InProcess, path: str) -> None:
    answer = browser.get(f"{ISSUER}{path}", Host="evil.example")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}/")


def test_what_a_browser_has_is_not_sent_again(browser: InProcess) -> None:
    first = browser.get(f"{ISSUER}/docs/")
    assert "no-cache" in first.headers["Cache-Control"] and first.headers["Vary"] == "Accept-Encoding"
    again = browser.get(f"{ISSUER}/docs/", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = browser.get(f"{ISSUER}/docs/_static/docs.css")
    assert "public" in part.headers["Cache-Control"] and "max-age=3600" in part.headers["Cache-Control"]
    assert part.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    [
        *("../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "developers/../../secret.txt"),
        *("..%5csecret.txt", "//etc/passwd", "%2fetc%2fpasswd", ".buildinfo", "developers/.hidden"),
        *("%00", "index.html%00", "x" * 3000, "a/" * 500, "nowhere", "nowhere/", "_static", "index.html/"),
        *("developers//", "a b", "a;b", "a?b/../c"),
    ],
)
def test_what_is_no_page_is_not_found(browser: InProcess, path: str) -> None:
    answer = browser.get(f"{ISSUER}/docs/{path}")
    if path == "_static":
        # A folder's own address has no page either
        assert answer.headers["Location"] == "/docs/_static/"
        answer = browser.get(f"{ISSUER}/docs/_static/")
    assert answer.status_code in (400, 404)
    assert "not for anybody" not in answer.text and "Ten minutes" not in answer.text


def test_nothing_is_changed_by_sending(browser: InProcess) -> None:
    assert browser.send("POST", f"{ISSUER}/docs/", data={"a": "b"}).status_code in (400, 405)


def test_where_it_was_not_built_the_page_says_how(
    settings: Settings, site: Path, clock: Clock, new_browser: Callable[..., InProcess]
) -> None:
    (site / "index.html").unlink()
    create_app(settings)
    page = new_browser().open("/docs/")
    assert (page.status, page.error_code) == (404, "docs_not_built")
    assert "make docs" in page.words()
