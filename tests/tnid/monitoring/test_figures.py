"""Figures of several processes: each counts for itself, all are added up, none is lost with a process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tnid.monitoring.exposition import add_up, write_processes
from tnid.monitoring.figures import DROPPED, RECORDS, Figures, Labelled, clear, open_figures, read_folder
from tnid.monitoring.requests import RequestFigures, class_of

OTHER_PROCESS = """
import sys
from pathlib import Path
from tnid.monitoring.figures import open_figures
figures = open_figures(Path(sys.argv[1]), "worker")
figures.counter("done", kind="a").add(3)
figures.gauge("size").set(7)
print(figures.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that counts, until its input ends."""
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "worker-1\n"
        yield process
        process.kill()


def test_what_two_processes_count_is_added_up(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    mine = open_figures(tmp_path, "worker")
    assert mine.name == "worker-2"
    mine.counter("done", kind="a").add(2)
    mine.gauge("size").set(1)
    totals, gauges = add_up(read_folder(tmp_path))
    assert totals == {"done": [((("kind", "a"),), 5.0)]}
    assert gauges["size"] == [((("process", "worker-1"),), 7.0), ((("process", "worker-2"),), 1.0)]


def test_the_next_process_counts_on_from_one_that_was_killed(
    tmp_path: Path, other: subprocess.Popen[str]
) -> None:
    other.kill()
    other.wait()
    (dead,) = read_folder(tmp_path)
    assert not dead.is_alive
    assert add_up([dead])[1] == {}, "what a dead process held is gone"
    mine = open_figures(tmp_path, "worker")
    assert mine.name == "worker-1"
    mine.counter("done", kind="a").add()
    (found,) = read_folder(tmp_path)
    assert found.values == {
        Labelled("counter", "done", (("kind", "a"),)): 4.0,
        Labelled("gauge", "size"): 0.0,
    }


def test_a_start_clears_what_the_dead_left_and_nothing_else(
    tmp_path: Path, other: subprocess.Popen[str]
) -> None:
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["worker-1"]
    other.kill()
    other.wait()
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    open_figures(tmp_path / "figures", "worker")
    assert (tmp_path / "figures").stat().st_mode & 0o077 == 0
    assert (tmp_path / "figures" / "worker-1").stat().st_mode & 0o077 == 0


def test_threads_lose_no_count() -> None:
    figures = Figures()

    def count() -> None:
        for _ in range(5000):
            figures.counter("done").add()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert figures.counter("done").get() == 20_000


def test_what_has_no_room_is_seen_and_breaks_nothing() -> None:
    figures = Figures()
    for number in range(RECORDS + 10):
        figures.counter("made_up", number=str(number)).add()
    figures.counter("x" * 200).add()
    values = figures.read().values
    assert sum(values.values()) == RECORDS + 11
    assert values[Labelled("counter", DROPPED)] >= 10
    assert len(values) < RECORDS


def test_a_half_made_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "worker-9").write_bytes(b"")
    assert read_folder(tmp_path) == []


def test_a_histogram_counts_each_request_in_every_bucket_that_holds_it() -> None:
    figures = Figures()
    requests = RequestFigures(figures)
    for seconds in (0.001, 0.02, 0.02, 60.0):
        requests.observe({"tnid.route": "/token"}, 200, seconds)
    requests.observe({}, 404, 0.001)
    lines = "".join(write_processes([figures.read()])).splitlines()
    assert 'tnid_requests_total{route="/token",status="200"} 4' in lines
    assert 'tnid_requests_total{route="unmatched",status="404"} 1' in lines
    assert 'tnid_request_seconds_bucket{route="/token",le="0.005"} 1' in lines
    assert 'tnid_request_seconds_bucket{route="/token",le="0.025"} 3' in lines
    assert 'tnid_request_seconds_bucket{route="/token",le="+Inf"} 4' in lines
    assert 'tnid_request_seconds_count{route="/token"} 4' in lines
    assert 'tnid_request_seconds_sum{route="/token"} 60.041' in lines


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (None, "unmatched"),
        ("/", "/"),
        ("/token", "/token"),
        ("/employers/<employer_id>/people", "/employers"),
        ("/.well-known/openid-configuration", "/.well-known/openid-configuration"),
        ("/qr/poll", "/qr/poll"),
        ("/qr/<handle>", "/qr"),
    ],
)
def test_routes_are_counted_by_class(route: str | None, expected: str) -> None:
    assert class_of(route) == expected
