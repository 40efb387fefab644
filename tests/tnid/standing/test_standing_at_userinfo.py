"""UserInfo over the real stores: what one statement more buys, what costs none, what ends with its cause."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from oidc.attested import OF_STANDING
from oidc.clients.registration import new_client
from oidc.http import Request
from oidc.token.access_token import issue_access_token
from tests.conftest import Clock
from tests.contracts.test_protocol_stores import GRANT
from tests.tnid.conftest import Someone
from tests.tnid.mandates.test_guardians import born
from tests.tnid.standing.conftest import NUMBER, WARD
from tests.tnid.standing.test_standing import become_guardian
from tnid.services import Services

SCOPE = "openid citizen pid guardian staff"
CONSENT = text(
    "INSERT INTO consents (account_id, client_id, scope, claims, granted_at)"
    " VALUES (:account_id, 'clinic', 'openid', '[]', 0)"
)
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def statements(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    run: list[str] = []
    execute = services.database._execute

    def counted(statement: Any, parameters: dict[str, Any]) -> Any:
        run.append(str(statement))
        return execute(statement, parameters)

    monkeypatch.setattr(services.database, "_execute", counted)
    return run


@pytest.fixture
def ask(services: Services, bay: Someone, clock: Clock) -> Ask:
    """Ask UserInfo by a grant of these scopes, whose client is known already."""
    document = {"client_id": "clinic", "redirect_uris": ["https://clinic.example/cb"], "scope": SCOPE}
    services.clients.add(new_client(document, clock.now(), by_operator=True)[0])
    services.database.execute(CONSENT, account_id=bay.id)
    tokens: dict[tuple[Any, ...], str] = {}

    def token_of(scope: str, changes: dict[str, Any]) -> str:
        now = clock.now()
        plain = {"code_hash": None, "resource": "", "verified_claims": None, "userinfo_claims": ""}
        plain |= {
            "code_redeemed_at": now,
            "expires_at": now + 10**9,
            "created_at": now,
            "client_id": "clinic",
        }
        members = {**plain, "id": f"grant-{len(tokens)}", "account_id": bay.id, "scope": scope, **changes}
        grant = replace(GRANT, **members)
        assert services.grants.add(grant)
        return issue_access_token(services.provider.userinfo._handles, grant, scope, now, 10**9)

    def ask(scope: str, **changes: Any) -> dict[str, Any]:
        key = (scope, *sorted(changes.items()))
        if key not in tokens:
            tokens[key] = token_of(scope, changes)
        services.clients.find("clinic")
        request = Request("GET", authorization=f"Bearer {tokens[key]}")
        answer = services.provider.userinfo.respond(request, clock.now())
        assert answer.status == 200, answer
        told: dict[str, Any] = json.loads(answer.body)
        del told["sub"]
        return told

    return ask


def count(statements: list[str]) -> int:
    return len([one for one in statements if "FROM clients" not in one])


def test_one_statement_more_tells_all_of_it_and_ordinary_scopes_run_none_of_it(
    services: Services, bay: Someone, ask: Ask, statements: list[str], clock: Clock
) -> None:
    services.counter.roles.grant_official(bay.id, "05467", clock.now())
    for scope in ("openid profile", SCOPE):
        ask(scope)
    statements.clear()
    assert ask("openid profile")["name"] == "Hoàng Thị Bảy"
    ordinary = count(statements)
    assert not [one for one in statements if "roles" in one or "guardianships" in one or "pin_sealed" in one]
    statements.clear()
    assert ask(SCOPE).keys() == OF_STANDING - {"guardian_of"}
    assert count(statements) == ordinary + 1


def test_what_ended_is_gone_from_a_token_that_lives_on(
    services: Services, bay: Someone, new_person: Callable[..., Someone], ask: Ask, clock: Clock
) -> None:
    child = new_person("be", claims=born(clock, 14, name="Hoàng Văn Bé"))
    guardianship = become_guardian(services, child, bay, clock.now())
    services.counter.roles.grant_official(bay.id, "05467", clock.now())
    told = ask(SCOPE)
    assert told.keys() == OF_STANDING
    assert told["staff_roles"] == [{"role": "official", "ward": WARD}]
    services.counter.roles.revoke_official(bay.id, clock.now())
    assert ask(SCOPE).keys() == OF_STANDING - {"staff_roles"}
    assert services.guardians.end(guardianship, bay.id, clock.now())
    assert ask(SCOPE).keys() == OF_STANDING - {"staff_roles", "guardian_of"}


@pytest.mark.parametrize(
    ("scope", "changes"),
    [
        (SCOPE, {"acr": "LoA1"}),
        (SCOPE, {"withheld": "personal_id_number scope/pid"}),
        ("openid citizen", {}),
    ],
)
def test_the_seal_of_the_number_stays_shut_where_it_is_not_told(
    services: Services, bay: Someone, ask: Ask, statements: list[str], scope: str, changes: dict[str, str]
) -> None:
    if "withheld" in changes:
        services.database.execute(
            text("UPDATE consents SET withheld = :withheld WHERE account_id = :account_id"),
            account_id=bay.id, **changes,
        )  # fmt: skip
    told = ask(scope, **changes)
    assert told["residence_ward"] == WARD and "personal_id_number" not in told
    assert not [one for one in statements if "pin_sealed" in one]


def test_nothing_of_it_is_written_down(services: Services, bay: Someone, ask: Ask) -> None:
    assert ask(SCOPE)["personal_id_number"] == NUMBER
    rows = services.database.fetch_all(text("SELECT * FROM grants"))
    rows += services.database.fetch_all(text("SELECT * FROM audit_events"))
    assert rows and NUMBER not in repr(rows) and "Gia Sàng" not in repr(rows)
