"""What the processes log: one line an event, no query strings, no control characters, no tokens."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

# The address by which a screen asks for its sign-in by QR
POLL = "/qr/poll"
TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)

# Authlib's DEBUG log prints access tokens
QUIET = ("authlib", "httpx", "httpcore", "asyncio", "urllib3", "opentelemetry")
# What the line of a request says apart
OF_REQUESTS = ("method", "route", "status", "ms")


class OneLine(logging.Formatter):
    """Keeps what a stranger sent from starting a line of its own; a traceback keeps its lines, indented."""

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).splitlines()
        printable = ("".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line) for line in lines)
        return "\n    ".join(printable)


class JsonLine(logging.Formatter):
    """One JSON object a line, for machines that collect logs, without a word about a person.

    A request is told by its route, which holds no ids, and without its address; a failure by what was raised
    and where, without its words, which may hold what somebody sent.
    """

    def __init__(self, find_request_id: Callable[[], str | None]) -> None:
        super().__init__()
        self._find_request_id = find_request_id

    def format(self, record: logging.LogRecord) -> str:
        parts = vars(record)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            "request_id": parts.get("request_id") or self._find_request_id(),
            "process": record.process,
            **{name: parts[name] for name in OF_REQUESTS if name in parts},
        }
        if record.exc_info and record.exc_info[1]:
            line["error"], line["traceback"] = describe(record.exc_info[1])
        # What isn't Unicode can't be written as JSON
        present = {name: readable(value) for name, value in line.items() if value is not None}
        return orjson.dumps(present).decode()


def message_of(record: logging.LogRecord) -> str:
    """Return what a record says; of a request its route in the place of its address."""
    parts = vars(record)
    if "route" in parts:
        return f"{parts['method']} {parts['route']} {parts['status']}"
    return record.getMessage()


def describe(error: BaseException) -> tuple[str, list[str]]:
    """Return what was raised, with what it came of, and where each was raised, the last call last."""
    names: list[str] = []
    places: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(names) < 10:
        names.append(type(seen).__qualname__)
        frames = traceback.extract_tb(seen.__traceback__)
        places += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return " from ".join(names), places


def readable(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def is_news(record: logging.LogRecord) -> bool:
    """Leave out granian's advice about threads: most of ours wait, for the database or a slow body."""
    return not str(record.msg).startswith("Configuration allows spawning up to")


def is_no_poll(record: logging.LogRecord) -> bool:
    """Leave out screens that wait for a phone: thousands ask every second, and say nothing new."""
    parts = vars(record)
    return (parts.get("path"), parts.get("status")) != (POLL, 200)


def logging_config(
    level: str, form: str = TEXT, find_request_id: Callable[[], str | None] = lambda: None
) -> dict[str, Any]:
    """Return the `logging.config` dictionary of every process of the server.

    `find_request_id` returns the number of the request that a thread answers just now.
    """
    shown = {"handlers": ["stderr"], "level": level.upper(), "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            TEXT: {"()": OneLine, "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            JSON: {"()": lambda: JsonLine(find_request_id)},
        },
        "filters": {"news": {"()": lambda: is_news}, "no_poll": {"()": lambda: is_no_poll}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "stream": "ext://sys.stderr",
                "filters": ["news"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "_granian": shown,
            "tnid.access": {**shown, "filters": ["no_poll"]},
            **{name: {"level": "WARNING"} for name in QUIET},
        },
    }
