"""Whoever breaks the reader by a file has its voice, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tnid.imports import reading

ENDED = [{"refused": "too_much_inside"}]
ROW = '{"row":2,"values":{"name":"An"}}'


def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> list[dict[str, object]]:
    """Return what is heard of a reader that is another program."""
    file = tmp_path / "reader.py"
    file.write_text(program)
    monkeypatch.setattr(reading, "_PROGRAM", file)
    return list(reading.read_list([b"x" * 100_000] * 3, 10, 10))


@pytest.mark.parametrize(
    "line",
    [
        "nothing",
        "[1]",
        '{"row":"2","values":{}}',
        '{"row":-1,"values":{}}',
        '{"row":99999999999,"values":{}}',
        '{"row":2,"values":{"name":1}}',
        '{"row":2,"values":{"account_id":"x"}}',
        '{"row":2,"values":[]}',
        '{"row":2}',
        '{"row":2,"values":{},"fault":["name"]}',
        '{"columns":[],"ignored":[1]}',
        '{"columns":[]}',
        '{"refused":1}',
    ],
)
def test_what_no_reader_says_ends_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    assert say(tmp_path, monkeypatch, f"print('''{ROW}''')\nprint('''{line}''')") == [
        {"row": 2, "values": {"name": "An"}},
        *ENDED,
    ]


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.kill(os.getpid(), 9)",
        "raise SystemExit",
        "print('x' * 1_000_000)",
        "import sys; sys.stdin.buffer.read(); sys.stdout.write('{')",
    ],
)
def test_a_reader_that_dies_or_rambles_ends_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    assert say(tmp_path, monkeypatch, program) == ENDED


def test_a_reader_that_falls_silent_is_ended_and_meanwhile_the_import_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that neither reads nor writes nor ends: each wait renews the lease, and there is a last one."""
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.02)
    monkeypatch.setattr(reading, "MOST_SILENT_SECONDS", 0.1)
    waits: list[int] = []
    file = tmp_path / "reader.py"
    file.write_text("import threading; threading.Event().wait()")
    monkeypatch.setattr(reading, "_PROGRAM", file)
    events = reading.read_list([b"x" * 1_000_000] * 3, 10, 10, lambda: waits.append(1))
    assert list(events) == ENDED
    assert len(waits) >= 4


def test_what_breaks_while_the_file_is_fetched_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise OSError("gone")

    file = tmp_path / "reader.py"
    file.write_text("import threading; threading.Event().wait()")
    monkeypatch.setattr(reading, "_PROGRAM", file)
    with pytest.raises(OSError, match="gone"):
        list(reading.read_list(pieces(), 10, 10))


def test_the_reader_gets_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TNID_SECRET", "secret")
    program = "import os, json; print(json.dumps({'refused': ' '.join(os.environ)}))"
    [told] = say(tmp_path, monkeypatch, program)
    assert "TNID" not in str(told)
