"""What every store does with a helper's grants: they come of a mandate in force, and end with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from oidc.mandates import Mandate
from oidc.memory import MemoryEvents, MemoryGrants, MemoryInteractions, MemoryMandates
from oidc.models import Grant
from tests.contracts.test_protocol_stores import GRANT, INTERACTION, NOW, REDEMPTION
from tnid.audit import event_columns
from tnid.db import Database
from tnid.stores.grants import GrantStore
from tnid.stores.interactions import InteractionStore

UNTIL = NOW + 86400
BY_MANDATE = replace(GRANT, account_id="bay", actor_id="an", mandate_id="mandate-1")
_ACCOUNT = text(
    "INSERT INTO accounts (id, username, username_key, password_hash, password_changed_at, profile_sealed,"
    " identity_level, locale, created_at, updated_at) VALUES (:id, :id, :id, '', 0, '', 0, 'vi', 0, 0)"
)
_SESSION = text(
    "INSERT INTO sessions (id_hash, sid, account_id, auth_time, acr, amr, ip, user_agent, created_at,"
    " last_seen_at, expires_at) VALUES ('sid-1', 'sid-1', 'an', 0, '', '', '', '', 0, 0, 0)"
)
_MANDATE = text(
    "INSERT INTO mandates (id, principal_id, helper_id, offer_expires_at, given_by, created_at, accepted_at,"
    " expires_at) VALUES ('mandate-1', 'bay', 'an', 0, 'person', 0, 1, :until)"
)
_CLIENT = text("INSERT INTO mandate_clients VALUES ('mandate-1', 'client-1', 'openid profile')")
_END_SESSION = text("UPDATE sessions SET ended_at = 1")
_END_MANDATE = text("UPDATE mandates SET ended_at = 1")


@dataclass
class Backend:
    """The stores of one kind; `an` may act for `bay` at client-1, until one of the two endings."""

    grants: Any
    interactions: Any
    end_session: Callable[[], Any]
    end_mandate: Callable[[], Any]


def memory() -> Backend:
    events = MemoryEvents()
    grants = MemoryGrants(events)
    ended: list[str] = []
    grants.is_agreed = lambda _grant: not ended
    mandates = MemoryMandates(grants, events)
    mandates.rows["mandate-1"] = Mandate(
        "mandate-1", "bay", "an", "client-1", frozenset({"openid", "profile"}), 2, UNTIL
    )
    return Backend(
        grants,
        MemoryInteractions(),
        lambda: ended.append("sid-1"),
        mandates.rows.clear,
    )


def in_sql(database: Database) -> Backend:
    for account_id in ("an", "bay", "chi"):
        database.execute(_ACCOUNT, id=account_id)
    database.execute(_SESSION)
    database.execute(_MANDATE, until=UNTIL)
    database.execute(_CLIENT)
    return Backend(
        GrantStore(database, event_columns),
        InteractionStore(database),
        lambda: database.execute(_END_SESSION),
        lambda: database.execute(_END_MANDATE),
    )


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> Backend:
    return memory() if request.param == "memory" else in_sql(request.getfixturevalue("database"))


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.node.callspec.params["stores"]
    return kind


def test_a_mandate_stands_for_the_consent(stores: Backend) -> None:
    assert stores.grants.add(BY_MANDATE), "bay never agreed to share with client-1 but by the mandate"
    assert stores.grants.find("grant-1") == BY_MANDATE
    assert stores.grants.redeem(REDEMPTION, NOW) == replace(BY_MANDATE, code_redeemed_at=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mandate_id": "mandate-2"},
        {"client_id": "client-2"},
        {"account_id": "chi"},
        {"actor_id": "chi"},
        {"account_id": "an", "actor_id": "bay"},
        {"actor_id": None},
        {"created_at": UNTIL},
    ],
)
def test_no_grant_comes_of_another_mandate_than_was_given(stores: Backend, wrong: dict[str, Any]) -> None:
    assert not stores.grants.add(replace(BY_MANDATE, **wrong))
    assert stores.grants.find("grant-1") is None


@pytest.mark.parametrize("end", ["end_session", "end_mandate"])
def test_no_grant_comes_of_a_mandate_or_a_helpers_session_that_has_ended(stores: Backend, end: str) -> None:
    getattr(stores, end)()
    assert not stores.grants.add(BY_MANDATE)


def test_a_mandates_grants_end_together_and_no_others(stores: Backend) -> None:
    for identifier in ("a", "b"):
        stores.grants.add(replace(BY_MANDATE, id=identifier, code_hash=identifier.encode()))
    assert stores.grants.revoke_by_mandate("mandate-2", NOW) == 0
    assert [stores.grants.revoke_by_mandate("mandate-1", NOW) for _ in range(2)] == [2, 0]
    found: list[Grant] = [stores.grants.find(identifier) for identifier in "ab"]
    assert [grant.revoked_at for grant in found] == [NOW, NOW]


def test_an_interaction_keeps_for_whom_it_goes_on(stores: Backend) -> None:
    stores.interactions.add(INTERACTION)
    stores.interactions.update("uid-1", consented_account_id="an")
    choice = {"mandate_sid": "sid-1", "mandate_id": "mandate-1", "consented_account_id": None}
    assert stores.interactions.update("uid-1", **choice)
    assert stores.interactions.find("uid-1") == replace(INTERACTION, **choice)


@pytest.mark.parametrize("stores", ["sqlite", "postgresql"], indirect=True)
def test_a_helpers_account_takes_its_grants_with_it(stores: Backend) -> None:
    stores.grants.add(BY_MANDATE)
    assert stores.grants.revoke_by_account("an", NOW) == 1
    stores.grants.add(replace(BY_MANDATE, id="b", code_hash=b"b"))
    assert stores.grants.revoke_by_account("bay", NOW) == 1
