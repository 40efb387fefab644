"""Keys that change while they are in use: OpenID Connect Core §10.1.1 and §10.2.1, on both sides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from keys.compact import InvalidToken
from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import RotationPolicy
from oidc.clients import client_keys, fetch_cache
from oidc.clients.client_keys import ClientKeys
from oidc.clients.outbound import OutboundRefused
from oidc.models import Client
from oidc.provider import JWKS_MAX_AGE_SECONDS
from tests.oidc.world import NOW, World, document, post

DAY = 86_400
POLICY = RotationPolicy(rotation_seconds=7 * DAY, publish_seconds=900, retain_seconds=DAY)
TOKEN_SECONDS = 600
ALGORITHMS = ("RS256", "ES256")
URI = "https://rp.example/jwks.json"


class CachingClient:
    """A client that keeps our JWK Set for as long as it may, and verifies every token that it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._fetched_at = 0
        self._keys: Any = None
        self.fetches = 0

    def kids(self) -> set[str]:
        return {key.kid for key in self._keys.keys}

    def refresh(self, now: int) -> None:
        self._keys = KeySet.import_key_set(json.loads(self._keyring.jwks(now)))
        self._fetched_at, self.fetches = now, self.fetches + 1

    def verify(self, token: str, now: int) -> dict[str, Any]:
        """Verify by the keys at hand, and never by a look for others: raise JoseError where they won't do."""
        if now - self._fetched_at >= JWKS_MAX_AGE_SECONDS:
            self.refresh(now)
        verified = jws.deserialize_compact(token.encode(), self._keys, algorithms=list(ALGORITHMS))
        claims: dict[str, Any] = json.loads(verified.payload)
        assert claims["exp"] > now
        return claims


@pytest.fixture
def keyring() -> Keyring:
    made = Keyring(MemoryKeyStore(), b"k" * 32, POLICY)
    made.ensure(NOW)
    return made


def sign(keyring: Keyring, alg: str, now: int) -> str:
    return keyring.sign({"exp": now + TOKEN_SECONDS, "iat": now}, alg=alg, typ="JWT", now=now)


def kid_of(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


def test_a_client_with_cached_keys_verifies_through_every_rotation(keyring: Keyring) -> None:
    """Ten minutes at a time over three rotations: no token that lives is refused by keys five minutes old."""
    client, alive, signers = CachingClient(keyring), [], set()
    for now in range(NOW, NOW + 3 * 7 * DAY, 600):
        keyring.tend(now)
        alive = [(token, until) for token, until in alive if until > now]
        for alg in ALGORITHMS:
            alive.append((sign(keyring, alg, now), now + TOKEN_SECONDS))
            signers.add(kid_of(alive[-1][0]))
        for token, _ in alive:
            client.verify(token, now)
    assert len(signers) == 3 * len(ALGORITHMS), "both kinds of key have rotated"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_kid_is_published_for_longer_than_a_cache_lives_before_it_signs(keyring: Keyring, alg: str) -> None:
    assert POLICY.publish_seconds >= 2 * JWKS_MAX_AGE_SECONDS
    assert RotationPolicy().publish_seconds >= 2 * JWKS_MAX_AGE_SECONDS
    old, rotated_at = kid_of(sign(keyring, alg, NOW)), NOW + 1000
    published = {change.kid for change in keyring.rotate(rotated_at) if change.alg == alg}
    (new,) = published
    client = CachingClient(keyring)
    client.refresh(rotated_at)
    assert {old, new} <= client.kids()
    assert kid_of(sign(keyring, alg, rotated_at + POLICY.publish_seconds - 1)) == old
    assert kid_of(sign(keyring, alg, rotated_at + POLICY.publish_seconds)) == new


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_retired_kid_stays_until_its_tokens_have_expired(keyring: Keyring, alg: str) -> None:
    last, client = sign(keyring, alg, NOW + POLICY.publish_seconds - 1), CachingClient(keyring)
    keyring.rotate(NOW)
    retired_at = NOW + POLICY.publish_seconds
    hint_ends_at = retired_at + POLICY.retain_seconds
    for now in (retired_at, retired_at + TOKEN_SECONDS - 2):
        keyring.tend(now)
        client.verify(last, now)
        assert keyring.verify(last, typ="JWT", now=now)
    keyring.tend(hint_ends_at)
    assert keyring.verify(last, typ="JWT", now=hint_ends_at, allow_expired=True), "an id_token_hint"
    gone_at = hint_ends_at + POLICY.publish_seconds
    keyring.tend(gone_at)
    client.refresh(gone_at)
    assert kid_of(last) not in client.kids()
    with pytest.raises(InvalidToken, match="unknown_key"):
        keyring.verify(last, typ="JWT", now=gone_at, allow_expired=True)


def test_a_rotation_at_once_is_found_by_a_client_that_looks_for_a_new_kid(keyring: Keyring) -> None:
    client = CachingClient(keyring)
    client.refresh(NOW)
    keyring.rotate(NOW, immediately=True)
    token = sign(keyring, "RS256", NOW + 10)
    with pytest.raises(JoseError):
        client.verify(token, NOW + 10)
    client.refresh(NOW + 10)
    client.verify(token, NOW + 10)


def test_ten_thousand_tokens_outlive_a_rotation(keyring: Keyring) -> None:
    """KM-004, with the cheaper signature."""
    tokens = [sign(keyring, "ES256", NOW) for _ in range(10_000)]
    keyring.rotate(NOW, immediately=True)
    keyring.tend(NOW + 10)
    assert kid_of(sign(keyring, "ES256", NOW + 10)) != kid_of(tokens[0])
    for token in tokens:
        keyring.verify(token, typ="JWT", now=NOW + TOKEN_SECONDS - 1)


# The client's own keys


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(fetch_cache, "time", made)
    return made


@pytest.fixture
def keys(world: World) -> ClientKeys:
    return ClientKeys(world.elsewhere)


CLIENT = Client("c", {"jwks_uri": URI})


def publish(world: World, *kids: str) -> None:
    made = [ECKey.generate_key("P-256", parameters={"kid": kid}) for kid in kids]
    world.elsewhere.documents[URI] = {"keys": [key.as_dict(private=False) for key in made]}


def kids_of(keys: KeySet) -> list[str | None]:
    return [key.kid for key in keys.keys]


def test_a_new_kid_is_fetched_when_it_first_appears(world: World, keys: ClientKeys, clock: Clock) -> None:
    publish(world, "old")
    assert kids_of(keys.find(CLIENT, "old")) == ["old"]
    publish(world, "old", "new")
    clock.seconds += 2
    assert kids_of(keys.find(CLIENT, "old")) == ["old"], "nothing asks for another"
    assert kids_of(keys.find(CLIENT, "new")) == ["old", "new"]
    assert kids_of(keys.find(CLIENT, "new")) == ["old", "new"]
    assert len(world.elsewhere.fetched) == 2


def test_a_flood_of_unknown_kids_does_not_hammer_the_clients_server(
    world: World, keys: ClientKeys, clock: Clock
) -> None:
    publish(world, "old")
    for number in range(10_000):
        clock.seconds += 0.1
        assert kids_of(keys.find(CLIENT, f"made-up-{number}")) == ["old"]
    assert len(world.elsewhere.fetched) <= 70, "some four a minute in a thousand seconds"
    publish(world, "new")
    clock.seconds += 65
    assert kids_of(keys.find(CLIENT, "new")) == ["new"], "and a rotation is seen all the same"


def test_keys_are_taken_anew_after_five_minutes(world: World, keys: ClientKeys, clock: Clock) -> None:
    publish(world, "old")
    keys.find(CLIENT, "old")
    publish(world, "new")
    clock.seconds += client_keys.FRESH_SECONDS + 1
    assert kids_of(keys.find(CLIENT, "old")) == ["new"], "a key that the client has taken back is no more"


def test_a_strangers_kid_and_a_moments_outage_shut_nobody_out(
    world: World, keys: ClientKeys, clock: Clock
) -> None:
    publish(world, "old")
    keys.find(CLIENT, "old")
    documents, world.elsewhere.documents = world.elsewhere.documents, {}
    for _ in range(20):
        clock.seconds += 2
        assert kids_of(keys.find(CLIENT, "made-up")) == ["old"]
    assert len(world.elsewhere.fetched) <= 6, "a failure is remembered for ten seconds"
    world.elsewhere.documents = documents
    clock.seconds += fetch_cache.FAILED_SECONDS + 1
    assert kids_of(keys.find(CLIENT, "old")) == ["old"]


def test_old_keys_are_not_kept_for_ever(world: World, keys: ClientKeys, clock: Clock) -> None:
    publish(world, "old")
    keys.find(CLIENT, "old")
    world.elsewhere.documents = {}
    clock.seconds += client_keys.STALE_SECONDS - 1
    assert kids_of(keys.find(CLIENT, "old")) == ["old"]
    clock.seconds += fetch_cache.FAILED_SECONDS + 1
    with pytest.raises(OutboundRefused, match="404"):
        keys.find(CLIENT, "old")


def test_a_client_signs_in_by_a_key_that_it_has_just_rotated_to(world: World, clock: Clock) -> None:
    pairs = {kid: ECKey.generate_key("P-256", parameters={"kid": kid}) for kid in ("one", "two")}
    client, _ = world.add_client(token_endpoint_auth_method="private_key_jwt", jwks_uri=URI)
    for number, (kid, key) in enumerate(pairs.items()):
        clock.seconds += 2
        world.elsewhere.documents[URI] = {"keys": [key.as_dict(private=False)]}
        claims = {
            "iss": client.client_id,
            "sub": client.client_id,
            "aud": "https://id.thainguyen.example",
            "exp": world.now + 60,
            "jti": str(number),
        }
        assertion = jwt.encode({"alg": "ES256", "kid": kid}, claims, key, algorithms=["ES256"])
        form = {
            "grant_type": "authorization_code",
            "code": world.new_code(client),
            "redirect_uri": "https://rp.example/cb",
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
        }
        assert document(world.provider.token.respond(post(form), world.now)).get("id_token")
