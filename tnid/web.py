"""What every page has in common: where the request comes from, cookies, language and security headers."""

from __future__ import annotations

import ipaddress
import random
import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session
from flask_babel import Babel, get_locale
from werkzeug.routing import IntegerConverter

from tnid import audit, services
from tnid.monitoring.requests import REQUEST_ID, ROUTE
from tnid.setting_kinds import Network
from tnid.settings import Settings

LOCALES = (("vi", "Tiếng Việt"), ("en", "English"), ("ko", "한국어"))
LOCALE_CODES = tuple(code for code, _ in LOCALES)
LANGUAGE_COOKIE = "tnid_lang"
BROWSER_COOKIE = "tnid_browser"
YEAR_SECONDS = 365 * 24 * 3600
MAX_CONTENT_LENGTH = 1024 * 1024
MAX_FORM_BYTES = 64 * 1024
MAX_FORM_PARTS = 100
# What has more is no number that a database could compare with
DIGITS_OF_ROWS = 19
STATIC_MAX_AGE_SECONDS = 3600
FIXED_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def install(app: Flask, settings: Settings, secret_key: bytes) -> None:
    """Give the application its limits, its cookies, its languages and its headers."""
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME=cookie_name(settings, BROWSER_COOKIE),
        SESSION_COOKIE_SECURE=not settings.is_plain_http,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MAX_CONTENT_LENGTH,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_MAX_AGE_SECONDS,
        BABEL_DEFAULT_LOCALE=settings.locale_default,
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        PROPAGATE_EXCEPTIONS=False,
    )
    Babel(app, locale_selector=choose_locale)
    app.before_request(begin_request)
    app.after_request(write_cookies)
    app.after_request(write_headers)
    app.context_processor(page_globals)


# Where a request comes from


class Peer(NamedTuple):
    """The address and source port that a request really came from."""

    ip: str
    port: int | None


def find_peer(environ: Mapping[str, Any], trusted: Iterable[Network]) -> Peer:
    """Return who sent the request; a forwarding header is believed only from a trusted proxy.

    The header is read from its right end: what a stranger wrote into it stands left of what our proxies add.
    """
    peer = Peer(str(environ.get("REMOTE_ADDR") or ""), _port(environ.get("REMOTE_PORT")))
    hops = [hop.strip() for hop in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    networks = tuple(trusted)
    while hops and is_in(peer.ip, networks):
        found = _parse_hop(hops.pop())
        if found is None:
            break
        peer = found
    return peer


def find_forwarded_scheme(environ: Mapping[str, Any], trusted: Iterable[Network]) -> str:
    """Return by which scheme a trusted proxy was asked, as it says, or ""."""
    said = str(environ.get("HTTP_X_FORWARDED_PROTO", "")).rpartition(",")[2].strip().lower()
    return said if said and is_in(str(environ.get("REMOTE_ADDR") or ""), tuple(trusted)) else ""


def find_certificate(environ: Mapping[str, Any], header: str | None, trusted: Iterable[Network]) -> str:
    """Return the client's TLS certificate as a trusted proxy wrote it into `header`, or ""."""
    if header is None or not is_in(str(environ.get("REMOTE_ADDR") or ""), tuple(trusted)):
        return ""
    return str(environ.get("HTTP_" + header.upper().replace("-", "_")) or "")


def is_in(ip: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _parse_hop(hop: str) -> Peer | None:
    """Read `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`, and what a proxy makes of the
    last one that knows of no brackets, as far as it can't be an address."""
    host, port = hop, ""
    if hop.startswith("["):
        host, _, port = hop[1:].partition("]")
        port = port.lstrip(":")
    elif hop.count(":") == 1 or not _is_address(hop):
        host, _, port = hop.rpartition(":")
    host = host.partition("%")[0]  # the zone of a link-local one is any text
    return Peer(str(ipaddress.ip_address(host)), _port(port)) if _is_address(host) else None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _port(text: Any) -> int | None:
    digits = str(text or "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else None


def note_origin(environ: dict[str, Any], trusted: Iterable[Network]) -> audit.Origin:
    """Name the request and note where it comes from, for the audit log and the throttles; return both.

    Once a request: what the front passes on to the pages has its name already.
    """
    peer = find_peer(environ, trusted)
    # It names a request and proves nothing; the system's own source would let another thread in
    request_id = environ.setdefault(REQUEST_ID, f"{random.getrandbits(64):016x}")
    origin = audit.Origin(peer.ip, peer.port, environ.get("HTTP_USER_AGENT", "")[:255], request_id)
    audit.origin.set(origin)
    return origin


def begin_request() -> None:
    """Note what a page needs to know of its request from the first."""
    origin = note_origin(request.environ, services.current().settings.trusted_proxies)
    rule = request.url_rule
    # What is not found is nobody's route, whatever the front took it for
    request.environ[ROUTE] = rule.rule if rule else None
    request.environ["REMOTE_ADDR"] = request.remote_addr = origin.ip or ""
    g.request_id = origin.request_id


# Cookies


def cookie_name(settings: Settings, name: str) -> str:
    """Return the cookie's full name: plain http on loopback can't carry the prefix that https has."""
    return name if settings.is_plain_http else f"__Host-{name}"


def cookie(name: str) -> str:
    """Return what the browser sent, or ""."""
    return request.cookies.get(cookie_name(services.current().settings, name), "")


def set_cookie(name: str, value: str, max_age_seconds: int | None = None, *, is_strict: bool = False) -> None:
    """Have the response set a cookie, unless the request fails. No link from elsewhere sends a strict one."""
    g.setdefault("cookies", {})[name] = (value, max_age_seconds, "Strict" if is_strict else "Lax")


def clear_cookie(name: str) -> None:
    g.setdefault("cookies", {})[name] = ("", 0, "Lax")


def write_cookies(response: Response) -> Response:
    settings = services.current().settings
    for name, (value, max_age_seconds, same_site) in g.get("cookies", {}).items():
        response.set_cookie(
            cookie_name(settings, name),
            value,
            max_age=max_age_seconds,
            path="/",
            secure=not settings.is_plain_http,
            httponly=True,
            samesite=same_site,
        )
    return response


def has_browser_id() -> bool:
    """Say whether this browser keeps what it is given."""
    return "browser" in session


def browser_id() -> str:
    """Return this browser's random id, to which interactions are bound."""
    if "browser" not in session:
        session["browser"] = secrets.token_urlsafe(24)
    return str(session["browser"])


def keep_browser() -> None:
    """Have this browser's id outlast its windows and a sign-out: a request waits here for days."""
    browser_id()
    session["waits"] = session.permanent = True


def keep_forms_of(person: str) -> None:
    """Have every form be refused that this browser still shows of somebody else than `person`.

    Of a browser whose person only now signs in the forms that wait in other tabs go on.
    """
    if session.get("person", person) != person:
        session.pop("csrf_token", None)
        g.pop("csrf_token", None)
    session["person"] = person


def forget_browser() -> None:
    """Forget what this browser holds for whoever sat at it, but for what waits."""
    kept = {name: session[name] for name in ("browser", "waits", "_permanent") if session.get("waits")}
    session.clear()
    session.update(kept)


# Language


def choose_locale() -> str:
    """Return the language: the person's choice, else what the application asked for, else ours.

    Not the browser's: many a phone here came with English settings that its owner never chose.
    """
    chosen = cookie(LANGUAGE_COOKIE)
    if chosen in LOCALE_CODES:
        return chosen
    asked = (tag.split("-")[0].lower() for tag in g.get("ui_locales", ()))
    wanted = next((code for code in asked if code in LOCALE_CODES), None)
    return wanted or services.current().settings.locale_default


class RowNumber(IntegerConverter):
    """A number in an address: one that a database could compare with, or there is no such page."""

    regex = rf"\d{{1,{DIGITS_OF_ROWS - 1}}}"


def find_row_number(name: str) -> int | None:
    """Return the number of a row that the address names, None for what names none that there could be."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS_OF_ROWS else None


def current_locale() -> str:
    return str(get_locale() or LOCALE_CODES[0])


def page_globals() -> dict[str, Any]:
    """Return what every template sees."""
    return {"locale": current_locale(), "locales": LOCALES, "request_path": request.full_path.rstrip("?")}


# Headers


def allow_form_redirect(uri: str) -> None:
    """Let forms of this page end where `uri` leads: Chromium holds redirects after a post to form-action.

    Any address of its scheme, for the application may send the browser on to another origin of its own.
    """
    g.setdefault("form_targets", set()).add(f"{urlsplit(uri).scheme}:")


def allow_frames(origins: Iterable[str]) -> None:
    """Let this page hold frames of these origins."""
    g.setdefault("frame_sources", set()).update(origins)


def allow_camera() -> None:
    """Let this page use the camera, and run the decoder that reads what it sees."""
    g.may_use_camera = True


def allow_worker() -> None:
    """Let this page have a service worker of ours, which keeps it for when there is no network."""
    g.may_have_worker = True


@lru_cache(256)
def content_security_policy(
    form_targets: frozenset[str],
    frame_sources: frozenset[str],
    *,
    decodes: bool = False,
    has_worker: bool = False,
) -> str:
    """Return the policy of our pages: nothing inline, nothing from elsewhere, in nobody's frame.

    `decodes` lets the page compile WebAssembly of ours, and no script; `has_worker` lets it have a service
    worker of ours, which no other page may begin.
    """
    forms = " ".join(("'self'", *sorted(form_targets)))
    frames = f" frame-src {' '.join(sorted(frame_sources))};" if frame_sources else ""
    wasm = " 'wasm-unsafe-eval'" if decodes else ""
    workers = "'self'" if has_worker else "'none'"
    return (
        f"default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; manifest-src 'self';"
        f" worker-src {workers};"
        f"{frames} form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


def write_headers(response: Response) -> Response:
    """Set the security headers; what a view set itself stays."""
    present = {name.lower() for name, _value in response.headers}
    policy = content_security_policy(
        frozenset(g.get("form_targets", ())),
        frozenset(g.get("frame_sources", ())),
        decodes=bool(g.get("may_use_camera")),
        has_worker=bool(g.get("may_have_worker")),
    )
    response.headers.extend(pair for pair in page_headers(policy) if pair[0].lower() not in present)
    return response


def page_headers(policy: str) -> Iterator[tuple[str, str]]:
    """Yield the headers of the present page."""
    yield "Content-Security-Policy", policy
    yield from FIXED_HEADERS
    camera = "(self)" if g.get("may_use_camera") else "()"
    yield "Permissions-Policy", f"camera={camera}, geolocation=(), microphone=()"
    yield "X-Request-ID", g.get("request_id", "")
    if not services.current().settings.is_plain_http:
        yield "Strict-Transport-Security", f"max-age={2 * YEAR_SECONDS}; includeSubDomains"
    if request.endpoint != "static":
        # A shared cache must never hand one person's page to another
        yield "Cache-Control", "no-store"
        yield "Vary", "Cookie"
