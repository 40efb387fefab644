"""What a process is like just now: its memory, its connections, who waits in it. Looked at every few seconds,
so that nothing is counted where requests are answered."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tnid import clock, memory
from tnid.monitoring.figures import Figure, Figures

SECONDS = 5.0
MEMORY = "tnid_process_resident_memory_bytes"
STARTED = "tnid_process_start_time_seconds"
OPEN_FILES = "tnid_process_open_files"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Gauges = Mapping[str, Callable[[], float]]
Counts = Callable[[], Mapping[Figure, float]]


class Sampler:
    """Keeps the gauges of this process: what is given, and what every process has."""

    def __init__(self, figures: Figures, gauges: Gauges, read_counts: Counts = dict) -> None:
        """`read_counts` tells of counters that are kept elsewhere, from nothing at the process's start."""
        common: Gauges = {MEMORY: resident_bytes, OPEN_FILES: count_open_files}
        self._gauges = [(figures.gauge(name), read) for name, read in {**common, **gauges}.items()]
        # On top of what the process counted whose file this was before
        self._counts = {figure: figure.get() for figure in read_counts()}
        self._read_counts = read_counts
        figures.gauge(STARTED).set(clock.now())
        figures.refresh = self.sample

    def sample(self) -> None:
        for gauge, read in self._gauges:
            gauge.set(read())
        for figure, count in self._read_counts().items():
            figure.set(self._counts[figure] + count)

    def start(self) -> None:
        """Look now, and every few seconds, for as long as the process lives; give back free memory, too."""
        self.sample()
        threading.Thread(target=self._run, name="figures", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(SECONDS):
            memory.give_back()
            self.sample()


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES


def count_open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  a path of each would be made to be counted
