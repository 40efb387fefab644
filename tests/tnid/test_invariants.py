"""What must hold in the database: a contradiction of each kind is seen, and an honest history is not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, text

from oidc.clients.registration import new_client
from tnid.audit import Audit
from tnid.db import Database
from tnid.invariants import INVARIANTS, find_broken
from tnid.stores.clients import ClientStore
from tnid.stores.decoupled import requests
from tnid.stores.grants import grants
from tnid.stores.message_codes import MessageCodeStore
from tnid.stores.messages import QUEUED, MessageStore
from tnid.stores.outbox import OutboxStore

NOW = 1_795_000_000


@pytest.fixture
def history(database: Database) -> Database:
    """A client, and a grant whose code was redeemed and whose refresh token was rotated twice."""
    document = {"client_id": "c", "client_name": "c", "redirect_uris": ["https://rp.example/cb"]}
    ClientStore(database).add(new_client(document, NOW, by_operator=True)[0])
    add_grant(database, "g", code_redeemed_at=NOW, generation=2)
    add_request(database)
    add_message(database)
    audit = Audit(database)
    audit.record("token.issued", account_id="a", client_id="c", now=NOW)
    for later in (5, 9):
        audit.record("token.refreshed", account_id="a", client_id="c", now=NOW + later)
    return database


def add_grant(database: Database, grant_id: str, **columns: Any) -> None:
    row: dict[str, Any] = dict.fromkeys((column.name for column in grants.columns), None)
    row |= {"id": grant_id, "client_id": "c", "account_id": "a", "sid": "s", "scope": "openid"}
    row |= {"userinfo_claims": "", "id_token_claims": "", "auth_time": NOW, "acr": "LoA1", "amr": "pwd"}
    row |= {
        "redirect_uri": "https://rp.example/cb",
        "resource": "",
        "code_expires_at": NOW + 60,
        "offline": 1,
        "generation": 0,
    }
    row |= {"created_at": NOW, "expires_at": NOW + 9999, **columns}
    database.execute(insert(grants), **row)


def add_request(database: Database) -> None:
    """A request that somebody allowed and its client fetched."""
    row: dict[str, Any] = dict.fromkeys((column.name for column in requests.columns), None)
    row |= {"id": "r", "grant_type": "t", "client_id": "c", "handle_hash": b"h", "scope": "openid"}
    row |= {"least_acr": "", "binding_message": "", "asked_from": "", "interval_seconds": 5, "too_fast": 0}
    row |= {"created_at": NOW, "expires_at": NOW + 600, "allowed_at": NOW + 1, "redeemed_at": NOW + 2}
    database.execute(insert(requests), **row)


def add_message(database: Database) -> None:
    """A code that was redeemed, and the message that brings it, which is not noted as sent yet."""
    MessageCodeStore(database).replace("k", None, "h", expires_at=NOW + 600)
    assert MessageCodeStore(database).try_code("k", "h", NOW, most_tries=10)
    MessageStore(database).add(
        id="m", account_id=None, text="code", channel="phone", content_sealed=b"", state=QUEUED,
        created_at=NOW, useful_until=None, ended_at=None, expires_at=NOW + 9999,
    )  # fmt: skip
    OutboxStore(database).add("message", "phone", "a", "m", "phone-0", NOW)


def test_an_honest_history_holds(history: Database) -> None:
    add_grant(history, "waiting")
    assert find_broken(history, NOW + 10) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM audit_events WHERE event = 'token.issued'", "codes were redeemed of which"),
        ("UPDATE grants SET code_redeemed_at = code_redeemed_at - 1", "more tokens were issued"),
        ("DELETE FROM audit_events WHERE event = 'token.refreshed'", "refresh tokens were rotated of which"),
        ("UPDATE grants SET code_redeemed_at = NULL", "whose code was never redeemed"),
        ("UPDATE grants SET code_expires_at = code_redeemed_at", "after they had expired"),
        ("DELETE FROM clients", "a client that is not there"),
        ("UPDATE decoupled_requests SET allowed_at = NULL", "that nobody had allowed"),
        ("UPDATE decoupled_requests SET denied_at = 1", "that nobody had allowed"),
        ("UPDATE decoupled_requests SET redeemed_at = expires_at", "that nobody had allowed"),
        ("UPDATE message_codes SET used_at = expires_at", "codes by message"),
        ("UPDATE message_codes SET tries = 11", "codes by message"),
        ("DELETE FROM outbox", "that nobody will send"),
        ("UPDATE outbox SET due_at = NULL", "that nobody will send"),
    ],
)
def test_a_contradiction_is_seen(history: Database, change: str, says: str) -> None:
    history.execute(text(change))
    assert any(says in sentence for sentence in find_broken(history, NOW + 10))


def test_a_code_that_gave_two_sets_of_tokens_is_seen(history: Database) -> None:
    Audit(history).record("token.issued", account_id="a", client_id="c", now=NOW)
    assert find_broken(history, NOW + 10) == ["1 times at which more tokens were issued than codes redeemed"]


ACCOUNT = (
    "INSERT INTO accounts (id, username, username_key, password_hash, password_changed_at, profile_sealed,"
    " identity_level, locale, created_at, updated_at) VALUES ('a', 'a', 'a', '', 0, '', 0, 'vi', 0, 0)"
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "INSERT INTO consent_heads (account_id, subject, length, head) VALUES ('a', 's', 1, '')",
            "decisions about consent are not all in the ledger",
        ),
        (
            "INSERT INTO consents (account_id, client_id, scope, claims, granted_at, withdrawn_at)"
            f" VALUES ('a', 'c', 'openid', '[]', 0, {2 * NOW})",
            "outlast the consent",
        ),
    ],
)
def test_a_contradiction_about_consent_is_seen(history: Database, change: str, says: str) -> None:
    history.execute(text("UPDATE grants SET created_at = :now"), now=NOW)
    history.execute(text(ACCOUNT))
    assert find_broken(history, NOW + 10) == []
    history.execute(text(change))
    assert any(says in sentence for sentence in find_broken(history, NOW + 10))


@pytest.mark.parametrize("made_up", ["accounts", "clients"])
def test_a_grant_that_joins_the_two_worlds_is_seen(history: Database, made_up: str) -> None:
    history.execute(text(ACCOUNT))
    assert find_broken(history, NOW + 10) == []
    history.execute(text(f"UPDATE {made_up} SET is_sandbox = 1"))
    assert any("join somebody made up" in sentence for sentence in find_broken(history, NOW + 10))
    history.execute(text("UPDATE accounts SET is_sandbox = 1"))
    history.execute(text("UPDATE clients SET is_sandbox = 1"))
    assert find_broken(history, NOW + 10) == []


def test_every_invariant_has_a_case_above() -> None:
    assert len(INVARIANTS) == 12
