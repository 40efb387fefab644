"""JSON from strangers: RFC 8259 §4 lets a parser choose among duplicate members; this one refuses them."""

from __future__ import annotations

import json
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_INTEGER = 2**53


class BadJson(ValueError):
    """The text is not JSON that two parsers are sure to read alike."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("an object names a member twice")
    return found


def _integer(digits: str) -> int:
    """RFC 8259 §6 and RFC 7493 §2.2: beyond 2^53 two parsers need not agree on a number."""
    number = int(digits)
    if abs(number) > MAX_INTEGER:
        raise BadJson("a number is too large")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not JSON")


def loads(text: str | bytes, *, max_bytes: int) -> Any:
    """Parse `text`; raise BadJson for anything that is too large, too deep, doubtful or no JSON."""
    if len(text) > max_bytes:
        raise BadJson(f"longer than {max_bytes} bytes")
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        document = json.loads(
            decoded, object_pairs_hook=_object, parse_int=_integer, parse_constant=_refuse_constant
        )
    except BadJson:
        raise
    except (ValueError, RecursionError) as error:
        raise BadJson("not JSON") from error
    if _depth(document) > MAX_DEPTH:
        raise BadJson(f"nested deeper than {MAX_DEPTH}")
    if "\\u" in decoded and not _is_text(document):
        raise BadJson("holds half a character")
    return document


def load_object(text: str | bytes, *, max_bytes: int) -> dict[str, Any]:
    """Parse a JSON object; raise BadJson for anything else."""
    document = loads(text, max_bytes=max_bytes)
    if not isinstance(document, dict):
        raise BadJson("not an object")
    return document


def _is_text(document: Any) -> bool:
    """Say whether every string is one: RFC 8259 §8.2, an escape may name a surrogate by itself."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _depth(document: Any) -> int:
    level, depth = [document], 0
    while level:
        depth += 1
        level = [child for parent in level for child in _children(parent)]
    return depth


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
