"""A team with an application, described as far as a test needs it."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import bindparam, insert, update

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.developers.applications import Made, NewApplication
from tnid.developers.disclosure import Wish
from tnid.services import Services
from tnid.stores.applications import applications
from tnid.stores.client_log import client_hours

NewReviewer = Callable[[str], Someone]
PURPOSE = {"vi": "Gọi lại khi hồ sơ thiếu giấy tờ", "en": "To call back", "ko": "서류가 부족할 때 연락"}
FULL = Wish(PURPOSE, required=True, basis="contract", kept="year")


@pytest.fixture
def vinh(new_person: Callable[..., Someone]) -> Someone:
    """A developer with an authenticator app."""
    return new_person("vinh", totp=True, claims={"name": "Lê Quang Vinh", "email": "vinh@dev.example"})


@pytest.fixture
def application(services: Services, vinh: Someone, clock: Clock) -> str:
    """Return the id of an application of vinh's team that nothing was said of yet."""
    with services.database.unit():
        team = services.developers.teams.create(
            "Nhóm Sổ khám", "Sở Y tế tỉnh Thái Nguyên", vinh.id, clock.now()
        )
        new = NewApplication(str(team), "Sổ khám bệnh", "web", "https://so.example/cb", "a" * 22)
        made = services.developers.applications.create(new, vinh.id, clock.now())
    assert isinstance(made, Made)
    return made.application_id


@pytest.fixture
def describe(services: Services, vinh: Someone, clock: Clock) -> Callable[..., None]:
    """Choose items of an application, and say all of each."""

    def described(application_id: str, *names: str, wish: Wish = FULL) -> None:
        with services.database.unit():
            disclosures = services.developers.disclosures
            assert disclosures.choose(application_id, list(names), vinh.id, clock.now()) is None
            for name in names:
                assert disclosures.describe(application_id, name, wish, vinh.id, clock.now()) is None

    return described


@pytest.fixture
def vinhs(new_browser: Callable[..., InProcess], vinh: Someone) -> InProcess:
    """The developer's browser, signed in."""
    browser = new_browser()
    vinh.sign_in(browser)
    return browser


@pytest.fixture
def keys(services: Services, clock: Clock) -> None:
    """Certificates are signed."""
    services.keyring.ensure(clock.now())


@pytest.fixture
def new_reviewer(services: Services, clock: Clock, new_person: Callable[..., Someone]) -> NewReviewer:
    """Make a reviewer with an authenticator app."""

    def new(username: str) -> Someone:
        person = new_person(username, totp=True, claims={"name": "Hoàng Thị Duyệt"})
        assert services.admin.operators.grant(person.id, "reviewer", clock.now()) is None
        return person

    return new


@pytest.fixture
def duyet(new_reviewer: NewReviewer) -> Someone:
    return new_reviewer("duyet")


@pytest.fixture
def hai(new_reviewer: NewReviewer) -> Someone:
    return new_reviewer("hai")


@pytest.fixture
def open_admin(new_browser: Callable[..., InProcess]) -> Callable[[Someone], InProcess]:
    """Sign an operator in at a browser of their own and open the operators' pages there."""

    def open_desk(operator: Someone) -> InProcess:
        browser = new_browser()
        operator.sign_in(browser, "/admin")
        assert browser.click("admin_open").path == "/admin"
        return browser

    return open_desk


@pytest.fixture
def make_ready(
    services: Services, application: str, describe: Callable[..., None], vinh: Someone, clock: Clock
) -> Callable[..., None]:
    """Do all that it takes before the application can be submitted."""

    def ready(*names: str, wish: Wish = FULL) -> None:
        describe(application, *(names or ("name",)), wish=wish)
        found = services.developers.applications.find(application)
        assert found is not None
        client = services.clients.find_now(found.sandbox_client_id)
        assert client is not None
        metadata = {
            **client.metadata,
            "contacts": ["vinh@dev.example"],
            "policy_uri": "https://so.example/rieng-tu",
            "backchannel_logout_uri": "https://so.example/dang-xuat",
        }
        texts = {"name": {"vi": "Sổ khám bệnh"}, "purpose": {"vi": "Xem lại các lần khám bệnh của mình"}}
        sign_in = {"client_id": client.client_id, "hour": 0, "stage": "token", "outcome": "ok", "error": ""}
        with services.database.unit():
            services.clients.set_metadata(client.client_id, metadata, clock.now())
            text = orjson.dumps(texts).decode()
            services.database.execute(_TEXTS, of_application=application, new_texts=text)
            services.database.execute(
                insert(client_hours), **sign_in, times=1, timed=0, seconds=0, expires_at=2**40
            )

    return ready


_TEXTS = (
    update(applications)
    .where(applications.c.id == bindparam("of_application"))
    .values(texts=bindparam("new_texts"))
)
