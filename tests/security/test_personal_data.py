"""What must be nowhere in clear: identity numbers and secrets, in database, log and addresses."""

from __future__ import annotations

import base64
import ipaddress
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from tests.security.attack import Attack
from tests.security.target import SESSION_COOKIE, Party, Target
from tnid.web import find_peer

CCCD = "079099000001"


def everything(target: Target) -> bytes:
    """Return all that the instance wrote to disk, and its log."""
    folder = Path(target.provider.environ["TNID_INSTANCE_DIR"])
    target.execute("UPDATE leases SET holder = holder")
    files = [path for path in folder.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files) + target.provider.log.read_bytes()


def test_pi_001_canaries_are_nowhere(attack: Attack, client: Party, target: Target) -> None:
    phone, email = "+84987001122", "chim.hoang.yen@example.vn"
    person = target.new_person(
        personal_id_number=CCCD,
        phone_number=phone,
        email=email,
        address={"street_address": "Ngõ Chim Hoàng Yến"},
    )
    browser = attack.new_browser()
    browser.begin(client, scope="openid profile email phone address offline_access")
    person.pass_through(browser)
    code, session = browser.code(), browser.cookies.get(SESSION_COOKIE)
    target.hide(code, session)
    tokens = target.http.post("/token", data=client.redemption(code or ""), headers=client.basic).json()
    target.keep(tokens)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert target.http.get("/userinfo", headers=headers).json()["email"] == email
    target.refresh(client, tokens["refresh_token"])
    for path in ("/account", "/account/profile", "/account/activity", "/account/security"):
        browser.open(path)
    written = everything(target)
    # RG-010: no code, token, secret or password in clear either
    canaries = [
        CCCD,
        phone,
        phone[1:],
        email,
        "Chim Hoàng Yến",
        person.password,
        person.totp_secret,
        *person.recovery_codes,
        code,
        session,
        client.secret,
        tokens["access_token"],
        tokens["refresh_token"],
        tokens["id_token"],
    ]
    found = [canary for canary in canaries if canary and canary.encode() in written]
    assert not found


def test_pi_002_no_address_holds_personal_data(attack: Attack, client: Party, target: Target) -> None:
    seen: list[str] = []
    person = target.new_person(
        phone_number="+84987001133", email="duong.dan@example.vn", personal_id_number="079099000002"
    )
    browser = attack.new_browser()
    browser._http.event_hooks = {"request": [lambda request: seen.append(str(request.url))]}
    browser.begin(client, scope="openid email phone")
    person.pass_through(browser)
    target.hide(browser.code(), browser.cookies.get(SESSION_COOKIE))
    browser.open("/account")
    for word in ("84987001133", "duong.dan", "079099000002", person.username, person.password, "csrf"):
        assert not [address for address in seen if word in address], word


def test_the_number_that_userinfo_tells_is_written_nowhere(attack: Attack, target: Target) -> None:
    number = "019161009977"
    scope = "openid citizen pid guardian staff"
    client = target.new_client(scope=f"{scope} offline_access")
    person = target.new_person(personal_id_number=number)
    target.secrets.discard(number)
    seen: list[str] = []
    browser = attack.new_browser()
    browser._http.event_hooks = {"request": [lambda request: seen.append(str(request.url))]}
    wish = '{"id_token":{"personal_id_number":{"essential":true}},"userinfo":{"personal_id_number":null}}'
    browser.begin(client, scope=f"{scope} offline_access", claims=wish)
    person.pass_through(browser)
    form = client.redemption(browser.code() or "")
    tokens = target.http.post("/token", data=form, headers=client.basic).json()
    target.keep(tokens)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert target.http.get("/userinfo", headers=headers).json()["personal_id_number"] == number
    described = target.http.post(
        "/introspect", data={"token": tokens["access_token"]}, headers=client.basic
    ).text
    refreshed = target.refresh(client, tokens["refresh_token"])
    for path in ("/account/applications", "/account/receipts/1", "/account/activity"):
        described += browser.open(path).text
    id_token = tokens["id_token"].split(".")[1]
    payload = base64.urlsafe_b64decode(id_token + "=" * (-len(id_token) % 4)).decode()
    assert number not in "".join([*seen, described, payload, str(tokens), str(refreshed)])
    assert number.encode() not in everything(target)


def test_pi_006_a_row_s_ciphertext_is_worth_nothing_in_another(attack: Attack, target: Target) -> None:
    attack.expects_failure = True
    one, two = target.new_person(email="mot@example.vn"), target.new_person(email="hai@example.vn")
    target.execute(
        "UPDATE accounts SET profile_sealed ="
        " (SELECT profile_sealed FROM accounts WHERE id = :one) WHERE id = :two",
        one=one.account_id, two=two.account_id,
    )  # fmt: skip
    cookie = target.new_session(two)
    answer = attack.http.get("/account/profile", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
    assert answer.status_code == 500 and "mot@example.vn" not in answer.text


def test_pi_007_an_erased_account_leaves_its_events_only(
    attack: Attack, client: Party, target: Target
) -> None:
    person = target.new_person(email="xoa.toi.di@example.vn", personal_id_number="079099000003")
    tokens = target.new_tokens(person, client)
    target.delete(person)
    for table in ("accounts", "sessions", "consents", "totp_factors", "recovery_codes", "sign_ins"):
        column = "id" if table == "accounts" else "account_id"
        sql = f"SELECT * FROM {table} WHERE {column} = :a"
        assert not target.fetch_all(sql, a=person.account_id), table
    events = target.fetch_all("SELECT * FROM audit_events WHERE account_id = :a", a=person.account_id)
    assert events and person.username not in str(events)
    assert not target.is_active(client, tokens["access_token"])


def test_au_004_many_at_once_leave_one_unbroken_chain(attack: Attack, target: Target) -> None:
    last, start = attack.last_event(), Barrier(16)

    def refuse() -> None:
        with attack.new_client() as http:
            start.wait(60)
            for _ in range(20):
                assert http.get("/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401

    with ThreadPoolExecutor(16) as threads:
        for done in [threads.submit(refuse) for _ in range(16)]:
            done.result(60)
    assert len(attack.events(last)) == 320
    target.provider.tnid("audit", "verify")


def test_au_003_an_event_says_who_what_and_from_where(attack: Attack, client: Party, target: Target) -> None:
    person, last = target.new_person(), attack.last_event()
    code = target.new_code(person, client)
    attack.token_refused(client, client.redemption(code, code_verifier="x" * 43), "invalid_grant")
    found = target.fetch_all(
        "SELECT * FROM audit_events WHERE id > :last AND ip = :ip", last=last, ip=attack.address
    )
    assert len(found) == 1
    event = found[0]
    assert (
        event.client_id == client.client_id and event.outcome == "refused" and event.reason == "invalid_grant"
    )
    assert event.request_id and event.occurred_at and code not in str(event)


def test_au_003_an_event_holds_the_source_port_that_the_proxy_tells() -> None:
    # Thousands share one address: without its port an address names nobody. The server's own WSGI environment
    # has no port, so it is the proxy's to say
    trusted = (ipaddress.ip_network("127.0.0.1/32"),)
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9:40112"}
    assert find_peer(environ, trusted) == ("203.0.113.9", 40112)
    assert find_peer({**environ, "REMOTE_ADDR": "203.0.113.1"}, trusted).ip == "203.0.113.1"
