"""What a page owes to everyone: axe-core finds nothing wrong, and nothing runs off a narrow screen.

A kind of page is looked at once a run, in light and in dark: `look_at` is cheap to call often.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page

from tests.servers.processes import RUN_FOLDER

# WCAG 2.2 AA §1.4.10: no scrolling in two dimensions at 320 CSS pixels
NARROWEST = {"width": 320, "height": 640}
# A part of an address that is a number or an identifier, and not a word
_IDENTIFIER = re.compile(r"/(?=[^/]*[0-9A-Z_])[^/]{8,}|/\d+")
# What another scheme changes is colours. A page that has gone meanwhile took axe-core along
# By name: the tag of colours has WCAG's level AAA in it as well
_IN_DARK = """
window.axe ? axe.run(document, {
  resultTypes: ['violations'], runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}
}) : {violations: []}
"""
_OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@cache
def axe() -> str:
    """Return axe-core as a script."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


def kind_of(page: Page) -> tuple[str, ...]:
    """Return what tells this page from others: its site and address without identifiers, and what it asks.

    A site is known by its name, at the end of a title: each process has one of its own, at other ports.
    """
    site, path = page.title().rpartition(" – ")[2], urlsplit(page.url).path
    elements = page.locator("main [id], main form[action]").evaluate_all("all => all.map(one => one.id)")
    return (site, _IDENTIFIER.sub("/*", path), *sorted({name for name in elements if name}))


def _mark_of(kind: tuple[str, ...]) -> Path:
    """Return the file by which the processes of a run tell one another that a kind was looked at."""
    digest = hashlib.sha256(repr(kind).encode()).hexdigest()
    return Path(os.environ[RUN_FOLDER]) / f"seen-{digest}"


def look_at(page: Page) -> list[str]:
    """Return what is wrong with a page of a kind that was not looked at before."""
    address = page.url
    try:
        kind = kind_of(page)
        if _mark_of(kind).exists() or page.evaluate("document.contentType") != "text/html":
            return []
        # Brought and run in one step: a page that leads on by itself must not take it along in between
        light = f"{axe()}\n;axe.run(document, {{resultTypes: ['violations']}})"
        found = [*_violations(page, "light", light), *_violations(page, "dark", _IN_DARK), *_overflow(page)]
    except Error as error:
        if "context was destroyed" not in str(error):
            raise
        return []  # a page that leads on by itself is gone before it is read
    if page.url != address:
        return []  # or while it is: what was found may be of the page after it
    _mark_of(kind).touch()
    return found


def _violations(page: Page, scheme: Any, script: str) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    try:
        found = page.evaluate(script)
    finally:
        page.emulate_media(color_scheme="null")
    return [
        f"{page.url} ({scheme}): {violation['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _overflow(page: Page) -> list[str]:
    before = page.viewport_size
    page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]  # a dict is what it takes
    try:
        beyond = page.evaluate(_OVERFLOW)
    finally:
        if before is not None:
            page.set_viewport_size(before)
    return [f"{page.url}: runs {beyond} px off a screen of 320 px"] if beyond > 0 else []
