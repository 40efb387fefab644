"""What operators do by their pages, as far as one person alone does it, and who is asked twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import InProcess, Someone
from tnid import setting_report
from tnid.admin import setting_words
from tnid.admin.acts import ACTS
from tnid.admin.roles import ADMINISTRATOR, REVIEWER, SECURITY, SUPPORT
from tnid.app import Application
from tnid.employers.organisations import NewEmployer
from tnid.services import Services
from tnid.settings import FIELDS, variable_of
from tnid.switches import SWITCHES

WHY = "Theo đề nghị bằng văn bản"
TNG = NewEmployer("4600305723", "Công ty TNG")
EVENTS = text("SELECT outcome FROM audit_events WHERE event = :name ORDER BY id")


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def admin(new_operator: NewOperator, open_admin: OpenAdmin) -> InProcess:
    """A desk of somebody with every role but support's."""
    return open_admin(new_operator("quan.ly", ADMINISTRATOR, SECURITY, REVIEWER))


@pytest.fixture
def support(new_operator: NewOperator, open_admin: OpenAdmin) -> InProcess:
    return open_admin(new_operator("hieu.tran", SUPPORT))


def events(services: Services, name: str) -> list[str]:
    """Return the outcome of each event of this name, in their order."""
    return [row.outcome for row in services.database.fetch_all(EVENTS, name=name)]


# Applications


def test_an_application_is_stopped_at_once_and_goes_on(
    admin: InProcess, new_app: Callable[..., str], browser: InProcess, services: Services
) -> None:
    address = new_app("jobs", client_uri="https://app.example")
    admin.open("/admin/clients")
    admin.submit("search_submit", {"query": "VIEC lam"})
    assert admin.page.text_of("found").startswith("Tìm thấy 1")
    admin.open("/admin/clients/of/jobs")
    assert "https://app.example/callback" in admin.page.text
    admin.click("to_stop")
    assert admin.submit("do_submit", {"reason": " "}).has("reason-error")
    assert admin.submit("do_submit", {"reason": WHY}).path == "/admin/clients/of/jobs"
    assert browser.open(address).status == 400
    # The same form sent once more changes nothing, and says so
    assert admin.post("/admin/clients/stop/jobs", reason=WHY).status_code == 400
    admin.open("/admin/clients?show=stopped")
    assert admin.page.has("clients")
    admin.open("/admin/clients/resume/jobs")
    admin.submit("do_submit", {"reason": WHY})
    assert services.clients.find_now("jobs").disabled_at is None  # type: ignore[union-attr]  it is there
    assert events(services, "client.disable") == ["refused", "ok", "refused"]


def test_an_unknown_application_is_not_found(admin: InProcess) -> None:
    for path in ("of/nobody", "stop/nobody", "end-sign-ins/nobody", "of/a/b"):
        assert admin.get(f"/admin/clients/{path}").status_code == 404


# Organisations


def ask(services: Services, person: Someone, clock: Clock, new: NewEmployer = TNG) -> str:
    made = services.employers.organisations.ask(new, person.id, clock.now())
    assert isinstance(made, str)
    return made


def test_an_organisation_is_approved_suspended_and_goes_on(
    support: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    id_ = ask(services, minh, clock)
    assert support.open("/admin").text_of("waiting").startswith("1")
    support.open("/admin/employers")
    support.click("employer_1")
    assert "minh" in support.page.text
    for act in ("approve", "suspend", "resume"):
        support.click(f"to_{act}")
        support.submit("do_submit", {"reason": WHY})
        assert support.page.path == f"/admin/employers/{id_}"
    assert services.employers.organisations.find_approved(TNG.tax_code).suspended_at is None
    # A page that was left open since
    assert support.post(f"/admin/employers/{id_}/approve", reason=WHY).status_code == 400
    support.open(f"/admin/employers/{id_}")
    support.click("to_add")
    assert support.submit("add_submit", {"username": "nobody"}).status == 400
    support.open(f"/admin/employers/{id_}")
    support.click("remove_1")
    support.submit("do_submit", {"reason": WHY})
    assert services.employers.representatives.list_of_employer(id_, clock.now()) == []


def test_a_refused_organisation_is_gone(
    support: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    id_ = ask(services, minh, clock)
    support.open(f"/admin/employers/{id_}/refuse")
    assert support.submit("do_submit", {"reason": WHY}).path == "/admin/employers"
    assert support.get(f"/admin/employers/{id_}").status_code == 404
    assert support.get(f"/admin/employers/{id_}/refuse").status_code == 404


def test_a_representative_is_named_by_an_operator(
    support: InProcess, minh: Someone, lan: Someone, services: Services, clock: Clock
) -> None:
    id_ = services.employers.organisations.create(TNG, clock.now())
    support.open(f"/admin/employers/{id_}/representatives/new")
    support.page.get("role-0").checked = True
    support.submit("add_submit", {"username": "minh", "reason": WHY})
    (one,) = services.employers.representatives.list_of_employer(str(id_), clock.now())
    assert one.account_id == minh.id
    support.open(f"/admin/employers/{id_}/representatives/new")
    support.page.get("role-0").checked = True
    page = support.submit("add_submit", {"username": "minh", "reason": WHY})
    assert page.has("username-error") and page.text_of("reason") == WHY


def test_nobody_decides_on_an_organisation_of_their_own(
    support: InProcess, services: Services, clock: Clock
) -> None:
    hieu = services.accounts.find_id_by_username("hieu.tran")
    organisations, listed = services.employers.organisations, services.employers.representatives
    own = organisations.ask(TNG, str(hieu), clock.now())
    answer = support.post(f"/admin/employers/{own}/approve", reason=WHY)
    assert answer.status_code == 400 and organisations.find(str(own)).approved_at is None
    # Nor do they make themselves act for another's
    other = organisations.create(NewEmployer("0101243150", "Công ty May"), clock.now())
    new = f"/admin/employers/{other}/representatives/new"
    answer = support.post(new, username="hieu.tran", role="manager", reason=WHY)
    assert answer.status_code == 400
    assert listed.list_of_employer(str(other), clock.now()) == []
    # Whoever acts for it by an invitation lets it not go on alone
    listed.add(str(other), str(hieu), "manager", clock.now())
    assert support.post(f"/admin/employers/{other}/suspend", reason=WHY).status_code == 400
    assert events(services, "operator.act") == ["refused"] * 3


# Officials


def test_an_official_is_made_for_a_commune_by_its_name(
    admin: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    admin.open("/admin/officials/new")
    options = {one.text: one.get("value") for one in admin.page.get("commune")}
    fields = {"username": "minh", "commune": options["Phường Gia Sàng"], "reason": WHY}
    assert admin.submit("grant_submit", {**fields, "username": "quan.ly"}).has("username-error")
    assert admin.submit("grant_submit", fields).path == "/admin/officials"
    assert services.counter.roles.find_official(minh.id, clock.now()).commune == "05467"
    admin.open("/admin/officials/new")
    assert admin.submit("grant_submit", fields).has("username-error")
    admin.open("/admin/officials")
    admin.click("revoke_1")
    admin.submit("do_submit", {"reason": WHY})
    assert services.counter.roles.find_official(minh.id, clock.now()) is None
    assert admin.get(f"/admin/officials/{minh.id}/revoke").status_code == 404


# Roles, by two


def test_a_role_is_asked_for_by_one_and_granted_by_another(
    admin: InProcess, new_operator: NewOperator, open_admin: OpenAdmin, minh: Someone, services: Services,
    clock: Clock,
) -> None:  # fmt: skip
    admin.open("/admin/operators/new")
    admin.page.get("role-1").checked = True
    fields = {"username": "minh", "reason": WHY}
    assert admin.submit("ask_submit", {**fields, "username": "khong.co"}).has("username-error")
    assert admin.submit("ask_submit", fields).path == "/admin/requests"
    # Sent twice it is one request
    answer = admin.post("/admin/operators/new", username="minh", role=SUPPORT, reason=WHY)
    assert answer.status_code == 400
    admin.open("/admin/requests")
    admin.click("request_1")
    assert not admin.page.has("agree")
    other = open_admin(new_operator("thu.vu", ADMINISTRATOR))
    assert other.page.text_of("waiting").startswith("1")
    other.open("/admin/requests")
    other.click("request_1")
    assert other.page.text_of("why") == WHY
    assert other.click("agree").path == "/admin/requests"
    assert [row.role for row in services.admin.operators.list_roles(minh.id, clock.now())] == [SUPPORT]
    # And taken back in the same way
    other.open("/admin/operators")
    other.click("revoke_minh_support")
    other.submit("ask_submit", {"reason": WHY})
    admin.open("/admin/requests")
    admin.click("request_1")
    admin.click("agree")
    assert services.admin.operators.list_roles(minh.id, clock.now()) == []


def test_who_has_not_the_permission_sees_nothing_of_a_request(
    admin: InProcess, support: InProcess, minh: Someone, services: Services
) -> None:
    admin.post("/admin/operators/new", username="minh", role=SUPPORT, reason=WHY)
    row = services.admin.requests.list_open(0)[0].row
    assert not support.open("/admin/requests").has("waiting")
    assert support.get(f"/admin/requests/{row.id}").status_code == 404
    assert support.post(f"/admin/requests/{row.id}", decision="agree").status_code == 404
    assert admin.post(f"/admin/requests/{row.id}", decision="made up").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/admin/keys/rotate",
        "/admin/keys/rotate-now",
        "/admin/sessions/end-everybody",
        "/admin/clients/end-sign-ins/jobs",
    ],
)
def test_what_is_dangerous_waits_for_another(
    admin: InProcess, new_app: Callable[..., str], services: Services, clock: Clock, path: str
) -> None:
    new_app("jobs")
    admin.open(path)
    assert admin.submit("ask_submit", {"reason": ""}).has("reason-error")
    assert admin.submit("ask_submit", {"reason": WHY}).path == "/admin/requests"
    admin.click("request_1")
    assert admin.click("withdraw").path == "/admin/requests"
    assert services.admin.requests.list_open(clock.now()) == []
    assert len(ACTS) == 8


# Switches


def test_a_feature_is_turned_off_with_a_reason_that_people_read_and_on_again(
    admin: InProcess, browser: InProcess, services: Services
) -> None:
    admin.open("/admin/switches")
    admin.click("off_registration")
    assert admin.submit("off_submit", {"reason": ""}).has("reason-error")
    assert admin.submit("off_submit", {"reason": "Bảo trì đến 17 giờ"}).path == "/admin/switches"
    page = browser.open("/register")
    assert (page.status, page.headers["Retry-After"]) == (503, "600")
    assert "Bảo trì đến 17 giờ" in page.words()
    assert browser.post("/register").status_code == 503
    assert browser.get("/login").status_code == 303 or browser.get("/login").status_code == 200
    assert events(services, "switch.refuse") == ["refused"]
    # One press undoes it
    admin.open("/admin/switches")
    admin.click("on_registration")
    assert browser.open("/register").status == 200
    assert events(services, "switch.off") == ["refused", "ok"]


def test_what_people_need_to_get_in_is_asked_about_twice(admin: InProcess, services: Services) -> None:
    admin.open("/admin/switches/cards/off")
    page = admin.submit("off_submit", {"reason": "Thẻ bị lộ"})
    assert (page.status, page.text_of("reason")) == (400, "Thẻ bị lộ")
    assert all(state.is_on for state in services.switches.list_all())
    page.get("is_meant").checked = True
    assert admin.submit("off_submit").path == "/admin/switches"
    assert admin.page.text_of("state_cards") == "Tắt"


def test_everything_off_is_on_again_by_one_press_and_operators_come_in_meanwhile(
    admin: InProcess, services: Services, clock: Clock, new_operator: NewOperator, open_admin: OpenAdmin
) -> None:
    for name in SWITCHES:
        assert services.switches.turn(name, is_on=False, reason=WHY, by=None, now=clock.now()) is None
    other = open_admin(new_operator("thu.vu", SECURITY))
    other.open("/admin/switches")
    other.click("all_on")
    assert all(state.is_on for state in services.switches.list_all())
    # Of two who press it, the second changes nothing
    admin.post("/admin/switches/qr/on")
    assert events(services, "switch.on")[-1] == "refused"


def test_machines_are_told_in_the_protocols_words(
    browser: InProcess, services: Services, clock: Clock
) -> None:
    for name in ("client_registration", "device", "ciba", "scim"):
        services.switches.turn(name, is_on=False, reason=WHY, by=None, now=clock.now())
    for path in ("/clients", "/device_authorization", "/backchannel_authentication", "/scim/v2/Users"):
        answer = browser.send("POST", path, headers={"Accept": "application/json"})
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "600", path
        assert "temporarily_unavailable" in answer.text


def test_every_switch_names_what_there_is(app: Application) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    there = endpoints | {endpoint.rpartition(".")[0] for endpoint in endpoints}
    named = {place for switch in SWITCHES.values() for place in switch.places}
    assert named <= there
    # Nothing that an operator needs to come in
    assert not named & {"signin", "enrolment", "passkey", "session", "admin", "admin_door", "admin_switches"}


# The rest


def test_settings_are_shown_without_secrets(admin: InProcess, services: Services) -> None:
    page = admin.open("/admin/settings")
    assert page.has("TNID_ISSUER") and services.settings.issuer in page.text
    assert services.settings.database_url not in page.text


def test_settings_are_explained_in_the_language_of_whoever_reads(
    admin: InProcess, services: Services, app: Application
) -> None:
    with app.test_request_context():
        groups = setting_words.group(setting_report.describe_running(services.settings))
    assert [one["variable"] for group in groups for one in group.rows] == [
        variable_of(field.name) for field in FIELDS
    ]
    admin.open("/admin/settings")
    vietnamese = admin.page.text_of("TNID_REFRESH_TOKEN_LIFETIME_SECONDS")
    assert "Thời hạn của refresh token" in vietnamese and "30 ngày" in vietnamese
    admin.cookies.set("tnid_lang", "en")
    page = admin.open("/admin/settings")
    assert "Refresh token, from the grant" in page.text_of("TNID_REFRESH_TOKEN_LIFETIME_SECONDS")


def test_a_key_that_is_not_there_is_not_withdrawn(admin: InProcess) -> None:
    assert admin.get("/admin/keys/nothing/withdraw").status_code == 404
    assert admin.open("/admin/keys").status == 200
