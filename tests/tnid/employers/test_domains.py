"""An organisation's domain: read as people type it, verified by a file that only its owner can put there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oidc.clients.outbound import Outbound
from tests.conftest import Clock
from tests.servers.https import Server
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employers.conftest import refusals
from tnid.employers.domains import Domains
from tnid.services import Services
from tnid.stores.employers import EmployerStore

AtDesk = Callable[[Someone], InProcess]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("tng.vn", "tng.vn"),
        (" WWW.TNG.vn. ", "www.tng.vn"),
        ("https://tng.vn/gioi-thieu?x=1", "tng.vn"),
        ("tng.vn/gioi-thieu", "tng.vn"),
        ("Chè.vn", "xn--ch-8ia.vn"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_domain_is_read_as_people_type_it(services: Services, typed: str, kept: str) -> None:
    assert services.employers.domains.read(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "localhost",
            "localhost:8000",
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "[::1]",
            "tng",
            ".vn",
            "a..vn",
            "-a.vn",
        ),
        *(
            "tng.vn:8443",
            "user@tng.vn",
            "https://user:p@tng.vn/",
            "https://[::1",
            "tng.vn\nHost: x",
            "a b.vn",
        ),
        *(
            "http://",
            "a_b.vn",
            f"{'a' * 64}.vn",
            f"{'a.' * 126}vn",
            "x" * 600,
            "tng.vn#x",
            "10.0.0.1",
            "1.2.3.0x4",
        ),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_no_domain_is_refused(services: Services, typed: str) -> None:
    assert services.employers.domains.read(typed) is None


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_line_is_of_one_organisation_and_one_domain(services: Services) -> None:
    asked = services.employers.domains.asked_of
    assert asked("a", "tng.vn") == asked("a", "tng.vn")
    assert asked("a", "tng.vn").url == "https://tng.vn/.well-known/thai-nguyen-id.txt"
    assert len({asked(one, domain).line for one in "ab" for domain in ("tng.vn", "www.tng.vn")}) == 4


# Against a website


class Website:
    """The organisation's own server, on this machine."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder)
        self.domain = f"localhost:{self.server.port}"

    def serve(self, body: bytes, status: str = "200 OK", header: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\n{header}Content-Length: {len(body)}\r\n\r\n".encode()

        def answer(connection: ssl.SSLSocket) -> None:
            connection.sendall(head + body)

        self.server.answer = answer


@pytest.fixture
def website(tmp_path: Path) -> Iterator[Website]:
    made = Website(tmp_path)
    yield made
    made.server.close()


@pytest.fixture
def domains(services: Services, website: Website) -> Domains:
    """As a machine of development wires them."""
    fetcher = Outbound(allow_loopback=True, ca_file=website.server.ca_file)
    store = EmployerStore(services.database)
    return Domains(store, fetcher, services.limits, services.sealer, services.audit, allow_loopback=True)


def row_of(services: Services, employer_id: str) -> Any:
    return services.employers.organisations.find(employer_id)


@pytest.mark.parametrize("around", ["{}", "\ufeff{}\r\n", "# of the website\n  {}  \n"])
def test_the_line_in_the_file_verifies(
    tng: str, thuy: Someone, website: Website, domains: Domains, services: Services, clock: Clock, around: str
) -> None:
    assert domains.set(tng, website.domain, thuy.id, clock.now()) is None
    website.serve(around.format(domains.asked_of(tng, website.domain).line).encode())
    assert domains.verify(tng, website.domain, thuy.id, clock.now()) is None
    assert row_of(services, tng).domain_verified_at == clock.now()
    assert b"GET /.well-known/thai-nguyen-id.txt" in website.server.requests[0]
    # Another domain begins anew
    assert domains.set(tng, "tng.vn", thuy.id, clock.now()) is None
    assert row_of(services, tng).domain_verified_at is None


def test_another_s_line_and_other_answers_verify_nothing(
    tng: str, thuy: Someone, website: Website, domains: Domains, services: Services, clock: Clock
) -> None:
    assert domains.set(tng, website.domain, thuy.id, clock.now()) is None
    own = domains.asked_of(tng, website.domain).line.encode()
    reasons = []
    for body, status, header in (
        (domains.asked_of("another", website.domain).line.encode(), "200 OK", ""),
        (own + b"0", "200 OK", ""),
        (b"\xff\x00" * 9, "200 OK", ""),
        (own, "404 Not Found", ""),
        (own, "302 Found", f"Location: https://{website.domain}/elsewhere\r\n"),
        (own + b"\n" + b"x" * 70_000, "200 OK", ""),
    ):
        website.serve(body, status, header)
        refused = domains.verify(tng, website.domain, thuy.id, clock.now())
        reasons.append(refused.reason if refused else None)
    assert reasons == ["domain_line"] * 3 + ["domain_unreachable"] * 3
    assert len(website.server.requests) == 6, "a redirect was followed"
    assert row_of(services, tng).domain_verified_at is None
    assert [one for one in refusals(services, thuy.id) if one[0] == "employer.domain"] == [
        ("employer.domain", reason) for reason in reversed(reasons)
    ]


def test_nobody_has_us_ask_around(
    tng: str, thuy: Someone, website: Website, domains: Domains, clock: Clock
) -> None:
    domains.set(tng, website.domain, thuy.id, clock.now())
    website.serve(b"")
    for _ in range(20):
        domains.verify(tng, website.domain, thuy.id, clock.now())
    refused = domains.verify(tng, website.domain, thuy.id, clock.now())
    assert refused is not None and refused.reason == "too_many_looks" and refused.retry_after_seconds
    assert len(website.server.requests) == 20


def test_a_private_network_is_not_asked(
    tng: str, thuy: Someone, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))],
    )
    services.employers.domains.set(tng, "tng.vn", thuy.id, clock.now())
    refused = services.employers.domains.verify(tng, "tng.vn", thuy.id, clock.now())
    assert refused is not None and refused.reason == "domain_unreachable"


def test_who_was_removed_meanwhile_sets_and_verifies_nothing(
    tng: str, thuy: Someone, website: Website, domains: Domains, services: Services, clock: Clock
) -> None:
    domains.set(tng, website.domain, thuy.id, clock.now())
    website.serve(domains.asked_of(tng, website.domain).line.encode())
    services.employers.representatives.remove_by_operator(tng, thuy.id, clock.now())
    refused = domains.verify(tng, website.domain, thuy.id, clock.now())
    assert refused is not None and refused.reason == "represents_no_more"
    assert domains.set(tng, "tng.vn", thuy.id, clock.now()) is not None
    assert (row_of(services, tng).domain, row_of(services, tng).domain_verified_at) == (website.domain, None)


def test_the_page_says_what_to_put_where(
    tng: str, thuy: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    browser = at_desk(thuy)
    browser.open(f"/employers/{tng}/domain")
    page = browser.submit("domain_submit", {"domain": "10.0.0.1"})
    assert page.status == 400 and page.get("domain").value == "10.0.0.1"
    page = browser.submit("domain_submit", {"domain": "https://Khong-Co.example/"})
    asked = services.employers.domains.asked_of(tng, "khong-co.example")
    assert page.text_of("domain_line") == asked.line and page.text_of("domain_url") == asked.url
    page = browser.click("domain_verify")
    assert page.status == 200 and not page.has("verified") and page.has("domain_line")
    EmployerStore(services.database).note_domain(tng, "khong-co.example", clock.now(), thuy.id)
    page = browser.open(f"/employers/{tng}/domain")
    assert "khong-co.example" in page.text_of("verified")
    assert "khong-co.example" in browser.open(f"/employers/{tng}").words()
