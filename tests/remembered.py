"""What each test's own application would make anew, and is the same for all: made once a process.

A sixth of the time of the small tests went into it. Only what libraries compute is remembered, nothing of
ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from babel.support import Translations
from werkzeug.routing import Rule

_load = Translations.load


def remember_what_libraries_make() -> None:
    """Have werkzeug compile the addresses, and Babel read the catalogues, once a process."""
    Rule._compile_builder = _remembered(Rule._compile_builder)  # type: ignore[method-assign]
    load = cache(lambda folder, locale, domain: _load(folder, [locale], domain))
    Translations.load = staticmethod(  # type: ignore[method-assign,assignment]
        lambda folder, locales, domain: load(folder, str(locales[0]), domain)
    )


def _remembered(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what builds a rule's addresses: it depends on the rule's text and on its converters' classes."""
    made: dict[Any, Any] = {}

    def find_or_compile(rule: Rule, append_unknown: bool = True) -> Any:
        converters = tuple((name, type(one)) for name, one in rule._converters.items())
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (tuple(rule._trace), converters, defaults, append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return find_or_compile
