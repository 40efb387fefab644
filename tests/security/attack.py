"""One attacker, from an address of their own, and what every case demands beside its own outcome.

An answer is never a 5xx and shows no traceback; a refusal leaves exactly one audit event; the server's log
holds no secret of anybody's and no failure; and the next request is served.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.person import Browser
from tests.security.target import HALF_COOKIE, SESSION_COOKIE, Party, Target, Victim, parameters_of
from tnid import clock

COSTLY_SECONDS = 5
LEAST_SECRET = 6
LEAKS = ("Traceback", "sqlalchemy", "psycopg", "sqlite3", 'File "/')
# One more for each attacker of this process, who has a server of its own
NETWORKS = count()

EVENTS = (
    "SELECT id, event, outcome, reason, account_id, client_id FROM audit_events"
    " WHERE id > :last AND ip = :ip ORDER BY id"
)


def holds(log: str, secret: str) -> bool:
    """Say whether a log holds a secret; one of six digits may stand within an identifier by chance."""
    if len(secret) > LEAST_SECRET:
        return secret in log
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", log) is not None


class Attack:
    """Sends what an attacker would. Each one comes from a /24 of their own, so that no counter is shared."""

    def __init__(self, target: Target) -> None:
        self.target = target
        number = next(NETWORKS)
        self.address = f"127.{1 + number // 256 % 254}.{number % 256}.7"
        self.http = self.new_client()
        self.expects_failure = False
        self._log_start = target.provider.log.stat().st_size

    def new_client(self) -> httpx.Client:
        """Return an HTTP client with cookies of its own."""
        # Without certificates to load, as nothing here is TLS
        transport = httpx.HTTPTransport(local_address=self.address, verify=False)
        return httpx.Client(base_url=self.target.address, transport=transport, timeout=30)

    def new_browser(self) -> AttackersBrowser:
        return AttackersBrowser(self.new_client(), self.target.address)

    # Sending

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request; the answer is no failure and tells nothing of the inside."""
        answer = self.http.request(method, path, **request)
        check_answer(answer)
        return answer

    def refused(
        self, method: str, path: str, *, event: str = "", reason: str = "", **request: Any
    ) -> httpx.Response:
        """Send what must be refused; there is one audit event of it, with this name and reason if given."""
        with self.one_refusal(event, reason):
            return self.send(method, path, **request)

    def token_refused(
        self, party: Party | None, form: Any, error: str, status: int = 400, **request: Any
    ) -> httpx.Response:
        """Send a token request that must fail with this error, in the form of RFC 6749 §5.2."""
        headers = {**(self.target.credentials(party) if party else {}), **request.pop("headers", {})}
        if isinstance(form, dict):
            request["data"] = form
        else:
            request["content"] = form
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        answer = self.refused("POST", "/token", event="token.refused", headers=headers, **request)
        assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert "access_token" not in answer.text
        if status == 401:
            assert answer.headers["WWW-Authenticate"]
        return answer

    def redirected(self, party: Party, error: str, **changes: str | None) -> dict[str, str]:
        """Send an authorization request that must go back to the client with this error, state and issuer."""
        query = party.query(**changes)
        answer = self.refused("GET", "/authorize", event="authorization.refused", params=query)
        return self.check_redirected(answer, party, error, query.get("state"))

    def check_redirected(
        self, answer: httpx.Response, party: Party, error: str, state: str | None = "state-1"
    ) -> dict[str, str]:
        found = parameters_of(answer)
        assert answer.headers["Location"].startswith(party.redirect_uri + "?"), answer.headers["Location"]
        assert found["error"] == error, found
        assert found.get("state") == state and found["iss"] == self.target.provider.issuer, found
        assert "code" not in found
        return found

    def shown(self, query: Any) -> httpx.Response:
        """Send an authorization request that must be refused on a page, without a way on."""
        answer = self.refused("GET", "/authorize", event="authorization.refused", params=query)
        assert answer.status_code == 400, answer.status_code
        assert "Location" not in answer.headers
        assert answer.headers["Content-Type"].startswith("text/html") and 'id="error_code"' in answer.text
        return answer

    def sign_in(self, person: Victim, **assurance: Any) -> str:
        """Take a session of this person into this attacker's browser; return the cookie's value."""
        value = self.target.new_session(person, **assurance)
        self.put_cookie(SESSION_COOKIE, value)
        return value

    def put_cookie(self, name: str, value: str, browser: Browser | None = None) -> None:
        """Put a cookie where the server's own would lie."""
        (browser or self.http).cookies.set(name, value, domain="127.0.0.1")

    # What the log says of it

    @contextmanager
    def one_refusal(self, event: str = "", reason: str = "") -> Iterator[None]:
        """Hold the block to exactly one refusal in the audit log, and to nothing done."""
        last = self.last_event()
        yield
        found = self.events(last)
        refusals = [row for row in found if row.outcome == "refused"]
        assert len(refusals) == 1, f"{len(refusals)} refusals: {found}"
        assert not event or refusals[0].event == event, refusals
        assert not reason or refusals[0].reason == reason, refusals

    def last_event(self) -> int:
        found = self.target.fetch_all("SELECT COALESCE(MAX(id), 0) AS last FROM audit_events")
        return int(found[0].last)

    def events(self, after: int) -> list[Any]:
        """Return this attacker's audit events since then."""
        return self.target.fetch_all(EVENTS, last=after, ip=self.address)

    def log(self) -> str:
        """Return what the server wrote since this attack began."""
        with self.target.provider.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def finish(self) -> None:
        """Check what holds after every case."""
        answer = self.target.http.get("/readyz")
        assert answer.status_code == 200, "the next request was not served"
        log = self.log()
        secrets = (secret for secret in self.target.secrets if len(secret) >= LEAST_SECRET)
        leaked = [secret for secret in secrets if holds(log, secret)]
        assert not leaked, f"in the log: {leaked}"
        assert self.expects_failure or "Traceback" not in log, log[-4000:]
        self.http.close()


class AttackersBrowser(Browser):
    """A browser at the attacker's address."""

    def __init__(self, http: httpx.Client, address: str) -> None:
        super().__init__(stops_at="https://rp.example", http=http)
        self._address = address

    def open(self, address: str, **parameters: str) -> Any:
        return super().open(self._address + address if address.startswith("/") else address, **parameters)

    def _show(self, answer: httpx.Response) -> Any:
        page = super()._show(answer)
        assert page.status < 500, page
        return page

    def begin(self, party: Party, **changes: str | None) -> Any:
        """Begin a sign-in to a client; return the first screen."""
        return self.open("/authorize", **party.query(**changes))

    @property
    def uid(self) -> str:
        """The interaction that the present screen belongs to."""
        return parse_qs(urlsplit(self.page.url).query)["interaction"][0]

    def code(self) -> str | None:
        """Return the code that the browser was sent back with, if it was."""
        return parse_qs(urlsplit(self.page.url).query).get("code", [None])[0]

    def sit_half_signed_in(self, person: Victim, target: Target, party: Party) -> Any:
        """Begin a sign-in whose password was right; return the page that asks for the second factor."""
        self.begin(party)
        with target.database.unit():
            value = target.services.half_sign_ins.begin(person.account_id, clock.now())
        self.cookies.set(HALF_COOKIE, value, domain="127.0.0.1")
        target.hide(value)
        return self.open("/mfa/totp", interaction=self.uid)


def check_answer(answer: httpx.Response) -> None:
    """The server refuses; it doesn't fail, and it shows nothing of itself."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:1000])
    shown = [leak for leak in LEAKS if leak in answer.text]
    assert not shown, shown


def check_quick(answer: httpx.Response) -> None:
    """For cases about exhaustion: far below what would hurt others, far above what a busy machine needs."""
    assert answer.elapsed.total_seconds() < COSTLY_SECONDS, answer.elapsed
