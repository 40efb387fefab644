"""Bar charts as plain numbers, which the template draws: no script, and nothing that a table doesn't say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from flask_babel import format_datetime

from tnid.client_log.figures import HOUR, Figures, Period

# The drawing's own units: each bar has so many to itself, the whole is so high
STEP, GAP, HEIGHT = 10, 2, 100
_NICE = (1, 2, 5)


class Bar(NamedTuple):
    """One rectangle, and which series it is of."""

    x: float
    y: float
    width: float
    height: float
    series: str


class Chart(NamedTuple):
    """A chart: `top` is what its highest line stands for, `labels` what stands below its ends and middle."""

    width: int
    height: int
    bars: Sequence[Bar]
    top: int
    labels: Sequence[str]


class Charts(NamedTuple):
    sign_ins: Chart
    times: Chart
    machines: Chart


def draw(figures: Figures) -> Charts:
    """Return the charts of a period's figures."""
    steps, labels = figures.steps, label_steps(figures)
    return Charts(
        _chart([(("done", step.finished), ("refused", step.refused)) for step in steps], labels),
        _chart([(("time", step.median_seconds or 0),) for step in steps], labels),
        _chart([(("machine", step.machines),) for step in steps], labels),
    )


def _chart(steps: Sequence[Sequence[tuple[str, int]]], labels: Sequence[str]) -> Chart:
    top = round_up(max((sum(value for _series, value in step) for step in steps), default=0))
    return Chart(
        len(steps) * STEP,
        HEIGHT,
        tuple(_bars(steps, top)),
        top,
        (labels[0], labels[len(labels) // 2], labels[-1]),
    )


def _bars(steps: Sequence[Sequence[tuple[str, int]]], top: int) -> Iterable[Bar]:
    """Yield the bars, of each step one above the other."""
    for place, step in enumerate(steps):
        ground = float(HEIGHT)
        for series, value in step:
            height = round(value / top * HEIGHT, 2)
            if height:
                ground -= height
                yield Bar(place * STEP + GAP / 2, round(ground, 2), STEP - GAP, height, series)


def round_up(most: int) -> int:
    """Return a round number that nothing exceeds: 1, 2 or 5 and noughts."""
    unit = 1
    while True:
        for nice in _NICE:
            if nice * unit >= most:
                return nice * unit
        unit *= 10


def label_steps(figures: Figures) -> list[str]:
    """Return what each step is called: an hour, or a day."""
    return [label_of(figures.period, step.begins_at) for step in figures.steps]


def label_of(period: Period, begins_at: int) -> str:
    pattern = "HH:mm" if period.step == HOUR else "dd/MM"
    return str(format_datetime(datetime.fromtimestamp(begins_at, UTC), pattern))
