"""The pages of a log in this process: who may look, what they show, and where an error's number leads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.audit import Origin, origin
from tnid.client_log.error_pages import MOST_TYPED
from tnid.housekeeping import chores
from tnid.services import Services

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NUMBER = "00ff00ff00ff00ff"


@dataclass
class Desk:
    """A developer before the log of their application."""

    browser: InProcess
    services: Services
    clock: Clock
    address: str
    client_id: str

    def seal(self) -> None:
        next(chore for chore in chores(self.services) if chore.name == "seal").work(self.clock.now())

    def refuse(
        self,
        error: str = "invalid_grant",
        *,
        number: str = NUMBER,
        client_id: str | None = None,
        **details: Any,
    ) -> None:
        """Have something be refused to the application, and seal it."""
        token = origin.set(Origin(request_id=number))
        details = {"error": error, "description": "The code was used before.", **details}
        self.services.audit.record(
            "token.refused", outcome="refused", reason=details.pop("reason", error), details=details,
            client_id=self.client_id if client_id is None else client_id or None, now=self.clock.now(),
        )  # fmt: skip
        origin.reset(token)
        self.seal()


@pytest.fixture
def desk(browser: InProcess, lan: Someone, services: Services, clock: Clock) -> Desk:
    return new_desk(browser, lan, services, clock)


def new_desk(browser: InProcess, person: Someone, services: Services, clock: Clock) -> Desk:
    person.sign_in(browser, "/developers/apps/new")
    page = browser.submit("application_submit", {"name": "Sổ khám bệnh", "preset-0": "web"})
    return Desk(browser, services, clock, f"{page.path}/log", page.text_of("client_id"))


def test_a_new_application_has_an_empty_log(desk: Desk) -> None:
    page = desk.browser.open(desk.address)
    assert page.status == 200
    assert page.has("nothing")
    assert desk.browser.open(f"{desk.address}/figures").status == 200


def test_a_refusal_is_listed_explained_and_exported(desk: Desk) -> None:
    desk.refuse(reason="code_reused", sent={"grant_type": "authorization_code", "code": "***"}, flow="g")
    page = desk.browser.open(desk.address)
    assert "invalid_grant" in page.words() and "Code này đã được đổi trước đó" in page.words()
    (link,) = page.document.xpath("//ul[@id='sign_ins']//div/a/@href")
    page = desk.browser.open(link)
    assert page.text_of("number") == NUMBER
    assert page.text_of("description") == "The code was used before."
    assert "grant_type" in page.words() and "authorization_code" in page.words()
    rows = list(
        csv.reader(io.StringIO(desk.browser.get(f"{desk.address}/export?format=csv").text.lstrip("\ufeff")))
    )
    assert rows[1][1:5] == ["token", "refused", "invalid_grant", "code_reused"]
    lines = desk.browser.get(f"{desk.address}/export?format=jsonl").content.splitlines()
    assert orjson.loads(lines[0])["sent"]["grant_type"] == "authorization_code"


def test_no_script_runs_that_somebody_sent(desk: Desk) -> None:
    desk.refuse(
        "x<script>alert(1)</script>", description="<script>alert(2)</script>", sent={"<script>": "=1+1"}
    )
    for address in (desk.address, f"{desk.address}/1"):
        assert b"<script>alert" not in desk.browser.get(address).content
    assert "'=" not in desk.browser.get(f"{desk.address}/export?format=csv").text.split("\r\n")[0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("error=In%20valid", "error"),
        ("number=12", "number"),
        ("since=31/2/2026", "since"),
        ("since=10/11/2026&until=9/11/2026", "until"),
        ("stage=nowhere", "stage"),
        ("outcome=maybe", "outcome"),
        ("until=99999999", "until"),
    ],
)
def test_what_cannot_be_searched_is_said_at_the_field(desk: Desk, query: str, field: str) -> None:
    page = desk.browser.open(f"{desk.address}?{query}")
    assert page.status == 400
    assert page.has(f"{field}-error")
    assert desk.browser.get(f"{desk.address}/export?{query}").status_code == 303


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("error=invalid_grant", True),
        ("error=invalid_scope", False),
        ("outcome=ok", False),
        ("stage=token&outcome=refused", True),
        (f"number={NUMBER[:4]}%20{NUMBER[4:].upper()}", True),
        ("since=1/1/2020", True),
        ("until=1/1/2020", False),
        ("before=0", False),
        ("before=x&env=live", True),
        ("before=99999999999999999999", True),
    ],
)
def test_the_log_is_searched(desk: Desk, query: str, is_found: bool) -> None:
    desk.refuse()
    page = desk.browser.open(f"{desk.address}?{query}")
    assert page.status == 200
    assert page.has("sign_ins") is is_found


def test_the_log_is_paged_to_its_end(desk: Desk) -> None:
    for number in range(70):
        desk.clock.advance(30)
        desk.refuse(number=f"{number:016x}")
    page, seen = desk.browser.open(f"{desk.address}?error=invalid_grant"), []
    for _ in range(5):
        seen += page.document.xpath("//ul[@id='sign_ins']/li//div/a/@href")
        if not page.has("older"):
            break
        page = desk.browser.click("older")
    assert len(seen) == len(set(seen)) == 70


def test_strangers_and_removed_members_get_nothing(
    desk: Desk, new_browser: Callable[..., InProcess], new_person: Callable[..., Someone]
) -> None:
    desk.refuse()
    other, nam = new_browser("192.0.2.2"), new_person("nam")
    nam.sign_in(other)
    addresses = (desk.address, f"{desk.address}/1", f"{desk.address}/figures", f"{desk.address}/export")
    assert {other.get(address).status_code for address in addresses} == {404}
    assert other.open(f"/developers/errors/{NUMBER}").status == 404
    desk.services.database.execute(text("UPDATE members SET revoked_at = 1"))
    assert {desk.browser.get(address).status_code for address in addresses} == {404}
    assert desk.browser.open(f"/developers/errors/{NUMBER}").status == 404


def test_an_entry_of_another_application_is_not_there(desk: Desk, new_app: Any) -> None:
    new_app()
    desk.refuse(client_id="jobs")
    rows = desk.services.database.fetch_all(text("SELECT id FROM client_log WHERE client_id = 'jobs'"))
    for entry in (rows[0].id, 10**30, 0):
        assert desk.browser.get(f"{desk.address}/{entry}").status_code == 404


def test_the_number_of_an_error_leads_to_its_entry(desk: Desk) -> None:
    desk.refuse()
    desk.browser.open("/developers/errors")
    shouted = f"{NUMBER[:8]}-{NUMBER[8:]}".upper()
    page = desk.browser.submit("number_submit", {"number": shouted})
    assert page.path.startswith(f"{desk.address}/") and page.text_of("number") == NUMBER
    assert desk.browser.open("/developers/errors/0000000000000000").status == 404
    for typed in ("nonsense", "x" * (MOST_TYPED + 1)):
        page = desk.browser.open(f"/developers/errors?number={typed}")
        assert page.status == 400 and page.has("number-error")
    assert desk.browser.open("/developers/errors/nonsense").status == 404


def test_an_error_page_its_audit_row_and_its_entry_have_one_number(desk: Desk) -> None:
    query = f"client_id={desk.client_id}&response_type=code&redirect_uri=https://elsewhere.example/cb"
    page = desk.browser.open(f"/authorize?{query}")
    number = page.text_of("error_number").replace(" ", "")
    answer = desk.browser.get(f"/authorize?{query}")
    assert re.fullmatch("[0-9a-f]{16}", number)
    assert answer.headers["X-Request-ID"] != number
    rows = desk.services.database.fetch_all(
        text("SELECT request_id FROM audit_events WHERE event = 'authorization.refused'")
    )
    assert [row.request_id for row in rows] == [number, answer.headers["X-Request-ID"]]
    desk.seal()
    page = desk.browser.open(f"/developers/errors/{number}")
    assert page.path.startswith(f"{desk.address}/") and "https://elsewhere.example/cb" in page.words()


def test_what_names_no_application_is_said_so(desk: Desk) -> None:
    page = desk.browser.open(f"/authorize?client_id=nobody&redirect_uri={CALLBACK}")
    number = page.text_of("error_number").replace(" ", "")
    desk.seal()
    page = desk.browser.open(f"/developers/errors/{number}")
    assert page.status == 200
    assert page.text_of("description") == "No such client is registered."


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/token"),
        ("GET", "/userinfo"),
        ("POST", "/par"),
        ("POST", "/introspect"),
    ],
)
def test_a_machine_is_told_the_number_too(desk: Desk, method: str, address: str) -> None:
    answer = desk.browser.send(method, address)
    assert answer.status_code >= 400
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-ID"])


def test_a_refused_sign_out_is_entered(desk: Desk) -> None:
    asked = f"client_id={desk.client_id}&post_logout_redirect_uri=https://elsewhere.example/bye"
    number = desk.browser.open(f"/logout?{asked}").text_of("error_number").replace(" ", "")
    desk.seal()
    page = desk.browser.open(f"/developers/errors/{number}")
    assert page.path.startswith(f"{desk.address}/")
    assert "https://elsewhere.example/bye" in page.words()


def test_charts_say_what_their_table_says(desk: Desk) -> None:
    for _ in range(3):
        desk.refuse()
    with desk.services.database.unit():
        for seconds in (4, 20, 25):
            flow = uuid4().hex
            for event in ("sign_in.complete", "token.issued"):
                details = {"flow": flow, "seconds": seconds}
                desk.services.audit.record(
                    event, client_id=desk.client_id, now=desk.clock.now(), details=details
                )
    desk.seal()
    for period, steps in (("24h", 24), ("7d", 7), ("30d", 30), ("nonsense", 24)):
        page = desk.browser.open(f"{desk.address}/figures?period={period}")
        last = page.document.xpath("(//table)[last()]/tbody/tr[last()]/*")
        assert [cell.text_content() for cell in last][1:] == ["6", "3", "3", "18", "0"]
        assert len(page.document.xpath("(//table)[last()]/tbody/tr")) == steps
        assert len(page.document.xpath("//*[local-name()='svg'][@role='img']")) == 3
        assert not page.document.xpath("//*[local-name()='svg']/@style")
