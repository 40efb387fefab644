"""An organisation's people: counted, looked through, found, exported; confirmed, ended, invited."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employers.conftest import OTHER, refusals
from tnid.employment.attestation import Attestation
from tnid.employment.attestations import CONFIRMED_SECONDS, LIST, By
from tnid.services import Services
from tnid.stores.employer_people import STATES, EmployerPeopleStore

AtDesk = Callable[[Someone], InProcess]
Attest = Callable[..., str]
DAY = 86400
NUMBER = "019195012345"


@pytest.fixture
def attest(services: Services, clock: Clock) -> Attest:
    """Puts somebody on an organisation's list; returns the row's id."""

    def said(employer_id: str, staff_code: str, name: str, **more: str) -> str:
        employer = services.employers.organisations.find(employer_id)
        with services.database.unit():
            one = Attestation(staff_code=staff_code, name=name, **more)  # type: ignore[arg-type]
            made = services.attestations.attest(employer, one, By(None, LIST), clock.now())
        assert made.employment_id, made
        return made.employment_id

    return said


@pytest.fixture
def people(tng: str, attest: Attest) -> dict[str, str]:
    """Three workers of TNG by their staff codes."""
    return {
        "A1": attest(tng, "A1", "Nguyễn Thị Hoà", number=NUMBER, title="Công nhân may"),
        "A2": attest(tng, "A2", "Trần Văn Đức", start_date="2020-03-02", park="diem-thuy"),
        "A3": attest(tng, "A3", "Lê Hoàng Đức"),
    }


def link(services: Services, employment_id: str, person: Someone, clock: Clock) -> None:
    statement = text("UPDATE employments SET account_id = :account, linked_at = :now WHERE id = :id")
    with services.database._engine.begin() as connection:
        connection.execute(statement, {"account": person.id, "now": clock.now(), "id": employment_id})


def listed(browser: InProcess, address: str) -> list[str]:
    page = browser.open(address)
    assert page.status == 200, page
    return [] if not page.has("workers") else [one.text for one in page.get("workers").xpath(".//strong")]


def test_they_are_counted_and_listed_by_how_far_they_are(
    tng: str,
    people: dict[str, str],
    thuy: Someone,
    dung: Someone,
    at_desk: AtDesk,
    services: Services,
    clock: Clock,
    attest: Attest,
) -> None:
    link(services, people["A2"], dung, clock)
    browser, here = at_desk(thuy), f"/employers/{tng}/people"
    assert listed(browser, here) == ["Nguyễn Thị Hoà", "Trần Văn Đức", "Lê Hoàng Đức"]
    assert listed(browser, f"{here}?state=linked") == ["Trần Văn Đức"]
    assert listed(browser, f"{here}?state=waiting") == ["Nguyễn Thị Hoà", "Lê Hoàng Đức"]
    assert listed(browser, f"{here}?state=due") == listed(browser, f"{here}?state=leaving") == []
    assert listed(browser, f"{here}?state=nonsense&page=x") == listed(browser, here)
    clock.advance(CONFIRMED_SECONDS - 29 * DAY)
    browser = at_desk(thuy)
    attest(tng, "A1", "Nguyễn Thị Hoà", number=NUMBER)
    assert listed(browser, f"{here}?state=due") == ["Trần Văn Đức", "Lê Hoàng Đức"]
    figures = browser.open(f"/employers/{tng}").document.xpath("//ul[@class='figures']//strong/text()")
    assert figures == ["1", "2", "2"]


def test_the_list_goes_on_over_pages(tng: str, thuy: Someone, at_desk: AtDesk, attest: Attest) -> None:
    for number in range(53):
        attest(tng, f"B{number:03}", "Nguyễn Văn Thử")
    browser = at_desk(thuy)
    assert len(listed(browser, f"/employers/{tng}/people")) == 50
    browser.click("page_next")
    assert len(browser.page.get("workers").xpath("./li")) == 3 and not browser.page.has("page_next")
    assert listed(browser, f"/employers/{tng}/people?page=99") == ["Nguyễn Văn Thử"] * 3


def test_somebody_is_found_by_name_code_or_number_which_stays_out_of_every_address(
    tng: str,
    people: dict[str, str],
    thuy: Someone,
    at_desk: AtDesk,
    enter: Callable[..., str],
    attest: Attest,
) -> None:
    attest(enter(OTHER), "A1", "Nguyễn Thị Hoà khác", number="019195054321")
    browser = at_desk(thuy)

    def search(query: str) -> list[str]:
        browser.open(f"/employers/{tng}/people")
        page = browser.submit("search_submit", {"query": query})
        assert page.path == f"/employers/{tng}/people/found" and "?" not in page.url
        assert page.get("query").value == query
        return [one.text for one in page.document.xpath("//ul[@id='workers']//strong")]

    assert search("thị  HÒA") == ["Nguyễn Thị Hoà"]
    assert search("đức") == search("Duc") == ["Trần Văn Đức", "Lê Hoàng Đức"]
    assert search("A3") == ["Lê Hoàng Đức"]
    assert search("a") and search("nobody") == []
    assert search("019 195 012345") == ["Nguyễn Thị Hoà"]
    assert search("019195054321") == [] and search("khác") == []
    browser.open(f"/employers/{tng}/people")
    assert browser.submit("search_submit", {"query": " "}).path == f"/employers/{tng}/people"


def test_no_page_shows_an_identification_number(
    tng: str, people: dict[str, str], thuy: Someone, at_desk: AtDesk
) -> None:
    browser = at_desk(thuy)
    for path in ("", f"/{people['A1']}", "/export.csv"):
        answer = browser.get(f"/employers/{tng}/people{path}")
        assert answer.status_code == 200 and NUMBER not in answer.text and NUMBER[-4:] not in answer.text


def test_what_is_exported_runs_nothing(
    tng: str, thuy: Someone, at_desk: AtDesk, attest: Attest, services: Services
) -> None:
    attest(tng, '=HYPERLINK("https://evil.example")', "Nguyễn Văn Thử", title="@SUM(1)")
    attest(tng, "-1+1", 'Lê "Bé" Ba, An', start_date="2020-03-02")
    answer = at_desk(thuy).get(f"/employers/{tng}/people/export.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="4600305723.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {8} and len(rows) == 3
    assert rows[1][:2] == ["'-1+1", 'Lê "Bé" Ba, An'] and rows[1][4] == "02/03/2020"
    assert rows[2][0] == '\'=HYPERLINK("https://evil.example")' and rows[2][2] == "'@SUM(1)"
    (event,) = [one for one in services.audit.list_by_account(thuy.id) if one.event == "employer.export"]
    assert '"rows":2' in event.details


def test_an_export_needs_a_sign_in_of_the_last_minutes(
    tng: str, people: dict[str, str], thuy: Someone, at_desk: AtDesk, clock: Clock
) -> None:
    browser = at_desk(thuy)
    clock.advance(301)
    browser.open(f"/employers/{tng}/people")
    assert browser.click("export").path == "/login"
    thuy.type_password(browser)
    page = browser.submit("otp_submit", {"otp_code": thuy.next_code()})
    assert page.path == f"/employers/{tng}/people"
    assert browser.get(f"/employers/{tng}/people/export.csv").status_code == 200


# What is done about one


def test_a_confirmation_starts_six_months_anew(
    tng: str, people: dict[str, str], thuy: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    clock.advance(100 * DAY)
    browser = at_desk(thuy)
    browser.open(f"/employers/{tng}/people/{people['A2']}")
    browser.click("confirm_submit")
    worker = services.employers.people.find(tng, people["A2"], clock.now())
    assert worker is not None and worker.valid_until == clock.now() + CONFIRMED_SECONDS
    row = services.attestations._store.find(tng, people["A2"])
    assert (row.attested_by, row.attested_through) == (thuy.id, "page")


def test_everybody_on_a_page_is_confirmed_by_one_button(
    tng: str,
    people: dict[str, str],
    thuy: Someone,
    at_desk: AtDesk,
    services: Services,
    clock: Clock,
    enter: Callable[..., str],
    attest: Attest,
) -> None:
    other = attest(enter(OTHER), "B1", "Lê Văn Khác")
    clock.advance(CONFIRMED_SECONDS - 10 * DAY)
    attest(tng, "A2", "Trần Văn Đức")
    browser = at_desk(thuy)
    page = browser.open(f"/employers/{tng}/people?state=due")
    page.document.xpath("//input[@name='worker']")[0].getparent().append(
        page.document.makeelement("input", {"type": "hidden", "name": "worker", "value": other})
    )
    page = browser.click("confirm_shown")
    assert page.path == f"/employers/{tng}/people" and not page.has("workers")
    rows = [services.attestations._store.find(tng, people[code]) for code in ("A1", "A3")]
    assert {row.valid_until for row in rows} == {clock.now() + CONFIRMED_SECONDS}
    employer = services.employers.organisations.find_approved(OTHER.tax_code)
    assert services.attestations._store.find(employer.id, other).valid_until < clock.now() + 11 * DAY
    (event,) = [one for one in services.audit.list_by_account(thuy.id) if one.event == "employer.confirm"]
    assert '"workers":2' in event.details


def test_a_last_day_is_read_as_people_write_it(
    tng: str, people: dict[str, str], thuy: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    browser, here = at_desk(thuy), f"/employers/{tng}/people/{people['A2']}"
    for wrong in ("31/02/2026", "mai", "1/1/2019", "1/1/9999", "31/12/1850", "99999-01-01"):
        browser.open(f"{here}/left")
        page = browser.submit("left_submit", {"end_date": wrong})
        assert page.status == 400 and page.get("end_date").value == wrong, wrong
    assert services.attestations._store.find(tng, people["A2"]).ends_at is None
    today = clock.now() - (clock.now() + 7 * 3600) % DAY
    browser.open(f"{here}/left")
    page = browser.submit("left_submit", {"end_date": _written(today + 5 * DAY)})
    assert page.path == here and page.has("last_day")
    assert services.attestations._store.find(tng, people["A2"]).ends_at == today + 6 * DAY
    assert listed(browser, f"/employers/{tng}/people?state=leaving") == ["Trần Văn Đức"]


def _written(at: int) -> str:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415  of this alone

    return (datetime.fromtimestamp(at, UTC) + timedelta(hours=7)).strftime("%d/%m/%Y")


def test_an_invitation_leads_its_worker_to_the_offer(
    tng: str,
    people: dict[str, str],
    thuy: Someone,
    new_person: Callable[..., Someone],
    at_desk: AtDesk,
    services: Services,
    clock: Clock,
) -> None:
    worker = new_person("hoa", identity_level=1, trusted=True, claims={"name": "Nguyễn Thị Hòa"})
    browser = at_desk(thuy)
    codes = []
    for _ in range(2):
        browser.open(f"/employers/{tng}/people/{people['A1']}")
        codes.append(browser.click("invitation_submit").text_of("slip_code").replace("-", ""))
        assert (
            "/account/work/code" in browser.page.words()
            and browser.page.headers["Cache-Control"] == "no-store"
        )
    find = services.employments.find_invited
    assert find(worker.id, codes[0], clock.now()) is None
    offer = find(worker.id, codes[1], clock.now())
    assert offer is not None and offer.id == people["A1"]
    assert find(worker.id, codes[1], clock.now() + 14 * DAY + 1) is None
    link(services, people["A1"], worker, clock)
    page = browser.open(f"/employers/{tng}/people/{people['A1']}")
    assert not page.has("invitation_submit")
    assert browser.post(f"/employers/{tng}/people/{people['A1']}/invitation").status_code == 303


def test_acts_need_a_fresh_sign_in_and_the_role(
    tng: str,
    people: dict[str, str],
    thuy: Someone,
    hung: Someone,
    at_desk: AtDesk,
    services: Services,
    clock: Clock,
) -> None:
    services.employers.representatives.add(tng, hung.id, "reader", clock.now())
    reader, here = at_desk(hung), f"/employers/{tng}/people/{people['A1']}"
    assert not reader.open(here).has("confirm_submit")
    for act in ("confirm", "left", "invitation"):
        assert reader.post(f"{here}/{act}").status_code == 403
    assert refusals(services, hung.id) == [("employer.look", "role")] * 3
    browser = at_desk(thuy)
    for _ in range(3):
        clock.advance(1600)
        browser.open(here)
    for act in ("confirm", "left", "invitation"):
        answer = browser.post(f"{here}/{act}")
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")
    assert services.attestations._store.find(tng, people["A1"]).invitation_hash is None


def test_every_list_is_read_by_an_index(
    tng: str, people: dict[str, str], services: Services, clock: Clock
) -> None:
    asked: list[str] = []
    database = services.database
    run = database._run
    database._run = lambda sql, values=(): (asked.append(sql), run(sql, values))[1]  # type: ignore[method-assign]
    store = EmployerPeopleStore(database)
    for state in STATES:
        store.list_page(tng, state, clock.now(), skipped=0, most=50)
        store.count(tng, state, clock.now())
    if not database.is_sqlite:
        return
    with database._engine.connect() as connection:
        for sql in (one for one in asked if one.startswith("SELECT")):
            plan = str(
                connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {sql}", tuple([tng] + [0] * (sql.count("?") - 1))
                ).all()
            )
            assert "SCAN" not in plan and "USING" in plan, plan
