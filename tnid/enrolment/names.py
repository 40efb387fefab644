"""Vietnamese names: family, middle and given name, in this order; and when two spellings are one name."""

from __future__ import annotations

import unicodedata


def split_name(name: str) -> dict[str, str]:
    """Return the parts of a whole name, in order. The whole stays what its source says: never rebuild it."""
    words = name.split()
    if len(words) < 2:
        return {"given_name": words[0]} if words else {}
    parts = {"family_name": words[0], "middle_name": " ".join(words[1:-1]), "given_name": words[-1]}
    return {claim: part for claim, part in parts.items() if part}


def name_key(name: str) -> str:
    """Return what is the same however a name is composed, spaced and capitalised."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def bare_key(name: str) -> str:
    """Return a name without its marks: hoà and hòa are one, and so are Đức and Duc."""
    decomposed = unicodedata.normalize("NFD", name_key(name).replace("đ", "d"))
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


def is_same_name(one: str, other: str) -> bool:
    """Say whether two spellings may well be one person's name."""
    return name_key(one) == name_key(other) or bare_key(one) == bare_key(other)
