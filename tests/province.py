"""The whole of the demonstration on free ports: the provider, its made-up people, and the examples."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.person import Browser, Person
from tests.servers.processes import free_port, stop, wait_until
from tests.servers.provider import ROOT, Provider, running_provider

EXAMPLES = ("provincial_apps", "jobs_housing", "bookings", "bookings_api", "kiosk")


@dataclass(frozen=True)
class Province:
    """Where everything is, and who lives here."""

    provider: Provider
    urls: dict[str, str]
    people: dict[str, Person]

    @property
    def apps_url(self) -> str:
        return self.urls["provincial_apps"]

    @property
    def jobs_url(self) -> str:
        return self.urls["jobs_housing"]

    @property
    def issuer(self) -> str:
        return self.provider.issuer

    def tnid(self, *arguments: str, given: object = None) -> Any:
        """Run a `tnid … --json` command beside it; return its answer."""
        return self.provider.tnid(*arguments, given=given)

    def new_person(self, *, totp: bool = True, identity_level: int = 2, **claims: object) -> Person:
        """Create an account that no other test knows."""
        username, password = f"nguoi.{uuid4().hex[:12]}", f"mat khau {uuid4().hex}"
        account = {
            "username": username,
            "password": password,
            "totp": totp,
            "identity_level": identity_level,
            "name": "Nguyễn Văn Thử",
            **claims,
        }
        made = self.tnid("account", "create", "-", given=account)
        return Person(username, password, made["totp_secret"], made["recovery_codes"])

    def new_official(self, commune: str) -> Person:
        """Create somebody who serves at this commune's counter."""
        person = self.new_person(name="Trần Thị Cán Bộ")
        self.tnid("official", "add", person.username, "--commune", commune)
        return person


@contextmanager
def running_province(folder: Path) -> Iterator[Province]:
    """Start the provider with the demonstration data, and every example, in this folder."""
    urls = {name: f"http://localhost:{free_port()}" for name in EXAMPLES}
    with ExitStack() as started:
        # As `make run` does: the applications that hear of events are on this machine
        provider = started.enter_context(running_provider(folder, TNID_OUTBOUND_ALLOW_LOOPBACK="true"))
        seeded = provider.tnid(
            "demo", "seed", "--apps-url", urls["provincial_apps"], "--jobs-url", urls["jobs_housing"],
            "--bookings-url", urls["bookings"], "--bookings-api-url", urls["bookings_api"],
            "--kiosk-url", urls["kiosk"],
        )  # fmt: skip
        for name, url in urls.items():
            api = {"DEMO_BOOKINGS_API_URL": urls["bookings_api"]}
            example = running_example(name, url, provider.issuer, seeded["credentials_file"], folder, api)
            started.enter_context(example)
        people = {
            person["username"]: Person(person["username"], person["password"], person["totp_secret"])
            for person in seeded["credentials"]["people"]
        }
        yield Province(provider, urls, people)


@contextmanager
def running_example(
    name: str, url: str, issuer: str, credentials: str, folder: Path, told: dict[str, str]
) -> Iterator[None]:
    """Start one of the examples as `make run` does, and wait until it answers."""
    environ = {
        **os.environ,
        **told,
        "PORT": url.rpartition(":")[2],
        "DEMO_ISSUER": issuer,
        "DEMO_BASE_URL": url,
        "DEMO_CREDENTIALS": credentials,
        "DEMO_DATA_DIR": str(folder / "examples"),
    }
    log_file = folder / f"{name}.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"examples.{name}"],
            env=environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_until(lambda: process.poll() is not None or _answers(url), what=f"answer from {name}")
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended: {log_file.read_text(errors='replace')[-4000:]}")
        yield
    finally:
        stop(process)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """The running demonstration, one for all tests of this process."""
    with running_province(tmp_path_factory.mktemp("province")) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser that nobody used before."""
    with Browser() as new:
        yield new
