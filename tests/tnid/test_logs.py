"""What the server logs: a request a line, but not the thousands that only ask whether something is new."""

from __future__ import annotations

import logging
import logging.config

import pytest

from tnid.logs import ACCESS_FORMAT, POLL, logging_config
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
    request = {"addr": "192.0.2.1", "method": "GET", "path": path, "protocol": "HTTP/1.1", "status": status}
    try:
        logging.config.dictConfig(logging_config("info"))
        logging.getLogger("granian.access").info(ACCESS_FORMAT, {**request, "dt_ms": 0.1})
    finally:
        logging.getLogger().handlers[:] = before
    assert (path in capsys.readouterr().err) is is_logged
    assert polls.PATH == POLL
