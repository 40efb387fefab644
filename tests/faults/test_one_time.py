"""What works once works once, however many ask at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.at_once import Post, post_at_once
from tests.security.target import SESSION_COOKIE, Party, Target, Victim

REDEEMERS = 64
REFRESHERS = 20
RACES = 200


def redemption(party: Party, code: str) -> Post:
    return Post(party, "/token", party.redemption(code))


def refreshment(party: Party, token: str) -> Post:
    return Post(party, "/token", party.refreshment(token))


def count_events(target: Target, person: Victim, event: str, outcome: str = "ok") -> int:
    rows = target.fetch_all(
        "SELECT COUNT(*) AS n FROM audit_events WHERE account_id = :a AND event = :e AND outcome = :o",
        a=person.account_id, e=event, o=outcome,
    )  # fmt: skip
    return int(rows[0].n)


def test_tk_002_one_of_64_parallel_redemptions_succeeds(target: Target, client: Party) -> None:
    for _ in range(2):
        person = target.new_person(totp=False)
        code = target.new_code(person, client)
        answers = post_at_once(target, [redemption(client, code)] * REDEEMERS)
        won = [answer for answer in answers if answer.status == 200]
        lost = [answer for answer in answers if answer.status != 200]
        assert len(won) == 1, [answer.status for answer in answers]
        assert {(answer.status, answer.error) for answer in lost} == {(400, "invalid_grant")}
        assert count_events(target, person, "token.issued") == 1
        assert count_events(target, person, "token.refused", "refused") == REDEEMERS - 1
        # RFC 6749 §4.1.2: what the code gave is dead, for somebody used it twice
        tokens = won[0].document
        assert not target.is_active(client, tokens["access_token"])
        assert not target.is_active(client, tokens["refresh_token"])
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert target.http.get("/userinfo", headers=headers).status_code == 401


def test_tk_002_codes_of_several_people_do_not_get_in_each_other_s_way(target: Target, client: Party) -> None:
    people = [target.new_person(totp=False) for _ in range(12)]
    codes = [target.new_code(person, client) for person in people]
    answers = post_at_once(target, [redemption(client, code) for code in codes])
    assert {answer.status for answer in answers} == {200}
    assert all(target.is_active(client, answer.document["access_token"]) for answer in answers)


def test_parallel_refreshes_give_one_successor(target: Target, client: Party, person: Victim) -> None:
    tokens = target.new_tokens(person, client)
    answers = post_at_once(target, [refreshment(client, tokens["refresh_token"])] * REFRESHERS)
    assert {answer.status for answer in answers} == {200}, answers
    assert len({answer.document["refresh_token"] for answer in answers}) == 1
    rows = target.fetch_all("SELECT generation FROM grants WHERE account_id = :a", a=person.account_id)
    assert [row.generation for row in rows] == [1]
    assert count_events(target, person, "token.refreshed") == 1
    # One branch lives: the successor goes on, its predecessor's predecessor ends it
    successor = answers[0].document["refresh_token"]
    assert target.refresh(client, successor)["refresh_token"] != successor
    reused = target.http.post(
        "/token", data=client.refreshment(tokens["refresh_token"]), headers=client.basic
    )
    assert reused.json()["error"] == "invalid_grant"
    assert not target.is_active(client, answers[0].document["access_token"])


def test_a_pushed_request_gives_one_code(target: Target, client: Party, person: Victim) -> None:
    target.agree(person, client)
    pushed = target.http.post("/par", data=client.query(), headers=client.basic)
    asked = {"client_id": client.client_id, "request_uri": pushed.json()["request_uri"]}
    cookies = {"Cookie": f"{SESSION_COOKIE}={target.new_session(person)}"}
    ask = lambda _: target.http.get("/authorize", params=asked, headers=cookies)  # noqa: E731
    target.http.cookies.clear()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(2 * 16)))
    assert sorted({answer.status_code for answer in answers}) == [303, 400]
    [won] = [answer for answer in answers if answer.status_code == 303]
    assert "code=" in won.headers["Location"]
    rows = target.fetch_all("SELECT COUNT(*) AS n FROM grants WHERE account_id = :a", a=person.account_id)
    assert rows[0].n == 1


@pytest.mark.parametrize("revoked", ["refresh_token", "access_token"])
def test_tk_012_a_refresh_raced_with_a_revocation_leaves_nothing_alive(
    revoked: str, target: Target, client: Party, person: Victim
) -> None:
    for _ in range(RACES // 2):
        tokens = target.new_tokens(person, client)
        refresh = refreshment(client, tokens["refresh_token"])
        revocation = Post(client, "/revoke", {"token": tokens[revoked]})
        first, done = post_at_once(target, [refresh, revocation])
        assert done.status == 200
        assert (first.status, first.error) in ((200, ""), (400, "invalid_grant"))
        issued = [*tokens.values(), *first.document.values()] if first.status == 200 else [*tokens.values()]
        alive = [token for token in issued if isinstance(token, str) and target.is_active(client, token)]
        assert not alive
