"""Back-Channel Logout 1.0, from a provider that runs as in production to relying parties over real HTTPS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from tests.security.attack import AttackersBrowser
from tests.security.target import SESSION_COOKIE, Party, Target, Victim, running_target
from tests.servers.https import Server, write_certificate
from tests.servers.processes import free_port, wait_until
from tests.servers.provider import Provider
from tnid import clock

EVENT = "http://schemas.openid.net/event/backchannel-logout"
PATH = "/told?tenant=a%20b"
SECONDS = 30
ATTEMPTS = 3


def answer_by(status: str, *headers: str) -> Callable[[ssl.SSLSocket], None]:
    head = "\r\n".join((f"HTTP/1.1 {status}", "Content-Length: 0", *headers))
    return lambda connection: connection.sendall(f"{head}\r\n\r\n".encode())


def at_first(
    bad: Callable[[ssl.SSLSocket], None], good: Callable[[ssl.SSLSocket], None]
) -> Callable[[ssl.SSLSocket], None]:
    """Answer badly once: whoever is mended at some moment may be asked at that very moment."""
    left = [bad]

    def answer(connection: ssl.SSLSocket) -> None:
        (left.pop() if left else good)(connection)

    return answer


class RelyingParty:
    """A client, and the server at its backchannel_logout_uri."""

    def __init__(self, target: Target, folder: Path, certificate: tuple[Path, Path], **metadata: Any) -> None:
        self.target = target
        self.server = Server(folder, certificate)
        self.server.answer = answer_by("200 OK", "Cache-Control: no-store")
        uri = self.server.url(path=PATH)
        self.party: Party = target.new_client(backchannel_logout_uri=uri, **metadata)

    def told(self) -> list[dict[str, Any]]:
        """Return the claims of every logout token that came, each one checked as §2.6 says."""
        return [self._check(request) for request in self.server.requests]

    def told_sids(self) -> list[str]:
        return [claims["sid"] for claims in self.told()]

    def _check(self, request: bytes) -> dict[str, Any]:
        head, _, body = request.partition(b"\r\n\r\n")
        line, *headers = head.decode().split("\r\n")
        assert line == f"POST {PATH} HTTP/1.1"
        assert "Content-Type: application/x-www-form-urlencoded" in headers
        assert not [name for name in headers if name.lower().startswith(("cookie", "authorization"))]
        ((name, token),) = parse_qsl(body.decode(), strict_parsing=True)
        assert name == "logout_token"
        self.target.hide(token)
        keys = KeySet.import_key_set(self.target.http.get("/jwks").json())
        verified = jws.deserialize_compact(token, keys, algorithms=["RS256", "ES256"])
        assert verified.headers()["typ"] == "logout+jwt"
        return self._check_claims(verified.payload)

    def _check_claims(self, payload: bytes) -> dict[str, Any]:
        claims: dict[str, Any] = httpx.Response(200, content=payload).json()
        assert set(claims) == {"iss", "aud", "iat", "jti", "exp", "sub", "sid", "events"}
        assert claims["iss"] == self.target.provider.issuer and claims["aud"] == self.party.client_id
        assert claims["events"] == {EVENT: {}}
        assert claims["iat"] <= clock.now() and claims["exp"] - claims["iat"] <= 120
        return claims


@dataclass
class Signed:
    """A person, signed in at a browser of theirs."""

    target: Target
    person: Victim
    cookie: str

    def into(self, *parties: RelyingParty) -> str:
        """Sign in to these as well; return the sid that they all got."""
        sids = set()
        for one in parties:
            tokens = self.target.new_tokens(self.person, one.party, session=self.cookie)
            sids.add(claims_of(self.target, tokens["id_token"])["sid"])
        (sid,) = sids
        return str(sid)

    def sign_out(self) -> None:
        http = httpx.Client(base_url=self.target.address, timeout=SECONDS)
        with AttackersBrowser(http, self.target.address) as browser:
            browser.cookies.set(SESSION_COOKIE, self.cookie, domain="127.0.0.1")
            browser.open("/logout")
            assert browser.click("logout_confirm").path == "/logout/done"


def claims_of(target: Target, id_token: str) -> dict[str, Any]:
    return target.services.keyring.verify(id_token, typ="JWT", now=clock.now())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]) -> Iterator[Target]:
    settings = {
        "TNID_OUTBOUND_ALLOW_LOOPBACK": "true",
        "TNID_OUTBOUND_CA_FILE": str(certificate[0]),
        "TNID_OUTBOX_RETRY_SECONDS": "1",
        "TNID_OUTBOX_ATTEMPTS": str(ATTEMPTS),
    }
    with running_target(tmp_path_factory.mktemp("back-channel"), workers=1, **settings) as running:
        yield running
        log = running.provider.log.read_text(errors="replace")
        assert "Traceback" not in log, log[-4000:]
        assert not [secret for secret in running.secrets if secret in log]


@pytest.fixture
def new_party(
    target: Target, tmp_path: Path, certificate: tuple[Path, Path]
) -> Iterator[Callable[..., RelyingParty]]:
    made: list[RelyingParty] = []

    def new(**metadata: Any) -> RelyingParty:
        made.append(RelyingParty(target, tmp_path, certificate, **metadata))
        return made[-1]

    yield new
    for one in made:
        one.server.close()


@pytest.fixture
def signed(target: Target) -> Signed:
    person = target.new_person()
    return Signed(target, person, target.new_session(person))


def wait_for(condition: Callable[[], object], what: str = "delivery") -> None:
    wait_until(condition, seconds=SECONDS, what=what)


def test_each_client_of_the_session_is_told_once_and_no_other(
    signed: Signed, new_party: Callable[..., RelyingParty], target: Target
) -> None:
    first, second = new_party(), new_party(id_token_signed_response_alg="ES256")
    stranger, silent = new_party(), target.new_client()
    sid = signed.into(first, second)
    sub = claims_of(target, target.new_tokens(signed.person, first.party)["id_token"])["sub"]
    target.new_tokens(signed.person, silent, session=signed.cookie)
    signed.sign_out()
    wait_for(lambda: first.server.requests and second.server.requests)
    wait_for(lambda: not (waiting(target, first) or waiting(target, second)))
    assert [(claims["sub"], claims["sid"]) for claims in first.told()] == [(sub, sid)]
    assert second.told_sids() == [sid] and not stranger.server.requests
    assert target.provider.tnid("outbox", "list") == {"messages": []}


def test_bad_twins_hold_up_neither_the_person_nor_the_good_one(
    signed: Signed, new_party: Callable[..., RelyingParty], target: Target
) -> None:
    good, slow, failing, moved, elsewhere = (new_party() for _ in range(5))
    answering, fine = threading.Event(), good.server.answer
    away = f"Location: {elsewhere.server.url(path=PATH)}"
    slow.server.answer = at_first(lambda _connection: answering.wait(SECONDS) and None, fine)
    failing.server.answer = at_first(answer_by("500 Internal Server Error"), fine)
    moved.server.answer = at_first(answer_by("307 Temporary Redirect", away), fine)
    sid = signed.into(slow, failing, moved, good)
    signed.sign_out()
    wait_for(lambda: good.server.requests)
    answering.set()
    # Mended, they get what they missed
    everybody = (good, slow, failing, moved)
    wait_for(lambda: not any(waiting(target, one) for one in everybody), "retry")
    assert [len(one.told_sids()) for one in (good, failing, moved)] == [1, 2, 2]
    for one in everybody:
        assert set(one.told_sids()) == {sid}
    assert elsewhere.server.connections == 0, "a redirect was followed"


def test_what_is_queued_survives_a_power_cut(
    signed: Signed, new_party: Callable[..., RelyingParty], target: Target
) -> None:
    down = new_party()
    down.server.answer = answer_by("503 Service Unavailable")
    sid = signed.into(down)
    signed.sign_out()

    def is_put_off() -> bool:
        # After an attempt there are some seconds in which nobody holds the message
        (row,) = waiting(target, down)
        return row.attempts > 0 and row.claimed_until == 0

    wait_for(is_put_off, "failed attempt")
    target.provider.kill()
    # Where the next attempt was quicker than the kill: what the machine's clock does a minute later
    target.execute("UPDATE outbox SET claimed_until = 0 WHERE client_id = :c", c=down.party.client_id)
    down.server.requests.clear()
    down.server.answer = answer_by("204 No Content")
    target.provider.start()
    wait_for(lambda: not waiting(target, down))
    assert down.told_sids() == [sid]


def waiting(target: Target, one: RelyingParty) -> list[Any]:
    """Return what has not been delivered to a client."""
    rows = target.services.outbox.list_open(most=1000)
    return [row for row in rows if row.client_id == one.party.client_id]


def test_a_dead_letter_is_seen_and_retried_by_an_operator(
    signed: Signed, new_party: Callable[..., RelyingParty], target: Target
) -> None:
    down = new_party()
    down.server.answer = answer_by("400 Bad Request")
    sid = signed.into(down)
    signed.sign_out()
    wait_for(lambda: waiting(target, down)[0].dead_at, "dead letter")
    (row,) = target.provider.tnid("outbox", "list")["messages"]
    assert row["client_id"] == down.party.client_id and row["state"] == "dead"
    assert row["attempts"] == ATTEMPTS and row["error"] == "The address answered 400."
    assert len({claims["jti"] for claims in down.told()}) == ATTEMPTS, "each attempt has a fresh token"
    down.server.requests.clear()
    down.server.answer = answer_by("200 OK")
    assert target.provider.tnid("outbox", "retry", str(row["id"])) == {"retried": [row["id"]]}
    wait_for(lambda: not waiting(target, down))
    assert down.told_sids() == [sid]


def test_an_operator_who_disables_an_account_ends_it_everywhere(
    signed: Signed, new_party: Callable[..., RelyingParty], target: Target
) -> None:
    party = new_party()
    sid = signed.into(party)
    target.provider.tnid("account", "disable", signed.person.username)
    wait_for(lambda: party.server.requests)
    assert party.told_sids() == [sid]


def test_two_machines_never_both_send_the_same(
    new_party: Callable[..., RelyingParty], target: Target, tmp_path: Path
) -> None:
    party = new_party()
    person = target.new_person()
    everywhere = [Signed(target, person, target.new_session(person)) for _ in range(15)]
    sids = {one.into(party) for one in everywhere}
    second = another_machine(target.provider, tmp_path)
    second.start()
    try:
        with target.database.unit():
            assert target.services.sessions.end_all(person.account_id, clock.now()) == len(sids)
        wait_for(lambda: not waiting(target, party))
    finally:
        second.stop()
    assert len(sids) == 15 and sorted(party.told_sids()) == sorted(sids)


def another_machine(provider: Provider, folder: Path) -> Provider:
    """Return another machine of the same provider."""
    port = free_port()
    log = folder / f"second-{uuid4().hex}.log"
    return Provider(provider.issuer, port, provider.environ, log, 1)
