"""The binding message: CIBA Core 1.0 §7.1, words that a counter's screen and the person's page both show."""

from __future__ import annotations

import re
import unicodedata

from oidc.errors import InvalidBindingMessage

MOST_CHARACTERS = 64
# Letters with their marks, digits, punctuation, symbols; the one white space is the plain one
CATEGORIES = frozenset("LMNPS")
LINK = re.compile(r"://|www\.|\b[\w-]+\.(vn|com|net|org|info|io|me|xyz|top)\b", re.IGNORECASE)


def check_binding_message(message: str) -> str:
    """Return the message in normal form; raise InvalidBindingMessage where a person could be misled by it."""
    text = unicodedata.normalize("NFC", message)
    is_plain = all(c == " " or unicodedata.category(c)[0] in CATEGORIES for c in text)
    if not text.strip() or len(text) > MOST_CHARACTERS or not is_plain:
        raise InvalidBindingMessage(
            f"binding_message takes 1 to {MOST_CHARACTERS} plain characters on one line."
        )
    if LINK.search(text):
        raise InvalidBindingMessage("binding_message must hold no link: it is compared, not followed.")
    return text.strip()
