"""What is attacked: a server as in production, and the people and clients whom an attack concerns.

People, clients, sessions and consents are put into the server's database directly, so that a case costs
milliseconds; every attack itself goes over HTTP.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx
from sqlalchemy import create_engine, text

from oidc.clients.registration import new_client
from tests.person import Person
from tests.servers.provider import Provider, running_provider
from tnid import clock
from tnid import settings as settings_module
from tnid.accounts.service import Account, NewAccount
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine
from tnid.services import Services
from tnid.signin.assurance import PASSWORD_AND_TOTP, Assurance
from tnid.signin.sessions import Place
from tnid.stores.consents import ConsentStore

REDIRECT_URI = "https://rp.example/cb"
AFTER_LOGOUT = "https://rp.example/bye"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 Appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SCOPE = "openid profile email phone address offline_access"
SESSION_COOKIE = "tnid_session"
HALF_COOKIE = "tnid_sign_in"


@dataclass
class Victim(Person):
    """A person with an account, and the account's id."""

    account_id: str = ""


@dataclass(frozen=True)
class Party:
    """A registered client."""

    client_id: str
    secret: str
    redirect_uri: str = REDIRECT_URI

    @property
    def basic(self) -> dict[str, str]:
        """The header by which it authenticates."""
        pair = f"{self.client_id}:{self.secret}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}

    def query(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a proper authorization request, with changes; None leaves one out."""
        parameters: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": "state-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def redemption(self, code: str, **changes: str | None) -> dict[str, str]:
        """Return the form of a proper code exchange, with changes."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
            **self.name,
            **changes,
        }
        return {name: value for name, value in form.items() if value is not None}

    def refreshment(self, token: str, **changes: str) -> dict[str, str]:
        return {"grant_type": "refresh_token", "refresh_token": token, **self.name, **changes}

    @property
    def name(self) -> dict[str, str]:
        """What a public client, which can't prove it, says of itself."""
        return {} if self.secret else {"client_id": self.client_id}


@dataclass
class Target:
    """A running server, its database, and every secret that must never be in its log."""

    provider: Provider
    services: Services
    secrets: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.address, timeout=30, verify=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.provider.port}"

    @property
    def database(self) -> Database:
        return self.services.database

    # Whom it concerns

    def new_person(
        self, *, password: str | None = None, totp: bool = True, identity_level: int = 2, **more: Any
    ) -> Victim:
        """Create an account that no other test knows; claims by keyword."""
        number = more.pop("personal_id_number", None)
        new = NewAccount(
            username=more.pop("username", f"nguoi.{uuid4().hex[:12]}"),
            password=password or f"mật khẩu {uuid4().hex}",
            claims={"name": "Nguyễn Văn Thử", **more},
            personal_id_number=number,
            identity_level=identity_level,
            totp=totp,
        )
        with self.database.unit():
            made = self.services.accounts.create(new, clock.now(), trusted=True)
        assert isinstance(made, Account), made
        self.hide(new.password, made.totp_secret, *made.recovery_codes, number)
        return Victim(new.username, new.password, made.totp_secret, list(made.recovery_codes), 0, made.id)

    def new_client(self, **metadata: Any) -> Party:
        """Register a client that may do everything a confidential one may, unless told otherwise."""
        document = {
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [AFTER_LOGOUT],
            "grant_types": ["authorization_code", "refresh_token"],
            "client_name": "Ứng dụng thử",
            **metadata,
        }
        made, secret = new_client(document, clock.now(), by_operator=True)
        with self.database.unit():
            self.services.clients.add(made)
        self.hide(secret)
        return Party(made.client_id, secret or "", next(iter(document["redirect_uris"]), ""))

    def new_session(self, person: Victim, assurance: Assurance = PASSWORD_AND_TOTP) -> str:
        """Sign a person in at some browser; return the cookie's value."""
        place = Place("127.0.0.1", "Firefox")
        with self.database.unit():
            value, _ = self.services.sessions.begin(person.account_id, assurance, place, clock.now())
        self.hide(value)
        return value

    # What an operator does, as by `tnid account …` and `tnid client …`, without a second's start each

    def disable(self, person: Victim) -> None:
        with self.database.unit():
            assert self.services.accounts.disable(person.account_id, clock.now())

    def delete(self, person: Victim) -> None:
        with self.database.unit():
            assert self.services.accounts.delete(person.account_id, clock.now())

    def disable_client(self, party: Party) -> None:
        """Disable a client; the server may know it for a second yet."""
        with self.database.unit():
            assert self.services.clients.disable(party.client_id, clock.now())

    def agree(self, person: Victim, party: Party, scope: str = SCOPE, claims: str = "[]") -> None:
        """Have the person agree to this alone, all of it, whatever they decided before."""
        store, place = ConsentStore(self.database), (person.account_id, party.client_id)
        before = store.find_row(*place)
        whole: dict[str, Any] = dict.fromkeys(("withheld", "versions", "expires_at"))
        seen = before.revision if before is not None else 0
        assert store.record(*place, seen=seen, scope=scope, claims=claims, now=clock.now(), **whole)

    def new_code(
        self, person: Victim, party: Party, *, session: str | None = None, **changes: str | None
    ) -> str:
        """Return a code that the person's browser would carry to the client."""
        self.agree(person, party)
        cookies = {"Cookie": f"{SESSION_COOKIE}={session or self.new_session(person)}"}
        self.http.cookies.clear()
        answer = self.http.get("/authorize", params=party.query(**changes), headers=cookies)
        code = parameters_of(answer)["code"]
        self.hide(code)
        return code

    def new_tokens(
        self, person: Victim, party: Party, *, session: str | None = None, **changes: str | None
    ) -> dict[str, Any]:
        """Go through authorization and exchange; return the token response."""
        code = self.new_code(person, party, session=session, **changes)
        answer = self.http.post("/token", data=party.redemption(code), headers=self.credentials(party))
        tokens: dict[str, Any] = answer.json()
        assert answer.status_code == 200, tokens
        return self.keep(tokens)

    def keep(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """Note the tokens of a token response as secrets; return it."""
        self.hide(*(tokens.get(name) for name in ("access_token", "refresh_token", "id_token")))
        return tokens

    def refresh(self, party: Party, token: str) -> dict[str, Any]:
        """Refresh properly; return the token response."""
        answer = self.http.post("/token", data=party.refreshment(token), headers=self.credentials(party))
        assert answer.status_code == 200, answer.text
        return self.keep(answer.json())

    @staticmethod
    def credentials(party: Party) -> dict[str, str]:
        return party.basic if party.secret else {}

    # What became of it

    def hide(self, *secrets: str | None) -> None:
        self.secrets.update(secret for secret in secrets if secret)

    def is_active(self, party: Party, token: str) -> bool:
        """Ask the introspection endpoint as the client that owns the token."""
        answer = self.http.post("/introspect", data={"token": token}, headers=party.basic)
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["active"])

    def execute(self, sql: str, **parameters: Any) -> int:
        """Change the database behind the server's back: the clock's work, above all."""
        return self.database.execute(text(sql), **parameters)

    def fetch_all(self, sql: str, **parameters: Any) -> list[Any]:
        return self.database.fetch_all(text(sql), **parameters)


def parameters_of(answer: httpx.Response) -> dict[str, str]:
    """Return the query of the address that the browser is sent to."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    query = urlsplit(answer.headers["Location"]).query
    return dict(parse_qsl(query, keep_blank_values=True))


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def encode(parameters: dict[str, str] | list[tuple[str, str]]) -> str:
    return urlencode(parameters)


def open_services(provider: Provider) -> Services:
    """Return the services of a server's instance, in this process."""
    environ = {name: value for name, value in provider.environ.items() if name.startswith("TNID_")}
    settings = settings_module.load(environ)
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    prepare_engine(engine)
    return Services(settings, Database(engine))


@contextmanager
def running_target(
    folder: Path, *, workers: int = 2, database_url: str | None = None, **more: str
) -> Iterator[Target]:
    """Start a server of our own; more TNID_ variables by keyword."""
    with running_provider(folder, workers=workers, database_url=database_url, **more) as provider:
        target = Target(provider, open_services(provider))
        try:
            yield target
        finally:
            target.http.close()
            target.services.database._engine.dispose()
