"""Names that people would take for another's: the same letters but for marks, cases and borrowed shapes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

OUR_OWN = ("Thái Nguyên ID", "VNeID", "Cổng Dịch vụ công")
LEAST_LETTERS = 5
# What looks like a Latin letter and is none, after marks are taken off: the common ones of UTS #39
_SHAPES = str.maketrans(
    {
        **dict(zip("0134578", "oleastb", strict=True)),
        **dict(zip("авеікмнорстухѕјԁһѵԝ", "abeikmhopctyxsjdhvw", strict=True)),
        **dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True)),
        **{"đ": "d", "ı": "i", "ł": "l", "ø": "o", "|": "l", "!": "l", "$": "s", "@": "a"},
    }
)


def skeleton(name: str) -> str:
    """Return what a name looks like: without marks, cases and spaces, and shapes as what they pass for."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in bare if not unicodedata.combining(c)).translate(_SHAPES)
    return "".join(c for c in letters if c.isalnum()).replace("rn", "m").replace("vv", "w").replace("l", "i")


def find_alike(name: str, others: Iterable[str]) -> list[str]:
    """Return those of the other names that people could take this one for, without itself."""
    own = skeleton(name)
    if len(own) < LEAST_LETTERS:
        return sorted({other for other in others if skeleton(other) == own})
    return sorted({other for other in (*others, *OUR_OWN) if _is_near(own, skeleton(other))})


def _is_near(one: str, other: str) -> bool:
    """Say whether two skeletons are the same but for one letter, or one holds the other whole."""
    if len(other) >= 2 * LEAST_LETTERS and other in one:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    head = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    tail = longer[head + 1 :]
    return tail == (shorter[head:] if len(longer) > len(shorter) else shorter[head + 1 :])


def names_in(texts: Mapping[str, str]) -> list[str]:
    """Return an application's names in all its languages."""
    return [text for text in texts.values() if text]
