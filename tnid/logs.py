"""What the processes log: one line an event, no query strings, no control characters, no tokens."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

ACCESS_FORMAT = '%(addr)s "%(method)s %(path)s %(protocol)s" %(status)d %(dt_ms).1f ms'

# The address by which a screen asks for its sign-in by QR
POLL = "/qr/poll"

# Authlib's DEBUG log prints access tokens
QUIET = ("authlib", "httpx", "httpcore", "asyncio")


class OneLine(logging.Formatter):
    """Keeps what a stranger sent from starting a line of its own; a traceback keeps its lines, indented."""

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).splitlines()
        printable = ("".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line) for line in lines)
        return "\n    ".join(printable)


def is_news(record: logging.LogRecord) -> bool:
    """Leave out granian's advice about threads: most of ours wait, for the database or a slow body."""
    return not str(record.msg).startswith("Configuration allows spawning up to")


def is_no_poll(record: logging.LogRecord) -> bool:
    """Leave out screens that wait for a phone: thousands ask every second, and say nothing new."""
    request = record.args
    return not isinstance(request, Mapping) or (request.get("path"), request.get("status")) != (POLL, 200)


def logging_config(level: str) -> dict[str, Any]:
    """Return the `logging.config` dictionary of every process of the server."""
    shown = {"handlers": ["stderr"], "level": level.upper(), "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": OneLine, "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        },
        "filters": {"news": {"()": lambda: is_news}, "no_poll": {"()": lambda: is_no_poll}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": "ext://sys.stderr",
                "filters": ["news"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "_granian": shown,
            "granian.access": {**shown, "filters": ["no_poll"]},
            **{name: {"level": "WARNING"} for name in QUIET},
        },
    }
