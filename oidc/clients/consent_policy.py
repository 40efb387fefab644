"""What an operator says of the claims that a client asks for: what each is for, how long it is kept, and
whether the application can do without it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

from oidc.consent import is_item_key

MOST_ITEMS = 60
MAX_TEXT = 300
LOCALE = re.compile(r"[a-z]{2,3}")
FIRST_LOCALE = "vi"
TEXTS = ("purpose", "kept")
MEMBERS = {*TEXTS, "required", "version"}


def is_consent_policy(value: object) -> bool:
    """Say whether this names items, each with `purpose` and `kept` by locale and `required`, as far as given.

    An item is a claim that stands for its group (`name`, `phone_number`), `verified_claims/<claim>`, or the
    scope of a protected resource. Vietnamese is never left out.
    """
    return (
        isinstance(value, dict)
        and len(value) <= MOST_ITEMS
        and all(isinstance(name, str) and is_item_key(name) for name in value)
        and all(_is_item(item) for item in value.values())
    )


def _is_item(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= MEMBERS
        and isinstance(value.get("required", True), bool)
        and all(is_localized(value[name]) for name in TEXTS if name in value)
    )


def is_localized(value: object) -> bool:
    """Say whether this is a text by locale, in Vietnamese at least."""
    return (
        isinstance(value, dict)
        and FIRST_LOCALE in value
        and all(
            isinstance(locale, str)
            and LOCALE.fullmatch(locale)
            and isinstance(text, str)
            and 0 < len(text.strip()) <= MAX_TEXT
            and text.isprintable()
            for locale, text in value.items()
        )
    )


def with_versions(items: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the items, each with the version of its words: who agreed to other words is asked again."""
    return {name: {**item, "version": version_of(item)} for name, item in items.items()}


def version_of(item: Mapping[str, Any]) -> str:
    """Return what stands for the words of an item, "" where there are none."""
    words = {name: item[name] for name in TEXTS if name in item}
    canonical = orjson.dumps(words, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()[:16] if words else ""
