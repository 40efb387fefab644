"""How commands answer: plain text for people, JSON with --json, refusals on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any, TypeVar

import click
import orjson

Command = TypeVar("Command", bound=Callable[..., Any])


class Refusal(click.ClickException):
    """An expected refusal: its reason goes to standard error and the exit status is 1."""

    exit_code = 1


def is_at_terminal() -> bool:
    """Say whether there is somebody to ask: a script has nobody."""
    return sys.stdin.isatty()


def confirm(question: str) -> None:
    """Ask before what can't be taken back; refuse where there is nobody to ask."""
    if not is_at_terminal():
        raise Refusal("Nobody is there to confirm it: say --yes.")
    click.confirm(question, abort=True)


def with_json(command: Command) -> Command:
    """Give a command the option --json, as its argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def answer(as_json: bool, data: Any, text: str) -> None:
    """Print the data as JSON or, for people, the text."""
    click.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() if as_json else text)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as aligned columns under headings."""
    cells = [list(headings), *([_in_words(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def _in_words(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)


def read_object(file: IO[bytes]) -> dict[str, Any]:
    """Return the JSON object of a file, or refuse."""
    try:
        found = orjson.loads(file.read())
    except orjson.JSONDecodeError as error:
        raise Refusal(f"What was given is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Refusal("What was given is JSON, but not an object.")
    return found
