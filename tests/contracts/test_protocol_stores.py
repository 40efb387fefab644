"""What every store of the protocol must do, in memory and in SQL: above all, what is one-time works once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from oidc.clients.registration import new_client
from oidc.decoupled.memory import MemoryDecoupledRequests
from oidc.decoupled.models import CIBA, DEVICE_CODE, DecoupledRequest
from oidc.memory import (
    MemoryClients,
    MemoryEvents,
    MemoryGrants,
    MemoryInteractions,
    MemoryPushedRequests,
    MemoryReplays,
    MemoryResources,
    MemorySubjects,
)
from oidc.models import AuthorizationRequest, Grant, Interaction, PushedRequest
from oidc.resource.registration import new_resource
from oidc.token.redemption import Redemption
from tnid.audit import event_columns
from tnid.db import Database
from tnid.sealing import Sealer
from tnid.stores.clients import ClientStore
from tnid.stores.decoupled import DecoupledStore
from tnid.stores.grants import GrantStore
from tnid.stores.interactions import InteractionStore
from tnid.stores.pushed_requests import PushedRequestStore
from tnid.stores.replay import ReplayStore
from tnid.stores.resources import ResourceStore

NOW = 1_795_000_000
GRANT = Grant(
    id="grant-1",
    client_id="client-1",
    account_id="an",
    sid="sid-1",
    scope="openid profile",
    userinfo_claims="name",
    id_token_claims="",
    nonce="n",
    auth_time=NOW - 5,
    acr="LoA2",
    amr="pwd otp mfa",
    redirect_uri="https://rp.example/cb",
    code_challenge="c" * 43,
    dpop_jkt="j" * 43,
    code_hash=b"\x00\xffhash",
    code_expires_at=NOW + 60,
    code_redeemed_at=None,
    offline=0,
    generation=0,
    rotated_at=None,
    created_at=NOW,
    expires_at=NOW + 3600,
    revoked_at=None,
    resource="https://api.example/ https://other.example/",
    verified_claims='{"userinfo": {"claims": {"name": null}}}',
)
REDEMPTION = Redemption(b"\x00\xffhash", "client-1", "https://rp.example/cb", "c" * 43, GRANT.dpop_jkt)
REQUEST = AuthorizationRequest("client-1", "https://rp.example/cb", "query", ("openid",), "s", max_age=5)
PUSHED = PushedRequest("a" * 64, "client-1", REQUEST, NOW, NOW + 90)
DECOUPLED = DecoupledRequest(
    id="request-1",
    grant_type=DEVICE_CODE,
    client_id="client-1",
    handle_hash=b"\x00handle",
    user_code_hash=b"\xffcode",
    account_id=None,
    scope="openid profile",
    least_acr="",
    binding_message="Hồ sơ 12",
    asked_from="203.0.113.9",
    interval_seconds=5,
    created_at=NOW,
    expires_at=NOW + 600,
    notification_token="token-of-the-client",
)
YES = {"account_id": "an", "auth_time": NOW - 5, "acr": "LoA2", "amr": "pwd otp mfa"}
INTERACTION = Interaction("uid-1", "hash", REQUEST, None, None, "", NOW, NOW + 600)
_ACCOUNT = text(
    "INSERT INTO accounts (id, username, username_key, password_hash, password_changed_at, profile_sealed,"
    " identity_level, locale, created_at, updated_at) VALUES ('an', 'an', 'an', '', 0, '', 0, 'vi', 0, 0)"
)
_CONSENT = text(
    "INSERT INTO consents (account_id, client_id, scope, claims, granted_at)"
    " VALUES ('an', :client, 'openid', '[]', 0)"
)
_SESSION = text(
    "INSERT INTO sessions (id_hash, sid, account_id, auth_time, acr, amr, ip, user_agent, created_at,"
    " last_seen_at, expires_at) VALUES (:sid, :sid, 'an', 0, '', '', '', '', 0, 0, 0)"
)
_END_SESSION = text("UPDATE sessions SET ended_at = 1 WHERE sid = :sid")
_WITHHOLD = text("UPDATE consents SET withheld = :withheld WHERE client_id = :client")
_WITHDRAW = text("UPDATE consents SET withdrawn_at = 1 WHERE client_id = :client")
_EVENTS = text("SELECT event, account_id, client_id, outcome, occurred_at FROM audit_events ORDER BY id")
_DISABLE = text("UPDATE accounts SET disabled_at = 1 WHERE id = 'an'")


@dataclass
class Backend:
    """The stores of one kind, with one active account `an`, its sessions and its consents."""

    grants: Any
    interactions: Any
    pushed_requests: Any
    replays: Any
    clients: Any
    resources: Any
    decoupled: Any
    disable_account: Callable[[], Any]
    end_session: Callable[[str], Any]
    withdraw_consent: Callable[[str], Any]
    withhold: Callable[[str, str], Any]
    list_events: Callable[[], list[tuple[Any, ...]]]
    unit: Callable[[], AbstractContextManager[None]]


def memory() -> Backend:
    events = MemoryEvents()
    grants = MemoryGrants(events)
    ended: set[str] = set()
    withheld: dict[str, str] = {}

    def is_agreed(grant: Grant) -> bool:
        return not ended & {grant.sid, grant.client_id} and withheld.get(grant.client_id) == grant.withheld

    grants.is_agreed = is_agreed
    subjects = MemorySubjects(grants)
    subjects.people["an"] = {}
    disable = lambda: subjects.disabled.add("an")  # noqa: E731
    return Backend(
        grants,
        MemoryInteractions(),
        MemoryPushedRequests(),
        MemoryReplays(),
        MemoryClients(),
        MemoryResources(),
        MemoryDecoupledRequests(grants),
        disable,
        ended.add,
        ended.add,
        withheld.__setitem__,
        lambda: [
            (row["event"], row["account_id"], row["client_id"], "ok", row["now"]) for row in events.rows
        ],
        nullcontext,
    )


def in_sql(database: Database) -> Backend:
    database.execute(_ACCOUNT)
    for client in ("client-1", "client-2", "client-3"):
        database.execute(_CONSENT, client=client)
    for sid in ("sid-1", "s1", "s2"):
        database.execute(_SESSION, sid=sid)
    return Backend(
        GrantStore(database, event_columns),
        InteractionStore(database),
        PushedRequestStore(database),
        ReplayStore(database),
        ClientStore(database),
        ResourceStore(database),
        DecoupledStore(database, Sealer(b"m" * 32)),
        lambda: database.execute(_DISABLE),
        lambda sid: database.execute(_END_SESSION, sid=sid),
        lambda client: database.execute(_WITHDRAW, client=client),
        lambda client, withheld: database.execute(_WITHHOLD, client=client, withheld=withheld),
        lambda: [tuple(row) for row in database.fetch_all(_EVENTS)],
        database.unit,
    )


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> Backend:
    return memory() if request.param == "memory" else in_sql(request.getfixturevalue("database"))


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database of this round of `stores`."""
    callspec = request.node.callspec
    kind: str = callspec.params.get("stores") or callspec.params["kind"]
    return kind


def test_a_protected_resource_comes_back_as_it_was(stores: Backend) -> None:
    document = {"resource": "https://api.example/", "scopes": {"read": {"vi": "Đọc"}}, "least_acr": "LoA2"}
    made = new_resource({**document, "token_format": "opaque", "resource_name": {"vi": "Việc"}}, NOW)
    stores.resources.add(made)
    assert stores.resources.find("https://api.example/") == made
    assert stores.resources.find("https://api.example") is None


def test_a_grant_comes_back_as_it_was(stores: Backend) -> None:
    stores.grants.add(GRANT)
    assert stores.grants.find("grant-1") == GRANT
    assert stores.grants.find_by_code(b"\x00\xffhash") == GRANT
    assert stores.grants.find("unknown") is None and stores.grants.find_by_code(b"") is None


def test_a_code_is_redeemed_once_and_leaves_a_tombstone(stores: Backend) -> None:
    stores.grants.add(GRANT)
    assert stores.grants.find_live("grant-1", NOW) is None, "nothing hangs on it yet"
    assert stores.grants.redeem(REDEMPTION, NOW + 59) == replace(GRANT, code_redeemed_at=NOW + 59)
    assert stores.grants.redeem(REDEMPTION, NOW + 59) is None
    assert stores.grants.find_by_code(b"\x00\xffhash").code_redeemed_at == NOW + 59
    assert stores.grants.find_live("grant-1", NOW + 59)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "client-2"},
        {"redirect_uri": "https://rp.example/cb2"},
        {"redirect_uri": None},
        {"code_challenge": "d" * 43},
        {"code_challenge": None},
        {"dpop_jkt": None},
        {"dpop_jkt": "x" * 43},
    ],
)
def test_a_code_is_redeemed_as_it_was_asked_for(stores: Backend, wrong: dict[str, Any]) -> None:
    stores.grants.add(GRANT)
    assert stores.grants.redeem(REDEMPTION._replace(**wrong), NOW) is None
    assert stores.list_events() == []
    assert stores.grants.redeem(REDEMPTION, NOW)


def test_a_code_without_challenge_is_redeemed_without_verifier(stores: Backend) -> None:
    stores.grants.add(replace(GRANT, code_challenge=None))
    for verifier in ("", "c" * 43):
        assert stores.grants.redeem(REDEMPTION._replace(code_challenge=verifier), NOW) is None
    assert stores.grants.redeem(REDEMPTION._replace(code_challenge=None), NOW)


def test_what_changes_a_grant_records_it(stores: Backend) -> None:
    stores.grants.add(GRANT)
    for _ in range(2):
        stores.grants.redeem(REDEMPTION, NOW + 1)
        stores.grants.rotate("grant-1", 0, "client-1", NOW + 2)
    assert stores.list_events() == [
        ("token.issued", "an", "client-1", "ok", NOW + 1),
        ("token.refreshed", "an", "client-1", "ok", NOW + 2),
    ]


def test_no_grant_comes_of_a_session_or_consent_that_has_ended(stores: Backend) -> None:
    assert stores.grants.add(GRANT)
    assert stores.grants.add(replace(GRANT, id="without-code", sid="no-session", code_hash=None))
    stores.end_session("sid-1")
    assert not stores.grants.add(replace(GRANT, id="late", code_hash=b"late"))
    assert stores.grants.add(replace(GRANT, id="other", sid="s1", code_hash=b"other"))
    stores.withdraw_consent("client-1")
    assert not stores.grants.add(replace(GRANT, id="later", sid="s1", code_hash=b"later"))
    assert stores.grants.find("late") is None and stores.grants.find("later") is None


def test_no_grant_comes_of_a_choice_that_was_changed_since_it_was_looked_at(stores: Backend) -> None:
    """Whoever turned an item off at this very moment has turned it off for the new grant, too."""
    stores.withhold("client-1", "email")
    assert not stores.grants.add(replace(GRANT, id="stale", code_hash=b"stale"))
    assert not stores.grants.add(replace(GRANT, id="odd", code_hash=b"odd", withheld="email name"))
    assert stores.grants.add(replace(GRANT, withheld="email"))
    assert stores.grants.find("stale") is None


def test_what_is_withheld_is_changed_on_every_live_grant_of_the_client(stores: Backend) -> None:
    for name, client_id in (("one", "client-1"), ("two", "client-1"), ("other", "client-2")):
        assert stores.grants.add(replace(GRANT, id=name, client_id=client_id, code_hash=name.encode()))
    stores.grants.revoke("two", NOW)
    assert stores.grants.set_withheld("an", "client-1", "email") == 1
    found = {name: stores.grants.find(name).withheld for name in ("one", "two", "other")}
    assert found == {"one": "email", "two": None, "other": None}
    assert stores.grants.set_withheld("an", "client-1", None) == 1
    assert stores.grants.find("one").withheld is None


def test_an_expired_or_revoked_code_is_not_redeemed(stores: Backend) -> None:
    stores.grants.add(GRANT)
    assert stores.grants.redeem(REDEMPTION, NOW + 60) is None
    assert stores.grants.revoke("grant-1", NOW)
    assert stores.grants.redeem(REDEMPTION, NOW) is None


def test_a_generation_is_rotated_once(stores: Backend) -> None:
    stores.grants.add(GRANT)
    assert stores.grants.rotate("grant-1", 0, "client-1", NOW) is None, "the code comes first"
    stores.grants.redeem(REDEMPTION, NOW)
    rotated = stores.grants.rotate("grant-1", 0, "client-1", NOW + 7)
    assert (rotated.generation, rotated.rotated_at) == (1, NOW + 7)
    assert stores.grants.rotate("grant-1", 0, "client-1", NOW + 7) is None
    assert stores.grants.rotate("grant-1", 1, "client-2", NOW + 7) is None
    assert stores.grants.rotate("grant-1", 1, "client-1", NOW + 3600) is None, "expired"
    assert stores.grants.rotate("grant-1", 1, "client-1", NOW + 3599)


def test_a_disabled_account_stops_every_path(stores: Backend) -> None:
    stores.grants.add(GRANT)
    stores.grants.add(replace(GRANT, id="grant-2", code_hash=b"other"))
    stores.grants.redeem(REDEMPTION, NOW)
    stores.disable_account()
    assert stores.grants.redeem(REDEMPTION._replace(code_hash=b"other"), NOW) is None
    assert stores.grants.rotate("grant-1", 0, "client-1", NOW) is None
    assert stores.grants.find_live("grant-1", NOW) is None


def test_a_grant_is_revoked_once(stores: Backend) -> None:
    stores.grants.add(GRANT)
    stores.grants.redeem(REDEMPTION, NOW)
    assert [stores.grants.revoke("grant-1", NOW) for _ in range(2)] == [True, False]
    assert stores.grants.find_live("grant-1", NOW) is None
    assert stores.grants.rotate("grant-1", 0, "client-1", NOW) is None


def test_a_sessions_end_spares_offline_grants(stores: Backend) -> None:
    for identifier, sid, offline in (("a", "s1", 0), ("b", "s1", 1), ("c", "s2", 0)):
        stores.grants.add(
            replace(GRANT, id=identifier, sid=sid, offline=offline, code_hash=identifier.encode())
        )
    assert stores.grants.revoke_by_session("s1", NOW) == 1
    assert [stores.grants.find(i).revoked_at for i in "abc"] == [NOW, None, None]


def test_a_session_s_parties_are_known_after_their_grants_have_ended(stores: Backend) -> None:
    held = (
        ("a", "client-1", "s1"),
        ("b", "client-1", "s1"),
        ("c", "client-2", "s1"),
        ("d", "client-3", "s2"),
    )
    for identifier, client_id, sid in held:
        grant = replace(GRANT, id=identifier, client_id=client_id, sid=sid, code_hash=identifier.encode())
        stores.grants.add(grant)
    stores.grants.revoke("c", NOW)
    parties = [("client-1", GRANT.account_id), ("client-2", GRANT.account_id)]
    assert stores.grants.list_parties("s1") == parties
    assert stores.grants.list_parties("unknown") == []


def test_an_interaction_keeps_what_was_asked_and_what_was_done(stores: Backend) -> None:
    stores.interactions.add(INTERACTION)
    assert stores.interactions.find("uid-1") == INTERACTION
    local = replace(INTERACTION, uid="uid-2", request=None, return_to="/account", least_acr="LoA2")
    stores.interactions.add(local)
    assert stores.interactions.find("uid-2") == local
    assert stores.interactions.update("uid-1", authenticated_at=NOW, authenticated_sid="sid")
    assert stores.interactions.update("uid-1", selected_sid="sid")
    assert stores.interactions.update("uid-1", consented_account_id="an")
    assert stores.interactions.update("uid-1", denied_at=NOW)
    found = stores.interactions.find("uid-1")
    assert (found.authenticated_sid, found.selected_sid, found.consented_account_id) == ("sid", "sid", "an")
    assert found.denied_at == NOW and stores.interactions.find("unknown") is None


def test_an_interaction_is_completed_once_and_then_closed(stores: Backend) -> None:
    stores.interactions.add(INTERACTION)
    assert [stores.interactions.complete("uid-1", NOW) for _ in range(2)] == [True, False]
    assert not stores.interactions.update("uid-1", selected_sid="sid")
    assert not stores.interactions.complete("unknown", NOW)


def test_a_pushed_request_comes_back_and_is_consumed_once(stores: Backend) -> None:
    stores.pushed_requests.add(PUSHED)
    assert stores.pushed_requests.find(PUSHED.uri_hash) == PUSHED
    assert stores.pushed_requests.find("b" * 64) is None
    assert [stores.pushed_requests.consume(PUSHED.uri_hash, NOW + 5) for _ in range(2)] == [True, False]
    assert stores.pushed_requests.find(PUSHED.uri_hash).consumed_at == NOW + 5
    assert not stores.pushed_requests.consume("b" * 64, NOW)


def test_an_identifier_is_consumed_once_for_each_purpose(stores: Backend) -> None:
    assert not stores.replays.is_consumed("a", "jti")
    assert [stores.replays.consume("a", "jti", NOW) for _ in range(2)] == [True, False]
    assert stores.replays.consume("b", "jti", NOW) and stores.replays.is_consumed("a", "jti")
    assert stores.replays.consume("a", "\ud800", NOW)


def test_a_client_comes_back_as_it_was(stores: Backend) -> None:
    document = {"redirect_uris": ["https://rp.example/cb"], "client_name#vi": "Việc làm"}
    policy = {"require_pkce": False, "least_acr": "LoA2", "least_identity_level": 2, "organisation": "Sở"}
    at = {"https://api.example/": ["read"]}
    policy |= {"resources": at, "exchange_resources": at, "protected_resource": "https://api.example/"}
    client, _ = new_client({**document, **policy}, NOW, by_operator=True)
    stores.clients.add(client)
    assert stores.clients.find(client.client_id) == client
    assert stores.clients.find("unknown") is None


def test_a_decoupled_request_comes_back_as_it_was(stores: Backend) -> None:
    assert stores.decoupled.add(DECOUPLED)
    assert stores.decoupled.find("request-1") == DECOUPLED
    assert stores.decoupled.find_by_handle(b"\x00handle") == DECOUPLED
    assert stores.decoupled.find("unknown") is None
    with stores.unit():
        taken = replace(DECOUPLED, id="request-2", handle_hash=b"other")
        assert not stores.decoupled.add(taken), "its user code is in use"
        assert stores.decoupled.add(replace(taken, user_code_hash=None))
        assert stores.decoupled.add(replace(taken, id="request-3", handle_hash=b"3", user_code_hash=None))


def test_a_poll_before_its_time_is_noted_and_slows_the_next(stores: Backend) -> None:
    stores.decoupled.add(DECOUPLED)

    def poll(at: int) -> tuple[int, int]:
        polled = stores.decoupled.poll(b"\x00handle", DEVICE_CODE, "client-1", NOW + at)
        assert polled.polled_at == NOW + at and polled == stores.decoupled.find("request-1")
        return polled.too_fast, polled.interval_seconds

    assert [poll(at) for at in (0, 5, 9, 19, 20)] == [(0, 5), (0, 5), (1, 10), (0, 10), (1, 15)]
    assert poll(600), "what has expired is still told apart from what never was"
    assert stores.decoupled.poll(b"\x00handle", CIBA, "client-1", NOW) is None
    assert stores.decoupled.poll(b"\x00handle", DEVICE_CODE, "client-2", NOW) is None


def test_a_decoupled_request_is_decided_once_and_redeemed_once(stores: Backend) -> None:
    redeem = lambda: stores.decoupled.redeem(b"\x00handle", DEVICE_CODE, "client-1", NOW + 9)  # noqa: E731
    stores.decoupled.add(DECOUPLED)
    assert redeem() is None, "nobody has decided"
    assert not stores.decoupled.allow("request-1", **YES, now=NOW + 1), "nobody has typed its code"
    stores.decoupled.claim(b"\xffcode", "an", NOW)
    assert [stores.decoupled.allow("request-1", **YES, now=NOW + 1) for _ in range(2)] == [True, False]
    assert not stores.decoupled.deny("request-1", "an", NOW + 2)
    assert stores.decoupled.redeem(b"\x00handle", DEVICE_CODE, "client-2", NOW) is None
    assert stores.decoupled.redeem(b"\x00handle", CIBA, "client-1", NOW) is None
    assert stores.decoupled.redeem(b"\x00handle", DEVICE_CODE, "client-1", NOW + 600) is None, "too late"
    redeemed = redeem()
    assert redeemed == replace(DECOUPLED, **YES, allowed_at=NOW + 1, redeemed_at=NOW + 9)
    assert redeem() is None
    assert stores.decoupled.poll(b"\x00handle", DEVICE_CODE, "client-1", NOW + 9) is None
    assert stores.decoupled.find_by_handle(b"\x00handle").redeemed_at == NOW + 9, "a tombstone stays"


def test_a_request_is_decided_by_who_typed_its_code_first(stores: Backend) -> None:
    stores.decoupled.add(DECOUPLED)
    assert stores.decoupled.claim(b"unknown", "an", NOW) is None
    assert stores.decoupled.claim(b"\xffcode", "an", NOW + 600) is None, "expired"
    theirs = replace(DECOUPLED, account_id="an")
    assert stores.decoupled.claim(b"\xffcode", "an", NOW) == theirs == stores.decoupled.find("request-1")
    assert stores.decoupled.claim(b"\xffcode", "an", NOW) == theirs, "typed once more"
    assert stores.decoupled.claim(b"\xffcode", "binh", NOW) is None
    assert not stores.decoupled.deny("request-1", "binh", NOW)
    assert stores.decoupled.deny("request-1", "an", NOW)
    assert stores.decoupled.claim(b"\xffcode", "an", NOW) is None, "decided"


def test_a_refused_request_stays_refused(stores: Backend) -> None:
    stores.decoupled.add(replace(DECOUPLED, account_id="an"))
    assert [stores.decoupled.deny("request-1", "an", NOW) for _ in range(2)] == [True, False]
    assert not stores.decoupled.allow("request-1", **YES, now=NOW)
    assert stores.decoupled.redeem(b"\x00handle", DEVICE_CODE, "client-1", NOW) is None


def test_a_counters_request_is_decided_by_whom_it_names_alone(stores: Backend) -> None:
    named = replace(DECOUPLED, grant_type=CIBA, user_code_hash=None, account_id="binh")
    nobody = replace(named, id="request-2", handle_hash=b"2", account_id=None)
    ours = replace(named, id="request-3", handle_hash=b"3", account_id="an", created_at=NOW + 1)
    for request in (named, nobody, ours, replace(ours, id="request-4", handle_hash=b"4", created_at=NOW + 2)):
        stores.decoupled.add(request)
    assert [r.id for r in stores.decoupled.list_waiting("an", NOW)] == ["request-4", "request-3"]
    assert stores.decoupled.list_waiting("an", NOW + 600) == []
    for request in (named, nobody):
        assert not stores.decoupled.allow(request.id, **YES, now=NOW)
        assert not stores.decoupled.deny(request.id, "an", NOW)
    assert stores.decoupled.allow("request-3", **YES, now=NOW)
    assert stores.decoupled.deny("request-4", "an", NOW)
    assert stores.decoupled.list_waiting("an", NOW) == []


def test_a_disabled_account_neither_allows_nor_redeems(stores: Backend) -> None:
    ours = replace(DECOUPLED, account_id="an")
    stores.decoupled.add(ours)
    stores.decoupled.add(replace(ours, id="request-2", handle_hash=b"2", user_code_hash=None))
    assert stores.decoupled.allow("request-1", **YES, now=NOW)
    stores.disable_account()
    assert stores.decoupled.redeem(b"\x00handle", DEVICE_CODE, "client-1", NOW) is None
    assert not stores.decoupled.allow("request-2", **YES, now=NOW)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_many_at_once_one_redeems_one_rotates_and_one_consumes(database: Database, kind: str) -> None:
    stores = in_sql(database)
    stores.grants.add(GRANT)

    def race(attempt: Callable[[], Any]) -> int:
        def one(_: int) -> bool:
            with stores.unit():
                return bool(attempt())

        with ThreadPoolExecutor(16) as pool:
            return sum(pool.map(one, range(16)))

    assert race(lambda: stores.grants.redeem(REDEMPTION, NOW)) == 1
    assert race(lambda: stores.grants.rotate("grant-1", 0, "client-1", NOW)) == 1
    stores.pushed_requests.add(PUSHED)
    assert race(lambda: stores.pushed_requests.consume(PUSHED.uri_hash, NOW)) == 1
    assert race(lambda: stores.replays.consume("a", "jti", NOW)) == 1
    assert race(lambda: stores.grants.revoke("grant-1", NOW)) == 1
    stores.decoupled.add(DECOUPLED)
    assert race(lambda: stores.decoupled.claim(b"\xffcode", uuid4().hex[:22], NOW)) == 1
    stores.decoupled.add(
        replace(DECOUPLED, id="request-2", handle_hash=b"2", user_code_hash=None, account_id="an")
    )
    assert race(lambda: stores.decoupled.allow("request-2", **YES, now=NOW)) == 1
    assert race(lambda: stores.decoupled.redeem(b"2", DEVICE_CODE, "client-1", NOW)) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_unit_of_work_that_fails_leaves_nothing(database: Database, kind: str) -> None:
    stores = in_sql(database)
    with pytest.raises(ZeroDivisionError), stores.unit():
        stores.interactions.add(INTERACTION)
        stores.grants.add(GRANT)
        raise ZeroDivisionError
    assert stores.interactions.find("uid-1") is None and stores.grants.find("grant-1") is None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_disabled_client_can_be_enabled_again(database: Database, kind: str) -> None:
    stores = in_sql(database).clients
    client, _ = new_client({"redirect_uris": ["https://rp.example/cb"]}, NOW)
    stores.add(client)
    assert [stores.disable(client.client_id, NOW) for _ in range(2)] == [True, False]
    assert stores.find_now(client.client_id).disabled_at == NOW
    assert [stores.enable(client.client_id, NOW) for _ in range(2)] == [True, False]
    assert stores.find_now(client.client_id).disabled_at is None
