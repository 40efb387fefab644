"""When a signing key is published, signs, retires and goes.

A key's life is told by its algorithm's keys and the time, and by nothing that has to be written on the way:

    published_at ── next ── active_from ── active ── a later generation's active_from ── retired ── removed

So rotation is one insert, and activation happens everywhere at once, even while nobody tends the keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from keys.signing_key import ALGORITHMS
from keys.store import StoredKey

FIRST_GENERATION = 1
IMMEDIATE_SECONDS = 3  # what it takes for a key to be made, stored and read by every process


@dataclass(frozen=True, slots=True)
class RotationPolicy:
    """How long a key lives, in seconds.

    rotation_seconds: how long a key signs.
    publish_seconds: how long it is published before it signs: no less than the JWK Set may be cached.
    retain_seconds: how long a token lives at most; a retired key is published until the last one has expired.
    retain_longer: the same for algorithms by which something is signed that lives longer, by their names.
    """

    rotation_seconds: int = 90 * 86400
    publish_seconds: int = 900
    retain_seconds: int = 86400
    retain_longer: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.publish_seconds < self.rotation_seconds or self.retain_seconds <= 0:
            raise ValueError("0 < publish_seconds < rotation_seconds and 0 < retain_seconds must hold")

    def retention(self, alg: str) -> int:
        """Return how long a token of this algorithm lives at most, in seconds."""
        return max(self.retain_seconds, self.retain_longer.get(alg, 0))


class Publish(NamedTuple):
    """Make a key, show it from now on, and sign with it from `active_from`."""

    alg: str
    generation: int
    active_from: int


class Remove(NamedTuple):
    """Delete a key: every token that it signed has expired."""

    key: StoredKey


Action = Publish | Remove


def plan(keys: Sequence[StoredKey], now: int, policy: RotationPolicy) -> tuple[Action, ...]:
    """Return what has to be done to the keys now; nothing where all is as it should be."""
    publications = [
        publish_next(keys, alg, active_from=now + policy.publish_seconds if newest(keys, alg) else now)
        for alg in ALGORITHMS
        if is_due(keys, alg, now, policy)
    ]
    removals = [Remove(key) for key in keys if is_expired(key, keys, now, policy)]
    return (*publications, *removals)


def plan_rotation(keys: Sequence[StoredKey], now: int, wait_seconds: int) -> tuple[Publish, ...]:
    """Return what gives each algorithm a new active key in `wait_seconds`, unless one comes by then anyway.

    So operators or processes that rotate at the same time make one key, not one each.
    """
    active_from = now + wait_seconds
    lasts = ((alg, newest(keys, alg)) for alg in ALGORITHMS)
    return tuple(
        publish_next(keys, alg, active_from=active_from)
        for alg, last in lasts
        if last is None or not now < last.active_from <= active_from
    )


def publish_next(keys: Sequence[StoredKey], alg: str, *, active_from: int) -> Publish:
    """Return the publication of the algorithm's next generation."""
    last = newest(keys, alg)
    return Publish(alg, last.generation + 1 if last else FIRST_GENERATION, active_from)


def is_due(keys: Sequence[StoredKey], alg: str, now: int, policy: RotationPolicy) -> bool:
    """Say whether the algorithm needs a new key: it has none, or its newest will soon have signed enough."""
    last = newest(keys, alg)
    return last is None or now >= last.active_from + policy.rotation_seconds - policy.publish_seconds


def newest(keys: Sequence[StoredKey], alg: str) -> StoredKey | None:
    """Return the algorithm's last generation, active or not."""
    return next(reversed(list_generations(keys, alg)), None)


def list_generations(keys: Sequence[StoredKey], alg: str) -> tuple[StoredKey, ...]:
    """Return the algorithm's keys, oldest first."""
    return tuple(sorted((key for key in keys if key.alg == alg), key=lambda key: key.generation))


def find_active(generations: Sequence[StoredKey], now: int) -> StoredKey | None:
    """Return the one key of an algorithm's generations that signs: the newest whose time has come.

    A clock far behind finds none such and gets the oldest, which is the best known. None: there are no keys.
    """
    for key in reversed(generations):
        if key.active_from <= now:
            return key
    return generations[0] if generations else None


def find_retirement(key: StoredKey, keys: Sequence[StoredKey]) -> int | None:
    """Return when a later generation takes over from the key, or None where there is no later one."""
    later = (k.active_from for k in keys if k.alg == key.alg and k.generation > key.generation)
    return min(later, default=None)


def removal_time(alg: str, retired_at: int, policy: RotationPolicy) -> int:
    """Return when the last token signed by a key of `alg` that was retired at that time has expired.

    publish_seconds is added for processes whose clock is behind, which sign with the old key for longer.
    """
    return retired_at + policy.retention(alg) + policy.publish_seconds


def is_expired(key: StoredKey, keys: Sequence[StoredKey], now: int, policy: RotationPolicy) -> bool:
    """Say whether no token that is still good can have been signed by the key."""
    retired_at = find_retirement(key, keys)
    return retired_at is not None and now >= removal_time(key.alg, retired_at, policy)
