"""What screens cost that wait for a phone, sign-in by QR: processor time, and what others notice of it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from harness.compare import Plan
from harness.generator import Generator
from harness.ours import Ours
from tnid.qr.frames import STEP_SECONDS, Frames
from tnid.qr.image import data_uri
from tnid.qr.look import OVERLAP_SECONDS
from tnid.qr.service import Screen

SCREENS = 2000
# How often a page's script asks: tnid/static/js/qr.js, with its jitter
EVERY_SECONDS = 1.7
CONNECTIONS = 64
# Sign-ins one after the other, for what is asked is how long one takes, not how many there can be
SIGN_INS_AT_ONCE = 1
GOAL_SHARE = 0.25
PICTURES = 500
# What a browser sends beside the screen's own cookie
OTHERS = "tnid_lang=vi; tnid_browser=" + "e" * 180


def measure_waiting(
    generator: Generator, waiters: Generator, instances: Sequence[Ours], plan: Plan
) -> dict[str, Any]:
    """Return what a second of waiting screens costs, and sign-ins without and beside them, in turn.

    The screens have a generator of their own, `waiters`, so that sign-ins queue for nobody but the server.
    """
    found: dict[str, Any] = {}
    for ours in instances:
        generator.prepare(ours.name, "sign_in", SIGN_INS_AT_ONCE)
        rounds = [_round(generator, waiters, ours, plan.seconds) for _ in range(plan.rounds)]
        whole = {part: median(one[part] for one in rounds) for part in rounds[0]}
        found[ours.name] = {**whole, "is_reached": whole["share_of_a_core"] < GOAL_SHARE, "rounds": rounds}
    return {"picture_ms": _picture_ms(), "instances": found}


def _round(generator: Generator, waiters: Generator, ours: Ours, seconds: float) -> dict[str, float]:
    idle = _share(ours, seconds)
    without = generator.measure(ours.name, "sign_in", 2 * seconds)
    with _waiting(waiters, ours) as polls:
        # Two thousand begun in one second are a rush and no waiting: each look reads what changed of late
        time.sleep(OVERLAP_SECONDS + EVERY_SECONDS)
        share = _share(ours, 2 * seconds)
        beside = generator.measure(ours.name, "sign_in", 2 * seconds)
    return {
        "share_of_a_core": share - idle,
        **{f"poll_{part}": polls[part] for part in ("per_second", "p50_ms", "p99_ms")},
        **{f"sign_in_{part}": without[part] for part in ("p50_ms", "p99_ms")},
        **{f"sign_in_beside_{part}": beside[part] for part in ("p50_ms", "p99_ms")},
    }


@contextmanager
def _waiting(generator: Generator, ours: Ours) -> Iterator[dict[str, float]]:
    """Let screens wait; what the generator counted stands in the yielded dictionary afterwards."""
    counted: dict[str, float] = {}
    cookies = [f"tnid_qr={secret}; {OTHERS}" for secret in begin_screens(ours, SCREENS)]
    generator.begin_screens(ours.name, cookies, CONNECTIONS, EVERY_SECONDS)
    try:
        yield counted
    finally:
        counted |= generator.end_screens(ours.name)


def begin_screens(ours: Ours, count: int) -> list[str]:
    """Begin sign-ins by QR as pages would, at different moments of the last step; return their secrets."""
    chance = random.Random(count)
    with ours.opened() as services, services.database.unit():
        now, begun = int(time.time()), []
        for number in range(count):
            screen = Screen(
                f"browser {number}", f"interaction {number}", None, "192.0.2.1", "192.0.2.1", "Firefox"
            )
            begun.append(services.qr_sign_ins.begin(screen, now - chance.randrange(STEP_SECONDS)).secret)
    return begun


def _share(ours: Ours, seconds: float) -> float:
    """Return how much of a core server and database use by themselves, or for whatever goes on."""
    before, begun = ours.cpu_seconds(), time.perf_counter()
    time.sleep(seconds)
    return (ours.cpu_seconds() - before) / (time.perf_counter() - begun)


def _picture_ms() -> float:
    """Return the processor time of one QR, its address included."""
    frames = Frames(bytes(32), "https://id.thainguyen.example")
    data_uri(frames.address_of("A" * 26, 0, 0))
    begun = time.process_time()
    for number in range(PICTURES):
        data_uri(frames.address_of("A" * 26, 0, 5 * number))
    return (time.process_time() - begun) / PICTURES * 1000
