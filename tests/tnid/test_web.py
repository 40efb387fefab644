"""What holds for every page: headers, cookies, language, limits, and one transaction a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Blueprint, Flask, g
from sqlalchemy import text
from werkzeug.exceptions import NotFound

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, InProcess, Someone
from tnid import access, audit, pages, services, web
from tnid.access import Guard, find_guard
from tnid.accounts.passwords import Busy
from tnid.app import Application, create_app
from tnid.db import Conflict, Database, DatabaseUnavailable
from tnid.monitoring.requests import REQUEST_ID
from tnid.services import Services
from tnid.settings import Settings, load


@pytest.fixture
def database_kind() -> str:
    """One database will do here."""
    return "sqlite"


def test_every_address_declares_its_guard(app: Application) -> None:
    undeclared = [
        rule.endpoint for rule in app.url_map.iter_rules() if find_guard(app, rule.endpoint) is None
    ]
    assert undeclared == []


def test_an_address_without_a_guard_is_refused(settings: Settings, clock: Clock) -> None:
    app = create_app(settings)
    careless = Blueprint("careless", __name__)
    careless.add_url_rule("/careless", view_func=lambda: "open", endpoint="it")
    app.register_blueprint(careless)
    with InProcess(app) as browser:
        assert browser.open("/careless").status == 403


@pytest.mark.parametrize("path", ["", "/profile", "/security", "/sessions", "/applications", "/activity"])
def test_account_pages_ask_for_a_sign_in_and_come_back(browser: InProcess, lan: Someone, path: str) -> None:
    assert browser.open(f"/account{path}").path == "/login"
    assert lan.type_password(browser).path == f"/account{path}"


@pytest.mark.parametrize("path", ["/", "/login", "/register", "/nowhere", "/account", "/healthz"])
def test_every_answer_carries_the_security_headers(browser: InProcess, path: str) -> None:
    headers = browser.open(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]
    assert "Strict-Transport-Security" not in headers


def test_forms_may_end_at_the_application_that_asks_and_nowhere_else(
    browser: InProcess, new_app: Callable[..., str]
) -> None:
    policy = browser.open(new_app()).headers["Content-Security-Policy"]
    assert "form-action 'self' https:;" in policy
    policy = browser.open("/login").headers["Content-Security-Policy"]
    assert "form-action 'self';" in policy


def test_an_application_with_a_scheme_of_its_own_is_allowed_by_it() -> None:
    app = Flask("x")
    with app.test_request_context("/"):
        web.allow_form_redirect("vn.thainguyen.app:/callback")
        web.allow_form_redirect("http://127.0.0.1:4711/callback")
        assert g.form_targets == {"vn.thainguyen.app:", "http:"}


@pytest.fixture
def https(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return replace(settings, issuer="https://id.thainguyen.example")


def test_over_https_cookies_are_bound_to_the_host(https: Settings, clock: Clock) -> None:
    with InProcess(create_app(https)) as browser:
        page = browser._http.get("https://id.thainguyen.example/login", follow_redirects=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
        posted = browser._http.post(
            "https://id.thainguyen.example/language", data={"csrf_token": token[1], "lang": "ko", "next": "/"}
        )
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    set_cookies = [*page.history[0].headers.get_list("set-cookie"), *posted.headers.get_list("set-cookie")]
    assert len(set_cookies) >= 2
    for cookie in set_cookies:
        assert cookie.startswith("__Host-tnid_")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_people_see_vietnamese_first_whatever_their_browser_came_with(browser: InProcess) -> None:
    assert '<html lang="vi">' in browser.get(f"{ISSUER}/", **{"Accept-Language": "en-GB,ko;q=0.5"}).text


def test_the_applications_language_comes_before_ours_and_the_persons_before_both(
    browser: InProcess, new_app: Callable[..., str]
) -> None:
    page = browser.open(f"{new_app()}&ui_locales=ko-KR%20en")
    assert page.document.get("lang") == "ko"
    token = page.document.xpath("//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "lang": "vi", "next": page.url.removeprefix(ISSUER)}
    answer = browser.send("POST", f"{ISSUER}/language", data=sent)
    assert answer.headers["Location"] == page.url.removeprefix(ISSUER)
    assert browser.open(page.url).document.get("lang") == "vi"


def test_the_language_switch_keeps_the_interaction(browser: InProcess, new_app: Callable[..., str]) -> None:
    page = browser.open(new_app())
    assert page.document.xpath("//form[@action='/language']/input[@name='next']/@value") == [
        page.url.removeprefix(ISSUER)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "/\tx",
        "",
        "/é",
        "http://[",
    ],
)
def test_the_language_switch_never_leads_away(address: str) -> None:
    assert pages.own_path(address) == "/"


def test_a_language_is_kept_with_the_account(browser: InProcess, lan: Someone, app: Application) -> None:
    lan.sign_in(browser)
    browser.post(f"{ISSUER}/language", lang="ko", next="/account")
    parts: Services = app.extensions["tnid"]
    claims = parts.accounts.claims(lan.id)
    assert claims is not None
    assert claims["locale"] == "ko"


@pytest.mark.parametrize(
    "path", ["/login", "/register", "/language", "/account/security", "/consent", "/mfa/totp"]
)
def test_a_form_without_its_token_is_refused(browser: InProcess, lan: Someone, path: str) -> None:
    lan.sign_in(browser)
    answer = browser.send("POST", f"{ISSUER}{path}", data={"username": "x"})
    assert answer.status_code == 403
    assert 'id="error_code" translate="no">csrf<' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("PUT", "/login", 405, "method_not_allowed"),
        ("GET", "/language", 405, "method_not_allowed"),
        ("GET", "/login/", 404, "not_found"),
        ("GET", "/login?interaction=nothing", 400, "interaction_expired"),
        ("GET", "/mfa/totp", 400, "interaction_expired"),
        ("GET", "/consent?interaction=x", 400, "interaction_expired"),
        ("GET", "/resume/nothing", 400, "interaction_expired"),
        ("GET", "/authorize", 400, "invalid_client"),
    ],
)
def test_errors_have_a_page_and_a_code(
    browser: InProcess, method: str, path: str, status: int, code: str
) -> None:
    answer = browser.send(method, f"{ISSUER}{path}")
    assert answer.status_code == status
    assert f'<code id="error_code" translate="no">{code}</code>' in answer.text


def test_what_the_front_passes_on_keeps_its_number(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    front, noted = app.extensions["tnid.front"], []
    pages_of = front._pages

    def look(environ: dict[str, Any], start_response: Any) -> Any:
        noted.append((environ[REQUEST_ID], audit.origin.get().request_id))
        answer = pages_of(environ, start_response)
        noted.append((environ[REQUEST_ID], audit.origin.get().request_id))
        return answer

    monkeypatch.setattr(front, "_pages", look)
    with InProcess(app) as browser:
        answer = browser.send("GET", f"{ISSUER}/authorize")
        again = browser.send("GET", f"{ISSUER}/authorize")
    number = answer.headers["X-Request-ID"]
    assert noted[:2] == [(number, number)] * 2
    assert f'id="error_number" translate="no">{number}<' in answer.text
    assert again.headers["X-Request-ID"] != number


def test_the_allowed_methods_are_named(browser: InProcess) -> None:
    assert "POST" in browser.send("DELETE", f"{ISSUER}/language").headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"a=" + b"x" * (1024 * 1024),
        b"a=" + b"x" * (64 * 1024),
        b"&".join(b"f%d=1" % i for i in range(10_000)),
    ],
)
def test_too_much_is_refused(browser: InProcess, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    browser.cookies.set("tnid_lang", "ko")
    answer = browser.send("POST", f"{ISSUER}/language", content=body, headers=headers)
    assert answer.status_code == 413
    assert 'id="error_code" translate="no">too_large<' in answer.text and '<html lang="ko">' in answer.text


def test_too_many_parts_are_refused(browser: InProcess) -> None:
    files = {f"f{i}": ("", b"x") for i in range(200)}
    assert browser.send("POST", f"{ISSUER}/language", files=files).status_code == 413


def test_a_file_is_no_text(browser: InProcess, minh: Someone) -> None:
    minh.sign_in(browser, "/developers/teams/new")
    files = {"name": ("a.txt", b"a"), "organisation": ("b.txt", b"\xff")}
    token = browser.page.document.xpath("//input[@name='csrf_token']/@value")[0]
    for address in ("/developers/teams/new", "/account/profile", "/language"):
        answer = browser.send("POST", f"{ISSUER}{address}", files=files, data={"csrf_token": token})
        assert answer.status_code == 400, address


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ("", "198.51.100.9", "10.0.0.1"),
        ("10.0.0.0/8", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.0/8", "203.0.113.1, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.0/8", "198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.0/8", "nonsense", "10.0.0.1"),
        ("10.0.0.0/8", "[2001:db8::1]:4711", "2001:db8::1"),
        # As proxies write them that join the two by a colon
        ("10.0.0.0/8", "2001:db8::1:54321", "2001:db8::1"),
        ("10.0.0.0/8", "2001:db8:1:2:3:4:5:6:4711", "2001:db8:1:2:3:4:5:6"),
        ("10.0.0.0/8", f"fe80::1%{'x' * 300}", "fe80::1"),
    ],
)
def test_forwarding_headers_are_believed_from_trusted_proxies_alone(
    trusted: str, forwarded: str, seen: str
) -> None:
    networks = load({"TNID_TRUSTED_PROXIES": trusted} if trusted else {}).trusted_proxies
    environ = {"REMOTE_ADDR": "10.0.0.1", "REMOTE_PORT": "5", "HTTP_X_FORWARDED_FOR": forwarded}
    assert web.find_peer(environ, networks).ip == seen


def test_a_forwarded_port_is_the_persons() -> None:
    networks = load({"TNID_TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9:4711"}
    assert web.find_peer(environ, networks) == ("198.51.100.9", 4711)


@pytest.mark.parametrize(
    ("peer", "header", "seen"),
    [
        ("10.0.0.1", "X-Client-Cert", "PEM"),
        ("192.0.2.1", "X-Client-Cert", ""),
        ("", "X-Client-Cert", ""),
        ("10.0.0.1", "X-Other", ""),
        ("10.0.0.1", None, ""),
    ],
)
def test_a_certificate_is_believed_from_a_trusted_proxy_alone(
    peer: str, header: str | None, seen: str
) -> None:
    networks = load({"TNID_TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    forwarded = {"HTTP_X_CLIENT_CERT": "PEM", "HTTP_X_FORWARDED_FOR": "10.0.0.9"}
    assert web.find_certificate({"REMOTE_ADDR": peer, **forwarded}, header, networks) == seen


@pytest.fixture
def failing(app: Application) -> Callable[[Exception], None]:
    """Make /fail write something, set a cookie, and then raise."""
    raised: list[Exception] = []

    def fail() -> str:
        parts = services.current()
        parts.audit.record("test.fail", now=services.now())
        web.set_cookie("tnid_test", "set")
        raise raised[-1]

    blueprint = access.declare(Blueprint("failing", __name__), Guard.PUBLIC)
    blueprint.add_url_rule("/fail", view_func=fail)
    app.register_blueprint(blueprint)
    return raised.append


def written(parts: Services) -> int:
    return int(parts.database.fetch_one(text("SELECT COUNT(*) AS n FROM audit_events")).n)


def test_an_unexpected_exception_leaves_nothing_half_written(
    browser: InProcess, services: Services, failing: Callable[[Exception], None]
) -> None:
    failing(RuntimeError("a secret detail"))
    page = browser.open("/fail")
    assert (page.status, page.error_code) == (500, "server_error")
    assert "secret" not in page.text
    assert page.headers["X-Request-ID"] in page.text
    assert "tnid_test" not in browser.cookies
    assert written(services) == 0
    assert browser.open("/").status == 200


def test_who_is_slower_by_a_moment_is_answered_by_what_is_there_now(
    app: Application, browser: InProcess, services: Services
) -> None:
    """Two that take one username or number at the same moment: the second finds it taken, without a 500."""
    tries: list[str] = []

    def take() -> str:
        services.audit.record("test.take", now=1)
        web.set_cookie("tnid_test", str(len(tries)))
        tries.append("")
        if len(tries) == 1:
            raise Conflict
        return "taken by another"

    blueprint = access.declare(Blueprint("taking", __name__), Guard.PUBLIC)
    blueprint.add_url_rule("/take", view_func=take)
    app.register_blueprint(blueprint)
    answer = browser.get(f"{ISSUER}/take")
    assert (answer.status_code, answer.text, len(tries)) == (200, "taken by another", 2)
    assert written(services) == 1


@pytest.mark.parametrize("error", [DatabaseUnavailable(), Busy(), Conflict()])
def test_what_is_out_of_reach_for_a_while_says_when_to_come_back(
    browser: InProcess, services: Services, failing: Callable[[Exception], None], error: Exception
) -> None:
    failing(error)
    page = browser.open("/fail")
    assert (page.status, page.error_code) == (503, "temporarily_unavailable")
    assert int(page.headers["Retry-After"]) > 0
    assert written(services) == 0


def test_an_expected_refusal_is_kept(
    browser: InProcess, services: Services, failing: Callable[[Exception], None]
) -> None:
    failing(NotFound())
    assert browser.open("/fail").status == 404
    assert written(services) == 1


def test_a_broken_commit_is_no_success(
    browser: InProcess, lan: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Database._run

    def refuse(self: Database, sql: str, values: Sequence[Any] = ()) -> None:
        if sql == "COMMIT":
            raise DatabaseUnavailable
        run(self, sql, values)

    browser.open("/login")
    monkeypatch.setattr(Database, "_run", refuse)
    page = lan.type_password(browser)
    assert page.status == 503
    assert "tnid_session" not in browser.cookies


def test_no_page_of_ours_is_changed_by_looking(
    browser: InProcess, minh: Someone, app: Application, services: Services, clock: Clock
) -> None:
    services.keyring.ensure(clock.now())
    minh.sign_in(browser)
    before = services.accounts.find(minh.id)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            assert browser.get(f"{ISSUER}{rule.rule}").status_code < 500
    assert services.accounts.find(minh.id) == before
    assert services.factors.is_enrolled(minh.id)
    assert services.factors.count_recovery_codes(minh.id) == 10
    assert browser.open("/account").path == "/account"


def test_the_addresses_of_machines_ask_for_no_form_token(
    browser: InProcess, new_app: Callable[..., str]
) -> None:
    query = new_app().partition("?")[2]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.send("POST", f"{ISSUER}/authorize", content=query, headers=headers)
    assert answer.status_code == 303
    assert CALLBACK not in answer.headers["Location"]


def test_a_refused_form_is_in_the_log_once(browser: InProcess, services: Services) -> None:
    browser.send("POST", f"{ISSUER}/login", data={"username": "x"})
    assert written(services) == 1


def test_a_posted_request_is_moved_to_its_address_where_the_session_is_seen(
    browser: InProcess, new_app: Callable[..., str]
) -> None:
    # Another site's form brings no cookie of ours (SameSite=Lax); the address that it is sent on to does
    query = new_app().partition("?")[2]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = browser.send("POST", f"{ISSUER}/authorize", content=query, headers=headers)
    assert posted.status_code == 303 and posted.headers["Location"] == f"/authorize?{query}"
    assert "set-cookie" not in posted.headers
