"""The whole application in this process, on either database, with people, an application and browsers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
import pytest
from jinja2.bccache import Bucket, BytecodeCache

from oidc.clients.registration import new_client
from tests.conftest import Clock
from tests.person import Browser, Page
from tnid.accounts import passwords
from tnid.accounts.service import Account, NewAccount
from tnid.app import Application, create_app
from tnid.services import Services
from tnid.settings import Settings

ISSUER = "http://localhost:8000"
CALLBACK = "https://app.example/callback"
PASSWORD = "chè xanh búp tím 2 nương"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hashing cost little: what it costs in truth has a test of its own."""
    monkeypatch.setattr(passwords, "COSTS", passwords.Costs(1, 8, 1))


class CompiledTemplates(BytecodeCache):
    """Templates as compiled for the first application of this process, for all the others."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()


@pytest.fixture
def app(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Application:
    """The application without signing keys: making them takes long, and its pages sign nothing."""
    monkeypatch.setattr("tnid.app.ensure_keys", lambda _parts: None)
    made = create_app(settings)
    made.jinja_env.bytecode_cache = COMPILED
    return made


@pytest.fixture
def services(app: Application) -> Services:
    """The application's parts; what a test does with them is committed statement by statement."""
    parts: Services = app.extensions["tnid"]
    return parts


class InProcess(Browser):
    """A browser whose requests come straight to the application, from an address of its own."""

    def __init__(self, app: Application, ip: str = "192.0.2.1") -> None:
        transport = httpx.WSGITransport(app=app.wsgi_app, remote_addr=ip)
        http = httpx.Client(transport=transport, base_url=ISSUER, headers={"Accept": "text/html"})
        super().__init__(stops_at=CALLBACK, http=http)

    def open(self, address: str, **parameters: str) -> Page:
        return super().open(address if "://" in address else f"{ISSUER}{address}", **parameters)

    def post(self, address: str, **fields: str) -> httpx.Response:
        """Post as a page of ours would, with its token; return the answer before any redirect."""
        token = self.open("/").document.xpath("//input[@name='csrf_token']/@value")[0]
        return self._http.post(address, data={"csrf_token": token, **fields})

    def get(self, address: str, **headers: str) -> httpx.Response:
        return self._http.get(address, headers=headers)

    def send(self, method: str, address: str, **options: Any) -> httpx.Response:
        return self._http.request(method, address, **options)


@pytest.fixture
def new_browser(app: Application) -> Iterator[Callable[..., InProcess]]:
    opened: list[InProcess] = []

    def new(ip: str = "192.0.2.1") -> InProcess:
        opened.append(InProcess(app, ip))
        return opened[-1]

    yield new
    for browser in opened:
        browser.close()


@pytest.fixture
def browser(new_browser: Callable[..., InProcess]) -> InProcess:
    return new_browser()


@dataclass
class Someone:
    """A person with an account, and the phone that shows their codes."""

    account: Account
    username: str
    clock: Clock
    password: str = PASSWORD
    totp_secret: str | None = None
    recovery_codes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.account.id

    def next_code(self) -> str:
        """Return a code of a step that wasn't used: half a minute passes."""
        assert self.totp_secret
        return pyotp.TOTP(self.totp_secret).at(self.clock.advance(30))

    def type_password(self, browser: Browser, password: str | None = None) -> Page:
        fields = {"login_username": self.username, "login_password": password or self.password}
        return browser.submit("login_submit", fields)

    def sign_in(self, browser: Browser, address: str = "/account") -> Page:
        """Sign in with all that the account has, on the way to an address."""
        browser.open(address)
        page = self.type_password(browser)
        if page.path == "/mfa/totp":
            page = browser.submit("otp_submit", {"otp_code": self.next_code()})
        return page


@pytest.fixture
def new_person(services: Services, clock: Clock) -> Callable[..., Someone]:
    def new(username: str = "lan.nguyen", **given: Any) -> Someone:
        claims: Mapping[str, Any] = {"name": "Nguyễn Thị Lan", **given.pop("claims", {})}
        trusted = given.pop("trusted", False)
        asked = NewAccount(
            username=username, password=given.pop("password", PASSWORD), claims=claims, **given
        )
        with services.database.unit():
            made = services.accounts.create(asked, clock.now(), trusted=trusted)
        assert isinstance(made, Account), made
        return Someone(made, username, clock, asked.password, made.totp_secret, made.recovery_codes)

    return new


@pytest.fixture
def lan(new_person: Callable[..., Someone]) -> Someone:
    """A person with a password alone."""
    return new_person()


@pytest.fixture
def minh(new_person: Callable[..., Someone]) -> Someone:
    """A person with an authenticator app."""
    return new_person("minh", totp=True, claims={"name": "Trần Minh", "phone_number": "0912345678"})


@pytest.fixture
def new_app(services: Services, clock: Clock) -> Callable[..., str]:
    """Register an application; return the address at which it sends people to us."""

    def new(client_id: str = "jobs", scope: str = "openid profile phone", **policy: Any) -> str:
        document = {
            "client_id": client_id,
            "client_name": "Việc làm",
            "client_name#en": "Jobs",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": scope,
            **policy,
        }
        client, _secret = new_client(document, clock.now(), by_operator=True)
        services.clients.add(client)
        return str(
            httpx.URL(
                "/authorize",
                params={
                    "client_id": client_id,
                    "redirect_uri": CALLBACK,
                    "response_type": "code",
                    "scope": scope,
                    "state": "s" * 32,
                    "code_challenge": CHALLENGE,
                    "code_challenge_method": "S256",
                },
            )
        )

    return new
