"""Counters and gauges of several processes: each counts in a file of its own, whoever is asked adds them up.

A process's file is mapped into its memory: to count is to add to eight bytes of it. The file of a process
that died is taken over by the one that replaces it, which counts on from there, so that no count falls.
Why not prometheus-client: docs/decisions/0035.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Literal, NamedTuple

import orjson

Kind = Literal["counter", "gauge"]

FOLDER = "figures"
# A record is a name, padded with zeros, and its value; the first one says whose the file is
RECORD_BYTES = 160
NAME_BYTES = RECORD_BYTES - 8
RECORDS = 2048
FILE_BYTES = RECORD_BYTES * RECORDS
DROPPED = "tnid_figures_dropped"


class Labelled(NamedTuple):
    """What is counted: a name of Prometheus and the labels, none of which says anything about a person."""

    kind: Kind
    name: str
    labels: tuple[tuple[str, str], ...] = ()


class Process(NamedTuple):
    """One process's figures, as read; gauges count only while it lives."""

    name: str
    is_alive: bool
    values: dict[Labelled, float]


class Figure:
    """One number of this process."""

    __slots__ = ("_lock", "_place", "_values")

    def __init__(self, values: Any, place: int, lock: threading.Lock) -> None:
        self._values, self._place, self._lock = values, place, lock

    def add(self, amount: float = 1.0) -> None:
        with self._lock:
            self._values[self._place] += amount

    def set(self, value: float) -> None:
        self._values[self._place] = value

    def get(self) -> float:
        return float(self._values[self._place])


class Figures:
    """The figures of this process; in memory alone where no file is given."""

    def __init__(self, name: str = "process", memory: Any = None) -> None:
        self.name = name
        self._memory = bytearray(FILE_BYTES) if memory is None else memory
        # Straight-line additions hardly need it; but nothing promises that
        self.lock = threading.Lock()
        self.values = memoryview(self._memory).cast("B").cast("d")
        # Brings what is looked at only now and then up to date
        self.refresh: Callable[[], None] = lambda: None
        self._known: dict[Labelled, Figure] = {}
        for number, labelled in _names(self._memory):
            self._known[labelled] = self._at(number)
            if labelled.kind == "gauge":
                self._known[labelled].set(0)
        self._next = len(self._known) + 1

    def counter(self, name: str, **labels: str) -> Figure:
        """Return what only rises, the same for the same name and labels."""
        return self._find(Labelled("counter", name, tuple(labels.items())))

    def gauge(self, name: str, **labels: str) -> Figure:
        """Return what is as it is now, and is gone with the process."""
        return self._find(Labelled("gauge", name, tuple(labels.items())))

    def place_of(self, name: str, **labels: str) -> int:
        """Return where in `values` a counter lies, for whoever adds to several under one hold of `lock`."""
        return self._find(Labelled("counter", name, tuple(labels.items())))._place

    def read(self) -> Process:
        """Return all that this process counted."""
        return Process(self.name, True, dict(_records(self._memory)))

    def _find(self, labelled: Labelled) -> Figure:
        found = self._known.get(labelled)
        return self._make(labelled) if found is None else found

    def _make(self, labelled: Labelled) -> Figure:
        name = orjson.dumps(tuple(labelled))
        with self.lock:
            if labelled in self._known:
                return self._known[labelled]
            if self._next >= RECORDS - 1 or len(name) > NAME_BYTES:
                return self._overflow()
            figure = self._known[labelled] = self._at(self._next)
            figure.set(0)
            _write_name(self._memory, self._next, name)
            self._next += 1
            return figure

    def _overflow(self) -> Figure:
        """Return the one for what there is no room for: the last record, seen by its name."""
        dropped = Labelled("counter", DROPPED)
        if dropped not in self._known:
            self._known[dropped] = self._at(self._next)
            _write_name(self._memory, self._next, orjson.dumps(tuple(dropped)))
            self._next += 1
        return self._known[dropped]

    def _at(self, number: int) -> Figure:
        return Figure(self.values, (number * RECORD_BYTES + NAME_BYTES) // 8, self.lock)


def open_figures(folder: Path, role: str) -> Figures:
    """Return the figures of this process, `worker-1` for the first of that role, in a file kept for its life.

    Its lock ends with the process, however that ends; the next of its role counts on in the file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in count(1):
        descriptor = _take(folder / f"{role}-{number}")
        if descriptor is not None:
            memory = _map(descriptor)
            header = orjson.dumps({"pid": os.getpid()})
            _write_name(memory, 0, header)
            return Figures(f"{role}-{number}", memory)
    raise AssertionError("numbers have no end")


def _map(descriptor: int) -> mmap.mmap:
    """Map the file, with a place on the disk for every byte of it: one that is missing when it is written to
    would end the process (SIGBUS). On a full disk the figures are the process's own for its life."""
    try:
        os.posix_fallocate(descriptor, 0, FILE_BYTES)
    except OSError:
        return mmap.mmap(-1, FILE_BYTES)
    return mmap.mmap(descriptor, FILE_BYTES)


def clear(folder: Path) -> None:
    """Remove what processes left that are gone: at the start of a server, all counts begin at zero."""
    for path in folder.glob("*-*"):
        descriptor = _take(path)
        if descriptor is not None:
            path.unlink(missing_ok=True)
            os.close(descriptor)


def read_folder(folder: Path) -> list[Process]:
    """Return what every process of this machine counted, by name."""
    return [found for path in sorted(folder.glob("*-*")) if (found := _read_file(path))]


def _read_file(path: Path) -> Process | None:
    try:
        memory = path.read_bytes()
    except FileNotFoundError:
        return None
    header = memory[:NAME_BYTES].rstrip(b"\0")
    if len(memory) < FILE_BYTES or not header:
        return None
    pid = orjson.loads(header)["pid"]
    return Process(path.name, Path(f"/proc/{pid}").exists(), dict(_records(memory)))


def _take(path: Path) -> int | None:
    """Lock the file for the life of this process; None where another one has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None


def _write_name(memory: Any, number: int, name: bytes) -> None:
    start = number * RECORD_BYTES
    memory[start : start + NAME_BYTES] = name.ljust(NAME_BYTES, b"\0")


def _names(memory: Any) -> Iterator[tuple[int, Labelled]]:
    for number in range(1, RECORDS):
        start = number * RECORD_BYTES
        name = bytes(memory[start : start + NAME_BYTES]).rstrip(b"\0")
        if not name:
            return
        kind, text, labels = orjson.loads(name)
        yield number, Labelled(kind, text, tuple((label, value) for label, value in labels))


def _records(memory: Any) -> Iterator[tuple[Labelled, float]]:
    values = memoryview(memory).cast("B").cast("d")
    for number, labelled in _names(memory):
        yield labelled, values[(number * RECORD_BYTES + NAME_BYTES) // 8]
