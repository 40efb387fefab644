"""The settings of a client: judged, written with their history, and of a live one reviewed first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey

from oidc.errors import BadMetadata
from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tests.tnid.developers.settings_world import CALLBACK, SettingsWorld, make_world
from tests.tnid.test_registration import call
from tnid.accounts.refusal import Refused
from tnid.app import Application
from tnid.developers.changes import RULES, Rule, is_reviewed, split
from tnid.developers.metadata import FETCHES, Saved
from tnid.services import Services


@pytest.fixture
def world(services: Services, clock: Clock, new_person: Callable[..., Someone]) -> SettingsWorld:
    return make_world(services, clock, new_person("vinh", totp=True))


def test_the_sandbox_takes_a_change_at_once_and_keeps_what_was(world: SettingsWorld, clock: Clock) -> None:
    clock.advance(60)
    saved = world.save(redirect_uris=[CALLBACK, "https://app.example/other"])
    assert saved == Saved(["redirect_uris"], [])
    assert world.client().redirect_uris == [CALLBACK, "https://app.example/other"]
    new, first = world.services.developers.settings.list_versions(world.client())
    assert (new.number, new.source, new.made_by, new.created_at) == (2, "form", world.owner.id, clock.now())
    assert new.changed == {"redirect_uris": [CALLBACK, "https://app.example/other"]}
    assert (first.source, first.changed, first.metadata["redirect_uris"]) == ("first", None, [CALLBACK])


def test_what_is_wrong_changes_nothing(world: SettingsWorld) -> None:
    before = world.client()
    faults = world.save(redirect_uris=[CALLBACK, "http://app.example/x"], default_max_age=-1)
    assert {(one.member, one.reason) for one in faults} == {
        ("redirect_uris", "not_https"),
        ("default_max_age", "type"),
    }
    assert world.client() == before and world.services.developers.settings.list_versions(before) == []


def test_addresses_of_our_own_house_are_refused_by_name(world: SettingsWorld) -> None:
    for member in ("backchannel_logout_uri", "jwks_uri", "sector_identifier_uri", "security_events_uri"):
        (fault,) = world.save(**{member: "https://10.1.2.3/x"})
        assert (fault.member, fault.reason) == (member, "private")


def test_a_name_in_other_letters_is_explained_and_breaks_nothing(world: SettingsWorld) -> None:
    for member in ("backchannel_logout_uri", "jwks_uri", "sector_identifier_uri"):
        (fault,) = world.save(**{member: "https://bücher.example/x"})
        assert (fault.member, fault.reason) == (member, "not_ascii")


def test_keys_at_an_address_that_gives_none_are_refused(
    world: SettingsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fault,) = world.save(jwks_uri="https://nowhere.invalid/jwks")
    assert (fault.member, fault.reason) == ("jwks_uri", "unresolved")
    monkeypatch.setattr("tnid.developers.metadata.FETCHES", FETCHES._replace(allowed=1))
    refused = world.save(jwks_uri="https://nowhere.invalid/jwks")
    assert isinstance(refused, Refused) and refused.reason == "too_many_looks"


def test_certificates_need_a_proxy_of_the_operators(world: SettingsWorld) -> None:
    (fault,) = world.save(token_endpoint_auth_method="tls_client_auth", tls_client_auth_san_dns="app.example")
    assert (fault.member, fault.reason) == ("token_endpoint_auth_method", "no_mtls")


def test_who_read_older_settings_overwrites_nothing(world: SettingsWorld) -> None:
    old = world.client()
    assert isinstance(world.save(default_max_age=60), Saved)
    with world.services.database.unit():
        late = world.services.developers.settings.save(
            world.application_id, old, {**old.metadata, "default_max_age": 5}, world.owner.id,
            world.clock.now(), source="form",
        )  # fmt: skip
    assert late == Refused("", "changed_meanwhile") and world.client().metadata["default_max_age"] == 60


def test_who_left_the_team_meanwhile_writes_nothing(
    world: SettingsWorld, new_person: Callable[..., Someone]
) -> None:
    assert world.save(by=new_person("khac").id, default_max_age=60) == Refused("", "changed_meanwhile")
    assert "default_max_age" not in world.client().metadata


def test_ten_versions_are_kept(world: SettingsWorld) -> None:
    for seconds in range(1, 14):
        world.save(default_max_age=seconds)
    versions = world.services.developers.settings.list_versions(world.client())
    assert [one.number for one in versions] == list(range(14, 4, -1))
    assert versions[0].metadata["default_max_age"] == 13 and versions[-1].changed is None


def test_the_subject_type_stays(world: SettingsWorld) -> None:
    assert world.save(subject_type="public") == Saved([], [])
    assert world.client().metadata["subject_type"] == "pairwise"


# The live client


KEYS = {"keys": [ECKey.generate_key("P-256", {"kid": "a"}).as_dict(private=False)]}
LIVE: list[tuple[dict[str, Any], bool]] = [
    ({"default_max_age": 600}, False),
    ({"jwks": {"keys": []}}, False),
    ({"redirect_uris": [CALLBACK, "https://app.example/second"]}, False),
    ({"redirect_uris": [CALLBACK, "https://other.example/cb"]}, True),
    ({"redirect_uris": [CALLBACK, "http://127.0.0.1/cb"]}, True),
    ({"backchannel_logout_uri": "https://app.example/new"}, False),
    ({"backchannel_logout_uri": "https://evil.example/new"}, True),
    ({"backchannel_logout_uri": None}, True),
    ({"frontchannel_logout_uri": "https://app.example/first"}, False),
    ({"security_events_uri": "https://evil.example/first"}, True),
    ({"post_logout_redirect_uris": []}, False),
    ({"post_logout_redirect_uris": ["https://app.example/bye"]}, False),
    ({"post_logout_redirect_uris": ["https://evil.example/bye"]}, True),
    ({"require_pushed_authorization_requests": True}, False),
    ({"scope": "openid profile"}, True),
    ({"client_name#vi": "Ngân hàng"}, True),
    ({"logo_uri": "https://app.example/logo.png"}, True),
    ({"grant_types": ["authorization_code"]}, True),
    ({"sector_identifier_uri": "https://app.example/s"}, True),
    ({"token_endpoint_auth_method": "client_secret_post"}, False),
    ({"token_endpoint_auth_method": "private_key_jwt"}, False),
    ({"token_endpoint_auth_method": "none"}, True),
    ({"something_new": 1}, True),
]


@pytest.mark.parametrize(("changes", "waits"), LIVE)
def test_the_table_says_what_is_reviewed(changes: dict[str, Any], waits: bool) -> None:
    old = {
        "redirect_uris": [CALLBACK],
        "backchannel_logout_uri": "https://app.example/out",
        "token_endpoint_auth_method": "client_secret_basic",
    }
    ((name, value),) = changes.items()
    assert is_reviewed(name, old, value) is waits
    now, later = split(old, {n: v for n, v in {**old, **changes}.items() if v is not None})
    assert (name in later, name in now) == (waits, not waits)


def test_turning_off_what_makes_a_sign_in_stricter_is_reviewed() -> None:
    for name in (name for name, rule in RULES.items() if rule is Rule.STRICTER):
        assert is_reviewed(name, {name: True}, None) and not is_reviewed(name, {}, True)


def test_a_live_client_gets_what_may_be_at_once_and_the_rest_waits(world: SettingsWorld) -> None:
    saved = world.save("live", default_max_age=600, scope="openid profile email")
    assert saved == Saved(["default_max_age"], ["scope"])
    changes = world.services.developers.changes
    assert changes.pending(world.application_id) == {"scope": "openid profile email"}
    live = world.client("live")
    assert live.metadata["default_max_age"] == 600 and live.metadata["scope"] != "openid profile email"


@pytest.mark.parametrize(
    "changes",
    [
        {"jwks": KEYS},
        {"jwks": KEYS, "token_endpoint_auth_method": "private_key_jwt", "default_max_age": 60},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"backchannel_logout_uri": "https://app.example/nowhere"},
    ],
)
def test_what_opens_a_live_client_is_its_owners(
    services: Services, clock: Clock, new_person: Callable[..., Someone], changes: dict[str, Any]
) -> None:
    owner = new_person("chu", trusted=True, claims={"email": "chu@example.vn"})
    world, hai, parts = make_world(services, clock, owner), new_person("hai"), services
    parts.developers.members.add_by_operator(
        world.application.team_id, hai.id, "developer", world.clock.now()
    )
    before = world.client("live").metadata
    assert world.save("live", by=hai.id, **changes) == Refused("", "keys_of_owner")
    assert world.client("live").metadata == before
    refused = parts.audit.list_by_account(hai.id)[0]
    assert (refused.event, refused.reason) == ("client.change_settings", "keys_of_owner")
    # The rest is a developer's, and in the sandbox this, too
    assert isinstance(world.save("live", by=hai.id, default_max_age=5), Saved)
    assert isinstance(world.save(by=hai.id, **changes), Saved)
    assert isinstance(world.save("live", **changes), Saved)
    told = [row.text for row in parts.messages.list_by_account(world.owner.id)]
    expected = "client_addresses_changed" if "backchannel_logout_uri" in changes else "client_keys_changed"
    assert expected in told


def test_no_team_stops_hearing_of_sign_outs_by_itself(world: SettingsWorld) -> None:
    heard = "https://app.example/out"
    assert world.save("live", backchannel_logout_uri=None) == Saved([], ["backchannel_logout_uri"])
    assert world.client("live").backchannel_logout_uri == heard
    pending = world.services.developers.changes.pending(world.application_id)
    assert pending == {"backchannel_logout_uri": None}
    # Where it has listened to none so far, a first address is a developer's
    first = {"security_events_uri": "https://app.example/events"}
    assert world.save("live", **first) == Saved(["security_events_uri"], [])


def test_what_depends_on_what_waits_waits_with_it(world: SettingsWorld) -> None:
    assert world.save("live", dpop_bound_access_tokens=True) == Saved(["dpop_bound_access_tokens"], [])
    by_certificate = "tls_client_certificate_bound_access_tokens"
    saved = world.save("live", dpop_bound_access_tokens=None, **{by_certificate: True})
    assert saved == Saved([], ["dpop_bound_access_tokens", by_certificate])
    assert world.client("live").metadata["dpop_bound_access_tokens"] is True


def test_what_was_agreed_is_carried_out_and_waits_no_more(world: SettingsWorld, clock: Clock) -> None:
    changes = world.services.developers.changes
    world.save("live", scope="openid profile", client_uri="https://app.example/")
    agreed = {"scope": "openid profile"}
    with world.services.database.unit():
        assert changes.apply(world.application_id, world.client("live"), agreed, clock.now()) == []
    assert world.client("live").metadata["scope"] == "openid profile"
    assert changes.pending(world.application_id) == {"client_uri": "https://app.example/"}
    newest = world.services.developers.settings.list_versions(world.client("live"))[0]
    assert (newest.source, newest.made_by) == ("review", None)
    with world.services.database.unit():
        changes.withdraw(world.application_id, world.owner.id, clock.now())
    assert changes.pending(world.application_id) == {}


def test_what_can_not_be_any_more_is_not_carried_out(world: SettingsWorld, clock: Clock) -> None:
    (fault,) = world.services.developers.changes.apply(
        world.application_id, world.client("live"), {"scope": "openid nonsense"}, clock.now()
    )
    assert isinstance(fault, BadMetadata) and fault.member == "scope"


def test_going_back_to_what_is_live_takes_it_out_of_what_waits(world: SettingsWorld) -> None:
    world.save("live", redirect_uris=[CALLBACK, "https://app.example/a"], client_uri="https://app.example/")
    world.save("live", client_uri="https://app.example/home")
    pending = world.services.developers.changes.pending
    assert pending(world.application_id) == {"client_uri": "https://app.example/home"}


def test_nobody_becomes_a_stranger_to_a_live_application(world: SettingsWorld) -> None:
    (fault,) = world.save("live", redirect_uris=["https://other.example/cb"])
    assert fault.reason == "same_sector"


# RFC 7592


def test_an_update_by_the_client_itself_leaves_the_same_history(
    world: SettingsWorld, app: Application
) -> None:
    path, token, document = registration(world, "sandbox")
    document["client_name"] = "Mới"
    assert call(app, "PUT", path, token, document).status_code == 200
    newest, first = world.services.developers.settings.list_versions(world.client())
    assert (newest.source, newest.changed) == ("registration", {"client_name": "Mới"})
    assert first.source == "first"


def test_a_live_client_changes_nothing_by_itself_that_is_reviewed(
    world: SettingsWorld, app: Application
) -> None:
    path, token, document = registration(world, "live")
    refused = call(app, "PUT", path, token, {**document, "client_name": "Ngân hàng"})
    assert refused.status_code == 400 and "client_name is reviewed" in refused.json["error_description"]
    refused = call(app, "PUT", path, token, {**document, "jwks": KEYS})
    assert refused.status_code == 400 and "jwks opens" in refused.json["error_description"]
    assert "jwks" not in world.client("live").metadata
    moved = {**document, "backchannel_logout_uri": "https://app.example/nowhere"}
    refused = call(app, "PUT", path, token, moved)
    assert refused.status_code == 400 and "hears of sign-outs" in refused.json["error_description"]
    del moved["backchannel_logout_uri"]
    refused = call(app, "PUT", path, token, moved)
    assert refused.status_code == 400 and "is reviewed" in refused.json["error_description"]
    allowed = call(app, "PUT", path, token, {**document, "default_max_age": 60})
    assert allowed.status_code == 200 and world.client("live").metadata["default_max_age"] == 60


def registration(world: SettingsWorld, env: str) -> tuple[str, str, dict[str, Any]]:
    """Return a client's address at the registration endpoint, the token that opens it, and its document."""
    client = world.client(env)
    made = world.services.provider.registration._describe(client, None)
    document = {**client.metadata, "client_id": client.client_id}
    return f"/clients/{client.client_id}", made["registration_access_token"], document


def test_a_name_that_is_changed_among_the_settings_is_the_name_that_people_read(
    services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> None:
    world = make_world(services, clock, new_person("vinh"), is_live=False)
    assert not isinstance(world.save(**{"client_name": "Tên mới", "client_name#vi": "Tên mới"}), Refused)
    assert world.application.name == "Tên mới"
    acts = services.developers.acts.list_of_application(world.application.id)
    assert [one.event for one in acts] == ["client.change_settings", "application.create"]
