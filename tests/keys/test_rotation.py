"""Publish before use, one active key, keep until the last token has expired: a pure function of time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.rotation import (
    IMMEDIATE_SECONDS,
    Action,
    Publish,
    Remove,
    RotationPolicy,
    find_active,
    find_retirement,
    is_expired,
    list_generations,
    plan,
    plan_rotation,
)
from keys.signing_key import ALGORITHMS
from keys.store import StoredKey

POLICY = RotationPolicy(rotation_seconds=10_000, publish_seconds=100, retain_seconds=600)
Keys = tuple[StoredKey, ...]


def apply(keys: Keys, actions: tuple[Action, ...], now: int) -> Keys:
    """Do what a store would do."""
    removed = [action.key for action in actions if isinstance(action, Remove)]
    added = [
        StoredKey(
            f"{action.alg}-{action.generation}", action.alg, action.generation, now, action.active_from, b""
        )
        for action in actions
        if isinstance(action, Publish)
    ]
    return (*(key for key in keys if key not in removed), *added)


def tend(keys: Keys, now: int) -> Keys:
    return apply(keys, plan(keys, now, POLICY), now)


def active(keys: Keys, now: int, alg: str = "ES256") -> str:
    found = find_active(list_generations(keys, alg), now)
    assert found is not None
    return found.kid


def kids(keys: Keys, alg: str = "ES256") -> list[str]:
    return [key.kid for key in list_generations(keys, alg)]


def test_the_first_start_makes_an_active_key_of_each_algorithm() -> None:
    assert plan((), 1000, POLICY) == tuple(Publish(alg, 1, active_from=1000) for alg in ALGORITHMS)


def test_nothing_is_done_while_nothing_is_due() -> None:
    keys = tend((), 1000)
    assert plan(keys, 1001, POLICY) == ()
    assert plan(keys, 1000 + 10_000 - 100 - 1, POLICY) == ()


def test_the_next_key_is_published_before_it_is_used() -> None:
    keys = tend(tend((), 0), 9_900)
    assert kids(keys) == ["ES256-1", "ES256-2"]
    assert active(keys, 9_999) == "ES256-1"
    assert active(keys, 10_000) == "ES256-2"


def test_a_published_key_is_not_published_twice() -> None:
    keys = tend(tend((), 0), 9_900)
    for now in range(9_900, 10_100, 20):
        assert plan(keys, now, POLICY) == ()


def test_a_late_rotation_still_publishes_first() -> None:
    keys = tend(tend((), 0), 50_000)
    assert active(keys, 50_099) == "ES256-1"
    assert active(keys, 50_100) == "ES256-2"


def test_a_retired_key_is_kept_until_its_last_token_has_expired() -> None:
    keys = tend(tend((), 0), 9_900)
    expires = 10_000 + POLICY.retain_seconds + POLICY.publish_seconds
    assert plan(keys, expires - 1, POLICY) == ()
    assert kids(tend(keys, expires)) == ["ES256-2"]


def test_a_key_whose_tokens_live_longer_is_kept_longer() -> None:
    policy = replace(POLICY, retain_longer={"ES256": 5_000, "RS256": 1})
    keys = tend(tend((), 0), 9_900)
    expires = 10_000 + 5_000 + POLICY.publish_seconds
    assert not any(is_expired(key, keys, expires - 1, policy) for key in keys if key.alg == "ES256")
    assert "ES256-1" in [key.kid for key in keys if is_expired(key, keys, expires, policy)]
    assert (policy.retention("ES256"), policy.retention("RS256")) == (5_000, POLICY.retain_seconds)


def test_the_active_key_is_never_removed() -> None:
    keys = tend((), 0)
    assert not any(is_expired(key, keys, 10**9, POLICY) for key in keys)


def test_rotating_publishes_now() -> None:
    keys = tend((), 0)
    keys = apply(keys, plan_rotation(keys, 50, POLICY.publish_seconds), 50)
    assert active(keys, 149) == "ES256-1"
    assert active(keys, 150) == "ES256-2"


def test_rotating_twice_makes_one_key() -> None:
    keys = tend((), 0)
    keys = apply(keys, plan_rotation(keys, 50, POLICY.publish_seconds), 50)
    assert plan_rotation(keys, 51, POLICY.publish_seconds) == ()


def test_rotating_immediately_does_not_wait_for_a_key_already_published() -> None:
    keys = tend((), 0)
    keys = apply(keys, plan_rotation(keys, 50, POLICY.publish_seconds), 50)
    keys = apply(keys, plan_rotation(keys, 60, IMMEDIATE_SECONDS), 60)
    assert plan_rotation(keys, 61, IMMEDIATE_SECONDS) == ()
    assert active(keys, 62) == "ES256-1"
    assert active(keys, 63) == "ES256-3"
    assert active(keys, 150) == "ES256-3", "the key that was overtaken must not come back"
    assert [find_retirement(key, keys) for key in list_generations(keys, "ES256")] == [63, 63, None]


def test_a_clock_far_behind_still_finds_a_key() -> None:
    keys = tend(tend((), 1_000_000), 1_009_900)
    assert active(keys, 5) == "ES256-1"
    assert find_active((), 5) is None


@pytest.mark.parametrize(
    ("rotation_seconds", "publish_seconds", "retain_seconds"),
    [(100, 100, 1), (100, 0, 1), (100, -1, 1), (100, 10, 0), (0, 0, 0)],
)
def test_a_policy_that_can_not_hold_is_refused(
    rotation_seconds: int, publish_seconds: int, retain_seconds: int
) -> None:
    with pytest.raises(ValueError, match="must hold"):
        RotationPolicy(rotation_seconds, publish_seconds, retain_seconds)


STEPS = st.lists(st.tuples(st.integers(1, 15_000), st.sampled_from(["tend", "rotate"])), max_size=30)


@given(steps=STEPS)
def test_whatever_happens_every_signer_was_published_first_and_stays_while_its_tokens_live(
    steps: list[tuple[int, str]],
) -> None:
    now, keys = 1_000, tend((), 1_000)
    first = set(keys)
    token_ends: dict[str, int] = {}  # kid → when the last token it signed expires
    for pause, step in steps:
        now += pause
        for signed_at in (now - 1, now):  # just before somebody tends the keys, and just after
            signers = [find_active(list_generations(keys, alg), signed_at) for alg in ALGORITHMS]
            for signer in signers:
                assert signer is not None
                assert signer in first or signed_at >= signer.published_at + POLICY.publish_seconds
                token_ends[signer.kid] = signed_at + POLICY.retain_seconds
            if step == "rotate":
                keys = apply(keys, plan_rotation(keys, now, POLICY.publish_seconds), now)
            keys = tend(keys, now)
        published = {key.kid for key in keys if not is_expired(key, keys, now, POLICY)}
        assert {kid for kid, ends in token_ends.items() if ends > now} <= published
        assert len(published) == len(keys)
        for alg in ALGORITHMS:
            assert sum(key.active_from > now for key in keys if key.alg == alg) <= 1
