"""The pages: rendered in every language with what their views give, and held to the house's promises."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template
from flask_babel import Babel, force_locale
from flask_wtf.csrf import CSRFProtect
from jinja2 import Environment, nodes
from lxml import html

from tests.tnid.developers.page_examples import example_sections
from tests.tnid.page_examples import EXAMPLES
from tests.tnid.page_parts import EVIL, JOBS
from tests.tnid.signin.page_examples import FRAMES, LoginForm

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "tnid" / "static"
TRANSLATIONS = ROOT / "tnid" / "translations"
LOCALES = [("vi", "Tiếng Việt"), ("en", "English"), ("ko", "한국어")]
TRANSLATED = ("vi", "ko")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
# Whose readers write or run programs, and look for the very words that they have to write
FOR_DEVELOPERS = (
    *(
        "checker/",
        "client_log/",
        "developers/",
        "playground/",
        "sandbox/",
        "reviews/team",
        "reviews/certificate",
    ),
    *("reviews/logout", "reviews/end", "reviews/review", "reviews/life", "reviews/papers"),
    "admin/settings",
)
SIGN_IN_LIMIT_BYTES = 40 * 1024

IDS = {
    "login": ["login_username", "login_password", "login_submit", "qr_start"],
    "totp": ["otp_code", "otp_submit"],
    "enrol": ["otp_code", "otp_submit"],
    "recovery": ["recovery_code", "recovery_submit"],
    "consent": ["consent_allow", "consent_deny"],
    "device": ["user_code", "user_code_submit"],
    "device-decide": ["consent_allow", "consent_deny"],
    "counter-decide": ["binding_message", "consent_allow", "consent_deny"],
    "qr": ["qr_image", "qr_code_text", "qr_digits", "qr_submit"],
    "qr-claimed": ["qr_digits", "qr_submit"],
    "qr-expired": ["qr_start"],
    "qr-phone": ["qr_shown_digits", "qr_approve", "qr_deny"],
    "qr-phone-far": ["qr_deny"],
    "qr-phone-digits": ["qr_shown_digits", "qr_deny"],
    "logout": ["logout_confirm"],
    "error": ["error_code"],
}


def read_catalogue(locale: str) -> Catalog:
    with (TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the catalogues beside the tree, so that the test needs no build before it."""
    folder = tmp_path_factory.mktemp("translations")
    for locale in TRANSLATED:
        target = folder / locale / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True)
        with target.open("wb") as file:
            write_mo(file, read_catalogue(locale))
    return folder


@pytest.fixture(scope="session")
def app(compiled: Path) -> Flask:
    app = Flask("pages", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(SECRET_KEY="pages", BABEL_TRANSLATION_DIRECTORIES=str(compiled))
    Babel(app)
    CSRFProtect(app)
    return app


@pytest.fixture(params=[code for code, _ in LOCALES])
def locale(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context("/"), force_locale(request.param):
        yield request.param


def render(name: str, locale: str, **changes: Any) -> str:
    return _render(name, locale, **changes) if changes else _render_once(name, locale)


@cache
def _render_once(name: str, locale: str) -> str:
    return _render(name, locale)


def _render(name: str, locale: str, **changes: Any) -> str:
    template, make_context = EXAMPLES[name]
    shared = {
        "locale": locale,
        "locales": LOCALES,
        "current_person": None,
        "request_path": "/x",
        "version": "1.0",
        "application_sections": example_sections,
    }
    return render_template(template, **shared | make_context() | changes)


def parse(page: str) -> Any:
    return html.document_fromstring(page)


# What holds on every page


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_is_whole_without_scripts_and_keeps_to_the_policy(name: str, locale: str) -> None:
    page = parse(render(name, locale))
    assert page.get("lang") == locale
    assert not page.xpath("//style | //script[not(@src)] | //@style")
    assert not [key for node in page.iter("*") for key in node.attrib if key.startswith("on")]
    assert not [script for script in page.xpath("//script") if "defer" not in script.attrib]
    assert all(button.get("hidden") is not None for button in page.xpath("//button[@type='button']"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_loads_nothing_from_elsewhere(name: str, locale: str) -> None:
    page = parse(render(name, locale))
    # What the frames of clients are is their own affair; which there may be is the policy's
    loaded = page.xpath("//*[not(self::iframe)]/@src | //@srcset | //link/@href")
    assert loaded
    # A picture may be part of the page, and those of applications are drawn by us
    assert all(address.startswith(("/static/", "/logos/", "data:image/png;")) for address in loaded)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_has_landmarks_and_one_heading(name: str, locale: str) -> None:
    page = parse(render(name, locale))
    for part in ("body/header", "main[@id='main']", "body/footer", "h1"):
        assert len(page.xpath(f"//{part}")) == 1, part
    assert page.xpath("//body/*[1][self::a]/@href") == ["#main"]
    assert page.xpath("string(//title)").strip().endswith("– Thái Nguyên ID")


@pytest.mark.parametrize("name", EXAMPLES)
def test_ids_are_unique_and_what_refers_to_them_finds_them(name: str, locale: str) -> None:
    page = parse(render(name, locale))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    references = page.xpath("//@aria-labelledby | //label/@for | //@data-copy | //@data-reveal")
    references += " ".join(page.xpath("//@aria-describedby")).split()
    references += [link[1:] for link in page.xpath("//a/@href") if link.startswith("#")]
    assert set(references) <= set(ids)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_form_is_protected_and_every_control_is_named(name: str, locale: str) -> None:
    page = parse(render(name, locale))
    for form in page.xpath("//form"):
        # What is looked for stands in the address, and changes nothing: a token of ours has no place there
        assert form.get("method") in ("post", "get")
        assert len(form.xpath(".//input[@name='csrf_token']")) == (form.get("method") == "post")
    labelled = set(page.xpath("//label/@for"))
    controls = page.xpath("//input[not(@type='hidden' or @hidden)] | //select | //textarea")
    assert all(control.get("id") in labelled for control in controls)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_footer_switches_the_language(name: str, locale: str) -> None:
    (form,) = parse(render(name, locale)).xpath("//footer//form[@action='/language']")
    assert form.xpath(".//button[@name='lang']/@value") == [code for code, _ in LOCALES]
    assert form.xpath(".//button[@aria-current]/@value") == [locale]


@pytest.mark.parametrize(
    "name", [n for n, (page, _) in EXAMPLES.items() if not page.startswith(FOR_DEVELOPERS)]
)
def test_no_jargon_reaches_a_person(name: str, locale: str) -> None:
    text = parse(render(name, locale)).text_content().lower()
    assert not re.search(r"\b(oidc|token|scope|claim|oauth|acr|loa\d|mfa|totp)s?\b", text)


# What holds on some


@pytest.mark.parametrize(("name", "id_"), [(name, id_) for name, ids in IDS.items() for id_ in ids])
def test_stable_ids_are_there(name: str, id_: str, locale: str) -> None:
    assert len(parse(render(name, locale)).xpath(f"//main//*[@id='{id_}']")) == 1


def test_frames_are_shut_in_and_the_way_on_is_a_link(locale: str) -> None:
    page = parse(render("signing-out", locale))
    frames = page.xpath("//iframe")
    assert [frame.get("src") for frame in frames] == FRAMES
    assert {frame.get("sandbox") for frame in frames} == {"allow-scripts allow-same-origin"}
    assert all(frame.get("title") and "hidden" in frame.attrib for frame in frames)
    assert page.get_element_by_id("logout_continue").get("href") == "https://vieclam.example/"
    assert not parse(render("signed-out", locale)).xpath("//iframe | //@data-onward")


def test_the_error_code_stands_alone_in_its_element(locale: str) -> None:
    assert parse(render("error", locale)).get_element_by_id("error_code").text == "invalid_request"


@pytest.mark.parametrize(
    ("name", "field", "autocomplete"),
    [
        ("login", "login_username", "username webauthn"),
        ("login", "login_password", "current-password"),
        ("totp", "otp_code", "one-time-code"),
        ("register", "name", "name"),
        ("register", "phone", "tel"),
        ("register", "email", "email"),
        ("register", "password", "new-password"),
    ],
)
def test_browsers_can_fill_the_fields_in(name: str, field: str, autocomplete: str, locale: str) -> None:
    assert parse(render(name, locale)).get_element_by_id(field).get("autocomplete") == autocomplete


@pytest.mark.parametrize("name", ["login", "totp", "recovery", "consent", "select-account", "logout"])
def test_who_asks_stands_before_the_question(name: str, locale: str) -> None:
    (asker,) = parse(render(name, locale)).xpath("//main//section[@class='asker'][following::h1]")
    words = asker.text_content()
    assert all(part in words for part in (JOBS.name, JOBS.host, JOBS.organisation))


def test_an_error_stands_on_top_and_beside_its_field(locale: str) -> None:
    page = parse(render("login-wrong", locale))
    (summary,) = page.xpath("//main//*[@role='alert'][following::h1]")
    field = page.get_element_by_id("login_username")
    assert summary.xpath(".//a/@href") == ["#login_username"]
    assert field.get("aria-invalid") == "true"
    assert page.get_element_by_id(field.get("aria-describedby")).text_content().strip()


def test_nothing_on_the_consent_page_is_ticked_beforehand(locale: str) -> None:
    page = parse(render("consent", locale))
    assert not page.xpath("//input[@checked]")
    assert page.xpath("//button[@name='decision']/@value") == ["allow", "deny"]


def test_names_that_an_application_gave_are_text(locale: str) -> None:
    app = SimpleNamespace(**vars(JOBS) | {"name": EVIL, "host": EVIL, "organisation": EVIL})
    for name in ("login", "consent", "signed-out"):
        page = parse(render(name, locale, app=app))
        assert not page.xpath("//main//b")
        assert EVIL in page.text_content()


def test_the_whole_sign_in_page_weighs_little(locale: str) -> None:
    page = render("login", locale, form=LoginForm())
    addresses = parse(page).xpath("//@src | //link/@href")
    parts = [page.encode()] + [
        (STATIC / address.removeprefix("/static/")).read_bytes() for address in addresses
    ]
    assert sum(len(gzip.compress(part)) for part in parts) <= SIGN_IN_LIMIT_BYTES


# Words


@cache
def extract_messages() -> set[Any]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


@pytest.mark.parametrize("locale_code", TRANSLATED)
def test_every_message_is_translated(locale_code: str) -> None:
    catalogue = read_catalogue(locale_code)
    translated = {message.id: message for message in catalogue if message.id and any(message.string)}
    assert not [message for message in extract_messages() if message not in translated]
    assert not [message.id for message in translated.values() if message.fuzzy]


@pytest.mark.parametrize("locale_code", TRANSLATED)
def test_translations_keep_the_placeholders(locale_code: str) -> None:
    wrong = [
        (message.id, error) for message, errors in read_catalogue(locale_code).check() for error in errors
    ]
    assert not wrong


def test_the_tone_is_set_word_for_word(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("vi"):
        login, consent = render("login", "vi"), render("consent", "vi")
        code = render("totp", "vi")
    assert f"Đăng nhập để tiếp tục đến {JOBS.name}" in login
    assert "Tên đăng nhập, số điện thoại hoặc email" in login
    assert f"{JOBS.name} muốn biết" in consent
    assert all(
        word in consent for word in ("Bắt buộc", "Tùy chọn", "Dùng để", "Đồng ý chia sẻ", "Không đồng ý")
    )
    assert "Có thể rút lại bất cứ lúc nào ở mục Ứng dụng đã liên kết." in consent
    assert "Không đọc mã này cho bất kỳ ai, kể cả người xưng là cán bộ." in code


def test_words_are_not_kept_in_the_language_of_whoever_came_first() -> None:
    """A template imported without context is evaluated once a process: only its macros may hold words."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    sources = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    imports = re.compile(r'{%-? (?:from|import) "([^"]+)"(?![^%]*with context)')
    imported = {name for source in sources for name in imports.findall(source)}
    assert imported
    for name in imported:
        page = environment.parse((TEMPLATES / name).read_text())
        outside = [node for node in page.body if not isinstance(node, nodes.Macro)]
        calls = [call.node for node in outside for call in node.find_all(nodes.Call)]
        assert not [c for c in calls if isinstance(c, nodes.Name) and c.name in KEYWORDS], name


def test_no_rule_of_the_stylesheet_is_cut_short() -> None:
    """A browser says nothing of a selector that a merge left half, and drops the whole rule."""
    css = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / "tnid.css").read_text(), flags=re.DOTALL)
    assert css.count("{") == css.count("}")
    assert not re.findall(r"[>+~,]\s*[{}]|[>+~]\s*\n", css)
    assert not re.findall(r"<<<<<<<|>>>>>>>|^=======", css, re.MULTILINE)
