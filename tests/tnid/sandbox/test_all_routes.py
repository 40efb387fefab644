"""Every address that there is, asked for by a browser with a sandbox's session in every cookie there is.

The application's own map says which addresses there are: whoever adds one is tried here by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule

from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.sandbox.conftest import sign_in_to_sandbox
from tnid.access import Guard, find_guard
from tnid.app import Application
from tnid.sandbox.people import people
from tnid.services import Services

COOKIES = (
    *("tnid_session", "tnid_sign_in", "tnid_desk", "tnid_operator", "tnid_qr"),
    *("tnid_terminal", "tnid_device"),
)
# Of those that ask for a session some say first what there is to sign in for
SHOWN_TO_ANYBODY = frozenset({"/developers"})


def fitting(rule: Rule, name: str) -> str:
    """Return something that the address may hold in this place."""
    return next(iter(sorted(getattr(rule._converters[name], "items", ()))), "1")


def addresses(app: Application) -> list[tuple[str, str]]:
    """Return method and address of all that asks for a session, with something in each place of it."""
    found = []
    for rule in app.url_map.iter_rules():
        guard = find_guard(app, rule.endpoint)
        if guard in (Guard.PUBLIC, Guard.PROTOCOL, None):
            continue
        address = rule.build({name: fitting(rule, name) for name in rule.arguments}, append_unknown=False)
        if address is not None:
            found += [(method, address[1]) for method in sorted({"GET", "POST"} & (rule.methods or set()))]
    return found


def test_a_sandbox_session_opens_no_page_of_people(
    app: Application, browser: InProcess, sandbox: str, services: Services
) -> None:
    sign_in_to_sandbox(browser, sandbox, "level2", "2")
    secret = browser.cookies["tnid_sandbox"]
    for name in COOKIES:
        browser.cookies.set(name, secret)
    tried = addresses(app)
    assert len(tried) > 150, "the map has been read"
    token = browser.open("/").document.xpath("//input[@name='csrf_token']/@value")[0]
    for method, address in tried:
        options = {"data": {"csrf_token": token}} if method == "POST" else {}
        answer = browser.send(method, f"{ISSUER}{address}", **options)
        if address in SHOWN_TO_ANYBODY:
            continue
        assert answer.status_code in (303, 403, 404, 405), (method, address, answer.status_code)
        onward = answer.headers.get("Location", "")
        is_to_sign_in = "/resume/" in onward or onward.endswith("/officials/open") or not onward
        assert is_to_sign_in, (method, address, onward)
        assert people()["level2"].display_name not in answer.text


def test_a_persons_session_opens_nothing_of_the_sandbox(
    app: Application, browser: InProcess, sandbox: str, lan: Someone, services: Services
) -> None:
    """The other way: at each of the sandbox's own pages somebody who lives is nobody."""
    lan.sign_in(browser)
    page = browser.open(sandbox)
    browser.cookies.set("tnid_sandbox", browser.cookies["tnid_session"])
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("sandbox.") or rule.arguments:
            continue
        address = page.url.replace("/sandbox/sign-in", rule.rule)
        if "GET" in (rule.methods or ()):
            assert lan.account.display_name not in browser.get(address).text
        browser.post(address, person="", fault="access_denied" if rule.endpoint.endswith("fail") else "")
    assert "code=" not in browser.open(page.url).url
    assert browser.open("/account").path == "/account", "and none of it signed anybody out"


def test_no_made_up_person_is_known_where_people_sign_in(
    new_browser: Callable[..., InProcess], services: Services, clock: object
) -> None:
    with services.database.unit():
        services.sandbox.ensure_all(clock.now())  # type: ignore[attr-defined]
    for username in ("worker", "sandbox:worker", people()["worker"].phone, people()["worker"].email):
        browser = new_browser()
        browser.open("/account")
        page = browser.submit("login_submit", {"login_username": username, "login_password": ""})
        assert page.path == "/login"
        page = browser.submit("login_submit", {"login_username": username, "login_password": "x"})
        assert page.status == 400 and page.path == "/login"
