"""Usernames: what one may look like, and the key under which two spellings are the same."""

from __future__ import annotations

import re
import secrets
import unicodedata

LEAST_CHARACTERS = 2
MOST_CHARACTERS = 64
MOST_SUGGESTED_LETTERS = 20

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
# Precomposed letters only: a mark by itself is no letter, so no look-alike can be built from parts.
_VIETNAMESE = frozenset("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ")
_HANGUL = frozenset(map(chr, range(0xAC00, 0xD7A4)))
_LATIN_SCRIPT = _LATIN | _VIETNAMESE
_OTHERS = frozenset("0123456789._-")
_SEPARATORS_BADLY_PLACED = re.compile(r"^[._-]|[._-]$")

RESERVED = frozenset(
    (
        *("admin", "administrator", "root", "system", "support", "help", "security", "anonymous", "abuse"),
        *("postmaster", "webmaster", "hostmaster", "null", "undefined", "quantri", "hotro", "congan", "ubnd"),
        *("tnid", "thainguyen", "thainguyenid", "tinhthainguyen"),
    )
)


def username_key(username: str) -> str:
    """Return what is unique: compatibility letters, case and composition make no difference."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def clean(username: str) -> str:
    """Return the username as it is shown."""
    return unicodedata.normalize("NFKC", username).strip()


def find_fault(username: str) -> str | None:
    """Return why this is no username, or None.

    Letters are Latin (with Vietnamese ones) or Hangul, never both: no other alphabet is let in, so that
    there are no look-alikes.
    """
    if len(username) > MOST_CHARACTERS:
        return "username_too_long"
    key = username_key(username)
    if len(key) < LEAST_CHARACTERS:
        return "username_too_short"
    if len(key) > MOST_CHARACTERS:
        return "username_too_long"
    return _find_fault_of_letters(key)


def _find_fault_of_letters(key: str) -> str | None:
    letters = set(key) - _OTHERS
    if not letters <= _LATIN_SCRIPT and not letters <= _HANGUL:
        return "username_characters"
    if not letters:
        return "username_no_letter"  # all digits would pass for somebody's phone number
    if _SEPARATORS_BADLY_PLACED.search(key):
        return "username_separators"
    return None


def suggest(name: str) -> str:
    """Return a username made of a person's name: Nguyễn Văn An becomes an.nv4821, another one each time."""
    words = [re.sub(r"[^a-z]", "", _without_marks(word)) for word in name.split()]
    letters = [word for word in words if word] or ["nguoi", "dung"]
    given, initials = letters[-1][:MOST_SUGGESTED_LETTERS], "".join(word[0] for word in letters[:-1])[:4]
    return f"{given}.{initials}{secrets.randbelow(9000) + 1000}"


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold().replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def is_reserved(username: str) -> bool:
    """Say whether the name would pass for the province's own."""
    return re.sub(r"[._-]", "", username_key(username)) in RESERVED
