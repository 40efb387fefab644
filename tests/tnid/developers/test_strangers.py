"""Whoever has no part in a team gets nothing of it: every page of teams and applications, whichever room it
is of, by the application's own map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.tnid.conftest import InProcess, Someone
from tests.tnid.developers.conftest import Make, refusals
from tnid.access import Guard, find_guard
from tnid.app import Application
from tnid.services import Services
from tnid.stores.teams import READER

AtBrowser = Callable[[Someone], InProcess]
HOMES = ("/developers/apps/<application_id>", "/developers/teams/<team_id>")


def routes(app: Application, **known: str) -> Iterator[tuple[str, str]]:
    """Yield each method and address of a page of this team or application."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(HOMES):
            continue
        assert find_guard(app, rule.endpoint) is Guard.DEVELOPER, rule.rule
        address = re.sub(r"<(?:[^<>:]+:)?([a-z_]+)>", lambda m: known.get(m[1], "1"), rule.rule)
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            yield method, address


def test_a_stranger_finds_nothing_and_each_look_is_noted(
    app: Application, make: Make, team: str, mai: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(mai)
    found = list(routes(app, application_id=application.id, team_id=team, env="sandbox"))
    assert len(found) > 30
    for method, address in found:
        answer = browser.get(address) if method == "GET" else browser.post(address)
        assert answer.status_code == 404, (method, address, answer.status_code)
    looks = [one for one in refusals(services, mai.id) if one[0] == "developer.look"]
    assert looks and set(looks) == {("developer.look", "not_found")}
    # Not to be told from what isn't there
    gone = browser.get(f"/developers/apps/{'A' * 22}").text
    hidden = browser.get(f"/developers/apps/{application.id}").text.replace(application.id, "A" * 22)
    number = r'value="[^"]*"|[0-9a-f]{16,}'
    assert re.sub(number, "", gone) == re.sub(number, "", hidden)


def test_who_is_not_signed_in_is_asked_to(
    app: Application, make: Make, team: str, browser: InProcess
) -> None:
    application = make()
    for method, address in routes(app, application_id=application.id, team_id=team, env="sandbox"):
        answer = browser.get(address) if method == "GET" else browser.post(address)
        onward = answer.headers.get("location", "")[:8]
        assert (answer.status_code, onward) == (303, "/resume/"), (method, address)


def test_a_form_of_another_site_changes_nothing(
    app: Application, make: Make, team: str, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    for method, address in routes(app, application_id=application.id, team_id=team, env="sandbox"):
        if method == "POST":
            assert browser.send("POST", address, data={"role": "owner"}).status_code == 403, address
    assert [one.event for one in services.developers.acts.list_of_team(team)] == [
        "application.create",
        "team.create",
    ]


def test_a_reader_looks_and_changes_nothing(
    app: Application, make: Make, team: str, mai: Someone, add: Callable[..., str], at_browser: AtBrowser
) -> None:
    application = make()
    add(mai, READER)
    browser = at_browser(mai)
    posted = {
        address.removeprefix(f"/developers/apps/{application.id}"): browser.post(address).status_code
        for method, address in routes(app, application_id=application.id, team_id=team, env="sandbox")
        if method == "POST" and not address.endswith(("/leave", "/restore", "/kept"))
    }
    let_in = {address: status for address, status in posted.items() if status != 403}
    # Nothing is made or changed by looking at what an application would hear, or by a trial of one's own
    assert let_in == {"/preview": 400, "/playground": 400, "/playground/1/1": 303}
