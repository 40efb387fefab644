"""A worker's employment over HTTP: accepted field by field, told to an application, and gone when it ends."""

from __future__ import annotations

import base64
import csv
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser as Chromium

from tests.flows.chromium import Window, pass_through
from tests.person import Browser, Person
from tests.servers.processes import wait_until
from tests.servers.provider import Provider, running_provider
from tnid.accounts.ages import VIETNAM

CALLBACK = "http://localhost:9/callback"
TAX_CODE, EMPLOYER = "4600305723", "Công ty CP TNG"


class Landlord(HTTPServer):
    """An application's place to be told at; `is_up` says whether it takes anything."""

    is_up = True

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.tried = 0
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Landlord

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.tried += 1
        if self.server.is_up:
            payload = body.split(".")[1]
            self.server.told.append(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        self.send_response(202 if self.server.is_up else 503)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A provider that may post to this machine, and soon tries again."""
    settings = {"TNID_OUTBOUND_ALLOW_LOOPBACK": "true", "TNID_OUTBOX_RETRY_SECONDS": "1"}
    with running_provider(tmp_path_factory.mktemp("work"), **settings) as running:
        running.tnid("employer", "create", "-", given={"tax_code": TAX_CODE, "name": EMPLOYER})
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser(stops_at=CALLBACK) as new:
        yield new


@pytest.fixture
def landlord() -> Iterator[Landlord]:
    server = Landlord()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def number() -> str:
    return f"0190{uuid4().int % 10**8:08}"


@pytest.fixture
def worker(provider: Provider, number: str) -> Person:
    username, password = f"an.{uuid4().hex[:10]}", "sương sớm trên nương chè xanh"
    given = {
        "username": username, "password": password, "name": "Nguyễn Văn An", "personal_id_number": number,
        "identity_level": 2, "totp": True, "email": "an@example.vn",
    }  # fmt: skip
    made = provider.tnid("account", "create", "-", given=given)
    return Person(username, password, made["totp_secret"])


def hand_in(provider: Provider, number: str, **changes: str) -> Any:
    """Take over a list of one worker, as the employer's office sends it; return what became of the row."""
    row = {
        "Họ và tên": "NGUYỄN VĂN AN", "Số CCCD": number, "Chức danh": "Công nhân may", "KCN": "Điềm Thụy",
        "Ngày vào làm": "01/03/2020", "Thu nhập": "9.500.000", **changes,
    }  # fmt: skip
    file = Path(provider.environ["TNID_INSTANCE_DIR"]).parent / f"{uuid4().hex}.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        csv.writer(written).writerows([row.keys(), row.values()])
    counts = provider.tnid("employer", "import", TAX_CODE, str(file))["counts"]
    return next(outcome for outcome, count in counts.items() if count)


class Application:
    """An application that asks about work, and what it is told."""

    def __init__(self, provider: Provider, browser: Browser, events_port: int) -> None:
        document = {
            "client_name": "Nhà trọ Gang Thép",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid worker employer",
            "require_pkce": False,
            "security_events_uri": f"http://localhost:{events_port}/events",
        }
        made = provider.tnid("client", "create", "-", given=document)
        self.provider, self.browser = provider, browser
        self.auth = (made["client_id"], made["client_secret"])
        self.token = ""

    def link(self, person: Person) -> None:
        """Have somebody agree to everything that it asks."""
        self.browser.open(
            f"{self.provider.issuer}/authorize", client_id=self.auth[0], redirect_uri=CALLBACK,
            response_type="code", scope="openid worker employer", state="s" * 20,
        )  # fmt: skip
        for box in self.browser.page.document.xpath("//input[@name='share']"):
            box.checked = True
        page = person.pass_through(self.browser)
        form = {"grant_type": "authorization_code", "code": httpx.URL(page.url).params["code"]}
        answer = httpx.post(
            f"{self.provider.issuer}/token", data={**form, "redirect_uri": CALLBACK}, auth=self.auth
        )
        self.token = answer.json()["access_token"]

    def knows(self) -> set[str]:
        """Return the names of the claims that it is told now."""
        header = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.get(f"{self.provider.issuer}/userinfo", headers=header)
        return set(answer.json()) - {"sub"}


def test_an_employment_from_its_offer_to_its_end(
    provider: Provider, worker: Person, number: str, browser: Browser, landlord: Landlord
) -> None:
    assert hand_in(provider, number) == "invited"
    # Two fields of the five
    browser.open(f"{provider.issuer}/account")
    worker.pass_through(browser)
    browser.click("work_waiting")
    page = browser.click("offer_1")
    for field in ("employer", "start_date"):
        page.get(f"accept_{field}").checked = True
    assert EMPLOYER in browser.submit("work_save").words()
    application = Application(provider, browser, landlord.server_port)
    application.link(worker)
    known = application.knows()
    assert {"is_worker", "employer", "employment_start_date"} <= known
    assert not known & {"job_title", "industrial_park", "employment_contract_type"}
    # The work ends while the application is down
    landlord.is_up = False
    yesterday = datetime.now(VIETNAM).date() - timedelta(days=1)
    assert hand_in(provider, number, **{"Ngày nghỉ việc": format(yesterday, "%d/%m/%Y")}) == "ended"
    assert application.knows() == set(), "at once, whoever was told by then"
    wait_until(lambda: landlord.tried > 1, seconds=20, what="second try")
    assert landlord.told == []
    landlord.is_up = True
    wait_until(lambda: landlord.told, seconds=20, what="event")
    (event,) = landlord.told[0]["events"].values()
    assert {"is_worker", "employer", "employment_start_date"} <= set(event["claims"])
    # The worker keeps the account and the history
    page = browser.open(f"{provider.issuer}/account/work")
    assert "Công nhân may" in page.words() and f"{yesterday:%d/%m/%Y}" in page.words()
    provider.tnid("audit", "verify")
    provider.tnid("db", "check")


def test_a_worker_decides_on_a_phone_without_scripts(
    provider: Provider, worker: Person, number: str, chromium: Chromium
) -> None:
    assert hand_in(provider, number) == "invited"
    window = Window(chromium, scripts=False)
    window.open(f"{provider.issuer}/account/work")
    pass_through(window, worker)
    window.click("offer_1")
    assert window.page.locator("input[name=accept]:checked").count() == 0
    assert "Công nhân may" in window.page.inner_text("main")
    window.click("work_save")
    assert window.page.locator("#accept .wrong").count() == 1, "nothing is ticked"
    window.page.get_by_role("checkbox", name="Công việc").check()
    window.click("work_save")
    window.click("work_1")
    assert window.page.get_by_role("checkbox", name="Công việc").is_checked()
    assert window.page.locator("input[name=accept]:checked").count() == 1
    window.click("work_hide")
    assert window.has("work_unhide")
    window.click("work_unlink")
    window.click("unlink_submit")
    assert not window.has("work_1")
    assert window.complaints == []
    window.close()
