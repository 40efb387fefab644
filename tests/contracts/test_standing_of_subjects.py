"""What every source of people's standing does, in memory and in SQL: it tells what was asked, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from oidc.attested import NOTHING, OF_STANDING, Vouched
from oidc.clients.registration import new_client
from oidc.memory import MemoryEvents, MemoryGrants, MemorySubjects
from tests.conftest import Clock
from tnid.accounts.service import Account, NewAccount
from tnid.app import create_app
from tnid.settings import Settings

NUMBER, WARD = "019161004512", {"code": "05467", "name": "Phường Gia Sàng"}
TOLD: dict[str, Any] = {
    "identity_level": 2,
    "residence_ward": WARD,
    "personal_id_number": NUMBER,
    "staff_roles": [{"role": "official", "ward": WARD}],
}
HOME = {"locality": "Phường Gia Sàng", "region": "Tỉnh Thái Nguyên"}
Source = tuple[Any, str, int]


@pytest.fixture(params=["memory", "sql"])
def source(
    request: pytest.FixtureRequest, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Source:
    """Return the subjects, an official with a number and no child, and the time; `clinic` is a client."""
    return in_memory(clock) if request.param == "memory" else in_sql(settings, clock, monkeypatch)


def in_memory(clock: Clock) -> Source:
    subjects = MemorySubjects(MemoryGrants(MemoryEvents()))
    subjects.people["an"] = {}
    subjects.working["an"] = Vouched(TOLD)
    return subjects, "an", clock.now()


def in_sql(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr("tnid.app.ensure_keys", lambda _parts: None)
    services, now = create_app(settings).extensions["tnid"], clock.now()
    document = {"client_id": "clinic", "redirect_uris": ["https://rp.example/cb"]}
    services.clients.add(new_client(document, now, by_operator=True)[0])
    new = NewAccount(
        username="an",
        password="p" * 20,
        claims={"address": HOME},
        personal_id_number=NUMBER,
        identity_level=2,
    )
    made = services.accounts.create(new, now, trusted=True)
    assert isinstance(made, Account)
    services.counter.roles.grant_official(made.id, "05467", now)
    return services.provider.userinfo._subjects, made.id, now


def test_what_is_asked_is_told_and_no_more(source: Source) -> None:
    subjects, account_id, now = source
    assert subjects.vouched(account_id, "clinic", OF_STANDING, now) == Vouched(TOLD)
    for name, value in TOLD.items():
        assert subjects.vouched(account_id, "clinic", frozenset({name}), now) == Vouched({name: value})
    assert subjects.vouched(account_id, "clinic", frozenset({"guardian_of"}), now) == NOTHING


def test_nobody_elses_standing_is_told(source: Source) -> None:
    subjects, _, now = source
    assert subjects.vouched("nobody", "clinic", OF_STANDING, now) == NOTHING
