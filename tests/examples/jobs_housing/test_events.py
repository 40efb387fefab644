"""What the listings do when they are told that data may no longer be used: once, and in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from requests import ConnectionError as Unreachable

from examples.jobs_housing import applications, letters, sent_items
from examples.jobs_housing.app import create_app
from examples.jobs_housing.applications import Page, Target
from examples.jobs_housing.database import SETTING, Database
from examples.jobs_housing.linking import drop_taken_back
from examples.jobs_housing.parts import PARTS, Parts
from examples.jobs_housing.people import EVERYTHING, Draft
from examples.jobs_housing.sharing import Sent
from examples.relying_party.sign_in import SignedIn
from tests.conftest import Clock
from tests.examples.jobs_housing.issuer import Issuer, running_issuer
from tests.servers.processes import wait_until

NOW = Clock().now()
LAN, MINH = "sub-of-lan", "sub-of-minh"
READER = "org:4600305723"
SENT = [
    Sent("name", "Nguyễn Thị Lan", None, "", "2026-11-01", ""),
    Sent("phone_number", "+84912000101", None, "", "", ""),
    Sent("job_title", "Công nhân may", None, "TNG", "2026-11-01", "2027-05-01"),
    Sent("tenure_at_least_months", True, 12, "TNG", "2026-11-01", "2027-05-01"),
]


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def listings(jobs_database: Database, issuer: Issuer, tmp_path: Path) -> Iterator[FlaskClient]:
    """The listings at this provider, on either database."""
    credentials = tmp_path / "demo.json"
    client = {"client_id": "jobs-housing", "client_secret": "s"}
    credentials.write_text(json.dumps({"clients": {"jobs-housing": client}}))
    environ = {
        "DEMO_ISSUER": issuer.url,
        "DEMO_CREDENTIALS": str(credentials),
        "DEMO_DATA_DIR": str(tmp_path),
        SETTING: jobs_database.engine.url.render_as_string(hide_password=False),
    }
    with create_app(environ).test_client() as client_of_app:
        yield client_of_app
        parts_of(client_of_app).answering.wait()
        parts_of(client_of_app).database.close()


def parts_of(listings: FlaskClient) -> Parts:
    found: Parts = listings.application.extensions[PARTS]
    return found


def send(listings: FlaskClient, sub: str, listing_id: str = "nha", at: int = NOW) -> str:
    """Send an application as a sign-in of that moment would; return its id."""
    application_id = f"{sub}-{listing_id}"[:22]
    people = parts_of(listings).people
    people.greet(sub, at, at)
    people.save_draft(sub, "khac", Draft("Đang viết", ()), at)
    with parts_of(listings).database.writing() as connection:
        target = Target(listing_id, "Phòng trọ", "home", READER)
        assert applications.add(connection, application_id, target, sub, "Chào anh", at, at)
        sent_items.add(connection, application_id, SENT, at)
        assert letters.write(connection, f"{application_id}-1"[:22], application_id, "person", "Chào", at)
    return application_id


def look(listings: FlaskClient, application_id: str) -> tuple[Any, dict[str, Any]]:
    """Return an application's row, and the values of its items that are left."""
    with parts_of(listings).database.reading() as connection:
        rows = applications.list_for(connection, [READER], applications.STATES, "", Page(0, 50))
        [row] = [one for one in rows if one.id == application_id]
        items = sent_items.list_of(connection, application_id)
    return row, {one.name: one.value for one in items}


def tell(listings: FlaskClient, token: str) -> int:
    return listings.post("/events", data=token, content_type="application/secevent+jwt").status_code


def test_a_withdrawal_removes_everything_of_one_person(listings: FlaskClient, issuer: Issuer) -> None:
    lan, minh = send(listings, LAN), send(listings, MINH)
    before = look(listings, minh)
    assert tell(listings, issuer.event("consent-withdrawn", LAN, NOW, "j1", [])) == 202
    row, items = look(listings, lan)
    assert (row.state, row.sub, row.letter, items) == ("withdrawn", None, "", {})
    with parts_of(listings).database.reading() as connection:
        assert letters.list_of(connection, lan) == []
    assert parts_of(listings).people.find(LAN) is None
    assert parts_of(listings).people.find_draft(LAN, "khac") is None
    assert not parts_of(listings).people.is_current(LAN, NOW)
    assert look(listings, minh) == before
    wait_until(lambda: issuer.answers, seconds=10, what="an answer")
    assert issuer.answers == [{"jti": "j1", "outcome": "deleted"}]


def test_what_a_person_posted_goes_with_them_and_an_organisations_stays(
    listings: FlaskClient, issuer: Issuer
) -> None:
    store = parts_of(listings).listings
    parts_of(listings).people.greet(LAN, NOW, NOW)
    home = store.begin("home", LAN, {"offered_by": "Nguyễn Thị Lan"}, NOW)
    job = store.begin("job", LAN, {"offered_by": "TNG", "tax_code": "4600305723"}, NOW)
    assert home and job
    recipient = applications.recipient_of(None, LAN)
    with parts_of(listings).database.writing() as connection:
        target = Target(home.id, "Phòng trọ", "home", str(recipient))
        assert applications.add(connection, "don", target, MINH, "", NOW, NOW)
    tell(listings, issuer.event("consent-withdrawn", LAN, NOW, "j1", []))
    home, job = store.find(home.id), store.find(job.id)
    assert home and (home.state, home.offered_by, home.posted_by) == ("deleted", "", "")
    assert job and (job.state, job.offered_by, job.posted_by) == ("draft", "TNG", "")
    with parts_of(listings).database.reading() as connection:
        waiting = applications.find_own(connection, "don", MINH)
    assert waiting is not None and waiting.state == "refused", "nobody waits for an answer that can't come"


def test_an_account_that_is_gone_is_forgotten_too(listings: FlaskClient, issuer: Issuer) -> None:
    lan = send(listings, LAN)
    purged = "https://schemas.openid.net/secevent/risc/event-type/account-purged"
    assert tell(listings, issuer.event(purged, LAN, NOW, "j1", [])) == 202
    assert look(listings, lan)[0].sub is None


def test_what_was_decided_keeps_its_outcome_and_says_so(listings: FlaskClient, issuer: Issuer) -> None:
    lan = send(listings, LAN)
    with parts_of(listings).database.writing() as connection:
        assert applications.move(connection, lan, applications.ACCEPTED, NOW)
    tell(listings, issuer.event("consent-withdrawn", LAN, NOW, "j1", []))
    row, items = look(listings, lan)
    assert (row.state, row.sub, row.letter, items) == ("accepted", None, "", {})
    wait_until(lambda: issuer.answers, seconds=10, what="an answer")
    assert issuer.answers[0]["outcome"] == "kept" and issuer.answers[0]["reason"]


@pytest.mark.parametrize(
    ("kind", "claims", "left"),
    [
        (
            "consent-narrowed",
            ["phone_number", "phone_number_verified"],
            {"name", "job_title", "tenure_at_least_months"},
        ),
        ("attestation-ended", ["job_title"], {"name", "phone_number", "tenure_at_least_months"}),
        ("attestation-ended", ["tenure_at_least_months=12"], {"name", "phone_number", "job_title"}),
        ("attestation-ended", ["is_worker", "employment_confirmed_at"], {"name", "phone_number"}),
        (
            "consent-narrowed",
            ["verified_claims/name"],
            {"phone_number", "job_title", "tenure_at_least_months"},
        ),
        ("consent-narrowed", ["khong-biet"], {one.name for one in SENT}),
    ],
)
def test_claims_that_are_over_lose_their_values_and_stay_marked(
    listings: FlaskClient, issuer: Issuer, kind: str, claims: list[str], left: set[str]
) -> None:
    lan = send(listings, LAN)
    assert tell(listings, issuer.event(kind, LAN, NOW, "j1", claims)) == 202
    row, items = look(listings, lan)
    assert row.state == "sent" and row.sub == LAN
    assert {name for name, value in items.items() if value is not None} == left
    assert set(items) == {one.name for one in SENT}
    assert parts_of(listings).people.is_current(LAN, NOW)


def test_an_employer_that_is_hidden_stands_beside_nothing_any_more(
    listings: FlaskClient, issuer: Issuer
) -> None:
    lan, minh = send(listings, LAN), send(listings, MINH)
    assert tell(listings, issuer.event("attestation-ended", LAN, NOW, "j1", ["employer"])) == 202
    with parts_of(listings).database.reading() as connection:
        sources = {one.source for one in sent_items.list_of(connection, lan)}
        others = {one.source for one in sent_items.list_of(connection, minh)}
    assert (sources, others) == ({""}, {"", "TNG"})
    assert look(listings, lan)[1]["job_title"] == "Công nhân may"
    person = SignedIn("jobs-housing", LAN, {}, {"iat": NOW}, ("openid",), ("openid",), "", "an ID token")
    late = drop_taken_back(person, SENT, {"employer": NOW})
    assert {one.source for one in late} == {""} and len(late) == len(SENT), "the event was quicker"


def test_an_event_that_comes_again_is_taken_and_acted_on_once(listings: FlaskClient, issuer: Issuer) -> None:
    send(listings, LAN)
    token = issuer.event("consent-withdrawn", LAN, NOW, "j1", [])
    assert tell(listings, token) == 202
    later = send(listings, LAN, "nha-2", NOW + 10)
    assert [tell(listings, token) for _ in range(3)] == [202, 202, 202]
    assert look(listings, later)[0].sub == LAN


def test_an_event_that_was_overtaken_by_a_new_agreement_leaves_that_alone(
    listings: FlaskClient, issuer: Issuer
) -> None:
    later = send(listings, LAN, at=NOW + 10)
    before = look(listings, later)
    for jti, kind, claims in (("j1", "consent-withdrawn", []), ("j2", "consent-narrowed", ["phone_number"])):
        assert tell(listings, issuer.event(kind, LAN, NOW, jti, claims)) == 202
    assert look(listings, later) == before
    assert parts_of(listings).people.find_draft(LAN, "khac") is not None


def test_marks_know_the_latest_moment_whatever_comes_first(listings: FlaskClient, issuer: Issuer) -> None:
    for jti, at in (("j2", NOW + 50), ("j1", NOW)):
        tell(listings, issuer.event("consent-withdrawn", LAN, at, jti, []))
    with parts_of(listings).database.reading() as connection:
        assert parts_of(listings).people.list_taken_back(connection, LAN) == {EVERYTHING: NOW + 50}
    assert parts_of(listings).people.find(LAN) is None, "of somebody unknown nothing is made"


def test_what_is_no_event_of_this_provider_for_this_application_changes_nothing(
    listings: FlaskClient, issuer: Issuer
) -> None:
    lan = send(listings, LAN)
    before = look(listings, lan)

    def event(**changes: Any) -> str:
        return issuer.event("consent-withdrawn", LAN, NOW, changes.pop("jti", "j1"), [], **changes)

    claims = {"iss": issuer.url, "aud": "jobs-housing", "sub": LAN, "iat": NOW, "jti": "j1"}
    about = {"format": "iss_sub", "iss": issuer.url, "sub": LAN}
    forged = [
        "", "x", "a.b.c", "{}", "\0", "é" * 50,
        event(aud="dienluc"), event(aud=["jobs-housing", "dienluc"]), event(iss="https://evil.example"),
        event(events={}), event(events=[]), event(events=None), event(events={"a": {}, "b": {}}),
        event(events={"a": []}), event(events={"a": {"claims": "phone_number"}}),
        event(events={"a": {"claims": [1]}}), event(sub_id=None), event(sub_id={"sub": LAN}),
        event(sub_id={**about, "iss": "https://evil.example"}), event(sub_id={**about, "format": "opaque"}),
        event(toe="soon"), event(toe=None), event(jti=None), event(jti=""), event(jti="x" * 300),
        issuer.sign(claims), issuer.sign(claims, typ="JWT"),
        issuer.sign(claims, key=ECKey.generate_key("P-256")),
        event().rpartition(".")[0] + "." + event().rpartition(".")[2][::-1],
    ]  # fmt: skip
    for token in forged:
        assert tell(listings, token) == 400, token
    assert look(listings, lan) == before
    assert issuer.answers == []


def test_an_answer_is_given_again_until_it_is_taken(listings: FlaskClient, issuer: Issuer) -> None:
    issuer.status = 503
    tell(listings, issuer.event("consent-withdrawn", LAN, NOW, "j1", []))
    assert issuer.has_answer.wait(60)
    issuer.status = 200
    parts_of(listings).answering.wake()
    wait_until(lambda: len(issuer.answers) > 1, seconds=10, what="another answer")
    assert {one["jti"] for one in issuer.answers} == {"j1"}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_while_the_keys_cant_be_had_an_event_is_to_come_again(
    listings: FlaskClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = send(listings, LAN)
    token = issuer.event("consent-withdrawn", LAN, NOW, "j1", [])
    with monkeypatch.context() as patched:
        patched.setattr("examples.relying_party.security_events.requests.get", _unreachable)
        assert tell(listings, token) == 503
    assert tell(listings, token) == 202
    assert look(listings, lan)[0].sub is None


def _unreachable(*_: object, **__: object) -> None:
    raise Unreachable
