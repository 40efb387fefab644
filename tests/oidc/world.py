"""A whole provider in memory, with one person and one client, for tests that speak the protocol directly."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import RotationPolicy
from oidc.agreed import Agreed
from oidc.authorization.endpoint import Answer
from oidc.authorization.prompts import Prompt
from oidc.clients.outbound import Outbound, OutboundRefused
from oidc.clients.registration import new_client
from oidc.decoupled.memory import MemoryDecoupledRequests
from oidc.http import Request, Response
from oidc.memory import (
    MemoryClients,
    MemoryConsents,
    MemoryEvents,
    MemoryGrants,
    MemoryInteractions,
    MemoryMandates,
    MemoryPushedRequests,
    MemoryReplays,
    MemoryResources,
    MemorySubjects,
)
from oidc.models import Client, EndUser
from oidc.parts import ProviderConfig, Stores
from oidc.provider import Provider
from oidc.security_events.memory import MemorySecurityEvents

ISSUER = "https://id.thainguyen.example"
NOW = 1_800_000_000
REDIRECT_URI = "https://rp.example/cb"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 Appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
BROWSER = "a browser's secret"
FORM = "application/x-www-form-urlencoded"
PERSON = {
    "name": "Nguyễn Văn An",
    "family_name": "Nguyễn",
    "given_name": "An",
    "email": "an@example.vn",
    "email_verified": True,
    "phone_number": "+84912345678",
    "phone_number_verified": False,
    "address": {"locality": "Phường Gia Sàng", "country": "VN"},
    "birthdate": "",
}


def post(form: dict[str, str] | str, authorization: str = "", /, **changes: Any) -> Request:
    encoded = form if isinstance(form, str) else urlencode(form)
    members = {
        "method": "POST",
        "body": encoded.encode(),
        "content_type": FORM,
        "authorization": authorization,
    }
    return Request(**{**members, **changes})


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def document(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(response.body)
    return found


def location(response: Response) -> dict[str, str]:
    """Return the query of the address that the browser is sent to."""
    assert response.status == 303
    return dict(parse_qsl(urlsplit(dict(response.headers)["Location"]).query))


def claims_of(id_token: str) -> dict[str, Any]:
    payload = id_token.split(".")[1]
    found: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


class Elsewhere:
    """The documents that clients keep at their own addresses; `fetched` tells which were asked for.

    Bytes are answered as they are, anything else as JSON.
    """

    _strict = Outbound()

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.fetched: list[str] = []

    def check(self, url: str) -> None:
        self._strict.check(url)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if url not in self.documents:
            raise OutboundRefused("The address answered 404.")
        found = self.documents[url]
        return found if isinstance(found, bytes) else orjson.dumps(found)


@cache
def shared_keyring() -> Keyring:
    """Making an RSA key takes longer than most tests."""
    keyring = Keyring(MemoryKeyStore(), b"k" * 32, RotationPolicy())
    keyring.ensure(NOW)
    return keyring


class World:
    """`now` moves only where a test moves it."""

    def __init__(self, **config: Any) -> None:
        """Make a world whose operator decided this of ProviderConfig."""
        self.now = NOW
        self.events = MemoryEvents()
        self.clients, self.grants = MemoryClients(), MemoryGrants(self.events)
        self.interactions, self.replays = MemoryInteractions(), MemoryReplays()
        self.consents = MemoryConsents()
        self.resources = MemoryResources()
        self.subjects = MemorySubjects(self.grants)
        self.subjects.people["an"] = PERSON
        self.decoupled = MemoryDecoupledRequests(self.grants)
        self.mandates = MemoryMandates(self.grants, self.events)
        self.keyring = shared_keyring()
        self.security_events = MemorySecurityEvents()
        self.elsewhere = Elsewhere()
        self.pushed_requests = MemoryPushedRequests()
        self.stores = Stores(
            clients=self.clients,
            grants=self.grants,
            interactions=self.interactions,
            pushed_requests=self.pushed_requests,
            replays=self.replays,
            consents=self.consents,
            subjects=self.subjects,
            resources=self.resources,
            decoupled=self.decoupled,
            security_events=self.security_events,
            mandates=self.mandates,
        )
        self._config = ProviderConfig(ISSUER, **config)
        self.provider = self.new_provider()
        self.client, self.secret = self.add_client()

    def new_provider(self) -> Provider:
        """Return a provider over this world's stores, as a process has that starts anew."""
        return Provider(
            self._config,
            self.stores,
            self.keyring,
            self.events,
            token_key=b"t" * 32,
            subject_salt=b"s" * 32,
            fetcher=self.elsewhere,
        )

    def add_client(self, **document: Any) -> tuple[Client, str]:
        defaults = {"redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code", "refresh_token"]}
        client, secret = new_client({**defaults, **document}, self.now, by_operator=True)
        self.clients.add(client)
        return client, secret or ""

    def end_user(self, **changes: Any) -> EndUser:
        members = {
            "account_id": "an",
            "sid": "sid-1",
            "auth_time": self.now - 100,
            "acr": "LoA2",
            "amr": ("pwd", "otp", "mfa"),
            "identity_level": 0,
        }
        return EndUser(**{**members, **changes})

    def agree(
        self, scope: str = "openid profile email phone address offline_access", claims: str = ""
    ) -> None:
        for client in self.clients.rows.values():
            agreed = Agreed(frozenset(scope.split()), frozenset(claims.split()))
            self.consents.rows["an", client.client_id] = agreed

    def query(self, client: Client | None = None, **changes: str | None) -> str:
        parameters: dict[str, str | None] = {
            "client_id": (client or self.client).client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid",
            "state": "state-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return urlencode({name: value for name, value in parameters.items() if value is not None})

    def ask(self, query: str, end_user: EndUser | None = None) -> Answer:
        request = Request("GET", query)
        return self.provider.authorization.authorize(request, lambda _client: end_user, BROWSER, self.now)

    def authorize(self, end_user: EndUser | None = None, **changes: str | None) -> Answer:
        return self.ask(self.query(**changes), end_user)

    def resume(self, prompt: Prompt, end_user: EndUser | None = None) -> Answer:
        uid = prompt.interaction.uid
        return self.provider.authorization.resume(uid, lambda _client: end_user, BROWSER, self.now)

    def new_code(self, client: Client | None = None, **changes: str | None) -> str:
        self.agree()
        answer = self.ask(self.query(client, **changes), self.end_user())
        assert isinstance(answer, Response), answer
        return location(answer)["code"]

    def token(
        self, body: dict[str, str], client: Client | None = None, secret: str | None = None
    ) -> Response:
        client_id = (client or self.client).client_id
        header = basic(client_id, self.secret if secret is None else secret)
        return self.provider.token.respond(post(body, header), self.now)

    def answer_silently(self, request: Request, **changes: Any) -> Response | None:
        """Ask as the front does for a person who is signed in."""

        def find(client_id: str) -> tuple[EndUser, Agreed | None]:
            end_user = self.end_user(**changes)
            return end_user, self.consents.find_agreed(end_user.account_id, client_id)

        return self.provider.authorization.answer_silently(request, find, self.now)

    def redeem(self, code: str, **changes: Any) -> Response:
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        return self.token({**body, "code_verifier": VERIFIER}, **changes)

    def refresh(self, token: str, **changes: str) -> Response:
        return self.token({"grant_type": "refresh_token", "refresh_token": token, **changes})

    def userinfo(self, token: str) -> Response:
        request = Request("GET", authorization=f"Bearer {token}")
        return self.provider.userinfo.respond(request, self.now)

    def sign_in(self, **changes: str | None) -> dict[str, Any]:
        """Go through authorization and exchange; return the token response."""
        return document(self.redeem(self.new_code(**changes)))


def half_hash(text: str) -> str:
    """Compute at_hash as OpenID Connect Core §3.1.3.6 words it."""
    digest = hashlib.sha256(text.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
