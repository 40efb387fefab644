"""What the server logs: a request a line, but not the thousands that only ask whether something is new."""

from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest

from tnid.logs import POLL, JsonLine, logging_config
from tnid.monitoring.requests import write_line
from tnid.qr import polls


@pytest.mark.parametrize(
    ("path", "status", "is_logged"),
    [
        (POLL, 200, False),
        (POLL, 429, True),
        (POLL, 503, True),
        ("/qr/pollX", 200, True),
        ("/token", 200, True),
    ],
)
def test_answered_polls_are_left_out(
    path: str, status: int, is_logged: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers[:]
    environ = {"REMOTE_ADDR": "192.0.2.1", "REQUEST_METHOD": "GET", "PATH_INFO": path}
    try:
        logging.config.dictConfig(logging_config("info"))
        write_line({**environ, "SERVER_PROTOCOL": "HTTP/1.1"}, status, 0.1)
    finally:
        logging.getLogger().handlers[:] = before
    assert (path in capsys.readouterr().err) is is_logged
    assert polls.PATH == POLL


def test_a_failure_is_told_by_what_was_raised_and_where_and_not_by_its_words() -> None:
    canary = "canary-2c77"
    try:
        try:
            raise KeyError(canary)
        except KeyError as error:
            raise ValueError(f"{canary}\ud800") from error
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "%s\n\ud800 failed", ("it",), sys.exc_info()
        )
    line = JsonLine(lambda: "r1").format(record)
    assert "\n" not in line and canary not in line
    found = json.loads(line)
    assert (found["message"], found["level"], found["request_id"]) == ("it\n? failed", "error", "r1")
    assert found["error"] == "ValueError from KeyError"
    assert "test_a_failure_is_told" in found["traceback"][-1]
    assert found["time"].endswith("+00:00") and found["process"] == record.process
