"""Below the protocol: bodies, slow senders, false proxies, and failures of our own."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.security.attack import Attack, check_quick
from tests.security.target import SESSION_COOKIE, Party, Target, Victim
from tests.servers.processes import wait_until

MIB = 1024 * 1024
SLOW_SOCKETS = 200
PATIENT_SECONDS = 35
FORM = "application/x-www-form-urlencoded"

FALSE_ORIGINS = [
    {"X-Forwarded-For": "203.0.113.9"},
    {"Forwarded": "for=203.0.113.9"},
    {"X-Real-IP": "203.0.113.9"},
    {"X-Forwarded-For": "203.0.113.9, 127.0.0.1"},
    {"True-Client-IP": "203.0.113.9"},
    {"X-Client-IP": "203.0.113.9"},
    {"X-Original-URI": "/account"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"},
    {"X-HTTP-Method-Override": "DELETE"},
]


@pytest.mark.parametrize("headers", FALSE_ORIGINS)
def test_ht_001_a_stranger_s_forwarding_headers_are_ignored(
    headers: dict[str, str], attack: Attack, shared_client: Party
) -> None:
    # The event is found by the address that it came from
    attack.token_refused(None, shared_client.redemption("x"), "invalid_client", 401, headers=headers)
    attack.refused("GET", "/authorize", params={"client_id": "nobody"}, headers=headers)


PATHS = [
    "/token",
    "/introspect",
    "/revoke",
    "/userinfo",
    "/authorize",
    "/login",
    "/register",
    "/logout",
    "/language",
    "/x",
]


@pytest.mark.parametrize("path", PATHS)
def test_ht_005_bodies_that_are_too_large(path: str, attack: Attack, shared_client: Party) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"a" * (MIB // 16)

    bodies: list[dict[str, Any]] = [
        {"content": b"a=" + b"b" * MIB, "headers": {"Content-Type": FORM}},
        {"content": endless(), "headers": {"Content-Type": FORM}},
        {"content": b"&".join(b"a%d=1" % n for n in range(10_000)), "headers": {"Content-Type": FORM}},
        {"files": [(f"f{n}", (None, "x")) for n in range(2000)]},
        {"content": b"\r" + b"a" * 5 * MIB, "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"a=b", "headers": {"Content-Type": FORM, "Content-Encoding": "gzip"}},
    ]
    for body in bodies:
        with contextlib.suppress(ConnectionError, OSError):
            answer = send_large(attack, path, body)
            if answer is not None:
                assert 300 <= answer.status_code < 500 or (path == "/logout" and answer.status_code == 200)
                check_quick(answer)
    assert attack.send("GET", "/healthz").status_code == 200


def send_large(attack: Attack, path: str, body: dict[str, Any]) -> Any:
    """Send a body; None where the server hung up before it had read it all, as it may."""

    http = attack.new_client()
    try:
        answer = http.post(path, **body)
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return None
    finally:
        http.close()
    assert answer.status_code < 500, (path, answer.status_code, answer.text[:300])
    return answer


class SlowSockets:
    """Many connections on which almost nothing comes."""

    def __init__(self, attack: Attack, start: bytes, number: int = SLOW_SOCKETS) -> None:
        address = ("127.0.0.1", attack.target.provider.port)
        self.sockets = [
            socket.create_connection(address, timeout=10, source_address=(attack.address, 0))
            for _ in range(number)
        ]
        for one in self.sockets:
            one.sendall(start)
            one.setblocking(False)

    def count_open(self) -> int:
        return sum(not is_closed(one) for one in self.sockets)

    def close(self) -> None:
        for one in self.sockets:
            one.close()


def is_closed(one: socket.socket) -> bool:
    try:
        return one.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


HEAD = "{} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SLOW = {
    "headers": HEAD.format("GET /login") + "X-A: b",
    "body of a form": HEAD.format("POST /login") + "Content-Length: 1000\r\n\r\na=",
    "body of a token request": HEAD.format("POST /token") + "Content-Length: 1000\r\n\r\na=",
    "chunks": HEAD.format("POST /token") + "Transfer-Encoding: chunked\r\n\r\n5\r\na=",
}


@pytest.mark.parametrize("start", SLOW.values(), ids=SLOW.keys())
def test_ht_006_slow_senders_keep_nobody_waiting(start: str, attack: Attack) -> None:
    slow = SlowSockets(attack, start.encode())
    try:
        # Somebody else, who is served meanwhile
        for path in ("/healthz", "/login", "/.well-known/openid-configuration", "/jwks"):
            answer = attack.target.http.get(path, timeout=5)
            assert answer.status_code in (200, 303), path
    finally:
        slow.close()


def test_ht_006_a_slow_sender_is_cut_off(attack: Attack) -> None:
    slow = SlowSockets(attack, SLOW["headers"].encode(), 20)
    try:
        wait_until(
            lambda: slow.count_open() == 0, seconds=PATIENT_SECONDS, what="end of the slow connections"
        )
    finally:
        slow.close()


def test_ht_010_a_failure_tells_a_number_and_nothing_else(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    attack.expects_failure = True
    tokens = target.new_tokens(person, client)
    session = target.new_session(person)
    target.execute("UPDATE accounts SET profile_sealed = :x WHERE id = :a", x=b"broken", a=person.account_id)
    userinfo = attack.http.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    page = attack.http.get("/account", headers={"Cookie": f"{SESSION_COOKIE}={session}"})
    for answer in (userinfo, page):
        assert answer.status_code == 500
        assert (
            "Traceback" not in answer.text
            and "Seal" not in answer.text
            and person.account_id not in answer.text
        )
    assert userinfo.json()["error"] == "server_error" and 'id="error_code"' in page.text
    number = page.headers["X-Request-ID"]
    assert number in page.text and number in attack.log()
    assert attack.send("GET", "/login").status_code == 303


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 200]
)
def test_ht_011_methods_that_nobody_asked_for(method: str, attack: Attack) -> None:
    for path in ("/token", "/login", "/account", "/authorize", "/nowhere"):
        answer = attack.http.request(method, path)
        assert 300 <= answer.status_code < 500, (path, answer.status_code)


def test_ht_011_raw_lines_that_are_no_request(attack: Attack) -> None:
    for raw in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"\x00\xff\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"GET /%00%ff%c0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET " + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ):
        address = ("127.0.0.1", attack.target.provider.port)
        with socket.create_connection(address, timeout=10) as one, contextlib.suppress(OSError):
            one.sendall(raw)
            one.shutdown(socket.SHUT_WR)
            head = one.recv(4096)
            assert not head.startswith(b"HTTP/1.1 5"), (raw[:60], head[:100])
    assert attack.send("GET", "/healthz").status_code == 200
