"""Somebody attacks employers by the address for personnel systems."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.security.attack import Attack
from tests.security.target import Target
from tests.security.test_http import send_large
from tests.servers.processes import wait_until
from tests.tnid.employment.work import an_employer
from tests.tnid.scim.conftest import CONFIDENTIAL, MEDIA_TYPE, PATCH, worker
from tnid import clock
from tnid.scim.tokens import PREFIX, Made
from tnid.stores.employers import MANAGER

TAX_CODES = iter(f"46{number:08d}" for number in range(10**8))


class Employer:
    """An employer whose system has told of one worker."""

    def __init__(self, target: Target, number: str = "019090000123") -> None:
        services = target.services
        with services.database.unit():
            self.row = an_employer(services, clock.now(), next(TAX_CODES))
            made = services.employer_tokens.make(self.row.id, "HRM", None, clock.now())
        assert isinstance(made, Made)
        target.hide(made.token, number)
        self.token_id = made.token_id
        self.headers = {"Authorization": f"Bearer {made.token}", "Content-Type": MEDIA_TYPE}
        self.code = f"NV-{uuid4().hex[:8]}"
        document = worker(
            userName=self.code, externalId=self.code, **{CONFIDENTIAL: {"personalIdNumber": number}}
        )
        answer = target.http.post("/scim/v2/Users", json=document, headers=self.headers)
        assert answer.status_code == 201, answer.text
        self.user = answer.json()


@pytest.fixture
def mine(target: Target) -> Employer:
    return Employer(target)


@pytest.fixture
def theirs(target: Target) -> Employer:
    return Employer(target, "019190000123")


REQUESTS: tuple[tuple[str, Any], ...] = (
    ("GET", None),
    ("HEAD", None),
    ("PUT", worker()),
    ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}),
    ("DELETE", None),
)


def test_sc_001_anothers_worker_is_as_nobody(attack: Attack, mine: Employer, theirs: Employer) -> None:
    for method, document in REQUESTS:
        answers = [
            attack.refused(
                method, f"/scim/v2/Users/{name}", event="scim.refuse", reason="not_found",
                json=document, headers=mine.headers,
            )
            for name in (theirs.user["id"], "A" * 22)
        ]  # fmt: skip
        assert [answer.status_code for answer in answers] == [404, 404], method
        assert answers[0].content == answers[1].content
    found = attack.target.http.get(f"/scim/v2/Users/{theirs.user['id']}", headers=theirs.headers)
    assert found.json() == theirs.user


def test_sc_002_a_search_finds_ones_own_alone(attack: Attack, mine: Employer, theirs: Employer) -> None:
    for text in (
        f'userName eq "{theirs.code}"',
        f'externalId eq "{theirs.code}"',
        f'id eq "{theirs.user["id"]}"',
        f'userName eq "{mine.code}" or userName eq "{theirs.code}"',
        "userName pr",
        'active eq true and (userName pr or externalId ne "x")',
        f"userName eq \"{theirs.code}' OR '1'='1\"",
    ):
        answer = attack.send("GET", "/scim/v2/Users", params={"filter": text}, headers=mine.headers)
        assert answer.status_code == 200 and theirs.code not in answer.text, text
        search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": text}
        answer = attack.send("POST", "/scim/v2/.search", json=search, headers=mine.headers)
        assert answer.status_code == 200 and theirs.code not in answer.text, text


def test_sc_003_whom_another_employs_can_not_be_probed(
    attack: Attack, mine: Employer, theirs: Employer
) -> None:
    """The number and the code of another's worker are taken as any: nothing is told by a conflict."""
    secret = {CONFIDENTIAL: {"personalIdNumber": "019190000123"}}
    document = worker(userName=theirs.code, externalId=theirs.code, **secret)
    answer = attack.send("POST", "/scim/v2/Users", json=document, headers=mine.headers)
    assert answer.status_code == 201
    found = attack.target.http.get(f"/scim/v2/Users/{theirs.user['id']}", headers=theirs.headers)
    assert found.json() == theirs.user


@pytest.mark.parametrize("path", ["/Users", "/Schemas", "/ServiceProviderConfig", "/.search", "/nothing"])
@pytest.mark.parametrize(
    "authorization",
    [b"", b"Bearer", b"Bearer \xe1\xba\xa1", b"Bearer " + PREFIX.encode() + b"A" * 43, b"Basic //8=",
     b"Bearer " + b"A" * 7000, b"bearer\t" + PREFIX.encode() + b"A" * 43, b"DPoP " + PREFIX.encode()],
)  # fmt: skip
def test_sc_004_without_a_token_everything_is_shut(path: str, authorization: bytes, attack: Attack) -> None:
    headers = {b"Authorization": authorization}
    for method in ("GET", "POST"):
        answer = attack.refused(method, f"/scim/v2{path}", event="scim.refuse", headers=headers)
        assert answer.status_code in (401, 429) and answer.headers["Content-Type"] == MEDIA_TYPE
        assert answer.headers["Cache-Control"] == "no-store"


def test_sc_005_a_managers_browser_is_no_token(attack: Attack, mine: Employer, target: Target) -> None:
    """No cookie opens it: a page elsewhere can make a manager's browser send whatever it likes."""
    person = target.new_person()
    with target.database.unit():
        target.services.employers.representatives.add(mine.row.id, person.account_id, MANAGER, clock.now())
    attack.sign_in(person)
    answer = attack.refused("GET", "/scim/v2/Users", event="scim.refuse", reason="wrong_token")
    assert answer.status_code == 401
    token = mine.headers["Authorization"].removeprefix("Bearer ")
    for where in ({"params": {"access_token": token}}, {"data": {"access_token": token}}):
        assert attack.send("GET", "/scim/v2/Users", **where).status_code == 401


@pytest.mark.parametrize("how", ["revoked", "suspended"])
def test_sc_006_what_is_over_opens_nothing_in_any_process(
    how: str, attack: Attack, mine: Employer, target: Target
) -> None:
    def statuses() -> set[int]:
        return {attack.send("GET", "/scim/v2/Users", headers=mine.headers).status_code for _ in range(8)}

    assert statuses() == {200}
    with target.database.unit():
        if how == "revoked":
            target.services.employer_tokens.revoke(mine.row.id, mine.token_id, None, clock.now())
        else:
            assert target.services.employers.organisations.suspend(mine.row.id, clock.now())
    wait_until(lambda: statuses() == {401 if how == "revoked" else 403}, seconds=1, what="refusal everywhere")


def test_sc_007_a_number_in_an_address_is_refused_and_in_no_log(attack: Attack, mine: Employer) -> None:
    for text in (f'{CONFIDENTIAL}:personalIdNumber eq "019090000123"', f"{CONFIDENTIAL}:averageIncome pr"):
        answer = attack.refused(
            "GET", "/scim/v2/Users", reason="sensitive", params={"filter": text}, headers=mine.headers
        )
        assert answer.status_code == 400 and answer.json()["scimType"] == "sensitive"
        assert "019090000123" not in answer.text


def test_sc_008_a_body_without_an_end_is_cut_off(attack: Attack, mine: Employer) -> None:
    def endless() -> Any:
        for _ in range(64):
            yield b" " * 65536

    for body in (endless(), b"[" * 60000, b'{"a":' * 12000, b'"' + b"\\u0000" * 10000 + b'"'):
        answer = send_large(attack, "/scim/v2/Users", {"content": body, "headers": mine.headers})
        assert answer is None or answer.status_code in (400, 413), answer.status_code


def test_sc_009_filters_are_bounded(attack: Attack, mine: Employer) -> None:
    for text in (
        "(" * 500,
        "not (" * 200 + "id pr" + ")" * 200,
        " and ".join(["id pr"] * 120),
        'userName co "' + "a" * 900 + '"' * 2,
        "userName sw " + '"\\' * 400,
    ):
        answer = attack.send("GET", "/scim/v2/Users", params={"filter": text}, headers=mine.headers)
        assert answer.status_code == 400 and answer.json()["scimType"] == "invalidFilter", text[:40]
