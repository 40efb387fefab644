"""The sign-in button: readable (WCAG 2.2 AA), in three languages, and the same wherever it is printed."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from lxml import etree

from tests.tnid.conftest import ISSUER, InProcess
from tests.tnid.test_contrast import colours, luminance

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tnid" / "static" / "sign-in"
CSS = (FOLDER / "button.css").read_text()
PAGE = (ROOT / "docs/developers/sign-in-button.md").read_text()
WORDS = {
    "vi": "Đăng nhập bằng Thái Nguyên ID",
    "en": "Sign in with Thai Nguyen ID",
    "ko": "타이응우옌 ID로 로그인",
}
STYLES = ("light", "dark", "outline")
HEIGHTS = {"small": 44, "large": 56}
# What each stands on, at worst
GROUNDS = {"light": ("#fff", "#f3f7f4"), "dark": ("#0d1310", "#1b2620"), "outline": ("#fff",)}
MOST_BYTES = 16_000
SVG = "{http://www.w3.org/2000/svg}"


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def read(language: str, style: str, size: str) -> etree._Element:
    path = FOLDER / f"{language}-{style}-{size}.svg"
    assert path.stat().st_size < MOST_BYTES
    return etree.fromstring(path.read_bytes())


@pytest.mark.parametrize(("language", "style", "size"), product(WORDS, STYLES, HEIGHTS))
def test_a_picture_is_readable_and_says_what_it_is(language: str, style: str, size: str) -> None:
    picture = read(language, style, size)
    assert picture.get("aria-label") == picture.findtext(f"{SVG}title") == WORDS[language]
    assert picture.get("height") == str(HEIGHTS[size]) == picture.get("viewBox").split()[3]
    # Nothing of it is a script, a link or a letter that a device may not have
    assert {element.tag for element in picture.iter()} <= {
        SVG + tag for tag in ("svg", "title", "rect", "path")
    }
    box = picture.find(f"{SVG}rect")
    words = picture.findall(f"{SVG}path")[-1].get("fill")
    assert contrast(words, box.get("fill")) >= 4.5
    assert min(contrast(box.get("stroke"), ground) for ground in GROUNDS[style]) >= 3


def in_css(name: str) -> dict[str, str]:
    """Return the colours of a style as the CSS says them."""
    selector = re.escape(".tnid-button" if name == "light" else f".tnid-button.{name}")
    block = re.search(rf"^ *{selector} \{{(.*?)\}}", CSS, re.DOTALL | re.MULTILINE)
    assert block, name
    return dict(re.findall(r"--tnid-(\w+): (#\w+);", block[1]))


@pytest.mark.parametrize("style", STYLES)
def test_the_css_has_the_colours_of_the_pictures_and_keeps_them_readable(style: str) -> None:
    said, box = in_css(style), read("vi", style, "large").find(f"{SVG}rect")
    assert (said["ground"], said["edge"]) == (box.get("fill"), box.get("stroke"))
    assert contrast(said["ink"], said["ground"]) >= 4.5 <= contrast(said["ink"], said["over"])


def test_the_colours_are_those_of_the_design_system() -> None:
    for style in ("light", "dark"):
        ours, said = colours(style), in_css(style)
        assert (said["ground"], said["ink"]) == (ours["tea"], ours["on-tea"])
    assert in_css("auto") == in_css("dark")


def test_the_page_shows_every_picture_and_prints_what_is_there() -> None:
    for language, style, size in product(WORDS, STYLES, HEIGHTS):
        assert f"![{WORDS[language]}](../../tnid/static/sign-in/{language}-{style}-{size}.svg)" in PAGE
    for name in re.findall(r'class="(tnid-[\w -]+)"', PAGE):
        assert all(f".{part}" in CSS for part in name.split())


def test_the_demonstration_uses_it_to_the_letter() -> None:
    folder = ROOT / "examples" / "relying_party"
    assert (folder / "static" / "tnid-button.css").read_text() == CSS
    marks = re.findall(
        r'<path class="tnid-\w+" d="[^"]+"/>', (folder / "templates" / "macros.html").read_text()
    )
    assert len(marks) == 2 and all(mark in PAGE for mark in marks)
    said = (folder / "words.toml").read_text()
    assert "sign_in = [{}]".format(", ".join(f'"{words}"' for words in WORDS.values())) in said


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_any_page_may_show_it(browser: InProcess) -> None:
    answer = browser.get(f"{ISSUER}/static/sign-in/vi-light-large.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml") and "ETag" in answer.headers
    # Nothing that keeps a picture to its own site
    assert "Cross-Origin-Resource-Policy" not in answer.headers
