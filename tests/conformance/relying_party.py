"""A relying party as strict as the OpenID Foundation's conformance suite, and the provider it is run against.

It judges every answer by the specifications, with keys and claims read by a JOSE library of its own; the
browser's screens are passed through by their fixed ids (`tests.person`).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.person import Browser, Page, Person
from tests.security.target import Target

REDIRECT_URI = "https://rp.example/callback"
AFTER_LOGOUT = "https://rp.example/signed-out"
STATE_CHARACTERS = 128
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLOCK_SKEW_SECONDS = 5
MOST_SUBJECT_CHARACTERS = 255
ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")


class QuietBrowser(Browser):
    """A browser without certificate authorities, whose loading takes longer than most tests."""

    def __init__(self) -> None:
        self._http = httpx.Client(timeout=30, verify=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._stops_at = "https://rp.example/"
        self._page = None

    def post(self, address: str, form: Mapping[str, str]) -> Page:
        """Send a form of another site's page."""
        return self._show(self._http.post(address, data=dict(form), headers={"Origin": "https://rp.example"}))


@dataclass
class Op:
    """The provider under test, known by its discovery document; `target` makes its people and clients."""

    target: Target
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, verify=False))

    @property
    def issuer(self) -> str:
        return self.target.provider.issuer

    @cached_property
    def metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{self.issuer}/.well-known/openid-configuration").json()
        return found

    def keys(self) -> KeySet:
        return KeySet.import_key_set(self.http.get(self.metadata["jwks_uri"]).json())

    def close(self) -> None:
        self.http.close()


class Callback(NamedTuple):
    """What the browser brought to the redirect URI, and what had been asked for."""

    request: dict[str, str]
    parameters: dict[str, str]

    @property
    def code(self) -> str:
        assert "code" in self.parameters, self.parameters
        return self.parameters["code"]


class Flow(NamedTuple):
    """A whole sign-in: its callback, the token response, and the ID token's claims."""

    callback: Callback
    tokens: dict[str, Any]
    claims: dict[str, Any]


@dataclass
class RelyingParty:
    """One client of the provider, with one person at one browser. `pkce` adds a challenge to each request."""

    op: Op
    person: Person
    client_id: str
    secret: str = field(default="", repr=False)
    method: str = "client_secret_basic"
    redirect_uri: str = REDIRECT_URI
    response_mode: str = ""
    pkce: bool = False
    id_token_alg: str = "RS256"
    key: RSAKey | ECKey | None = field(default=None, repr=False)
    assertion_audience: str | list[str] = ""
    browser: QuietBrowser = field(default_factory=QuietBrowser)
    verifiers: dict[str, str] = field(default_factory=dict)

    # The authorization endpoint

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a request, with changes; None leaves one out."""
        parameters: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": secrets.token_urlsafe(STATE_CHARACTERS)[:STATE_CHARACTERS],
            "nonce": secrets.token_urlsafe(16),
            "response_mode": self.response_mode or None,
            **(self._challenge() if self.pkce else {}),
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def _challenge(self) -> dict[str, str]:
        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.verifiers[challenge] = verifier
        return {"code_challenge": challenge, "code_challenge_method": "S256"}

    def open(self, request: Mapping[str, str], method: str = "GET") -> Page:
        """Send the browser to the authorization endpoint; return the first page that it shows."""
        address = self.op.metadata["authorization_endpoint"]
        if method == "POST":
            return self.browser.post(address, request)
        return self.browser.open(f"{address}?{urlencode(request)}")

    def authorize(self, method: str = "GET", **changes: str | None) -> Callback:
        """Ask, have the person pass through every screen, and return the checked callback."""
        request = self.request(**changes)
        self.open(request, method)
        return self.finish(request)

    def finish(self, request: dict[str, str]) -> Callback:
        """Have the person answer the screens that are left; return the checked callback."""
        return Callback(request, self.receive(self.person.pass_through(self.browser), request))

    def receive(self, page: Page, request: Mapping[str, str]) -> dict[str, str]:
        """Return what came to the redirect URI: RFC 6749 §4.1.2, RFC 9207 §2, by the mode asked for."""
        is_posted = request.get("response_mode") == "form_post"
        found = self._posted(page) if is_posted else self._queried(page)
        assert found.get("state") == request.get("state"), found
        assert found["iss"] == self.op.issuer
        allowed = {"error", "error_description", "error_uri"} if "error" in found else {"code"}
        assert set(found) <= allowed | {"state", "iss"}, found
        return found

    def _queried(self, page: Page) -> dict[str, str]:
        address, _, query = page.url.partition("?")
        expected, _, own_query = self.redirect_uri.partition("?")
        assert address == expected, page
        assert not urlsplit(page.url).fragment
        pairs = parse_qsl(query, keep_blank_values=True)
        own = parse_qsl(own_query, keep_blank_values=True)
        assert len({name for name, _ in pairs}) == len(pairs) and set(own) <= set(pairs), query
        return dict(pair for pair in pairs if pair not in own)

    def _posted(self, page: Page) -> dict[str, str]:
        """OAuth 2.0 Form Post Response Mode §2: a form that submits itself, and nothing in an address."""
        assert page.status == 200 and page.has("form_post_submit"), page
        form = next(page.get("form_post_submit").iterancestors("form"))
        assert form.method.upper() == "POST" and form.action == self.redirect_uri
        pairs = form.form_values()
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def is_error_page(self, page: Page) -> bool:
        """Say whether the provider told the person that something is wrong, and sent nobody anywhere."""
        return page.url.startswith(self.op.issuer) and page.status >= 400 and page.has("error_code")

    # The token endpoint

    def authentication(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and body members that authenticate the client."""
        if self.method == "client_secret_basic":
            pair = f"{self.client_id}:{self.secret}".encode()
            return {"Authorization": "Basic " + base64.b64encode(pair).decode()}, {}
        if self.method == "client_secret_post":
            return {}, {"client_id": self.client_id, "client_secret": self.secret}
        if self.method == "private_key_jwt":
            return {}, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        return {}, {"client_id": self.client_id}

    def assertion(self, **changes: Any) -> str:
        """Return a new assertion that the client is the client: OpenID Connect Core §9."""
        assert self.key is not None
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.assertion_audience or self.op.metadata["token_endpoint"],
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
            **changes,
        }
        alg = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        return jwt.encode({"alg": alg, "kid": self.key.kid}, claims, self.key, algorithms=[alg])

    def post(self, endpoint: str, form: Mapping[str, str]) -> httpx.Response:
        """Post a form to an endpoint of discovery as this client."""
        headers, members = self.authentication()
        return self.op.http.post(self.op.metadata[endpoint], data={**form, **members}, headers=headers)

    def redeem(self, callback: Callback, **changes: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": callback.code, "redirect_uri": self.redirect_uri}
        challenge = callback.request.get("code_challenge")
        if challenge:
            form["code_verifier"] = self.verifiers[challenge]
        return self.post("token_endpoint", {**form, **changes})

    def exchange(self, callback: Callback) -> Flow:
        """Exchange the code; return the token response and the ID token's claims, both checked."""
        tokens = check_token_response(self.redeem(callback))
        return Flow(callback, tokens, self.check_id_token(tokens, callback.request.get("nonce")))

    def refresh(self, token: str, **changes: str) -> httpx.Response:
        return self.post("token_endpoint", {"grant_type": "refresh_token", "refresh_token": token, **changes})

    def flow(self, **changes: str | None) -> Flow:
        return self.exchange(self.authorize(**changes))

    def read_jwt(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return header and claims of a JWT that a published key signed."""
        decoded = jwt.decode(token, self.op.keys(), algorithms=list(ALGORITHMS))
        assert decoded.header["kid"], "each of our tokens names its key"
        return dict(decoded.header), dict(decoded.claims)

    def check_id_token(self, tokens: Mapping[str, Any], nonce: str | None) -> dict[str, Any]:
        """OpenID Connect Core §3.1.3.7 and §2."""
        header, claims = self.read_jwt(tokens["id_token"])
        now = time.time()
        assert header["alg"] == self.id_token_alg
        assert claims["iss"] == self.op.issuer
        assert claims["aud"] in (self.client_id, [self.client_id])
        assert claims["iat"] <= now + CLOCK_SKEW_SECONDS and claims["exp"] > now
        assert claims.get("nonce") == nonce
        assert 0 < len(claims["sub"]) <= MOST_SUBJECT_CHARACTERS and claims["sub"].isascii()
        assert claims["auth_time"] <= now + CLOCK_SKEW_SECONDS
        assert claims["acr"] in self.op.metadata["acr_values_supported"] and claims["amr"] and claims["sid"]
        digest = hashlib.sha256(tokens["access_token"].encode()).digest()
        assert claims["at_hash"] == base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
        return claims

    # The resource

    def userinfo(self, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.op.http.get(self.op.metadata["userinfo_endpoint"], headers=headers)

    def check_userinfo(self, flow: Flow) -> dict[str, Any]:
        """Return the claims of UserInfo, each of the type of OpenID Connect Core §5.1."""
        return check_userinfo_response(self.userinfo(flow.tokens["access_token"]), flow.claims["sub"])

    # Sign-out

    def end_session(self, **parameters: str) -> Page:
        """Send the browser to the end_session_endpoint."""
        return self.browser.open(f"{self.op.metadata['end_session_endpoint']}?{urlencode(parameters)}")

    def is_signed_out(self) -> bool:
        request = self.request(prompt="none")
        return self.receive(self.open(request), request).get("error") == "login_required"


def check_token_response(answer: httpx.Response) -> dict[str, Any]:
    """RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "no-store" in answer.headers["Cache-Control"]
    tokens: dict[str, Any] = answer.json()
    assert tokens["access_token"] and tokens["token_type"].lower() == "bearer"
    assert isinstance(tokens["expires_in"], int) and tokens["expires_in"] > 0
    return tokens


def check_refused(answer: httpx.Response, error: str, status: int = 400) -> None:
    """RFC 6749 §5.2."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.json().get("error_description", "x").isascii()


TYPES: dict[str, Any] = {
    "email_verified": bool,
    "phone_number_verified": bool,
    "updated_at": int,
    "address": dict,
}


def check_userinfo_response(answer: httpx.Response, subject: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    claims: dict[str, Any] = answer.json()
    assert claims["sub"] == subject
    for name, value in claims.items():
        assert isinstance(value, TYPES.get(name, str)), (name, value)
        assert value not in ("", "null", {}, None), name
    assert all(isinstance(member, str) and member for member in claims.get("address", {}).values())
    return claims


def query_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query, keep_blank_values=True)
