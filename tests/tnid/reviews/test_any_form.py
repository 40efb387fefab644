"""Whatever is sent to a form of the developers' or the operators' pages is answered: each is found by the
links, and filled in as no person would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.reviews.test_pages import open_review, submit
from tnid.admin.roles import OPERATOR_ROLES
from tnid.app import Application
from tnid.services import Services
from tnid.settings import Settings

MOST_OF_A_KIND = 8
# What ends the crawl itself
LEFT_ALONE = {"admin.close", "admin_sessions.end_everybody", "pages.language"}
LETTERS = (
    "",
    "   ",
    "ạ" * 3000,
    "👩🏽‍🌾\u202e\x1b[31m",
    "-1",
    "9" * 40,
    "2026-02-30",
    '{"a":[{}]}',
    "https://[::1",
)
ODD = (
    "page=" + "9" * 20,
    "page=-1",
    "page[]=1",
    "before=x",
    "since=2026-02-30&until=%ff&state=%ff",
    "of=&role=",
)

# Where one guesses, and is slowed
SLOWED = {"developer_joining.join", "login.sign_in"}

Form = tuple[str, list[tuple[str, str]], list[str]]


class Walk:
    """Follows every link below a prefix, a few of a kind, and keeps every form that it meets."""

    def __init__(self, app: Application, browser: InProcess) -> None:
        self._app = app
        self._browser = browser
        self._times: Counter[str] = Counter()
        self.forms: dict[tuple[str, ...], Form] = {}
        self.pages: list[str] = []

    def go(self, prefix: str, *begin: str) -> None:
        waiting, known = list(begin), set(begin)
        while waiting:
            path = waiting.pop(0)
            endpoint = self._endpoint(path, "GET")
            if endpoint is None or self._times[endpoint] == MOST_OF_A_KIND:
                continue
            self._times[endpoint] += 1
            for link in self._look(path):
                if link.startswith(prefix) and link not in known:
                    known.add(link)
                    waiting.append(link)

    def _look(self, path: str) -> Iterator[str]:
        page = self._browser.open(path)
        assert page.status < 500, page
        self.pages.append(path)
        if page.document is None:
            return
        for form in page.document.forms:
            address = _path(urljoin(page.url, form.get("action") or page.url))
            endpoint = self._endpoint(address, "POST")
            if form.method.upper() == "POST" and endpoint and endpoint not in LEFT_ALONE:
                names = sorted({*form.fields.keys()} - {"csrf_token", None})
                self.forms.setdefault((endpoint, *names), (address, form.form_values(), names))
        yield from (_path(urljoin(page.url, link)) for link in page.document.xpath("//a/@href"))

    def _endpoint(self, path: str, method: str) -> str | None:
        adapter = self._app.url_map.bind("localhost")
        if not adapter.test(path.partition("?")[0], method):
            return None
        return str(adapter.match(path.partition("?")[0], method)[0])


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def bad_fills(values: list[tuple[str, str]], names: list[str]) -> Iterator[list[tuple[str, str]]]:
    """Yield what is sent: nothing, everything twice or as lists, and each kind of letters in every field."""
    token = [(name, value) for name, value in values if name == "csrf_token"]
    yield token
    yield values + [(name, value) for name, value in values if name != "csrf_token"]
    yield token + [(f"{name}[]", "1") for name in names]
    for letters in LETTERS:
        yield token + [(name, letters) for name in names]
    # Each alone is wrong, so that what looks at one finds the others as they should be
    for absent in names:
        yield [(name, value) for name, value in values if name != absent]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No person sends as much within a minute, and none is to be slowed here."""
    return replace(settings, rate_account_pages=1_000_000, rate_network_pages=1_000_000)


@pytest.fixture
def everything(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone,
    describe: Callable[..., None], open_admin: Callable[[Someone], InProcess], services: Services,
    clock: Clock, keys: None,
) -> InProcess:  # fmt: skip
    """An application with a live client and a second review under way; the browser of somebody with every
    role of operators."""
    for role in sorted(OPERATOR_ROLES):
        services.admin.operators.grant(duyet.id, role, clock.now())
    operator = open_admin(duyet)
    make_ready("name")
    submit(vinhs, application)
    open_review(operator)
    operator.submit("decision_approve")
    clock.advance(60)
    describe(application, "name", "email")
    submit(vinhs, application)
    return operator


def send(browser: InProcess, address: str, fields: list[tuple[str, str]]) -> int:
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return int(browser.send("POST", f"{ISSUER}{address}", data=data).status_code)


def send_files(browser: InProcess, address: str, names: list[str]) -> int:
    files = dict.fromkeys((*names, "csrf_token"), ("a.txt", b"\x00\xff"))
    return int(browser.send("POST", f"{ISSUER}{address}", files=files).status_code)


def try_all(app: Application, browser: InProcess, prefix: str, *begin: str) -> Walk:
    walk, answers = Walk(app, browser), []
    walk.go(prefix, *begin)
    for (endpoint, *_names), (address, values, names) in walk.forms.items():
        answers += [(endpoint, send(browser, address, fill), fill) for fill in bad_fills(values, names)]
        answers.append((endpoint, send_files(browser, address, names), []))
    for page in walk.pages:
        for odd in ODD:
            answer = browser.get(f"{ISSUER}{page.partition('?')[0]}?{odd}")
            answers.append((page, answer.status_code, [("", odd)]))
    wrong: list[Any] = [one for one in answers if one[1] >= 500 or (one[1] == 429 and one[0] not in SLOWED)]
    assert wrong == []
    return walk


def test_every_form_of_the_operators_answers_whatever_it_is_sent(
    app: Application, everything: InProcess, vinh: Someone, application: str
) -> None:
    person, its_life = f"/admin/people/{vinh.id}", f"/admin/applications/{application}"
    walk = try_all(app, everything, "/admin", person, its_life, "/admin")
    assert len(walk.forms) > 15


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_form_of_the_developers_answers_whatever_it_is_sent(
    app: Application, everything: InProcess, vinhs: InProcess, application: str
) -> None:
    walk = try_all(app, vinhs, "/developers", f"/developers/apps/{application}", "/developers")
    assert len(walk.forms) > 15


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_form_of_the_sign_in_answers_whatever_it_is_sent(
    app: Application, browser: InProcess, vinh: Someone
) -> None:
    walk = try_all(app, browser, "/login", "/account")
    assert {endpoint for endpoint, *_names in walk.forms} > {"passkey.sign_in"}


def test_a_number_that_no_database_has_is_no_page(
    vinhs: InProcess, everything: InProcess, application: str
) -> None:
    number = "9" * 20
    for browser, address in (
        (vinhs, f"/developers/apps/{application}/log/{number}"),
        (vinhs, f"/developers/apps/{application}/sandbox/settings/history/{number}"),
        (everything, f"/admin/outbox/{number}/give-up"),
        (vinhs, f"/account/receipts/{number}"),
    ):
        assert browser.get(f"{ISSUER}{address}").status_code == 404, address
