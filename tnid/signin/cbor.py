"""CBOR from strangers: what an authenticator writes is plain (CTAP2 §8), and nothing else is decoded."""

from __future__ import annotations

MAX_DEPTH = 8
_TEXTS, _ARRAY, _MAP, _TAG = (2, 3), 4, 5, 6
_LENGTH_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}


class BadCbor(ValueError):
    """The bytes are no plain CBOR: cut off, too deep, tagged or of indefinite length."""


def find_end(data: bytes, start: int = 0, depth: int = 0) -> int:
    """Return where the item that begins at `start` ends; raise BadCbor for what is not plain.

    Tags are refused: decoders build regular expressions, fractions and dates of them.
    """
    if depth > MAX_DEPTH or start >= len(data):
        raise BadCbor("too deep, or cut off")
    kind, short = data[start] >> 5, data[start] & 0x1F
    argument, position = _read_argument(data, start + 1, short)
    if kind == _TAG:
        raise BadCbor("tagged")
    if kind in _TEXTS:
        position += argument
    # An item has a byte at least, so that no more are looked for than there are bytes
    children = argument * {_ARRAY: 1, _MAP: 2}.get(kind, 0)
    if max(position, position + children) > len(data):
        raise BadCbor("cut off")
    for _ in range(children):
        position = find_end(data, position, depth + 1)
    return position


def _read_argument(data: bytes, position: int, short: int) -> tuple[int, int]:
    if short < min(_LENGTH_BYTES):
        return short, position
    if short not in _LENGTH_BYTES:
        raise BadCbor("of indefinite length")
    end = position + _LENGTH_BYTES[short]
    if end > len(data):
        raise BadCbor("cut off")
    return int.from_bytes(data[position:end], "big"), end
