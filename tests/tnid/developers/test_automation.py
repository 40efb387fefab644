"""Programs: a team's initial access tokens (RFC 7591), its clients' registration access tokens (RFC 7592)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oidc.decoupled.models import DEVICE_CODE
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.developers.conftest import go_live
from tnid.accounts.refusal import Refused
from tnid.developers.making import MOST_APPLICATIONS
from tnid.developers.records import Application
from tnid.services import Services
from tnid.stores.teams import DEVELOPER

AtBrowser = Callable[[Someone], InProcess]
Make = Callable[..., Application]
Add = Callable[[Someone, str], str]
DOCUMENT = {"client_name": "Từ CI", "client_name#en": "From CI", "redirect_uris": [CALLBACK]}


@pytest.fixture
def token(team: str, vinh: Someone, services: Services, clock: Clock) -> str:
    made = services.developers.tokens.make(team, "GitLab CI", 30, vinh.id, clock.now())
    assert isinstance(made, str)
    return made


def register(browser: InProcess, token: str, **members: Any) -> Any:
    return browser.send(
        "POST", "/clients", json={**DOCUMENT, **members}, headers={"Authorization": f"Bearer {token}"}
    )


def manage(browser: InProcess, method: str, address: str, token: str, **options: Any) -> Any:
    return browser.send(method, address, headers={"Authorization": f"Bearer {token}"}, **options)


def test_a_program_registers_an_application_of_the_team_in_the_sandbox(
    team: str, token: str, browser: InProcess, services: Services, clock: Clock
) -> None:
    answer = register(browser, token)
    assert answer.status_code == 201, answer.text
    client = services.clients.find_now(answer.json()["client_id"])
    assert client is not None and client.is_sandbox and client.require_pkce and not client.organisation
    (application,) = services.developers.applications.list_of_team(team)
    assert application.sandbox_client_id == client.client_id and application.preset == "web"
    assert application.texts["name"] == {"vi": "Từ CI", "en": "From CI"}
    (listed,) = services.developers.tokens.list_of_team(team, clock.now())
    assert listed.last_used_at == clock.now()
    acts = [one.event for one in services.developers.acts.list_of_team(team)]
    assert acts[0] == "application.register"


def test_a_device_may_be_registered_in_the_sandbox_and_nowhere_else(
    token: str, browser: InProcess, services: Services, clock: Clock
) -> None:
    device = {"redirect_uris": [], "grant_types": [DEVICE_CODE], "token_endpoint_auth_method": "none"}
    answer = register(browser, token, **device)
    assert answer.status_code == 201, answer.text
    operators = services.provider.registration.initial_access_token(clock.now(), 60)
    assert register(browser, operators, **device).status_code == 400


@pytest.mark.parametrize(
    "way", ["revoked", "expired", "member left", "account shut", "team archived", "made up"]
)
def test_a_token_ends(
    way: str, team: str, token: str, vinh: Someone, mai: Someone, add: Add, browser: InProcess,
    services: Services, clock: Clock,
) -> None:  # fmt: skip
    now = clock.now()
    (row,) = services.developers.tokens.list_of_team(team, now)
    if way == "revoked":
        assert services.developers.tokens.revoke(row.id, team, vinh.id, now)
    elif way == "expired":
        clock.advance(30 * 86400)
    elif way == "member left":
        add(mai, "owner")
        assert services.developers.members.leave(team, vinh.id, now)
    elif way == "account shut":
        assert services.accounts.disable(vinh.id, now)
    elif way == "team archived":
        assert services.developers.teams.archive(team, vinh.id, now) is None
    else:
        token = services.provider.registration.team_token("A" * 22, now, now + 60)
    before = len(services.developers.applications.list_of_team(team))
    answer = register(browser, token)
    assert answer.status_code == 401 and "Bearer" in answer.headers["www-authenticate"]
    assert len(services.developers.applications.list_of_team(team)) == before


def test_a_full_team_hears_that_it_is_and_what_is_deleted_or_archived_makes_room(
    team: str, token: str, vinh: Someone, make: Make, browser: InProcess, at_browser: AtBrowser,
    services: Services, clock: Clock,
) -> None:  # fmt: skip
    applications = services.developers.applications
    made = [make(attempt=f"n{number}") for number in range(MOST_APPLICATIONS - 1)]
    last = register(browser, token).json()
    answer = register(browser, token)
    assert (answer.status_code, answer.json()["error"]) == (403, "registration_full")
    # A pipeline that tidies up after itself goes on for ever
    for _ in range(2):
        address, own = last["registration_client_uri"], last["registration_access_token"]
        assert manage(browser, "DELETE", address, own).status_code == 204
        assert len(applications.list_of_team(team)) == len(made)
        last = register(browser, token).json()
    assert [one.event for one in services.developers.acts.list_of_team(team)[:2]] == [
        "application.register",
        "application.remove",
    ]
    assert "Từ CI" in at_browser(vinh).open(f"/developers/teams/{team}/history").words()
    # The archive holds as many as there are, and gives none back to a team that is full
    assert applications.archive(made[0], vinh.id, clock.now()) is None
    assert register(browser, token).status_code == 201
    archived = applications.find(made[0].id)
    assert archived is not None
    own = at_browser(vinh)
    own.open(f"/developers/apps/{archived.id}")
    assert own.submit("application_restore").has("application_restore")
    assert applications.restore(archived, vinh.id, clock.now()) == Refused("", "applications_too_many")


def test_what_a_program_registered_and_a_reviewer_read_stays_when_it_is_deleted(
    team: str, token: str, browser: InProcess, services: Services, clock: Clock
) -> None:
    made = register(browser, token).json()
    (application,) = services.developers.applications.list_of_team(team)
    with services.database._engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE applications SET live_client_id = 'live' WHERE id = '{application.id}'"
        )
    address, own = made["registration_client_uri"], made["registration_access_token"]
    assert manage(browser, "DELETE", address, own).status_code == 204
    assert [one.id for one in services.developers.applications.list_of_team(team)] == [application.id]


def test_a_program_brings_the_secret_that_there_is_or_none(token: str, browser: InProcess) -> None:
    made = register(browser, token).json()
    address, own = made["registration_client_uri"], made["registration_access_token"]
    document = {**DOCUMENT, "client_id": made["client_id"]}
    for secret, status in (("mine", 400), (["mine"], 400), (None, 400), (made["client_secret"], 200)):
        answer = manage(browser, "PUT", address, own, json={**document, "client_secret": secret})
        assert answer.status_code == status, secret
        assert status == 200 or answer.json()["error"] == "invalid_request"
    assert manage(browser, "PUT", address, own, json=document).status_code == 200


def test_a_token_is_shown_once_at_one_browser_and_revoked_on_its_page(
    team: str, vinh: Someone, at_browser: AtBrowser, browser: InProcess, services: Services
) -> None:
    own = at_browser(vinh)
    own.open(f"/developers/teams/{team}/tokens")
    page = own.submit("token_submit", {"name": "Máy chủ dựng"})
    token = page.text_of("team_token")
    assert token not in page.url and not any(
        token in str(row) for row in services.audit.list_by_account(vinh.id)
    )
    assert register(browser, token).status_code == 201
    assert token not in own.open(f"/developers/teams/{team}/tokens").text
    own.submit("revoke_1")
    assert register(browser, token).status_code == 401


def test_a_token_needs_a_name_and_a_lifetime_that_there_is(
    team: str, vinh: Someone, at_browser: AtBrowser
) -> None:
    browser = at_browser(vinh)
    browser.open(f"/developers/teams/{team}/tokens")
    assert browser.submit("token_submit", {"name": ""}).has("name-error")
    answer = browser.post(f"/developers/teams/{team}/tokens", name="x", days="9999", submit="1")
    assert answer.status_code == 400


def test_a_registration_token_is_made_anew_and_ends_the_one_before(
    make: Make, vinh: Someone, at_browser: AtBrowser, browser: InProcess, services: Services
) -> None:
    application, own = make(), at_browser(vinh)
    own.open(f"/developers/apps/{application.id}/automation")
    page = own.submit("token_submit")
    first, address = page.text_of("registration_token"), page.text_of("registration_client_uri")
    assert manage(browser, "GET", address, first).json()["client_id"] == application.sandbox_client_id
    second = own.submit("token_submit").text_of("registration_token")
    assert manage(browser, "GET", address, first).status_code == 401
    found = manage(browser, "GET", address, second)
    assert found.status_code == 200 and found.json()["registration_access_token"] == second


def test_what_a_program_changes_is_followed_and_what_it_deletes_is_explained(
    make: Make, vinh: Someone, at_browser: AtBrowser, browser: InProcess, services: Services, clock: Clock
) -> None:
    application, own = make(), at_browser(vinh)
    token = services.developers.tokens.renew_registration_token(application, vinh.id, clock.now())
    assert token is not None
    address = f"/clients/{application.sandbox_client_id}"
    document = manage(browser, "GET", address, token).json()
    document |= {"client_name": "Tên mới", "client_name#vi": "Tên mới", "client_name#ko": "새 이름"}
    assert manage(browser, "PUT", address, token, json=document).status_code == 200
    found = services.developers.applications.find(application.id)
    assert found is not None and found.texts["name"] == {"vi": "Tên mới", "ko": "새 이름"}
    assert manage(browser, "DELETE", address, token).status_code == 204
    page = own.open(f"/developers/apps/{application.id}")
    assert page.has("renew_submit") and not page.has("client_id")
    assert not own.open(f"/developers/apps/{application.id}/automation").has("token_submit")
    events = [one.event for one in services.developers.acts.list_of_application(application.id)]
    assert events[:2] == ["application.api_delete", "application.api_update"]


def test_no_token_touches_what_was_agreed_of_a_live_client(
    make: Make, browser: InProcess, services: Services, clock: Clock
) -> None:
    live = services.clients.find_now(go_live(services, make(), clock))
    assert live is not None
    # Nobody is given one; were it made all the same, it would change nothing that is reviewed
    token = services.provider.registration.registration_token(live.client_id, live.created_at, 0)
    address = f"/clients/{live.client_id}"
    document = {**manage(browser, "GET", address, token).json(), "client_name": "Ngân hàng"}
    assert manage(browser, "PUT", address, token, json=document).status_code == 400
    answer = manage(browser, "DELETE", address, token)
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
    assert services.clients.find_now(live.client_id) == live


def test_a_developer_makes_no_token_of_a_live_client(
    make: Make, mai: Someone, add: Add, services: Services, clock: Clock
) -> None:
    application = make()
    go_live(services, application, clock)
    add(mai, DEVELOPER)
    swapped = application._replace(sandbox_client_id="live")
    assert services.developers.tokens.renew_registration_token(swapped, mai.id, clock.now()) is None
