"""A form that is shown may be sent: nobody types what is then lost on the way to a sign-in, or refused.

The application's own map says which pages there are: whoever adds one is tried here by itself. A button alone
may ask for a sign-in when it is pressed: nothing is lost by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import request
from werkzeug.routing import Rule

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.developers.settings_world import SettingsWorld, make_world
from tnid.access import Guard, find_guard
from tnid.admin.roles import OPERATOR_ROLES
from tnid.app import Application
from tnid.developers import metadata_pages
from tnid.developers.metadata_parts import PARTS
from tnid.services import Services

Who = Callable[..., Someone]
TYPED = (
    ".//input[not(@type='hidden' or @type='submit' or @type='file' or @hidden or @disabled)]"
    " | .//textarea[not(@disabled)] | .//select[not(@disabled)]"
)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def known_values(world: SettingsWorld | None, name: str, rule: Rule) -> list[str]:
    """Return what may stand in this place of an address; the identifiers are those of the world."""
    if name == "part_id":
        return sorted(PARTS)
    if world is not None and name == "application_id":
        return [world.application_id]
    if world is not None and name == "team_id":
        return [world.application.team_id]
    return sorted(getattr(rule._converters[name], "items", ()))


def pages(app: Application, guard: Guard, world: SettingsWorld | None = None) -> Iterator[str]:
    """Yield the address of every page behind this guard that can be looked at."""
    for rule in app.url_map.iter_rules():
        if find_guard(app, rule.endpoint) is not guard or "GET" not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        for values in product(*(known_values(world, name, rule) for name in names)):
            built = rule.build(dict(zip(names, values, strict=True)), append_unknown=False)
            if built is not None:
                yield built[1]


def fields_of(form: Any) -> dict[str, str]:
    """Return what a browser would send of the form as it stands; the first of several radio buttons."""
    sent: dict[str, str] = {}
    for field in form.xpath(".//input[@name] | .//textarea[@name]"):
        kind = field.get("type", "text")
        if kind in ("submit", "file", "checkbox") or (kind == "radio" and field.get("name") in sent):
            continue
        sent[field.get("name")] = field.get("value") or field.text or ""
    for field in form.xpath(".//select[@name]"):
        chosen = field.xpath(".//option[@selected]/@value") or field.xpath(".//option/@value")
        sent[field.get("name")] = chosen[0] if chosen else ""
    return sent


def find_traps(browser: InProcess, addresses: Iterator[str]) -> tuple[int, list[str]]:
    """Send every form to type into on these pages; return how many there were, and those that lead away."""
    tried, traps = 0, []
    for address in addresses:
        answer = browser.get(address)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        page = browser.open(address)
        for form in page.document.xpath("//main//form[@method='post']"):
            if not form.xpath(TYPED):
                continue
            tried += 1
            target = form.get("action") or address
            sent = browser.send("POST", target, data=fields_of(form))
            if sent.status_code == 403 or "/resume/" in sent.headers.get("Location", ""):
                traps.append(f"{address}: {target} {sent.status_code}")
    return tried, traps


@pytest.mark.parametrize("has_two_factors", [False, True])
def test_of_the_portal_after_some_time(
    app: Application,
    services: Services,
    clock: Clock,
    new_person: Who,
    browser: InProcess,
    has_two_factors: bool,
) -> None:
    """For an owner of a live application, with one factor, and with two that were used two hours ago."""
    vinh = new_person("vinh", totp=has_two_factors, claims={"name": "Lê Quang Vinh"})
    world = make_world(services, clock, vinh)
    vinh.sign_in(browser, world.path())
    for minutes in (0, 50, 50):
        # In use all the while: the session goes on
        clock.advance(60 * minutes)
        assert browser.open("/developers").has("to_developers")
    tried, traps = find_traps(browser, pages(app, Guard.DEVELOPER, world))
    assert tried > 20 and traps == []


@pytest.mark.parametrize("has_two_factors", [False, True])
def test_of_the_account_after_some_time(
    app: Application, clock: Clock, new_person: Who, browser: InProcess, has_two_factors: bool
) -> None:
    lan = new_person(
        "lan", totp=has_two_factors, claims={"name": "Nguyễn Thị Lan", "phone_number": "0912345678"}
    )
    lan.sign_in(browser)
    clock.advance(1800)
    tried, traps = find_traps(browser, pages(app, Guard.SIGNED_IN))
    assert tried > 3 and traps == []


def test_of_the_operators_after_some_time(
    app: Application, services: Services, clock: Clock, new_person: Who, browser: InProcess
) -> None:
    """For somebody in every role, whose desk is open and whose sign-in is no longer fresh."""
    hanh = new_person("hanh", totp=True, claims={"name": "Hoàng Văn Hành"})
    for role in sorted(OPERATOR_ROLES):
        assert services.admin.operators.grant(hanh.id, role, clock.now()) is None
    hanh.sign_in(browser, "/admin")
    assert browser.click("admin_open").path == "/admin"
    clock.advance(600)
    tried, traps = find_traps(browser, pages(app, Guard.OPERATOR))
    assert tried > 3 and traps == []


def test_a_form_that_leads_away_is_seen(
    services: Services, clock: Clock, new_person: Who, browser: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata_pages, "is_shut", lambda *_: request.method == "POST")
    vinh = new_person("vinh")
    world = make_world(services, clock, vinh)
    vinh.sign_in(browser, world.path())
    address = world.path("/addresses", "live")
    assert find_traps(browser, iter([address])) == (1, [f"{address}: {address} 403"])
