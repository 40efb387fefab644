"""Counts and times of an application's sign-ins, by hour or by day."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tnid.client_log.stages import (
    CONSENT,
    EXCHANGE,
    INTROSPECTION,
    LEFT_OUT,
    MACHINE,
    OK,
    PUSH,
    REFRESH,
    REFUSED,
    REQUEST,
    REVOCATION,
    SIGN_IN,
    TOKEN,
    TOOK,
    USERINFO,
)

HOUR, DAY = 3600, 86400
# Vietnam's, all the year
ZONE_SECONDS = 7 * HOUR
# How long sign-ins took, up to so many seconds each; the last holds all that took longer
BUCKETS = (2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 3600)
MACHINES = frozenset({REFRESH, MACHINE, EXCHANGE, USERINFO, INTROSPECTION, REVOCATION})
# Where a sign-in ends that a person began, but for the token
_ON_THE_WAY = frozenset({REQUEST, PUSH, SIGN_IN, CONSENT, TOKEN})


def bucket_of(seconds: int) -> int:
    """Return the bucket of a duration: its upper bound."""
    return BUCKETS[min(bisect_left(BUCKETS, seconds), len(BUCKETS) - 1)]


class Period(NamedTuple):
    """What a chart shows: so long, by so long a step."""

    name: str
    seconds: int
    step: int


PERIODS = (Period("24h", DAY, HOUR), Period("7d", 7 * DAY, DAY), Period("30d", 30 * DAY, DAY))


@dataclass(slots=True)
class Step:
    """One hour or day: `begins_at` is its first second."""

    begins_at: int
    finished: int = 0
    machines: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    took: Counter[int] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        return self.errors.total()

    @property
    def begun(self) -> int:
        """Return how many sign-ins came to an end here, whichever: each that was begun does so once."""
        return self.finished + self.refused

    @property
    def median_seconds(self) -> int | None:
        return median_of(self.took)


@dataclass(frozen=True, slots=True)
class Figures:
    """The steps of a period, the oldest first, and what they come to."""

    period: Period
    steps: Sequence[Step]
    left_out: int

    @property
    def finished(self) -> int:
        return sum(step.finished for step in self.steps)

    @property
    def refused(self) -> int:
        return sum(step.refused for step in self.steps)

    @property
    def begun(self) -> int:
        return self.finished + self.refused

    @property
    def machines(self) -> int:
        return sum(step.machines for step in self.steps)

    @property
    def errors(self) -> list[tuple[str, int]]:
        """Return the error codes, the most frequent first."""
        return sum((step.errors for step in self.steps), Counter()).most_common()

    @property
    def median_seconds(self) -> int | None:
        return median_of(sum((step.took for step in self.steps), Counter()))


def median_of(took: Counter[int]) -> int | None:
    """Return about how long half of the sign-ins took at most, None where there were none.

    Within its bucket the middle one is taken to lie as far as it is counted in.
    """
    half = took.total() / 2
    passed = 0.0
    lower = 0
    for upper in BUCKETS:
        if half and passed + took[upper] >= half:
            return round(lower + (upper - lower) * (half - passed) / took[upper])
        passed += took[upper]
        lower = upper
    return None


def first_step(period: Period, now: int) -> int:
    """Return where the period's first step begins; its hours and days are Vietnam's, the last is now's."""
    begins_at = now - (now + ZONE_SECONDS) % period.step
    return begins_at - period.seconds + period.step


def read_figures(period: Period, hours: Iterable[Any], now: int) -> Figures:
    """Return the figures of a period, of the rows of its hours."""
    begins_at = first_step(period, now)
    steps = [Step(begins_at + place * period.step) for place in range(period.seconds // period.step)]
    left_out = 0
    for row in hours:
        place = (row.hour - begins_at) // period.step
        if not 0 <= place < len(steps):
            continue
        if row.stage == LEFT_OUT:
            left_out += row.times
        else:
            _count(steps[place], row)
    return Figures(period, steps, left_out)


def _count(step: Step, row: Any) -> None:
    if row.stage == TOOK:
        step.took[int(row.outcome)] += row.times
    elif row.stage in MACHINES:
        step.machines += row.times
        # A machine's refusal is none of a sign-in
    elif row.outcome == REFUSED and row.stage in _ON_THE_WAY:
        step.errors[row.error] += row.times
    elif row.outcome == OK and row.stage == TOKEN:
        step.finished += row.times
