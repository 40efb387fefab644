"""Applications: made by one form, archived, renewed; what their pages show, and to whom."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import orjson
import pytest

from oidc.clients.authentication import hash_secret
from oidc.clients.terminal import is_terminal_policy
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.developers.conftest import NAME, go_live, standing
from tnid.db import Conflict
from tnid.developers.making import MOST_APPLICATIONS, SECRET_SECONDS, Made, NewApplication
from tnid.developers.presets import PRESETS
from tnid.developers.records import Application
from tnid.developers.tokens import MOST_TOKENS
from tnid.services import Services
from tnid.stores.teams import DEVELOPER, READER

AtBrowser = Callable[[Someone], InProcess]
Make = Callable[..., Application]
Add = Callable[[Someone, str], str]


def fill(browser: InProcess, name: str = "Sổ khám bệnh", preset: str = "web", **fields: str) -> None:
    browser.open("/developers/apps/new").get(f"preset-{list(PRESETS).index(preset)}").checked = True
    browser.submit("application_submit", {"name": name, **fields})


def test_the_same_form_sent_twice_makes_one_application_and_shows_its_secret_both_times(
    vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    browser = at_browser(vinh)
    page = browser.open("/developers/apps/new")
    attempt = page.document.xpath("//input[@name='attempt']/@value")[0]  # type: ignore[union-attr]
    sent = {"attempt": attempt, "name": "Sổ", "preset": "web", "team": "", "submit": "1"}
    answers = [browser.post("/developers/apps/new", **sent) for _ in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["location"] for one in answers}) == 1
    assert len(services.developers.teams.list_of_account(vinh.id)) == 1
    page = browser.open(answers[0].headers["location"])
    client = services.clients.find_now(page.text_of("client_id"))
    assert client is not None and hash_secret(page.text_of("client_secret")) in client.secret_hashes
    assert len(services.developers.applications.list_of_account(vinh.id)) == 1


def test_of_ten_forms_at_once_one_makes_the_application(
    team: str, vinh: Someone, services: Services, clock: Clock
) -> None:
    new = NewApplication(team, "Sổ khám bệnh", "web", "", "the same")

    def make(_number: int) -> Made | None:
        try:
            with services.database.unit():
                made = services.developers.applications.create(new, vinh.id, clock.now())
        except Conflict:
            return services.developers.applications.find_made("the same", vinh.id, clock.now())
        assert isinstance(made, Made)
        return made

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(make, range(10)))) == 1
    assert len(services.developers.applications.list_of_team(team)) == 1


def test_of_many_at_once_a_team_has_no_more_than_it_may(
    team: str, make: Make, vinh: Someone, services: Services, clock: Clock
) -> None:
    now, developers = clock.now(), services.developers
    for number in range(MOST_APPLICATIONS - 4):
        make(attempt=f"n{number}")
    together = Barrier(16)

    def add(number: int) -> tuple[bool, bool]:
        together.wait()
        new = NewApplication(team, "Sổ khám bệnh", "web", "", f"at once {number}")
        with services.database.unit():
            made = developers.applications.create(new, vinh.id, now)
        with services.database.unit():
            token = developers.tokens.make(team, f"at once {number}", 7, vinh.id, now)
        return isinstance(made, Made), isinstance(token, str)

    with ThreadPoolExecutor(16) as pool:
        made, tokens = zip(*pool.map(add, range(16)), strict=True)
    assert (sum(made), sum(tokens)) == (4, MOST_TOKENS)
    assert len(developers.applications.list_of_team(team)) == MOST_APPLICATIONS


def test_a_form_of_somebody_else_makes_nothing_of_theirs_seen(
    team: str, make: Make, mai: Someone, services: Services, clock: Clock
) -> None:
    make(attempt="known")
    assert services.developers.applications.find_made("known", mai.id, clock.now()) is None


def test_a_secret_stands_in_no_address_no_cookie_in_clear_and_no_log_and_is_put_away(
    vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    browser = at_browser(vinh)
    fill(browser)
    secret = browser.page.text_of("client_secret")
    kept = "".join(f"{name}={value}" for name, value in browser.cookies.items())
    readable = kept + "".join(_decoded(part) for part in kept.replace("=", ".").split("."))
    assert secret not in browser.page.url and secret not in readable
    assert not any(secret in str(row) for row in services.audit.list_by_account(vinh.id))
    address = browser.page.path
    assert browser.open(address).text_of("client_secret") == secret
    assert not at_browser(vinh).open(address).has("client_secret")
    assert not browser.submit("secret_kept").has("client_secret")


def test_an_old_form_shows_no_secret_again_by_whatever_page(
    make: Make, vinh: Someone, services: Services, clock: Clock
) -> None:
    application, applications = make(attempt="a1"), services.developers.applications
    made = applications.renew_client(application, "a1", vinh.id, clock.now())
    assert isinstance(made, Made) and made.secret
    clock.advance(SECRET_SECONDS)
    assert applications.renew_client(application, "a1", vinh.id, clock.now()) == Made(application.id)
    assert applications.find_made("a1", vinh.id, clock.now()) == Made(application.id)


def _decoded(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except ValueError:
        return ""


@pytest.mark.parametrize("preset", PRESETS)
def test_each_kind_makes_a_client_that_works(
    preset: str, make: Make, services: Services, vinh: Someone, clock: Clock
) -> None:
    application = make(preset=preset)
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None and client.is_sandbox and not client.organisation
    made = services.developers.applications.find_made("a1", vinh.id, clock.now())
    assert made is not None
    assert bool(made.secret) == (client.auth_method == "client_secret_basic")
    assert bool(client.redirect_uris) == bool(PRESETS[preset].redirect_uri)
    assert client.is_public == (preset in ("spa", "native", "cli"))
    if preset == "terminal":
        assert is_terminal_policy(client.terminal) and client.must_push
        key = orjson.loads(made.private_key)
        (public,) = client.metadata["jwks"]["keys"]
        assert key["kid"] == public["kid"] and "d" in key and "d" not in public


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "Sổ\u202ekhám"}, "name"),
        ({"redirect_uri": "http://app.example/cb"}, "redirect_uri"),
        ({"redirect_uri": "https://app.example/cb#x"}, "redirect_uri"),
        ({"redirect_uri": "https://*.example/cb"}, "redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
    ],
)
def test_what_can_not_be_is_explained_at_its_field_and_nothing_typed_is_lost(
    fields: dict[str, str], wrong: str, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    browser = at_browser(vinh)
    fill(browser, **{"name": "Sổ khám bệnh", "redirect_uri": "https://app.example/cb", **fields})
    page = browser.page
    assert page.status == 400 and page.has(f"{wrong}-error")
    for name, value in fields.items():
        assert page.get(name).get("value") == value
    assert page.get("preset-0").checked
    assert services.developers.applications.list_of_account(vinh.id) == []
    # And none of a team that the first application would have brought
    assert services.developers.teams.list_of_account(vinh.id) == []


def test_of_several_teams_one_is_chosen_and_never_somebody_else_s(
    team: str, vinh: Someone, mai: Someone, at_browser: AtBrowser, services: Services, clock: Clock
) -> None:
    other = str(services.developers.teams.create("Nhóm của Mai", "", mai.id, clock.now()))
    services.developers.teams.create("Nhóm thứ hai", "", vinh.id, clock.now())
    browser = at_browser(vinh)
    fill(browser, team=team)
    assert NAME in browser.page.words()
    answer = browser.post(
        "/developers/apps/new", attempt="z", name="Sổ", preset="web", team=other, submit="1"
    )
    assert answer.status_code == 400
    assert services.developers.applications.list_of_team(other) == []


def test_a_reader_changes_nothing(
    make: Make, mai: Someone, add: Add, at_browser: AtBrowser, services: Services
) -> None:
    application = make()
    add(mai, READER)
    browser, here = at_browser(mai), f"/developers/apps/{application.id}"
    assert browser.open(here).status == 200
    for path in ("/texts", "/logo", "/automation", "/archive"):
        assert browser.get(f"{here}{path}").status_code == 403
        assert browser.post(f"{here}{path}").status_code == 403
    for path in ("/renew", "/logo/remove"):
        assert browser.post(f"{here}{path}").status_code == 403
    assert browser.post(f"{here}/restore").status_code == 303


def test_an_archived_application_opens_nothing_until_it_is_taken_out(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    here = f"/developers/apps/{application.id}"
    browser.open(f"{here}/archive")
    browser.submit("archive_submit")
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None and client.disabled_at is not None
    assert browser.post(f"{here}/texts", name_vi="Khác").headers["location"].endswith(here)
    browser.open(here)
    assert not browser.submit("application_restore").has("application_restore")
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None and client.disabled_at is None


def test_what_an_operator_disabled_stays_so_through_the_archive(
    make: Make, vinh: Someone, services: Services, clock: Clock
) -> None:
    application, applications = make(), services.developers.applications
    services.clients.disable(application.sandbox_client_id, clock.now())
    assert applications.archive(application, vinh.id, clock.now()) is None
    archived = applications.find(application.id)
    assert archived is not None and applications.restore(archived, vinh.id, clock.now()) is None
    assert services.clients.find_now(application.sandbox_client_id).disabled_at  # type: ignore[union-attr]


def test_what_people_sign_in_to_is_not_archived(
    team: str, make: Make, vinh: Someone, services: Services, clock: Clock
) -> None:
    application = make()
    live = go_live(services, application, clock)
    application = services.developers.applications.find(application.id) or application
    refused = services.developers.applications.archive(application, vinh.id, clock.now())
    assert refused is not None and refused.reason == "application_is_live"
    assert services.developers.teams.archive(team, vinh.id, clock.now()) is not None
    services.clients.disable(live, clock.now())
    assert services.developers.applications.archive(application, vinh.id, clock.now()) is None
    assert services.developers.teams.archive(team, vinh.id, clock.now()) is None


def test_a_developer_is_no_owner(
    make: Make, mai: Someone, add: Add, at_browser: AtBrowser, services: Services, clock: Clock
) -> None:
    application = make()
    add(mai, DEVELOPER)
    assert at_browser(mai).get(f"/developers/apps/{application.id}/archive").status_code == 403
    assert services.developers.applications.archive(application, mai.id, clock.now()) is not None
    assert services.developers.applications.restore(application, mai.id, clock.now()) is not None


def test_a_client_that_was_deleted_is_made_anew_once(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    services.clients.delete(application.sandbox_client_id)
    page = browser.open(f"/developers/apps/{application.id}")
    attempt = page.document.xpath("//input[@name='attempt']/@value")[0]  # type: ignore[union-attr]
    assert browser.submit("renew_submit").has("client_secret")
    browser.post(f"/developers/apps/{application.id}/renew", attempt=attempt)
    page = browser.open(f"/developers/apps/{application.id}")
    client = services.clients.find_now(page.text_of("client_id"))
    assert client is not None and client.client_id != application.sandbox_client_id and client.is_sandbox
    assert hash_secret(page.text_of("client_secret")) in client.secret_hashes


def test_the_steps_say_the_truth(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    here = f"/developers/apps/{application.id}"
    assert "Done" not in browser.get(here, **{"Accept-Language": "en"}).text
    browser.open(f"{here}/texts")
    browser.submit("texts_submit", {"name_vi": "Sổ khám bệnh", "purpose_vi": "Xem lịch khám"})
    page = browser.open(here)
    assert "done" in page.get("step_described").get("class", "")
    assert "done" not in page.get("step_tried").get("class", "")


def test_nothing_is_written_for_who_left(
    make: Make, vinh: Someone, mai: Someone, add: Add, services: Services, clock: Clock
) -> None:
    application, now = make(), clock.now()
    mais = add(mai, DEVELOPER)
    found = standing(services, application, mai)
    assert services.developers.members.remove(mais, application.team_id, vinh.id, now)
    new = NewApplication(application.team_id, "Khác", "web", "", "later")
    assert not isinstance(services.developers.applications.create(new, mai.id, now), Made)
    refused = services.developers.logos.remove(found, now)
    assert refused is not None and refused.reason == "changed_meanwhile"
