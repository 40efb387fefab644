"""What the examples promise with no provider in sight, and what copying them must never teach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from examples.bookings.app import create_app as create_bookings
from examples.bookings_api.access_tokens import check_authentication
from examples.bookings_api.app import METADATA_PATH
from examples.bookings_api.app import create_app as create_bookings_api
from examples.bookings_api.challenges import Challenge
from examples.jobs_housing.app import create_app as create_jobs_housing
from examples.kiosk.app import create_app as create_kiosk
from examples.provincial_apps.app import create_app as create_provincial_apps
from examples.relying_party import claims
from examples.relying_party.memory import Memory
from examples.relying_party.sign_in import SignedIn
from tests.servers.provider import ROOT

EXAMPLES = ROOT / "examples"
FORBIDDEN = {"oidc", "keys", "tnid", "tests"}


def environ_without_provider(folder: Path) -> dict[str, str]:
    """Return the surroundings of an application whose provider doesn't answer: nothing listens on port 9."""
    credentials = folder / "demo.json"
    credentials.write_text(
        '{"clients": {"jobs-housing": {"client_id": "jobs-housing", "client_secret": "s"},'
        ' "portal": {"client_id": "portal", "client_secret": "s"}}}'
    )
    return {
        "DEMO_ISSUER": "http://127.0.0.1:9",
        "DEMO_CREDENTIALS": str(credentials),
        "DEMO_DATA_DIR": str(folder),
    }


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[FlaskClient]:
    with create_jobs_housing(environ_without_provider(tmp_path)).test_client() as client:
        yield client


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[FlaskClient]:
    with create_provincial_apps(environ_without_provider(tmp_path)).test_client() as client:
        yield client


def count(client: FlaskClient, query: str) -> int:
    """Return how many listings a search shows."""
    document = html.document_fromstring(client.get(f"/?{query}").data)
    return int(re.findall(r"[0-9]+", document.get_element_by_id("count").text_content())[0])


def test_examples_import_nothing_of_the_provider() -> None:
    for file in EXAMPLES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.partition(".")[0] for name in names} & FORBIDDEN, file


def test_listings_are_found_by_kind_park_ward_and_words(jobs: FlaskClient) -> None:
    everything = count(jobs, "")
    assert everything == count(jobs, "kind=job") + count(jobs, "kind=home")
    assert 0 < count(jobs, "park=diem-thuy&kind=home") < count(jobs, "park=diem-thuy")
    assert 0 < count(jobs, "ward=05533") < everything
    assert count(jobs, "q=phong+tro") == count(jobs, "q=Ph%C3%B2ng+tr%E1%BB%8D") > 0
    assert 0 < count(jobs, "q=%25") < everything, "a percent sign is a letter like any other"
    assert count(jobs, "q=_") == 0, "and so is an underscore"
    assert count(jobs, "kind=x&park=y&ward=z") == everything, "what isn't known is left out"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?next=/listings/cong-nhan-may-yen-binh"])
def test_a_provider_that_is_down_is_said_in_plain_words(jobs: FlaskClient, path: str) -> None:
    answer = jobs.get(path)
    assert (answer.status_code, b"unreachable" in answer.data) == (503, True)
    assert jobs.get("/").status_code == 200


def test_a_client_that_is_not_registered_yet_is_said_in_plain_words(systems: FlaskClient) -> None:
    answer = systems.get("/ioc/sign-in")
    assert (answer.status_code, b"not_registered" in answer.data) == (503, True)


def test_every_error_of_a_provider_has_a_page(systems: FlaskClient) -> None:
    for error in ("access_denied", "server_error", "login_required", "khong_ai_biet", "<script>"):
        answer = systems.get("/portal/callback", query_string={"error": error, "state": "x"})
        assert 400 <= answer.status_code < 504
        assert b"error_code" in answer.data
        assert b"<script" not in answer.data


def test_saving_asks_to_sign_in_first(jobs: FlaskClient) -> None:
    path = "/listings/phien-dich-tieng-han"
    token = html.document_fromstring(jobs.get(path).data).xpath("//input[@name='csrf_token']/@value")[0]
    answer = jobs.post(f"{path}/save", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")


def test_a_sign_out_ends_on_a_clean_address_and_is_said_once(jobs: FlaskClient) -> None:
    relying_party = jobs.application.extensions["jobs_housing"].relying_party
    with jobs.session_transaction() as session:
        relying_party._client("jobs-housing").framework.set_state_data(session, "s1", {"x": 1})
    answer = jobs.get("/?kind=job&state=s1")
    assert (answer.status_code, answer.location) == (303, "/?kind=job")
    assert b'id="signed_out"' in jobs.get("/").data
    assert b'id="signed_out"' not in jobs.get("/").data


def test_a_state_that_nobody_asked_for_says_nothing(jobs: FlaskClient, systems: FlaskClient) -> None:
    for client, path in ((jobs, "/"), (systems, "/portal/")):
        answer = client.get(f"{path}?state=x")
        assert (answer.status_code, answer.location) == (303, path)
        assert b'id="signed_out"' not in client.get(path).data


@pytest.mark.parametrize("path", ["/sign-out", "/language", "/listings/phien-dich-tieng-han/save"])
def test_a_form_from_elsewhere_changes_nothing(jobs: FlaskClient, path: str) -> None:
    answer = jobs.post(path, data={"language": "en"})
    assert (answer.status_code, b"form_expired" in answer.data) == (400, True)


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/\n/evil"]
)
def test_choosing_a_language_leads_nowhere_else(jobs: FlaskClient, elsewhere: str) -> None:
    token = html.document_fromstring(jobs.get("/").data).xpath("//input[@name='csrf_token']/@value")[0]
    answer = jobs.post("/language", data={"csrf_token": token, "language": "en", "next": elsewhere})
    assert (answer.status_code, answer.location) == (303, "/")
    assert b'<html lang="en">' in jobs.get("/").data


def test_pages_carry_no_script_and_allow_none(
    jobs: FlaskClient, systems: FlaskClient, tmp_path: Path
) -> None:
    bookings = create_bookings(environ_without_provider(tmp_path)).test_client()
    for client, path in ((jobs, "/"), (systems, "/"), (systems, "/suckhoe/"), (bookings, "/")):
        answer = client.get(path)
        assert b"<script" not in answer.data
        assert b"style=" not in answer.data
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_memory_is_bounded_and_forgets_the_oldest_first() -> None:
    memory = Memory(most_entries=2)
    for key in "abc":
        memory.set(key, key, 60)
    assert [memory.get(key) for key in "abc"] == [None, "b", "c"]
    memory.set("b", "gone", 0)
    assert memory.get("b") is None


def test_claims_are_written_as_people_read_them() -> None:
    shown = claims.describe(
        {
            "name": "Nguyễn Thị Lan", "family_name": "Nguyễn", "middle_name": "Thị", "given_name": "Lan",
            "birthdate": "1998-03-14", "gender": "female", "phone_number": "+84912000101",
            "phone_number_verified": True,
            "address": {"locality": "Xã Võ Nhai", "region": "Tỉnh Thái Nguyên"},
        },
        say=lambda key: key,
    )  # fmt: skip
    assert {line.claim: line.value for line in shown} == {
        "name": "Nguyễn Thị Lan",
        "name_parts": "Nguyễn · Thị · Lan",
        "birthdate": "14/03/1998",
        "gender": "gender.female",
        "phone_number": "0912 000 101",
        "address": "Xã Võ Nhai, Tỉnh Thái Nguyên",
    }
    assert next(line for line in shown if line.claim == "phone_number").is_verified is True


@pytest.mark.parametrize(
    ("claims", "acr", "max_age", "wanted"),
    [
        ({"acr": "LoA2", "auth_time": 990}, "LoA2", 60, None),
        ({"acr": "LoA1", "auth_time": 990}, "LoA1", None, None),
        ({"acr": "LoA1", "auth_time": 990}, "LoA2", None, {"acr_values": "LoA2"}),
        ({"acr": "LoA2", "auth_time": 900}, "LoA2", 60, {"acr_values": "LoA2", "max_age": "60"}),
        ({"acr": "LoA2"}, "LoA1", 60, {"acr_values": "LoA1", "max_age": "60"}),
        ({"auth_time": 990}, "LoA1", None, {"acr_values": "LoA1"}),
        ({"acr": "LoA9", "auth_time": 990}, "LoA1", None, {"acr_values": "LoA1"}),
    ],
)
def test_an_api_says_how_strong_and_how_recent_a_sign_in_must_be(
    claims: dict[str, object],
    acr: str,
    max_age: int | None,
    wanted: dict[str, str] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RFC 9470 §3."""
    monkeypatch.setattr("time.time", lambda: 1000.0)
    if wanted is None:
        check_authentication(claims, acr, max_age)
        return
    with pytest.raises(Challenge) as raised:
        check_authentication(claims, acr, max_age)
    assert (raised.value.error, raised.value.more) == ("insufficient_user_authentication", wanted)


def test_an_api_whose_provider_is_down_describes_itself_and_lets_nobody_in(tmp_path: Path) -> None:
    with create_bookings_api(environ_without_provider(tmp_path)).test_client() as api:
        assert api.get(METADATA_PATH).get_json()["authorization_servers"] == ["http://127.0.0.1:9"]
        # {"alg": "ES256", "typ": "at+jwt"} and {}
        token = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AA"
        answer = api.get("/bookings", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.get_json()["error"]) == (503, "temporarily_unavailable")


def test_an_application_whose_api_is_down_says_so_before_anybody_signs_in(tmp_path: Path) -> None:
    environ = {**environ_without_provider(tmp_path), "DEMO_BOOKINGS_API_URL": "http://127.0.0.1:9"}
    with create_bookings(environ).test_client() as application:
        assert application.get("/").status_code == 200
        answer = application.get("/sign-in")
        assert (answer.status_code, b"unreachable" in answer.data) == (503, True)


def test_a_kiosk_whose_provider_is_down_shows_its_start_page_and_says_so(tmp_path: Path) -> None:
    environ = {**environ_without_provider(tmp_path), "DEMO_BOOKINGS_API_URL": "http://127.0.0.1:9"}
    with create_kiosk(environ).test_client() as kiosk:
        assert kiosk.get("/").status_code == 200
        answer = kiosk.get("/begin")
        assert (answer.status_code, b"unreachable" in answer.data) == (503, True)
        assert answer.headers["Refresh"] == "60; url=/", "the next person finds the start page"
        assert kiosk.get("/day").headers["Location"] == "/"


def test_whoever_does_not_touch_a_kiosk_for_a_minute_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("examples.relying_party.seats.time.monotonic", lambda: now[0])
    app = create_kiosk(environ_without_provider(tmp_path))
    person = SignedIn("kiosk", "sub", {}, {}, (), (), "", "an ID token")
    with app.test_request_context():
        seats = app.extensions["kiosk"].seats
        seats.take(person)
        for _ in range(3):
            now[0] += 59
            assert seats.find() == person and seats.find_left() is None
        now[0] += 60
        assert seats.find() is None and seats.find_left() == person
        assert seats.empty() == person
        assert seats.find_left() is None
