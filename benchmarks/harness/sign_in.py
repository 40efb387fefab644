"""How many people can sign in, and how much of that is the password hash."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import argon2
from sqlalchemy import create_engine, select

from harness.compare import Plan, measure
from harness.generator import Generator
from harness.machine import server_core
from harness.ours import Ours
from tnid.stores.accounts import accounts


def measure_sign_ins(generator: Generator, instances: Sequence[Ours], plan: Plan) -> dict[str, Any]:
    """Return sign-ins a second beside what the hash alone would allow, measured in turn on the same core."""
    for ours in instances:
        generator.prepare(ours.name, "sign_in", plan.connections)
    found: dict[str, Any] = {ours.name: {"rounds": []} for ours in instances}
    for _ in range(plan.rounds):
        for ours in instances:
            measured = measure(generator, ours, "sign_in", plan)
            hashes = _hashes_per_second(_stored_hash(ours), plan.seconds / 2)
            found[ours.name]["rounds"].append({**measured, "hashes_per_second": hashes})
    for one in found.values():
        for part in ("per_second", "p99_ms", "hashes_per_second"):
            one[part] = median(measured[part] for measured in one["rounds"])
        one["argon2_share"] = median(m["per_second"] / m["hashes_per_second"] for m in one["rounds"])
    return found


def _stored_hash(ours: Ours) -> str:
    engine = create_engine(ours.database_url)
    with engine.connect() as connection:
        stored: str = connection.execute(select(accounts.c.password_hash).limit(1)).scalar_one()
    engine.dispose()
    return stored


def _hashes_per_second(stored: str, seconds: float) -> float:
    """Return how often this core computes a hash of the stored one's costs."""
    costs = argon2.extract_parameters(stored)
    hasher = argon2.PasswordHasher.from_parameters(costs)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {server_core()})
    try:
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            hasher.hash("any password")
            count += 1
        return count / (time.perf_counter() - begun)
    finally:
        os.sched_setaffinity(0, before)
