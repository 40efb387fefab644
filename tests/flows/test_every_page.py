"""Every page that there is an example of, seen by axe-core in light and dark, and at 320 px.

A page is put into one document after another's, without a server, a script or a picture: that takes a
tenth of the time. Contrast is judged once for each combination of colours and letters that occurs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from flask_wtf.csrf import CSRFProtect
from playwright.sync_api import Browser, Page

from tests.flows.accessibility import NARROWEST, axe
from tests.tnid.page_examples import EXAMPLES
from tests.tnid.test_templates import STATIC, TEMPLATES, TRANSLATIONS, render

NOWHERE = "http://pages.invalid/"
STYLES = sorted((STATIC / "css").glob("*.css"))
PREPARE = """styles => {
  window.sheets = Object.fromEntries(Object.entries(styles).map(([address, text]) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return [address, sheet];
  }));
  window.known = new Set();
}"""
SHOW = """html => {
  const made = new DOMParser().parseFromString(html, "text/html");
  const styles = [...made.querySelectorAll("link[rel=stylesheet]")].map(one => one.getAttribute("href"));
  document.adoptedStyleSheets = styles.map(address => window.sheets[address]);
  made.querySelectorAll("script, noscript, iframe, link, meta[http-equiv]").forEach(one => one.remove());
  made.querySelectorAll("img").forEach(one => one.removeAttribute("src"));
  made.querySelectorAll("details").forEach(one => one.open = true);
  document.replaceChild(document.adoptNode(made.documentElement), document.documentElement);
  document.documentElement.scrollLeft = 0;
}"""
LOOK = """async scheme => {
  const found = [];
  const add = one => found.push(...one.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`)));
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.backgroundImage !== "none")
        return style.backgroundColor + style.backgroundImage;
    }
    return "";
  };
  const fresh = new Set();
  for (const node of document.body.querySelectorAll("*")) {
    if (![...node.childNodes].some(one => one.nodeType === 3 && one.data.trim())) continue;
    const style = getComputedStyle(node);
    const letters = [style.color, style.fontSize, style.fontWeight, style.opacity, node.matches(":disabled")];
    const key = [scheme, ...letters, ground(node)].join("|");
    if (!window.known.has(key)) fresh.add(key);
  }
  const options = {resultTypes: ["violations"], preload: false};
  if (scheme === "light")
    add(await axe.run(document, {...options, rules: {"color-contrast": {enabled: false}}}));
  if (fresh.size) {
    add(await axe.run(document, {...options, runOnly: ["color-contrast", "link-in-text-block"]}));
    fresh.forEach(key => window.known.add(key));
  }
  if (scheme !== "light") return found;
  const beyond = document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth;
  if (beyond > 0) found.push(`runs ${beyond} px off a screen of 320 px`);
  return found;
}"""

# Of people, teams, organisations and applications, as the examples have them
NAMES = (
    *("Sổ khám bệnh", "Việc làm Thái Nguyên", "Chè & Đặc sản", "Ki-ốt Bộ phận Một cửa", "GitLab CI"),
    *("Nhóm phát triển Hồ sơ sức khỏe", "Sở Y tế tỉnh Thái Nguyên", "Sở Nội vụ tỉnh Thái Nguyên"),
    *("Công ty CP Đầu tư và Thương mại TNG", "vieclam.thainguyen.example", "Chrome trên Android"),
    *("Lê Quang Vinh", "Nguyễn Thị Mai", "Lường Thị Lành", "Hoàng Thị Mai", "Hoàng Thị Bảy", "Phạm Thị Thúy"),
    *("Nguyễn Thị Hoà", "Lê Bình An", "Dương Hữu Phúc", "Hoàng Văn Hành", "lanh.tn95", "hanh.hoang"),
)
STRETCH = """names => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    for (const name of names)
      texts.currentNode.data = texts.currentNode.data.replaceAll(name, "ThaiNguyen".repeat(8));
  return document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth;
}"""


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    """Every example in Vietnamese."""
    app = Flask("pages", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(SECRET_KEY="pages", BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS))
    Babel(app)
    CSRFProtect(app)
    with app.test_request_context("/"), force_locale("vi"):
        return {name: render(name, "vi") for name in EXAMPLES}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=NARROWEST, reduced_motion="reduce")  # type: ignore[arg-type]
    opened = context.new_page()
    opened.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    opened.goto(NOWHERE)
    opened.evaluate(axe())
    opened.evaluate(PREPARE, {f"/static/css/{one.name}": one.read_text() for one in STYLES})
    yield opened
    context.close()


def look(page: Page, pages: dict[str, str]) -> list[str]:
    """Return what is wrong with the pages, each with its name."""
    found = []
    schemes: tuple[Any, ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        for name, html in pages.items():
            page.evaluate(SHOW, html)
            found += [f"{name} ({scheme}): {one}" for one in page.evaluate(LOOK, scheme)]
    return found


def test_every_example_of_a_page(page: Page, rendered: dict[str, str]) -> None:
    faults = look(page, rendered)
    assert not faults, "\n".join(faults)


def test_a_name_of_one_long_word_pushes_nothing_off_a_screen(page: Page, rendered: dict[str, str]) -> None:
    beyond = {}
    for name, html in rendered.items():
        page.evaluate(SHOW, html)
        beyond[name] = page.evaluate(STRETCH, NAMES)
    assert {name: by for name, by in beyond.items() if by > 0} == {}


def test_a_page_that_leaves_people_out_is_seen(page: Page) -> None:
    grey = "<p style='color:#999;background:#fff'>pale words</p><div style='width:900px'>x</div><img>"
    faults = " ".join(look(page, {"one": f"<html><body><main>{grey}</main></body></html>"}))
    assert "color-contrast" in faults and "html-has-lang" in faults and "320 px" in faults
