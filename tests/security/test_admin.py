"""Operators' pages under attack: by strangers, by officials, and by operators themselves."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from lxml import html

from oidc.clients.authentication import hash_secret
from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim
from tnid import clock
from tnid.admin.audit_desk import BULK_EVENTS
from tnid.plain_http import HttpsOnly
from tnid.settings import load

WHY = "Theo đề nghị bằng văn bản"
GIA_SANG = "05467"
PATHS = (
    *("", "/requests", "/people", "/clients", "/employers", "/officials", "/officials/new", "/operators"),
    *("/operators/new", "/switches", "/switches/qr/off", "/keys", "/keys/rotate", "/keys/rotate-now"),
    *("/sessions", "/sessions/end-everybody", "/outbox", "/settings", "/audit", "/fresh"),
)
FORMS = (
    *(
        "/people",
        "/officials/new",
        "/operators/new",
        "/switches/qr/off",
        "/switches/qr/on",
        "/switches/all-on",
    ),
    *("/keys/rotate", "/keys/rotate-now", "/sessions/end-everybody", "/outbox/1/retry", "/outbox/retry-dead"),
    *("/audit", "/audit/verify"),
)


class Operating:
    """An operator, possibly not an honest one, at an open desk of their own."""

    def __init__(self, attack: Attack, operator: Victim) -> None:
        self.attack = attack
        attack.sign_in(operator)
        self.post("/open")

    def token(self) -> str:
        page = html.document_fromstring(self.attack.send("GET", "/activate").text)
        return str(page.xpath("//input[@name='csrf_token']/@value")[0])

    def get(self, path: str) -> httpx.Response:
        return self.attack.send("GET", f"/admin{path}")

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.attack.send("POST", f"/admin{path}", data={"csrf_token": self.token(), **fields})


def new_operator(target: Target, *roles: str) -> Victim:
    person = target.new_person()
    for role in roles:
        assert target.services.admin.operators.grant(person.account_id, role, clock.now()) is None
    return person


def roles_of(target: Target, person: Victim) -> list[str]:
    sql = "SELECT role FROM roles WHERE account_id = :id AND revoked_at IS NULL ORDER BY role"
    return [row.role for row in target.fetch_all(sql, id=person.account_id)]


def events_of(target: Target, person: Victim, event: str) -> list[Any]:
    sql = (
        "SELECT outcome, reason, details FROM audit_events WHERE account_id = :id AND event = :e ORDER BY id"
    )
    return target.fetch_all(sql, id=person.account_id, e=event)


@pytest.fixture
def second(target: Target) -> Attack:
    return Attack(target)


def test_strangers_people_and_officials_open_nothing(attack: Attack, target: Target, person: Victim) -> None:
    for path in PATHS:
        answer = attack.send("GET", f"/admin{path}")
        assert (answer.status_code, answer.headers["Location"][:8]) == (303, "/resume/"), path
    assert target.services.counter.roles.grant_official(person.account_id, GIA_SANG, clock.now()) is None
    attack.sign_in(person)
    for path in PATHS[::4]:
        attack.refused("GET", f"/admin{path}", event="operator_desk.look", reason="no_role")
    data = {"csrf_token": _with(attack).token()}
    for path in FORMS[::3]:
        answer = attack.refused("POST", f"/admin{path}", event="operator_desk.look", data=data)
        assert answer.status_code == 403, path


def _with(attack: Attack) -> Operating:
    found = Operating.__new__(Operating)
    found.attack = attack
    return found


def test_ad_002_nobody_makes_themselves_more_than_they_are(attack: Attack, target: Target) -> None:
    support = new_operator(target, "support")
    desk = Operating(attack, support)
    fields = {"username": support.username, "role": "administrator", "reason": WHY}
    assert desk.post("/operators/new", **fields).status_code == 403
    assert desk.post("/officials/new", username=support.username, commune=GIA_SANG).status_code == 403
    assert roles_of(target, support) == ["support"]


def test_ad_002_an_administrator_grants_no_role_alone(attack: Attack, target: Target) -> None:
    administrator, friend = new_operator(target, "administrator"), target.new_person()
    desk = Operating(attack, administrator)
    own = {"username": administrator.username, "role": "security", "reason": WHY}
    assert desk.post("/operators/new", **own).status_code == 400
    answer = desk.post("/operators/new", username=friend.username, role="security", reason=WHY)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/requests")
    (row,) = target.fetch_all(
        "SELECT id FROM operator_requests WHERE asked_by = :id", id=administrator.account_id
    )
    desk.post(f"/requests/{row.id}", decision="agree")
    assert roles_of(target, friend) == [] and roles_of(target, administrator) == ["administrator"]
    assert events_of(target, administrator, "operator_request.agree")[-1].reason == "own_request"
    # Nor does the friend's page open, whatever the request is called
    assert desk.post("/requests/" + "x" * 22, decision="agree").status_code == 404


def test_ad_003_no_secret_is_on_any_page(attack: Attack, target: Target, client: Party) -> None:
    desk = Operating(attack, new_operator(target, "reviewer", "security", "administrator"))
    shown = [desk.get(f"/clients/of/{client.client_id}"), desk.get("/settings"), desk.get("/keys")]
    digest = hash_secret(client.secret).hex()
    for answer in shown:
        assert answer.status_code == 200
        assert client.secret not in answer.text and digest not in answer.text
        assert not re.search(r"PRIVATE KEY|\"d\":|argon2", answer.text)
    assert "TNID_DATABASE_URL" in shown[1].text and "sqlite:" not in shown[1].text


def test_ad_004_and_pw_006_no_operator_sets_what_opens_an_account(
    attack: Attack, target: Target, person: Victim
) -> None:
    desk = Operating(attack, new_operator(target, "support", "administrator"))
    before = target.fetch_all("SELECT password_hash FROM accounts WHERE id = :id", id=person.account_id)
    fields = {"csrf_token": desk.token(), "reason": WHY, "password": "mat khau cua ke gian"}
    for act in (
        "password",
        "factor",
        "totp",
        "passkey",
        "link",
        "identity",
        "reveal/password",
        "reveal/totp",
    ):
        path = f"/admin/people/{person.account_id}/{act}"
        assert attack.send("POST", path, data=fields).status_code == 404, act
    after = target.fetch_all("SELECT password_hash FROM accounts WHERE id = :id", id=person.account_id)
    assert before == after


def test_ad_005_what_is_of_high_value_takes_a_fresh_sign_in_and_a_second_operator(
    attack: Attack, second: Attack, target: Target
) -> None:
    first, other = new_operator(target, "security"), new_operator(target, "security")
    desk = Operating(attack, first)
    target.execute(
        "UPDATE sessions SET auth_time = :at WHERE account_id = :id",
        at=clock.now() - 301, id=first.account_id,
    )  # fmt: skip
    answer = desk.get("/keys/rotate-now")
    assert answer.headers["Location"].startswith("/resume/")
    for path, fields in (("/keys/rotate-now", {}), ("/audit", {"file": "csv"}), ("/keys/rotate", {})):
        assert desk.post(path, reason=WHY, **fields).status_code == 400
    assert [row.reason for row in events_of(target, first, "audit.export")] == ["not_fresh"]
    attack.sign_in(first)
    desk.post("/open")
    keys = target.fetch_all("SELECT kid FROM signing_keys")
    assert desk.post("/keys/rotate-now", reason=WHY).headers["Location"] == "/admin/requests"
    (row,) = target.fetch_all("SELECT id FROM operator_requests WHERE asked_by = :id", id=first.account_id)
    desk.post(f"/requests/{row.id}", decision="agree")
    assert target.fetch_all("SELECT kid FROM signing_keys") == keys
    # Whoever asked takes it back; a second one has nothing to agree to any more
    desk.post(f"/requests/{row.id}", decision="withdraw")
    Operating(second, other).post(f"/requests/{row.id}", decision="agree")
    assert target.fetch_all("SELECT kid FROM signing_keys") == keys
    assert events_of(target, other, "operator_request.agree")[-1].reason == "request_over"
    # Without haste either: nobody changes keys alone
    assert desk.post("/keys/rotate", reason=WHY).headers["Location"] == "/admin/requests"
    (row,) = target.fetch_all(
        "SELECT id FROM operator_requests WHERE asked_by = :id AND decided_at IS NULL", id=first.account_id
    )
    desk.post(f"/requests/{row.id}", decision="agree")
    assert target.fetch_all("SELECT kid FROM signing_keys") == keys
    target.execute(
        "UPDATE sessions SET auth_time = :at WHERE account_id = :id",
        at=clock.now() - 301, id=other.account_id,
    )  # fmt: skip
    assert Operating.post(_with(second), f"/requests/{row.id}", decision="agree").status_code == 400
    assert target.fetch_all("SELECT kid FROM signing_keys") == keys


def test_ad_005_much_of_the_log_leaves_by_two_alone(attack: Attack, second: Attack, target: Target) -> None:
    first, other = new_operator(target, "security"), new_operator(target, "security")
    desk = Operating(attack, first)
    with target.services.database.unit():
        for _ in range(BULK_EVENTS + 1):
            target.services.audit.record("test.bulk", now=clock.now())
    asked = {"event": "test.bulk"}
    answer = desk.post("/audit", file="csv", **asked)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (400, "text/html")
    assert events_of(target, first, "audit.export")[-1].reason == "export_bulk"
    assert desk.post("/audit", file="ask", why=WHY, **asked).headers["Location"] == "/admin/requests"
    (row,) = target.fetch_all("SELECT id FROM operator_requests WHERE asked_by = :id", id=first.account_id)
    for _ in range(2):
        assert desk.post(f"/audit/agreed/{row.id}", file="csv").status_code == 400
        desk.post(f"/requests/{row.id}", decision="agree")
    Operating(second, other).post(f"/requests/{row.id}", decision="agree")
    assert Operating.post(_with(second), f"/audit/agreed/{row.id}", file="csv").status_code == 404
    assert desk.post(f"/audit/agreed/{row.id}", file="made-up").status_code == 400
    assert desk.post(f"/audit/agreed/{row.id}", file="csv").headers["Content-Type"][:8] == "text/csv"
    target.services.admin.operators.revoke(first.account_id, "security", clock.now())
    assert desk.post(f"/audit/agreed/{row.id}", file="csv").status_code == 403


def test_au_005_reading_the_log_is_in_the_log_and_nobody_deletes_of_it(
    attack: Attack, target: Target
) -> None:
    security = new_operator(target, "security")
    desk = Operating(attack, security)
    assert desk.post("/audit", event="operator_desk.").status_code == 200
    answer = desk.post("/audit", event="operator_desk.", file="jsonl")
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    for name in ("audit.search", "audit.export"):
        (row,) = events_of(target, security, name)
        assert row.outcome == "ok" and "operator_desk." in row.details
    count = "SELECT COUNT(*) AS n FROM audit_events"
    before = target.fetch_all(count)[0].n
    for method in ("DELETE", "PUT", "PATCH"):
        assert attack.send(method, "/admin/audit").status_code in (400, 403, 405)
    for path in ("/audit/delete", "/audit/purge", "/audit/1", "/audit/1/delete"):
        assert desk.post(path).status_code in (404, 405)
    assert target.fetch_all(count)[0].n >= before


def test_au_005_editing_a_client_is_in_the_log_with_who_and_why(
    attack: Attack, target: Target, client: Party
) -> None:
    reviewer = new_operator(target, "reviewer")
    Operating(attack, reviewer).post(f"/clients/stop/{client.client_id}", reason=WHY)
    (row,) = events_of(target, reviewer, "client.disable")
    assert row.outcome == "ok" and WHY.encode().decode() in row.details


def test_se_003_the_desks_cookie_is_strict_and_no_script_reads_it(attack: Attack, target: Target) -> None:
    attack.sign_in(new_operator(target, "support"))
    token = _with(attack).token()
    answer = attack.send("POST", "/admin/open", data={"csrf_token": token})
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("tnid_admin=")]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie and len(cookie.partition("=")[2].partition(";")[0]) >= 43


def test_a_form_from_elsewhere_does_nothing(attack: Attack, target: Target) -> None:
    administrator = new_operator(target, "administrator")
    Operating(attack, administrator)
    for path in FORMS[::3]:
        assert attack.refused("POST", f"/admin{path}", event="form.refuse", data={}).status_code == 403


def test_a_removed_operator_does_nothing_from_that_moment_on(attack: Attack, target: Target) -> None:
    operator = new_operator(target, "administrator", "support", "security", "reviewer")
    desk = Operating(attack, operator)
    assert desk.get("/switches").status_code == 200
    for role in roles_of(target, operator):
        target.services.admin.operators.revoke(operator.account_id, role, clock.now())
    for path in PATHS[::4]:
        assert desk.get(path).status_code == 403
    assert desk.post("/switches/scim/off", reason=WHY).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/login?a=b", (308, "https://id.example/login?a=b")),
        ("GET", "/d\u0101\r\nX: y", (308, "https://id.example/d%C4%81%0D%0AX:%20y")),
        ("POST", "/login", (400, None)),
        ("POST", "/token", (400, None)),
        ("GET", "/userinfo", (400, None)),
        ("GET", "/jwks", (400, None)),
    ],
)
def test_ht_008_plain_http_at_a_proxy_is_refused_to_machines(
    method: str, path: str, expected: tuple[int, str | None]
) -> None:
    settings = load({"TNID_ISSUER": "https://id.example", "TNID_TRUSTED_PROXIES": "192.0.2.0/24"})
    passed: list[str] = []

    def inner(environ: Any, start_response: Any) -> list[bytes]:
        passed.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b""]

    machines = {"/token", "/userinfo", "/jwks"}
    app = HttpsOnly(inner, settings, machines.__contains__)
    answers: list[tuple[str, dict[str, str]]] = []

    def ask(ip: str, proto: str) -> None:
        bare, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": bare.encode().decode("latin-1"), "QUERY_STRING": query,
            "REMOTE_ADDR": ip, "HTTP_X_FORWARDED_PROTO": proto,
        }  # fmt: skip
        list(app(environ, lambda status, headers: answers.append((status, dict(headers)))))  # type: ignore[arg-type,func-returns-value]  # as little of WSGI as is looked at

    ask("192.0.2.7", "http")
    status, headers = answers[-1]
    assert (int(status[:3]), headers.get("Location")) == expected
    assert passed == []
    # Over TLS, and where a stranger says so, nothing changes
    for ip, proto in (("192.0.2.7", "https"), ("192.0.2.7", ""), ("198.51.100.1", "http")):
        ask(ip, proto)
    assert len(passed) == 3
